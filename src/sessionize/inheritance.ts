import type { ByteString, SpanFacts } from './records.js';

/** The span's parent within its trace; undefined where it has none or it is missing (S9). */
export function parentOf(spans: ReadonlyMap<ByteString, SpanFacts>, span: SpanFacts): SpanFacts | undefined {
  return span.parentId === '' ? undefined : spans.get(span.parentId);
}

/**
 * What spans have from their nearest ancestor. Each way up is walked once for all spans on it, so that asking for all spans
 * of a trace is linear. Parents in a circle count as none (S9).
 */
export class Inheritance<T> {
  readonly #spans: ReadonlyMap<ByteString, SpanFacts>;
  readonly #own: (span: SpanFacts) => T | undefined;
  readonly #inherited = new Map<SpanFacts, T | undefined>();

  /** `own` says what a span itself has to pass on. */
  constructor(spans: ReadonlyMap<ByteString, SpanFacts>, own: (span: SpanFacts) => T | undefined) {
    this.#spans = spans;
    this.#own = own;
  }

  /** What the nearest ancestor that has something passes on; the span itself does not count. */
  of(span: SpanFacts): T | undefined {
    const way: SpanFacts[] = [];
    let found: T | undefined;
    let at: SpanFacts = span;
    while (!this.#inherited.has(at)) {
      // A span met again on the way up closes a circle, and finds this.
      this.#inherited.set(at, undefined);
      way.push(at);
      const parent = parentOf(this.#spans, at);
      if (parent === undefined) break;
      found = this.#own(parent);
      if (found !== undefined) break;
      at = parent;
    }
    found ??= this.#inherited.get(at);
    for (const passed of way) this.#inherited.set(passed, found);
    return found;
  }
}
