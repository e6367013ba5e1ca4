import {
  type KeyboardEvent,
  type MouseEvent,
  type RefObject,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { formatDuration } from '../../../../client/src/text/duration.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { useShownTheme } from '../../shell/theme.js';
import { drawFlame, LEVEL_HEIGHT, spanAtPoint } from './draw-flame.js';
import { flameLayout } from './flame-layout.js';
import type { OutlinedSpan, OutlinedTrace } from './outline.js';
import { NO_SERVICE_COLOR } from './service-colors.js';
import { TimeAxis } from './TimeAxis.js';
import type { TimeWindow } from './time-window.js';
import type { TraceWork } from './use-trace-work.js';
import { useWheelZoom } from './use-wheel-zoom.js';
import { useWidth } from './use-width.js';

const AXIS_HEIGHT = 26;
/** Browsers limit the height of elements; deeper levels are left out, and the view says so. */
const MOST_LEVELS = 20_000;
const MAX_NAME = 200;

interface FlameViewProps {
  readonly trace: OutlinedTrace;
  readonly work: TraceWork;
  readonly colors: ReadonlyMap<string, string>;
  readonly window: TimeWindow;
  readonly whole: TimeWindow;
  readonly path: ReadonlyMap<number, readonly TimeWindow[]> | undefined;
  readonly foundIds: ReadonlySet<string> | undefined;
  readonly service: string | undefined;
  /** The row of the cursor; -1 if there is none. */
  readonly cursorRow: number;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly label: string;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onOpen: (spanId: string) => void;
  readonly onWindow: (window: TimeWindow) => void;
}

/**
 * The spans of a trace over time, each below its parent, on a canvas that has only what is in view. The tree has the
 * same for keyboards and screen readers: here, too, the keys move the cursor of the tree.
 */
export function FlameView(props: FlameViewProps) {
  const { trace, work, colors, window, whole, path, foundIds, service, cursorRow, scroller, onWindow } =
    props;
  const { spans } = trace;
  const { tree } = work;
  const layout = useMemo(() => flameLayout(spans, tree), [spans, tree]);
  const levels = Math.min(layout.levelCount, MOST_LEVELS);
  const canvas = useRef<HTMLCanvasElement>(null);
  const track = useRef<HTMLSpanElement>(null);
  const width = useWidth(track);
  const theme = useShownTheme();
  const [scroll, setScroll] = useState({ top: 0, height: 0 });
  const [hovered, setHovered] = useState<OutlinedSpan>();
  useWheelZoom(scroller, track, { window, whole, onWindow });

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = (): void => setScroll({ top: element.scrollTop, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, [scroller]);
  // Keeps the span of the cursor in view.
  useEffect(() => {
    const element = scroller.current;
    if (element === null || cursorRow < 0) return;
    const top = layout.level[cursorRow]! * LEVEL_HEIGHT;
    const room = element.clientHeight - AXIS_HEIGHT - LEVEL_HEIGHT;
    if (top < element.scrollTop || top > element.scrollTop + room)
      element.scrollTop = Math.max(0, top - room / 2);
  }, [cursorRow, layout, scroller]);

  const height = Math.max(0, scroll.height - AXIS_HEIGHT);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours depend on the theme
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || width === 0 || height === 0) return;
    const ratio = globalThis.devicePixelRatio;
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const style = getComputedStyle(element);
    const value = (name: string): string => style.getPropertyValue(name).trim();
    const resolved = new Map(
      [...colors.values(), NO_SERVICE_COLOR].map((color) => [color, value(color.slice(4, -1))]),
    );
    drawFlame(context, {
      trace,
      tree,
      layout,
      window,
      top: scroll.top,
      width,
      height,
      cursorRow,
      colorOf: (name) => resolved.get((name !== undefined && colors.get(name)) || NO_SERVICE_COLOR)!,
      isMinor: (span, row) =>
        (service !== undefined && span.service !== service) ||
        (path !== undefined && !path.has(row)) ||
        (foundIds !== undefined && !foundIds.has(span.id)),
      error: value('--error'),
      text: value('--on-accent'),
      outline: value('--text'),
    });
  }, [trace, tree, layout, window, scroll, width, height, cursorRow, colors, path, foundIds, service, theme]);

  const at = (event: MouseEvent): OutlinedSpan | undefined => {
    const { offsetX, offsetY } = event.nativeEvent;
    const row = spanAtPoint(spans, tree, layout, window, width, offsetX, offsetY + scroll.top);
    return row === undefined ? undefined : spans[tree.span[row]!]!;
  };
  const title =
    hovered &&
    `${visibleText(hovered.name.slice(0, MAX_NAME))} · ${visibleText(hovered.service ?? '')} · ${formatDuration(hovered.end - hovered.start)}`;
  return (
    <section
      className="span-rows flame"
      ref={scroller}
      aria-label={`${props.label}. The tree shows the same as text`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: lets the keyboard scroll it
      tabIndex={0}
      onKeyDown={props.onKeyDown}
      style={{ height: AXIS_HEIGHT + levels * LEVEL_HEIGHT + 1 }}
    >
      <TimeAxis
        {...{ window, whole, track, onWindow }}
        start={trace.start}
        height={AXIS_HEIGHT}
        className="flame-axis"
        rowsHeight={levels * LEVEL_HEIGHT}
      >
        <canvas
          ref={canvas}
          title={title}
          style={{ top: scroll.top, height }}
          onMouseMove={(event) => setHovered(at(event))}
          onMouseLeave={() => setHovered(undefined)}
          onClick={(event) => {
            const span = at(event);
            if (span !== undefined) props.onOpen(span.id);
          }}
        />
      </TimeAxis>
      {layout.levelCount > MOST_LEVELS && (
        <p className="muted">
          {layout.levelCount - MOST_LEVELS} more levels are not drawn: so many spans run at once.
        </p>
      )}
    </section>
  );
}
