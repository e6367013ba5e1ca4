import type { Visits } from '../contract/visits.js';
import type { StoredVisits } from '../store/contract/statistics.js';

/** The aggregates of no visit. */
export const NO_VISITS: StoredVisits = {
  visits: 0,
  pageViews: 0,
  releases: [],
  entries: [],
  exits: [],
  vitals: new Map(),
};

/** The contract's aggregates of visits. */
export function visitsItem({ visits, pageViews, releases, entries, exits, vitals }: StoredVisits): Visits {
  const pages = (list: StoredVisits['entries']): Visits['entries'] =>
    list.map(({ value, count }) => ({ page: value, sessions: count }));
  return {
    visits,
    page_views: pageViews,
    releases: releases.map(({ value, count, withErrors, withCrashes }) => ({
      release: value,
      sessions: count,
      sessions_with_errors: withErrors,
      sessions_with_crashes: withCrashes,
    })),
    entries: pages(entries),
    exits: pages(exits),
    vitals: Object.fromEntries(vitals),
  };
}
