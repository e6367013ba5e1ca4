import type { Outline, OutlinedSpan } from './outline.js';

/**
 * Tests whether a span has all words of a search in its name, service and attributes, or an id that begins with them,
 * in any case. `attributes` has the texts of spans by id, in lower case, as far as they are known.
 */
export function spanMatcher(
  search: string,
  attributes?: ReadonlyMap<string, string>,
): ((span: OutlinedSpan) => boolean) | undefined {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  // Names repeat, so the words that each lacks are kept.
  const known = new Map<string, readonly string[]>();
  return ({ id, name, service = '' }) => {
    const key = `${name}\n${service}`;
    let missing = known.get(key);
    if (missing === undefined) {
      const text = key.toLowerCase();
      missing = words.filter((word) => !text.includes(word));
      known.set(key, missing);
    }
    if (missing.length === 0) return true;
    const text = attributes?.get(id);
    if (text !== undefined && missing.every((word) => text.includes(word))) return true;
    return words.every((word) => id.startsWith(word));
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
