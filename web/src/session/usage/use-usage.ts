import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { Session } from '../../api/client.js';
import { usageQuery } from '../queries.js';
import { type CallMark, callMarks } from './call-marks.js';

/** Pages of usage that are read for the marks of model calls: those of further calls have none. */
const MAX_MARKED_PAGES = 40;

/** The records of a session's usage as far as they were read, and a way to read on. */
export function useUsage(session: Session) {
  const result = useInfiniteQuery(usageQuery(session['session.id']));
  const items = useMemo(() => result.data?.pages.flatMap((page) => page.items) ?? [], [result.data]);
  return { ...result, items };
}

/** What the model calls of a session used, read page by page. */
export function useCallMarks(session: Session): ReadonlyMap<string, CallMark> {
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = useInfiniteQuery({
    ...usageQuery(session['session.id']),
    enabled: session.genai_usage !== undefined,
  });
  const pageCount = data?.pages.length ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError && pageCount < MAX_MARKED_PAGES) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, pageCount, fetchNextPage]);
  return useMemo(() => callMarks(data?.pages.flatMap((page) => page.items) ?? []), [data]);
}
