import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useEffect } from 'react';

type Loading = Pick<
  UseInfiniteQueryResult<InfiniteData<unknown>>,
  'data' | 'hasNextPage' | 'isFetching' | 'isError' | 'fetchNextPage'
>;

/** Loads the pages of a list one after the other, at most `most` of them. Returns whether more are to come. */
export function useLoadUpTo(
  { data, hasNextPage, isFetching, isError, fetchNextPage }: Loading,
  most: number,
): boolean {
  const isUnderWay = hasNextPage && !isError && (data?.pages.length ?? 0) < most;
  useEffect(() => {
    if (isUnderWay && !isFetching) void fetchNextPage();
  }, [isUnderWay, isFetching, fetchNextPage]);
  return isUnderWay;
}
