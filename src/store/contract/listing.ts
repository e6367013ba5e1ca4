/**
 * Where lists find a session. Stored so that lists of open or closed sessions are index ranges. Sessions in
 * `ended` are always closed. Those in `open` and `timedOut` are open or closed depending on the time of the
 * request: `timedOut` separates the many that had timed out when last written from the few that had not.
 * `hidden` is in no list.
 */
export const Listing = { ended: 0, open: 1, hidden: 2, timedOut: 3 } as const;
/** The sessions that lists and statistics show. */
export const LISTED = [Listing.open, Listing.timedOut, Listing.ended] as const;

/** The largest integer that a database column holds. */
export const MAX_INTEGER = 2n ** 63n - 1n;
