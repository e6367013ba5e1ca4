/** Values of columns that the engine writes and readers look for. */

/** The largest number that a column holds. */
export const MAX_INTEGER = 2n ** 63n - 1n;

/**
 * What a session is shown as in lists: kept so that lists of open or closed sessions are index ranges. `ended` is closed at any
 * time; whether one of the other two is open is judged by the time of the request, and `timedOut` keeps the many that are
 * not apart from the few that are.
 */
export const Listing = { ended: 0, open: 1, hidden: 2, timedOut: 3 } as const;
/** The sessions that lists and statistics show. */
export const LISTED = [Listing.open, Listing.timedOut, Listing.ended] as const;

/**
 * How a group stands to a session: each has one row of the first three. From 16 and from 64 on are further rows, by which
 * events are found in time where that one does not do (event-places.ts).
 */
export const GroupKind = { trace: 0, logs: 1, mark: 2, traceLogs: 16, spanEvents: 64 } as const;
