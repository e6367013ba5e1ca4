import { type KeyboardEvent, useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useShownTheme } from '../../shell/theme.js';

export interface BarSeries {
  /** Name of the custom property with the colour. */
  readonly color: string;
  readonly values: readonly number[];
}

interface TimeBarsProps {
  /** Describes the chart for screen readers. */
  readonly label: string;
  /** Starts of the intervals, milliseconds since 1970, in steps of `intervalMs`. */
  readonly starts: readonly number[];
  readonly intervalMs: number;
  /** Drawn over one another: each series is a part of the one before it. */
  readonly series: readonly BarSeries[];
  /** The label of a mark of the vertical axis; `step` is the distance of the marks. */
  readonly format: (value: number, step: number) => string;
  /** Whether the values are whole numbers. */
  readonly isCount?: boolean;
  /** The interval under the pointer, or the one selected by keys. */
  readonly hovered: number | undefined;
  /** Description of the hovered interval. */
  readonly hoveredText: string;
  /** Called with the interval under the pointer, or undefined. */
  readonly onHover: (index: number | undefined) => void;
  /** Called with the first and the last interval of a click or a drag. */
  readonly onPick: (first: number, last: number) => void;
}

const HEIGHT = 112;
/** Minimum distance of the marks of the vertical axis: some five in a chart. */
const MARK_PX = 14;
const AXIS_FONT = '11px system-ui, sans-serif';
/** Steps between the grid lines of a chart of counts. */
const WHOLE_STEPS = Array.from({ length: 16 }, (_, power) =>
  [1, 2, 5].map((step) => step * 10 ** power),
).flat();
/** Seconds. */
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const WHOLE_DAY = 24 * HOUR;
/** Steps between the marks of the time axis, seconds. */
const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 20, 30],
  ...[1, 2, 5, 10, 15, 20, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 4, 6, 12].map((hours) => hours * HOUR),
  // From 30 on these are whole months, and from 365 on years.
  ...[1, 2, 3, 5, 7, 14, 30, 60, 90, 180, 365, 730, 1825, 3650, 9125].map((days) => days * WHOLE_DAY),
];
/** A drag of fewer pixels is a click. */
const CLICK_PX = 4;

/**
 * Bars over time, on a canvas. uPlot sets its styles through the object model, which the page's policy
 * allows.
 */
export function TimeBars(props: TimeBarsProps) {
  const { label, starts, intervalMs, series, hovered, hoveredText } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  // The plot outlives a set of props, and always calls the latest.
  const latest = useRef(props);
  latest.current = props;
  const theme = useShownTheme();
  const colors = series.map(({ color }) => color).join();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the custom properties
  useEffect(() => {
    const node = place.current!;
    const made = new uPlot(optionsFor(latest, node), dataOf(latest.current), node);
    plot.current = made;
    const resized = new ResizeObserver(([entry]) => {
      made.setSize({ width: Math.floor(entry!.contentRect.width), height: HEIGHT });
    });
    resized.observe(node);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [theme, colors]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: depends on the data, not on the object that contains it
  useEffect(() => plot.current?.setData(dataOf(latest.current)), [starts, intervalMs, series]);

  const onKey = (event: KeyboardEvent): void => {
    const to = indexAfter(event.key, hovered ?? starts.length, starts.length);
    if (to !== undefined) {
      event.preventDefault();
      pointAt(plot.current, to, latest.current);
    } else if (event.key === 'Enter' && hovered !== undefined) props.onPick(hovered, hovered);
  };
  return (
    <div
      ref={place}
      className="time-bars"
      role="slider"
      tabIndex={0}
      aria-label={`${label}. Enter chooses an interval`}
      aria-valuemin={0}
      aria-valuemax={Math.max(starts.length - 1, 0)}
      aria-valuenow={hovered ?? Math.max(starts.length - 1, 0)}
      aria-valuetext={hoveredText}
      onKeyDown={onKey}
      onBlur={() => props.onHover(undefined)}
    />
  );
}

/** The interval that a key moves to; undefined for other keys. */
function indexAfter(key: string, from: number, count: number): number | undefined {
  if (count === 0) return undefined;
  const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: count - 1 }[key];
  return to === undefined ? undefined : Math.min(Math.max(to, 0), count - 1);
}

/** Puts the plot's cursor in the middle of an interval. */
function pointAt(plot: uPlot | undefined, index: number, { starts, intervalMs }: TimeBarsProps): void {
  const left = plot?.valToPos((starts[index]! + intervalMs / 2) / 1000, 'x');
  if (left !== undefined) plot?.setCursor({ left, top: 1 });
}

function dataOf({ starts, series }: TimeBarsProps): uPlot.AlignedData {
  return [starts.map((ms) => ms / 1000), ...series.map(({ values }) => [...values])];
}

function optionsFor(latest: { readonly current: TimeBarsProps }, node: HTMLElement): uPlot.Options {
  const color = (name: string): string => getComputedStyle(node).getPropertyValue(name).trim();
  const axis = { stroke: color('--chart-axis'), font: AXIS_FONT, ticks: { show: false } };
  const bars = uPlot.paths.bars!({ size: [0.82, 28], align: 1, radius: 0.15 });
  /** The interval at a distance from the left edge. */
  const indexAt = (plot: uPlot, left: number): number | undefined => {
    const { starts, intervalMs } = latest.current;
    if (starts.length === 0 || left < 0) return undefined;
    const index = Math.floor((plot.posToVal(left, 'x') * 1000 - starts[0]!) / intervalMs);
    return Math.min(Math.max(index, 0), starts.length - 1);
  };
  return {
    width: Math.max(node.clientWidth, 100),
    height: HEIGHT,
    // The right side has room for half of the longest time label.
    padding: [6, 24, 0, 0],
    legend: { show: false },
    scales: {
      x: {
        range: () => {
          const { starts, intervalMs } = latest.current;
          const [first = Date.now(), last = first] = [starts[0], starts.at(-1)];
          return [first / 1000, (last + intervalMs) / 1000];
        },
      },
      // A chart with only zeros still has an axis.
      y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        size: 22,
        gap: 4,
        grid: { show: false },
        values: timeLabels,
        incrs: TIME_STEPS,
        space: markSpace,
      },
      {
        ...axis,
        size: 44,
        gap: 4,
        space: MARK_PX,
        grid: { stroke: color('--chart-grid'), width: 1 },
        ...(latest.current.isCount && { incrs: WHOLE_STEPS }),
        values: (_plot, splits) =>
          splits.map((value) => latest.current.format(value, (splits[1] ?? 0) - (splits[0] ?? 0))),
      },
    ],
    series: [
      {},
      ...latest.current.series.map((each) => ({
        fill: color(each.color),
        stroke: color(each.color),
        width: 0,
        paths: bars,
        points: { show: false },
      })),
    ],
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false, dist: CLICK_PX },
    },
    hooks: {
      setCursor: [(plot) => latest.current.onHover(indexAt(plot, plot.cursor.left ?? -1))],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < CLICK_PX) return;
          const [first, last] = [indexAt(plot, left), indexAt(plot, left + width)];
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          if (first !== undefined && last !== undefined) latest.current.onPick(first, last);
        },
      ],
      ready: [
        (plot) => {
          let downAt = 0;
          plot.over.addEventListener('mousedown', ({ clientX }) => {
            downAt = clientX;
          });
          plot.over.addEventListener('click', ({ clientX }) => {
            if (Math.abs(clientX - downAt) >= CLICK_PX) return;
            const index = indexAt(plot, clientX - plot.over.getBoundingClientRect().left);
            if (index !== undefined) latest.current.onPick(index, index);
          });
        },
      ],
    },
  };
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const CLOCK_SECONDS = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** The least distance of two marks of the time axis, pixels: a time with seconds is wider. */
function markSpace(_plot: uPlot, _axis: number, min: number, max: number, width: number): number {
  return ((max - min) / width) * 56 < MINUTE ? 76 : 56;
}

/** The time of day, with seconds if ticks are less than a minute apart; the day where one begins. */
function timeLabels(_plot: uPlot, splits: number[], _axis: number, _space: number, step: number): string[] {
  const clock = step < MINUTE ? CLOCK_SECONDS : CLOCK;
  return splits.map((seconds) => {
    const at = new Date(seconds * 1000);
    return at.getHours() + at.getMinutes() + at.getSeconds() === 0 ? DAY.format(at) : clock.format(at);
  });
}
