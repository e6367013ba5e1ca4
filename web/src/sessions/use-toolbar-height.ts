import { type RefCallback, useCallback } from 'react';

const PROPERTY = '--toolbar-height';

/** For the bar above the list: tells the head of the table, which sticks below it, how high the bar is by now. */
export function useToolbarHeight(): RefCallback<HTMLElement> {
  return useCallback((toolbar: HTMLElement | null) => {
    if (toolbar === null) return;
    const root = document.documentElement.style;
    const observer = new ResizeObserver(() => root.setProperty(PROPERTY, `${toolbar.offsetHeight}px`));
    observer.observe(toolbar);
    return () => {
      observer.disconnect();
      root.removeProperty(PROPERTY);
    };
  }, []);
}
