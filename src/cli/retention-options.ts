import { CONFIG_SETTINGS, type Config } from '../config.js';
import { onOff, whole } from '../setting-kinds.js';
import type { SettingTable } from '../settings.js';

const GROUP = 'Flags';

/** The options of `sojourn retention` that are no settings of a server. */
export interface RetentionOptions {
  readonly json: boolean;
  /** Most passes that are shown. */
  readonly limit: number;
}

export const RETENTION_SETTINGS: SettingTable<RetentionOptions> = {
  limit: {
    flag: 'limit',
    group: GROUP,
    kind: whole('COUNT', 0, 10_000),
    default: 10,
    help: 'So many entries of what went, the latest.',
  },
  json: { flag: 'json', group: GROUP, kind: onOff, default: false, help: 'One JSON object.' },
};

/** The settings of a server that decide what goes. */
export type KeepSettings = Pick<Config, 'keepSessions' | 'keepContent' | 'keepBytes' | 'timeoutMs'>;

export const KEEP_SETTINGS: SettingTable<KeepSettings> = {
  keepSessions: CONFIG_SETTINGS.keepSessions,
  keepContent: CONFIG_SETTINGS.keepContent,
  keepBytes: CONFIG_SETTINGS.keepBytes,
  timeoutMs: CONFIG_SETTINGS.timeoutMs,
};
