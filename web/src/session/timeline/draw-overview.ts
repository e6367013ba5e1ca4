import { type CallMark, spanKey } from '../usage/call-marks.js';
import { assignLanes } from './lanes.js';
import { isNamedAsCall } from './model-call.js';
import type { Outline } from './outline.js';

export const MAX_LANES = 5;
const PADDING = 4;
/** Height of the area for model calls at the bottom. */
const CALLS_HEIGHT = 10;

export interface OverviewColors {
  readonly trace: string;
  readonly selected: string;
  readonly error: string;
  readonly call: string;
  readonly grid: string;
}

interface Drawing {
  readonly outline: Outline;
  readonly marks: ReadonlyMap<string, CallMark>;
  readonly ticks: readonly number[];
  readonly selectedTrace: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly colors: OverviewColors;
}

/** Draws all traces in lanes, failures over them, and model calls below. */
export function drawOverview(context: CanvasRenderingContext2D, drawing: Drawing): void {
  const { outline, marks, ticks, selectedTrace, width, height, colors } = drawing;
  const { traces } = outline;
  const scale = outline.duration > 0 ? width / outline.duration : 0;
  context.clearRect(0, 0, width, height);

  context.fillStyle = colors.grid;
  for (const tick of ticks) context.fillRect(Math.round(tick * scale), 0, 1, height);

  const lanes = assignLanes(traces, MAX_LANES);
  const laneCount = lanes.reduce((most, lane) => Math.max(most, lane + 1), 1);
  const laneHeight = (height - CALLS_HEIGHT - 2 * PADDING) / laneCount;
  const barHeight = Math.max(2, Math.min(12, laneHeight - 2));
  const topOf = (index: number): number =>
    PADDING + lanes[index]! * laneHeight + (laneHeight - barHeight) / 2;
  const bar = (start: number, end: number, top: number, high: number, least: number): void => {
    const wide = Math.max(least, (end - start) * scale);
    context.fillRect(Math.min(start * scale, width - wide), top, wide, high);
  };

  for (const [index, trace] of traces.entries()) {
    context.fillStyle = trace.id === selectedTrace ? colors.selected : colors.trace;
    bar(trace.start, trace.end, topOf(index), barHeight, 2);
  }
  context.fillStyle = colors.error;
  for (const [index, trace] of traces.entries()) {
    if (trace.errorCount === 0) continue;
    for (const span of trace.spans) {
      if (span.isError) bar(span.start, span.end, topOf(index), barHeight, 2);
    }
  }
  context.fillStyle = colors.call;
  for (const trace of traces) {
    for (const span of trace.spans) {
      if (!marks.has(spanKey(trace.id, span.id)) && !isNamedAsCall(span.name)) continue;
      bar(span.start, span.end, height - CALLS_HEIGHT, 4, 3);
    }
  }
}
