import type { Session } from '../../sessionize/session.js';
import { MAX_INTEGER } from '../contract/listing.js';
import type { SessionRange } from '../contract/session-filter.js';
import { FacetKind, leastDuration } from '../engine/facets.js';
import type { SearchRows, Source } from './search-rows.js';
import { sessionsOf } from './sessions-of.js';

/**
 * Sessions with activity in a range of time (docs/decisions/008-active-ranges.md). Those that started in it
 * are a range of starts. Those that started before it and were still active are found by the index of
 * durations: the upper end of a duration bucket limits how long before the range its sessions can have
 * started.
 */

/**
 * A part of the index of values: the sessions of a duration bucket that started in a time range. Both bounds
 * are inclusive.
 */
export type SpanningWindow = Extract<Source, { by: 'value' }> & {
  readonly startFromNs: bigint;
  readonly startToNs: bigint;
};

/**
 * Windows that together have all sessions that started before an instant and were active at it or later. The
 * caller must check the last activity of each session.
 */
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

/**
 * Ranges of starts whose sessions are all in the range, both bounds inclusive. Its other sessions started
 * before `fromNs`.
 */
export function startsIn({ startFromNs = 0n, startToNs = MAX_INTEGER, lastFromNs = 0n }: SessionRange): {
  readonly fromNs: bigint;
  readonly toNs: bigint;
} {
  return { fromNs: startFromNs > lastFromNs ? startFromNs : lastFromNs, toNs: startToNs };
}

/** The listed sessions of a range that started before `lastFromNs`, in batches. */
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
