import type { Buffer } from 'node:buffer';
import lz4 from 'lz4-napi';
import type { Normalizer } from '../../normalize/normalizer.js';
import { RECORD_SPAN, type RecordBatch } from '../../otlp/record-batch.js';
import type { AppendResult, SessionListener } from '../contract/store.js';
import { BlockBuilder, type ChunkPlace, chunksOf } from '../records/block.js';
import { spanIdOf } from '../records/held-records.js';
import { type BlockLog, type BlockRange, DamagedBlockError } from '../records/log.js';
import { CallIndex } from './call-index.js';
import { ChangeSet } from './changes.js';
import { rangesOf, withRange } from './damaged-blocks.js';
import { DirtyGroups } from './dirty-groups.js';
import { Fold } from './fold.js';
import { type HotGroup, HotGroups } from './hot-groups.js';
import { namesOfOthers, othersOf, type RowSettings, rowIdentity } from './identity.js';
import { Intake } from './intake.js';
import { drive, type EngineState, type LoadAnswer, type LoadRequest, load, type Plan } from './loads.js';
import { type HotSession, type SessionOptions, Sessions } from './sessions.js';
import { SettingsWork, sessionsOf, type Work } from './settings-work.js';
import { BLOCK_BYTES, blocksOf, type StagedCommit } from './staging.js';
import { runLimits, UserRunIndex } from './user-runs.js';

/** Sessions made again in one change set. One may have any number of traces. */
export const SESSIONS_AGAIN = { least: 1, most: 500 } as const;

/** Blocks folded in one change set when catching up. */
export const REPLAY_BLOCKS = { least: 2, most: 64 } as const;

/** Records folded in one change set while commits wait. Of fewer than the least, what a change set costs by itself would be a large part of it. */
export const FOLD_RECORDS = { least: 128, most: 16_384 } as const;

/** Blocks that are read to tell how many records those behind have. */
const COUNTED_BLOCKS = 16;

/** Sessions that are written again in one go for their clocks. */
const MOST_CAUGHT_UP = 1000;

/** Between two reports of progress, ms. */
const PROGRESS_MS = 5_000;

export interface EngineOptions extends SessionOptions, RowSettings {
  readonly normalizer: Normalizer;
  /** All that decides which traces are quiet (S25), as text; implicit sessions are made again where it was another. None where left out. */
  readonly quietRoutes?: string;
  /** Records kept in memory for the groups and sessions last touched. */
  readonly hotRecords: number;
  /** Told why the listener of sessions failed. What it was to be told of is on the disk all the same. */
  readonly listenerFailed?: (reason: string) => void;
  /** Told why, once, when sessions stop following what is accepted. */
  readonly foldFailed?: (reason: string) => void;
  /** Told at a start, and when one is met, which blocks of the log are damaged: sessions are made without their records. */
  readonly damaged?: (blocks: readonly BlockRange[]) => void;
  /** Told why records are on the disk that sessions do not have yet: `fold` brings them there once that has passed. */
  readonly foldDelayed?: (reason: string) => void;
  /** Told what long work is begun, and now and then how far it is. */
  readonly progress?: (message: string) => void;
  /** Told why rows of older settings stay as they are until the next start. */
  readonly settingsFailed?: (reason: string) => void;
}

/** What an engine needs of a store, besides the log of blocks. Its rows were made under `rowIdentity` of the engine's options, or there are none. */
export interface EngineStore {
  load(request: Exclude<LoadRequest, { name: 'blocks' }>): LoadAnswer;
  /**
   * Writes all of a change set or, where it throws, nothing of it. With `isPart`, readers see it, and a crash spares it, only once `end` or an `apply` without it returns: all parts since the last of these at once, or none of them
   * where one of the calls throws. Loads see it at once.
   */
  apply(changes: ChangeSet, isPart: boolean): void;
  /** Makes parts visible. @throws where that fails: then nothing is left of them. */
  end(): void;
  /** Whether an error of a load, of `apply` or of the log may pass by itself: a full or failing disk, a locked file. One of the program or of what it writes does not. */
  mayPass(error: unknown): boolean;
}

export interface ProjectBatch {
  readonly project: string;
  readonly batch: RecordBatch;
}

/**
 * The writing half of a store: takes batches, drops what is known, appends the rest to the log, and keeps the rows of sessions equal to the fold of all blocks. It decides in
 * plans (loads.ts) and names no database. One instance owns log and rows; it is synchronous and is given a thread of its own.
 *
 * A commit has two steps. `stage` and `write` make records durable: from then on they are accepted. `fold` brings derived rows up to them, in a change set of its own.
 * What fails or is cut off between the two loses nothing: the blocks behind `foldedBlock` are folded later.
 *
 * A new engine is behind until `recover` or `catchUp` has brought rows up to the log. While it is, records are taken and acknowledged all the same; they wait in the log.
 */
export class Engine {
  readonly #store: EngineStore;
  readonly #log: BlockLog;
  readonly #options: EngineOptions;
  readonly #builder = new BlockBuilder();
  readonly #callIndex = new CallIndex();
  /** Undefined where traces are not grouped by user. */
  readonly #users: UserRunIndex | undefined;
  readonly #groups: HotGroups;
  readonly #sessions: Sessions;
  readonly #intake: Intake;
  readonly #fold: Fold;
  readonly #dirty = new DirtyGroups();
  /** Readers may not see yet what was folded last: the store was given parts, and not told that they end. */
  #isOpen = false;
  #projects = new Map<string, number>();
  #state: EngineState = { ...NO_STATE };
  /** Rows are not known to be up to the log: what is durable has to be folded before anything else. Memory has nothing but what catching up has read. */
  #behind = true;
  /** Whether what is known of the store as a whole is to be read before catching up: what is in memory was forgotten. */
  #isForgotten = false;
  /** Whether catching up was tried, and failed for what may pass. */
  #isHeldUp = false;
  readonly #settings: SettingsWork;
  /** What is under way of the work that follows from settings. */
  #work: Work | undefined;
  /** Parts of that work that are done or given up: lists, then sessions folded under older settings. */
  #settled = UNSETTLED;
  /** The greatest number of a session when the engine was made: all behind it are of today's settings. */
  #lastSession = 0;
  /** The greatest number of a session when the store was last read as a whole. */
  #lastOf = 0;
  #tell: (message: string) => void;
  /** Up to this block, blocks are folded one by one: one of them is damaged. */
  #aloneTo = 0;
  /** Memory is ahead of the disk by what was staged. */
  #isStaged = false;
  /** Sessions could not be brought up to date for a fault of what is kept or of the program: not tried again before the next start. */
  #isFoldFaulty = false;

  constructor(store: EngineStore, log: BlockLog, options: EngineOptions) {
    this.#store = store;
    this.#log = log;
    this.#options = options;
    const { normalizer, sessionsByUser, timeoutNs } = options;
    if (sessionsByUser !== undefined) {
      this.#users = new UserRunIndex(runLimits(timeoutNs, sessionsByUser.mostTraces));
    }
    this.#groups = new HotGroups(normalizer, this.#callIndex, this.#users);
    this.#sessions = new Sessions(options);
    this.#intake = new Intake(this.#groups);
    this.#fold = new Fold(this.#groups, this.#sessions, this.#callIndex, this.#users, normalizer.priceOf);
    this.#tell = throttled((message) => options.progress?.(message));
    this.#settings = new SettingsWork({
      sessions: this.#sessions,
      fold: this.#fold,
      options: { ...options, quietRoutes: options.quietRoutes ?? '' },
      progress: (message) => options.progress?.(message),
      state: () => this.#state,
      run: (plan) => this.#run(plan),
      write: (fill) => this.#write(fill),
      note: (state) => this.#note(state),
      mayPass: (error) => store.mayPass(error),
      rotate: () => {
        this.#rotateGroups();
        this.#sessions.rotate();
      },
    });
    this.#beginAtStart();
  }

  #beginAtStart(): void {
    this.#begin();
    const others = othersOf(this.#state, rowIdentity(this.#options));
    if (others.length > 0) throw new Error(`rows of other ${others.join(', ')} cannot be gone on with`);
    this.#lastSession = this.#lastOf;
    this.#tellDamage();
  }

  /**
   * Has the rows of the store replaced by others, or by none, by `replace`, and goes on as after a start: behind the log. False where something is staged: nothing was done, and it is
   * to be tried again.
   */
  replaceRows(replace: () => void): boolean {
    if (this.#isStaged) return false;
    this.endFold();
    replace();
    this.#forget();
    this.#isHeldUp = false;
    this.#isFoldFaulty = false;
    this.#aloneTo = 0;
    this.#settled = UNSETTLED;
    this.#work = undefined;
    this.#beginAtStart();
    this.#isForgotten = false;
    return true;
  }

  /** Spans and log records held in memory. */
  get hotRecords(): number {
    return this.#groups.records + this.#sessions.heldCalls;
  }

  /** Whom to tell of sessions that were written, after each change set; nobody by default. */
  set listener(listener: SessionListener | undefined) {
    this.#sessions.listener = listener;
  }

  /**
   * Makes derived rows current after a start, at one go: up to the log, and lists up to the settings. Sessions of older settings are left to `followSettings`.
   * Where the disk is full or fails, what was folded before is served; the next `fold` goes on from there.
   */
  recover(): void {
    try {
      this.#catchUpAll();
      while (!this.#settled.lists && this.followSettings(SESSIONS_AGAIN.most));
    } catch (error) {
      if (!this.#store.mayPass(error)) throw error;
    }
  }

  /**
   * Folds at most so many blocks of those that rows are behind, in one change set. Returns whether there is more to be done. Where the disk is full or fails, `foldDelayed` is
   * told, once, and the next call tries again; records are taken all the while.
   */
  catchUp(blocks: number): boolean {
    if (!this.#behind || this.#isStaged) return false;
    const isReported = this.#isHeldUp;
    try {
      this.#catchUp(blocks);
    } catch (error) {
      if (!isReported) this.#options.foldDelayed?.((error as Error).message);
      return false;
    }
    return this.#behind;
  }

  /** Catches up at one go. @throws where the disk is full or fails. */
  #catchUpAll(): void {
    while (this.#behind) this.#catchUp(REPLAY_BLOCKS.most);
  }

  /** After something that failed and left nothing to fold: what is known of the store is read again at once. */
  #beginAnew(): void {
    if (this.#behind && !this.#isHeldUp && this.foldedBlock === this.lastBlock) this.#catchUp(1);
  }

  #catchUp(blocks: number): void {
    try {
      this.#catchUpBy(blocks);
      this.#isHeldUp = false;
    } catch (error) {
      this.#setAside(error);
    }
  }

  #catchUpBy(blocks: number): void {
    if (this.#isForgotten) {
      this.#begin();
      this.#isForgotten = false;
    }
    if (!this.#isFoldFaulty) {
      this.#noteIdentity();
      const last = this.#log.lastId;
      const first = this.#state.foldedBlock + 1;
      if (first <= last) {
        const to = first <= this.#aloneTo ? first : Math.min(last, first + blocks - 1);
        try {
          this.#foldTo(to, () => this.#takeBlocks(first, to));
        } catch (error) {
          if (!(error instanceof DamagedBlockError)) throw error;
          // One among them cannot be read: they are gone through one by one.
          this.#aloneTo = to;
          if (to > first) return;
          this.#leaveOut(first, error);
        }
        this.#rotate();
        this.#tell(`folded block ${to} of ${last}`);
        if (to < last) return;
      }
    }
    this.#behind = false;
  }

  /** Goes on behind a block whose bytes are damaged. @throws `error` where it is another block that is. */
  #leaveOut(block: number, error: DamagedBlockError): void {
    try {
      this.#log.read(block);
    } catch (damage) {
      if (!(damage instanceof DamagedBlockError)) throw damage;
      this.#begin();
      this.#isForgotten = false;
      const last = this.#log.missingTo(block);
      const damagedBlocks = withRange(this.#state.damagedBlocks ?? '', { first: block, last });
      this.#write((changes) => {
        changes.state = { foldedBlock: last, damagedBlocks };
      });
      this.#tellDamage();
      return;
    }
    throw error;
  }

  /** Tells which blocks sessions were made without. */
  #tellDamage(): void {
    const { damagedBlocks = '' } = this.#state;
    if (damagedBlocks !== '') this.#options.damaged?.(rangesOf(damagedBlocks));
  }

  /** Notes the rules and settings that rows are made under. */
  #noteIdentity(): void {
    const { quietRoutes = '', implicitSessions, timeoutNs, settings } = this.#options;
    const was = this.#state;
    const settingsNumber = this.#settingsNumber();
    const isEmpty = this.#lastOf === 0;
    if (!isEmpty && was.settings !== undefined && was.settings !== settings) {
      const names = namesOfOthers(was.settings, settings).join(', ') || 'settings';
      this.#options.progress?.(`changed: ${names}; sessions are folded again one by one`);
    }
    this.#note({
      ...rowIdentity(this.#options),
      settings,
      settingsNumber,
      // Where there is no session yet, none is of other settings: a stop while they are made must not hide it.
      ...(isEmpty && {
        refoldedSettings: settingsNumber,
        quietRoutes,
        implicitSessions: implicitSessions ? 'on' : 'off',
        timeoutNs: String(timeoutNs),
      }),
    });
  }

  /** Whether rows may be of older settings: `followSettings` has to do, once they are up to the log. */
  get hasSettingsWork(): boolean {
    return !(this.#settled.lists && this.#settled.sessions);
  }

  /** Whether lists and statistics are of today's settings. */
  get areListsCurrent(): boolean {
    return this.#settled.lists;
  }

  /**
   * Brings at most so many sessions up to today's settings, in one change set; lists come first, and then, the newest first, all sessions that were folded under older ones. Returns
   * whether there is more to be done; false as well while rows are behind the log or something is staged. @throws where the disk is full or fails; the next call begins the part again.
   */
  followSettings(sessions: number): boolean {
    if (this.#isStaged || !this.hasSettingsWork) return false;
    this.#beginAnew();
    if (this.#behind) return false;
    try {
      this.#work ??= this.#settled.lists ? this.#settings.refold(this.#lastSession) : this.#settings.lists();
      if (this.#work.next(sessions).done) this.#finishWork();
    } catch (error) {
      this.#work = undefined;
      if (this.#store.mayPass(error)) throw error;
      this.#options.settingsFailed?.((error as Error).message);
      this.#finishWork();
    }
    return this.hasSettingsWork;
  }

  #finishWork(): void {
    this.#work = undefined;
    if (!this.#settled.lists) this.closeTimedOut();
    // Sessions that cannot follow what is accepted are not folded again either.
    this.#settled = { lists: true, sessions: this.#settled.lists || this.#isFoldFaulty };
  }

  /** The number of today's settings, a new one where they were others. */
  #settingsNumber(): number {
    const { settings, settingsNumber = 0 } = this.#state;
    return settings === this.#options.settings ? settingsNumber : settingsNumber + 1;
  }

  /** Whether rows are not known to be up to the log. `foldedBlock` and `lastBlock` say how far they are. */
  get isBehind(): boolean {
    return this.#behind;
  }

  /** Whether the last try to catch up failed for what may pass, such as a full disk. */
  get isHeldUp(): boolean {
    return this.#isHeldUp;
  }

  /** The block that rows are current up to. */
  get foldedBlock(): number {
    return this.#state.foldedBlock;
  }

  /** The last block of the log. */
  get lastBlock(): number {
    return this.#log.lastId;
  }

  /** Records on disk that are not in sessions. Where they are in many blocks, it is judged by some of them. */
  countUnfolded(): number {
    const { foldedBlock, lastBlock } = this;
    const blocks = lastBlock - foldedBlock;
    const counted = Math.min(blocks, COUNTED_BLOCKS);
    let records = 0;
    for (let i = 1; i <= counted; i++) {
      records += this.#recordsIn(foldedBlock + Math.ceil((i * blocks) / counted));
    }
    return counted === 0 ? 0 : Math.round((records * blocks) / counted);
  }

  /** Records of a block; of one that is damaged none. */
  #recordsIn(block: number): number {
    try {
      return this.#log.read(block)?.records ?? 0;
    } catch (error) {
      if (error instanceof DamagedBlockError) return 0;
      throw error;
    }
  }

  /** Writes something of the size of a block and takes it away again. @throws where the disk does not take it. */
  probe(): void {
    this.#confirmLog();
    this.#log.probe(BLOCK_BYTES);
  }

  /** What an earlier process appended last may only now be durable: it is folded then like all that is behind. */
  #confirmLog(): void {
    if (this.#log.confirm()) this.#forget();
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
    if (batches.length > 0) this.#confirmLog();
    // A project that is made is on the disk at once.
    if (batches.some(({ project }) => !this.#projects.has(project))) this.endFold();
    this.#isStaged = true;
    this.#builder.reuse();
    try {
      this.#beginAnew();
      // Without sessions that are current, what is known is not known either: all is taken as new, which changes nothing once it is folded.
      if (this.#isFoldFaulty || this.#behind) this.#clear();
      const touched: HotGroup[] = [];
      const results = this.#run(this.#take(batches, touched));
      return { results, touched, blocks: blocksOf(this.#builder, touched, compress) };
    } catch (error) {
      this.giveUp();
      throw error;
    }
  }

  /** Puts batches into their groups; those with new records are added to `touched`. */
  *#take(batches: readonly ProjectBatch[], touched: HotGroup[]): Plan<AppendResult[]> {
    yield* this.#requireProjects(batches.map(({ project }) => project));
    const numbered = batches.map(({ project, batch }) => ({ project: this.#projects.get(project)!, batch }));
    const results = batches.map(() => ({ stored: 0, replaced: 0, duplicates: 0 }));
    yield* this.#intake.add(numbered, (at, hot, source, outcome) => {
      const result = results[at]!;
      if (outcome === 'duplicate') {
        result.duplicates++;
        return;
      }
      if (outcome === 'new') {
        result.stored++;
        this.#groups.count(1);
      } else {
        result.replaced++;
      }
      if (hot.pending.length === 0) touched.push(hot);
      hot.pending.push(source);
    });
    return results;
  }

  *#requireProjects(names: readonly string[]): Plan<void> {
    const missing = [...new Set(names)].filter((name) => !this.#projects.has(name));
    if (missing.length === 0) return;
    const numbers = yield* load('projects', missing);
    for (const [i, name] of missing.entries()) this.#projects.set(name, numbers[i]!);
  }

  /**
   * Appends staged blocks to the log, durably, and returns a result for each batch: from then on they are accepted. With `fold`, derived rows are current when it returns, unless
   * that fails, which `foldDelayed` or `foldFailed` is told; otherwise they await a later `fold`. `data` are the compressed bytes of the blocks.
   * @throws where the blocks could not be appended: then nothing of the commit is kept. With nothing to append, where derived rows could not be written.
   */
  write(
    { results, touched, blocks }: StagedCommit<unknown>,
    data: readonly Uint8Array[],
    fold: boolean,
  ): AppendResult[] {
    try {
      const first = this.#log.lastId + 1;
      this.#log.append(
        blocks.map(({ groups, records, directory, leastNs, greatestNs }, i) => ({
          project: groups[0]!.project,
          records,
          directory,
          data: data[i]!,
          leastNs,
          greatestNs,
        })),
      );
      for (const [i, { groups, places }] of blocks.entries()) {
        for (const [j, hot] of groups.entries()) hot.places.push({ block: first + i, ...places[j]! });
      }
      this.#written(touched, first - 1);
      this.#intake.dropCompared();
      this.#isStaged = false;
    } catch (error) {
      this.giveUp();
      throw error;
    }
    // Catching up reads all of it again.
    if (this.#behind) this.#clear();
    if (fold) this.#foldDirty(touched.length > 0);
    return results;
  }

  /** Brings derived rows up to the groups that changed. What fails is thrown only where no records were accepted with it. */
  #foldDirty(hasAccepted: boolean): void {
    if (!this.#isFoldDue) this.endFold();
    if (this.#behind || this.#isFoldDue) {
      const isReported = this.#isHeldUp;
      try {
        if (this.#behind) this.#catchUpAll();
        else this.#foldTo(this.#log.lastId, noPlan);
      } catch (error) {
        if (!this.#store.mayPass(error)) this.#setAside(error);
        else if (!hasAccepted) throw error;
        else if (!isReported) this.#options.foldDelayed?.((error as Error).message);
      }
    }
    this.#rotate();
  }

  get #isFoldDue(): boolean {
    return !this.#dirty.isEmpty && !this.#isFoldFaulty;
  }

  /** Folds in one change set all that was touched, and what `before` touches; rows are current up to this block then. */
  #foldTo(block: number, before: () => Plan<void>): void {
    const [fold, dirty] = [this.#fold, this.#dirty];
    this.#change(function* (changes) {
      yield* before();
      dirty.folded(yield* fold.plan(changes, dirty.all()));
      changes.state = { foldedBlock: block };
    });
  }

  /**
   * Folds in one change set the groups that have waited longest, with at least so many records. Returns whether others are left. Between two calls records are taken as ever. Each change set has all
   * records that its groups have by then, so that rows are those of a set of records at any time; `foldedBlock` is the last block of which no record waits. Readers see it when `endFold` is called. What fails is not
   * thrown: `foldDelayed` or `foldFailed` is told, and what is behind `foldedBlock` is folded by catching up.
   */
  foldSome(records: number): boolean {
    if (this.#isStaged || this.#behind || !this.#isFoldDue) return false;
    const [fold, dirty, log] = [this.#fold, this.#dirty, this.#log];
    try {
      this.#write((changes) => {
        dirty.folded(this.#run(fold.plan(changes, dirty.next(records))));
        changes.state = { foldedBlock: dirty.foldedBlock ?? log.lastId, namedBlock: log.lastId };
      }, true);
    } catch (error) {
      this.#delayed(error);
    }
    return !dirty.isEmpty;
  }

  /** Lets readers see what `foldSome` has folded. What fails is not thrown: it is folded once more. */
  endFold(): void {
    if (!this.#isOpen) return;
    try {
      this.#end();
      this.#announce();
      if (!this.#isStaged) this.#rotate();
    } catch (error) {
      this.#forget();
      this.#delayed(error);
    }
  }

  #end(): void {
    this.#isOpen = false;
    this.#store.end();
  }

  /** What was folded is not on the disk for this error. */
  #delayed(error: unknown): void {
    if (this.#store.mayPass(error)) this.#options.foldDelayed?.((error as Error).message);
    else this.#setAside(error);
  }

  /** Forgets what was staged: nothing of it is kept. */
  giveUp(): void {
    this.#isStaged = false;
    this.#forget();
  }

  fold(): void {
    this.commit([], true);
  }

  /** Records taken by this engine that are durable, and not in the rows of sessions yet, while it is not behind. Known ones are not among them. */
  get unfolded(): number {
    return this.#dirty.records;
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
    this.endFold();
    // Sessions whose clocks were ahead are written, which what is staged must not be between.
    if (!this.#isStaged && !this.#behind && !this.#isFoldFaulty) this.#catchUpWithClocks();
    const { changes, closed } = this.#run(this.#sessions.closeTimedOut([...this.#projects.values()]));
    if (closed.length > 0) this.#store.apply(changes, false);
    this.#sessions.timedOut(closed);
    this.#announce();
  }

  /** Names of all projects. */
  get projects(): string[] {
    return [...this.#projects.keys()];
  }

  /** Whether nothing is staged and rows follow what is accepted: other rows of the same store may be written then. */
  get isAtRest(): boolean {
    return !this.#isStaged && !this.#behind && !this.#isFoldFaulty && !this.#isOpen;
  }

  /** Marks a session as invalidated; false where there is none. */
  invalidate(project: string, id: string): boolean {
    this.fold();
    const number = this.#projects.get(project);
    if (number === undefined) return false;
    const hot = this.#run(this.#sessionAt(number, id));
    if (hot === undefined || hot.session.groups === 0) return false;
    const [fold, sessions] = [this.#fold, this.#sessions];
    try {
      this.#change(function* (changes) {
        if (hot.outdated) yield* fold.again(Fold.alone([hot]));
        sessions.invalidate(changes, hot);
        sessions.write(changes, hot);
      });
    } catch (error) {
      // The decision may be on the disk without its row, which is looked for once rows can be written.
      this.#settled = { ...this.#settled, lists: false };
      this.#work = undefined;
      throw error;
    }
    return true;
  }

  /** The session of this id, or the one that the trace of this id is in for its user. */
  *#sessionAt(project: number, id: string): Plan<HotSession | undefined> {
    yield* this.#sessions.require([{ project, id }]);
    const hot = this.#sessions.get(project, id);
    if (hot !== undefined || this.#users === undefined) return hot;
    const [other] = yield* this.#users.sessionsOfIds([{ project, id }]);
    if (other === undefined) return undefined;
    yield* this.#sessions.require([{ project, id: other }]);
    return this.#sessions.get(project, other);
  }

  /** The pending records of these groups lie in blocks now, behind this one. */
  #written(touched: readonly HotGroup[], afterBlock: number): void {
    for (const hot of touched) {
      for (const { batch, index } of hot.pending) {
        if (batch.kind[index] !== RECORD_SPAN) continue;
        const span = hot.group.spans.get(spanIdOf(batch, index));
        if (span !== undefined) span.source = undefined;
      }
      this.#dirty.touch(hot, hot.pending.length, afterBlock);
      hot.pending = [];
    }
  }

  /** Puts the records of these blocks into their groups. */
  *#takeBlocks(first: number, last: number): Plan<void> {
    const ids = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    const chunks: { project: number; batch: RecordBatch; place: ChunkPlace }[] = [];
    for (const block of yield* load('blocks', ids)) {
      if (block === undefined) continue;
      const { id, project, directory, bytes } = block;
      for (const place of chunksOf(id, directory)) {
        for (const batch of this.#groups.chunk(place, bytes)) chunks.push({ project, batch, place });
      }
    }
    const met = new Map<HotGroup, ChunkPlace[]>();
    yield* this.#intake.add(chunks, (at, hot, _, outcome) => {
      const { place } = chunks[at]!;
      if (outcome === 'new') this.#groups.count(1);
      // Rows of some groups may be ahead of `foldedBlock`: those have all of their records of these blocks.
      const last = hot.places.at(-1);
      if (last !== undefined && place.block <= last.block) return;
      const places = met.get(hot);
      if (places === undefined) met.set(hot, [place]);
      // One group a chunk, unless the rules have changed since it was written.
      else if (places.at(-1) !== place) places.push(place);
    });
    this.#intake.dropCompared();
    for (const [hot, places] of met) {
      // Not before: what is read of a group for a comparison is what was there before these records.
      hot.places.push(...places);
      for (const span of hot.group.spans.values()) span.source = undefined;
      this.#dirty.touch(hot, 0, first - 1);
    }
  }

  /** Writes sessions again of whose times more are believed than when they were written (S21). */
  #catchUpWithClocks(): void {
    const query = { which: 'believed', untilNs: this.#options.now(), limit: MOST_CAUGHT_UP } as const;
    const waiting = this.#run(load('find', query));
    if (waiting.length === 0) return;
    const hots = this.#run(sessionsOf(this.#sessions, waiting));
    const [fold, sessions] = [this.#fold, this.#sessions];
    this.#change(function* (changes) {
      // What is written of the first records says that it is of today's settings.
      yield* fold.again(Fold.alone(hots.filter(({ outdated }) => outdated)));
      for (const hot of hots) sessions.write(changes, hot);
    });
  }

  /** Notes what is kept of the store as a whole, where it is another than before. */
  #note(state: Partial<EngineState>): void {
    const names = Object.keys(state) as (keyof EngineState)[];
    if (names.every((name) => state[name] === this.#state[name])) return;
    this.#write((changes) => {
      changes.state = state;
    });
  }

  /** Has a change set made by a plan, and written. */
  #change(plan: (changes: ChangeSet) => Plan<void>): void {
    this.#write((changes) => this.#run(plan(changes)));
  }

  /** Has a change set made and written. Where either fails, nothing of it is kept, in memory neither, nor of parts before it that were not ended. */
  #write(fill: (changes: ChangeSet) => void, isPart = false): void {
    const changes = new ChangeSet();
    try {
      fill(changes);
      this.#sessions.flush(changes);
      this.#store.apply(changes, isPart);
      this.#isOpen = isPart;
    } catch (error) {
      this.#forget();
      throw error;
    }
    this.#state = { ...this.#state, ...changes.state };
    this.#sessions.applied();
    this.#callIndex.rotate();
    if (!isPart) this.#announce();
  }

  #run<T>(plan: Plan<T>): T {
    // What is stored may be another than in the plan before.
    this.#users?.forget();
    return drive(plan, this.#answer);
  }

  readonly #answer = (request: LoadRequest): LoadAnswer =>
    request.name === 'blocks' ? request.of.map((id) => this.#log.read(id)) : this.#store.load(request);

  /** Tells of sessions that were written. They are on the disk, whatever becomes of those who are told. */
  #announce(): void {
    try {
      this.#sessions.announce(this.#projects);
    } catch (error) {
      this.#options.listenerFailed?.((error as Error).message);
    }
  }

  #rotate(): void {
    const { hotRecords } = this.#options;
    if (this.#groups.records > hotRecords) this.#rotateGroups();
    if (this.#sessions.weight > hotRecords) this.#sessions.rotate();
  }

  /** Lets go of groups that were not touched lately, but for those that are ahead of their rows. */
  #rotateGroups(): void {
    this.#groups.rotate(this.#dirty.all());
  }

  /** What is in memory may be ahead of the disk: forgets it all. The next commit begins by catching up. */
  #forget(): void {
    try {
      if (this.#isOpen) this.#end();
      this.#announce();
    } catch {
      // Nothing is left of what was folded last: it is folded again from the log.
    }
    this.#behind = true;
    this.#isForgotten = true;
    this.#clear();
  }

  #clear(): void {
    this.#groups.forget();
    this.#sessions.forget();
    this.#intake.forget();
    this.#fold.forget();
    this.#dirty.forget();
    this.#callIndex.forget();
    this.#users?.forget();
    // Blocks of a commit that was given up may be on their way through other threads.
    this.#builder.abandon();
  }

  /**
   * Goes on without bringing sessions up to date: what is accepted is still durable, and in sessions after a start of a version that can fold it. Throws
   * the error where it is one of the disk, which passes.
   */
  #setAside(error: unknown): void {
    this.#forget();
    if (this.#store.mayPass(error)) {
      this.#isHeldUp = true;
      throw error;
    }
    this.#isFoldFaulty = true;
    this.#options.foldFailed?.((error as Error).message);
    this.#begin();
    this.#isForgotten = false;
    this.#behind = false;
    this.#isHeldUp = false;
  }

  /** Reads what is known of the store as a whole. */
  #begin(): void {
    const start = this.#run(load('start', undefined));
    this.#state = start.state;
    this.#projects = new Map(start.projects);
    this.#lastOf = start.lastSession;
    this.#callIndex.begin(start.callSalt);
    const { quietRoutes } = start.state;
    const isQuietOther = quietRoutes !== undefined && quietRoutes !== (this.#options.quietRoutes ?? '');
    this.#sessions.begin(start, this.#settingsNumber(), isQuietOther && !this.#settled.lists);
  }
}

function* noPlan(): Plan<void> {}

const UNSETTLED = { lists: false, sessions: false };

/** Passes on a message now and then. */
function throttled(report: (message: string) => void): (message: string) => void {
  let told = Date.now();
  return (message) => {
    if (Date.now() - told < PROGRESS_MS) return;
    report(message);
    told = Date.now();
  };
}

const NO_STATE: EngineState = {
  foldedBlock: 0,
  namedBlock: undefined,
  rules: undefined,
  tables: undefined,
  sessionsBy: undefined,
  pageUrls: undefined,
  quietRoutes: undefined,
  implicitSessions: undefined,
  timeoutNs: undefined,
  settings: undefined,
  settingsNumber: undefined,
  refoldedSettings: undefined,
  damagedBlocks: undefined,
};
