import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { Session } from '../../api/client.js';
import { usageQuery } from '../queries.js';
import { type CallMark, callMarks } from './call-marks.js';

/** Maximum number of usage pages that are read to mark model calls. Further calls have no mark. */
const MAX_MARKED_PAGES = 40;

/** The usage records loaded so far, and a function to load more. */
export function useUsage(session: Session) {
  const result = useInfiniteQuery(usageQuery(session['session.id']));
  const items = useMemo(() => result.data?.pages.flatMap((page) => page.items) ?? [], [result.data]);
  return { ...result, items };
}

/** The usage of the session's model calls, read page by page. */
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
