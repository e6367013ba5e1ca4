import { isDeepStrictEqual } from 'node:util';
import { RECORD_SPAN } from '../../otlp/record-batch.js';
import { Binder } from '../../sessionize/bind.js';
import { type ByteString, Group } from '../../sessionize/records.js';
import type { RecordSource } from '../records/block.js';
import type { ContentRemover } from '../records/content-remover.js';
import { type HeldGroup, HeldSpan, heldLog } from '../records/held-records.js';
import type { ErasedChunk, ReducedGroup } from './erasing.js';
import type { HotGroups } from './hot-groups.js';
import { load, type Plan } from './loads.js';
import type { HotSession } from './sessions.js';

/** What loses content in one change set. */
export interface ContentPart {
  /** How many of the sessions are done with. If it is 0, `nextGroup` is where the first one goes on. */
  readonly sessions: number;
  readonly nextGroup: number;
  /** Chunks that leave the log. */
  readonly chunks: readonly ErasedChunk[];
  /** Records that lose content. */
  readonly records: number;
}

/** A group with the records that it is written again with. */
export interface ReadyGroup extends ReducedGroup {
  /** Whether the title of a session may change: a message may be one. */
  readonly hasOtherTitle: boolean;
}

/** The same group of these records. */
function groupOf({ traceId, sessionByUser }: HeldGroup, records: readonly RecordSource[]): HeldGroup {
  const group = new Group<HeldSpan>(traceId);
  group.sessionByUser = sessionByUser;
  for (const source of records) {
    const { batch, index } = source;
    if (batch.kind[index] !== RECORD_SPAN) {
      group.addLog(heldLog(batch, index));
      continue;
    }
    const span = new HeldSpan(source);
    span.source = undefined;
    group.spans.set(span.id, span);
  }
  return group;
}

function haveSameTitles(a: HeldGroup, b: HeldGroup): boolean {
  const titlesOf = ({ spans, logs }: HeldGroup) =>
    [...spans, ...logs].map(([id, { title }]) => [id, title?.message ?? null] as const);
  return isDeepStrictEqual(new Map(titlesOf(a)), new Map(titlesOf(b)));
}

/**
 * Takes content out of the records that count in the first of these sessions of a project, as far as one change set
 * goes. Their groups are written again with what it returns; facts stay as they are. `fromGroup`: of the first session,
 * those before are done.
 */
export function* takeContent(
  groups: HotGroups,
  remover: ContentRemover,
  project: number,
  sessions: readonly HotSession[],
  { mostGroups, fromGroup }: { readonly mostGroups: number; readonly fromGroup: number },
): Plan<{ readonly part: ContentPart; readonly reduced: readonly ReadyGroup[] }> {
  // One more than a change set may have, so that it is known whether there are more.
  const part = { sessions: sessions.map(({ no }) => no), limit: mostGroups + 1, from: fromGroup };
  const groupsOf = yield* load('someSessionGroups', part);
  const keys = new Set<ByteString>();
  const taken = new Set<string>();
  let done = 0;
  for (const [i, { session }] of sessions.entries()) {
    const own = groupsOf[i]!;
    if (i > 0 && keys.size + own.length > mostGroups) break;
    taken.add(session.id);
    for (const key of own.slice(0, mostGroups)) keys.add(key);
    if (own.length > mostGroups) break;
    done++;
  }
  yield* groups.requireFolded([...keys].map((key) => ({ project, key })));
  const chunks: ErasedChunk[] = [];
  const reduced: ReadyGroup[] = [];
  let records = 0;
  for (const key of keys) {
    const hot = groups.get(project, key);
    if (hot === undefined) continue;
    const binder = new Binder(hot.group);
    const stored = yield* groups.sources(hot);
    const [own, others]: [RecordSource[], RecordSource[]] = [[], []];
    const add = (isOwn: boolean, source: RecordSource): void => void (isOwn ? own : others).push(source);
    for (const span of hot.group.spans.values())
      add(taken.has(binder.span(span).session), stored.spans.get(span.id)!);
    for (const log of hot.group.logs.values())
      add(taken.has(binder.log(log).session), stored.logs.get(log.id)!);
    const without = remover.without(own);
    // Versions and copies that count nowhere may have content too.
    if (without.removed === 0 && stored.seen === hot.group.size) continue;
    records += without.removed;
    for (const { block, offset } of hot.places) chunks.push({ block, offset });
    hot.places = [];
    const kept = [...without.records, ...others];
    const group = groupOf(hot.group, kept);
    reduced.push({ hot, kept, hasOtherTitle: !haveSameTitles(hot.group, group) });
    hot.group = group;
  }
  const nextGroup = done === 0 ? fromGroup + mostGroups : 0;
  return { part: { sessions: done, nextGroup, chunks, records }, reduced };
}
