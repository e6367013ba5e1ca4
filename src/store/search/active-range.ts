import { Session } from '../../sessionize/session.js';
import type { SessionRange } from '../contract/session-filter.js';
import { FacetKind, leastDuration } from '../engine/facets.js';
import { MAX_INTEGER, type Prepare } from '../sqlite/database.js';

/**
 * Sessions with activity in a range of time (docs/decisions/008-active-ranges.md). Those that started in it are a range of starts. Those that started
 * before it and were still active are found by the index of durations: one that lasted less than a bucket's upper end can have started only that
 * long before.
 */

/** A part of the index of values: of a bucket of durations the sessions that started in a time, both bounds inclusive. */
export interface SpanningWindow {
  readonly facet: bigint;
  readonly sinceNs: bigint;
  readonly untilNs: bigint;
}

/** Together they have every session that started before an instant and was active at it or later; the last activity of each is to be checked. */
export function spanningWindows(prepare: Prepare, project: number, atNs: bigint): SpanningWindow[] {
  return prepare('SELECT no, value FROM facet_value WHERE project = ? AND kind = ?')
    .all(project, FacetKind.duration)
    .map((row) => {
      const longerNs = leastDuration(Number(row.value) + 1);
      const sinceNs = atNs > longerNs ? atNs - longerNs : 0n;
      return { facet: row.no as bigint, sinceNs, untilNs: atNs - 1n };
    });
}

/** The ranges of starts whose sessions are all in a range, both bounds inclusive; the rest started before `fromNs`. */
export function startsIn({ startFromNs = 0n, startToNs = MAX_INTEGER, lastFromNs = 0n }: SessionRange): {
  readonly fromNs: bigint;
  readonly toNs: bigint;
} {
  return { fromNs: startFromNs > lastFromNs ? startFromNs : lastFromNs, toNs: startToNs };
}

/** The listed sessions of a range that started before `lastFromNs`. */
export function* sessionsFromBefore(
  prepare: Prepare,
  project: number,
  { startFromNs = 0n, startToNs = MAX_INTEGER, lastFromNs }: SessionRange,
): Generator<Session> {
  if (lastFromNs === undefined) return;
  for (const { facet, sinceNs, untilNs } of spanningWindows(prepare, project, lastFromNs)) {
    const rows = prepare(
      `SELECT s.id, s.sums, s.earliest FROM session_facet AS f CROSS JOIN session AS s ON s.no = f.session
       WHERE f.facet = ? AND f.start_ns BETWEEN ? AND ? AND s.last_ns >= ?`,
    ).iterate(
      facet,
      sinceNs > startFromNs ? sinceNs : startFromNs,
      untilNs < startToNs ? untilNs : startToNs,
      lastFromNs,
    );
    for (const row of rows) {
      yield Session.decode(row.id as string, row.sums as string, row.earliest as string);
    }
  }
}
