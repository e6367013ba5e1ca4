/** Values of columns that the engine writes and readers look for. */

/**
 * How a group stands to a session: each has one row of the first three. From 16 and from 64 on are further rows, by which
 * events are found in time where that one does not do (event-places.ts).
 */
export const GroupKind = { trace: 0, logs: 1, lifecycleEvent: 2, traceLogs: 16, spanEvents: 64 } as const;
