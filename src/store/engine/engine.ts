import type { Buffer } from 'node:buffer';
import lz4 from 'lz4-napi';
import type { Normalizer } from '../../normalize/normalizer.js';
import { DEFAULT_PAGE_URLS, type PageUrlMode } from '../../normalize/visit/page-url.js';
import { RECORD_SPAN, type RecordBatch } from '../../otlp/record-batch.js';
import type { AppendResult, SessionListener } from '../contract/store.js';
import { BlockBuilder, type ChunkPlace, chunksOf } from '../records/block.js';
import { spanIdOf } from '../records/held-records.js';
import type { BlockLog } from '../records/log.js';
import { CallIndex } from './call-index.js';
import { ChangeSet } from './changes.js';
import { Fold } from './fold.js';
import { type HotGroup, HotGroups } from './hot-groups.js';
import { Intake } from './intake.js';
import {
  drive,
  type EngineState,
  type LoadAnswer,
  type LoadRequest,
  load,
  type Plan,
  type SessionKey,
  type SessionQuery,
  type SessionRef,
} from './loads.js';
import { type HotSession, type SessionOptions, Sessions } from './sessions.js';
import { BLOCK_BYTES, blocksOf, type StagedCommit } from './staging.js';
import { runLimits, UserRunIndex } from './user-runs.js';

/**
 * The version of the rules and of all stored forms of derived rows: encoded sums, places, entries of the call index, values of filters. Changes when records would be bound to other
 * sessions than before, or when derived rows are made in another way: everything is folded again at the next start.
 */
export const RULES_VERSION = 5;

/** What is stored of traces that are not grouped by user. */
const BY_ID = 'id';

/** Sessions made again in one change set. */
const SESSIONS_AGAIN = 500;

/** Blocks folded in one change set when catching up. */
const REPLAY_BLOCKS = 64;

/** Sessions that are written again in one go for their clocks. */
const MOST_CAUGHT_UP = 1000;

/** Between two reports of progress, ms. */
const PROGRESS_MS = 5_000;

export interface EngineOptions extends SessionOptions {
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
  /** Told why records are on the disk that sessions do not have yet: `fold` brings them there once that has passed. */
  readonly foldDelayed?: (reason: string) => void;
  /** Asked between steps of long work at the start: true gives it up. What is done of it stays done. */
  readonly isStopped?: () => boolean;
}

export interface SessionsByUser {
  /** Identity of all settings that user ids depend on: where it is another than before, everything is folded again at the start. */
  readonly identity: string;
  /** Most traces of a session and of an hour; MOST_TRACES where it is left out. */
  readonly mostTraces?: number;
}

/** What an engine needs of a store, besides the log of blocks. */
export interface EngineStore {
  load(request: Exclude<LoadRequest, { name: 'blocks' }>): LoadAnswer;
  /** Writes all of a change set or, where it throws, nothing of it. */
  apply(changes: ChangeSet): void;
  /** Whether an error of a load, of `apply` or of the log may pass by itself: a full or failing disk, a locked file. One of the program or of what it writes does not. */
  mayPass(error: unknown): boolean;
}

/** Work at the start was given up because the process is to stop. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
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
  #projects = new Map<string, number>();
  #state: EngineState = { ...NO_STATE };
  /** A change set failed: memory is empty, and what is durable has to be folded before anything else. */
  #behind = false;
  /** Whether that was tried since, and failed for what may pass: `fold` tries again, and commits go on without it. */
  #isHeldUp = false;
  /** Whether `recover` came to its end. */
  #isRecovered = false;
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
    this.#begin();
  }

  /** Spans and log records held in memory. */
  get hotRecords(): number {
    return this.#groups.records;
  }

  /** Whom to tell of sessions that were written, after each change set; nobody by default. */
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
      if (!this.#store.mayPass(error)) throw error;
      this.#forget();
      progress(
        `the store cannot be written: ${(error as Error).message}; serving what is in sessions already`,
      );
    }
  }

  #recover(progress: (message: string) => void): void {
    const { pageUrls = DEFAULT_PAGE_URLS, quietRoutes = '', settings } = this.#options;
    const identity = { rules: RULES_VERSION, sessionsBy: this.#grouping(), pageUrls };
    const { rules = RULES_VERSION, sessionsBy = BY_ID, pageUrls: urls = DEFAULT_PAGE_URLS } = this.#state;
    if (rules !== identity.rules || sessionsBy !== identity.sessionsBy || urls !== pageUrls) {
      progress('the rules of sessions or their settings have changed: folding all telemetry again');
      this.#write((changes) => {
        changes.isReset = true;
        changes.state = { foldedBlock: 0, ...identity, quietRoutes };
      });
      this.#begin();
    }
    this.#note({ ...identity, settings, settingsNumber: this.#settingsNumber() });
    try {
      this.#replay(progress);
    } catch (error) {
      this.#setAside(error);
    }
    this.#quieten(progress);
    this.#listImplicit(progress);
    this.#reopen();
    this.#mendInvalidations();
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

  /** The number of today's settings, a new one where they were others. */
  #settingsNumber(): number {
    const { settings, settingsNumber = 0 } = this.#state;
    return settings === this.#options.settings ? settingsNumber : settingsNumber + 1;
  }

  /** Whether sessions are behind the records on disk because a change set failed. */
  get isBehind(): boolean {
    return this.#behind;
  }

  /** Records on disk that are not in sessions, where the last start or commit could not bring them there; 0 where it could. Reads their blocks. */
  countUnfolded(): number {
    if (!this.#behind) return 0;
    let unfolded = 0;
    for (const { records } of this.#log.after(this.#state.foldedBlock)) unfolded += records;
    return unfolded;
  }

  /** Writes something of the size of a block and takes it away again. @throws where the disk does not take it. */
  probe(): void {
    this.#log.probe(BLOCK_BYTES);
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
      if (this.#behind) this.#tryToCatchUp(batches.length > 0);
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
      this.#written(touched);
      this.#intake.dropCompared();
      this.#isStaged = false;
    } catch (error) {
      this.giveUp();
      throw error;
    }
    if (fold) this.#foldDirty(touched.length > 0);
    else if (this.#behind) this.#clear();
    return results;
  }

  /** Brings derived rows up to the groups that changed. What fails is thrown only where no records were accepted with it. */
  #foldDirty(hasAccepted: boolean): void {
    if (this.#behind || (this.#fold.isDue && !this.#isFoldFaulty)) {
      const isTold = this.#isHeldUp;
      try {
        if (this.#behind) this.#catchUp();
        else this.#foldTo(this.#log.lastId, noPlan);
      } catch (error) {
        if (!this.#store.mayPass(error)) this.#setAside(error);
        else if (!hasAccepted) throw error;
        else if (!isTold) this.#options.foldDelayed?.((error as Error).message);
      }
    }
    this.#rotate();
  }

  /** Folds in one change set what was touched, and what `before` touches; rows are current up to this block then. */
  #foldTo(block: number, before: () => Plan<void>): void {
    const fold = this.#fold;
    this.#change(function* (changes) {
      yield* before();
      yield* fold.plan(changes);
      changes.state = { foldedBlock: block };
    });
  }

  /** Forgets what was staged: nothing of it is kept. */
  giveUp(): void {
    this.#isStaged = false;
    this.#forget();
  }

  fold(): void {
    this.commit([], true);
  }

  /**
   * Brings derived rows up to commits that were written and answered without a fold. Never throws for a disk that is full: `foldDelayed` is told, once, and
   * the next commit tries again.
   */
  foldAnswered(): void {
    this.#foldDirty(true);
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
    const { changes, closed } = this.#run(this.#sessions.closeTimedOut([...this.#projects.values()]));
    if (closed.length > 0) this.#store.apply(changes);
    this.#sessions.timedOut(closed);
    this.#announce();
  }

  /** Whether nothing is staged and rows follow what is accepted: other rows of the same store may be written then. */
  get isAtRest(): boolean {
    return !this.#isStaged && !this.#behind && !this.#isFoldFaulty;
  }

  /** Marks a session as invalidated; false where there is none. */
  invalidate(project: string, id: string): boolean {
    this.fold();
    const number = this.#projects.get(project);
    if (number === undefined) return false;
    const hot = this.#run(this.#sessionAt(number, id));
    if (hot === undefined || hot.session.groups === 0) return false;
    const [fold, sessions] = [this.#fold, this.#sessions];
    this.#change(function* (changes) {
      if (hot.outdated) yield* fold.again(Fold.alone([hot]));
      sessions.invalidate(changes, hot);
      sessions.write(changes, hot);
    });
    return true;
  }

  /** Folds a session again where it was folded under other settings; false where there is none. */
  refresh(project: string, id: string): boolean {
    if (this.#behind) this.fold();
    const number = this.#projects.get(project);
    if (number === undefined) return false;
    const known = this.#run(this.#sessionAt(number, id));
    if (known?.outdated !== true) return known !== undefined;
    this.fold();
    const hot = this.#run(this.#sessionAt(number, id));
    if (hot !== undefined) this.#makeAgain([hot]);
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

  /** The pending records of these groups lie in blocks now. */
  #written(touched: readonly HotGroup[]): void {
    for (const hot of touched) {
      for (const { batch, index } of hot.pending) {
        if (batch.kind[index] !== RECORD_SPAN) continue;
        const span = hot.group.spans.get(spanIdOf(batch, index));
        if (span !== undefined) span.source = undefined;
      }
      hot.pending = [];
      this.#fold.touch(hot);
    }
  }

  /** Folds blocks that are durable but not yet in the derived rows. */
  #replay(progress: (message: string) => void): void {
    const last = this.#log.lastId;
    const behind = last - this.#state.foldedBlock;
    if (behind === 0) return;
    progress(`folding ${behind} block(s) of telemetry not yet in sessions`);
    const report = throttled(progress);
    while (this.#state.foldedBlock < last) {
      const first = this.#state.foldedBlock + 1;
      const to = Math.min(last, first + REPLAY_BLOCKS - 1);
      this.#foldTo(to, () => this.#takeBlocks(first, to));
      this.#rotate();
      if (this.#options.isStopped?.()) throw new StoppedError('stopped while folding');
      report(`folded block ${to} of ${last}`);
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
    const met = new Set<HotGroup>();
    yield* this.#intake.add(chunks, (at, hot, _, outcome) => {
      const { place } = chunks[at]!;
      if (outcome === 'new') this.#groups.count(1);
      // One group a chunk, unless the rules have changed since it was written.
      if (hot.places.at(-1) !== place) hot.places.push(place);
      met.add(hot);
    });
    this.#intake.dropCompared();
    for (const hot of met) {
      for (const span of hot.group.spans.values()) span.source = undefined;
      this.#fold.touch(hot);
    }
  }

  /** Lists or hides implicit sessions where the setting is another than when they were written. What is done of it when it is given up is done again. */
  #listImplicit(progress: (message: string) => void): void {
    const implicitSessions = this.#options.implicitSessions ? 'on' : 'off';
    const was = this.#state.implicitSessions;
    if (was !== undefined && was !== implicitSessions) {
      progress(`implicit sessions are now ${implicitSessions}: bringing the list up to date`);
      this.#forEachPage(
        (afterNo) => ({ which: 'implicit', afterNo, limit: SESSIONS_AGAIN }),
        (hots) => this.#writeAgain(hots),
      );
    }
    this.#note({ implicitSessions });
  }

  /** Makes implicit sessions again where other traces are quiet than when they were made. What is done of it when it is given up is done again. */
  #quieten(progress: (message: string) => void): void {
    const { quietRoutes = '' } = this.#options;
    const was = this.#state.quietRoutes;
    if (was !== undefined && was !== quietRoutes) {
      progress('other requests are quiet now: going through the sessions that are named by their trace');
      const report = throttled(progress);
      this.#forEachPage(
        (afterNo) => ({ which: 'implicit', afterNo, limit: SESSIONS_AGAIN }),
        (hots, lastNo) => {
          this.#makeAgain(hots);
          if (this.#options.isStopped?.()) throw new StoppedError('stopped while sessions were gone through');
          report(`went through the sessions up to ${lastNo}`);
        },
      );
    }
    this.#note({ quietRoutes });
  }

  /** Lists sessions as open again that a longer time-out than before makes open. Readers do not rely on it either. */
  #reopen(): void {
    const { timeoutNs, now } = this.#options;
    const was = this.#state.timeoutNs;
    if (was !== undefined && BigInt(was) < timeoutNs) {
      const lastAfterNs = now() - timeoutNs;
      this.#forEachPage(
        (afterNo) => ({ which: 'timedOut', lastAfterNs, afterNo, limit: SESSIONS_AGAIN }),
        (hots) => this.#writeAgain(hots),
      );
    }
    this.#note({ timeoutNs: String(timeoutNs) });
  }

  /** Marks sessions that the operator invalidated and whose rows do not say so: the rows are written after the decision, and may be lost when the machine stops. */
  #mendInvalidations(): void {
    this.#forEachPage(
      (afterNo) => ({ which: 'unmarked', afterNo, limit: SESSIONS_AGAIN }),
      (hots) =>
        this.#write((changes) => {
          for (const hot of hots) {
            this.#sessions.invalidate(changes, hot);
            this.#sessions.write(changes, hot);
          }
        }),
    );
  }

  /** Goes through sessions a page at a time. `work` may change how they are listed. */
  #forEachPage(
    query: (afterNo: number) => SessionQuery,
    work: (hots: readonly HotSession[], lastNo: number) => void,
  ): void {
    for (let afterNo = 0; ; ) {
      const page = this.#run(load('find', query(afterNo)));
      if (page.length === 0) return;
      afterNo = page.at(-1)!.no;
      work(this.#run(this.#sessionsOf(page)), afterNo);
      this.#groups.rotate();
      this.#sessions.rotate();
    }
  }

  /** Writes sessions again of whose times more are believed than when they were written (S21). */
  #catchUpWithClocks(): void {
    const query = { which: 'believed', untilNs: this.#options.now(), limit: MOST_CAUGHT_UP } as const;
    const waiting = this.#run(load('find', query));
    if (waiting.length > 0) this.#writeAgain(this.#run(this.#sessionsOf(waiting)));
  }

  *#sessionsOf(refs: readonly SessionRef[]): Plan<HotSession[]> {
    yield* this.#sessions.require(refs);
    return refs.flatMap(({ project, id }: SessionKey) => this.#sessions.get(project, id) ?? []);
  }

  /** Writes sessions that are what they were, and are listed otherwise. */
  #writeAgain(hots: readonly HotSession[]): void {
    this.#write((changes) => {
      for (const hot of hots) this.#sessions.write(changes, hot);
    });
  }

  /** Makes sessions anew of their groups, and writes them. */
  #makeAgain(hots: readonly HotSession[]): void {
    const [fold, sessions] = [this.#fold, this.#sessions];
    this.#change(function* (changes) {
      yield* fold.again(Fold.alone(hots));
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

  /** Has a change set made and written. Where either fails, nothing of it is kept, in memory neither. */
  #write(fill: (changes: ChangeSet) => void): void {
    const changes = new ChangeSet();
    try {
      fill(changes);
      this.#sessions.flush(changes);
      this.#store.apply(changes);
    } catch (error) {
      this.#forget();
      throw error;
    }
    this.#state = { ...this.#state, ...changes.state };
    this.#sessions.applied();
    this.#callIndex.rotate();
    this.#announce();
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
    if (this.#groups.records <= this.#options.hotRecords) return;
    this.#groups.rotate();
    this.#sessions.rotate();
  }

  /** What is in memory may be ahead of the disk: forgets it all. The next commit begins by catching up. */
  #forget(): void {
    this.#behind = true;
    this.#clear();
  }

  #clear(): void {
    this.#groups.forget();
    this.#sessions.forget();
    this.#intake.forget();
    this.#fold.forget();
    this.#callIndex.forget();
    this.#users?.forget();
    // Blocks of a commit that was given up may be on their way through other threads.
    this.#builder.abandon();
  }

  /** Catches up, but where that failed before and there are records to be taken: these do not wait for it. */
  #tryToCatchUp(hasRecords: boolean): void {
    if (hasRecords && this.#isHeldUp) return;
    try {
      this.#catchUp();
    } catch (error) {
      if (!hasRecords || !this.#store.mayPass(error)) throw error;
      this.#options.foldDelayed?.((error as Error).message);
    }
  }

  #catchUp(): void {
    this.#clear();
    this.#isHeldUp = true;
    this.#begin();
    try {
      if (!this.#isRecovered) this.#recover(() => {});
      else if (!this.#isFoldFaulty) this.#replay(() => {});
    } catch (error) {
      this.#setAside(error);
    }
    this.#behind = false;
    this.#isHeldUp = false;
  }

  /**
   * Goes on without bringing sessions up to date: what is accepted is still durable, and in sessions after a start of a version that can fold it. Throws
   * the error where it is one of the disk, which passes, or a wish to stop.
   */
  #setAside(error: unknown): void {
    if (error instanceof StoppedError || this.#store.mayPass(error)) throw error;
    this.#isFoldFaulty = true;
    this.#options.foldFailed?.((error as Error).message);
    this.#forget();
    this.#begin();
    this.#behind = false;
  }

  /** Reads what is known of the store as a whole. */
  #begin(): void {
    const start = this.#run(load('start', undefined));
    this.#state = start.state;
    this.#projects = new Map(start.projects);
    this.#sessions.begin(start, this.#settingsNumber());
  }
}

function* noPlan(): Plan<void> {}

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
  rules: undefined,
  sessionsBy: undefined,
  pageUrls: undefined,
  quietRoutes: undefined,
  implicitSessions: undefined,
  timeoutNs: undefined,
  settings: undefined,
  settingsNumber: undefined,
};
