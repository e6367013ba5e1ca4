/**
 * A session's id in the page's address. Browsers take `.` and `..` for steps of the path, percent-encoded too, so these, and what they are written as, get a
 * tilde before them.
 */
const STEPS = /^~*\.{1,2}$/;

export function toRouteId(sessionId: string): string {
  return STEPS.test(sessionId) ? `~${sessionId}` : sessionId;
}

export function fromRouteId(text: string): string {
  return text.startsWith('~') && STEPS.test(text) ? text.slice(1) : text;
}
