/**
 * Converts a session id to and from a segment of the page's path. Browsers read `.` and `..` as steps of the
 * path, even percent-encoded. So these ids, and their escaped forms, get a leading tilde.
 */
const STEPS = /^~*\.{1,2}$/;

export function toRouteId(sessionId: string): string {
  return STEPS.test(sessionId) ? `~${sessionId}` : sessionId;
}

export function fromRouteId(text: string): string {
  return text.startsWith('~') && STEPS.test(text) ? text.slice(1) : text;
}
