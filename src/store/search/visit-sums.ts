import { VITAL_NAMES, type VitalName } from '../../normalize/facts.js';
import { Session } from '../../sessionize/session.js';
import { visitOf } from '../../sessionize/session-view.js';
import type { SessionFilter } from '../contract/session-filter.js';
import type { StoredVisits, VitalSums } from '../contract/statistics.js';
import { type Columns, type MatchOptions, matchingSessions } from './matching-sessions.js';
import { MostCommon } from './most-common.js';

/** What is read of each session: whether it has errors, what few sessions have, and its traits where a release is among them. */
const COLUMNS: Columns = [
  ['s.has_errors'],
  [`CASE WHEN instr(s.sums, char(10)) > 0 OR instr(s.sums, '"exceptions":') > 0 THEN s.sums END`],
  [`CASE WHEN instr(s.earliest, 'elease":') > 0 THEN s.earliest END`],
];

const PERCENTS = [50, 75, 95] as const;

/** Sums over the visits among the sessions that match any filter, from their rows. Of each list of values at most `limit`. */
export function countVisits(filter: SessionFilter, limit: number, options: MatchOptions): StoredVisits {
  const releases = new MostCommon<[sessions: number, withErrors: number, withCrashes: number]>(limit);
  const entries = new MostCommon<[sessions: number]>(limit);
  const exits = new MostCommon<[sessions: number]>(limit);
  const lists = [releases, entries, exits];
  const worst = new Map<VitalName, Map<number, number>>(VITAL_NAMES.map((name) => [name, new Map()]));
  let visits = 0;
  let pageViews = 0;
  let isFirstPass = true;
  while (lists.some(({ isDone }) => !isDone)) {
    for (const [hasErrors, sums, earliest] of matchingSessions(filter, COLUMNS, options)) {
      const { visit, exceptions } = sums === null ? {} : Session.decodeTold(sums as string);
      if (!releases.isDone && earliest !== null) {
        const { release } = Session.decodeTraits(earliest as string);
        const hasCrashes = exceptions !== undefined && exceptions.crashCount > 0;
        if (release !== undefined) releases.add(release, 1, hasErrors === 1 ? 1 : 0, hasCrashes ? 1 : 0);
      }
      if (visit === undefined) continue;
      const view = visitOf(visit);
      const entry = view?.entry_url ?? view?.entry_page;
      const exit = view?.exit_url ?? view?.exit_page;
      if (!entries.isDone && entry !== undefined) entries.add(entry, 1);
      if (!exits.isDone && exit !== undefined) exits.add(exit, 1);
      if (!isFirstPass) continue;
      if (view !== undefined) {
        visits++;
        pageViews += view.page_views;
      }
      for (const [name, counts] of worst) {
        const vital = visit.vital(name);
        if (vital !== undefined) counts.set(vital.worst, (counts.get(vital.worst) ?? 0) + 1);
      }
    }
    isFirstPass = false;
    for (const list of lists) if (!list.isDone) list.endPass();
  }
  const common = (list: MostCommon<[number]>) =>
    list.top().map(({ value, sums: [count] }) => ({ value, count }));
  return {
    visits,
    pageViews,
    releases: releases.top().map(({ value, sums: [count, withErrors, withCrashes] }) => ({
      value,
      count,
      withErrors,
      withCrashes,
    })),
    entries: common(entries),
    exits: common(exits),
    vitals: new Map(
      [...worst].filter(([, counts]) => counts.size > 0).map(([name, counts]) => [name, vitalSums(counts)]),
    ),
  };
}

/** Percentiles by nearest rank: the least value that so many per cent of all are not greater than. */
function vitalSums(counts: ReadonlyMap<number, number>): VitalSums {
  const values = [...counts].sort(([a], [b]) => a - b);
  let sessions = 0;
  for (const [, count] of values) sessions += count;
  const [p50, p75, p95] = PERCENTS.map((percent) => {
    const rank = Math.ceil((sessions * percent) / 100);
    let before = 0;
    return values.find(([, count]) => {
      before += count;
      return before >= rank;
    })![0];
  }) as [number, number, number];
  return { sessions, p50, p75, p95 };
}
