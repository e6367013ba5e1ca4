/**
 * Code that runs in the measured page. The debugger injects it before the page's own code, so it is not
 * subject to the page's policy and the page does not know of it. It is text, because it is not code of this
 * program.
 */

/**
 * Gives the page `whenDrawn(selectors)`: resolves to the time at which an element for each of the selectors
 * has been painted, ms after the navigation began. A new element in the document is painted by the next
 * frame; the first task after that frame's callbacks runs when the frame is done.
 */
export const WATCH = `
  window.whenDrawn = (selectors) => new Promise((resolve) => {
    const isThere = () => selectors.every((selector) => document.querySelector(selector) !== null);
    const painted = () => requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    if (isThere()) return painted();
    const observer = new MutationObserver(() => {
      if (!isThere()) return;
      observer.disconnect();
      painted();
    });
    observer.observe(document, { childList: true, subtree: true });
  });
  addEventListener('click', (event) => { window.clickedAt = event.timeStamp; }, true);
`;

/** The time at which all of the selectors have been painted. */
export function drawn(selectors: readonly string[]): string {
  return `whenDrawn(${JSON.stringify(selectors)})`;
}

/** The same, since the last click. */
export function drawnAfterClick(selectors: readonly string[]): string {
  return `${drawn(selectors)}.then((at) => at - window.clickedAt)`;
}

/** Scrolls the element by `pixels` a frame for `ms`, back and forth, and returns the times of all frames. */
export function scroll(selector: string, pixels: number, ms: number): string {
  return `new Promise((resolve) => {
    const element = document.querySelector(${JSON.stringify(selector)});
    const times = [];
    let by = ${pixels};
    const step = (now) => {
      times.push(now);
      if (now - times[0] >= ${ms}) return resolve(times);
      const before = element.scrollTop;
      element.scrollTop += by;
      if (element.scrollTop === before) by = -by;
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  })`;
}
