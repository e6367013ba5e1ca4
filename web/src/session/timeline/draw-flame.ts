import type { FlameLayout } from './flame-layout.js';
import type { OutlinedSpan, OutlinedTrace } from './outline.js';
import type { SpanTree } from './span-tree.js';
import type { TimeWindow } from './time-window.js';

/** Pixels from one level to the next. */
export const LEVEL_HEIGHT = 20;
const BAR_HEIGHT = 18;
const FONT = '11px system-ui, sans-serif';
/** Narrower bars have no room for their name. */
const NAMED_PX = 30;
const PADDING = 4;
/** Pixels of a letter on average; enough to cut a name before it is measured. */
const LETTER_PX = 5;

interface Drawing {
  readonly trace: OutlinedTrace;
  readonly tree: SpanTree;
  readonly layout: FlameLayout;
  readonly window: TimeWindow;
  /** What has scrolled out of view above, pixels. */
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly cursorRow: number;
  readonly colorOf: (service: string | undefined) => string;
  /** Whether others are looked at. */
  readonly isMinor: (span: OutlinedSpan, row: number) => boolean;
  readonly error: string;
  readonly text: string;
  readonly outline: string;
}

/** Draws the levels in view. Of spans on the same pixel only the first is drawn. */
export function drawFlame(context: CanvasRenderingContext2D, drawing: Drawing): void {
  const { trace, tree, layout, window, top, width, height, cursorRow } = drawing;
  const scale = width / (window.to - window.from);
  context.clearRect(0, 0, width, height);
  context.font = FONT;
  context.textBaseline = 'middle';
  const first = Math.floor(top / LEVEL_HEIGHT);
  const last = Math.min(layout.levelCount - 1, Math.ceil((top + height) / LEVEL_HEIGHT));
  for (let level = first; level <= last; level++) {
    const y = level * LEVEL_HEIGHT - top;
    let drawnTo = -1;
    for (const row of layout.rows[level]!) {
      const span = trace.spans[tree.span[row]!]!;
      if (span.end < window.from) continue;
      if (span.start > window.to) break;
      const left = Math.max(0, (span.start - window.from) * scale);
      const right = Math.min(width, Math.max(left + 1, (span.end - window.from) * scale));
      if (right <= drawnTo && row !== cursorRow) continue;
      drawnTo = Math.ceil(right);
      const wide = Math.max(1, right - left - (right - left > 3 ? 1 : 0));
      context.globalAlpha = drawing.isMinor(span, row) ? 0.25 : 1;
      context.fillStyle = drawing.colorOf(span.service);
      context.fillRect(left, y, wide, BAR_HEIGHT);
      if (span.isError) {
        context.fillStyle = drawing.error;
        context.fillRect(left, y + BAR_HEIGHT - 4, wide, 4);
      }
      if (wide >= NAMED_PX) {
        context.save();
        context.beginPath();
        context.rect(left, y, wide - PADDING, BAR_HEIGHT);
        context.clip();
        context.fillStyle = drawing.text;
        context.fillText(span.name.slice(0, Math.ceil(wide / LETTER_PX)), left + PADDING, y + BAR_HEIGHT / 2);
        context.restore();
      }
      if (row === cursorRow) {
        context.globalAlpha = 1;
        context.strokeStyle = drawing.outline;
        context.lineWidth = 2;
        context.strokeRect(left + 1, y + 1, Math.max(1, wide - 2), BAR_HEIGHT - 2);
      }
    }
  }
  context.globalAlpha = 1;
}

/** The row drawn at a point, in pixels from the top of the first level; undefined if there is none. */
export function spanAtPoint(
  spans: readonly OutlinedSpan[],
  tree: SpanTree,
  layout: FlameLayout,
  window: TimeWindow,
  width: number,
  x: number,
  y: number,
): number | undefined {
  const perPixel = (window.to - window.from) / Math.max(1, width);
  const time = window.from + x * perPixel;
  return layout.rows[Math.floor(y / LEVEL_HEIGHT)]?.findLast((row) => {
    const { start, end } = spans[tree.span[row]!]!;
    return start <= time + perPixel / 2 && Math.max(end, start + perPixel) >= time - perPixel / 2;
  });
}
