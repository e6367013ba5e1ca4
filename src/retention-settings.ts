import type { RetentionTexts } from './api/retention-item.js';
import type { RetentionPlans } from './api/retention-routes.js';
import { CONFIG_SETTINGS, type Config, removesOpenSessions } from './config.js';
import { type ApiError, queryError } from './contract/errors.js';
import type { RetentionPolicy, Retentions } from './store/contract/retention.js';

export type RetentionSettings = Pick<Config, 'keepSessions' | 'keepContent' | 'keepBytes'>;

const KEEP_ALL: RetentionPolicy = { keepMsOf: new Map() };

/** The policy of these settings; undefined if everything is kept. */
export function retentionPolicy(settings: RetentionSettings): RetentionPolicy | undefined {
  const { keepSessions, keepContent, keepBytes } = settings;
  const ages = [keepSessions, keepContent];
  if (keepBytes === undefined && ages.every(({ ms, msOf }) => ms === undefined && msOf.size === 0))
    return undefined;
  return {
    ...{ keepMs: keepSessions.ms, keepMsOf: keepSessions.msOf, keepBytes },
    ...{ keepContentMs: keepContent.ms, keepContentMsOf: keepContent.msOf },
  };
}

/** The same, with a policy that keeps everything. */
export function policyOf(settings: RetentionSettings): RetentionPolicy {
  return retentionPolicy(settings) ?? KEEP_ALL;
}

/** Settings as text; a part that keeps everything is left out. */
export function textsOf({ keepSessions, keepContent, keepBytes }: RetentionSettings): RetentionTexts {
  return {
    keepContent: CONFIG_SETTINGS.keepContent.kind.format(keepContent) || undefined,
    keepSessions: CONFIG_SETTINGS.keepSessions.kind.format(keepSessions) || undefined,
    keepSize: CONFIG_SETTINGS.keepBytes.kind.format(keepBytes) || undefined,
  };
}

/** Plans for the API. */
export function retentionPlans(
  config: RetentionSettings & Pick<Config, 'timeoutMs'>,
  retentions: Retentions,
): RetentionPlans {
  return {
    settings: textsOf(config),
    plan: async (texts) => retentions.retentionPlan(policyOf(settingsOf(texts, config.timeoutMs))),
  };
}

/** The same settings as a start accepts. @throws ApiError */
function settingsOf(texts: RetentionTexts, timeoutMs: number): RetentionSettings {
  const { keepSessions, keepContent, keepSize } = texts;
  const settings = {
    keepContent: parsed('keepContent', 'keepContent', keepContent),
    keepSessions: parsed('keepSessions', 'keepSessions', keepSessions),
    keepBytes: parsed('keepBytes', 'keepSize', keepSize),
  };
  if (keepSessions !== undefined && removesOpenSessions({ ...settings, timeoutMs })) {
    const least = CONFIG_SETTINGS.timeoutMs.kind.format(timeoutMs);
    throw refusal(
      'keepSessions',
      keepSessions,
      `keepSessions must be at least --timeout-after, ${least}, or open sessions would be removed.`,
    );
  }
  if (keepContent !== undefined && removesOpenSessions({ keepSessions: settings.keepContent, timeoutMs })) {
    const least = CONFIG_SETTINGS.timeoutMs.kind.format(timeoutMs);
    throw refusal(
      'keepContent',
      keepContent,
      `keepContent must be at least --timeout-after, ${least}, or open sessions would lose content.`,
    );
  }
  return settings;
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
  throw refusal(field, text, `${field} must be ${kind.allowed.replace(/,$/, '')}.`);
}

function refusal(field: string, text: string, message: string): ApiError {
  return queryError([{ field, message, code: 'query.invalid', rejected_value: text }]);
}
