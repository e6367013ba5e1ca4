import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.js';
import type { Bounds } from '../range.js';
import { intervalFor } from './interval.js';

/** The keys of what the overview shows begin with this. */
export const OVERVIEW_KEY = ['sessions', 'overview'] as const;
/** Activity fades by the passing of time alone, of which no event tells. */
const REFRESH_MS = 30_000;

/** Sessions, usage and cost by time, and by model, of a range. */
export function useTimeline(bounds: Bounds) {
  return useQuery({
    queryKey: [...OVERVIEW_KEY, 'timeline', bounds],
    queryFn: ({ signal }) => {
      const intervalMs = intervalFor(bounds, Date.now());
      const query = { ...bounds, ...(intervalMs !== undefined && { intervalMs }) };
      return dataOf(api.GET('/api/v1/sessions/timeline', { params: { query }, signal }));
    },
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}

/** The sessions of a range with the greatest cost or duration. */
export function useTopSessions(bounds: Bounds, by: 'cost' | 'duration', limit: number) {
  return useQuery({
    queryKey: [...OVERVIEW_KEY, 'top', by, bounds],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/sessions/top', { params: { query: { ...bounds, by, limit } }, signal })),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}

/** Counts by state, device and country of a range. */
export function useStatistics(bounds: Bounds) {
  return useQuery({
    queryKey: [...OVERVIEW_KEY, 'statistics', bounds],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/sessions/stats', { params: { query: { ...bounds } }, signal })),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}
