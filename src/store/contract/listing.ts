/**
 * What a session is shown as in lists: kept so that lists of open or closed sessions are index ranges. `ended` is closed at any
 * time; whether one of the other two is open is judged by the time of the request, and `timedOut` keeps the many that are
 * not apart from the few that are.
 */
export const Listing = { ended: 0, open: 1, hidden: 2, timedOut: 3 } as const;
/** The sessions that lists and statistics show. */
export const LISTED = [Listing.open, Listing.timedOut, Listing.ended] as const;

/** The largest number that a column holds. */
export const MAX_INTEGER = 2n ** 63n - 1n;
