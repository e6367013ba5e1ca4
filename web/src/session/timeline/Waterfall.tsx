import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useDeferredValue,
  useMemo,
  useRef,
  useState,
} from 'react';
import { formatDuration } from '../../../../client/src/text/duration.js';
import { formatCount } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { CopyButton } from '../../components/CopyButton.js';
import { Icon } from '../../components/Icon.js';
import { useShortcuts } from '../../shell/shortcuts.js';
import type { SessionEvent } from '../queries.js';
import { type CallMark, spanKey } from '../usage/call-marks.js';
import { criticalPath } from './critical-path.js';
import { FlameView } from './FlameView.js';
import type { Outline, OutlinedTrace } from './outline.js';
import { partsByRow } from './path-parts.js';
import { ServiceLegend } from './ServiceLegend.js';
import { SpanRows } from './SpanRows.js';
import { nextTraceWith, spanMatcher } from './span-search.js';
import { TraceTools, type TraceView } from './TraceTools.js';
import { including, panned, type TimeWindow, zoomed } from './time-window.js';
import { useAttributeTexts } from './use-attribute-texts.js';
import { ORDERS, type Order, useTraceWork } from './use-trace-work.js';
import './trace-tools.css';

const PAGE = 15;
const ZOOM_STEP = 0.5;
const PAN_STEP = 0.25;

export interface WaterfallProps {
  readonly outline: Outline;
  readonly trace: OutlinedTrace;
  readonly marks: ReadonlyMap<string, CallMark>;
  /** Log records and exceptions by span. */
  readonly events: ReadonlyMap<string, readonly SessionEvent[]>;
  readonly colors: ReadonlyMap<string, string>;
  readonly openSpan: string | undefined;
  readonly onOpen: (spanId: string, options?: { readonly replace?: boolean }) => void;
  readonly onOpenEvent: (spanId: string, eventId: string) => void;
  readonly onOpenTrace: (traceId: string) => void;
  /** What is searched for in all traces of the session. */
  readonly search: string;
  readonly onSearch: (search: string) => void;
  /** Buttons beside the name of the trace. */
  readonly tools: ReactNode;
}

/** The spans of a trace: as a tree or sorted, each as a bar on the trace's axis, or as a flame graph. */
export function Waterfall(props: WaterfallProps) {
  const { outline, trace, marks, events, colors, openSpan, onOpen, onOpenEvent, onOpenTrace, tools } = props;
  const { spans } = trace;
  const [view, setView] = useState<TraceView>('tree');
  const [order, setOrder] = useState<Order>('tree');
  const [isPathShown, setPathShown] = useState(false);
  const [areLogsShown, setLogsShown] = useState(false);
  const [service, setService] = useState<string>();
  const whole = useMemo(() => wholeOf(trace), [trace]);
  const [shownWindow, setWindow] = useState<TimeWindow>();
  const window = shownWindow ?? whole;
  const work = useTraceWork({ trace, openSpan, order, marks, logs: areLogsShown ? events : undefined });
  const { tree, lines, cursor, folded, setCursor, fold, reveal, toggleGroup } = work;
  const path = useMemo(
    () => (isPathShown ? partsByRow(criticalPath(spans, tree)) : undefined),
    [isPathShown, spans, tree],
  );
  const hasCosts = useMemo(
    () => spans.some(({ id }) => (marks.get(spanKey(trace.id, id))?.costUsd ?? 0) > 0),
    [spans, marks, trace.id],
  );

  const search = useDeferredValue(props.search);
  const attributes = useAttributeTexts(trace, search.trim() !== '');
  const matches = useMemo(() => spanMatcher(search, attributes.texts), [search, attributes.texts]);
  const found = useMemo(() => {
    if (matches === undefined) return undefined;
    return [...tree.span.keys()].filter((row) => matches(spans[tree.span[row]!]!));
  }, [matches, tree, spans]);
  const foundIds = useMemo(
    () => found && new Set(found.map((row) => spans[tree.span[row]!]!.id)),
    [found, spans, tree],
  );
  const elsewhere = useMemo(
    () => (matches === undefined ? undefined : nextTraceWith(outline, trace.id, 1, matches)),
    [matches, outline, trace.id],
  );

  const scroller = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const focusRows = (): void => scroller.current?.focus({ preventScroll: true });
  /** Puts the cursor on a span, into view also on the axis; open details follow the cursor. */
  const goTo = (spanId: string): void => {
    reveal(spanId);
    const span = spans[tree.span[work.rowOf(spanId)!]!]!;
    setWindow((before) => before && including(before, whole, span));
    if (openSpan !== undefined && spanId !== openSpan) onOpen(spanId, { replace: true });
  };
  const moveTo = (place: number): void => {
    const line = lines[Math.max(0, Math.min(lines.length - 1, place))];
    if (line === undefined) return;
    if (line.kind === 'span') goTo(line.key);
    else setCursor(line.key);
  };
  const step = (by: number): void => {
    focusRows();
    moveTo(cursor < 0 ? 0 : cursor + by);
  };
  const line = lines[cursor];
  const cursorRow = line?.kind === 'span' ? line.row : -1;
  const open = useCallback(
    (spanId: string): void => {
      setCursor(spanId);
      onOpen(spanId);
      scroller.current?.focus({ preventScroll: true });
    },
    [onOpen, setCursor],
  );
  const toFound = (by: 1 | -1): void => {
    if (found === undefined) return;
    const next =
      by > 0
        ? found.find((row) => row > cursorRow)
        : found.findLast((row) => row < cursorRow || cursorRow < 0);
    if (next !== undefined) goTo(spans[tree.span[next]!]!.id);
    else if (elsewhere !== undefined && matches !== undefined) {
      const other = nextTraceWith(outline, trace.id, by, matches);
      if (other !== undefined) onOpenTrace(other);
    } else if (found.length > 0) goTo(spans[tree.span[found.at(by > 0 ? 0 : -1)!]!]!.id);
  };
  const zoom = (factor: number, at = 0.5): void =>
    setWindow((before) => narrowed(zoomed(before ?? whole, whole, factor, at), whole));
  const pan = (by: number): void => setWindow((before) => before && panned(before, whole, by));
  useShortcuts({
    j: () => step(1),
    k: () => step(-1),
    '/': () => field.current?.focus(),
    n: () => toFound(1),
    p: () => toFound(-1),
    c: () => setPathShown((is) => !is),
    l: () => setLogsShown((are) => !are),
    v: () => setView((is) => (is === 'tree' ? 'flame' : 'tree')),
    '+': () => zoom(ZOOM_STEP),
    '-': () => zoom(1 / ZOOM_STEP),
    '0': () => setWindow(undefined),
    '<': () => pan(-PAN_STEP),
    '>': () => pan(PAN_STEP),
  });

  const enter = (): void => {
    if (line === undefined) return;
    if (line.kind === 'group') toggleGroup(line.group.id);
    else if (line.kind === 'log') onOpenEvent(spans[tree.span[line.row]!]!.id, line.event.id);
    else open(line.key);
  };
  const inwards = (): void => {
    if (line?.kind === 'group' && !work.unfolded.has(line.group.id)) toggleGroup(line.group.id);
    else if (line?.kind === 'group') step(1);
    else if (line?.kind === 'span' && folded.has(line.key)) fold(line.key, false);
    else if (line?.kind === 'span' && order === 'tree' && tree.size[line.row]! > 1) step(1);
  };
  const outwards = (): void => {
    if (line === undefined || order !== 'tree') return;
    if (line.kind === 'group' && work.unfolded.has(line.group.id)) toggleGroup(line.group.id);
    else if (line.kind === 'span' && tree.size[line.row]! > 1 && !folded.has(line.key)) fold(line.key, true);
    else {
      const above = lines.findLastIndex(({ depth }, place) => place < cursor && depth < line.depth);
      if (above >= 0) moveTo(above);
    }
  };
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
        moveTo(lines.length - 1);
        return true;
      case 'ArrowRight':
        inwards();
        return true;
      case 'ArrowLeft':
        outwards();
        return true;
      case 'Enter':
        enter();
        return true;
      default:
        return false;
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (press(event.key)) event.preventDefault();
  };

  const name = visibleText(trace.name) || 'unnamed';
  const isFolded = folded.size > 0;
  return (
    <section className="waterfall card" aria-label="Trace">
      <header className="waterfall-head">
        <h2 className="truncate" title={name}>
          {name}
        </h2>
        <span className="waterfall-facts">
          <span className="mono">{trace.id.slice(0, 8)}…</span>
          <CopyButton text={trace.id} label="Copy the trace id" />
          <span>{formatDuration(trace.end - trace.start)}</span>
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
          {view === 'tree' && order === 'tree' && (
            <button
              type="button"
              className="icon-button"
              title={isFolded ? 'Unfold all' : 'Fold all'}
              aria-label={isFolded ? 'Unfold all' : 'Fold all'}
              onClick={isFolded ? work.unfoldAll : work.foldAll}
            >
              <Icon name={isFolded ? 'unfold' : 'fold'} />
            </button>
          )}
        </span>
      </header>
      <TraceTools
        view={view}
        onView={setView}
        order={order}
        orders={hasCosts ? ORDERS : ORDERS.filter((each) => each !== 'cost')}
        onOrder={setOrder}
        isPathShown={isPathShown}
        onPath={() => setPathShown(!isPathShown)}
        logs={
          events.size > 0
            ? { areShown: areLogsShown, onToggle: () => setLogsShown(!areLogsShown) }
            : undefined
        }
        search={{
          field,
          text: props.search,
          onText: props.onSearch,
          count: found?.length,
          at: (found?.indexOf(cursorRow) ?? -1) + 1,
          isElsewhere: elsewhere !== undefined,
          isLoading: attributes.isLoading,
          areAttributesLeftOut: attributes.areLeftOut,
          onStep: toFound,
          onLeave: () => {
            props.onSearch('');
            focusRows();
          },
        }}
        isZoomed={shownWindow !== undefined}
        onZoom={(factor) => zoom(factor)}
        onWhole={() => setWindow(undefined)}
      />
      <ServiceLegend
        trace={trace}
        tree={tree}
        self={work.self}
        colors={colors}
        chosen={service}
        onChoose={setService}
      />
      {view === 'tree' ? (
        <SpanRows
          {...{ trace, work, marks, events, colors, openSpan, window, whole, path, foundIds, scroller }}
          origin={outline.origin}
          isTree={order === 'tree'}
          service={service}
          label={`Spans of ${name}`}
          onKeyDown={onKeyDown}
          onOpen={open}
          onOpenEvent={onOpenEvent}
          onWindow={(next) => setWindow(narrowed(next, whole))}
        />
      ) : (
        <FlameView
          {...{ trace, work, colors, window, whole, path, foundIds, scroller }}
          service={service}
          label={`Flame graph of ${name}`}
          cursorRow={cursorRow}
          onKeyDown={onKeyDown}
          onOpen={open}
          onWindow={(next) => setWindow(narrowed(next, whole))}
        />
      )}
    </section>
  );
}

/** The whole axis of a trace; a trace without a duration has one of a millisecond. */
function wholeOf({ start, end }: OutlinedTrace): TimeWindow {
  return { from: start, to: end > start ? end : start + 1 };
}

/** Undefined for the whole axis. */
function narrowed(window: TimeWindow, whole: TimeWindow): TimeWindow | undefined {
  return window.from <= whole.from && window.to >= whole.to ? undefined : window;
}
