import { Binder } from '../../sessionize/bind.js';
import { type ByteString, Group } from '../../sessionize/records.js';
import type { RecordSource } from '../records/block.js';
import { traceOfKey } from '../records/group-keys.js';
import type { HeldSpan } from '../records/held-records.js';
import type { HotGroup, HotGroups } from './hot-groups.js';
import { load, type Plan } from './loads.js';
import type { HotSession } from './sessions.js';

/** Groups that are erased in one change set by default. Nearly all sessions have fewer. */
const GROUPS_ERASED = 5_000;

/** A chunk of the log that is to be removed. */
export interface ErasedChunk {
  readonly block: number;
  readonly offset: number;
}

/** What leaves in one change set. */
export interface ErasedPart {
  /** The ids of the sessions, which may be known by others too. */
  readonly sessions: readonly string[];
  readonly chunks: readonly ErasedChunk[];
  /** Bytes of these chunks, as received. */
  readonly bytes: number;
  /** Ids of the traces that lose records. */
  readonly traces: readonly ByteString[];
  /** Keys of the groups that lose all records. */
  readonly groups: readonly ByteString[];
  readonly spans: number;
  readonly logs: number;
  /** Whether there is more: groups of the only session of this part. */
  readonly hasMore: boolean;
}

/** A group that loses records, and the bytes of those that it keeps. */
export interface ReducedGroup {
  readonly hot: HotGroup;
  readonly kept: readonly RecordSource[];
}

/**
 * Takes the records that count in the first of these sessions of a project out of their groups in memory, as far as
 * one change set goes. Their rows and the log have them until the caller has changed these.
 */
export function* takeOut(
  groups: HotGroups,
  project: number,
  sessions: readonly HotSession[],
  mostGroups = GROUPS_ERASED,
): Plan<{ readonly part: ErasedPart; readonly reduced: readonly ReducedGroup[] }> {
  const groupsOf = yield* load(
    'sessionGroups',
    sessions.map(({ no }) => no),
  );
  const keys = new Set<ByteString>();
  const taken = new Set<string>();
  for (const [i, { session }] of sessions.entries()) {
    const own = groupsOf[i]!;
    if (taken.size > 0 && keys.size + own.length > mostGroups) break;
    taken.add(session.id);
    for (const key of own.slice(0, mostGroups)) keys.add(key);
  }
  yield* groups.requireFolded([...keys].map((key) => ({ project, key })));
  const chunks: ErasedChunk[] = [];
  const traces: ByteString[] = [];
  const gone: ByteString[] = [];
  const reduced: ReducedGroup[] = [];
  let [spans, logs, bytes] = [0, 0, 0];
  for (const key of keys) {
    const hot = groups.get(project, key);
    if (hot === undefined) continue;
    const before = hot.group;
    const after = without(before, taken);
    if (after.size === before.size) continue;
    spans += before.spans.size - after.spans.size;
    logs += before.logs.size - after.logs.size;
    for (const { block, offset, tracesLength, logsLength } of hot.places) {
      chunks.push({ block, offset });
      bytes += tracesLength + logsLength;
    }
    if (traceOfKey(key) !== '') traces.push(key);
    if (after.size === 0) gone.push(key);
    reduced.push({ hot, kept: after.size === 0 ? [] : yield* sourcesOf(groups, hot, after) });
    hot.group = after;
    hot.places = [];
    groups.count(after.size - before.size);
  }
  const hasMore = groupsOf[0]!.length > mostGroups && reduced.length > 0;
  return {
    part: { sessions: [...taken], chunks, bytes, traces, groups: gone, spans, logs, hasMore },
    reduced,
  };
}

/** The records of a group that count in none of these sessions. */
function without(group: Group<HeldSpan>, sessions: ReadonlySet<string>): Group<HeldSpan> {
  const binder = new Binder(group);
  const rest = new Group<HeldSpan>(group.traceId);
  rest.sessionByUser = group.sessionByUser;
  for (const span of group.spans.values()) {
    if (!sessions.has(binder.span(span).session)) rest.spans.set(span.id, span);
  }
  for (const log of group.logs.values()) {
    if (!sessions.has(binder.log(log).session)) rest.addLog(log);
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
