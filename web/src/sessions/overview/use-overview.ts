import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.js';
import type { Filters } from '../filters.js';
import type { Bounds } from '../range.js';
import { intervalFor } from './interval.js';

/** The sessions that the overview is of: those of the list. */
export interface Counted extends Bounds, Filters {}

/** The keys of what the overview shows begin with this. */
export const OVERVIEW_KEY = ['sessions', 'overview'] as const;
/** Activity fades by the passing of time alone, of which no event tells. */
const REFRESH_MS = 30_000;
const VISITS_REFRESH_MS = 120_000;

/** Sessions, usage and cost by time, and by model, of a range. */
export function useTimeline(counted: Counted) {
  return useQuery({
    queryKey: [...OVERVIEW_KEY, 'timeline', counted],
    queryFn: ({ signal }) => {
      const intervalMs = intervalFor(counted, Date.now());
      const query = { ...counted, ...(intervalMs !== undefined && { intervalMs }) };
      return dataOf(api.GET('/api/v1/sessions/timeline', { params: { query }, signal }));
    },
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}

/** The sessions of a range with the greatest cost or duration. */
export function useTopSessions(counted: Counted, by: 'cost' | 'duration', limit: number) {
  return useQuery({
    queryKey: [...OVERVIEW_KEY, 'top', by, counted],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/sessions/top', { params: { query: { ...counted, by, limit } }, signal })),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}

/** Releases, pages and web vitals of the visits among the sessions. They are looked at one by one, and so less often. */
export function useVisits(counted: Counted) {
  return useQuery({
    queryKey: ['sessions', 'visits', counted],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/sessions/visits', { params: { query: { ...counted } }, signal })),
    refetchInterval: VISITS_REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}

/** Counts by state, device and country of a range. */
export function useStatistics(counted: Counted) {
  return useQuery({
    queryKey: [...OVERVIEW_KEY, 'statistics', counted],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/sessions/stats', { params: { query: { ...counted } }, signal })),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}
