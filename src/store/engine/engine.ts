import type { Buffer } from 'node:buffer';
import lz4 from 'lz4-napi';
import type { Normalizer } from '../../normalize/normalizer.js';
import { RECORD_SPAN, type RecordBatch } from '../../otlp/record-batch.js';
import type { AppendResult, SessionListener } from '../contract/store.js';
import { BlockBuilder, type ChunkPlace, chunksOf } from '../records/block.js';
import { ContentRemover } from '../records/content-remover.js';
import type { DecodedRun } from '../records/group-decoder.js';
import { spanIdOf } from '../records/held-records.js';
import { type BlockLog, type BlockRange, DamagedBlockError } from '../records/log.js';
import { CallIndex } from './call-index.js';
import { ChangeSet } from './changes.js';
import { rangesOf, withRange } from './damaged-blocks.js';
import { DirtyGroups } from './dirty-groups.js';
import { type ErasedPart, type ReducedGroup, takeOut } from './erasing.js';
import { Fold, placesRow } from './fold.js';
import { type HotGroup, HotGroups } from './hot-groups.js';
import { changedIdentity, changedTables, type RowSettings, rowIdentity } from './identity.js';
import { Intake } from './intake.js';
import { drive, type EngineState, type LoadAnswer, type LoadRequest, load, type Plan } from './loads.js';
import { type ContentPart, takeContent } from './removing-content.js';
import { type HotSession, type SessionOptions, Sessions } from './sessions.js';
import { SettingsWork, sessionsOf, type Work } from './settings-work.js';
import { BLOCK_BYTES, blocksOf, type StagedBlock, type StagedCommit } from './staging.js';
import type { Tombstones } from './tombstones.js';
import { runLimits, UserRunIndex } from './user-runs.js';

/** Sessions refolded in one change set. A session can have any number of traces. */
export const SESSIONS_AGAIN = { least: 1, most: 500 } as const;

/** Blocks folded in one change set during catching up. */
export const REPLAY_BLOCKS = { least: 2, most: 64 } as const;

/**
 * Records folded in one change set while commits wait. With fewer than the minimum, the fixed cost of a
 * change set would be a large part.
 */
export const FOLD_RECORDS = { least: 128, most: 16_384 } as const;

/** How many blocks are read to estimate the number of records that are behind. */
const COUNTED_BLOCKS = 16;

/** Sessions written in one change set because the clock reached their times. */
const MOST_CAUGHT_UP = 1000;

/** Time between two reports of progress, ms. */
const PROGRESS_MS = 5_000;

export interface EngineOptions extends SessionOptions, RowSettings {
  readonly normalizer: Normalizer;
  /**
   * All settings that decide which traces are quiet (S25), as text. Implicit sessions are refolded when it
   * changes. If omitted, no trace is quiet.
   */
  readonly quietRoutes?: string;
  /** Records kept in memory, for the groups and sessions that were touched last. */
  readonly hotRecords: number;
  /** What was erased and stays out. */
  readonly tombstones?: Tombstones;
  /**
   * Called with the error of the listener of sessions. The changes that it should have received are durable.
   */
  readonly listenerFailed?: (reason: string) => void;
  /** Called once, with the reason, when sessions stop following the accepted records. */
  readonly foldFailed?: (reason: string) => void;
  /**
   * Called with the damaged blocks of the log, at a start and when one is found. Sessions are made without
   * their records.
   */
  readonly damaged?: (blocks: readonly BlockRange[]) => void;
  /**
   * Called with the reason that durable records are not in sessions yet. `fold` adds them once the cause has
   * passed.
   */
  readonly foldDelayed?: (reason: string) => void;
  /** Called when long work begins, and with its progress from time to time. */
  readonly progress?: (message: string) => void;
  /**
   * Whether the store replaces all rows (`replaceRows`) once `damage` has a reason. If not, sessions stop
   * following the accepted records then.
   */
  readonly replacesRows?: boolean;
  /** Called with the reason that rows of older settings stay as they are until the next start. */
  readonly settingsFailed?: (reason: string) => void;
}

/**
 * What an engine needs from a store, besides the log of blocks. Its rows are empty or were made under
 * `rowIdentity` of the engine's options.
 */
export interface EngineStore {
  load(request: Exclude<LoadRequest, { name: 'blocks' }>): LoadAnswer;
  /**
   * Writes all of a change set, or throws and writes nothing. Loads see the changes at once.
   *
   * With `isPart`, the changes become visible to readers and safe from crashes only when `end`, or an `apply`
   * without `isPart`, returns. That commits all open parts together. If one of the calls throws, all open
   * parts are lost.
   */
  apply(changes: ChangeSet, isPart: boolean): void;
  /** Makes parts visible. @throws if that fails: then all open parts are lost. */
  end(): void;
  /**
   * Whether an error of a load, of `apply` or of the log may be temporary: a full or failing disk, or a
   * locked file. Errors of the program or its data are not.
   */
  mayPass(error: unknown): boolean;
}

export interface ProjectBatch {
  readonly project: string;
  readonly batch: RecordBatch;
}

/**
 * The writing half of a store. It takes batches, drops known records, appends the rest to the log, and keeps
 * the rows of sessions equal to the fold of all blocks. It decides in plans (loads.ts) and knows no database.
 * One instance owns log and rows. It is synchronous and runs in its own thread.
 *
 * A commit has two steps. `stage` and `write` make records durable: from then on they are accepted. `fold`
 * updates derived rows in its own change set. A failure or crash between the two loses nothing: blocks after
 * `foldedBlock` are folded later.
 *
 * A new engine is behind until `recover` or `catchUp` has brought rows up to the log. Records are accepted
 * meanwhile and wait in the log.
 */
export class Engine {
  readonly #store: EngineStore;
  readonly #log: BlockLog;
  readonly #options: EngineOptions;
  readonly #builder = new BlockBuilder();
  readonly #contentRemover: ContentRemover;
  readonly #callIndex = new CallIndex();
  /** Undefined if traces are not grouped by user. */
  readonly #users: UserRunIndex | undefined;
  readonly #groups: HotGroups;
  readonly #sessions: Sessions;
  readonly #intake: Intake;
  readonly #fold: Fold;
  readonly #dirty = new DirtyGroups();
  /** Parts were given to the store and not ended: readers may not see the last folds yet. */
  #isOpen = false;
  #projects = new Map<string, number>();
  #state: EngineState = { ...NO_STATE };
  /**
   * Rows may be behind the log, so durable records must be folded before anything else. Memory has only what
   * catching up has read.
   */
  #behind = true;
  /** Whether the state of the store must be read before catching up, because memory was cleared. */
  #isForgotten = false;
  /** Whether the last attempt to catch up had a temporary failure. */
  #isHeldUp = false;
  readonly #settings: SettingsWork;
  /** Work in progress that changed settings caused. */
  #work: Work | undefined;
  /** Parts of that work that are done or given up: first lists, then sessions folded under older settings. */
  #settled = UNSETTLED;
  /**
   * The greatest number of a session when the engine was made. All later sessions have the current settings.
   */
  #lastSession = 0;
  /** The greatest number of a session when the state of the store was last read. */
  #lastOf = 0;
  #reportProgress: (message: string) => void;
  /** Up to this block, blocks are folded one by one, because one of them is damaged. */
  #aloneTo = 0;
  #damage: string | undefined;
  /** Memory is ahead of the disk by the staged records. */
  #isStaged = false;
  /**
   * Sessions could not be updated because of damaged data or a bug. Not tried again before the next start.
   */
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
    this.#contentRemover = new ContentRemover(normalizer);
    this.#sessions = new Sessions(options);
    this.#intake = new Intake(this.#groups);
    this.#fold = new Fold(this.#groups, this.#sessions, this.#callIndex, this.#users, normalizer.priceOf);
    this.#reportProgress = throttled((message) => options.progress?.(message));
    this.#settings = new SettingsWork({
      sessions: this.#sessions,
      fold: this.#fold,
      options: { ...options, quietRoutes: options.quietRoutes ?? '' },
      progress: (message) => options.progress?.(message),
      state: () => this.#state,
      run: (plan) => this.#run(plan),
      write: (fill) => this.#write(fill),
      note: (state) => this.#note(state),
      mayPass: (error) => this.#mayPass(error),
      rotate: () => {
        this.#rotateGroups();
        this.#sessions.rotate();
      },
    });
    this.#beginAtStart();
  }

  #beginAtStart(): void {
    this.#begin();
    const others = changedIdentity(this.#state, rowIdentity(this.#options));
    if (others.length > 0) throw new Error(`rows of other ${others.join(', ')} cannot be gone on with`);
    this.#lastSession = this.#lastOf;
    this.#reportDamage();
  }

  /**
   * Runs `replace`, which replaces or deletes the rows of the store. The engine is then behind the log, as
   * after a start. Returns false and does nothing while something is staged: the caller must try again.
   */
  replaceRows(replace: () => void): boolean {
    if (this.#isStaged) return false;
    this.endFold();
    replace();
    this.#forget();
    this.#isHeldUp = false;
    this.#isFoldFaulty = false;
    this.#aloneTo = 0;
    this.#damage = undefined;
    this.#settled = UNSETTLED;
    this.#work = undefined;
    this.#beginAtStart();
    this.#isForgotten = false;
    return true;
  }

  /**
   * Why rows cannot be continued: they name a block that is damaged or missing. All rows must be replaced by
   * rows without its records. Undefined if nothing is known to be wrong.
   */
  get damage(): string | undefined {
    return this.#damage;
  }

  /** Whether an error of folding may be temporary, or passes when all rows are replaced. */
  #mayPass(error: unknown): boolean {
    return (
      (error instanceof DamagedBlockError && this.#options.replacesRows === true) ||
      this.#store.mayPass(error)
    );
  }

  /** Spans and log records in memory. */
  get hotRecords(): number {
    return this.#groups.records + this.#sessions.heldCalls;
  }

  /** Listener for written sessions, called after each change set. By default none. */
  set listener(listener: SessionListener | undefined) {
    this.#sessions.listener = listener;
  }

  /**
   * Makes derived rows current after a start: up to the log, and lists up to the settings. `followSettings`
   * updates sessions of older settings. If the disk is full or fails, sessions stay at what was folded
   * before, and the next `fold` continues.
   */
  recover(): void {
    try {
      this.#catchUpAll();
      while (!this.#settled.lists && this.followSettings(SESSIONS_AGAIN.most));
    } catch (error) {
      if (!this.#mayPass(error)) throw error;
    }
  }

  /**
   * Folds at most this many blocks that rows are behind, in one change set. Returns whether there are more.
   * If the disk is full or fails, calls `foldDelayed` once, and the next call tries again. Records are
   * accepted meanwhile.
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

  /** Catches up completely. @throws if the disk is full or fails. */
  #catchUpAll(): void {
    while (this.#behind) this.#catchUp(REPLAY_BLOCKS.most);
  }

  /** After a failure that left nothing to fold: reads the state of the store again at once. */
  #readStateAgain(): void {
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
          // One of them cannot be read, so they are folded one by one.
          this.#aloneTo = to;
          if (to > first) {
            // Unless it is a block of older records, the same happens again with one of them alone.
            this.#damage = undefined;
            return;
          }
          this.#leaveOut(first, error);
        }
        this.#rotate();
        this.#reportProgress(`folded block ${to} of ${last}`);
        if (to < last) return;
      }
    }
    this.#behind = false;
  }

  /** Continues after a damaged block. @throws `error` if it is about another block. */
  #leaveOut(block: number, error: DamagedBlockError): void {
    try {
      this.#log.read(block);
    } catch (damage) {
      if (!(damage instanceof DamagedBlockError)) throw damage;
      this.#damage = undefined;
      this.#begin();
      this.#isForgotten = false;
      const last = this.#log.missingTo(block);
      const damagedBlocks = withRange(this.#state.damagedBlocks ?? '', { first: block, last });
      this.#write((changes) => {
        changes.state = { foldedBlock: last, damagedBlocks };
      });
      this.#reportDamage();
      return;
    }
    throw error;
  }

  /** Reports the blocks that are missing in sessions. */
  #reportDamage(): void {
    const { damagedBlocks = '' } = this.#state;
    if (damagedBlocks !== '') this.#options.damaged?.(rangesOf(damagedBlocks));
  }

  /** Notes the rules and settings under which rows are made. */
  #noteIdentity(): void {
    const { quietRoutes = '', implicitSessions, timeoutNs, settings } = this.#options;
    const was = this.#state;
    const settingsNumber = this.#settingsNumber();
    const isEmpty = this.#lastOf === 0;
    if (!isEmpty && was.settings !== undefined && was.settings !== settings) {
      const names = changedTables(was.settings, settings).join(', ') || 'settings';
      this.#options.progress?.(`changed: ${names}; sessions are folded again one by one`);
    }
    this.#note({
      ...rowIdentity(this.#options),
      settings,
      settingsNumber,
      // Without sessions, none has other settings. A stop during folding must not hide that.
      ...(isEmpty && {
        refoldedSettings: settingsNumber,
        quietRoutes,
        implicitSessions: implicitSessions ? 'on' : 'off',
        timeoutNs: String(timeoutNs),
      }),
    });
  }

  /** Whether rows may have older settings: `followSettings` then has work once they are up to the log. */
  get hasSettingsWork(): boolean {
    return !(this.#settled.lists && this.#settled.sessions);
  }

  /** Whether lists and statistics follow the current settings. */
  get areListsCurrent(): boolean {
    return this.#settled.lists;
  }

  /**
   * Updates at most this many sessions to the current settings, in one change set. Lists come first, then all
   * sessions folded under older settings, newest first. Returns whether there is more. Also false while rows
   * are behind the log or something is staged. @throws if the disk is full or fails; the next call restarts
   * the part.
   */
  followSettings(sessions: number): boolean {
    if (this.#isStaged || !this.hasSettingsWork) return false;
    this.#readStateAgain();
    if (this.#behind) return false;
    try {
      this.#work ??= this.#settled.lists ? this.#settings.refold(this.#lastSession) : this.#settings.lists();
      if (this.#work.next(sessions).done) this.#finishWork();
    } catch (error) {
      this.#work = undefined;
      if (this.#mayPass(error)) throw error;
      this.#options.settingsFailed?.((error as Error).message);
      this.#finishWork();
    }
    return this.hasSettingsWork;
  }

  #finishWork(): void {
    this.#work = undefined;
    if (!this.#settled.lists) this.closeTimedOut();
    // If sessions cannot follow accepted records, they are not refolded either.
    this.#settled = { lists: true, sessions: this.#settled.lists || this.#isFoldFaulty };
  }

  /** The number of the current settings; a new one if they have changed. */
  #settingsNumber(): number {
    const { settings, settingsNumber = 0 } = this.#state;
    return settings === this.#options.settings ? settingsNumber : settingsNumber + 1;
  }

  /**
   * Checks whether other processes have appended to the log. Returns whether rows are behind it; `catchUp`
   * then folds the new blocks. Memory stays valid, because no other process writes rows.
   */
  noticeBlocks(): boolean {
    if (this.#log.lastId > this.foldedBlock && !this.#isFoldFaulty) this.#behind = true;
    return this.#behind;
  }

  /** Whether rows may be behind the log. `foldedBlock` and `lastBlock` say how far. */
  get isBehind(): boolean {
    return this.#behind;
  }

  /** Whether the last attempt to catch up had a temporary failure, such as a full disk. */
  get isHeldUp(): boolean {
    return this.#isHeldUp;
  }

  /** Rows are current up to this block. */
  get foldedBlock(): number {
    return this.#state.foldedBlock;
  }

  /** The last block of the log. */
  get lastBlock(): number {
    return this.#log.lastId;
  }

  /** Durable records that are not in sessions. Estimated from a sample if there are many blocks. */
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

  /** Records of a block; 0 if it is damaged. */
  #recordsIn(block: number): number {
    try {
      return this.#log.read(block)?.records ?? 0;
    } catch (error) {
      if (error instanceof DamagedBlockError) return 0;
      throw error;
    }
  }

  /** Writes data of the size of a block and deletes it. @throws if the disk refuses it. */
  probe(): void {
    this.#confirmLog();
    this.#log.probe(BLOCK_BYTES);
  }

  /**
   * Records that an earlier process appended last may be durable only now. They are folded like all that are
   * behind.
   */
  #confirmLog(): void {
    if (this.#log.confirm()) this.#forget();
  }

  /** Stages and writes batches in one call. */
  commit(batches: readonly ProjectBatch[], fold: boolean): AppendResult[] {
    const staged = this.stage(batches, lz4.compressSync);
    return this.write(
      staged,
      staged.blocks.map(({ data }) => data),
      fold,
    );
  }

  /**
   * Takes batches into memory and makes blocks of the new records. `compress` receives the bytes of each
   * block as soon as it is complete, and may use them until the next call. Until the staged blocks are
   * written or given up, only `closeTimedOut` may be called of the methods that touch groups or sessions.
   */
  stage<Data>(batches: readonly ProjectBatch[], compress: (bytes: Buffer) => Data): StagedCommit<Data> {
    if (this.#isStaged) throw new Error('what was staged before has not been written');
    if (batches.length > 0) this.#confirmLog();
    // A new project is durable at once.
    if (batches.some(({ project }) => !this.#projects.has(project))) this.endFold();
    this.#isStaged = true;
    this.#builder.reuse();
    try {
      this.#readStateAgain();
      // Without current sessions, known records are unknown too. All are taken as new, and folding drops
      // duplicates.
      if (this.#isFoldFaulty || this.#behind) this.#clear();
      const touched: HotGroup[] = [];
      const results = this.#run(this.#take(batches, touched));
      return { results, touched, blocks: blocksOf(this.#builder, touched, compress) };
    } catch (error) {
      this.giveUp();
      throw error;
    }
  }

  /** Adds batches to their groups. Groups with new records are added to `touched`. */
  *#take(batches: readonly ProjectBatch[], touched: HotGroup[]): Plan<AppendResult[]> {
    yield* this.#requireProjects(batches.map(({ project }) => project));
    const numbered = batches.map(({ project: name, batch }) => {
      const project = this.#projects.get(name)!;
      return { project, batch, refused: this.#options.tombstones?.refused(project, batch) };
    });
    const results = numbered.map(({ refused }) => ({
      stored: 0,
      replaced: 0,
      duplicates: 0,
      ...(refused !== undefined && { erased: refused.reduce((sum, each) => sum + each, 0) }),
    }));
    yield* this.#intake.add(numbered, (at, hot, source, outcome) => {
      const result = results[at]!;
      if (outcome === 'duplicate') {
        result.duplicates++;
        return;
      }
      if (outcome === 'new') {
        result.stored++;
        this.#groups.count(hot, 1);
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
   * Appends staged blocks durably and returns a result for each batch: from then on they are accepted. `data`
   * are the compressed bytes of the blocks.
   *
   * With `fold`, derived rows are current on return, unless that fails: then `foldDelayed` or `foldFailed` is
   * called. Otherwise they wait for a later `fold`. @throws if the blocks could not be appended: then nothing
   * of the commit is kept. Also if nothing was to be appended and derived rows could not be written.
   */
  write(
    { results, touched, blocks }: StagedCommit<unknown>,
    data: readonly Uint8Array[],
    fold: boolean,
  ): AppendResult[] {
    try {
      const before = this.#log.lastId;
      this.#append(blocks, data);
      this.#written(touched, before);
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

  /** Appends blocks to the log, and notes their places. */
  #append(blocks: readonly StagedBlock<unknown>[], data: readonly Uint8Array[]): void {
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
  }

  /**
   * Updates derived rows for the changed groups. Throws only if no records were accepted in the same call.
   */
  #foldDirty(hasAccepted: boolean): void {
    if (!this.#isFoldDue) this.endFold();
    if (this.#behind || this.#isFoldDue) {
      const isReported = this.#isHeldUp;
      try {
        if (this.#behind) this.#catchUpAll();
        else this.#foldTo(this.#log.lastId, noPlan);
      } catch (error) {
        if (!this.#mayPass(error)) this.#setAside(error);
        else if (!hasAccepted) throw error;
        else if (!isReported) this.#options.foldDelayed?.((error as Error).message);
      }
    }
    this.#rotate();
  }

  get #isFoldDue(): boolean {
    return !this.#dirty.isEmpty && !this.#isFoldFaulty;
  }

  /**
   * Folds all touched groups, and those that `before` touches, in one change set. Rows are then current up to
   * this block.
   */
  #foldTo(block: number, before: () => Plan<void>): void {
    const [fold, dirty] = [this.#fold, this.#dirty];
    this.#change(function* (changes) {
      yield* before();
      dirty.folded(yield* fold.plan(changes, dirty.all()));
      changes.state = { foldedBlock: block };
    });
  }

  /**
   * Folds the groups that waited longest, with at least this many records, in one change set. Returns whether
   * others are left. Records are accepted between calls.
   *
   * Each change set has all current records of its groups, so rows always match some set of records.
   * `foldedBlock` is the last block before the first waiting record. Readers see the result after `endFold`.
   * Does not throw: on failure `foldDelayed` or `foldFailed` is called, and catching up folds what is after
   * `foldedBlock`.
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

  /** Makes the results of `foldSome` visible to readers. Does not throw: what fails is folded again. */
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

  /** Handles an error because of which folded rows are not durable. */
  #delayed(error: unknown): void {
    if (this.#mayPass(error)) this.#options.foldDelayed?.((error as Error).message);
    else this.#setAside(error);
  }

  /** Discards what was staged. */
  giveUp(): void {
    this.#isStaged = false;
    this.#forget();
  }

  fold(): void {
    this.commit([], true);
  }

  /**
   * Durable records accepted by this engine that are not in the rows of sessions, unless it is behind.
   * Excludes duplicates.
   */
  get unfolded(): number {
    return this.#dirty.records;
  }

  /** Whether sessions follow accepted records. False after a failure that only a restart may fix. */
  get canFold(): boolean {
    return !this.#isFoldFaulty;
  }

  /**
   * Marks sessions as timed out once their time-out has passed. Readers do not rely on it; it keeps their
   * work small. First accepts times that were too far ahead (S21).
   */
  closeTimedOut(): void {
    this.endFold();
    // Sessions with times ahead of the clock are written, which must not happen while something is staged.
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

  /**
   * Whether nothing is staged and rows follow accepted records. Other rows of the same store may be written
   * then.
   */
  get isAtRest(): boolean {
    return !this.#isStaged && !this.#behind && !this.#isFoldFaulty && !this.#isOpen;
  }

  /** Marks a session as invalidated; false if it does not exist. */
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
      // The decision may be durable without its row, which is written once rows can be.
      this.#settled = { ...this.#settled, lists: false };
      this.#work = undefined;
      throw error;
    }
    return true;
  }

  /**
   * Removes the first of these sessions, as many as one change set may have, or a part of one with very many traces,
   * from all rows. Their chunks of the log are passed to `list`, which must store them durably: they are to be removed
   * from the log next. Records that traces have of other sessions are appended to the log again before that. Undefined
   * if none of the sessions exists. Options: the most groups of a change set, and a state that is noted with it.
   * @throws if rows do not follow the log, or the disk refuses something. Then rows are as before.
   */
  erase(
    project: string,
    ids: readonly string[],
    list: (part: ErasedPart) => void,
    { mostGroups, ...state }: Partial<EngineState> & { readonly mostGroups?: number } = {},
  ): ErasedPart | undefined {
    this.fold();
    if (this.#behind || this.#isFoldFaulty) throw new Error('sessions do not follow the log');
    const number = this.#projects.get(project);
    const found = number === undefined ? [] : this.#run(this.#sessionsAt(number, ids));
    if (number === undefined || found.length === 0) return undefined;
    const [groups, sessions, fold, log] = [this.#groups, this.#sessions, this.#fold, this.#log];
    try {
      // Groups by user move by their records.
      const canBeAlone = this.#users === undefined;
      const { part, reduced, alone } = this.#run(takeOut(groups, number, found, { mostGroups, canBeAlone }));
      this.#rewriteGroups(reduced, () => list(part));
      const hots = reduced.map(({ hot }) => hot);
      this.#change(function* (changes) {
        yield* fold.plan(changes, hots);
        for (const hot of alone.sessions) sessions.remove(changes, hot);
        for (const key of alone.groups) changes.groups.gone.push({ project: number, key });
        changes.state = { ...state, foldedBlock: log.lastId };
      });
      groups.dropEmpty(hots);
      groups.drop(number, alone.groups);
      if (!part.hasMore) for (const id of part.sessions) sessions.forgetInvalidation(number, id);
      this.#rotate();
      return part;
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  /** Appends what groups keep, and calls `list`. Rows follow. */
  #rewriteGroups(reduced: readonly ReducedGroup[], list: () => void): void {
    const split = reduced.filter(({ kept }) => kept.length > 0);
    for (const { hot, kept } of split) hot.pending = [...kept];
    this.#builder.reuse();
    const blocks = blocksOf(
      this.#builder,
      split.map(({ hot }) => hot),
      lz4.compressSync,
    );
    this.#append(
      blocks,
      blocks.map(({ data }) => data),
    );
    for (const { hot } of split) hot.pending = [];
    list();
  }

  /**
   * Removes the content of messages from sessions of a project that exist, as far as one change set goes. Their rows
   * stay. As `erase`: what `list` receives is to leave the log. @throws as `erase`
   */
  removeContent(
    project: string,
    ids: readonly string[],
    list: (part: ContentPart) => void,
    {
      mostGroups,
      fromGroup,
      ...state
    }: Partial<EngineState> & {
      readonly mostGroups: number;
      readonly fromGroup: number;
    },
  ): ContentPart | undefined {
    this.fold();
    if (this.#behind || this.#isFoldFaulty) throw new Error('sessions do not follow the log');
    const number = this.#projects.get(project);
    const found = number === undefined ? [] : this.#run(this.#sessionsAt(number, ids));
    if (number === undefined || found.length === 0) return undefined;
    try {
      const { part, reduced } = this.#run(
        takeContent(this.#groups, this.#contentRemover, number, found, { mostGroups, fromGroup }),
      );
      if (reduced.length > 0) {
        this.#rewriteGroups(reduced, () => list(part));
        // Facts are the same, and so are the rows of sessions, unless a message was the title of one.
        this.#write((changes) => {
          const titled = reduced.filter(({ hasOtherTitle }) => hasOtherTitle);
          this.#run(
            this.#fold.plan(
              changes,
              titled.map(({ hot }) => hot),
            ),
          );
          for (const { hot, hasOtherTitle } of reduced)
            if (!hasOtherTitle) changes.groups.put.push(placesRow(hot));
          changes.state = { ...state, foldedBlock: this.#log.lastId };
        });
      }
      this.#rotate();
      return part;
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  /** Sessions that have records of a block. */
  sessionsOfBlock(id: number): { readonly project: number; readonly ids: readonly string[] } | undefined {
    const block = this.#log.read(id);
    if (block === undefined || block.records === 0) return undefined;
    const { project } = block;
    const keys = this.#groups.keysIn(block);
    this.#run(this.#groups.requireFolded(keys.map((key) => ({ project, key }))));
    const ids = new Set(keys.flatMap((key) => [...(this.#groups.get(project, key)?.raw.keys() ?? [])]));
    this.#rotate();
    return { project, ids: [...ids] };
  }

  /** The sessions with these ids that exist, each once. */
  *#sessionsAt(project: number, ids: readonly string[]): Plan<HotSession[]> {
    const found = new Set<HotSession>();
    yield* this.#sessions.require(ids.map((id) => ({ project, id })));
    for (const id of ids) {
      const hot = yield* this.#sessionAt(project, id);
      if (hot !== undefined) found.add(hot);
    }
    return [...found];
  }

  /** The session with this id, or the session by user that has the trace with this id. */
  *#sessionAt(project: number, id: string): Plan<HotSession | undefined> {
    yield* this.#sessions.require([{ project, id }]);
    const hot = this.#sessions.get(project, id);
    if (hot !== undefined || this.#users === undefined) return hot;
    const [other] = yield* this.#users.sessionsOfIds([{ project, id }]);
    if (other === undefined) return undefined;
    yield* this.#sessions.require([{ project, id: other }]);
    return this.#sessions.get(project, other);
  }

  /** Pending records of these groups are now in blocks after this one. */
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

  /** Adds the records of these blocks to their groups. */
  *#takeBlocks(first: number, last: number): Plan<void> {
    const ids = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    const runs: RunOfChunks[] = [];
    const known = new Set(this.#projects.values());
    for (const block of yield* load('blocks', ids)) {
      if (block === undefined) continue;
      const { id, project, directory, bytes } = block;
      if (!known.has(project)) {
        // Another process has made the project since.
        this.#projects = new Map((yield* load('start', undefined)).projects);
        for (const number of this.#projects.values()) known.add(number);
      }
      const places = chunksOf(id, directory);
      for (const run of this.#groups.runs(places, bytes)) runs.push({ ...run, project, places, at: 0 });
    }
    const met = new Map<HotGroup, ChunkPlace[]>();
    yield* this.#intake.add(runs, (at, hot, { index }, outcome) => {
      const place = nextPlace(runs[at]!, index);
      if (outcome === 'new') this.#groups.count(hot, 1);
      // Rows of some groups may be ahead of `foldedBlock`. Those groups load all of their records of these
      // blocks.
      const last = hot.places.at(-1);
      if (last !== undefined && place.block <= last.block) return;
      const places = met.get(hot);
      if (places === undefined) met.set(hot, [place]);
      // One group for each chunk, unless the rules have changed since it was written.
      else if (places.at(-1) !== place) places.push(place);
    });
    this.#intake.dropCompared();
    for (const [hot, places] of met) {
      // Not earlier: comparisons must load the group as it was before these records.
      hot.places.push(...places);
      for (const span of hot.group.spans.values()) span.source = undefined;
      this.#dirty.touch(hot, 0, first - 1);
    }
  }

  /** Rewrites sessions with times that are accepted now, but were not when they were written (S21). */
  #catchUpWithClocks(): void {
    const query = { which: 'believed', untilNs: this.#options.now(), limit: MOST_CAUGHT_UP } as const;
    const waiting = this.#run(load('find', query));
    if (waiting.length === 0) return;
    const hots = this.#run(sessionsOf(this.#sessions, waiting));
    const [fold, sessions] = [this.#fold, this.#sessions];
    this.#change(function* (changes) {
      // The row of the first records says that it has the current settings.
      yield* fold.again(Fold.alone(hots.filter(({ outdated }) => outdated)));
      for (const hot of hots) sessions.write(changes, hot);
    });
  }

  /** Notes the state of the store if it has changed. */
  #note(state: Partial<EngineState>): void {
    const names = Object.keys(state) as (keyof EngineState)[];
    if (names.every((name) => state[name] === this.#state[name])) return;
    this.#write((changes) => {
      changes.state = state;
    });
  }

  /** Runs a plan and writes its change set. */
  #change(plan: (changes: ChangeSet) => Plan<void>): void {
    this.#write((changes) => this.#run(plan(changes)));
  }

  /**
   * Makes and writes a change set. On failure, nothing of it is kept, in memory either. The same holds for
   * earlier parts that were not ended.
   */
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
    // Stored data may have changed since the previous plan.
    this.#users?.forget();
    return drive(plan, this.#answer);
  }

  readonly #answer = (request: LoadRequest): LoadAnswer => {
    if (request.name !== 'blocks') return this.#store.load(request);
    try {
      return this.#log.readAll(request.of);
    } catch (error) {
      if (error instanceof DamagedBlockError) this.#damage ??= error.message;
      throw error;
    }
  };

  /** Reports written sessions. They are durable even if the listener fails. */
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

  /** Evicts groups that were not touched recently, except those ahead of their rows. */
  #rotateGroups(): void {
    this.#groups.rotate(this.#dirty.all());
  }

  /** Memory may be ahead of the disk: clears all of it. The next commit begins by catching up. */
  #forget(): void {
    try {
      if (this.#isOpen) this.#end();
      this.#announce();
    } catch {
      // Nothing of the last folds is left. They are repeated from the log.
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
    // Blocks of a commit that was given up may still be in other threads.
    this.#builder.abandon();
  }

  /**
   * Continues without updating sessions. Accepted records are still durable, and a later version that can
   * fold them adds them to sessions at its start. Rethrows temporary errors of the disk.
   */
  #setAside(error: unknown): void {
    this.#forget();
    if (this.#mayPass(error)) {
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

  /** Reads the state of the store as a whole. */
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

/** Records of neighbouring chunks of a block. */
interface RunOfChunks extends DecodedRun {
  readonly project: number;
  /** All chunks of the block. */
  readonly places: readonly ChunkPlace[];
  /** The chunk of the last record that was looked up. */
  at: number;
}

/** The chunk of a record. Records of a run must be looked up in their order. */
function nextPlace(run: RunOfChunks, index: number): ChunkPlace {
  const { batch, places } = run;
  const position = run.offset + batch.offset[index]!;
  for (;;) {
    const place = places[run.at]!;
    if (position < place.offset + place.tracesLength + place.logsLength) return place;
    run.at++;
  }
}

const UNSETTLED = { lists: false, sessions: false };

/** Passes on a message from time to time. */
function throttled(report: (message: string) => void): (message: string) => void {
  let reportedMs = Date.now();
  return (message) => {
    if (Date.now() - reportedMs < PROGRESS_MS) return;
    report(message);
    reportedMs = Date.now();
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
  removedPiece: undefined,
};
