import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useRef } from 'react';
import { formatDuration } from '../../../../client/src/text/duration.js';
import { formatCount } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { CopyButton } from '../../components/CopyButton.js';
import { Icon } from '../../components/Icon.js';
import { useShortcuts } from '../../shell/shortcuts.js';
import type { SessionEvent } from '../queries.js';
import { type CallMark, spanKey } from '../usage/call-marks.js';
import type { OutlinedTrace } from './outline.js';
import { NO_SERVICE_COLOR } from './service-colors.js';
import { placeOfRow } from './span-tree.js';
import { axisTicks, hasRoom } from './time-axis.js';
import { useWaterfall } from './use-waterfall.js';
import { useWidth } from './use-width.js';
import { WaterfallRow } from './WaterfallRow.js';

const NO_EVENTS: readonly SessionEvent[] = [];

const ROW_HEIGHT = 28;
const AXIS_HEIGHT = 26;
const OVERSCAN = 16;
const MOST_TICKS = 5;
const PIXELS_A_TICK = 64;
const PAGE = 15;

interface WaterfallProps {
  readonly trace: OutlinedTrace;
  readonly marks: ReadonlyMap<string, CallMark>;
  /** Log records and exceptions by span. */
  readonly events: ReadonlyMap<string, readonly SessionEvent[]>;
  /** Start of the session's axis, nanoseconds since 1970. */
  readonly origin: bigint;
  readonly colors: ReadonlyMap<string, string>;
  readonly openSpan: string | undefined;
  readonly onOpen: (spanId: string, options?: { readonly replace?: boolean }) => void;
  readonly onOpenEvent: (spanId: string, eventId: string) => void;
  /** Buttons beside the name of the trace. */
  readonly tools: ReactNode;
}

/** The spans of a trace as a tree, each as a bar on the trace's axis. */
export function Waterfall(props: WaterfallProps) {
  const { trace, marks, events, origin, colors, openSpan, onOpen, onOpenEvent, tools } = props;
  const { spans } = trace;
  const state = useWaterfall(trace, openSpan);
  const { tree, rows, folded, cursor, setCursor, fold } = state;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    scrollPaddingStart: AXIS_HEIGHT,
    scrollMargin: AXIS_HEIGHT,
  });
  const spanAt = (place: number) => spans[tree.span[rows[place]!]!]!;
  const idOf = (place: number): string => `span-${spanAt(place).id}`;

  // The rows scroll with the cursor, but not if rows above it only appear or disappear.
  const cursorSpan = cursor < 0 ? undefined : spanAt(cursor).id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the cursor moves to another span
  useEffect(() => {
    if (cursor >= 0) virtual.scrollToIndex(cursor, { align: 'auto' });
  }, [cursorSpan]);

  const moveTo = (place: number): void => {
    if (rows.length === 0) return;
    const { id } = spanAt(Math.max(0, Math.min(rows.length - 1, place)));
    setCursor(id);
    // Open details follow the cursor.
    if (openSpan !== undefined && id !== openSpan) onOpen(id, { replace: true });
  };
  const open = useCallback(
    (spanId: string): void => {
      setCursor(spanId);
      onOpen(spanId);
      scroller.current?.focus({ preventScroll: true });
    },
    [onOpen, setCursor],
  );
  const step = (by: number): void => {
    scroller.current?.focus({ preventScroll: true });
    moveTo(cursor < 0 ? 0 : cursor + by);
  };
  useShortcuts({ j: () => step(1), k: () => step(-1) });

  /** Handles a key of the tree. Returns whether it was one. */
  const press = (key: string): boolean => {
    switch (key) {
      case 'ArrowDown':
        step(1);
        return true;
      case 'ArrowUp':
        step(-1);
        return true;
      case 'PageDown':
        step(PAGE);
        return true;
      case 'PageUp':
        step(-PAGE);
        return true;
      case 'Home':
        moveTo(0);
        return true;
      case 'End':
        moveTo(rows.length - 1);
        return true;
      case 'ArrowRight':
        inwards();
        return true;
      case 'ArrowLeft':
        outwards();
        return true;
      case 'Enter':
        if (cursor >= 0) open(spanAt(cursor).id);
        return true;
      default:
        return false;
    }
  };
  const inwards = (): void => {
    if (cursor < 0) return;
    const { id } = spanAt(cursor);
    if (folded.has(id)) fold(id, false);
    else if (tree.size[rows[cursor]!]! > 1) step(1);
  };
  const outwards = (): void => {
    if (cursor < 0) return;
    const row = rows[cursor]!;
    const { id } = spanAt(cursor);
    const parent = tree.parent[row]!;
    if (tree.size[row]! > 1 && !folded.has(id)) fold(id, true);
    else if (parent >= 0) moveTo(placeOfRow(rows, parent));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (press(event.key)) event.preventDefault();
  };

  const duration = trace.end - trace.start;
  const axis = duration > 0 ? duration : 1;
  const track = useRef<HTMLSpanElement>(null);
  const trackWidth = useWidth(track);
  const ticks = axisTicks(duration, Math.min(MOST_TICKS, trackWidth / PIXELS_A_TICK));
  const name = visibleText(trace.name) || 'unnamed';
  const items = virtual.getVirtualItems();
  const isRendered = items.some(({ index }) => index === cursor);
  return (
    <section className="waterfall card" aria-label="Trace">
      <header className="waterfall-head">
        <h2 className="truncate" title={name}>
          {name}
        </h2>
        <span className="waterfall-facts">
          <span className="mono">{trace.id.slice(0, 8)}…</span>
          <CopyButton text={trace.id} label="Copy the trace id" />
          <span>{formatDuration(duration)}</span>
          <span>
            {formatCount(spans.length)} {spans.length === 1 ? 'span' : 'spans'}
          </span>
          {trace.errorCount > 0 && (
            <span className="error-text">
              {formatCount(trace.errorCount)} {trace.errorCount === 1 ? 'error' : 'errors'}
            </span>
          )}
        </span>
        <span className="waterfall-tools">
          {tools}
          <button
            type="button"
            className="icon-button"
            title={folded.size === 0 ? 'Fold all' : 'Unfold all'}
            aria-label={folded.size === 0 ? 'Fold all' : 'Unfold all'}
            onClick={folded.size === 0 ? state.foldAll : state.unfoldAll}
          >
            <Icon name={folded.size === 0 ? 'fold' : 'unfold'} />
          </button>
        </span>
      </header>
      <div
        className="span-rows"
        ref={scroller}
        role="tree"
        aria-label={`Spans of ${name}`}
        aria-activedescendant={isRendered ? idOf(cursor) : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        style={{ height: AXIS_HEIGHT + rows.length * ROW_HEIGHT + 1 }}
      >
        <div className="span-axis" role="presentation" style={{ height: AXIS_HEIGHT }}>
          <span className="track" ref={track}>
            {ticks
              .filter((tick) => hasRoom(tick, duration))
              .map((tick) => (
                <span key={tick} className="tick-label" style={{ left: `${(tick / axis) * 100}%` }}>
                  {formatDuration(tick)}
                </span>
              ))}
          </span>
        </div>
        <div className="rows-canvas" role="presentation" style={{ height: rows.length * ROW_HEIGHT }}>
          <div className="span-grid" role="presentation">
            {ticks.map((tick) => (
              <span key={tick} className="tick-line" style={{ left: `${(tick / axis) * 100}%` }} />
            ))}
          </div>
          {items.map(({ index, start }) => {
            const row = rows[index]!;
            const span = spanAt(index);
            const parent = tree.parent[row]!;
            return (
              <WaterfallRow
                key={span.id}
                id={`span-${span.id}`}
                span={span}
                trace={trace}
                mark={marks.get(spanKey(trace.id, span.id))}
                events={events.get(span.id) ?? NO_EVENTS}
                origin={origin}
                color={(span.service !== undefined && colors.get(span.service)) || NO_SERVICE_COLOR}
                top={start - AXIS_HEIGHT}
                isServiceAsAbove={parent >= 0 && spans[tree.span[parent]!]!.service === span.service}
                depth={tree.depth[row]!}
                place={tree.place[row]!}
                siblings={tree.siblings[row]!}
                below={tree.size[row]! - 1}
                failedBelow={state.failedBelow(row)}
                isFolded={folded.has(span.id)}
                isCursor={index === cursor}
                isOpen={span.id === openSpan}
                onOpen={open}
                onOpenEvent={onOpenEvent}
                onFold={fold}
              />
            );
          })}
        </div>
      </div>
    </section>
  );
}
