import { useQueryClient } from '@tanstack/react-query';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { isAbout } from '../../api/problem.js';
import { ErrorNote } from '../../components/ErrorNote.js';
import { scrollToEnd, ToEndNote, useWayToEnd, type Way } from '../../components/ToEnd.js';
import { useShortcuts } from '../../shell/shortcuts.js';
import type { ListLoad } from '../list-load.js';
import type { Sorting } from '../sorting.js';
import { loadNextPage, useSessionPages } from '../use-session-pages.js';
import { ColumnHead } from './ColumnHead.js';
import { ColumnMenu } from './ColumnMenu.js';
import { fitting, gridOf, useColumnChoice } from './column-choice.js';
import { COLUMNS, NARROW_COLUMNS } from './columns.js';
import { EmptyList } from './EmptyList.js';
import { moveWindow, WINDOW_ROWS } from './row-window.js';
import { SessionRow } from './SessionRow.js';
import { useIsNarrow, useRowHeight } from './use-row-height.js';

/** Rows rendered above and below the view. */
const OVERSCAN = 10;
/** Height of the sticky bar at the top of the page, which would cover a row. */
const STICKY_PX = 84;
/** Number of placeholder rows while loading. */
const PENDING_ROWS = 12;

interface SessionTableProps {
  readonly load: ListLoad;
  /** Called once it is known whether this list has any session. */
  readonly onEmpty: (isEmpty: boolean) => void;
  /** Called once the first rows are rendered, or the list is known to be empty. */
  readonly onShown: () => void;
  readonly onClearFilters: () => void;
  readonly onAllTime: () => void;
  readonly onSort: (sorting: Sorting) => void;
}

/**
 * All sessions of one load, however many; another load is another component. Only the visible rows are
 * rendered, and few more are kept.
 */
export function SessionTable(props: SessionTableProps) {
  const { load, onEmpty, onShown, onClearFilters, onAllTime, onSort } = props;
  const hasMatches = load.filters.q !== undefined;
  const rowHeight = useRowHeight(hasMatches);
  const body = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [width, setWidth] = useState(0);
  const isNarrow = useIsNarrow();
  const choice = useColumnChoice();
  const columns = useMemo(
    () => (isNarrow ? COLUMNS.filter(({ id }) => NARROW_COLUMNS.includes(id)) : fitting(choice, width)),
    [isNarrow, choice, width],
  );
  const [base, setBase] = useState(load.windowStart);
  const [inView, setInView] = useState<readonly [number, number]>([0, 0]);
  const pages = useSessionPages(load, inView[0], inView[1]);
  const rowCount = pages.rowCount + (pages.hasMore ? PENDING_ROWS : 0);

  const virtualizer = useWindowVirtualizer({
    count: Math.min(rowCount - base, WINDOW_ROWS),
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollMargin: top,
    scrollPaddingStart: STICKY_PX,
  });
  const items = virtualizer.getVirtualItems();
  const first = base + (items[0]?.index ?? 0);
  const last = base + (items.at(-1)?.index ?? 0);

  useEffect(() => setInView([first, last]), [first, last]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured sizes are outdated after a change of the row height
  useEffect(() => virtualizer.measure(), [rowHeight]);
  // Order matters: after the window moves, the page scrolls to the new place of the visible rows before it
  // may move again.
  const owedScroll = useRef<number>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows move when the window moves
  useLayoutEffect(() => {
    if (owedScroll.current !== undefined) window.scrollTo(0, owedScroll.current);
    owedScroll.current = undefined;
  }, [base]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rendered rows change as the page scrolls
  useLayoutEffect(() => {
    // The current scroll position; the rendered rows follow a little later.
    const firstInView = base + Math.floor((window.scrollY - top) / rowHeight);
    const lastInView = firstInView + Math.ceil(window.innerHeight / rowHeight);
    const next = moveWindow(base, rowCount, firstInView, lastInView);
    if (next === base) return;
    // Uses the scroll position before the change: a shorter window scrolls the page by itself.
    owedScroll.current = window.scrollY + (base - next) * rowHeight;
    load.windowStart = next;
    setBase(next);
  }, [load, base, rowCount, first, last, rowHeight, top]);

  // The content above the table changes its height with the width of the page.
  useLayoutEffect(() => {
    const measure = (): void => {
      const place = body.current!.getBoundingClientRect();
      setTop(Math.round(place.top + window.scrollY));
      setWidth(place.width);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.getElementById('main')!);
    return () => observer.disconnect();
  }, []);

  const isEmpty = !pages.hasMore && pages.rowCount === 0;
  useEffect(() => onEmpty(isEmpty), [isEmpty, onEmpty]);
  const focused = useRef(load.focusedRow);
  const { isPending } = pages;
  useEffect(() => {
    if (isPending) return;
    onShown();
    // Restores the focus when the reader comes back.
    if (focused.current !== undefined && document.activeElement === document.body) {
      focusRow(body.current, focused.current);
    }
  }, [isPending, onShown]);

  const onFocus = useCallback(
    (index: number) => {
      focused.current = index;
      load.focusedRow = index;
    },
    [load],
  );
  const move = (step: number): void => {
    const from = focused.current ?? Math.ceil((window.scrollY - top) / rowHeight) + base - 1;
    const index = Math.max(0, Math.min(pages.rowCount - 1, Math.max(-1, from) + step));
    onFocus(index);
    virtualizer.scrollToIndex(index - base, { align: 'auto' });
    focusRow(body.current, index);
  };
  const showEnd = (): void => {
    const lastWindow = Math.max(0, pages.rowCount - WINDOW_ROWS);
    load.windowStart = lastWindow;
    setBase(lastWindow);
    requestAnimationFrame(scrollToEnd);
  };
  const way = useWayToEndOfList(load, pages.hasMore, showEnd);
  const leave = (): void => {
    if (body.current?.contains(document.activeElement)) (document.activeElement as HTMLElement).blur();
    focused.current = undefined;
  };
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    End: way.start,
    Escape: leave,
  });

  const grid = { '--columns': gridOf(columns, choice) } as CSSProperties;

  return (
    <>
      <ColumnMenu choice={choice} leftOut={isNarrow ? 0 : choice.shown.length - columns.length} />
      <div style={grid} className={hasMatches ? 'table table-with-matches' : 'table'}>
        <div
          role="table"
          aria-label="Sessions"
          aria-rowcount={pages.hasMore ? -1 : pages.rowCount + 1}
          aria-busy={pages.isPending}
        >
          <div className="row row-head" role="row" aria-rowindex={1}>
            <span role="columnheader" className="cell-session">
              Session
            </span>
            {columns.map((column) => (
              <ColumnHead
                key={column.id}
                column={column}
                choice={choice}
                sorting={load.sorting}
                onSort={onSort}
              />
            ))}
          </div>
          <div
            className="table-body"
            role="rowgroup"
            ref={body}
            style={{ height: Math.min(rowCount - base, WINDOW_ROWS) * rowHeight }}
          >
            {items.map((item) => (
              <SessionRow
                key={base + item.index}
                columns={columns}
                index={base + item.index}
                session={pages.row(base + item.index)}
                hasLeft={pages.hasLeft(base + item.index)}
                top={item.start - top}
                onFocus={onFocus}
              />
            ))}
          </div>
        </div>
        {pages.isIncomplete && (
          <p className="muted" role="status">
            Not all telemetry is indexed yet: there may be more sessions.
          </p>
        )}
        <ToEndNote way={way} count={pages.rowCount} of="sessions" />
        {isAbout(pages.error, 'q') ? (
          <p className="table-empty">No session is listed, as the search cannot be read.</p>
        ) : (
          pages.error !== null && <ErrorNote error={pages.error} onRetry={pages.retry} />
        )}
        {isEmpty && pages.error === null && (
          <EmptyList load={load} onClearFilters={onClearFilters} onAllTime={onAllTime} />
        )}
      </div>
    </>
  );
}

/** Loads the rest of a list, page by page, and scrolls to its end. */
function useWayToEndOfList(load: ListLoad, hasMore: boolean, show: () => void): Way {
  const client = useQueryClient();
  const [step, setStep] = useState<'idle' | 'loading' | 'failed'>('idle');
  const next = async (): Promise<void> => {
    setStep('loading');
    await loadNextPage(client, load).then(
      () => setStep('idle'),
      () => setStep('failed'),
    );
  };
  const way = useWayToEnd({
    hasMore,
    isLoading: step === 'loading',
    hasFailed: step === 'failed',
    load: () => void next(),
    show,
  });
  return {
    ...way,
    start: () => {
      setStep('idle');
      way.start();
    },
  };
}

/** Focuses the link of a row. It may be rendered only after scrolling brings it into view. */
function focusRow(body: HTMLElement | null, index: number, attempts = 60): void {
  const link = body?.querySelector<HTMLElement>(`[data-index="${index}"] .row-link`);
  if (link) link.focus({ preventScroll: true });
  else if (attempts > 0) requestAnimationFrame(() => focusRow(body, index, attempts - 1));
}
