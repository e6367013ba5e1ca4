import { type RefObject, useEffect, useRef } from 'react';
import { panned, type TimeWindow, zoomed } from './time-window.js';

interface Zooming {
  readonly window: TimeWindow;
  readonly whole: TimeWindow;
  readonly onWindow: (window: TimeWindow) => void;
}

/** Pixels of the wheel that double or halve what is shown. */
const PIXELS_A_ZOOM = 200;

/**
 * Zooms by the wheel with Ctrl (which is also what a pinch on a touch pad sends) around the pointer, and pans
 * sideways by a horizontal wheel or with Shift. The plain wheel scrolls the rows. `track` spans the axis.
 */
export function useWheelZoom(
  area: RefObject<HTMLElement | null>,
  track: RefObject<HTMLElement | null>,
  zooming: Zooming,
): void {
  const latest = useRef(zooming);
  latest.current = zooming;
  useEffect(() => {
    const element = area.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent): void => {
      const box = track.current?.getBoundingClientRect();
      if (box === undefined || box.width === 0) return;
      const { window, whole, onWindow } = latest.current;
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      const isPan =
        !event.ctrlKey &&
        Math.abs(sideways) > 0 &&
        (event.shiftKey || Math.abs(sideways) > Math.abs(event.deltaY));
      if (event.ctrlKey) {
        const at = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
        onWindow(zoomed(window, whole, 2 ** (event.deltaY / PIXELS_A_ZOOM), at));
      } else if (isPan) onWindow(panned(window, whole, sideways / box.width));
      else return;
      event.preventDefault();
    };
    // React listens passively, which could not keep the page from zooming.
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [area, track]);
}
