import { normalizeSessionId } from '../normalize/session-id.js';

/** Maximum length of a session's id in characters (Unicode code points). */
export const MAX_SESSION_ID_LENGTH = 128;

/**
 * The stored form of a session id that a client gives, by the rules for ids of telemetry (DESIGN 4); empty
 * for a blank one, which no session has.
 */
export function keptSessionId(given: string): string {
  return normalizeSessionId(given.trim()) ?? '';
}
