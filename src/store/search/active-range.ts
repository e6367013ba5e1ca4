import type { Session } from '../../sessionize/session.js';
import { MAX_INTEGER } from '../contract/listing.js';
import type { SessionRange } from '../contract/session-filter.js';
import { FacetKind, leastDuration } from '../engine/facets.js';
import type { SearchRows, Source } from './search-rows.js';
import { sessionsOf } from './sessions-of.js';

/**
 * Sessions with activity in a range of time (docs/decisions/008-active-ranges.md). Those that started in it are a range of starts. Those that started
 * before it and were still active are found by the index of durations: one that lasted less than a bucket's upper end can have started only that
 * long before.
 */

/** A part of the index of values: of a bucket of durations the sessions that started in a time, both bounds inclusive. */
export type SpanningWindow = Extract<Source, { by: 'value' }> & {
  readonly startFromNs: bigint;
  readonly startToNs: bigint;
};

/** Together they have every session that started before an instant and was active at it or later; the last activity of each is to be checked. */
export async function spanningWindows(
  rows: SearchRows,
  project: number,
  atNs: bigint,
): Promise<SpanningWindow[]> {
  const buckets = await rows.values(project, FacetKind.duration);
  return buckets.map(({ no, value }) => {
    const longerNs = leastDuration(Number(value) + 1);
    const startFromNs = atNs > longerNs ? atNs - longerNs : 0n;
    return { by: 'value', no, startFromNs, startToNs: atNs - 1n };
  });
}

/** The ranges of starts whose sessions are all in a range, both bounds inclusive; the rest started before `fromNs`. */
export function startsIn({ startFromNs = 0n, startToNs = MAX_INTEGER, lastFromNs = 0n }: SessionRange): {
  readonly fromNs: bigint;
  readonly toNs: bigint;
} {
  return { fromNs: startFromNs > lastFromNs ? startFromNs : lastFromNs, toNs: startToNs };
}

/** The listed sessions of a range that started before `lastFromNs`, some at a time. */
export async function* sessionsFromBefore(
  rows: SearchRows,
  project: number,
  { lastFromNs, ...range }: SessionRange,
): AsyncGenerator<Session[]> {
  if (lastFromNs === undefined) return;
  const checks = [{ is: 'atLeast', column: 'lastNs', value: lastFromNs }] as const;
  for (const source of await spanningWindows(rows, project, lastFromNs)) {
    yield* sessionsOf(rows, project, source, range, checks);
  }
}
