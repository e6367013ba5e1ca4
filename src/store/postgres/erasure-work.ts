import { Worker } from 'node:worker_threads';
import type { Engine } from '../engine/engine.js';
import type { ErasedPart } from '../engine/erasing.js';
import { byBlock, type SearchedIds, searchedIds } from '../engine/erasure-jobs.js';
import { newSigningKey, receiptOf } from '../engine/erasure-receipt.js';
import { ErasedKind, type Tombstone } from '../engine/tombstones.js';
import { DamagedBlockError } from '../records/log.js';
import type { CleaningOptions, FromCleaning } from './erasure-cleaning-thread.js';
import type { ErasureRows } from './erasure-rows.js';
import type { AskedErasure, ErasureTables, JobRow } from './erasure-tables.js';
import type { KnownTombstones } from './known-tombstones.js';
import type { LogTable } from './log-table.js';
import type { RowSets } from './row-sets.js';
import { KEPT_SCHEMA_NAME } from './schema.js';
import { DatabaseError } from './statement.js';

/** How long sessions are removed before others have a turn, ms. */
const REMOVE_MS = 250;

/** How long who asked waits for sessions to be removed, ms: longer only with very many. */
const ANSWER_MS = 10_000;

/** How long a job goes on after that before others have a turn, ms. */
const STEP_MS = 100;

/** Blocks that are written again in one transaction. */
const BLOCKS_REWRITTEN = 64;

/** So often in a row cleaning is tried before a job fails: for an hour. The next holder begins it again. */
const MOST_TRIES = 360;

/** When work that a job could not do is tried again, ms. */
const RETRY_MS = 10_000;

/** Key in `setting` of the key that signs receipts, as `newSigningKey` made it. */
const SIGNING_KEY = 'signing_key';

/** Tables that have what unfinished jobs are about. */
const TABLES_OF_JOBS = ['erasure_session', 'erasure_user', 'erasure_trace', 'erasure_chunk'];

/** What a receipt says that no job reaches. */
const NOT_REACHED =
  'free space in files of PostgreSQL, its write-ahead log, replicas, and copies and backups that were made before';

export interface ErasureWorkOptions {
  readonly url: string;
  readonly engine: Engine;
  readonly log: LogTable;
  readonly tables: ErasureTables;
  readonly rows: ErasureRows;
  readonly tombstones: KnownTombstones;
  /** How long tombstones keep telemetry out, ns. */
  readonly tombstonesForNs: bigint;
  readonly now: () => bigint;
  readonly nowMs: () => number;
  /** Whether readers have the rows that are written. */
  readonly isCurrent: () => boolean;
  /** The sets of rows. */
  readonly sets: Pick<RowSets, 'forgetOthers' | 'sweep'>;
  /** Removes from the log what retention has listed, which may be of the same user. Yields between transactions. */
  readonly removeRetained: () => Generator<void, number>;
  /** Who asked for a job can be told. */
  readonly answered: () => void;
  /** There is more to do, after work of another thread. */
  readonly wake: () => void;
  readonly progress: (message: string) => void;
  readonly warn: (message: string) => void;
}

/**
 * Jobs of erasure, one after the other, of the process that holds the lease. The next holder continues
 * (docs/decisions/019-erasure-and-retention.md).
 */
export class ErasureWork {
  readonly #options: ErasureWorkOptions;
  /** All that had been appended when the request was first seen has a number. */
  #numberedFor: number | undefined;
  /** When the job whose sessions are being removed was first seen, ms. */
  readonly #seenMs = new Map<number, number>();
  /** The steps of a job that nobody sees the sessions of any more. */
  #finishing: { readonly job: number; readonly steps: Generator<void, void> } | undefined;
  #cleaning: Worker | undefined;
  #tryAgainMs = 0;

  constructor(options: ErasureWorkOptions) {
    this.#options = options;
    const { tables, tombstones, now } = options;
    tables.expire(now());
    tombstones.add(tables.tombstonesAfter(0n));
    if (tables.next() !== undefined || tables.hasFailed()) tables.restart();
  }

  /**
   * Removes from the log what is listed, at once. Must be called before rows are made from blocks that were listed: the
   * first block that rows do not include is passed.
   */
  beforeFolding(from: number): void {
    const { tables, warn } = this.#options;
    const chunks = tables.chunks();
    if (!chunks.some(({ block }) => block >= from)) return;
    try {
      for (const some of pieces(byBlock(chunks))) this.#options.log.remove(some);
    } catch (error) {
      if (!(error instanceof DamagedBlockError)) throw error;
      warn(`sessions that were being erased come back until that can be finished: ${error.message}`);
    }
  }

  /** Whether sessions are about to be removed. They must be up to the log then, so nothing is to be added to it. */
  isRemoving(): boolean {
    const { tables, isCurrent, engine } = this.#options;
    if (!isCurrent() || !engine.canFold) return false;
    return this.#numberedFor !== undefined || tables.next()?.state === 'removing';
  }

  /**
   * Goes on with the oldest request or job. Must be called when nothing is being folded. Returns whether there is more
   * to do at once. @throws DatabaseError
   */
  work(): boolean {
    const { tables, isCurrent, nowMs } = this.#options;
    const asked = tables.asked();
    if (asked !== undefined) {
      this.#ask(asked);
      return true;
    }
    this.#numberedFor = undefined;
    if (!isCurrent() || nowMs() < this.#tryAgainMs) return false;
    const job = tables.next();
    if (job === undefined) return false;
    try {
      return this.#advance(job);
    } catch (error) {
      if (error instanceof DatabaseError && error.mayPass) throw error;
      this.#fail(job, (error as Error).message);
      return true;
    }
  }

  close(): void {
    void this.#cleaning?.terminate();
  }

  #fail(job: JobRow, reason: string): void {
    const { tables, warn, answered } = this.#options;
    this.#finishing = undefined;
    tables.setState(job.no, 'failed', reason);
    answered();
    warn(`erasure ${job.id} failed, and is tried again when a process begins to make sessions: ${reason}`);
  }

  /** Begins a job once sessions have all that was appended before it was asked for. */
  #ask({ no, project, target }: AskedErasure): void {
    const { tables, rows, log, engine, tombstones, isCurrent, answered } = this.#options;
    if (!isCurrent() || !engine.canFold) {
      tables.refuse(no, 'behind');
      answered();
      return;
    }
    if (this.#numberedFor !== no) {
      while (log.numberNew());
      this.#numberedFor = no;
    }
    if (this.#isBehind) return;
    this.#numberedFor = undefined;
    const sessions = rows.sessionsOf(project, target);
    if (sessions.length === 0) {
      tables.refuse(no, 'unknown');
      answered();
      return;
    }
    const ids = target.kind === 'user' ? target.users : sessions;
    const kind = target.kind === 'user' ? ErasedKind.user : ErasedKind.session;
    const buried = ids.map((id) => this.#tombstone(kind, project, id));
    // Rows that others began to make have what is erased.
    this.#options.sets.forgetOthers();
    if (!tables.begin(no, sessions, buried)) return;
    tombstones.add(tables.tombstonesAfter(tombstones.last));
    const job = tables.next();
    if (job?.no === no) this.#remove(job);
  }

  get #isBehind(): boolean {
    const { engine, log } = this.#options;
    return engine.isBehind || engine.foldedBlock < log.lastNumber;
  }

  #advance(job: JobRow): boolean {
    if (job.state === 'removing') {
      if (!this.#isBehind) this.#remove(job);
      return true;
    }
    if (this.#finishing?.job !== job.no) this.#finishing = { job: job.no, steps: this.#finish(job) };
    const { steps } = this.#finishing;
    const endMs = this.#options.nowMs() + STEP_MS;
    do {
      if (steps.next().done) {
        this.#finishing = undefined;
        return true;
      }
      if (this.#cleaning !== undefined || this.#options.nowMs() < this.#tryAgainMs) return false;
    } while (this.#options.nowMs() < endMs);
    return true;
  }

  /** Removes sessions of a job from all rows, for a while. */
  #remove(job: JobRow): void {
    const { engine, tables, rows, answered, nowMs } = this.#options;
    const beganMs = nowMs();
    const endMs = beganMs + REMOVE_MS;
    const seenMs = this.#seenMs.get(job.no) ?? beganMs;
    this.#seenMs.set(job.no, seenMs);
    const project = rows.nameOf(job.project)!;
    let isDone = false;
    while (!isDone && nowMs() < endMs) {
      const session = tables.nextSession(job.no);
      if (session !== undefined) {
        const part = engine.erase(project, [session], (part) => this.#list(job, part));
        tables.removed(tables.byNumber(job.no), session, part);
        continue;
      }
      const more = rows.sessionsOf(job.project, { kind: 'user', users: tables.users(job.no) });
      if (more.length > 0) tables.addSessions(job.no, more);
      else isDone = true;
    }
    if (isDone) tables.setState(job.no, 'rewriting');
    if (isDone) this.#seenMs.delete(job.no);
    if (job.isAnswered || (!isDone && nowMs() < seenMs + ANSWER_MS)) return;
    tables.answer(job.no);
    answered();
  }

  #list(job: JobRow, part: ErasedPart): void {
    const { tables, tombstones } = this.#options;
    const buried = [
      ...part.sessions.map((session) => this.#tombstone(ErasedKind.session, job.project, session)),
      ...part.traces.map((trace) => this.#tombstone(ErasedKind.trace, job.project, trace)),
    ];
    tables.list(job.no, part, buried);
    tombstones.add(tables.tombstonesAfter(tombstones.last));
  }

  #tombstone(kind: ErasedKind, project: number, id: string): Tombstone {
    const { tombstones, now, tombstonesForNs } = this.#options;
    return { hash: tombstones.set.hash(kind, project, id), expiresNs: now() + tombstonesForNs };
  }

  /** What is left once no reader sees the sessions. Yields where others may have a turn. */
  *#finish(job: JobRow): Generator<void, void> {
    const { tables, rows, log } = this.#options;
    const { no } = job;
    const chunks = byBlock(tables.chunks(no));
    if (job.state === 'rewriting') {
      yield* this.#options.removeRetained();
      for (const some of pieces(chunks)) {
        log.remove(some);
        yield;
      }
      tables.setState(no, 'cleaning');
    }
    if (job.receipt === undefined) {
      yield* rows.clean();
      while (!this.#haveOthersGone()) yield;
      const ids = this.#searchedIds(job);
      const cleaned = yield* this.#clean({ search: { needles: ids.needles, blocks: [...chunks.keys()] } });
      this.#conclude(job, ids, chunks.size, cleaned);
    }
    yield* this.#clean({ tables: TABLES_OF_JOBS });
    tables.setState(no, 'done');
    const { sessions, spans, logs } = tables.byNumber(no).counts;
    this.#options.progress(
      `erasure ${job.id}: ${sessions} session(s), ${spans} span(s), ${logs} log record(s) are gone`,
    );
  }

  /** Whether there are no other rows than those that readers have. */
  #haveOthersGone(): boolean {
    try {
      this.#options.sets.sweep();
      return true;
    } catch (error) {
      if (!(error instanceof DatabaseError && error.mayPass)) throw error;
      this.#tryAgainMs = this.#options.nowMs() + RETRY_MS;
      return false;
    }
  }

  #searchedIds(job: JobRow): SearchedIds {
    const { tables, rows } = this.#options;
    return searchedIds(
      tables.traces(job.no),
      [...tables.sessions(job.no), ...tables.users(job.no)],
      (traces) => rows.areGone(job.project, traces),
    );
  }

  #conclude(job: JobRow, ids: SearchedIds, blocks: number, cleaned: FromCleaning & { kind: 'done' }): void {
    const { tables, rows, now, warn } = this.#options;
    const { found, vacuumed, notVacuumed } = cleaned;
    const finishedNs = now();
    const receipt = receiptOf(
      {
        job: tables.byNumber(job.no),
        project: rows.nameOf(job.project),
        finishedNs,
        searched: { ids: ids.count, tables: cleaned.searched, blocks },
        found,
        more: {
          vacuumed,
          ...(notVacuumed.length > 0 && { not_vacuumed: notVacuumed }),
          not_reached: NOT_REACHED,
        },
      },
      tables.setting(SIGNING_KEY, newSigningKey),
    );
    tables.conclude(job.no, finishedNs, receipt);
    for (const { where } of found.slice(0, 1)) {
      warn(`erasure ${job.id}: an id of what was erased is still in ${where}: other telemetry may name it`);
    }
    if (notVacuumed.length > 0) {
      warn(`erasure ${job.id}: the role may not VACUUM ${notVacuumed.join(', ')}: have their owner do it`);
    }
  }

  /** Has another thread vacuum tables, and search them. It has a connection of its own, and may take long. */
  *#clean(
    what: Pick<CleaningOptions, 'tables' | 'search'>,
  ): Generator<void, FromCleaning & { kind: 'done' }> {
    const { url, rows, wake, nowMs, warn } = this.#options;
    for (let tries = 1; ; tries++) {
      let answer: FromCleaning | undefined;
      const workerData: CleaningOptions = {
        url,
        keptSchema: KEPT_SCHEMA_NAME,
        rowsSchema: rows.schema,
        ...what,
      };
      const worker = new Worker(new URL('./erasure-cleaning-thread.js', import.meta.url), { workerData });
      this.#cleaning = worker;
      const end = (last: FromCleaning): void => {
        answer ??= last;
        if (this.#cleaning === worker) this.#cleaning = undefined;
        wake();
      };
      worker
        .on('message', (message: FromCleaning) => {
          answer = message;
        })
        .on('error', ({ message }) => end({ kind: 'failed', message }))
        .on('exit', () => end({ kind: 'failed', message: 'the thread that cleans ended' }));
      while (this.#cleaning === worker) yield;
      if (answer?.kind === 'done') return answer;
      if (tries === MOST_TRIES) throw new Error(`cleaning fails: ${answer?.message}`);
      if (tries === 1) warn(`cleaning after an erasure is tried again: ${answer?.message}`);
      this.#tryAgainMs = nowMs() + RETRY_MS;
      yield;
    }
  }
}

/** The chunks of some blocks after the other. */
function* pieces(
  chunks: ReadonlyMap<number, ReadonlySet<number>>,
): Generator<Map<number, ReadonlySet<number>>> {
  const all = [...chunks];
  for (let from = 0; from < all.length; from += BLOCKS_REWRITTEN) {
    yield new Map(all.slice(from, from + BLOCKS_REWRITTEN));
  }
}
