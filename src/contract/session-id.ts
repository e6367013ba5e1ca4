import { normalizeSessionId } from '../normalize/session-id.js';

/** The form in which an id of a session that a client gives was kept, by the rules for the ids of telemetry (DESIGN 4); empty for a blank one, which no session has. */
export function keptSessionId(given: string): string {
  return normalizeSessionId(given.trim()) ?? '';
}
