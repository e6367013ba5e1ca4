/**
 * Where lists find a session, kept so that lists of open or closed sessions are index ranges. `ended` is always closed.
 * Whether one of `open` and `timedOut` is open depends on the time of the request. `timedOut` separates the many that had timed out when they
 * were last written from the few that had not. `hidden` is in no list.
 */
export const Listing = { ended: 0, open: 1, hidden: 2, timedOut: 3 } as const;
/** The sessions that lists and statistics show. */
export const LISTED = [Listing.open, Listing.timedOut, Listing.ended] as const;

/** The largest integer that a database column holds. */
export const MAX_INTEGER = 2n ** 63n - 1n;
