import type { EventRows } from '../engine/event-places.js';
import { TRACE_KEY_BYTES } from '../records/group-keys.js';

/** The condition for these rows of `session_group`. */
export function conditionOf(rows: EventRows): string {
  return 'near' in rows ? `events & ${rows.near}` : `length(key) > ${TRACE_KEY_BYTES}`;
}
