/**
 * How a group stands to a session. Each group of a session has one row of the first three kinds. From 16 and from 64 on are further rows, by which
 * events are found in time where that row does not do (engine/event-places.ts).
 */
export const GroupKind = { trace: 0, logs: 1, mark: 2, traceLogs: 16, spanEvents: 64 } as const;

/** The latest time that a store can hold, nanoseconds since 1970. */
export const LAST_NS = 2n ** 63n - 1n;
