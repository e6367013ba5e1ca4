import { CONFIG_SETTINGS, type Config } from '../config.js';
import { optionalText } from '../setting-kinds.js';
import type { SettingTable } from '../settings.js';

/** The settings of the server that say what is redacted. */
export type RedactionSettings = Pick<Config, 'redact' | 'redactSets' | 'content' | 'userIds'>;

/** The options of `sojourn redact`. */
export interface RedactOptions extends RedactionSettings {
  /** The file that is tried. */
  readonly try: string;
}

export const REDACTION_SETTINGS: SettingTable<RedactionSettings> = {
  redact: CONFIG_SETTINGS.redact,
  redactSets: CONFIG_SETTINGS.redactSets,
  content: CONFIG_SETTINGS.content,
  userIds: CONFIG_SETTINGS.userIds,
};

export const TRY_SETTINGS: SettingTable<{ try: string | undefined }> = {
  try: {
    flag: 'try',
    group: 'Flags',
    kind: optionalText('FILE', 'the path of a file'),
    default: undefined,
    help: 'File with OTLP/JSON (spans or log records, one request or one a line) or with any text.',
  },
};
