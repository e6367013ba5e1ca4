import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { usageQuery } from './queries.js';
import { dearestCall } from './usage/dearest.js';
import { useSessionRoute } from './use-session-route.js';

/** Pages of usage records that are searched for it, 500 records each. */
const MAX_PAGES = 40;

/**
 * Where the address asks for the dearest turn, looks for it and shows it in the conversation. A call without a span
 * is shown among the records of usage. Returns whether it is still looked for.
 */
export function useDearest(): boolean {
  const { sessionId, search, go } = useSessionRoute();
  const isAsked = search.at === 'dearest';
  const { data, error, hasNextPage, isFetching, fetchNextPage } = useInfiniteQuery({
    ...usageQuery(sessionId),
    enabled: isAsked,
  });
  const isDone = error !== null || (data !== undefined && (!hasNextPage || data.pages.length >= MAX_PAGES));
  useEffect(() => {
    if (!isAsked) return;
    if (!isDone) {
      if (data !== undefined && !isFetching) void fetchNextPage();
      return;
    }
    const call = dearestCall(data?.pages.flatMap(({ items }) => items) ?? []);
    go(
      call?.trace_id === undefined || call.span_id === undefined
        ? { view: 'usage' }
        : { view: 'conversation', trace: call.trace_id, span: call.span_id },
      { replace: true },
    );
  }, [isAsked, isDone, data, isFetching, fetchNextPage, go]);
  return isAsked;
}
