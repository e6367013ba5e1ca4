import type { Attributes, DemoLog, DemoRecord, DemoSpan, Source } from './telemetry.js';

/** A member of an OTLP/JSON message. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
type Json = string | number | boolean | Json[] | { readonly [name: string]: Json | undefined } | undefined;

/** ExportTraceServiceRequest in OTLP/JSON. */
export function traceRequest(spans: readonly DemoSpan[]): Json {
  return {
    resourceSpans: [...bySource(spans)].map(([source, records]) => ({
      resource: { attributes: keyValues(source.resource) },
      scopeSpans: [{ scope: { ...source.scope }, spans: records.map(spanJson) }],
    })),
  };
}

/** ExportLogsServiceRequest in OTLP/JSON. */
export function logsRequest(logs: readonly DemoLog[]): Json {
  return {
    resourceLogs: [...bySource(logs)].map(([source, records]) => ({
      resource: { attributes: keyValues(source.resource) },
      scopeLogs: [{ scope: { ...source.scope }, logRecords: records.map(logJson) }],
    })),
  };
}

function bySource<R extends DemoRecord>(records: readonly R[]): Map<Source, R[]> {
  const groups = new Map<Source, R[]>();
  for (const record of records) {
    const group = groups.get(record.source);
    if (group === undefined) groups.set(record.source, [record]);
    else group.push(record);
  }
  return groups;
}

const STATUS_ERROR = 2;

function spanJson(span: DemoSpan): Json {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: nanoseconds(span.start),
    endTimeUnixNano: nanoseconds(span.end),
    attributes: keyValues(span.attributes),
    events: span.events.map(({ name, at, attributes }) => ({
      name,
      timeUnixNano: nanoseconds(at),
      attributes: keyValues(attributes),
    })),
    status: span.error === undefined ? {} : { code: STATUS_ERROR, message: span.error },
  };
}

const SEVERITY_TEXT: Record<DemoLog['severity'], string> = {
  9: 'INFO',
  13: 'WARN',
  17: 'ERROR',
  21: 'FATAL',
};

function logJson(log: DemoLog): Json {
  return {
    timeUnixNano: nanoseconds(log.end),
    observedTimeUnixNano: nanoseconds(log.end),
    severityNumber: log.severity,
    severityText: SEVERITY_TEXT[log.severity],
    eventName: log.eventName,
    body: log.body === undefined ? undefined : { stringValue: log.body },
    attributes: keyValues(log.attributes),
    traceId: log.span?.traceId,
    spanId: log.span?.spanId,
  };
}

function keyValues(attributes: Attributes): Json[] {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value: anyValue(value!) }));
}

function anyValue(value: NonNullable<Attributes[string]>): Json {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
    default:
      return { arrayValue: { values: value.map((each) => ({ stringValue: each })) } };
  }
}

/**
 * Converts milliseconds with decimals to whole nanoseconds, at microsecond precision, which a double still
 * has.
 */
function nanoseconds(milliseconds: number): string {
  return `${Math.round(milliseconds * 1000)}000`;
}
