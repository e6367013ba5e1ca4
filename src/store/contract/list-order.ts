import type { SessionPosition } from './session.js';

/** The order of sessions by start, ties by the UTF-8 bytes of the id, as databases compare them. */
export function compareStarts(
  a: Pick<SessionPosition, 'startNs' | 'id'>,
  b: Pick<SessionPosition, 'startNs' | 'id'>,
): number {
  if (a.startNs !== b.startNs) return a.startNs < b.startNs ? -1 : 1;
  return a.id === b.id ? 0 : Buffer.compare(Buffer.from(a.id), Buffer.from(b.id));
}
