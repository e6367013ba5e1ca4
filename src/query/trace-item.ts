import { formatRfc3339 } from '../contract/timestamp.js';
import { hasServiceName, ownServiceNameOf, serviceNameOf } from '../normalize/rum.js';
import { readSpans, type SpanView } from '../otlp/read.js';
import type { StoredTrace } from '../store/contract/trace.js';
import { type SpanItem, spanItem } from './span-item.js';

/** A trace with the contract's names. Its duration is a bigint. */
export interface TraceItem {
  readonly trace_id: string;
  readonly root_span?: SpanItem;
  readonly spans: readonly SpanItem[];
  readonly span_count: number;
  readonly duration_ns: bigint;
  readonly start_time: string;
  readonly end_time: string;
  readonly services: readonly string[];
  readonly has_error: boolean;
}

const STATUS_ERROR = 2;

/** Decodes a stored trace. Sorts the spans by start and then by span id. */
export function traceItem(trace: StoredTrace): TraceItem {
  const spans = readSpans(trace.otlp).sort(byStartThenId);
  const rootSpan = findRoot(spans);
  const startNs = spans[0] === undefined ? trace.position.startNs : startOf(spans[0]);
  let endNs = startNs;
  const services = new Set<string>();
  let hasError = false;
  for (const span of spans) {
    // A span that ends before it starts is treated as a point at its start.
    endNs = maxOf(endNs, maxOf(span.start_time_unix_nano, span.end_time_unix_nano));
    hasError ||= span.status.code === STATUS_ERROR;
    const service = serviceName(span);
    if (service !== undefined) services.add(service);
  }
  return {
    trace_id: trace.position.traceId,
    ...(rootSpan && { root_span: spanItem(rootSpan) }),
    spans: spans.map(spanItem),
    span_count: spans.length,
    duration_ns: endNs - startNs,
    start_time: formatRfc3339(startNs),
    end_time: formatRfc3339(endNs),
    services: [...services].sort(),
    has_error: hasError,
  };
}

/** The earliest span without a parent, else the earliest whose parent is not in the trace. Spans must be sorted. */
function findRoot(spans: readonly SpanView[]): SpanView | undefined {
  const root = spans.find((span) => span.parent_span_id === undefined);
  if (root !== undefined) return root;
  const ids = new Set(spans.map((span) => span.span_id));
  return spans.find((span) => !ids.has(span.parent_span_id!));
}

function serviceName({ resource, attributes }: SpanView): string | undefined {
  const ofResource = textOf(resource.attributes);
  if (hasServiceName(ofResource)) return ofResource('service.name');
  return ownServiceNameOf(textOf(attributes)) ?? serviceNameOf(ofResource);
}

function textOf(attributes: SpanView['attributes']): (name: string) => string | undefined {
  return (name) => {
    const value = attributes?.find((attribute) => attribute.key === name)?.value;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
}

function byStartThenId(a: SpanView, b: SpanView): number {
  const [aNs, bNs] = [startOf(a), startOf(b)];
  if (aNs !== bNs) return aNs < bNs ? -1 : 1;
  return a.span_id < b.span_id ? -1 : a.span_id > b.span_id ? 1 : 0;
}

/** A span without a start begins at its end. */
function startOf(span: SpanView): bigint {
  return span.start_time_unix_nano || span.end_time_unix_nano;
}

function maxOf(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
