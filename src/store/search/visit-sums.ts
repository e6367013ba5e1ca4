import { VITAL_NAMES, type VitalName } from '../../normalize/facts.js';
import { Session } from '../../sessionize/session.js';
import { visitOf } from '../../sessionize/session-view.js';
import type { SessionFilter } from '../contract/session-filter.js';
import { traitsOfText } from '../contract/session-item.js';
import type { StoredVisits, VitalSums } from '../contract/statistics.js';
import { FacetKind } from '../engine/facets.js';
import {
  addAll,
  type Bits,
  countBits,
  countCommon,
  hasBit,
  keepCommon,
  noBits,
  setBit,
} from './columns/bits.js';
import { type Chunk, Part } from './columns/chunk.js';
import { type MatchOptions, matchingSessions } from './matching-sessions.js';
import { hashOf, MostCommon } from './most-common.js';

const PERCENTS = [50, 75, 95] as const;

/**
 * Sums over the visits of the sessions that match any filter, from their rows. Each list has at most `limit`
 * values.
 */
export async function countVisits(
  filter: SessionFilter,
  limit: number,
  options: MatchOptions,
): Promise<StoredVisits> {
  const releases = new MostCommon<[sessions: number, withErrors: number, withCrashes: number]>(limit);
  const entries = new MostCommon<[sessions: number]>(limit);
  const exits = new MostCommon<[sessions: number]>(limit);
  const lists = [releases, entries, exits];
  const worst = new Map<VitalName, Map<number, number>>(VITAL_NAMES.map((name) => [name, new Map()]));
  let visits = 0;
  let pageViews = 0;
  let isFirstPass = true;
  while (lists.some(({ isDone }) => !isDone)) {
    const { chunks, rows } = await matchingSessions(
      filter,
      { kind: 'visits', parts: [Part.visits] },
      options,
    );
    for await (const { chunk, sessions } of chunks) {
      if (!releases.isDone) addReleases(releases, chunk, sessions);
      const inChunk = addVisits(chunk, sessions, entries, exits);
      if (!isFirstPass) continue;
      visits += inChunk.visits;
      pageViews += inChunk.pageViews;
      for (const [name, { places, worst: values }] of chunk.visits.vitals) {
        for (let row = 0; row < places.length; row++) {
          if (hasBit(sessions, places[row]!)) addOne(worst.get(name)!, values[row]!);
        }
      }
    }
    for await (const some of rows) {
      for (const [, hasErrors, sums, traits] of some) {
        const { visit, exceptions } = sums === null ? {} : Session.decodeReported(sums);
        const view = visit === undefined ? undefined : visitOf(visit);
        const hasCrashes = exceptions !== undefined && exceptions.crashCount > 0;
        if (!releases.isDone && traits !== null && (view !== undefined || hasCrashes)) {
          const { release } = traitsOfText(traits);
          if (release !== undefined) releases.add(release, [1, hasErrors === 1 ? 1 : 0, hasCrashes ? 1 : 0]);
        }
        if (visit === undefined) continue;
        const entry = view?.entry_url ?? view?.entry_page;
        const exit = view?.exit_url ?? view?.exit_page;
        if (!entries.isDone && entry !== undefined) entries.add(entry, [1]);
        if (!exits.isDone && exit !== undefined) exits.add(exit, [1]);
        if (!isFirstPass) continue;
        if (view !== undefined) {
          visits++;
          pageViews += view.page_views;
        }
        for (const [name, counts] of worst) {
          const vital = visit.vital(name);
          if (vital !== undefined) addOne(counts, vital.worst);
        }
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

/** Releases of visits, and of apps that crashed before their first screen. */
function addReleases(releases: MostCommon<[number, number, number]>, chunk: Chunk, sessions: Bits): void {
  const [failed, crashed] = [chunk.withErrors(), chunk.withCrashes()];
  const counted = noBits();
  for (const place of chunk.visits.places) setBit(counted, place);
  addAll(counted, crashed);
  keepCommon(counted, sessions);
  chunk.eachValue(FacetKind.release, (release, having) => {
    keepCommon(having, counted);
    const count = countBits(having);
    if (count > 0) {
      releases.add(release, [count, countCommon(having, failed), countCommon(having, crashed)]);
    }
  });
}

/** Adds the first and last pages of sessions. Returns the number of visits and of their page views. */
function addVisits(
  { visits: { urls, places, pageViews, entry, exit } }: Chunk,
  sessions: Bits,
  entries: MostCommon<[number]>,
  exits: MostCommon<[number]>,
): { visits: number; pageViews: number } {
  const sum = { visits: 0, pageViews: 0 };
  /** How often each address is the first and the last page, by its number. */
  const counts = { entry: new Uint16Array(urls.length + 1), exit: new Uint16Array(urls.length + 1) };
  for (let row = 0; row < places.length; row++) {
    if (!hasBit(sessions, places[row]!)) continue;
    sum.visits++;
    sum.pageViews += pageViews[row]!;
    counts.entry[entry[row]!]!++;
    counts.exit[exit[row]!]!++;
  }
  for (const [i, url] of urls.entries()) {
    const [first, last] = [counts.entry[i + 1]!, counts.exit[i + 1]!];
    const isFirst = first > 0 && !entries.isDone;
    const isLast = last > 0 && !exits.isDone;
    if (!isFirst && !isLast) continue;
    const hash = entries.needsHash || exits.needsHash ? hashOf(url) : undefined;
    if (isFirst) entries.add(url, [first], hash);
    if (isLast) exits.add(url, [last], hash);
  }
  return sum;
}

function addOne(counts: Map<number, number>, value: number): void {
  counts.set(value, (counts.get(value) ?? 0) + 1);
}

/** Percentiles by nearest rank: the least value that this percentage of all values do not exceed. */
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
