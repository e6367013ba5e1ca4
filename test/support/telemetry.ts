import type { Normalizer } from '../../src/normalize/normalizer.js';
import { decodeLogs, decodeTraces } from '../../src/otlp/decode.js';
import { logsJsonToProtobuf, tracesJsonToProtobuf } from '../../src/otlp/json.js';
import type { RecordBatch } from '../../src/otlp/record-batch.js';
import { decodeRequest } from './decode-request.js';

/** A short notation of telemetry for tests: it becomes OTLP/JSON, then the result of the receiver. */

export type AttributeValue = string | number | boolean;

export interface SpanSpec {
  /** Short ids: hex digits, padded with zeros on the left to the length of a trace or span id. */
  trace: string;
  span: string;
  parent?: string;
  name?: string;
  /** Of opentelemetry.proto.trace.v1.Span.SpanKind; default is INTERNAL. */
  kind?: number;
  /** Nanoseconds since 1970. */
  start: bigint;
  end: bigint;
  error?: boolean;
  attributes?: Record<string, AttributeValue>;
  resource?: Record<string, AttributeValue>;
  scope?: string;
  scopeVersion?: string;
  events?: { name: string; time: bigint; attributes?: Record<string, AttributeValue> }[];
}

export interface LogSpec {
  trace?: string;
  span?: string;
  time: bigint;
  event?: string;
  /** SeverityNumber. */
  severity?: number;
  severityText?: string;
  body?: string | Record<string, AttributeValue>;
  attributes?: Record<string, AttributeValue>;
  resource?: Record<string, AttributeValue>;
  scope?: string;
}

/** A data point of a monotonic sum. */
export interface PointSpec {
  metric: string;
  /** Nanoseconds since 1970. */
  start: bigint;
  time: bigint;
  value: number;
  cumulative?: boolean;
  attributes?: Record<string, AttributeValue>;
  resource?: Record<string, AttributeValue>;
  scope?: string;
}

const LIMITS = { maxRecords: 1_000_000, maxAttributesPerRecord: 10_000 };

export function traceId(short: string): string {
  return short.padStart(32, '0');
}

export function spanId(short: string): string {
  return short.padStart(16, '0');
}

/**
 * A call of gpt-4o: 1,000 tokens in, 20 out, 1.5 s long, `number` minutes after 09:00 UTC on 1 March 2026, in a trace of
 * its own.
 */
export function chatSpan(
  number: number,
  attributes: Record<string, AttributeValue>,
  more: Partial<SpanSpec> = {},
): SpanSpec {
  const start = BigInt(Date.parse('2026-03-01T09:00:00Z') + number * 60_000) * 1_000_000n;
  const hex = number.toString(16).padStart(4, '0');
  return {
    trace: hex.repeat(8),
    span: hex.repeat(4),
    name: 'chat gpt-4o',
    start,
    end: start + 1_500_000_000n,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 20,
      ...attributes,
    },
    ...more,
  };
}

/** An ExportTraceServiceRequest in OTLP/JSON, one ResourceSpans per span. */
export function tracesJson(spans: readonly SpanSpec[]): string {
  return JSON.stringify({
    resourceSpans: spans.map((span) => ({
      resource: { attributes: keyValues(span.resource ?? {}) },
      scopeSpans: [
        {
          scope: { name: span.scope ?? 'test', version: span.scopeVersion ?? '' },
          spans: [
            {
              traceId: traceId(span.trace),
              spanId: spanId(span.span),
              ...(span.parent === undefined ? {} : { parentSpanId: spanId(span.parent) }),
              name: span.name ?? 'work',
              kind: span.kind ?? 1,
              startTimeUnixNano: String(span.start),
              endTimeUnixNano: String(span.end),
              attributes: keyValues(span.attributes ?? {}),
              ...(span.events && {
                events: span.events.map(({ name, time, attributes = {} }) => ({
                  name,
                  timeUnixNano: String(time),
                  attributes: keyValues(attributes),
                })),
              }),
              status: span.error === true ? { code: 2 } : {},
            },
          ],
        },
      ],
    })),
  });
}

/** An ExportLogsServiceRequest in OTLP/JSON. */
export function logsJson(logs: readonly LogSpec[]): string {
  return JSON.stringify({
    resourceLogs: logs.map((log) => ({
      resource: { attributes: keyValues(log.resource ?? {}) },
      scopeLogs: [
        {
          scope: { name: log.scope ?? 'test' },
          logRecords: [
            {
              ...(log.trace === undefined ? {} : { traceId: traceId(log.trace) }),
              ...(log.span === undefined ? {} : { spanId: spanId(log.span) }),
              timeUnixNano: String(log.time),
              ...(log.severity === undefined ? {} : { severityNumber: log.severity }),
              ...(log.severityText === undefined ? {} : { severityText: log.severityText }),
              ...(log.event === undefined ? {} : { eventName: log.event }),
              ...(log.body === undefined ? {} : { body: bodyValue(log.body) }),
              attributes: keyValues(log.attributes ?? {}),
            },
          ],
        },
      ],
    })),
  });
}

/** An ExportMetricsServiceRequest in OTLP/JSON, one ResourceMetrics per data point. */
export function metricsJson(points: readonly PointSpec[]): string {
  return JSON.stringify({
    resourceMetrics: points.map((point) => ({
      resource: { attributes: keyValues(point.resource ?? {}) },
      scopeMetrics: [
        {
          scope: { name: point.scope ?? 'test' },
          metrics: [
            {
              name: point.metric,
              sum: {
                aggregationTemporality: point.cumulative === true ? 2 : 1,
                isMonotonic: true,
                dataPoints: [
                  {
                    startTimeUnixNano: String(point.start),
                    timeUnixNano: String(point.time),
                    asDouble: point.value,
                    attributes: keyValues(point.attributes ?? {}),
                  },
                ],
              },
            },
          ],
        },
      ],
    })),
  });
}

export function metricBatch(normalizer: Normalizer, points: readonly PointSpec[]): RecordBatch {
  const body = Buffer.from(metricsJson(points));
  return decodeRequest('metrics', 'json', body, normalizer, LIMITS).batch;
}

export function spanBatch(normalizer: Normalizer, spans: readonly SpanSpec[]): RecordBatch {
  return decodeTraces(tracesJsonToProtobuf(tracesJson(spans)).bytes, normalizer, LIMITS).batch;
}

export function logBatch(normalizer: Normalizer, logs: readonly LogSpec[]): RecordBatch {
  return decodeLogs(logsJsonToProtobuf(logsJson(logs)).bytes, normalizer, LIMITS).batch;
}

function bodyValue(body: string | Record<string, AttributeValue>): object {
  return typeof body === 'string' ? { stringValue: body } : { kvlistValue: { values: keyValues(body) } };
}

function keyValues(attributes: Record<string, AttributeValue>): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
