import { Buffer } from 'node:buffer';
import lz4 from 'lz4-napi';
import type { Normalizer } from '../../normalize/normalizer.js';
import { DEFAULT_PAGE_URLS, type PageUrlMode } from '../../normalize/visit/page-url.js';
import { NONE, RECORD_SPAN, type RecordBatch } from '../../otlp/record-batch.js';
import { type UserPart, userPart } from '../../sessionize/by-user.js';
import {
  type CallKey,
  CallKeys,
  type CallsByKey,
  callsByKey,
  callsUnder,
  keysOfCalls,
  MOST_GROUPS,
  type PlacedCall,
  sharedVerdicts,
  withVerdicts,
} from '../../sessionize/elsewhere.js';
import { type Fragment, fragments, NO_EVENTS } from '../../sessionize/fragment.js';
import { type AddOutcome, type ByteString, Group } from '../../sessionize/records.js';
import { Session } from '../../sessionize/session.js';
import type { AppendResult, SessionListener } from '../contract/store.js';
import {
  BlockBuilder,
  type ChunkPlace,
  chunksOf,
  decodePlaces,
  encodePlaces,
  type RecordSource,
} from '../records/block.js';
import { GroupKeys } from '../records/group-keys.js';
import { GroupReader } from '../records/group-reader.js';
import {
  compareSources,
  type HeldGroup,
  HeldSpan,
  heldLog,
  spanIdOf,
  traceIdOf,
} from '../records/held-records.js';
import {
  type Database,
  DERIVED_TABLES,
  GroupKind,
  Listing,
  Meta,
  type Statement,
} from '../sqlite/database.js';
import { type BlockTimes, StoredBlocks, TimeBounds } from '../sqlite/stored-block.js';
import { CallIndex } from './call-index.js';
import { eventsNear, type GroupPlace, logsPlace, spanEventsPlace } from './event-places.js';
import { Generations } from './generations.js';
import { type HotSession, SessionRows, type SessionRowsOptions } from './session-rows.js';
import { hexOf, type PartChange, runLimits, UserRunIndex } from './user-runs.js';

/**
 * Changes when records would be bound to other sessions than before, or when derived rows are made in another way: everything is
 * folded again at the next start.
 */
const RULES_VERSION = 5;

/** What the database says of traces that are not grouped by user. */
const BY_ID = 'id';

/** Uncompressed size at which a block is closed, bytes. */
const BLOCK_BYTES = 64 * 1024;

export interface EngineOptions extends SessionRowsOptions {
  readonly normalizer: Normalizer;
  /** All that decides which traces are quiet (S25), as text; implicit sessions are made again where it was another. None where left out. */
  readonly quietRoutes?: string;
  /** What of the addresses of pages the normalizer keeps; where it is another than before, everything is folded again at the start. */
  readonly pageUrls?: PageUrlMode;
  /** Records kept in memory for the groups and sessions last touched. */
  readonly hotRecords: number;
  /** Groups traces that name a user and no session by user (S40); left out, each is a session of its own (S7). */
  readonly sessionsByUser?: SessionsByUser | undefined;
  /** Told why the listener of sessions failed. What it was to be told of is on the disk all the same. */
  readonly listenerFailed?: (reason: string) => void;
  /** Told why, once, when sessions stop following what is accepted. */
  readonly foldFailed?: (reason: string) => void;
  /** Asked between steps of long work at the start: true gives it up. What is done of it stays done. */
  readonly isStopped?: () => boolean;
}

export interface SessionsByUser {
  /** Identity of all settings that user ids depend on: where it is another than before, everything is folded again at the start. */
  readonly identity: string;
  /** Most traces of a session and of an hour; MOST_TRACES where it is left out. */
  readonly mostTraces?: number;
}

/** Work at the start was given up because the process is to stop. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

export interface ProjectBatch {
  readonly project: string;
  readonly batch: RecordBatch;
}

/** Batches in memory that are not yet durable. */
export interface StagedCommit<Data> {
  readonly results: AppendResult[];
  readonly touched: readonly HotGroup[];
  readonly blocks: readonly StagedBlock<Data>[];
}

/** A block before it has a number. */
export interface StagedBlock<Data> extends BlockTimes {
  readonly groups: readonly HotGroup[];
  readonly places: readonly Omit<ChunkPlace, 'block'>[];
  readonly directory: Uint8Array;
  /** What `compress` made of its bytes. */
  readonly data: Data;
}

/** A group in memory. */
interface HotGroup {
  readonly project: number;
  readonly key: ByteString;
  readonly group: HeldGroup;
  /** Where its records lie; those of this commit are added when it is written. */
  readonly places: ChunkPlace[];
  /** What its records alone make of it, as of the last fold. */
  raw: ReadonlyMap<string, Fragment>;
  /** Keys of the calls of `raw`, each once. */
  keys: CallKeys;
  /** These calls by their keys, once somebody has asked. */
  calls: CallsByKey | undefined;
  /** Whether another group may have one of these keys. */
  shares: boolean;
  /** Its fragments as they stand in the sessions' rows: `raw`, but for calls that other sessions tell of as well (U24). */
  folded: ReadonlyMap<string, Fragment>;
  /** What of it is grouped by user, as of the last fold. */
  part: UserPart | undefined;
  /** Records of the commit under way. */
  pending: RecordSource[];
  dirty: boolean;
}

/** A change of one fragment, gathered before sessions are touched. */
interface FragmentChange {
  readonly group: HotGroup;
  readonly old: Fragment | undefined;
  readonly replacement: Fragment | undefined;
}

/**
 * The writing half of the SQLite store: takes batches, drops what is known, appends the rest to blocks, and keeps the
 * rows of sessions equal to the fold of all blocks. One instance owns the database; it is synchronous and is given
 * a thread of its own.
 *
 * Two steps, which may share a transaction: `stage` and `write` make records durable, `fold` brings derived rows up to them. A crash
 * between them loses nothing: `recover` folds the blocks behind `meta.folded_block`.
 */
export class Engine {
  readonly #db: Database;
  readonly #options: EngineOptions;
  readonly #meta: Meta;
  readonly #reader: GroupReader;
  readonly #stored: StoredBlocks;
  readonly #sessions: SessionRows;
  readonly #builder = new BlockBuilder();
  readonly #groups: Generations<HotGroup>;
  readonly #projects = new Map<string, number>();
  #dirty: HotGroup[] = [];
  #lastBlock = 0;
  #foldedBlock = 0;
  /** A transaction failed: memory is empty, and what is durable has to be folded before anything else. */
  #behind = false;
  /** Whether `recover` came to its end. */
  #isRecovered = false;
  /** Memory is ahead of the disk by what was staged. */
  #isStaged = false;
  /** Sessions could not be brought up to date for a fault of what is kept or of the program: not tried again before the next start. */
  #isFoldFaulty = false;
  /** Groups whose spans' bytes were read for a comparison in the commit under way. */
  #compared: HotGroup[] = [];
  #hotRecords = 0;
  readonly #keys = new GroupKeys();
  readonly #callIndex: CallIndex;
  /** Undefined where traces are not grouped by user. */
  readonly #users: UserRunIndex | undefined;
  /** Sessions that a trace moved between whose own session was invalidated, in the fold under way. */
  #invalidationMoved: (readonly [project: number, session: string])[] = [];
  /** Calls of groups that are not in memory: valid until the next fold changes one. */
  readonly #readCalls = new Map<string, CallsByKey>();

  readonly #sql: Record<
    'upsertGroup' | 'insertSessionGroup' | 'deleteSessionGroup' | 'selectSessionGroups',
    Statement
  >;

  constructor(db: Database, options: EngineOptions) {
    this.#db = db;
    this.#options = options;
    this.#meta = new Meta(db);
    const users =
      options.sessionsByUser &&
      new UserRunIndex(
        (sql) => db.prepare(sql),
        runLimits(options.timeoutNs, options.sessionsByUser.mostTraces),
      );
    this.#users = users;
    this.#reader = new GroupReader(
      db,
      options.normalizer,
      16,
      users && ((project, key) => users.sessionBefore(project, key)),
    );
    this.#stored = new StoredBlocks(db);
    this.#sessions = new SessionRows(db, options);
    this.#groups = new Generations();
    this.#callIndex = new CallIndex((sql) => db.prepare(sql));
    this.#sql = {
      upsertGroup: db.prepare(
        'INSERT INTO record_group (project, key, places) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET places = excluded.places',
      ),
      insertSessionGroup: db.prepare(
        'INSERT OR REPLACE INTO session_group (session, kind, start_ns, key, events) VALUES (?, ?, ?, ?, ?)',
      ),
      deleteSessionGroup: db.prepare(
        'DELETE FROM session_group WHERE session = ? AND kind = ? AND start_ns = ? AND key = ?',
      ),
      selectSessionGroups: db.prepare(
        `SELECT key FROM session_group WHERE session = ? AND kind <= ${GroupKind.mark}`,
      ),
    };
    this.#load();
  }

  /** Spans and log records held in memory. */
  get hotRecords(): number {
    return this.#hotRecords;
  }

  /** Whom to tell of sessions that were written, after each transaction; nobody by default. */
  set listener(listener: SessionListener | undefined) {
    this.#sessions.listener = listener;
  }

  /**
   * Makes derived rows current after a start: after a crash, a change of the rules, or a change of what is listed.
   * `progress` is told of long work. Where the disk is full or fails, what was folded before is served; the next `fold` goes on from there.
   * @throws StoppedError where `isStopped` said so.
   */
  recover(progress: (message: string) => void): void {
    try {
      this.#recover(progress);
    } catch (error) {
      if (!isOfTheDisk(error)) throw error;
      this.#forget();
      progress(
        `the store cannot be written: ${(error as Error).message}; serving what is in sessions already`,
      );
    }
  }

  #recover(progress: (message: string) => void): void {
    const grouping = this.#grouping();
    const { pageUrls = DEFAULT_PAGE_URLS } = this.#options;
    const areOthers =
      (this.#meta.number('rules') ?? RULES_VERSION) !== RULES_VERSION ||
      (this.#meta.text('sessions_by') ?? BY_ID) !== grouping ||
      (this.#meta.text('page_urls') ?? DEFAULT_PAGE_URLS) !== pageUrls;
    if (areOthers) {
      progress('the rules of sessions or their settings have changed: folding all telemetry again');
      this.#transaction(() => {
        for (const table of DERIVED_TABLES) this.#db.exec(`DELETE FROM ${table}`);
        this.#meta.set('folded_block', 0);
        this.#meta.set('rules', RULES_VERSION);
        this.#meta.set('sessions_by', grouping);
        this.#meta.set('page_urls', pageUrls);
        this.#meta.set(QUIET_ROUTES, this.#options.quietRoutes ?? '');
      });
      this.#load();
    }
    this.#meta.set('rules', RULES_VERSION);
    this.#meta.set('sessions_by', grouping);
    this.#meta.set('page_urls', pageUrls);
    try {
      this.#replay(progress);
    } catch (error) {
      this.#setAside(error);
    }
    this.#quieten(progress);
    this.#listImplicit(progress);
    this.#reopen();
    this.closeTimedOut();
    this.#isRecovered = true;
  }

  /** By what traces without a session are grouped, with all settings that this depends on. */
  #grouping(): string {
    const { sessionsByUser, timeoutNs } = this.#options;
    if (sessionsByUser === undefined) return BY_ID;
    const { identity, mostTraces } = sessionsByUser;
    const { pauseNs, mostTraces: most } = runLimits(timeoutNs, mostTraces);
    return `user ${pauseNs} ${most} ${identity}`;
  }

  /** Whether sessions are behind the records on disk because a transaction failed. */
  get isBehind(): boolean {
    return this.#behind;
  }

  /** Records on disk that are not in sessions, where the last start or commit could not bring them there; 0 where it could. Reads their blocks. */
  countUnfolded(): number {
    if (!this.#behind) return 0;
    const folded = this.#meta.number('folded_block') ?? 0;
    let records = 0;
    for (const { id, directory, bytes } of this.#stored.after(folded)) {
      for (const place of chunksOf(id, directory)) {
        for (const batch of this.#reader.chunk(place, bytes)) records += batch.count;
      }
    }
    return records;
  }

  /** Writes something of the size of a block and takes it away again. @throws where the disk does not take it. */
  probe(): void {
    this.#db.exec(`
      INSERT INTO meta (key, value) VALUES ('probe', zeroblob(${BLOCK_BYTES})) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
      DELETE FROM meta WHERE key = 'probe';
    `);
  }

  /** Stages and writes batches at one go. */
  commit(batches: readonly ProjectBatch[], fold: boolean): AppendResult[] {
    const staged = this.stage(batches, lz4.compressSync);
    return this.write(
      staged,
      staged.blocks.map(({ data }) => data),
      fold,
    );
  }

  /**
   * Takes batches into memory and makes blocks of what is new in them. `compress` is given the bytes of each block as soon as there is one; they
   * are its own until the next call. Nothing else that touches groups or sessions may be asked of the engine until the staged blocks are
   * written or given up; `closeTimedOut` may.
   */
  stage<Data>(batches: readonly ProjectBatch[], compress: (bytes: Buffer) => Data): StagedCommit<Data> {
    if (this.#isStaged) throw new Error('what was staged before has not been written');
    this.#isStaged = true;
    this.#builder.reuse();
    try {
      if (this.#behind) this.#catchUp();
      if (this.#isFoldFaulty) this.#clear();
      const touched: HotGroup[] = [];
      const results = batches.map(({ project, batch }) => this.#add(this.#project(project), batch, touched));
      return { results, touched, blocks: this.#blocks(touched, compress) };
    } catch (error) {
      this.giveUp();
      throw error;
    }
  }

  /**
   * Appends staged blocks in one durable transaction and returns a result for each batch. `data` are the compressed bytes of the blocks. With
   * `fold`, derived rows are current when it returns; otherwise they await a later `fold`.
   */
  write(
    { results, touched, blocks }: StagedCommit<unknown>,
    data: readonly Uint8Array[],
    fold: boolean,
  ): AppendResult[] {
    const append = (): void => {
      for (const [i, block] of blocks.entries()) this.#writeBlock(block, data[i]!);
    };
    try {
      const folds = fold && !this.#isFoldFaulty;
      if (touched.length > 0 || (folds && this.#dirty.length > 0)) {
        try {
          this.#transaction(() => {
            append();
            this.#written(touched);
            if (folds) this.#fold();
          });
        } catch (error) {
          if (!folds) throw error;
          this.#setAside(error);
          this.#transaction(append);
        }
      }
      this.#dropCompared();
      if (fold) this.#rotate();
      this.#isStaged = false;
      return results;
    } catch (error) {
      this.giveUp();
      throw error;
    }
  }

  /** Forgets what was staged: nothing of it is kept. */
  giveUp(): void {
    this.#isStaged = false;
    this.#forget();
  }

  fold(): void {
    this.commit([], true);
  }

  /** Whether sessions follow what is accepted. False once they could not for a fault that only another start may mend. */
  get canFold(): boolean {
    return !this.#isFoldFaulty;
  }

  /**
   * Lists sessions as timed out whose time-out has passed; readers do not rely on it, and it keeps their work small. Believes times that were too
   * far ahead before.
   */
  closeTimedOut(): void {
    // Sessions whose clocks were ahead are written, which what is staged must not be between.
    if (!this.#isStaged && !this.#behind && !this.#isFoldFaulty) this.#catchUpWithClocks();
    for (const project of this.#projects.values()) this.#sessions.closeTimedOut(project);
    this.#announce();
  }

  /** Takes note that a second or so is over, by which it is judged what is quiet. */
  sweepQuietSessions(): void {
    this.#sessions.columns.sweep();
  }

  /** Packs a chunk of quiet sessions (docs/decisions/010-filtered-statistics.md), in some 50 ms; false where there is none, or not now. */
  packQuietSessions(): boolean {
    const { columns } = this.#sessions;
    if (!columns.isDue || this.#isStaged || this.#behind || this.#isFoldFaulty) return false;
    this.#transaction(() => columns.packNext());
    return true;
  }

  /** Packs all sessions, quiet or not. */
  packAllSessions(): void {
    this.#transaction(() => this.#sessions.columns.packAll());
  }

  /** Marks a session as invalidated; false where there is none. */
  invalidate(project: string, id: string): boolean {
    this.fold();
    const number = this.#projects.get(project);
    if (number === undefined) return false;
    let found = false;
    this.#transaction(() => {
      const hot = this.#sessionAt(number, id);
      if (hot === undefined || hot.session.groups === 0) return;
      found = true;
      if (hot.outdated) this.#foldAgain(hot);
      this.#sessions.invalidate(hot);
      this.#sessions.write(hot);
      this.#sessions.flush();
    });
    return found;
  }

  /** Folds a session again where it was folded under other settings; false where there is none. */
  refresh(project: string, id: string): boolean {
    if (this.#behind) this.fold();
    const number = this.#projects.get(project);
    if (number === undefined) return false;
    const known = this.#sessionAt(number, id);
    if (known?.outdated !== true) return known !== undefined;
    this.fold();
    this.#transaction(() => {
      const hot = this.#sessionAt(number, id);
      if (hot === undefined) return;
      this.#foldAgain(hot);
      this.#sessions.write(hot);
      this.#sessions.flush();
    });
    return true;
  }

  /** The session of this id, or the one that the trace of this id is in for its user. */
  #sessionAt(project: number, id: string): HotSession | undefined {
    const hot = this.#sessions.get(project, id);
    if (hot !== undefined || this.#users === undefined) return hot;
    const other = this.#users.sessionOfId(project, id);
    return other === undefined ? undefined : this.#sessions.get(project, other);
  }

  #add(project: number, batch: RecordBatch, touched: HotGroup[]): AppendResult {
    let stored = 0;
    let replaced = 0;
    let duplicates = 0;
    let hot: HotGroup | undefined;
    for (let i = 0; i < batch.count; i++) {
      const key = this.#keys.of(batch, i);
      if (hot === undefined || hot.key !== key || hot.project !== project)
        hot = this.#group(project, key, batch, i);
      const source: RecordSource = { batch, index: i };
      const outcome = this.#addRecord(hot, source);
      if (outcome === 'duplicate') {
        duplicates++;
        continue;
      }
      if (outcome === 'new') {
        stored++;
        this.#hotRecords++;
      } else {
        replaced++;
      }
      if (hot.pending.length === 0) touched.push(hot);
      hot.pending.push(source);
    }
    return { stored, replaced, duplicates };
  }

  #addRecord(hot: HotGroup, source: RecordSource): AddOutcome {
    const { batch, index } = source;
    if (batch.kind[index] !== RECORD_SPAN) return hot.group.addLog(heldLog(batch, index));
    return hot.group.addSpan(new HeldSpan(source), (known, challenger) => {
      if (known.source === undefined) this.#readSources(hot);
      return compareSources(known, challenger);
    });
  }

  /** Puts the bytes of all of a group's spans at hand, until the commit is done: a trace that is sent again is read once. */
  #readSources(hot: HotGroup): void {
    const read = this.#reader.read(hot.project, hot.key, hot.places);
    for (const span of hot.group.spans.values()) span.source ??= read.spans.get(span.id)?.source;
    this.#compared.push(hot);
  }

  #dropCompared(): void {
    for (const { group } of this.#compared) for (const span of group.spans.values()) span.source = undefined;
    this.#compared = [];
  }

  #group(project: number, key: ByteString, batch: RecordBatch, i: number): HotGroup {
    const id = groupCacheKey(project, key);
    const known = this.#groups.get(id);
    if (known !== undefined) return known;
    const bytes = this.#reader.places(project, Buffer.from(key, 'latin1'));
    const places = bytes === undefined ? [] : decodePlaces(bytes);
    const group =
      places.length === 0
        ? new Group<HeldSpan>(traceIdOf(batch, i))
        : this.#reader.read(project, key, places);
    for (const span of group.spans.values()) span.source = undefined;
    const hot = newHotGroup(project, key, group, places);
    if (places.length > 0) this.#takeUp(hot);
    this.#hotRecords += group.size;
    this.#groups.set(id, hot);
    return hot;
  }

  /** A group that is folded, from memory or read from the disk. */
  #foldedGroup(project: number, key: ByteString): HotGroup | undefined {
    const id = groupCacheKey(project, key);
    const known = this.#groups.get(id);
    if (known !== undefined) return known;
    const hot = this.#readGroup(project, key);
    if (hot === undefined) return undefined;
    this.#hotRecords += hot.group.size;
    this.#groups.set(id, hot);
    return hot;
  }

  #readGroup(project: number, key: ByteString): HotGroup | undefined {
    const bytes = this.#reader.places(project, Buffer.from(key, 'latin1'));
    if (bytes === undefined) return undefined;
    const places = decodePlaces(bytes);
    const group = this.#reader.read(project, key, places);
    for (const span of group.spans.values()) span.source = undefined;
    return this.#takeUp(newHotGroup(project, key, group, places));
  }

  /** Makes the fragments of a group that was read what they are in the sessions' rows. */
  #takeUp(hot: HotGroup): HotGroup {
    if (this.#users !== undefined) hot.part = userPart(hot.group);
    hot.raw = this.#fragments(hot.group);
    hot.keys = keysOfCalls(hot.raw, hot.project);
    hot.shares = !hot.keys.isEmpty;
    hot.folded = this.#resolve(hot);
    return hot;
  }

  /** U24: the fragments of a group, given all groups that have a key in common with it. */
  #resolve(hot: HotGroup): ReadonlyMap<string, Fragment> {
    if (!hot.shares) return hot.raw;
    const sharing: PlacedCall[][] = [];
    hot.shares = false;
    for (const key of hot.keys.sorted()) {
      const others = this.#callIndex.others(key, hot.key);
      if (others.length === 0) continue;
      hot.shares = true;
      if (others.length > MOST_GROUPS) continue;
      hot.calls ??= callsByKey(hot.raw, hot.project);
      const calls = [...callsUnder(hot.calls, key)];
      for (const group of others) calls.push(...callsUnder(this.#callsOf(hot.project, group), key));
      sharing.push(calls);
    }
    if (sharing.length === 0) return hot.raw;
    const own = new Set([...hot.raw.values()].flatMap(({ calls }) => calls));
    const verdicts = sharedVerdicts(own, sharing, this.#options.normalizer.priceOf);
    return withVerdicts(hot.raw, verdicts, hot.group);
  }

  /** The calls of a group as of the last fold. */
  #callsOf(project: number, key: ByteString): CallsByKey {
    const id = groupCacheKey(project, key);
    const hot = this.#groups.peek(id);
    if (hot !== undefined) {
      hot.calls ??= callsByKey(hot.raw, hot.project);
      return hot.calls;
    }
    let calls = this.#readCalls.get(id);
    if (calls === undefined) {
      const bytes = this.#reader.places(project, Buffer.from(key, 'latin1'));
      const read = bytes === undefined ? undefined : this.#reader.read(project, key, decodePlaces(bytes));
      calls = read === undefined ? NO_CALLS : callsByKey(this.#fragments(read), project);
      if (this.#readCalls.size >= MOST_READ_CALLS) this.#readCalls.clear();
      this.#readCalls.set(id, calls);
    }
    return calls;
  }

  /** The pending records of these groups as blocks; neighbours in a block belong to the same session where they can. */
  #blocks<Data>(touched: HotGroup[], compress: (bytes: Buffer) => Data): StagedBlock<Data>[] {
    const hints = new Map<HotGroup, string>();
    for (const hot of touched) {
      const { batch, index } = hot.pending[0]!;
      const session = batch.session[index]!;
      hints.set(hot, `${hot.project} ${session === NONE ? '' : batch.strings[session]!} ${hot.key}`);
    }
    touched.sort((a, b) => (hints.get(a)! < hints.get(b)! ? -1 : 1));
    const blocks: StagedBlock<Data>[] = [];
    let groups: HotGroup[] = [];
    let places: Omit<ChunkPlace, 'block'>[] = [];
    const times = new TimeBounds();
    const close = (): void => {
      if (groups.length === 0) return;
      const { bytes, directory } = this.#builder.take();
      blocks.push({ groups, places, directory, data: compress(bytes), ...times.take() });
      groups = [];
      places = [];
    };
    for (const hot of touched) {
      if (groups.length > 0 && groups[0]!.project !== hot.project) close();
      places.push(this.#builder.add(hot.pending));
      for (const { batch, index } of hot.pending) times.add(batch.start, index);
      groups.push(hot);
      if (this.#builder.length >= BLOCK_BYTES) close();
    }
    close();
    return blocks;
  }

  #writeBlock(
    { groups, places, directory, leastNs, greatestNs }: StagedBlock<unknown>,
    data: Uint8Array,
  ): void {
    const block = ++this.#lastBlock;
    this.#stored.insert({ id: block, project: groups[0]!.project, directory, data, leastNs, greatestNs });
    for (const [i, hot] of groups.entries()) hot.places.push({ block, ...places[i]! });
  }

  /** The pending records of these groups lie in blocks now. */
  #written(touched: readonly HotGroup[]): void {
    for (const hot of touched) {
      for (const { batch, index } of hot.pending) {
        if (batch.kind[index] !== RECORD_SPAN) continue;
        const span = hot.group.spans.get(spanIdOf(batch, index));
        if (span !== undefined) span.source = undefined;
      }
      hot.pending = [];
      this.#touch(hot);
    }
  }

  #touch(hot: HotGroup): void {
    if (hot.dirty) return;
    hot.dirty = true;
    this.#dirty.push(hot);
  }

  /** Brings the rows of sessions up to the groups that changed (S18). Runs inside a transaction. */
  #fold(): void {
    if (this.#users !== undefined) this.#groupByUser(this.#users);
    const bySession = new Map<string, { project: number; id: string; changes: FragmentChange[] }>();
    // In the order of their keys, so that neighbours share a page of the index.
    this.#dirty.sort((a, b) => (a.key < b.key ? -1 : 1));
    for (const hot of this.#changedGroups()) {
      const old = hot.folded;
      const current = this.#resolve(hot);
      if (current === old) continue;
      const note = (id: string, change: FragmentChange): void => {
        const at = `${hot.project} ${id}`;
        const entry = bySession.get(at);
        if (entry === undefined) bySession.set(at, { project: hot.project, id, changes: [change] });
        else entry.changes.push(change);
      };
      for (const [id, replacement] of current) note(id, { group: hot, old: old.get(id), replacement });
      for (const [id, gone] of old) {
        if (!current.has(id)) note(id, { group: hot, old: gone, replacement: undefined });
      }
      hot.folded = current;
    }
    // Which groups a session has must be known before any session is folded again from its groups.
    const changed: { hot: HotSession; changes: FragmentChange[] }[] = [];
    for (const { project, id, changes } of bySession.values()) {
      const hot = this.#sessions.get(project, id) ?? this.#sessions.create(project, id);
      for (const change of changes) this.#moveSessionGroup(hot.no, change);
      changed.push({ hot, changes });
    }
    if (this.#users !== undefined) this.#moveInvalidations(this.#users);
    for (const { hot, changes } of changed) {
      if (hot.parts !== undefined) {
        for (const { group, replacement } of changes) {
          if (replacement === undefined) hot.parts.delete(group.key);
          else hot.parts.set(group.key, replacement);
        }
        this.#sumUp(hot, hot.parts);
      } else {
        let exact = !hot.outdated;
        for (const { old, replacement } of changes) exact = exact && hot.session.exchange(old, replacement);
        if (!exact) this.#foldAgain(hot);
      }
      this.#sessions.write(hot);
    }
    this.#sessions.flush();
    this.#meta.set('folded_block', this.#lastBlock);
    this.#foldedBlock = this.#lastBlock;
    for (const hot of this.#dirty) hot.dirty = false;
    this.#dirty = [];
  }

  /**
   * Brings sessions by user up to the groups that changed (S40). Traces that are in another session than before have to be in memory, as they stand in the
   * rows, and count as changed.
   */
  #groupByUser(users: UserRunIndex): void {
    const changes = new Map<number, PartChange[]>();
    for (const hot of this.#dirty) {
      const now = userPart(hot.group);
      if (isSamePart(hot.part, now)) continue;
      const change = { trace: hot.key, old: hot.part, now };
      const known = changes.get(hot.project);
      if (known === undefined) changes.set(hot.project, [change]);
      else known.push(change);
      hot.part = now;
    }
    for (const [project, each] of changes) users.change(project, each);
    const moved: [HotGroup, string | undefined][] = [];
    for (const { project, trace, before, now } of users.moved()) {
      const id = hexOf(trace);
      if (this.#sessions.isMarkedInvalid(project, id)) {
        for (const session of [before, now]) this.#invalidationMoved.push([project, session ?? id]);
      }
      const hot = this.#foldedGroup(project, trace);
      if (hot === undefined) continue;
      this.#touch(hot);
      moved.push([hot, now]);
    }
    // Those that are read are made of the sessions before, which other groups must not be ahead of.
    for (const [hot, now] of moved) hot.group.sessionByUser = now;
  }

  /** S19: a session by user is invalidated while one is that was named by a trace of it. The sessions concerned are about to be written. */
  #moveInvalidations(users: UserRunIndex): void {
    for (const [project, id] of this.#invalidationMoved) {
      const hot = this.#sessions.get(project, id);
      if (hot === undefined) continue;
      hot.invalidated = this.#sessions
        .markedInvalid(project)
        .some((marked) => marked === id || users.sessionOfId(project, marked) === id);
    }
    this.#invalidationMoved = [];
  }

  /**
   * The groups whose fragments may be others than before, with what their records make of them now: those that changed, and those that tell of a call that these tell
   * of or told of.
   */
  #changedGroups(): Iterable<HotGroup> {
    const changed = new Set(this.#dirty);
    const current = new Map<HotGroup, Pick<HotGroup, 'raw' | 'keys'>>();
    for (const hot of this.#dirty) {
      const bytes = Buffer.from(hot.key, 'latin1');
      this.#sql.upsertGroup.run(hot.project, bytes, encodePlaces(hot.places));
      const raw = this.#fragments(hot.group);
      const keys = keysOfCalls(raw, hot.project);
      current.set(hot, { raw, keys });
      for (const key of keys) {
        const isNew = !hot.keys.has(key);
        if (isNew || hot.shares) this.#meetOthers(hot, key, changed);
        if (isNew) this.#callIndex.note(key, hot.key, true);
      }
      for (const key of hot.keys) {
        if (keys.has(key)) continue;
        this.#meetOthers(hot, key, changed);
        this.#callIndex.note(key, hot.key, false);
      }
    }
    this.#callIndex.flush();
    this.#users?.settle();
    for (const [hot, { raw, keys }] of current) {
      hot.raw = raw;
      hot.keys = keys;
      hot.calls = undefined;
    }
    this.#readCalls.clear();
    return changed;
  }

  /**
   * Adds the groups that share a key with this one, but for those that share it with too many to believe it. They have to be in memory, as they stand in the
   * rows, before the index says that this one has the key or has it no more.
   */
  #meetOthers(hot: HotGroup, key: CallKey, met: Set<HotGroup>): void {
    if (this.#callIndex.others(key, hot.key).length === 0) return;
    hot.shares = true;
    for (const each of this.#callIndex.concerned(key, hot.key)) {
      const other = this.#foldedGroup(hot.project, each);
      if (other === undefined) continue;
      met.add(other);
      other.shares = true;
    }
  }

  #fragments(group: HeldGroup): Map<string, Fragment> {
    return fragments(group, this.#options.normalizer.priceOf);
  }

  #moveSessionGroup(session: number, { group, old, replacement }: FragmentChange): void {
    const before = old && sessionGroupPlace(old);
    const after = replacement && sessionGroupPlace(replacement);
    this.#exchangePlace(session, group, before, after);
    const [hadEvents, events] = [old?.events ?? NO_EVENTS, replacement?.events ?? NO_EVENTS];
    if (hadEvents === NO_EVENTS && events === NO_EVENTS) return;
    const [beforeNs, afterNs] = [before?.startNs ?? 0n, after?.startNs ?? 0n];
    this.#exchangePlace(session, group, logsPlace(hadEvents, beforeNs), logsPlace(events, afterNs));
    this.#exchangePlace(
      session,
      group,
      spanEventsPlace(hadEvents, beforeNs),
      spanEventsPlace(events, afterNs),
    );
  }

  #exchangePlace(
    session: number,
    group: HotGroup,
    before: GroupPlace | undefined,
    after: GroupPlace | undefined,
  ): void {
    const isSameRow = before?.kind === after?.kind && before?.startNs === after?.startNs;
    if (isSameRow && before?.events === after?.events) return;
    const key = Buffer.from(group.key, 'latin1');
    if (before !== undefined && !isSameRow) {
      this.#sql.deleteSessionGroup.run(session, before.kind, before.startNs, key);
    }
    if (after !== undefined) {
      this.#sql.insertSessionGroup.run(session, after.kind, after.startNs, key, after.events);
    }
  }

  /** Makes the session the sum of all of its groups, read from the disk where they are not in memory. */
  #foldAgain(hot: HotSession): void {
    const parts = new Map<ByteString, Fragment>();
    for (const row of this.#sql.selectSessionGroups.all(hot.no)) {
      const bytes = Buffer.from(row.key as Uint8Array);
      const key = bytes.toString('latin1');
      const group = this.#groups.peek(groupCacheKey(hot.project, key)) ?? this.#readGroup(hot.project, key);
      const fragment = group?.folded.get(hot.session.id);
      if (fragment !== undefined) parts.set(key, fragment);
    }
    this.#sumUp(hot, parts);
  }

  #sumUp(hot: HotSession, parts: Map<ByteString, Fragment>): void {
    const held = hot.parts;
    hot.session = Session.of(hot.session.id, parts.values(), this.#options.normalizer.priceOf);
    hot.parts = hot.session.usage.entangled ? parts : undefined;
    hot.outdated = false;
    hot.written = undefined;
    this.#hotRecords += (hot.parts?.size ?? 0) - (held?.size ?? 0);
  }

  /** Folds blocks that are durable but not yet in the derived rows. */
  #replay(progress: (message: string) => void): void {
    const behind = this.#lastBlock - this.#foldedBlock;
    if (behind === 0) return;
    progress(`folding ${behind} block(s) of telemetry not yet in sessions`);
    const last = this.#lastBlock;
    let told = Date.now();
    for (let id = this.#foldedBlock + 1; id <= last; id++) {
      const block = this.#stored.read(id);
      if (block !== undefined) {
        for (const place of chunksOf(id, block.directory)) {
          this.#replayChunk(block.project, place, block.bytes);
        }
      }
      if (this.#options.isStopped?.()) throw new StoppedError('stopped while folding');
      if (id % REPLAY_BLOCKS !== 0 && id !== last) continue;
      this.#lastBlock = id;
      this.#transaction(() => this.#fold());
      this.#rotate();
      if (Date.now() - told > 5_000) {
        progress(`folded block ${id} of ${last}`);
        told = Date.now();
      }
    }
    this.#lastBlock = last;
  }

  #replayChunk(project: number, place: ChunkPlace, block: Buffer): void {
    // One group, unless the rules have changed since the chunk was written.
    const met = new Set<HotGroup>();
    for (const batch of this.#reader.chunk(place, block)) {
      for (let i = 0; i < batch.count; i++) {
        const hot = this.#group(project, this.#keys.of(batch, i), batch, i);
        if (this.#addRecord(hot, { batch, index: i }) === 'new') this.#hotRecords++;
        met.add(hot);
      }
    }
    for (const hot of met) {
      for (const span of hot.group.spans.values()) span.source = undefined;
      hot.places.push(place);
      this.#touch(hot);
    }
  }

  /** Lists or hides implicit sessions where the setting is another than when they were written. */
  #listImplicit(progress: (message: string) => void): void {
    const setting = this.#options.implicitSessions ? 'on' : 'off';
    const was = this.#meta.text('implicit_sessions');
    if (was !== undefined && was !== setting) {
      progress(`implicit sessions are now ${setting}: bringing the list up to date`);
      this.#transaction(() => {
        const rows = this.#db.prepare('SELECT project, id FROM session WHERE implicit = 1').all();
        this.#writeAgain(rows);
        this.#meta.set('implicit_sessions', setting);
      });
      this.#rotate();
    }
    this.#meta.set('implicit_sessions', setting);
  }

  /** Makes implicit sessions again where other traces are quiet than when they were made. What is done of it when it is given up is done again. */
  #quieten(progress: (message: string) => void): void {
    const { quietRoutes: setting = '' } = this.#options;
    const was = this.#meta.text(QUIET_ROUTES);
    if (was !== undefined && was !== setting) {
      progress('other requests are quiet now: going through the sessions that are named by their trace');
      const select = this.#db.prepare(
        `SELECT no, project, id FROM session WHERE implicit = 1 AND no > ? ORDER BY no LIMIT ${SESSIONS_AGAIN}`,
      );
      let told = Date.now();
      for (let rows = select.all(0); rows.length > 0; rows = select.all(Number(rows.at(-1)!.no))) {
        this.#transaction(() => {
          for (const { project, id } of rows)
            this.#foldAgain(this.#sessions.get(Number(project), String(id))!);
          this.#writeAgain(rows);
        });
        this.#groups.rotate();
        this.#sessions.rotate();
        if (this.#options.isStopped?.()) throw new StoppedError('stopped while sessions were gone through');
        if (Date.now() - told < 5_000) continue;
        progress(`went through the sessions up to ${rows.at(-1)!.no}`);
        told = Date.now();
      }
    }
    this.#meta.set(QUIET_ROUTES, setting);
  }

  /** Lists sessions as open again that a longer time-out than before makes open. Readers do not rely on it either. */
  #reopen(): void {
    const timeoutNs = this.#options.timeoutNs;
    const was = this.#meta.text('timeout_ns');
    if (was !== undefined && BigInt(was) < timeoutNs) {
      const rows = this.#db
        .prepare(`SELECT project, id FROM session WHERE listing = ${Listing.timedOut} AND last_ns > ?`)
        .all(this.#options.now() - timeoutNs);
      this.#transaction(() => {
        this.#writeAgain(rows);
      });
      this.#rotate();
    }
    this.#meta.set('timeout_ns', String(timeoutNs));
  }

  /** Writes sessions again of whose times more are believed than when they were written (S21). */
  #catchUpWithClocks(): void {
    const rows = this.#sessions.caughtUp();
    if (rows.length === 0) return;
    this.#transaction(() => this.#writeAgain(rows));
  }

  /** Writes sessions that are what they were, and are listed otherwise. Runs inside a transaction. */
  #writeAgain(rows: readonly Row[]): void {
    for (const { project, id } of rows)
      this.#sessions.write(this.#sessions.get(Number(project), String(id))!);
    this.#sessions.flush();
  }

  /** The number of a project, a new one where it has none. Not to be asked inside a transaction, which may take the number back. */
  #project(name: string): number {
    let no = this.#projects.get(name);
    if (no === undefined) {
      no = Number(this.#db.prepare('INSERT INTO project (name) VALUES (?)').run(name).lastInsertRowid);
      this.#projects.set(name, no);
    }
    return no;
  }

  #transaction(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#db.exec('COMMIT');
    } catch (error) {
      // SQLite rolls back by itself where the disk is full.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      this.#forget();
      throw error;
    }
    this.#announce();
  }

  /** Tells of sessions that were written. They are on the disk, whatever becomes of those who are told. */
  #announce(): void {
    try {
      this.#sessions.announce(this.#projects);
    } catch (error) {
      this.#options.listenerFailed?.((error as Error).message);
    }
  }

  #rotate(): void {
    if (this.#hotRecords <= this.#options.hotRecords) return;
    this.#groups.rotate();
    this.#sessions.rotate();
    this.#hotRecords = 0;
  }

  /** What is in memory may be ahead of the disk: forgets it all. The next commit begins by catching up. */
  #forget(): void {
    this.#behind = true;
    this.#clear();
  }

  #clear(): void {
    this.#groups.clear();
    this.#sessions.forget();
    this.#dirty = [];
    this.#compared = [];
    this.#readCalls.clear();
    this.#callIndex.forget();
    this.#users?.settle();
    this.#invalidationMoved = [];
    this.#hotRecords = 0;
    // Blocks of a commit that was given up may be on their way through other threads.
    this.#builder.abandon();
    // Numbers of blocks that were rolled back are given again.
    this.#reader.forget();
  }

  #catchUp(): void {
    this.#load();
    try {
      if (!this.#isRecovered) this.#recover(() => {});
      else if (!this.#isFoldFaulty) this.#replay(() => {});
    } catch (error) {
      this.#setAside(error);
    }
    this.#behind = false;
  }

  /**
   * Goes on without bringing sessions up to date: what is accepted is still durable, and in sessions after a start of a version that can fold it. Throws
   * the error where it is one of the disk, which passes, or a wish to stop.
   */
  #setAside(error: unknown): void {
    if (error instanceof StoppedError || isOfTheDisk(error)) throw error;
    this.#isFoldFaulty = true;
    this.#options.foldFailed?.((error as Error).message);
    this.#forget();
    this.#load();
    this.#behind = false;
  }

  /** Reads what is known of the database as a whole. */
  #load(): void {
    this.#sessions.load();
    // One that was made in a transaction that failed is none: its number may be given to another.
    this.#projects.clear();
    for (const row of this.#db.prepare('SELECT no, name FROM project').all()) {
      this.#projects.set(String(row.name), Number(row.no));
    }
    this.#lastBlock = this.#maximum('SELECT max(id) AS n FROM block');
    this.#foldedBlock = this.#meta.number('folded_block') ?? 0;
  }

  #maximum(sql: string): number {
    return Number(this.#db.prepare(sql).get()?.n ?? 0);
  }
}

/** A group that nothing was made of yet. */
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
    folded: NO_FRAGMENTS,
    part: undefined,
    pending: [],
    dirty: false,
  };
}

function isSamePart(a: UserPart | undefined, b: UserPart | undefined): boolean {
  return a?.user === b?.user && a?.startNs === b?.startNs && a?.endNs === b?.endNs;
}

/** Keys have no character above 255. */
function groupCacheKey(project: number, key: ByteString): string {
  return project === 1 ? key : `${key}\u0100${project}`;
}

/** A row that names a session. */
type Row = Readonly<Record<string, unknown>>;

const NO_CALLS: CallsByKey = new Map();

/** Groups whose calls are kept while sessions are brought up to date, besides those in memory. */
const MOST_READ_CALLS = 256;

const NO_FRAGMENTS: ReadonlyMap<string, Fragment> = new Map();

/** Sessions made again in one transaction. */
const SESSIONS_AGAIN = 500;

/** Where the database says which requests were quiet. */
const QUIET_ROUTES = 'quiet_routes';

/** Blocks folded in one transaction when catching up. */
const REPLAY_BLOCKS = 64;

function sessionGroupPlace(fragment: Fragment): GroupPlace {
  const { kind, startNs } = rowOf(fragment);
  return { kind, startNs, events: fragment.events === NO_EVENTS ? 0 : eventsNear(fragment.events, startNs) };
}

function rowOf({ spans, logs, traceStartNs, times: { starts, marks } }: Fragment): {
  kind: number;
  startNs: bigint;
} {
  if (spans > 0) return { kind: GroupKind.trace, startNs: traceStartNs };
  if (logs > 0) return { kind: GroupKind.logs, startNs: starts[0]!.startNs };
  return { kind: GroupKind.mark, startNs: marks.at(-1)!.lastNs };
}

/** SQLite's results for what is wrong in a statement or its values: an error, a constraint, a mismatch, a range. */
const FAULTS_OF_VALUES = new Set([1, 19, 20, 25]);

/** Whether an error may pass by itself: a full or failing disk, a locked file. One of the program or of what it writes does not. */
function isOfTheDisk(error: unknown): boolean {
  const { errcode } = error as { errcode?: number };
  return errcode !== undefined && !FAULTS_OF_VALUES.has(errcode & 0xff);
}
