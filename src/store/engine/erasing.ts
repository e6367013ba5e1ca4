import { Binder } from '../../sessionize/bind.js';
import { type ByteString, Group } from '../../sessionize/records.js';
import { areEntangled, type ChunkPlace, decodePlaces, type RecordSource } from '../records/block.js';
import { traceOfKey } from '../records/group-keys.js';
import type { HeldSpan } from '../records/held-records.js';
import type { HotGroup, HotGroups } from './hot-groups.js';
import { load, type Plan } from './loads.js';
import type { HotSession } from './sessions.js';

/** Groups that are erased in one change set by default. Nearly all sessions have fewer. */
const GROUPS_ERASED = 20_000;

/** What it costs to remove a group whose records have to be read, in groups whose rows are enough. */
const READ_COST = 4;

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

/** Sessions that leave with all of their groups, without records being read: nothing else depends on these. */
export interface Alone {
  readonly sessions: readonly HotSession[];
  readonly groups: readonly ByteString[];
}

/** What leaves in one change set, as far as it is known by rows or by records. */
interface TakenOut {
  readonly part: ErasedPart;
  /** Groups whose records were read. */
  readonly reduced: readonly ReducedGroup[];
  readonly alone: Alone;
}

export interface TakeOutOptions {
  /** Limit of the work: a group costs 1, or `READ_COST` if its records have to be read. */
  readonly mostGroups?: number | undefined;
  /** Whether sessions may leave without their records being read. */
  readonly canBeAlone: boolean;
}

/** A session, its groups, and where their records are; undefined if these have to be read. */
interface Candidate {
  readonly hot: HotSession;
  readonly keys: readonly ByteString[];
  readonly places: readonly Uint8Array[] | undefined;
}

/**
 * Takes the first of these sessions of a project out, as far as one change set goes. Of those that are not alone, the
 * records that count in them leave their groups in memory. The rows and the log have everything until the caller has
 * changed these.
 */
export function* takeOut(
  groups: HotGroups,
  project: number,
  sessions: readonly HotSession[],
  { mostGroups = GROUPS_ERASED, canBeAlone }: TakeOutOptions,
): Plan<TakenOut> {
  const mostRead = Math.ceil(mostGroups / READ_COST);
  const candidates = yield* candidatesOf(project, sessions, mostGroups, canBeAlone);
  const part = newPart();
  const alone: { readonly sessions: HotSession[]; readonly groups: ByteString[] } = {
    sessions: [],
    groups: [],
  };
  const read = { sessions: new Set<string>(), keys: new Set<ByteString>() };
  let cost = 0;
  for (const { hot, keys, places } of candidates) {
    cost += keys.length * (places === undefined ? READ_COST : 1);
    if (part.sessions.length > 0 && cost > mostGroups) break;
    const { session } = hot;
    part.sessions.push(session.id);
    if (places === undefined) {
      read.sessions.add(session.id);
      for (const key of keys.slice(0, mostRead)) read.keys.add(key);
      continue;
    }
    alone.sessions.push(hot);
    part.spans += session.spanCount;
    part.logs += session.logCount;
    for (const [i, key] of keys.entries()) {
      alone.groups.push(key);
      addGroup(part, key, decodePlaces(places[i]!));
      part.groups.push(key);
    }
  }
  // In their order, so that neighbours share a page of the table.
  alone.groups.sort();
  const reduced = yield* reduce(groups, project, read, part);
  const hasMore =
    read.sessions.has(part.sessions[0]!) && candidates[0]!.keys.length > mostRead && reduced.length > 0;
  return { part: { ...part, hasMore }, reduced, alone };
}

/** The first of these sessions that a change set may have, one at least. */
function* candidatesOf(
  project: number,
  sessions: readonly HotSession[],
  mostGroups: number,
  canBeAlone: boolean,
): Plan<Candidate[]> {
  // One more than a change set may have, so that it is known whether there are more.
  const part = { sessions: sessions.map(({ no }) => no), limit: mostGroups + 1, from: 0 };
  const groupsOf = yield* load('someSessionGroups', part);
  let last = 0;
  for (let count = 0; last < sessions.length; last++) {
    count += groupsOf[last]!.length;
    if (last > 0 && count > mostGroups) break;
  }
  const some = sessions.slice(0, last);
  const mayBeAlone = (i: number): boolean =>
    canBeAlone && groupsOf[i]!.length <= mostGroups && groupsOf[i]!.length === some[i]!.session.fragments;
  const asked = some.flatMap((_, i) => (mayBeAlone(i) ? groupsOf[i]!.map((key) => ({ project, key })) : []));
  const places = yield* load('places', asked);
  let at = 0;
  return some.map((hot, i) => {
    const keys = groupsOf[i]!;
    if (!mayBeAlone(i)) return { hot, keys, places: undefined };
    const own = places.slice(at, at + keys.length);
    at += keys.length;
    return { hot, keys, places: areAlone(own) ? own : undefined };
  });
}

/** Whether no other session and no other group depends on the records of these groups. */
function areAlone(places: readonly (Uint8Array | undefined)[]): places is readonly Uint8Array[] {
  return places.every((each) => each !== undefined && !areEntangled(each));
}

type NewPart = {
  -readonly [K in keyof ErasedPart]: ErasedPart[K] extends readonly (infer V)[] ? V[] : ErasedPart[K];
};

function newPart(): NewPart {
  return { sessions: [], chunks: [], bytes: 0, traces: [], groups: [], spans: 0, logs: 0, hasMore: false };
}

/** Adds the chunks of a group, and its trace. */
function addGroup(part: NewPart, key: ByteString, places: readonly ChunkPlace[]): void {
  for (const { block, offset, tracesLength, logsLength } of places) {
    part.chunks.push({ block, offset });
    part.bytes += tracesLength + logsLength;
  }
  if (traceOfKey(key) !== '') part.traces.push(key);
}

/** Takes the records that count in these sessions out of their groups. */
function* reduce(
  groups: HotGroups,
  project: number,
  { sessions, keys }: { readonly sessions: ReadonlySet<string>; readonly keys: ReadonlySet<ByteString> },
  part: NewPart,
): Plan<ReducedGroup[]> {
  yield* groups.requireFolded([...keys].map((key) => ({ project, key })));
  const reduced: ReducedGroup[] = [];
  for (const key of keys) {
    const hot = groups.get(project, key);
    if (hot === undefined) continue;
    const before = hot.group;
    const after = without(before, sessions);
    if (after.size === before.size) continue;
    part.spans += before.spans.size - after.spans.size;
    part.logs += before.logs.size - after.logs.size;
    addGroup(part, key, hot.places);
    if (after.size === 0) part.groups.push(key);
    reduced.push({ hot, kept: after.size === 0 ? [] : yield* sourcesOf(groups, hot, after) });
    hot.group = after;
    hot.places = [];
    groups.uncount(hot, before.size - after.size);
  }
  return reduced;
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
