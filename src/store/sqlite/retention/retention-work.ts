import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { Listing } from '../../contract/listing.js';
import type { RetentionPass, RetentionPlan, RetentionPolicy } from '../../contract/retention.js';
import { crashPoint } from '../../crash-points.js';
import {
  BEFORE_ALL,
  type DueSession,
  isFurther,
  type Limits,
  limitsOf,
  type Position,
  planOf,
} from '../../engine/due-sessions.js';
import type { Engine } from '../../engine/engine.js';
import type { ErasedPart } from '../../engine/erasing.js';
import type { ContentPart } from '../../engine/removing-content.js';
import { firstLookMs, lookMs } from '../../engine/retention-limits.js';
import { type ContentPlace, type DueList, PassProgress } from '../../engine/retention-pass.js';
import { Slices } from '../../engine/slices.js';
import { diskFiles, type LogFiles } from '../../records/log-files.js';
import { listSegments } from '../../records/log-segment.js';
import type { Rewriter } from '../../records/rewriter.js';
import {
  bySegment,
  removeUnfinished,
  rewriteAll,
  type SegmentChunks,
  UnreadableBlocksError,
} from '../../records/rewriting.js';
import { SegmentLock } from '../../records/segment-lock.js';
import type { SegmentLog } from '../../records/segment-log.js';
import { type Database, PAGE_BYTES } from '../database.js';
import type { SqliteEngineStore } from '../engine-store.js';
import { LOG_FOLDER } from '../schema.js';
import type { TextIndexing } from '../text/text-indexing.js';
import { dataBytes } from './data-size.js';
import { SqliteDueRows } from './due-rows.js';
import { ListedChunks } from './listed-chunks.js';
import { cleanCallIndex, cleanColumns, freePages, shrinks } from './retention-cleaning.js';

/** Time of a piece of work between commits, ms. */
const PIECE_MS = 40;

/** Groups whose records leave in one change set. With fewer, its fixed costs would be a large part. */
const GROUPS = { least: 400, most: 8_000 } as const;

/** Groups whose content leaves in one change set: their records are read, and written again. */
const CONTENT_GROUPS = { least: 100, most: 2_000 } as const;

/** Pages of a database that are freed at once. */
const PAGES = { least: 16, most: 4_096 } as const;

/** Sessions that are read at once. */
const MOST_SESSIONS = 500;

/** After so many chunks, the segments that have them are written again. */
const MOST_LISTED = 200_000;

export interface RetentionWorkOptions {
  readonly directory: string;
  /** Undefined if everything is kept. */
  readonly policy: RetentionPolicy | undefined;
  /** A session is open for this long after its last activity, ns. */
  readonly timeoutNs: bigint;
  /** The connection that rows are written by now. */
  readonly db: () => Database;
  readonly engine: Engine;
  readonly store: SqliteEngineStore;
  readonly log: SegmentLog;
  /** Of `SegmentLock`. */
  readonly lock: Int32Array<SharedArrayBuffer>;
  readonly rewriter: Pick<Rewriter, 'rewrite'>;
  /** The index of texts; undefined if there is none. */
  readonly texts: Pick<TextIndexing, 'forget' | 'remake'> | undefined;
  readonly files?: LogFiles;
  readonly now: () => bigint;
  /** Whether rows are those that readers see, and follow the log. */
  readonly isCurrent: () => boolean;
  /** Runs work between commits. Rejects with what it throws. */
  readonly between: <T>(work: () => T) => Promise<T>;
  readonly passed: (pass: RetentionPass) => void;
  /** Called with the reason that less goes by age than could, and without one when that has passed. */
  readonly heldBack: (reason: string | undefined) => void;
  readonly progress: (message: string) => void;
  readonly warn: (message: string) => void;
}

/** Retention, in the writing thread (docs/decisions/019-erasure-and-retention.md). */
export class RetentionWork {
  readonly #options: RetentionWorkOptions;
  readonly #files: LogFiles;
  readonly #slices = new Slices(GROUPS, () => performance.now(), PIECE_MS);
  readonly #contentSlices = new Slices(CONTENT_GROUPS, () => performance.now(), PIECE_MS);
  readonly #pageSlices = new Slices(PAGES, () => performance.now(), PIECE_MS);
  #listed: ListedChunks;
  #due: SqliteDueRows;
  #of: Database;
  #running: Promise<void> | undefined;
  #nextMs: number;
  #isClosed = false;
  /**
   * The blocks in which listed chunks stay, once all others have left. Noted later if it cannot be at the start, when the
   * disk may be full.
   */
  #unsettled: readonly number[] | undefined;
  /** Whether chunks in blocks that could not be read are tried again: once in a process, and whenever rows are made anew. */
  #withUnreadable = true;
  /** Blocks after `contentBlock` that this process has written without content. */
  readonly #ownBlocks = new Set<number>();
  /** The limits of the last pass that found all that was due. */
  #done: ReadonlyMap<string, bigint> | undefined;
  /** What was reported last, so that it is reported once. */
  #failure: string | undefined;
  #heldBack: string | undefined;

  constructor(options: RetentionWorkOptions) {
    this.#options = options;
    this.#files = options.files ?? diskFiles;
    this.#of = options.db();
    this.#listed = new ListedChunks(this.#of);
    this.#due = new SqliteDueRows(this.#of);
    this.#nextMs = performance.now() + firstLookMs(options.policy);
  }

  /** Uses the current connection. */
  #follow(): void {
    const db = this.#options.db();
    if (db === this.#of) return;
    this.#of = db;
    this.#listed = new ListedChunks(db);
    this.#due = new SqliteDueRows(db);
    this.#done = undefined;
  }

  get #chunks(): ListedChunks {
    this.#follow();
    return this.#listed;
  }

  get #sessions(): SqliteDueRows {
    this.#follow();
    return this.#due;
  }

  /**
   * Must be called before rows are made from the log: the first block that rows do not include is passed. If rows
   * begin with the log, removes from the log what is listed, at once. Otherwise only forgets what rows still have. Does
   * not throw if the disk is full.
   */
  beforeFolding(from: number): void {
    const listed = this.#chunks;
    if (this.#unsettled !== undefined || listed.isEmpty(true)) return;
    if (from > 1) {
      try {
        listed.dropVoid();
      } catch {
        // Done again before the list is used.
      }
      return;
    }
    try {
      listed.dropDoubtful();
    } catch {
      // The disk is full. They go earlier than they would, as they were about to.
    }
    this.#withUnreadable = true;
    let unreadable: readonly number[] = [];
    try {
      const lock = new SegmentLock(this.#options.lock);
      const steps = rewriteAll(this.#files, this.#logDirectory, this.#segments(), lock);
      while (!steps.next().done);
      this.#options.texts?.remake();
    } catch (error) {
      if (error instanceof UnreadableBlocksError) {
        unreadable = this.#keep(error);
        this.#options.texts?.remake();
      } else {
        const { message } = error as Error;
        this.#options.warn(
          `sessions that were too old come back until the next pass of retention: ${message}`,
        );
      }
    }
    this.#unsettled = unreadable;
    try {
      this.#settle(unreadable);
    } catch {
      // Done again before the list is used.
    }
  }

  /** Forgets what is listed, but for what is still in these blocks. */
  #settle(unreadable: readonly number[]): void {
    this.#chunks.settle(unreadable, this.#withUnreadable);
    this.#withUnreadable = false;
    this.#unsettled = undefined;
  }

  /** Warns, and returns the blocks in which listed chunks stay. */
  #keep({ message, blocks }: UnreadableBlocksError): readonly number[] {
    this.#options.warn(
      `retention: records of sessions that are gone stay in damaged blocks, and are removed when these can be read at a start: ${message}`,
    );
    return blocks;
  }

  /** Looks for sessions that are to go, if it is time for that. Must be called from time to time. */
  run(): void {
    const { isCurrent, policy } = this.#options;
    if (this.#isClosed || this.#running !== undefined || !isCurrent()) return;
    const nowMs = performance.now();
    if (nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + lookMs(policy);
    this.#running = this.pass()
      .then(() => {
        this.#failure = undefined;
      })
      .catch(({ message }: Error) => {
        if (this.#isClosed || message === this.#failure) return;
        this.#failure = message;
        this.#options.progress(`retention stopped, and is tried again: ${message}`);
      })
      .finally(() => {
        this.#running = undefined;
      });
  }

  /** Resolves when nothing is done any more. The next start continues. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
    try {
      this.#chunks.noteDone();
    } catch {
      // The disk is full: the last piece is in doubt.
    }
  }

  /** What would go under a policy now. */
  async plan(policy: RetentionPolicy): Promise<RetentionPlan> {
    const { now, timeoutNs } = this.#options;
    const { clock } = this.#chunks;
    const listed = this.#chunks;
    const contentGoneNs = (project: number): bigint | undefined => listed.contentUntil(project);
    const options = { policy, nowNs: now(), timeoutNs, clock, contentGoneNs, dataBytes: this.#dataBytes() };
    return this.#inTurns(planOf(this.#sessions, options));
  }

  /** A pass. Sessions that become due meanwhile go in a later one. */
  async pass(): Promise<void> {
    const { policy, passed } = this.#options;
    const startMs = performance.now();
    const progress = new PassProgress();
    // What an earlier process has left.
    await this.#rewrite(progress);
    if (policy === undefined) return;
    let limits: Limits;
    let pieces: number;
    do {
      ({ pieces } = progress);
      limits = await this.#limits(policy);
      if (limits.isTooLarge || isFurther(limits.untilNs, this.#done))
        await this.#removeUpTo(limits.untilNs, progress);
      await this.#removeContents(limits.contentUntilNs, progress);
      // Only when the log is smaller, it is known whether that is enough.
    } while (progress.pieces > pieces && policy.keepBytes !== undefined);
    this.#done = limits.untilNs;
    if (progress.pieces === 0) return;
    await this.#clean(limits.untilNs, progress);
    const projects = [...progress.removed].map(([project, amounts]) => ({ project, ...amounts }));
    const { freedBytes } = progress;
    passed({ projects, freedBytes, tookMs: Math.round(performance.now() - startMs) });
  }

  async #limits(policy: RetentionPolicy): Promise<Limits> {
    const { now, timeoutNs, heldBack } = this.#options;
    const listed = this.#chunks;
    const options = { policy, nowNs: now(), timeoutNs, clock: listed.clock, dataBytes: this.#dataBytes() };
    const limits = await this.#inTurns(limitsOf(this.#sessions, options));
    await this.#between(() => {
      listed.clock = limits.clock;
    });
    if ((limits.heldBack === undefined) !== (this.#heldBack === undefined)) heldBack(limits.heldBack);
    this.#heldBack = limits.heldBack;
    return limits;
  }

  /** Removes all sessions without activity after these times, and their records from the log. */
  async #removeUpTo(untilNs: ReadonlyMap<string, bigint>, progress: PassProgress): Promise<void> {
    for (const [name, project] of this.#sessions.projects()) {
      const until = untilNs.get(name);
      if (until === undefined) continue;
      for (const listing of Object.values(Listing)) {
        const list = { name, project, listing, untilNs: until };
        for (let after: Position | undefined = BEFORE_ALL; after !== undefined; ) {
          const from: Position = after;
          after = await this.#inPiece(() => this.#removeSome(list, from, progress));
          if (progress.listed >= MOST_LISTED) await this.#rewrite(progress);
        }
      }
    }
    await this.#rewrite(progress);
  }

  /** Removes sessions for a while. Returns the last of them, if there may be more. */
  #removeSome(
    { name, project, listing, untilNs }: DueList,
    after: Position,
    progress: PassProgress,
  ): Position | undefined {
    let last: Position | undefined = after;
    const db = this.#of;
    // The log is changed next: rows must not come back, whatever happens to the machine.
    db.exec('PRAGMA main.synchronous = FULL');
    try {
      // A record that is not in rows yet may resume a session that they say is due.
      this.#options.engine.fold();
      this.#slices.run((groups) => {
        const most = Math.min(groups, MOST_SESSIONS);
        const page = this.#sessions.page(project, listing, untilNs, last!, most);
        const gone = page.length === 0 ? 0 : this.#remove(name, project, page, groups, progress);
        if (gone === page.length && page.length < most) last = undefined;
        else last = page[gone - 1] ?? last;
        return last !== undefined && progress.listed < MOST_LISTED;
      }, PIECE_MS);
    } finally {
      db.exec('PRAGMA main.synchronous = NORMAL');
    }
    return last;
  }

  /** Removes the first sessions of a page in one change set. Returns how many of them are gone. */
  #remove(
    name: string,
    project: number,
    page: readonly DueSession[],
    mostGroups: number,
    progress: PassProgress,
  ): number {
    const listed = this.#chunks;
    const removedPiece = listed.removedPiece + 1;
    const list = ({ chunks }: ErasedPart): void => listed.add(removedPiece, chunks);
    const ids = page.map(({ id }) => id);
    const part = this.#options.engine.erase(name, ids, list, { removedPiece, mostGroups });
    crashPoint('retention.removed');
    if (part === undefined) return page.length;
    const gone = part.hasMore ? [] : page.slice(0, part.sessions.length);
    // A session without records is there because others name it.
    if (part.chunks.length === 0) return gone.length;
    progress.pieces++;
    progress.listed += part.chunks.length;
    progress.addPart(name, part, gone);
    if (gone.length > 0) listed.forgetInvalidations(project, part.sessions);
    return gone.length;
  }

  /** Removes content of messages that is older than these limits, and has not gone before. */
  async #removeContents(untilNs: ReadonlyMap<string, bigint>, progress: PassProgress): Promise<void> {
    const listed = this.#chunks;
    const { engine } = this.#options;
    const lastBlock = await this.#between(() => {
      engine.fold();
      return engine.foldedBlock;
    });
    const due = new Map<
      number,
      { readonly name: string; readonly fromNs: bigint; readonly untilNs: bigint }
    >();
    for (const [name, project] of this.#sessions.projects()) {
      const fromNs = listed.contentUntil(project) ?? BEFORE_ALL.lastNs;
      const until = untilNs.get(name);
      if (until !== undefined) due.set(project, { name, fromNs, untilNs: until > fromNs ? until : fromNs });
    }
    if (due.size === 0) return;
    if (listed.contentBlock > 0)
      await this.#removeLateContents(due, listed.contentBlock, lastBlock, progress);
    for (const [project, { name, fromNs, untilNs }] of due) {
      if (untilNs === fromNs) continue;
      for (const listing of Object.values(Listing)) {
        const list = { name, project, listing, untilNs };
        let at: ContentPlace | undefined = { after: { ...BEFORE_ALL, lastNs: fromNs }, fromGroup: 0 };
        while (at !== undefined) {
          const from: ContentPlace = at;
          at = await this.#inPiece(() => this.#removeSomeContents(list, from, progress));
          if (progress.listed >= MOST_LISTED) await this.#rewrite(progress);
        }
      }
    }
    await this.#rewrite(progress);
    await this.#between(() => {
      listed.contentGone(new Map([...due].map(([project, each]) => [project, each.untilNs])), lastBlock);
      for (const block of this.#ownBlocks) if (block <= lastBlock) this.#ownBlocks.delete(block);
    });
  }

  /** Of sessions whose messages have lost their content, with records in blocks after the first of these. */
  async #removeLateContents(
    due: ReadonlyMap<number, { readonly name: string; readonly fromNs: bigint }>,
    after: number,
    last: number,
    progress: PassProgress,
  ): Promise<void> {
    const { engine, log, now } = this.#options;
    const untilNs = [...due.values()].reduce((most, { fromNs }) => (fromNs > most ? fromNs : most), 0n);
    const isOld = this.#of.prepare('SELECT 1 FROM session WHERE project = ? AND id = ? AND last_ns <= ?');
    const sessions = new Map<number, Set<string>>();
    for (let block = after + 1; block <= last; ) {
      await this.#inPiece(() => {
        const endMs = performance.now() + PIECE_MS;
        for (; block <= last && performance.now() < endMs; block++) {
          if (this.#ownBlocks.has(block)) continue;
          const times = log.read(block);
          // A time in the future does not count as activity yet.
          if (times === undefined || (times.leastNs > untilNs && times.greatestNs <= now())) continue;
          const found = engine.sessionsOfBlock(block);
          const of = found && due.get(found.project);
          if (of === undefined) continue;
          const some = sessions.get(found!.project) ?? new Set();
          sessions.set(found!.project, some);
          for (const id of found!.ids)
            if (isOld.get(found!.project, id, of.fromNs) !== undefined) some.add(id);
        }
      });
    }
    for (const [project, ids] of sessions) {
      const left = [...ids];
      let fromGroup = 0;
      while (left.length > 0) {
        await this.#inPiece(() => {
          const part = this.#removeContent(
            due.get(project)!.name,
            left,
            CONTENT_GROUPS.least,
            fromGroup,
            progress,
          );
          left.splice(0, part === undefined ? left.length : part.sessions);
          fromGroup = part?.nextGroup ?? 0;
        });
        if (progress.listed >= MOST_LISTED) await this.#rewrite(progress);
      }
    }
  }

  /** Removes content of sessions for a while. Returns where it goes on, if there may be more. */
  #removeSomeContents(
    { name, project, listing, untilNs }: DueList,
    from: ContentPlace,
    progress: PassProgress,
  ): ContentPlace | undefined {
    let at: ContentPlace | undefined = from;
    this.#contentSlices.run((groups) => {
      const most = Math.min(groups, MOST_SESSIONS);
      const page = this.#sessions.page(project, listing, untilNs, at!.after, most);
      if (page.length === 0) {
        at = undefined;
        return false;
      }
      const ids = page.map(({ id }) => id);
      const part = this.#removeContent(name, ids, groups, at!.fromGroup, progress);
      const done = part === undefined ? page.length : part.sessions;
      if (done === page.length && page.length < most) at = undefined;
      else at = { after: page[done - 1] ?? at!.after, fromGroup: part?.nextGroup ?? 0 };
      return at !== undefined && progress.listed < MOST_LISTED;
    }, PIECE_MS);
    return at;
  }

  #removeContent(
    name: string,
    ids: readonly string[],
    mostGroups: number,
    fromGroup: number,
    progress: PassProgress,
  ): ContentPart | undefined {
    const listed = this.#chunks;
    const { engine } = this.#options;
    const removedPiece = listed.removedPiece + 1;
    const db = this.#of;
    const blockBefore = engine.lastBlock;
    db.exec('PRAGMA main.synchronous = FULL');
    try {
      const list = ({ chunks }: ContentPart): void => {
        listed.refuseEarlier();
        listed.add(removedPiece, chunks);
      };
      const part = engine.removeContent(name, ids, list, { removedPiece, mostGroups, fromGroup });
      for (let block = blockBefore + 1; block <= engine.lastBlock; block++) this.#ownBlocks.add(block);
      if (part === undefined || part.chunks.length === 0) return part;
      progress.pieces++;
      progress.listed += part.chunks.length;
      progress.addContents(name, part.records);
      return part;
    } finally {
      db.exec('PRAGMA main.synchronous = NORMAL');
    }
  }

  /** Removes from the log what is listed. */
  async #rewrite(progress: PassProgress): Promise<void> {
    if (this.#chunks.isEmpty(this.#withUnreadable)) return;
    const { rewriter } = this.#options;
    let unreadable: readonly number[] = [];
    try {
      const { bytesBefore, bytesAfter } = await rewriter.rewrite(() =>
        this.#between(() => {
          if (this.#unsettled !== undefined) this.#settle(this.#unsettled);
          // What rows still have must stay.
          this.#chunks.dropVoid();
          return this.#segments();
        }),
      );
      progress.freedBytes += bytesBefore - bytesAfter;
    } catch (error) {
      if (!(error instanceof UnreadableBlocksError)) throw error;
      unreadable = this.#keep(error);
    }
    crashPoint('retention.rewritten');
    await this.#options.texts?.forget(this.#chunks.byBlock(this.#withUnreadable).keys(), { clean: false });
    progress.listed = 0;
    await this.#between(() => this.#settle(unreadable));
  }

  /** The segments with listed chunks. None of them is written any more. */
  #segments(): SegmentChunks[] {
    removeUnfinished(this.#files, this.#logDirectory);
    const chunks = this.#chunks.byBlock(this.#withUnreadable);
    const last = listSegments(this.#files, this.#logDirectory).at(-1)?.first ?? 0;
    if ([...chunks.keys()].some((block) => block >= last)) this.#options.log.seal();
    return bySegment(this.#files, this.#logDirectory, chunks);
  }

  /** Removes what deleted rows have left, and makes the file of sessions smaller. */
  async #clean(untilNs: ReadonlyMap<string, bigint>, progress: PassProgress): Promise<void> {
    const { store } = this.#options;
    const greatestNs = [...untilNs.values()].reduce((a, b) => (a > b ? a : b), 0n);
    const write = store.write.bind(store);
    for (const step of [cleanColumns(this.#of, write), cleanCallIndex(this.#of, write, greatestNs)]) {
      while (await this.#inPiece(() => step.next().done !== true));
    }
    crashPoint('retention.cleaned');
    while (await this.#inPiece(() => this.#freePages(progress)));
    await this.#between(() => this.#of.exec('PRAGMA main.wal_checkpoint(PASSIVE)'));
  }

  /** Gives pages back to the file system for a while. Returns whether there are more. */
  #freePages(progress: PassProgress): boolean {
    if (!shrinks(this.#of)) return false;
    const before = freePages(this.#of);
    this.#pageSlices.run((pages) => {
      this.#of.exec(`PRAGMA main.incremental_vacuum(${pages})`);
      return freePages(this.#of) > 0;
    }, PIECE_MS);
    const left = freePages(this.#of);
    progress.freedBytes += (before - left) * PAGE_BYTES;
    return left > 0 && left < before;
  }

  /** Does a piece of work between commits, then leaves the thread to others for as long. */
  async #inPiece<T>(work: () => T): Promise<T> {
    let tookMs = 0;
    const result = await this.#between(() => {
      const startMs = performance.now();
      const done = work();
      tookMs = performance.now() - startMs;
      return done;
    });
    await sleep(tookMs);
    return result;
  }

  /** Runs work between commits, outside any transaction. */
  #between<T>(work: () => T): Promise<T> {
    const { between, engine, isCurrent } = this.#options;
    return between(() => {
      if (this.#isClosed) throw new Error('the store is closing');
      if (!isCurrent()) throw new Error('sessions do not follow what was accepted');
      engine.endFold();
      this.#follow();
      return work();
    });
  }

  /** Runs steps that only read, and leaves the thread to others after each. */
  async #inTurns<T>(steps: Generator<void, T>): Promise<T> {
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      await setImmediate();
      if (this.#isClosed) throw new Error('the store is closing');
    }
  }

  #dataBytes(): number {
    return dataBytes(this.#of, this.#options.directory, this.#files);
  }

  get #logDirectory(): string {
    return join(this.#options.directory, LOG_FOLDER);
  }
}
