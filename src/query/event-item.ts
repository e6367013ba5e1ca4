import { type Attribute, type AttributeValue, EVENT_NAME, type LogRecordView } from '../otlp/read.js';
import type { StoredEvent } from '../store/contract/event.js';

/** An event with the contract's names. Its times are strings of digits. */
export interface EventItem
  extends Omit<LogRecordView, 'time_unix_nano' | 'observed_time_unix_nano' | 'attributes'> {
  readonly id: string;
  readonly kind: StoredEvent['kind'];
  readonly time_unix_nano: string;
  readonly observed_time_unix_nano?: string;
  readonly attributes: readonly Attribute[];
  readonly span_name?: string;
}

export function eventItem(stored: StoredEvent): EventItem {
  const { id, timeNs } = stored.position;
  if (stored.kind === 'span_event') {
    const { event, span } = stored;
    const { name, time_unix_nano, ...rest } = event;
    return {
      id,
      kind: 'span_event',
      // An event without a time happens at its span's start.
      time_unix_nano: String(time_unix_nano || timeNs),
      event_name: name,
      ...rest,
      trace_id: span.trace_id,
      span_id: span.span_id,
      span_name: span.name,
      resource: span.resource,
      ...(span.instrumentation_scope && { instrumentation_scope: span.instrumentation_scope }),
    };
  }
  const { time_unix_nano: _, observed_time_unix_nano: observed, event_name, ...rest } = stored.log;
  const name = event_name ?? eventNameIn(rest.attributes);
  return {
    id,
    kind: 'log',
    time_unix_nano: String(timeNs),
    ...(observed !== undefined && { observed_time_unix_nano: String(observed) }),
    ...(name !== undefined && { event_name: name }),
    ...rest,
  };
}

function eventNameIn(attributes: readonly Attribute[]): string | undefined {
  const value: AttributeValue | undefined = attributes.findLast(
    (each) => each.key === EVENT_NAME && typeof each.value === 'string',
  )?.value;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
