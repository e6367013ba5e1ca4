import type { RetentionPlans, RetentionTexts } from './api/retention-routes.js';
import { CONFIG_SETTINGS, type Config } from './config.js';
import { queryError } from './contract/errors.js';
import type { RetentionPolicy, Retentions } from './store/contract/retention.js';

type RetentionSettings = Pick<Config, 'keepSessions' | 'keepBytes'>;

const KEEP_ALL: RetentionPolicy = { keepMsOf: new Map() };

/** The policy of these settings; undefined if everything is kept. */
export function retentionPolicy({ keepSessions, keepBytes }: RetentionSettings): RetentionPolicy | undefined {
  const { ms: keepMs, msOf: keepMsOf } = keepSessions;
  if (keepMs === undefined && keepMsOf.size === 0 && keepBytes === undefined) return undefined;
  return { keepMs, keepMsOf, keepBytes };
}

/** Plans for the API. */
export function retentionPlans(config: RetentionSettings, retentions: Retentions): RetentionPlans {
  return {
    settings: {
      keepSessions: CONFIG_SETTINGS.keepSessions.kind.format(config.keepSessions) || undefined,
      keepSize: CONFIG_SETTINGS.keepBytes.kind.format(config.keepBytes) || undefined,
    },
    plan: async (texts) => retentions.retentionPlan(retentionPolicy(settingsOf(texts)) ?? KEEP_ALL),
  };
}

/** @throws ApiError */
function settingsOf({ keepSessions, keepSize }: RetentionTexts): RetentionSettings {
  return {
    keepSessions: parsed('keepSessions', 'keepSessions', keepSessions),
    keepBytes: parsed('keepBytes', 'keepSize', keepSize),
  };
}

function parsed<K extends keyof RetentionSettings>(
  key: K,
  field: string,
  text: string | undefined,
): RetentionSettings[K] {
  const { kind, default: none } = CONFIG_SETTINGS[key];
  if (text === undefined) return none;
  const value = kind.parse(text);
  if (value !== undefined) return value;
  const message = `${field} must be ${kind.allowed.replace(/,$/, '')}.`;
  throw queryError([{ field, message, code: 'query.invalid', rejected_value: text }]);
}
