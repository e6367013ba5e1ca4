import type { AnsweredRequest } from '../telemetry.js';

/** A span in OTLP/JSON. */
export interface JsonSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
  readonly status: { readonly code?: number };
}

/** What a span takes from outside. */
export interface SpanEdges {
  /** Milliseconds since 1970. */
  now(): number;
  /** This many random bytes, in hex. */
  randomHex(bytes: number): string;
}

const KIND_SERVER = 2;
const STATUS_ERROR = 2;
/** Status codes of gRPC by which a server says that it failed (semantic conventions of RPC). */
const SERVER_FAULTS = new Set([
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
]);

/**
 * The span of a request that was answered just now: a child of the client's span, if the client sent a trace
 * context. Undefined if the client does not record its trace, or if the request brought spans of this server:
 * a span about those would cause the next request, for ever.
 */
export function serverSpan(answered: AnsweredRequest, { now, randomHex }: SpanEdges): JsonSpan | undefined {
  if (answered.hasOwnSpans) return undefined;
  const parent = parseTraceparent(answered.traceparent);
  if (parent?.isSampled === false) return undefined;
  const { transport, method, route, status, durationMs } = answered;
  const endNs = BigInt(Math.round(now() * 1e6));
  const isGrpc = transport === 'grpc';
  const name = isGrpc ? method : `${method} ${route}`;
  const isError = typeof status === 'number' ? status >= 500 : SERVER_FAULTS.has(status);
  return {
    traceId: parent?.traceId ?? randomHex(16),
    spanId: randomHex(8),
    ...(parent !== undefined && { parentSpanId: parent.spanId }),
    name,
    kind: KIND_SERVER,
    startTimeUnixNano: String(endNs - BigInt(Math.round(durationMs * 1e6))),
    endTimeUnixNano: String(endNs),
    attributes: isGrpc ? grpcAttributes(answered) : httpAttributes(answered),
    status: isError ? { code: STATUS_ERROR } : {},
  };
}

type Attribute = JsonSpan['attributes'][number];

function text(key: string, value: string): Attribute {
  return { key, value: { stringValue: value } };
}

function whole(key: string, value: number): Attribute {
  return { key, value: { intValue: String(value) } };
}

function httpAttributes(answered: AnsweredRequest): readonly Attribute[] {
  const { method, route, status, bytes, requestId } = answered;
  return [
    text('http.request.method', method),
    ...(route === undefined || route === 'none' ? [] : [text('http.route', route)]),
    typeof status === 'number' ? whole('http.response.status_code', status) : text('error.type', status),
    ...(bytes === undefined ? [] : [whole('http.request.body.size', bytes)]),
    ...(requestId === undefined ? [] : [text('sojourn.request_id', requestId)]),
  ];
}

function grpcAttributes({ method, status, bytes }: AnsweredRequest): readonly Attribute[] {
  return [
    text('rpc.system.name', 'grpc'),
    text('rpc.method', method),
    text('rpc.response.status_code', String(status)),
    ...(bytes === undefined ? [] : [whole('sojourn.message_bytes', bytes)]),
  ];
}

/** The header of W3C Trace Context (Recommendation, section 3.2); undefined if it is missing or invalid. */
export function parseTraceparent(
  header: string | undefined,
): { readonly traceId: string; readonly spanId: string; readonly isSampled: boolean } | undefined {
  const match =
    /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-|$)/.exec(
      header ?? '',
    );
  if (match === null) return undefined;
  const [, version = '', traceId = '', spanId = '', flags = '', rest = ''] = match;
  // Only later versions may have more members.
  if (version === '00' && rest !== '') return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
