import { type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import { formatDuration } from '../../../../client/src/text/duration.js';
import { useShownTheme } from '../../shell/theme.js';
import type { CallMark } from '../usage/call-marks.js';
import { drawOverview } from './draw-overview.js';
import type { Outline } from './outline.js';
import { axisTicks, hasRoom } from './time-axis.js';
import { useWidth } from './use-width.js';

const HEIGHT = 64;
const PIXELS_A_TICK = 110;

interface OverviewProps {
  readonly outline: Outline;
  readonly marks: ReadonlyMap<string, CallMark>;
  readonly selectedTrace: string | undefined;
  readonly onSelect: (traceId: string) => void;
}

/** An overview of the whole session. The list of traces has the same content for keyboards and screen readers. */
export function Overview({ outline, marks, selectedTrace, onSelect }: OverviewProps) {
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(place);
  const theme = useShownTheme();
  const [hovered, setHovered] = useState<number>();
  const ticks = useMemo(() => axisTicks(outline.duration, width / PIXELS_A_TICK), [outline, width]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours depend on the theme
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || width === 0) return;
    const ratio = window.devicePixelRatio;
    element.width = Math.round(width * ratio);
    element.height = Math.round(HEIGHT * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const style = getComputedStyle(element);
    const color = (name: string): string => style.getPropertyValue(name);
    drawOverview(context, {
      outline,
      marks,
      ticks,
      selectedTrace,
      width,
      height: HEIGHT,
      colors: {
        trace: color('--strip-trace'),
        selected: color('--accent'),
        error: color('--error'),
        call: color('--chart-5'),
        grid: color('--chart-grid'),
      },
    });
  }, [outline, marks, ticks, selectedTrace, width, theme]);

  const timeAt = (event: MouseEvent): number =>
    (event.nativeEvent.offsetX / Math.max(1, width)) * outline.duration;
  return (
    <div className="strip" ref={place} aria-hidden="true">
      <div className="strip-axis">
        {ticks
          .filter((tick) => hasRoom(tick, outline.duration))
          .map((tick) => (
            <span key={tick} style={{ left: `${(tick / Math.max(outline.duration, 1e-9)) * 100}%` }}>
              {formatDuration(tick)}
            </span>
          ))}
      </div>
      <canvas
        ref={canvas}
        title={hovered === undefined ? undefined : `+${formatDuration(hovered)}`}
        onMouseMove={(event) => setHovered(timeAt(event))}
        onClick={(event) => {
          const trace = traceAt(outline, timeAt(event));
          if (trace !== undefined) onSelect(trace);
        }}
      />
    </div>
  );
}

/** The trace at a time: of the running traces the one that began last, else the nearest. */
function traceAt({ traces }: Outline, time: number): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const { id, start, end } of traces) {
    const distance = Math.max(start - time, time - end, 0);
    if (distance > least) continue;
    least = distance;
    best = id;
  }
  return best;
}
