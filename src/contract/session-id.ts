import { normalizeSessionId } from '../normalize/session-id.js';

/**
 * The stored form of a session id that a client gives, by the rules for ids of telemetry (DESIGN 4); empty
 * for a blank one, which no session has.
 */
export function keptSessionId(given: string): string {
  return normalizeSessionId(given.trim()) ?? '';
}
