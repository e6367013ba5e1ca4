import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import type { Session } from '../../api/client.js';
import { ErrorNote } from '../../components/ErrorNote.js';
import { Skeleton } from '../../components/Skeleton.js';
import { Spinner } from '../../components/Spinner.js';
import { scrollToEnd, ToEndNote, useWayToEnd } from '../../components/ToEnd.js';
import { parseTime } from '../../format/time.js';
import { useShortcuts } from '../../shell/shortcuts.js';
import { pagesQuery } from '../queries.js';
import { useSessionRoute } from '../use-session-route.js';
import { PageCard } from './PageCard.js';
import { isOn, nextTrouble } from './page-name.js';
import './visit.css';

/** The number of API pages that are searched for the page of a link. */
const MAX_SOUGHT_PAGES = 20;

/** The pages of a visit in order, and what happened on each. */
export function VisitView({ session }: { readonly session: Session }) {
  const id = session['session.id'];
  const { search, go } = useSessionRoute();
  const pages = useInfiniteQuery(pagesQuery(id));
  const items = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  const { page, span, trace } = search;
  const chosen =
    page !== undefined
      ? page - 1
      : span === undefined
        ? -1
        : items.findIndex((item) => isOn(item, span, trace));
  const start = parseTime(session.start_time);
  const place = useRef<HTMLOListElement>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;

  const way = useWayToEnd({
    hasMore: hasNextPage,
    isLoading: isFetchingNextPage,
    hasFailed: pages.isFetchNextPageError,
    load: () => void fetchNextPage(),
    show: scrollToEnd,
  });
  const isAsked = page !== undefined || span !== undefined;
  const isSought =
    isAsked && items[chosen] === undefined && (pages.data?.pages.length ?? 0) < MAX_SOUGHT_PAGES;
  useEffect(() => {
    if (isSought && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [isSought, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const isThere = items[chosen] !== undefined;
  useEffect(() => {
    if (isThere) place.current?.children[chosen]?.scrollIntoView({ block: 'nearest' });
  }, [isThere, chosen]);

  const show = (index: number | undefined): void => {
    if (index === undefined || items[index] === undefined) return;
    go({ view: 'visit', page: index + 1 }, { replace: true });
  };
  useShortcuts({
    e: () => show(nextTrouble(items, chosen)),
    '[': () => show(chosen - 1),
    ']': () => show(chosen + 1),
    End: way.start,
  });

  if (pages.data === undefined) {
    return pages.error === null ? (
      <div className="visit" role="status" aria-label="Loading the visit">
        <Skeleton height="120px" />
        <Skeleton height="120px" />
      </div>
    ) : (
      <ErrorNote error={pages.error} onRetry={() => void pages.refetch()} />
    );
  }
  if (items.length === 0) {
    return <p className="view-note">No telemetry of this session reports a page or screen.</p>;
  }
  return (
    <div className="visit">
      <ol ref={place} className="visit-pages" aria-label="Pages of the visit">
        {items.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a page is identified by its number in the visit
          <li key={index}>
            <PageCard page={item} number={index + 1} isChosen={index === chosen} start={start} />
          </li>
        ))}
      </ol>
      <ToEndNote way={way} count={items.length} of="pages" />
      <div className="visit-end">
        {isFetchingNextPage && <Spinner />}
        {pages.error !== null && <ErrorNote error={pages.error} onRetry={() => void fetchNextPage()} />}
        {hasNextPage && !isFetchingNextPage && (
          <button type="button" className="button" onClick={() => void fetchNextPage()}>
            More pages
          </button>
        )}
      </div>
    </div>
  );
}
