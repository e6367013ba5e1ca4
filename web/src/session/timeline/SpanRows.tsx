import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type RefObject, useEffect, useRef } from 'react';
import type { SessionEvent } from '../queries.js';
import { type CallMark, spanKey } from '../usage/call-marks.js';
import { GroupRow, LogRow } from './OtherRows.js';
import type { OutlinedTrace } from './outline.js';
import { NO_SERVICE_COLOR } from './service-colors.js';
import { TimeAxis } from './TimeAxis.js';
import type { TimeWindow } from './time-window.js';
import type { Line, TraceWork } from './use-trace-work.js';
import { useWheelZoom } from './use-wheel-zoom.js';
import { WaterfallRow } from './WaterfallRow.js';

const NO_EVENTS: readonly SessionEvent[] = [];
const NO_PATH: readonly TimeWindow[] = [];

const ROW_HEIGHT = 28;
const AXIS_HEIGHT = 26;
const OVERSCAN = 16;

interface SpanRowsProps {
  readonly trace: OutlinedTrace;
  readonly work: TraceWork;
  /** Whether the lines are a tree: otherwise none has others below it. */
  readonly isTree: boolean;
  readonly marks: ReadonlyMap<string, CallMark>;
  readonly events: ReadonlyMap<string, readonly SessionEvent[]>;
  readonly origin: bigint;
  readonly colors: ReadonlyMap<string, string>;
  readonly openSpan: string | undefined;
  readonly window: TimeWindow;
  readonly whole: TimeWindow;
  /** The critical path by row; undefined if it is not shown. */
  readonly path: ReadonlyMap<number, readonly TimeWindow[]> | undefined;
  readonly foundIds: ReadonlySet<string> | undefined;
  /** The service that is looked at. */
  readonly service: string | undefined;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly label: string;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onOpen: (spanId: string) => void;
  readonly onOpenEvent: (spanId: string, eventId: string) => void;
  readonly onWindow: (window: TimeWindow) => void;
}

/** The lines of a trace. Only those in view are rendered. */
export function SpanRows(props: SpanRowsProps) {
  const { trace, work, marks, events, origin, colors, openSpan, window, whole, path, foundIds, service } =
    props;
  const { scroller, onWindow } = props;
  const { spans } = trace;
  const { tree, lines, cursor } = work;
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    scrollPaddingStart: AXIS_HEIGHT,
    scrollMargin: AXIS_HEIGHT,
  });
  const track = useRef<HTMLSpanElement>(null);
  useWheelZoom(scroller, track, { window, whole, onWindow });

  // The rows scroll with the cursor, also when the details of a span leave them less room, but not if rows above it
  // only appear or disappear.
  const cursorKey = lines[cursor]?.key;
  const hasOpen = openSpan !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the cursor moves, or the room changes
  useEffect(() => {
    if (cursor < 0) return;
    virtual.scrollToIndex(cursor, { align: 'auto' });
    const frame = requestAnimationFrame(() => {
      virtual.scrollToIndex(cursor, { align: 'auto' });
      if (cursorKey !== undefined)
        document.getElementById(idOf(cursorKey))?.scrollIntoView({ block: 'nearest' });
    });
    return () => cancelAnimationFrame(frame);
  }, [cursorKey, hasOpen]);

  const items = virtual.getVirtualItems();
  const isRendered = items.some(({ index }) => index === cursor);
  const colorOf = (name: string | undefined): string =>
    (name !== undefined && colors.get(name)) || NO_SERVICE_COLOR;
  const rowOf = (line: Line, index: number, top: number) => {
    const common = { id: idOf(line.key), top, depth: line.depth, isCursor: index === cursor };
    if (line.kind === 'group') {
      const members = line.group.rows.map((row) => spans[tree.span[row]!]!);
      return (
        <GroupRow
          key={line.key}
          {...common}
          spans={members}
          color={colorOf(members[0]!.service)}
          window={window}
          isUnfolded={work.unfolded.has(line.group.id)}
          onToggle={() => {
            work.setCursor(line.key);
            work.toggleGroup(line.group.id);
          }}
        />
      );
    }
    const span = spans[tree.span[line.row]!]!;
    if (line.kind === 'log') {
      return (
        <LogRow
          key={line.key}
          {...common}
          event={line.event}
          time={Number(BigInt(line.event.time_unix_nano) - origin) / 1e6}
          window={window}
          onOpen={() => props.onOpenEvent(span.id, line.event.id)}
        />
      );
    }
    const parent = tree.parent[line.row]!;
    const isOnPath = path === undefined || path.has(line.row);
    return (
      <WaterfallRow
        key={line.key}
        {...common}
        span={span}
        trace={trace}
        mark={marks.get(spanKey(trace.id, span.id))}
        events={events.get(span.id) ?? NO_EVENTS}
        origin={origin}
        color={colorOf(span.service)}
        isServiceAsAbove={props.isTree && parent >= 0 && spans[tree.span[parent]!]!.service === span.service}
        place={tree.place[line.row]!}
        siblings={tree.siblings[line.row]!}
        below={props.isTree ? tree.size[line.row]! - 1 : 0}
        failedBelow={work.failedBelow(line.row)}
        isFolded={work.folded.has(span.id)}
        isOpen={span.id === openSpan}
        onOpen={props.onOpen}
        onOpenEvent={props.onOpenEvent}
        onFold={work.fold}
        self={work.self[line.row]!}
        window={window}
        path={path === undefined ? undefined : (path.get(line.row) ?? NO_PATH)}
        isFound={foundIds?.has(span.id)}
        isMinor={(service !== undefined && span.service !== service) || !isOnPath}
      />
    );
  };
  return (
    <div
      className="span-rows"
      ref={scroller}
      role="tree"
      aria-label={props.label}
      aria-activedescendant={isRendered && cursorKey !== undefined ? idOf(cursorKey) : undefined}
      tabIndex={0}
      onKeyDown={props.onKeyDown}
      style={{ height: AXIS_HEIGHT + lines.length * ROW_HEIGHT + 1 }}
    >
      <TimeAxis
        {...{ window, whole, track, onWindow }}
        start={trace.start}
        height={AXIS_HEIGHT}
        className="span-axis"
        heads={HEADS}
        rowsHeight={lines.length * ROW_HEIGHT}
      >
        {items.map(({ index, start }) => rowOf(lines[index]!, index, start - AXIS_HEIGHT))}
      </TimeAxis>
    </div>
  );
}

const HEADS = (
  <>
    <span className="num span-head">Duration</span>
    <span className="num span-self" title="Not in spans below it">
      Self
    </span>
  </>
);

function idOf(key: string): string {
  return `span-${key.replace(' ', '-')}`;
}
