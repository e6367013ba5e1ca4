import { formatCount } from '../../format/number.js';
import type { SessionException } from '../queries.js';
import type { SessionSearch } from '../search.js';

/** What an exception is called: by its type, else by what tells of it. */
export function exceptionName({ type, name, crash_count: crashes }: SessionException): string {
  return type ?? name ?? (crashes === undefined ? 'Exception' : 'Crash');
}

/** The place in the page of the span that it is told on; undefined where there is none. */
export function exceptionPlace({ span }: SessionException): SessionSearch | undefined {
  return span?.trace_id === undefined || span.span_id === undefined
    ? undefined
    : { trace: span.trace_id, span: span.span_id };
}

export function crashText(count: number): string {
  return count === 1 ? '1 crash' : `${formatCount(count)} crashes`;
}
