import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Session } from '../../api/client.js';
import { usageQuery } from '../queries.js';
import { useLoadUpTo } from '../use-load-up-to.js';
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
  const records = useInfiniteQuery({
    ...usageQuery(session['session.id']),
    enabled: session.genai_usage !== undefined,
  });
  useLoadUpTo(records, MAX_MARKED_PAGES);
  const { data } = records;
  return useMemo(() => callMarks(data?.pages.flatMap((page) => page.items) ?? []), [data]);
}
