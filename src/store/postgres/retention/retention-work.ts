import { Listing } from '../../contract/listing.js';
import type { RetentionPass, RetentionPolicy } from '../../contract/retention.js';
import {
  BEFORE_ALL,
  type DueSession,
  isFurther,
  type Limits,
  limitsOf,
  type Position,
} from '../../engine/due-sessions.js';
import type { Engine } from '../../engine/engine.js';
import type { ContentPart } from '../../engine/removing-content.js';
import { firstLookMs, lookMs } from '../../engine/retention-limits.js';
import { type ContentPlace, type DueList, PassProgress } from '../../engine/retention-pass.js';
import { Slices } from '../../engine/slices.js';
import { DamagedBlockError } from '../../records/log.js';
import type { ChunksByBlock } from '../../records/rewriting.js';
import type { PostgresEngineStore } from '../engine-store.js';
import type { ErasureRows } from '../erasure-rows.js';
import type { LogTable } from '../log-table.js';
import type { RowSets } from '../row-sets.js';
import { DatabaseError, type Statement } from '../statement.js';
import type { DataSize } from './data-size.js';
import type { PostgresDueRows } from './due-rows.js';
import type { RetentionTables } from './retention-tables.js';

/** Time of a piece of work between folds, ms. */
const PIECE_MS = 100;

/** While there is a backlog, a piece is done so often, ms: otherwise one would put retention off for ever. */
const TURN_MS = 2_000;

/** Groups whose records leave in one change set. Each costs some round trips, whatever it has. */
const GROUPS = { least: 800, most: 16_000 } as const;

/** Groups whose content leaves in one change set: their records are read, and written again. */
const CONTENT_GROUPS = { least: 200, most: 4_000 } as const;

/** Sessions that are read at once. */
const MOST_SESSIONS = 500;

/** After so many chunks, the blocks that have them are written again. */
const MOST_LISTED = 50_000;

/** Blocks that are written again in one transaction. */
const BLOCKS_REWRITTEN = 64;

export interface RetentionWorkOptions {
  /** Undefined if everything is kept. */
  readonly policy: RetentionPolicy | undefined;
  /** A session is open for this long after its last activity, ns. */
  readonly timeoutNs: bigint;
  readonly engine: Engine;
  readonly store: Pick<PostgresEngineStore, 'addToNext'>;
  readonly log: LogTable;
  readonly tables: RetentionTables;
  readonly due: PostgresDueRows;
  readonly rows: ErasureRows;
  readonly size: DataSize;
  readonly sets: Pick<RowSets, 'written' | 'current' | 'isRemaking' | 'forgetOthers'>;
  readonly now: () => bigint;
  readonly nowMs: () => number;
  /** Has `work` called after this time, ms. */
  readonly wakeAfter: (ms: number) => void;
  readonly passed: (pass: RetentionPass) => void;
  /** Called with the reason that less goes by age than could, and without one when that has passed. */
  readonly heldBack: (reason: string | undefined) => void;
  readonly progress: (message: string) => void;
  readonly warn: (message: string) => void;
}

/**
 * Retention, of the process that holds the lease. The next holder continues
 * (docs/decisions/019-erasure-and-retention.md).
 */
export class RetentionWork {
  readonly #options: RetentionWorkOptions;
  readonly #slices: Slices;
  readonly #contentSlices: Slices;
  #pass: Generator<void, void> | undefined;
  /** When the next look is due, and when the pass goes on, ms. */
  #nextMs: number;
  #againMs = 0;
  /** Since when it could have worked, ms. */
  #waitsSinceMs: number;
  /** Blocks after those of `GoneContents` that this process has written without content. */
  readonly #ownBlocks = new Set<number>();
  /** Blocks with listed chunks that could not be read. The next holder tries them again. */
  readonly #unreadable = new Set<number>();
  /** The limits of the last pass that found all that was due. */
  #done: ReadonlyMap<string, bigint> | undefined;
  /** What was reported last, so that it is reported once. */
  #failure: string | undefined;
  #heldBack: string | undefined;

  constructor(options: RetentionWorkOptions) {
    this.#options = options;
    const { nowMs, policy } = options;
    this.#slices = new Slices(GROUPS, nowMs, PIECE_MS);
    this.#contentSlices = new Slices(CONTENT_GROUPS, nowMs, PIECE_MS);
    this.#nextMs = nowMs() + firstLookMs(policy);
    this.#waitsSinceMs = this.#nextMs;
  }

  /**
   * Must be called before rows are made from blocks: the first block that rows do not include is passed. If they begin
   * with the log, removes from it what is listed, at once. Otherwise forgets what is listed for other sets of rows.
   */
  beforeFolding(from: number): void {
    const { tables, sets } = this.#options;
    tables.keepOnly(from > 1 ? sets.written : sets.current);
    if (from > 1) return;
    this.#unreadable.clear();
    const steps = this.removeListed();
    while (!steps.next().done);
    // Rows are made without blocks that cannot be read.
    if (this.#unreadable.size > 0) tables.listFor(sets.written);
  }

  /** Whether it has waited for long: nothing is to be added to the log then until sessions are up to it. */
  get isWaiting(): boolean {
    const { policy, nowMs } = this.#options;
    if (policy === undefined || !this.#canWork) return false;
    const time = nowMs();
    return (this.#pass !== undefined || time >= this.#nextMs) && time > this.#waitsSinceMs + TURN_MS;
  }

  /** Another process may have the lease next. */
  close(): void {
    if (this.#heldBack !== undefined) this.#options.heldBack(undefined);
  }

  get #canWork(): boolean {
    const { sets, engine } = this.#options;
    return !sets.isRemaking && engine.canFold;
  }

  /** Does a piece of work. Must be called when sessions are up to the log. @throws DatabaseError */
  work(): void {
    const { policy, nowMs, wakeAfter } = this.#options;
    const startMs = nowMs();
    if (policy === undefined || !this.#canWork || startMs < this.#againMs) return;
    if (this.#pass === undefined) {
      if (startMs < this.#nextMs) return;
      this.#nextMs = startMs + lookMs(policy);
      this.#pass = this.#passUnder(policy);
    }
    try {
      while (!this.#pass.next().done) {
        if (nowMs() - startMs < PIECE_MS) continue;
        this.#pause(startMs);
        return;
      }
      this.#failure = undefined;
    } catch (error) {
      if (error instanceof DatabaseError && error.mayPass) throw error;
      const { message } = error as Error;
      if (message !== this.#failure)
        this.#options.progress(`retention stopped, and is tried again: ${message}`);
      this.#failure = message;
    }
    this.#pass = undefined;
    this.#waitsSinceMs = this.#nextMs;
    wakeAfter(this.#nextMs - nowMs());
  }

  /** Others have as much time. */
  #pause(startMs: number): void {
    const { nowMs, wakeAfter } = this.#options;
    const endMs = nowMs();
    this.#waitsSinceMs = endMs;
    this.#againMs = endMs + (endMs - startMs);
    wakeAfter(endMs - startMs);
  }

  /** A pass. Sessions that become due meanwhile go in a later one. */
  *#passUnder(policy: RetentionPolicy): Generator<void, void> {
    const { nowMs, passed, rows } = this.#options;
    const startMs = nowMs();
    const progress = new PassProgress();
    // What an earlier holder has left.
    yield* this.#rewrite(progress);
    let limits: Limits;
    let pieces: number;
    do {
      ({ pieces } = progress);
      limits = yield* this.#limits(policy);
      if (limits.isTooLarge || isFurther(limits.untilNs, this.#done))
        yield* this.#removeUpTo(limits.untilNs, progress);
      yield* this.#removeContents(limits.contentUntilNs, progress);
      // Only when the log is smaller, it is known whether that is enough.
    } while (progress.pieces > pieces && policy.keepBytes !== undefined);
    this.#done = limits.untilNs;
    if (progress.pieces === 0) return;
    const greatestNs = [...limits.untilNs.values()].reduce((a, b) => (a > b ? a : b), 0n);
    yield* rows.clean(greatestNs);
    const projects = [...progress.removed].map(([project, amounts]) => ({ project, ...amounts }));
    const { freedBytes } = progress;
    passed({ projects, freedBytes, tookMs: Math.round(nowMs() - startMs) });
  }

  *#limits(policy: RetentionPolicy): Generator<void, Limits> {
    const { now, timeoutNs, heldBack, tables, due, size } = this.#options;
    const dataBytes = policy.keepBytes === undefined ? 0 : yield* size.measure();
    const { clock } = tables;
    const limits = yield* limitsOf(due, { policy, nowNs: now(), timeoutNs, clock, dataBytes });
    tables.clock = limits.clock;
    if ((limits.heldBack === undefined) !== (this.#heldBack === undefined)) heldBack(limits.heldBack);
    this.#heldBack = limits.heldBack;
    return limits;
  }

  /** Removes all sessions without activity after these times, and their records from the log. */
  *#removeUpTo(untilNs: ReadonlyMap<string, bigint>, progress: PassProgress): Generator<void, void> {
    for (const [name, project] of this.#options.due.projects()) {
      const until = untilNs.get(name);
      if (until === undefined) continue;
      for (const listing of Object.values(Listing)) {
        const list = { name, project, listing, untilNs: until };
        for (let after: Position | undefined = BEFORE_ALL; after !== undefined; ) {
          after = this.#removeSome(list, after, progress);
          yield;
          if (progress.listed >= MOST_LISTED) yield* this.#rewrite(progress);
        }
      }
    }
    yield* this.#rewrite(progress);
  }

  /** Removes sessions for a while. Returns the last of them, if there may be more. */
  #removeSome(list: DueList, after: Position, progress: PassProgress): Position | undefined {
    const { project, listing, untilNs } = list;
    let last: Position | undefined = after;
    this.#slices.run((groups) => {
      const most = Math.min(groups, MOST_SESSIONS);
      const page = this.#options.due.page(project, listing, untilNs, last!, most);
      const gone = page.length === 0 ? 0 : this.#remove(list, page, groups, progress);
      if (gone === page.length && page.length < most) last = undefined;
      else last = page[gone - 1] ?? last;
      return last !== undefined && progress.listed < MOST_LISTED;
    }, PIECE_MS);
    return last;
  }

  /** Removes the first sessions of a page in one change set. Returns how many of them are gone. */
  #remove(
    { name, project }: DueList,
    page: readonly DueSession[],
    mostGroups: number,
    progress: PassProgress,
  ): number {
    const { engine, store, tables, sets } = this.#options;
    // Rows that others began to make have what goes.
    if (progress.pieces === 0) sets.forgetOthers();
    const ids = page.map(({ id }) => id);
    const part = store.addToNext((add) =>
      engine.erase(
        name,
        ids,
        ({ chunks, sessions, hasMore }) => {
          const statements: Statement[] = [tables.list(sets.written, chunks)];
          if (!hasMore) statements.push(tables.forgetInvalidations(project, sessions));
          add(statements);
        },
        { mostGroups },
      ),
    );
    if (part === undefined) return page.length;
    const gone = part.hasMore ? [] : page.slice(0, part.sessions.length);
    // A session without records is there because others name it.
    if (part.chunks.length === 0) return gone.length;
    progress.pieces++;
    progress.listed += part.chunks.length;
    progress.addPart(name, part, gone);
    return gone.length;
  }

  /** Removes content of messages that is older than these limits, and has not gone before. */
  *#removeContents(limits: ReadonlyMap<string, bigint>, progress: PassProgress): Generator<void, void> {
    const { engine, tables, due: rows } = this.#options;
    const lastBlock = engine.foldedBlock;
    const gone = tables.contents;
    const due = new Map<
      number,
      { readonly name: string; readonly fromNs: bigint; readonly untilNs: bigint }
    >();
    for (const [name, project] of rows.projects()) {
      const fromNs = gone.untilNs(project) ?? BEFORE_ALL.lastNs;
      const until = limits.get(name);
      if (until !== undefined) due.set(project, { name, fromNs, untilNs: until > fromNs ? until : fromNs });
    }
    if (due.size === 0) return;
    if (gone.block > 0) yield* this.#removeLateContents(due, gone.block, lastBlock, progress);
    for (const [project, { name, fromNs, untilNs }] of due) {
      if (untilNs === fromNs) continue;
      for (const listing of Object.values(Listing)) {
        const list = { name, project, listing, untilNs };
        let at: ContentPlace | undefined = { after: { ...BEFORE_ALL, lastNs: fromNs }, fromGroup: 0 };
        while (at !== undefined) {
          at = this.#removeSomeContents(list, at, progress);
          yield;
          if (progress.listed >= MOST_LISTED) yield* this.#rewrite(progress);
        }
      }
    }
    yield* this.#rewrite(progress);
    tables.contentGone(new Map([...due].map(([project, each]) => [project, each.untilNs])), lastBlock);
    for (const block of this.#ownBlocks) if (block <= lastBlock) this.#ownBlocks.delete(block);
  }

  /** Of sessions whose messages have lost their content, with records in blocks after the first of these. */
  *#removeLateContents(
    due: ReadonlyMap<number, { readonly name: string; readonly fromNs: bigint }>,
    after: number,
    last: number,
    progress: PassProgress,
  ): Generator<void, void> {
    const { engine, due: rows, now } = this.#options;
    const untilNs = [...due.values()].reduce((most, { fromNs }) => (fromNs > most ? fromNs : most), 0n);
    const sessions = new Map<number, Set<string>>();
    // A time in the future does not count as activity yet.
    for (const block of rows.blocksWith(after, last, untilNs, now())) {
      if (this.#ownBlocks.has(block)) continue;
      const found = engine.sessionsOfBlock(block);
      yield;
      const of = found && due.get(found.project);
      if (of === undefined) continue;
      const some = sessions.get(found!.project) ?? new Set();
      sessions.set(found!.project, some);
      for (const id of rows.oldOf(found!.project, found!.ids, of.fromNs)) some.add(id);
    }
    for (const [project, ids] of sessions) {
      const left = [...ids];
      let fromGroup = 0;
      while (left.length > 0) {
        const part = this.#removeContent(
          due.get(project)!.name,
          left,
          CONTENT_GROUPS.least,
          fromGroup,
          progress,
        );
        left.splice(0, part === undefined ? left.length : part.sessions);
        fromGroup = part?.nextGroup ?? 0;
        yield;
        if (progress.listed >= MOST_LISTED) yield* this.#rewrite(progress);
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
      const page = this.#options.due.page(project, listing, untilNs, at!.after, most);
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
    const { engine, store, tables, sets } = this.#options;
    if (progress.pieces === 0) sets.forgetOthers();
    const blockBefore = engine.lastBlock;
    const part = store.addToNext((add) =>
      engine.removeContent(
        name,
        ids,
        ({ chunks }) => add([tables.refuseEarlier(), tables.list(sets.written, chunks)]),
        { mostGroups, fromGroup },
      ),
    );
    for (let block = blockBefore + 1; block <= engine.lastBlock; block++) this.#ownBlocks.add(block);
    if (part === undefined || part.chunks.length === 0) return part;
    progress.pieces++;
    progress.listed += part.chunks.length;
    progress.addContents(name, part.records);
    return part;
  }

  /** Removes from the log what is listed. Yields between transactions. */
  *removeListed(): Generator<void, number> {
    const { tables } = this.#options;
    let freed = 0;
    for (;;) {
      const chunks = tables.some(BLOCKS_REWRITTEN, this.#unreadable);
      if (chunks.size === 0) return freed;
      freed += this.#removeChunks(chunks);
      yield;
    }
  }

  #removeChunks(chunks: ChunksByBlock): number {
    const { tables, log, warn } = this.#options;
    try {
      return log.remove(chunks, tables.done(chunks.keys()));
    } catch (error) {
      if (!(error instanceof DamagedBlockError)) throw error;
      if (chunks.size > 1) {
        return [...chunks].reduce((sum, one) => sum + this.#removeChunks(new Map([one])), 0);
      }
      for (const block of chunks.keys()) this.#unreadable.add(block);
      warn(
        `retention: records of sessions that are gone stay in a damaged block, and are removed when it can be read at a start: ${error.message}`,
      );
      return 0;
    }
  }

  *#rewrite(progress: PassProgress): Generator<void, void> {
    progress.freedBytes += yield* this.removeListed();
    progress.listed = 0;
  }
}
