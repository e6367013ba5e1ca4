import type { EventRows } from '../engine/event-places.js';
import { TRACE_KEY_BYTES } from '../records/group-keys.js';

/** Which rows of `session_group` these are. */
export function conditionOf(rows: EventRows): string {
  return 'near' in rows ? `events & ${rows.near}` : `length(key) > ${TRACE_KEY_BYTES}`;
}
