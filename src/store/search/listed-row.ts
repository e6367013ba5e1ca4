import { Listing } from '../contract/listing.js';
import type { ListedSession } from '../contract/session.js';
import type { SessionRow } from './search-rows.js';

/** What a list shows of a session's row: nothing is decoded. */
export function listedRow({ id, start_ns, last_ns, listing, ...row }: SessionRow): ListedSession {
  const invalidated = row.invalidated !== 0n;
  // What was invalidated is listed as ended, too: its state is told before the other is asked for.
  const hasEnded = !invalidated && Number(listing) === Listing.ended;
  return {
    id,
    startNs: start_ns,
    lastNs: last_ns,
    invalidated,
    ...(hasEnded && { hasEnded }),
    counts: row.counts,
    traits: row.traits,
  };
}
