import { errorCount } from '../../sessionize/error-sums.js';
import { Session } from '../../sessionize/session.js';
import type { ErrorScan, StoredError, StoredErrors } from '../contract/statistics.js';
import { TooManyGroupsError } from '../contract/too-many-groups.js';
import type { SearchFilter } from './filters.js';
import { FirstOf } from './first-of.js';
import { MOST_COUNTED_GROUPS } from './groups.js';
import { type MatchOptions, matchingSessions } from './matching-sessions.js';

type Sum = { -readonly [Name in keyof StoredError]: StoredError[Name] };

const SECOND_NS = 1_000_000_000n;

/**
 * Errors by shape over the sessions that match any filter, from the rows of those with errors. Their times are
 * within those of their session.
 *
 * @throws TooManyGroupsError
 */
export async function countErrors(
  { sort, limit, nowNs: _, ...filter }: ErrorScan & SearchFilter,
  options: MatchOptions,
): Promise<StoredErrors> {
  const sums = new Map<string, Sum>();
  let cutSessions = 0;
  const failing: SearchFilter = { ...filter, hasErrorShapes: true };
  const { rows } = await matchingSessions(failing, { kind: 'reported', parts: [] }, options);
  for await (const some of rows) {
    for (const [, startSeconds, startNanos, lastSeconds, lastNanos, text] of some) {
      const startNs = BigInt(startSeconds) * SECOND_NS + BigInt(startNanos);
      const endNs = BigInt(lastSeconds) * SECOND_NS + BigInt(lastNanos);
      const within = (ns: bigint): bigint => (ns < startNs ? startNs : ns > endNs ? endNs : ns);
      const { errors } = Session.decodeReported(text);
      if (errors?.isCut) cutSessions++;
      for (const [shape, error] of errors?.entries() ?? []) {
        const firstNs = within(error.firstNs);
        const lastNs = within(error.lastNs);
        const sum = sums.get(shape);
        if (sum === undefined) {
          if (sums.size === MOST_COUNTED_GROUPS) throw new TooManyGroupsError(MOST_COUNTED_GROUPS);
          sums.set(shape, { shape, sessions: 1, count: errorCount(error), firstNs, lastNs });
          continue;
        }
        sum.sessions++;
        sum.count += errorCount(error);
        if (firstNs < sum.firstNs) sum.firstNs = firstNs;
        if (lastNs > sum.lastNs) sum.lastNs = lastNs;
      }
    }
  }
  const first = new FirstOf<StoredError>(limit, ORDERS[sort]);
  for (const sum of sums.values()) first.add(sum);
  return { errors: first.items(), shapeCount: sums.size, cutSessions };
}

const ORDERS: Readonly<Record<ErrorScan['sort'], (a: StoredError, b: StoredError) => number>> = {
  sessions: (a, b) => b.sessions - a.sessions || byShape(a, b),
  count: (a, b) => b.count - a.count || byShape(a, b),
  first_seen: (a, b) => latest(a.firstNs, b.firstNs) || byShape(a, b),
  last_seen: (a, b) => latest(a.lastNs, b.lastNs) || byShape(a, b),
};

function latest(a: bigint, b: bigint): number {
  return a === b ? 0 : a > b ? -1 : 1;
}

function byShape(a: StoredError, b: StoredError): number {
  return a.shape < b.shape ? -1 : 1;
}
