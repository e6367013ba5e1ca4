import { formatCount } from '../../../../client/src/text/number.js';
import type { SessionException } from '../queries.js';
import type { SessionSearch } from '../search.js';

/** The name of an exception: its type, else the name of the record that reports it. */
export function exceptionName({ type, name, crash_count: crashes }: SessionException): string {
  return type ?? name ?? (crashes === undefined ? 'Exception' : 'Crash');
}

/** Where the page shows the span that reports the exception; undefined without a span. */
export function exceptionPlace({ span }: SessionException): SessionSearch | undefined {
  return span?.trace_id === undefined || span.span_id === undefined
    ? undefined
    : { trace: span.trace_id, span: span.span_id };
}

export function crashText(count: number): string {
  return count === 1 ? '1 crash' : `${formatCount(count)} crashes`;
}
