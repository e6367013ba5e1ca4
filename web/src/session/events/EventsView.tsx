import { useInfiniteQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { formatCount } from '../../../../client/src/text/number.js';
import type { Session } from '../../api/client.js';
import { ErrorNote } from '../../components/ErrorNote.js';
import { Skeleton } from '../../components/Skeleton.js';
import { Spinner } from '../../components/Spinner.js';
import { ToEndNote, useWayToEnd } from '../../components/ToEnd.js';
import { parseNanoseconds } from '../../format/time.js';
import { useShortcuts } from '../../shell/shortcuts.js';
import { eventsQuery, type SessionEvent } from '../queries.js';
import type { EventSearch } from '../search.js';
import { useSessionRoute } from '../use-session-route.js';
import { EventFilters } from './EventFilters.js';
import { EventRow } from './EventRow.js';
import { hasText } from './event-text.js';
import './events.css';
import '../span/span.css';

const ROW_HEIGHT = 32;
const OVERSCAN = 12;
/** The next page is requested this many rows before the end. */
const AHEAD = 60;
/** The number of pages that are searched for the event of a link. */
const MAX_SOUGHT_PAGES = 20;

/** The events of the session, in order of time. */
export function EventsView({ session }: { readonly session: Session }) {
  const { search, go } = useSessionRoute();
  const [text, setText] = useState('');
  const { name, severity, spanEvents, order, trace, span } = search;
  const filter = useMemo(
    (): EventSearch => ({
      ...(name !== undefined && { name }),
      ...(severity !== undefined && { severity }),
      ...(spanEvents !== undefined && { spanEvents }),
      ...(order !== undefined && { order }),
    }),
    [name, severity, spanEvents, order],
  );
  const events = useInfiniteQuery(eventsQuery(session['session.id'], filter));
  const { data, error, hasNextPage, isFetching, fetchNextPage } = events;
  const items = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const shown = useMemo(() => items.filter((event) => hasText(event, text)), [items, text]);
  const names = useMemo(() => namesOf(items), [items]);
  // A page without matching events may be followed by pages that have some.
  const isSearching = items.length === 0 && hasNextPage;
  useEffect(() => {
    if (isSearching && !isFetching && error === null) void fetchNextPage();
  }, [isSearching, isFetching, error, fetchNextPage]);

  const kept = useMemo(
    () => ({ ...(trace !== undefined && { trace }), ...(span !== undefined && { span }) }),
    [trace, span],
  );
  const change = useCallback(
    (to: EventSearch): void => go({ view: 'events', ...kept, ...to }, { replace: true }),
    [go, kept],
  );
  const open = useCallback(
    (event: string | undefined): void =>
      go({ view: 'events', ...kept, ...filter, ...(event !== undefined && { event }) }, { replace: true }),
    [go, kept, filter],
  );
  const onName = useCallback((only: string): void => change({ ...filter, name: [only] }), [change, filter]);

  return (
    <div className="events-view">
      <h2 className="visually-hidden">Events</h2>
      <EventFilters search={filter} onChange={change} names={names} text={text} onText={setText} />
      {data === undefined || isSearching ? (
        <Waiting
          error={error}
          onRetry={() => void (data === undefined ? events.refetch() : fetchNextPage())}
        />
      ) : items.length === 0 ? (
        <Nothing filter={filter} onSpanEvents={() => change({ ...filter, spanEvents: true })} />
      ) : (
        <EventRows
          session={session}
          events={shown}
          loaded={items.length}
          isFiltered={text.trim() !== ''}
          openEvent={search.event}
          onOpen={open}
          onName={onName}
          pages={data.pages.length}
          more={{ hasMore: hasNextPage, isLoading: isFetching, error, load: () => void fetchNextPage() }}
        />
      )}
    </div>
  );
}

/** Each name once, the most frequent first. */
function namesOf(events: readonly SessionEvent[]): string[] {
  const counts = new Map<string, number>();
  for (const { event_name: name } of events) {
    if (name !== undefined && name !== '') counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name);
}

interface WaitingProps {
  readonly error: Error | null;
  readonly onRetry: () => void;
}

function Waiting({ error, onRetry }: WaitingProps) {
  if (error !== null) return <ErrorNote error={error} onRetry={onRetry} />;
  return (
    <div role="status" aria-label="Loading the events">
      <Skeleton height="320px" />
    </div>
  );
}

interface NothingProps {
  readonly filter: EventSearch;
  readonly onSpanEvents: () => void;
}

function Nothing({ filter, onSpanEvents }: NothingProps) {
  const isFiltered = filter.name !== undefined || filter.severity !== undefined;
  return (
    <p className="view-note">
      {isFiltered ? 'No event of this session is like that.' : 'This session has no log records.'}{' '}
      {filter.spanEvents !== true && (
        <button type="button" className="text-button" onClick={onSpanEvents}>
          Look among the events of its spans
        </button>
      )}
    </p>
  );
}

interface EventRowsProps {
  readonly session: Session;
  readonly events: readonly SessionEvent[];
  /** Number of loaded events, including hidden ones. */
  readonly loaded: number;
  readonly isFiltered: boolean;
  readonly openEvent: string | undefined;
  readonly onOpen: (id: string | undefined) => void;
  readonly onName: (name: string) => void;
  readonly pages: number;
  readonly more: {
    readonly hasMore: boolean;
    readonly isLoading: boolean;
    readonly error: Error | null;
    readonly load: () => void;
  };
}

function EventRows(props: EventRowsProps) {
  const { session, events, loaded, isFiltered, openEvent, onOpen, onName, pages, more } = props;
  const start = useMemo(() => String(parseNanoseconds(session.start_time) ?? 0n), [session.start_time]);
  const scroller = useRef<HTMLElement>(null);
  const focused = useRef<number>(undefined);
  const rows = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => events[index]!.id,
    overscan: OVERSCAN,
  });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;

  const { hasMore, isLoading, error, load } = more;
  // A search covers loaded events only: it does not load more by itself.
  const isNearEnd = hasMore && !isLoading && error === null && !isFiltered && last >= events.length - AHEAD;
  const place = openEvent === undefined ? -1 : events.findIndex(({ id }) => id === openEvent);
  const isSought = openEvent !== undefined && place < 0 && hasMore && !isLoading && pages < MAX_SOUGHT_PAGES;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the function changes with every render
  useEffect(() => {
    if (isNearEnd || (isSought && error === null)) load();
  }, [isNearEnd, isSought, error]);
  // Scrolls to the event of the address, but not when the reader opens one that is in view.
  const reached = useRef<string>(undefined);
  useEffect(() => {
    if (place < 0 || reached.current === openEvent) return;
    reached.current = openEvent;
    rows.scrollToIndex(place, { align: 'auto' });
  }, [place, openEvent, rows]);

  const toggle = useCallback(
    (id: string): void => {
      reached.current = id;
      onOpen(id === openEvent ? undefined : id);
    },
    [onOpen, openEvent],
  );
  const onFocus = useCallback((index: number): void => {
    focused.current = index;
  }, []);
  const move = (to: number): void => {
    const index = Math.max(0, Math.min(events.length - 1, to));
    focused.current = index;
    rows.scrollToIndex(index, { align: 'auto' });
    focusLine(scroller.current, index);
  };
  const step = (by: number): void => move((focused.current ?? -1) + by);
  const close = (): void => onOpen(undefined);
  const way = useWayToEnd({
    hasMore,
    isLoading,
    hasFailed: error !== null,
    load,
    show: () => move(events.length - 1),
  });
  useShortcuts({
    j: () => step(1),
    k: () => step(-1),
    End: way.start,
    ...(openEvent !== undefined && { Escape: close }),
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.target instanceof HTMLElement) || event.target.dataset.event === undefined) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = targetOf(event.key, focused.current ?? 0);
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  };

  const count = `${formatCount(loaded)}${hasMore ? '+' : ''}`;
  return (
    <>
      <p className="event-count" role="status">
        {isFiltered
          ? `${formatCount(events.length)} of ${count} loaded events`
          : `${count} ${loaded === 1 ? 'event' : 'events'}`}
      </p>
      <section
        className="event-rows card"
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: lets the keyboard scroll it
        tabIndex={0}
        aria-label="List of events"
        aria-busy={isLoading}
        onKeyDown={onKeyDown}
      >
        <ol className="rows-canvas" style={{ height: rows.getTotalSize() }}>
          {items.map(({ index, start: top, key }) => {
            const event = events[index]!;
            return (
              <li
                key={String(key)}
                ref={rows.measureElement}
                data-index={index}
                aria-posinset={index + 1}
                aria-setsize={hasMore ? -1 : events.length}
                className="event-row"
                style={{ transform: `translateY(${top}px)` }}
              >
                <EventRow
                  event={event}
                  index={index}
                  start={start}
                  isOpen={event.id === openEvent}
                  hasTimeline={session.span_count > 0}
                  onToggle={toggle}
                  onFocus={onFocus}
                  onName={onName}
                />
              </li>
            );
          })}
        </ol>
      </section>
      <ToEndNote way={way} count={loaded} of="events" />
      <div className="events-end">
        {isLoading && <Spinner />}
        {error !== null && <ErrorNote error={error} onRetry={load} />}
        {hasMore && !isLoading && error === null && (
          <button type="button" className="button" onClick={load}>
            Load more
          </button>
        )}
      </div>
    </>
  );
}

/** The row that a key moves to; undefined if the key does not move. */
function targetOf(key: string, from: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return from + 1;
    case 'ArrowUp':
      return from - 1;
    case 'Home':
      return 0;
    default:
      return undefined;
  }
}

/** Focuses the line of an event. It may be rendered only after scrolling brings it into view. */
function focusLine(list: HTMLElement | null, index: number, attempts = 60): void {
  const line = list?.querySelector<HTMLElement>(`[data-event="${index}"]`);
  if (line) line.focus({ preventScroll: true });
  else if (attempts > 0) requestAnimationFrame(() => focusLine(list, index, attempts - 1));
}
