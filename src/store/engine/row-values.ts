/** Values of columns that the engine writes and readers search for. */

/**
 * The relation of a group to a session. Each group has one row with one of the first three values. Values
 * from 16 and from 64 on are further rows that find events in time if that row is not enough
 * (event-places.ts).
 */
export const GroupKind = { trace: 0, logs: 1, lifecycleEvent: 2, traceLogs: 16, spanEvents: 64 } as const;
