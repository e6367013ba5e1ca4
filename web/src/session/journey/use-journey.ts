import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { formatCount } from '../../../../client/src/text/number.js';
import type { Session } from '../../api/client.js';
import { parseNanoseconds } from '../../format/time.js';
import {
  conversationQuery,
  eventsQuery,
  exceptionsQuery,
  outlineQuery,
  pagesQuery,
  usageQuery,
} from '../queries.js';
import { useLoadUpTo } from '../use-load-up-to.js';
import { hasPages } from '../views.js';
import { type Causes, findCauses } from './causes.js';
import { readThings, type Thing } from './things.js';

/** Pages of each answer of the API that are read. */
const MOST = { pages: 20, turns: 20, usage: 40, exceptions: 10, events: 10 };

export interface Journey {
  readonly things: readonly Thing[];
  readonly causes: Causes;
  readonly services: readonly string[];
  /** Whether nothing is there yet, and whether more is to come. */
  readonly isPending: boolean;
  readonly isLoading: boolean;
  /** What was not loaded, in words. */
  readonly missing: readonly string[];
  readonly error: Error | null;
  retry(): void;
}

const ALL_EVENTS = {};

/** Everything that happened in a session, read from the answers of the API that its views show one by one. */
export function useJourney(session: Session): Journey {
  const id = session['session.id'];
  const hasSpans = session.span_count > 0;
  const outline = useQuery({ ...outlineQuery(id), enabled: hasSpans });
  const pages = useInfiniteQuery({ ...pagesQuery(id), enabled: hasPages(session) });
  const hasCalls = session.genai_usage !== undefined;
  const turns = useInfiniteQuery({ ...conversationQuery(id), enabled: hasCalls });
  const usage = useInfiniteQuery({ ...usageQuery(id), enabled: hasCalls });
  const thrown = useInfiniteQuery({
    ...exceptionsQuery(id),
    enabled: session.exception_count !== undefined,
  });
  const events = useInfiniteQuery(eventsQuery(id, ALL_EVENTS));
  const areMore = [
    useLoadUpTo(pages, MOST.pages),
    useLoadUpTo(turns, MOST.turns),
    useLoadUpTo(usage, MOST.usage),
    useLoadUpTo(thrown, MOST.exceptions),
    useLoadUpTo(events, MOST.events),
  ];

  const { things, causes } = useMemo(() => {
    const things = readThings({
      origin: parseNanoseconds(session.start_time) ?? 0n,
      outline: outline.data,
      pages: itemsOf(pages.data),
      turns: itemsOf(turns.data),
      usage: itemsOf(usage.data),
      exceptions: itemsOf(thrown.data),
      events: itemsOf(events.data),
    });
    return { things, causes: findCauses(things, outline.data?.traces ?? []) };
  }, [session.start_time, outline.data, pages.data, turns.data, usage.data, thrown.data, events.data]);

  const parts = [outline, pages, turns, usage, thrown, events];
  const lists = [
    ['pages', pages],
    ['turns', turns],
    ['records of model calls', usage],
    ['errors', thrown],
    ['events', events],
  ] as const;
  const missing = lists.flatMap(([name, { data, hasNextPage }], index) =>
    hasNextPage && !areMore[index]
      ? [`only the first ${formatCount(itemsOf<unknown>(data).length)} ${name}`]
      : [],
  );
  if (outline.data?.isTruncated) missing.push('only the first 250,000 spans');
  const actionsMissing = itemsOf(pages.data).some(
    ({ actions, action_count, requests, request_count }) =>
      action_count > actions.length || request_count > requests.length,
  );
  if (actionsMissing) missing.push('of a page only its first 50 actions and 20 requests');
  return {
    things,
    causes,
    services: outline.data?.services ?? [],
    isPending: parts.some(({ isLoading }) => isLoading),
    isLoading: areMore.some(Boolean),
    missing,
    error: parts.find(({ error }) => error !== null)?.error ?? null,
    retry: () => {
      for (const part of parts) if (part.error !== null) void part.refetch();
    },
  };
}

function itemsOf<Item>(data: InfiniteData<{ readonly items: readonly Item[] }> | undefined): readonly Item[] {
  return data?.pages.flatMap(({ items }) => items) ?? [];
}
