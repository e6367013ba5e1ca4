import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import type { Session } from '../../api/client.js';
import { ErrorNote } from '../../components/ErrorNote.js';
import { Skeleton } from '../../components/Skeleton.js';
import { Spinner } from '../../components/Spinner.js';
import { scrollToEnd, ToEndNote, useWayToEnd } from '../../components/ToEnd.js';
import { parseTime } from '../../format/time.js';
import { useShortcuts } from '../../shell/shortcuts.js';
import { conversationQuery, type Turn } from '../queries.js';
import { recordKey } from '../usage/call-marks.js';
import { useCallMarks } from '../usage/use-usage.js';
import { useSessionRoute } from '../use-session-route.js';
import { TurnCard } from './TurnCard.js';
import './conversation.css';

/** The number of pages that are searched for the turn of a link. */
const MAX_SOUGHT_PAGES = 20;

/** The conversation of the session, turn by turn. */
export function ConversationView({ session }: { readonly session: Session }) {
  const id = session['session.id'];
  const { search } = useSessionRoute();
  const turns = useInfiniteQuery(conversationQuery(id));
  const marks = useCallMarks(session);
  const items = useMemo(() => turns.data?.pages.flatMap((page) => page.items) ?? [], [turns.data]);
  const chosen = search.span === undefined ? -1 : items.findIndex((turn) => isOf(turn, search));
  const start = parseTime(session.start_time);
  const place = useRef<HTMLOListElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = turns;
  const way = useWayToEnd({
    hasMore: hasNextPage,
    isLoading: isFetchingNextPage,
    hasFailed: turns.isFetchNextPageError,
    load: () => void fetchNextPage(),
    show: scrollToEnd,
  });
  useShortcuts({ End: way.start });
  const pageCount = turns.data?.pages.filter((page) => page.items.length > 0).length ?? 0;

  const isSought = search.span !== undefined && chosen < 0 && pageCount < MAX_SOUGHT_PAGES;
  useEffect(() => {
    if (isSought && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [isSought, hasNextPage, isFetchingNextPage, fetchNextPage]);
  useEffect(() => {
    if (chosen >= 0) place.current?.children[chosen]?.scrollIntoView({ block: 'center' });
  }, [chosen]);
  useEffect(() => {
    if (end.current === null || !hasNextPage) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting && !isFetchingNextPage) void fetchNextPage();
      },
      { rootMargin: '800px' },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  if (turns.data === undefined) {
    return turns.error === null ? (
      <div className="conversation" role="status" aria-label="Loading the conversation">
        <Skeleton height="64px" />
        <Skeleton height="120px" />
        <Skeleton height="120px" />
      </div>
    ) : (
      <ErrorNote error={turns.error} onRetry={() => void turns.refetch()} />
    );
  }
  if (items.length === 0 && !hasNextPage) {
    return <p className="view-note">This session has no messages, or its telemetry does not contain them.</p>;
  }
  return (
    <div className="conversation">
      <ol ref={place} className="turns">
        {items.map((turn, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: turns have no id, and pages only grow at their end
          <li key={index}>
            <TurnCard
              turn={turn}
              sessionId={id}
              mark={marks.get(recordKey(turn))}
              start={start}
              isChosen={search.span !== undefined && isOf(turn, search)}
            />
          </li>
        ))}
      </ol>
      <ToEndNote way={way} count={items.length} of="turns" />
      <div ref={end} className="conversation-end">
        {isFetchingNextPage && <Spinner />}
        {items.length === 0 && (
          <p className="view-note" role="status">
            No messages so far; looking through the rest of the session.
          </p>
        )}
        {turns.error !== null && <ErrorNote error={turns.error} onRetry={() => void fetchNextPage()} />}
        {hasNextPage && !isFetchingNextPage && (
          <button type="button" className="button" onClick={() => void fetchNextPage()}>
            More
          </button>
        )}
      </div>
    </div>
  );
}

function isOf(turn: Turn, { trace, span }: { readonly trace?: string; readonly span?: string }): boolean {
  return turn.span_id === span && (trace === undefined || turn.trace_id === trace);
}
