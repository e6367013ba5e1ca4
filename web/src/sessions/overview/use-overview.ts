import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.js';
import type { Filters } from '../filters.js';
import type { Bounds } from '../range.js';
import { intervalFor } from './interval.js';

/** The range and filters of the list, which the overview uses too. */
export interface Counted extends Bounds, Filters {}

/** The prefix of the overview's query keys. */
export const OVERVIEW_KEY = ['sessions', 'overview'] as const;
/** Sessions become inactive with time alone, without an event. */
const REFRESH_MS = 30_000;
const VISITS_REFRESH_MS = 120_000;

/** Sessions, usage and cost of a range, over time and by model. */
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

/** The model calls with the greatest cost. The server reads whole sessions for this, so it is requested less often. */
export function useTopCalls(counted: Counted, limit: number) {
  return useQuery({
    queryKey: ['sessions', 'top-calls', counted],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/sessions/top-calls', { params: { query: { ...counted, limit } }, signal })),
    refetchInterval: VISITS_REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}

/**
 * Releases, pages and web vitals of the visits among the sessions. The server reads sessions one by one for
 * this, so it is requested less often.
 */
export function useVisits(counted: Counted) {
  return useQuery({
    queryKey: ['sessions', 'visits', counted],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/sessions/visits', { params: { query: { ...counted } }, signal })),
    refetchInterval: VISITS_REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}

/** Counts of a range by state, device and country, if wanted with percentiles of the duration. */
export function useStatistics(counted: Counted, percentiles: boolean) {
  return useQuery({
    queryKey: [...OVERVIEW_KEY, 'statistics', percentiles, counted],
    queryFn: ({ signal }) => {
      const query = { ...counted, ...(percentiles && { percentiles }) };
      return dataOf(api.GET('/api/v1/sessions/stats', { params: { query }, signal }));
    },
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}
