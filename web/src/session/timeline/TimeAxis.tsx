import { type PointerEvent, type ReactNode, type RefObject, useState } from 'react';
import { formatDuration } from '../../../../client/src/text/duration.js';
import { axisTicks, hasRoom } from './time-axis.js';
import { partOf, type TimeWindow } from './time-window.js';
import { useWidth } from './use-width.js';

const MOST_TICKS = 5;
const PIXELS_A_TICK = 64;
/** A shorter drag is a click. */
const CLICK_PX = 4;

interface TimeAxisProps {
  readonly window: TimeWindow;
  readonly whole: TimeWindow;
  /** Where labels count from: the start of the trace. */
  readonly start: number;
  readonly track: RefObject<HTMLSpanElement | null>;
  readonly height: number;
  /** Height of the rows below it, pixels. */
  readonly rowsHeight: number;
  readonly className: string;
  /** Names of the columns before the bars. */
  readonly heads?: ReactNode;
  readonly onWindow: (window: TimeWindow) => void;
  /** The rows. */
  readonly children: ReactNode;
}

/** The axis above rows of bars, and lines through them at its ticks. A drag on it zooms, a double click shows all. */
export function TimeAxis(props: TimeAxisProps) {
  const { window, whole, start, track, onWindow } = props;
  const width = useWidth(track);
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number }>();
  const length = window.to - window.from;
  // Ticks at round times since the start of the trace, also if only a part of it is shown.
  const [first, last] = [window.from - start, window.to - start];
  const step = axisTicks(length, Math.min(MOST_TICKS, width / PIXELS_A_TICK))[1] ?? length;
  const ticks: number[] = [];
  for (let tick = Math.ceil(first / step - 1e-9) * step; tick <= last && ticks.length < 50; tick += step) {
    ticks.push(tick);
  }
  const placeOf = (tick: number): string => `${((tick - first) / length) * 100}%`;
  const shareOf = (event: PointerEvent): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - box.left) / Math.max(1, box.width)));
  };
  const end = (event: PointerEvent): void => {
    if (drag === undefined) return;
    setDrag(undefined);
    const to = shareOf(event);
    if (Math.abs(to - drag.from) * width >= CLICK_PX) onWindow(partOf(window, whole, drag.from, to));
  };
  return (
    <>
      <div className={props.className} role="presentation" style={{ height: props.height }}>
        {props.heads}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the buttons and keys for zooming do the same */}
        <span
          className="track axis-track"
          ref={track}
          title="Drag to zoom, double click to show all"
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            setDrag({ from: shareOf(event), to: shareOf(event) });
          }}
          onPointerMove={(event) => drag !== undefined && setDrag({ from: drag.from, to: shareOf(event) })}
          onPointerUp={end}
          onPointerCancel={() => setDrag(undefined)}
          onDoubleClick={() => onWindow(whole)}
        >
          {ticks
            .filter((tick) => hasRoom(tick - first, length))
            .map((tick) => (
              <span key={tick} className="tick-label" style={{ left: placeOf(tick) }}>
                {formatDuration(tick)}
              </span>
            ))}
          {drag !== undefined && (
            <span
              className="axis-drag"
              style={{
                left: `${Math.min(drag.from, drag.to) * 100}%`,
                width: `${Math.abs(drag.to - drag.from) * 100}%`,
              }}
            />
          )}
        </span>
      </div>
      <div className="rows-canvas" role="presentation" style={{ height: props.rowsHeight }}>
        <div className="span-grid" role="presentation">
          {ticks.map((tick) => (
            <span key={tick} className="tick-line" style={{ left: placeOf(tick) }} />
          ))}
        </div>
        {props.children}
      </div>
    </>
  );
}
