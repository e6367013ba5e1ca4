import { parseTime } from '../../format/time.js';
import type { SessionException } from '../queries.js';
import { absoluteTime, failedSpans } from '../trouble/first-error.js';
import type { Outline } from './outline.js';

export interface ErrorPlace {
  readonly trace: string;
  readonly span: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/**
 * The spans to look at for errors, in order of time: those that failed, and those that report an exception. The
 * first of them is the first error that the page names at its top.
 */
export function errorPlaces(
  outline: Outline,
  exceptions: readonly SessionException[],
): readonly ErrorPlace[] {
  const thrownAt = new Map<string, Ranked>();
  for (const [rank, { span, first_time }] of exceptions.entries()) {
    if (span?.trace_id === undefined || span.span_id === undefined) continue;
    const place = { trace: span.trace_id, span: span.span_id, time: parseTime(first_time), rank };
    const known = thrownAt.get(keyOf(place));
    if (known === undefined || place.time < known.time) thrownAt.set(keyOf(place), place);
  }
  const places = failedSpans(outline).map(({ trace, span, failedBy }): Ranked => {
    const time = absoluteTime(failedBy, outline.origin);
    const place = { trace: trace.id, span: span.id, time, rank: -1 };
    const thrown = thrownAt.get(keyOf(place));
    thrownAt.delete(keyOf(place));
    return thrown !== undefined && thrown.time < time ? thrown : place;
  });
  return [...places, ...thrownAt.values()].sort((a, b) => a.time - b.time || a.rank - b.rank);
}

/** At the same time, failed spans come first, and exceptions keep their order. */
interface Ranked extends ErrorPlace {
  readonly rank: number;
}

/** What the page shows: a trace, a span, or neither. */
interface Shown {
  readonly trace?: string;
  readonly span?: string;
}

/**
 * The next error after what is shown, wrapping around at the end. From a span that is none, the next one that
 * failed after the span began; from a trace without an open span, its first; else the first of all. Undefined if
 * there is no error.
 */
export function nextError(
  places: readonly ErrorPlace[],
  shown: Shown,
  outline: Outline,
): ErrorPlace | undefined {
  if (shown.span === undefined) return places.find(({ trace }) => trace === shown.trace) ?? places[0];
  const at = places.findIndex(
    ({ trace, span }) => span === shown.span && (shown.trace === undefined || trace === shown.trace),
  );
  if (at >= 0) return places[(at + 1) % places.length];
  const span = outline.traces.find(({ id }) => id === shown.trace)?.spans.find(({ id }) => id === shown.span);
  const began = absoluteTime(span?.start ?? 0, outline.origin);
  return places.find(({ time }) => time >= began) ?? places[0];
}

function keyOf({ trace, span }: ErrorPlace): string {
  return `${trace}-${span}`;
}
