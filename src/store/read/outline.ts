import { Buffer } from 'node:buffer';
import { readSpanHead } from '../../otlp/read.js';
import { Binder } from '../../sessionize/bind.js';
import type { ByteString } from '../../sessionize/records.js';
import type { OutlineSpan, OutlineTrace } from '../contract/trace.js';
import type { HeldGroup, HeldSpan } from '../records/held-records.js';

/**
 * A summary of a trace, with the first `maxSpans` of its spans, which have their source loaded. There must be
 * at least one span.
 */
export function outlineOf(group: HeldGroup, sessionId: string, maxSpans: number): OutlineTrace {
  const binder = new Binder(group);
  const spans = [...group.spans.values()].sort(byStartThenId);
  const startNs = spans[0]!.startNs;
  let endNs = startNs;
  for (const span of spans) if (span.endNs > endNs) endNs = span.endNs;
  return {
    traceId: hex(group.traceId),
    startNs,
    endNs,
    spans: spans.slice(0, maxSpans).map((span) => outlineSpan(span, binder.span(span).session, sessionId)),
  };
}

/** By the times that were sent. */
function byStartThenId(a: HeldSpan, b: HeldSpan): number {
  if (a.startNs !== b.startNs) return a.startNs < b.startNs ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

function outlineSpan(span: HeldSpan, session: string, sessionId: string): OutlineSpan {
  const { id, parentId, startNs, endNs, service } = span;
  const { batch, index } = span.source!;
  const offset = batch.offset[index]!;
  return {
    spanId: hex(id),
    ...(parentId === '' ? {} : { parentId: hex(parentId) }),
    ...readSpanHead(batch.bytes, offset, offset + batch.length[index]!),
    startNs,
    endNs,
    ...(service === undefined ? {} : { service }),
    ...(session === sessionId ? {} : { sessionId: session }),
  };
}

function hex(bytes: ByteString): string {
  return Buffer.from(bytes, 'latin1').toString('hex');
}
