import type { ByteString, SpanFacts } from './records.js';

/** The span's parent within its trace; undefined if it has none or it is missing (S9). */
export function parentOf(spans: ReadonlyMap<ByteString, SpanFacts>, span: SpanFacts): SpanFacts | undefined {
  return span.parentId === '' ? undefined : spans.get(span.parentId);
}

/**
 * Values that spans inherit from their nearest ancestor. Each path upwards is walked once for all spans on
 * it, so that reading all spans of a trace is linear. Parents in a circle count as none (S9).
 */
export class Inheritance<T> {
  readonly #spans: ReadonlyMap<ByteString, SpanFacts>;
  readonly #own: (span: SpanFacts) => T | undefined;
  readonly #inherited = new Map<SpanFacts, T | undefined>();

  /** `own` returns the value that a span itself passes on. */
  constructor(spans: ReadonlyMap<ByteString, SpanFacts>, own: (span: SpanFacts) => T | undefined) {
    this.#spans = spans;
    this.#own = own;
  }

  /** The value of the nearest ancestor that has one, excluding the span itself. */
  of(span: SpanFacts): T | undefined {
    const way: SpanFacts[] = [];
    let found: T | undefined;
    let at: SpanFacts = span;
    while (!this.#inherited.has(at)) {
      // A span visited again on the way up closes a circle, and finds this.
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
