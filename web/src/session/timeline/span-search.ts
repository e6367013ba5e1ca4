import type { Outline, OutlinedSpan } from './outline.js';

/** Tests whether a span has all words of a search in its name, service or id, in any case. */
export function spanMatcher(search: string): ((span: OutlinedSpan) => boolean) | undefined {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  // Names repeat, so the answer for each is kept.
  const known = new Map<string, boolean>();
  return ({ id, name, service = '' }) => {
    const key = `${name}\n${service}`;
    let has = known.get(key);
    if (has === undefined) {
      const text = key.toLowerCase();
      has = words.every((word) => text.includes(word));
      known.set(key, has);
    }
    return has || words.every((word) => id.startsWith(word));
  };
}

/** The next trace after one that has a span that matches, wrapping around; undefined if no other has. */
export function nextTraceWith(
  { traces }: Outline,
  traceId: string,
  step: 1 | -1,
  matches: (span: OutlinedSpan) => boolean,
): string | undefined {
  const from = traces.findIndex(({ id }) => id === traceId);
  for (let at = 1; at < traces.length; at++) {
    const trace = traces[(from + step * at + at * traces.length) % traces.length]!;
    if (trace.spans.some(matches)) return trace.id;
  }
  return undefined;
}
