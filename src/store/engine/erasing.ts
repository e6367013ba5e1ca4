import { Binder } from '../../sessionize/bind.js';
import { type ByteString, Group } from '../../sessionize/records.js';
import type { RecordSource } from '../records/block.js';
import { traceOfKey } from '../records/group-keys.js';
import type { HeldSpan } from '../records/held-records.js';
import type { HotGroup, HotGroups } from './hot-groups.js';
import { load, type Plan } from './loads.js';
import type { HotSession } from './sessions.js';

/** Most groups of a session that are erased in one change set. Nearly all sessions have fewer. */
export const GROUPS_ERASED = 5_000;

/** A chunk of the log that is to be removed. */
export interface ErasedChunk {
  readonly block: number;
  readonly offset: number;
}

/** What leaves with the groups of a session. */
export interface ErasedPart {
  /** The id of the session, which may be known by others too. */
  readonly session: string;
  readonly chunks: readonly ErasedChunk[];
  /** Ids of the traces that lose records. */
  readonly traces: readonly ByteString[];
  /** Keys of the groups that lose all records. */
  readonly groups: readonly ByteString[];
  readonly spans: number;
  readonly logs: number;
  /** Whether the session has more groups. */
  readonly hasMore: boolean;
}

/** A group that loses records, and the bytes of those that it keeps. */
export interface ReducedGroup {
  readonly hot: HotGroup;
  readonly kept: readonly RecordSource[];
}

/**
 * Takes the records that count in a session out of its groups in memory, as far as one change set goes. Their rows
 * and the log have them until the caller has changed these.
 */
export function* takeOut(
  groups: HotGroups,
  { no, project, session: { id } }: HotSession,
): Plan<{ readonly part: ErasedPart; readonly reduced: readonly ReducedGroup[] }> {
  const [keys = []] = yield* load('sessionGroups', [no]);
  const some = keys.slice(0, GROUPS_ERASED);
  yield* groups.requireFolded(some.map((key) => ({ project, key })));
  const chunks: ErasedChunk[] = [];
  const traces: ByteString[] = [];
  const gone: ByteString[] = [];
  const reduced: ReducedGroup[] = [];
  let spans = 0;
  let logs = 0;
  for (const key of some) {
    const hot = groups.get(project, key);
    if (hot === undefined) continue;
    const before = hot.group;
    const after = without(before, id);
    if (after.size === before.size) continue;
    spans += before.spans.size - after.spans.size;
    logs += before.logs.size - after.logs.size;
    chunks.push(...hot.places.map(({ block, offset }) => ({ block, offset })));
    if (traceOfKey(key) !== '') traces.push(key);
    if (after.size === 0) gone.push(key);
    reduced.push({ hot, kept: after.size === 0 ? [] : yield* sourcesOf(groups, hot, after) });
    hot.group = after;
    hot.places = [];
    groups.count(after.size - before.size);
  }
  const hasMore = keys.length > some.length && reduced.length > 0;
  return { part: { session: id, chunks, traces, groups: gone, spans, logs, hasMore }, reduced };
}

/** The records of a group that do not count in a session. */
function without(group: Group<HeldSpan>, session: string): Group<HeldSpan> {
  const binder = new Binder(group);
  const rest = new Group<HeldSpan>(group.traceId);
  rest.sessionByUser = group.sessionByUser;
  for (const span of group.spans.values()) {
    if (binder.span(span).session !== session) rest.spans.set(span.id, span);
  }
  for (const log of group.logs.values()) {
    if (binder.log(log).session !== session) rest.addLog(log);
  }
  return rest;
}

/** The bytes of these records of a group. */
function* sourcesOf(groups: HotGroups, hot: HotGroup, kept: Group<HeldSpan>): Plan<RecordSource[]> {
  const { spans, logs } = yield* groups.sources(hot);
  return [
    ...[...kept.spans.keys()].map((id) => spans.get(id)!),
    ...[...kept.logs.keys()].map((id) => logs.get(id)!),
  ];
}
