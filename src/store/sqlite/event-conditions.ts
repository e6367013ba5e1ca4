import type { EventRows } from '../engine/event-places.js';

/** The length of a trace id, which is the key of its group. Keys of groups of log records without a trace are longer. */
const TRACE_ID_BYTES = 16;

/** Which rows of `session_group` these are. */
export function conditionOf(rows: EventRows): string {
  return 'near' in rows ? `events & ${rows.near}` : `length(key) > ${TRACE_ID_BYTES}`;
}
