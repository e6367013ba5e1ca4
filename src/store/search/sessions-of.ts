import { Session } from '../../sessionize/session.js';
import { LISTED } from '../contract/listing.js';
import type { SessionRange } from '../contract/session-filter.js';
import { traitsOfText } from '../contract/session-item.js';
import type { Check, SearchRows, Source, StateRow } from './search-rows.js';

/** Sessions read and decoded at a time. */
const SESSIONS_AT_ONCE = 500;

/** The sessions of a source that started in a range and pass checks, in batches. */
export async function* sessionsOf(
  rows: SearchRows,
  project: number,
  source: Source,
  range: Pick<SessionRange, 'startFromNs' | 'startToNs'>,
  checks: readonly Check[] = [],
): AsyncGenerator<Session[]> {
  let after: { startNs: bigint; id: string } | undefined;
  for (;;) {
    const bounds = { ...range, after, direction: 'newer' } as const;
    const block = Number.MAX_SAFE_INTEGER;
    const page = await rows.states(project, source, bounds, { checks, block, limit: SESSIONS_AT_ONCE });
    yield page.map(decoded);
    const last = page.at(-1);
    if (last === undefined || page.length < SESSIONS_AT_ONCE) return;
    after = { startNs: last.start_ns, id: last.id };
  }
}

/** The listed sessions that start from `fromNs` to `toNs`, both inclusive. */
export async function* sessionsStarting(
  rows: SearchRows,
  project: number,
  fromNs: bigint,
  toNs: bigint,
): AsyncGenerator<Session[]> {
  for (const listing of LISTED) {
    const source = { by: 'start', listing } as const;
    yield* sessionsOf(rows, project, source, { startFromNs: fromNs, startToNs: toNs });
  }
}

export function decoded({ id, sums, earliest, traits }: StateRow): Session {
  return Session.decode(id, sums, earliest, traitsOfText(traits));
}
