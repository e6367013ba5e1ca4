import { fromAll } from '../normalize/dialects/registry.js';
import type { AttributeValue, LogRecordView, SpanEventView, SpanView } from '../otlp/read.js';
import { type Fields, isFields } from './json-value.js';

/** An attribute of a record, or a field of a log record's body. */
export type Lookup = (key: string) => AttributeValue | undefined;

/** An event of a span, either a span event or a log record. */
export interface EventRecord {
  readonly name: string;
  readonly timeNs: bigint;
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  readonly body?: AttributeValue;
}

/** Attributes with the position of a log record among others of the same time. */
const PLACE_KEYS = fromAll(({ conversation }) => conversation?.places);

export interface SpanRecord {
  readonly span: SpanView;
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  /** Its own events and the log records that name it, by time. */
  readonly events: EventRecord[];
}

export interface LogRecord extends EventRecord {
  readonly id: string;
  readonly log: LogRecordView;
  /** Position among records of the same time, if the record has one. */
  readonly place?: number;
}

export function isLogRecord(event: EventRecord): event is LogRecord {
  return 'log' in event;
}

export function spanRecord(span: SpanView): SpanRecord {
  return {
    span,
    attributes: attributeMap(span),
    events: span.events.map((event) => ({
      name: event.name,
      timeNs: event.time_unix_nano,
      attributes: attributeMap(event),
    })),
  };
}

export function logRecord(log: LogRecordView, id: string): LogRecord {
  const attributes = attributeMap(log);
  const named = attributes.get('event.name');
  const place = PLACE_KEYS.map((key) => Number(attributes.get(key) ?? Number.NaN)).find(Number.isFinite);
  return {
    id,
    log,
    name: log.event_name ?? (typeof named === 'string' ? named : ''),
    timeNs: log.time_unix_nano ?? log.observed_time_unix_nano ?? 0n,
    attributes,
    ...(log.body !== undefined && { body: log.body }),
    ...(place !== undefined && { place }),
  };
}

export function lookup({
  attributes,
  body,
}: {
  attributes: ReadonlyMap<string, AttributeValue>;
  body?: AttributeValue;
}): Lookup {
  const fields: Fields | undefined = isFields(body) ? body : undefined;
  return (key) => {
    const value = attributes.get(key);
    if (value !== undefined) return value;
    return fields !== undefined && Object.hasOwn(fields, key) ? (fields[key] as AttributeValue) : undefined;
  };
}

/** Of equal keys the first one counts. */
function attributeMap({ attributes }: SpanView | LogRecordView | SpanEventView): Map<string, AttributeValue> {
  const map = new Map<string, AttributeValue>();
  for (const { key, value } of attributes) if (!map.has(key)) map.set(key, value);
  return map;
}
