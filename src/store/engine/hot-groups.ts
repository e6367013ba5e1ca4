import type { Buffer } from 'node:buffer';
import type { Normalizer } from '../../normalize/normalizer.js';
import { type UserPart, userPart } from '../../sessionize/by-user.js';
import {
  CallKeys,
  type CallsByKey,
  callsByKey,
  callsUnder,
  isOfCalls,
  keysOfCalls,
  MOST_GROUPS,
  type PlacedCall,
  sharedVerdicts,
  withVerdicts,
} from '../../sessionize/elsewhere.js';
import { type Fragment, fragments } from '../../sessionize/fragment.js';
import { type ByteString, Group } from '../../sessionize/records.js';
import { type ChunkPlace, chunksOf, decodePlaces, type RecordSource } from '../records/block.js';
import { type DecodedRun, GroupDecoder } from '../records/group-decoder.js';
import { GroupKeys } from '../records/group-keys.js';
import type { HeldGroup, HeldSpan } from '../records/held-records.js';
import type { StoredBlock } from '../records/log.js';
import type { CallIndex } from './call-index.js';
import { Generations } from './generations.js';
import { type GroupKey, load, type Plan } from './loads.js';
import type { UserRunIndex } from './user-runs.js';

/**
 * A group in memory. Its records are all durable ones, and those of the current commit. What is derived from
 * them is as of its last fold, as in the rows. So between folds the records of a changed group are ahead of
 * the rest.
 */
export interface HotGroup extends GroupKey {
  group: HeldGroup;
  /** Where its records are. Those of the current commit are added when it is written. */
  places: ChunkPlace[];
  /** The result of its records alone, as of the last fold. */
  raw: ReadonlyMap<string, Fragment>;
  /** Keys of the calls of `raw`, each once. */
  keys: CallKeys;
  /** These calls by their keys, once requested. */
  calls: CallsByKey | undefined;
  /** Whether another group may have one of these keys. */
  shares: boolean;
  /** The sessions of `raw` named by their trace in which it has only calls with keys. */
  ofCalls: ReadonlySet<string>;
  /**
   * Its fragments as they are in the sessions' rows: `raw` without the calls that count in other sessions
   * (U24).
   */
  folded: ReadonlyMap<string, Fragment>;
  /** Its part of grouping by user, as of the last fold. */
  part: UserPart | undefined;
  /** Records of the current commit. */
  pending: RecordSource[];
  /** How many records it received since its last fold. */
  unfolded: number;
  /** Its part of `HotGroups.records`. */
  counted: number;
  /** The session named by its last records; empty if they name none. */
  near: string;
}

/** A group by the places of its records. */
type StoredGroup = Pick<HotGroup, 'project' | 'key' | 'places'>;

/** Limit of decompressed blocks requested at once, and kept, of about 64 kB each. */
const MOST_BLOCKS = 64;

/** Limit of groups outside of memory whose calls are kept while sessions are updated. */
const MOST_READ_CALLS = 256;

const NO_CALLS: CallsByKey = new Map();

const NO_FRAGMENTS: ReadonlyMap<string, Fragment> = new Map();

const NO_SESSIONS: ReadonlySet<string> = new Set();

/** The groups in memory, and the results of their records. Keeps those touched last. */
export class HotGroups {
  readonly #normalizer: Normalizer;
  readonly #callIndex: CallIndex;
  /** Undefined if traces are not grouped by user. */
  readonly #users: UserRunIndex | undefined;
  readonly #decoder: GroupDecoder;
  readonly #hot = new Generations<HotGroup>();
  /** Recently read decompressed blocks, oldest first. */
  readonly #blocks = new Map<number, Buffer>();
  /** Calls of groups that are not in memory. Valid until the next fold changes one. */
  readonly #readCalls = new Map<string, CallsByKey>();
  #records = 0;

  constructor(normalizer: Normalizer, callIndex: CallIndex, users: UserRunIndex | undefined) {
    this.#normalizer = normalizer;
    this.#callIndex = callIndex;
    this.#users = users;
    this.#decoder = new GroupDecoder(normalizer);
  }

  /** Number of records that came into memory since the last rotation, and of those that it kept. */
  get records(): number {
    return this.#records;
  }

  /** Counts records that were added to a group. */
  count(hot: HotGroup, more: number): void {
    hot.counted += more;
    this.#records += more;
  }

  /** Records have left a group. Those that are not counted, since they came before the last rotation, change nothing. */
  uncount(hot: HotGroup, less: number): void {
    this.count(hot, -Math.min(less, hot.counted));
  }

  /** The group, if it is in memory. Counts as use. */
  get(project: number, key: ByteString): HotGroup | undefined {
    return this.#hot.get(cacheKey(project, key));
  }

  /** Creates a group in memory for new records. `requireStored` adds what is stored of it. */
  create(project: number, key: ByteString, traceId: ByteString): HotGroup {
    const hot = newHotGroup(project, key, new Group<HeldSpan>(traceId), []);
    this.#hot.set(cacheKey(project, key), hot);
    return hot;
  }

  /** Loads what is stored of the groups that were created in this plan. */
  *requireStored(created: readonly HotGroup[]): Plan<void> {
    if (created.length === 0) return;
    const places = yield* load('places', created);
    const stored: HotGroup[] = [];
    for (const [i, bytes] of places.entries()) {
      if (bytes === undefined) continue;
      const hot = created[i]!;
      hot.places = decodePlaces(bytes);
      stored.push(hot);
    }
    yield* this.#fill(stored);
    for (const hot of stored) this.count(hot, hot.group.size);
  }

  /** Loads these groups into memory, as of their last fold, if they exist. */
  *requireFolded(keys: readonly GroupKey[]): Plan<void> {
    const missing = keys.filter(({ project, key }) => this.get(project, key) === undefined);
    yield* this.#readFolded(missing, true);
  }

  /** These groups as of their last fold, if they exist. Does not keep those that were not in memory. */
  *folded(keys: readonly GroupKey[]): Plan<(HotGroup | undefined)[]> {
    const found = keys.map(({ project, key }) => this.#hot.peek(cacheKey(project, key)));
    const missing = keys.filter((_, i) => found[i] === undefined);
    const read = yield* this.#readFolded(missing, false);
    let at = 0;
    return found.map((hot) => hot ?? read[at++]);
  }

  *#readFolded(keys: readonly GroupKey[], isKept: boolean): Plan<(HotGroup | undefined)[]> {
    if (keys.length === 0) return [];
    const places = yield* load('places', keys);
    const read = keys.map(({ project, key }, i) => {
      const bytes = places[i];
      return bytes && newHotGroup(project, key, new Group<HeldSpan>(''), decodePlaces(bytes));
    });
    const hots = read.filter((hot) => hot !== undefined);
    if (isKept) for (const hot of hots) this.#hot.set(cacheKey(hot.project, hot.key), hot);
    yield* this.#fill(hots);
    if (isKept) for (const hot of hots) this.count(hot, hot.group.size);
    return read;
  }

  /**
   * Reads the records of groups by their places, and derives the fragments that they have in the sessions'
   * rows.
   */
  *#fill(hots: readonly HotGroup[]): Plan<void> {
    if (hots.length === 0) return;
    const groups = yield* this.#read(hots);
    for (const [i, hot] of hots.entries()) {
      const group = groups[i] ?? hot.group;
      for (const span of group.spans.values()) span.source = undefined;
      hot.group = group;
      if (this.#users !== undefined) hot.part = userPart(group);
      hot.raw = this.fragments(group);
      hot.keys = keysOfCalls(hot.raw, this.#callIndex.scope(hot.project));
      hot.ofCalls = sessionsOfCalls(hot);
      hot.shares = !hot.keys.isEmpty;
    }
    const sharing = hots.filter(({ shares }) => shares);
    yield* this.#callIndex.require(keysOf(sharing), false);
    for (const [i, hot] of hots.entries()) {
      if (this.#lacksCalls(hot)) yield* this.#requireCalls(hots, i);
      hot.folded = this.#resolve(hot);
    }
  }

  /**
   * The records of groups by their places, with their sources loaded; undefined for groups that do not exist.
   */
  *#contents(
    wanted: readonly StoredGroup[],
    logSources?: Map<ByteString, RecordSource>,
    seen?: { records: number },
  ): Plan<(HeldGroup | undefined)[]> {
    const groups = new Array<HeldGroup | undefined>(wanted.length);
    // By blocks, so that each is read once. Places of a group are in this order already.
    const steps = wanted
      .flatMap(({ places }, at) => places.map((place) => ({ at, place })))
      .sort((a, b) => a.place.block - b.place.block);
    for (const [i, { at, place }] of steps.entries()) {
      if (!this.#blocks.has(place.block)) yield* this.#requireBlocks(steps, i);
      const block = this.#blocks.get(place.block)!;
      groups[at] = this.#decoder.add(groups[at], wanted[at]!.key, place, block, logSources, seen);
    }
    return groups;
  }

  /** The same, with their sessions by user. */
  *#read(wanted: readonly StoredGroup[]): Plan<(HeldGroup | undefined)[]> {
    const groups = yield* this.#contents(wanted);
    if (this.#users === undefined) return groups;
    const traces = wanted.filter((_, at) => (groups[at]?.traceId ?? '') !== '');
    const sessions = yield* this.#users.sessionsBefore(traces);
    let at = 0;
    for (const group of groups) {
      if (group !== undefined && group.traceId !== '') group.sessionByUser = sessions[at++];
    }
    return groups;
  }

  /** Loads the blocks of the steps from this one on, as many as are kept. */
  *#requireBlocks(steps: readonly { place: ChunkPlace }[], from: number): Plan<void> {
    const ids = new Set<number>();
    for (let i = from; i < steps.length && ids.size < MOST_BLOCKS; i++) {
      const id = steps[i]!.place.block;
      if (!this.#blocks.has(id)) ids.add(id);
    }
    const blocks = yield* load('blocks', [...ids]);
    let at = 0;
    for (const id of ids) {
      const block = blocks[at++];
      if (block === undefined) throw new Error(`block ${id} is missing from the data directory`);
      this.#blocks.set(id, block.bytes);
    }
    for (const id of this.#blocks.keys()) {
      if (this.#blocks.size <= MOST_BLOCKS) break;
      this.#blocks.delete(id);
    }
  }

  /** Loads the bytes of all spans of these groups that are not in memory. */
  *requireSources(hots: readonly HotGroup[]): Plan<void> {
    const read = yield* this.#contents(hots);
    for (const [i, { group }] of hots.entries()) {
      const stored = read[i];
      for (const span of group.spans.values()) span.source ??= stored?.spans.get(span.id)?.source;
    }
  }

  /**
   * The bytes of all records of a group that are in blocks: of spans by their id, of log records by theirs. `seen`:
   * how many are there, with those that count nowhere.
   */
  *sources(hot: HotGroup): Plan<{
    spans: Map<ByteString, RecordSource>;
    logs: ReadonlyMap<ByteString, RecordSource>;
    seen: number;
  }> {
    const logs = new Map<ByteString, RecordSource>();
    const seen = { records: 0 };
    const [read] = yield* this.#contents([hot], logs, seen);
    const spans = new Map<ByteString, RecordSource>();
    for (const { id, source } of read?.spans.values() ?? []) spans.set(id, source!);
    return { spans, logs, seen: seen.records };
  }

  /** The keys of the groups that have records in a block. */
  keysIn({ id, directory, bytes }: StoredBlock): ByteString[] {
    const of = new GroupKeys();
    const keys = new Set<ByteString>();
    for (const { batch } of this.#decoder.runs(chunksOf(id, directory), bytes))
      for (let i = 0; i < batch.count; i++) keys.add(of.of(batch, i));
    return [...keys];
  }

  /** Forgets groups that are not to be folded any more. */
  drop(project: number, keys: Iterable<ByteString>): void {
    for (const each of keys) {
      const key = cacheKey(project, each);
      this.#records -= this.#hot.peek(key)?.counted ?? 0;
      this.#hot.delete(key);
    }
  }

  /** Forgets groups without records. Their rows are gone. */
  dropEmpty(hots: readonly HotGroup[]): void {
    for (const { project, key, group } of hots)
      if (group.size === 0) this.#hot.delete(cacheKey(project, key));
  }

  /** The result of a group's records. */
  fragments(group: HeldGroup): Map<string, Fragment> {
    return fragments(group, this.#normalizer.priceOf);
  }

  /**
   * The fragments of groups for the sessions' rows, given all groups that share a key with them (U24). The
   * moments of their keys must be in memory.
   */
  *resolve(hots: readonly HotGroup[]): Plan<ReadonlyMap<string, Fragment>[]> {
    const resolved: ReadonlyMap<string, Fragment>[] = [];
    for (const [i, hot] of hots.entries()) {
      if (this.#lacksCalls(hot)) yield* this.#requireCalls(hots, i);
      resolved.push(this.#resolve(hot));
    }
    return resolved;
  }

  #resolve(hot: HotGroup): ReadonlyMap<string, Fragment> {
    if (!hot.shares) return hot.raw;
    const sharing: PlacedCall[][] = [];
    hot.shares = false;
    for (const key of hot.keys.sorted()) {
      const others = this.#callIndex.others(key, hot.key);
      if (others.length === 0) continue;
      hot.shares = true;
      if (others.length > MOST_GROUPS) continue;
      hot.calls ??= callsByKey(hot.raw, this.#callIndex.scope(hot.project));
      const calls = [...callsUnder(hot.calls, key)];
      for (const group of others) calls.push(...callsUnder(this.#callsOf(hot.project, group)!, key));
      sharing.push(calls);
    }
    if (sharing.length === 0) return hot.raw;
    const own = new Set([...hot.raw.values()].flatMap(({ calls }) => calls));
    const verdicts = sharedVerdicts(own, sharing, this.#normalizer.priceOf);
    return withVerdicts(hot.raw, verdicts, (session) => hot.ofCalls.has(session));
  }

  /** The groups whose calls a group's fragments depend on, and which are not in memory. */
  *#groupsWithoutCalls(hot: HotGroup): Generator<ByteString> {
    if (!hot.shares) return;
    for (const key of hot.keys) {
      const others = this.#callIndex.others(key, hot.key);
      if (others.length > MOST_GROUPS) continue;
      for (const group of others) if (this.#callsOf(hot.project, group) === undefined) yield group;
    }
  }

  #lacksCalls(hot: HotGroup): boolean {
    return hot.shares && this.#groupsWithoutCalls(hot).next().done !== true;
  }

  /** Loads the calls that the group at this index needs, and those of later groups while there is room. */
  *#requireCalls(hots: readonly HotGroup[], from: number): Plan<void> {
    this.#readCalls.clear();
    const wanted = new Map<string, GroupKey>();
    for (let i = from; i < hots.length && (i === from || wanted.size < MOST_READ_CALLS); i++) {
      const { project } = hots[i]!;
      for (const key of this.#groupsWithoutCalls(hots[i]!))
        wanted.set(cacheKey(project, key), { project, key });
    }
    const keys = [...wanted.values()];
    const places = yield* load('places', keys);
    const read = yield* this.#read(
      keys.map((each, i) => ({
        ...each,
        places: places[i] === undefined ? [] : decodePlaces(places[i]),
      })),
    );
    for (const [i, { project, key }] of keys.entries()) {
      const group = read[i];
      const scope = this.#callIndex.scope(project);
      const calls = group === undefined ? NO_CALLS : callsByKey(this.fragments(group), scope);
      this.#readCalls.set(cacheKey(project, key), calls);
    }
  }

  /** The calls of a group as of the last fold; undefined if they are not in memory. */
  #callsOf(project: number, key: ByteString): CallsByKey | undefined {
    const id = cacheKey(project, key);
    const hot = this.#hot.peek(id);
    if (hot === undefined) return this.#readCalls.get(id);
    hot.calls ??= callsByKey(hot.raw, this.#callIndex.scope(hot.project));
    return hot.calls;
  }

  /** The calls of these groups are about to change. */
  forgetCalls(): void {
    this.#readCalls.clear();
  }

  /** Evicts groups that were not touched since the last call, except those to be kept. */
  rotate(kept: Iterable<HotGroup>): void {
    for (const hot of this.#hot.usedValues()) hot.counted = 0;
    this.#hot.rotate();
    this.#records = 0;
    for (const hot of kept) {
      this.get(hot.project, hot.key);
      hot.counted = 0;
      this.count(hot, hot.group.size);
    }
  }

  forget(): void {
    this.#hot.clear();
    this.#records = 0;
    this.#readCalls.clear();
    // Numbers of blocks that were given up are used again.
    this.#blocks.clear();
  }

  /** All records of a block with these chunks. */
  runs(places: readonly ChunkPlace[], block: Buffer): DecodedRun[] {
    return this.#decoder.runs(places, block);
  }
}

/** `HotGroup.ofCalls` for its current `raw` and `keys`. */
export function sessionsOfCalls({ group, raw, keys }: HotGroup): ReadonlySet<string> {
  if (keys.isEmpty) return NO_SESSIONS;
  let found: Set<string> | undefined;
  for (const [session, { explicit, calls }] of raw) {
    if (explicit || calls.length === 0 || !isOfCalls(group, session)) continue;
    found ??= new Set();
    found.add(session);
  }
  return found ?? NO_SESSIONS;
}

function* keysOf(hots: readonly HotGroup[]) {
  for (const { keys } of hots) yield* keys;
}

/** A group before its first fold. */
function newHotGroup(project: number, key: ByteString, group: HeldGroup, places: ChunkPlace[]): HotGroup {
  return {
    project,
    key,
    group,
    places,
    raw: NO_FRAGMENTS,
    keys: CallKeys.none,
    calls: undefined,
    shares: false,
    ofCalls: NO_SESSIONS,
    folded: NO_FRAGMENTS,
    part: undefined,
    pending: [],
    unfolded: 0,
    counted: 0,
    near: '',
  };
}

/** Keys have no character above 255. */
function cacheKey(project: number, key: ByteString): string {
  return project === 1 ? key : `${key}\u0100${project}`;
}
