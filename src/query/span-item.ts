import type { SpanEventView, SpanView } from '../otlp/read.js';

/** A span with the contract's names. Its times are strings of digits. */
export interface SpanItem extends Omit<SpanView, 'start_time_unix_nano' | 'end_time_unix_nano' | 'events'> {
  readonly start_time_unix_nano: string;
  readonly end_time_unix_nano: string;
  readonly events: readonly SpanEventItem[];
}

interface SpanEventItem extends Omit<SpanEventView, 'time_unix_nano'> {
  readonly time_unix_nano: string;
}

export function spanItem(span: SpanView): SpanItem {
  return {
    ...span,
    start_time_unix_nano: String(span.start_time_unix_nano),
    end_time_unix_nano: String(span.end_time_unix_nano),
    events: span.events.map((event) => ({ ...event, time_unix_nano: String(event.time_unix_nano) })),
  };
}
