import { Binder } from '../../sessionize/bind.js';
import type { OutlineTrace, StoredOutline, StoredTrace, TraceScan, TraceSession } from '../contract/trace.js';
import { encodeRecords } from '../records/block.js';
import type { HeldGroup, HeldSpan } from '../records/held-records.js';
import type { FoundSession, SessionMoment } from './found-session.js';
import type { GroupLoader } from './group-loader.js';
import { bytesOfHex, hexOf } from './group-versions.js';
import { outlineOf } from './outline.js';
import type { SessionRow } from './reads.js';
import { groupBatches } from './session-records.js';

/** The traces of a session, each with its spans in that session. */
export async function readTraces(
  moment: SessionMoment,
  loader: GroupLoader,
  session: SessionRow,
  { after, direction, limit, maxBytes = Number.POSITIVE_INFINITY }: TraceScan,
): Promise<StoredTrace[]> {
  const rows = await moment.reads.groups(session, {
    of: 'spans',
    ...(after && { from: { startNs: after.startNs, key: bytesOfHex(after.traceId) } }),
    direction,
    limit,
  });
  const traces: StoredTrace[] = [];
  let bytes = 0;
  for await (const { row, group } of loader.groups(moment, rows)) {
    const trace = storedTrace(group, row, session.id);
    traces.push(trace);
    bytes += trace.otlp.length;
    if (bytes > maxBytes && traces.length > 1) break;
  }
  return direction === 'forward' ? traces : traces.reverse();
}

/** A whole trace; undefined if it has no spans. */
export async function readTrace(
  moment: SessionMoment,
  loader: GroupLoader,
  traceId: string,
): Promise<StoredTrace | undefined> {
  const group = await readGroup(moment, loader, traceId);
  if (group === undefined || group.spans.size === 0) return undefined;
  return storedTrace(group, { key: group.traceId });
}

/** A span, as an OTLP `ExportTraceServiceRequest` message. */
export async function readSpan(
  moment: SessionMoment,
  loader: GroupLoader,
  traceId: string,
  spanId: string,
): Promise<Uint8Array | undefined> {
  const group = await readGroup(moment, loader, traceId);
  const span = group?.spans.get(bytesOfHex(spanId));
  return span && encodeRecords([span.source!]).spans;
}

/** Outlines of the traces of a session, with at most `maxSpans` spans in all. */
export async function readOutline(
  moment: SessionMoment,
  loader: GroupLoader,
  found: FoundSession,
  maxSpans: number,
): Promise<StoredOutline> {
  const traces: OutlineTrace[] = [];
  let left = maxSpans;
  for await (const rows of groupBatches(moment, found, { of: 'spans', direction: 'forward' })) {
    for await (const { group } of loader.groups(moment, rows)) {
      if (left === 0) return { traces, truncated: true };
      traces.push(outlineOf(group, found.session.id, left));
      if (group.spans.size > left) return { traces, truncated: true };
      left -= group.spans.size;
    }
  }
  return { traces, truncated: false };
}

/** The sessions that a trace has spans in; undefined if it has no spans. */
export async function readTraceSessions(
  moment: SessionMoment,
  loader: GroupLoader,
  traceId: string,
): Promise<readonly TraceSession[] | undefined> {
  const group = await readGroup(moment, loader, traceId);
  if (group === undefined || group.spans.size === 0) return undefined;
  const binder = new Binder(group);
  const counts = new Map<string, number>();
  for (const span of group.spans.values()) {
    const { session } = binder.span(span);
    counts.set(session, (counts.get(session) ?? 0) + 1);
  }
  return [...counts]
    .map(([sessionId, spanCount]) => ({ sessionId, spanCount }))
    .sort((a, b) => b.spanCount - a.spanCount || (a.sessionId < b.sessionId ? -1 : 1));
}

async function readGroup(
  moment: SessionMoment,
  loader: GroupLoader,
  traceId: string,
): Promise<HeldGroup | undefined> {
  const key = bytesOfHex(traceId);
  const [places] = await moment.reads.places([{ project: moment.project, key }]);
  return places && (await loader.group(moment, { key, places })).group;
}

/**
 * The spans of a trace, only those of one session if it is given. `startNs` defaults to the earliest start of
 * these spans.
 */
function storedTrace(
  group: HeldGroup,
  { key, startNs }: { readonly key: string; readonly startNs?: bigint },
  sessionId?: string,
): StoredTrace {
  const binder = new Binder(group);
  const spans: HeldSpan[] = [];
  let earliest = startNs;
  for (const span of group.spans.values()) {
    if (sessionId !== undefined && binder.span(span).session !== sessionId) continue;
    spans.push(span);
    if (startNs === undefined && (earliest === undefined || span.startNs < earliest)) earliest = span.startNs;
  }
  return {
    position: { startNs: earliest ?? 0n, traceId: hexOf(key) },
    otlp: encodeRecords(spans.map((span) => span.source!)).spans,
  };
}
