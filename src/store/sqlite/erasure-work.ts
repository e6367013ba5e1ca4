import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { ErasureBegun, ErasureJob, ErasuresDue, ErasureTarget } from '../contract/erasure.js';
import { crashPoint } from '../crash-points.js';
import type { Engine } from '../engine/engine.js';
import type { ErasedChunk, ErasedPart } from '../engine/erasing.js';
import {
  byBlock,
  newJobId,
  type SearchedIds,
  type StoredJob,
  searchedIds,
  shownJob,
} from '../engine/erasure-jobs.js';
import { receiptOf } from '../engine/erasure-receipt.js';
import { type FoundBytes, Needles } from '../engine/needles.js';
import { ErasedKind, type Tombstone, type Tombstones } from '../engine/tombstones.js';
import { DamagedBlockError } from '../records/log.js';
import { diskFiles } from '../records/log-files.js';
import type { Rewriter } from '../records/rewriter.js';
import {
  bySegment,
  type ChunksByBlock,
  removeUnfinished,
  rewriteAll,
  type SegmentChunks,
} from '../records/rewriting.js';
import { SegmentLock } from '../records/segment-lock.js';
import type { SegmentLog } from '../records/segment-log.js';
import { type Database, KEPT, openLogReader } from './database.js';
import type { SqliteEngineStore } from './engine-store.js';
import { cleanCallIndex, cleanColumns, cleanSamples, cutWriteAheadLogs, vacuum } from './erasure-cleaning.js';
import { signingKey } from './erasure-receipt.js';
import { ErasureTables } from './erasure-tables.js';
import { databaseFiles, searchFile, searchLog } from './file-search.js';
import { ListedChunks } from './retention/listed-chunks.js';
import { KEPT_FILE, LOG_FOLDER } from './schema.js';
import type { TextIndexing } from './text/text-indexing.js';

/** How long sessions are removed before others have a turn, ms. */
const REMOVE_MS = 250;
/** How long who asked waits for sessions to be removed, and how often it is looked whether they are, ms. */
const ANSWER_MS = 10_000;
const LOOK_MS = 10;

/** Pause before something is tried again that a reader or a catching up prevents, ms. */
const WAIT_MS = 200;

export interface ErasureWorkOptions {
  readonly directory: string;
  /** The connection that rows are written by now. */
  readonly db: () => Database;
  readonly engine: Engine;
  readonly store: SqliteEngineStore;
  readonly log: SegmentLog;
  /** Of `SegmentLock`. */
  readonly lock: Int32Array<SharedArrayBuffer>;
  readonly tombstones: Tombstones;
  /** How long tombstones keep telemetry out, ns. */
  readonly tombstonesForNs: bigint;
  readonly now: () => bigint;
  /** Whether rows are those that readers see, and follow the log. */
  readonly isCurrent: () => boolean;
  /** Runs work between commits. Rejects with what it throws. */
  readonly between: <T>(work: () => T) => Promise<T>;
  /** Writes segments of the log again. */
  readonly rewriter: Rewriter;
  /** The index of texts; undefined if there is none. */
  readonly texts: TextIndexing | undefined;
  readonly progress: (message: string) => void;
  readonly warn: (message: string) => void;
  /** Called when the number of jobs that are not done may have changed. */
  readonly due: (due: ErasuresDue) => void;
}

/** Jobs of erasure, one after the other, in the writing thread (docs/decisions/019-erasure-and-retention.md). */
export class ErasureWork {
  readonly #options: ErasureWorkOptions;
  #tables: ErasureTables;
  #tablesOf: Database;
  #running: Promise<void> | undefined;
  #isClosed = false;
  /** Whether jobs have to begin with their first step. Noted later, because the disk may be full at the start. */
  #mustRestart = true;
  /** Blocks that jobs have removed chunks from, by job. A start begins with that step again. */
  readonly #rewritten = new Map<number, ReadonlySet<number>>();

  constructor(options: ErasureWorkOptions) {
    this.#options = options;
    this.#tablesOf = options.db();
    this.#tables = new ErasureTables(this.#tablesOf);
    options.tombstones.add(this.#tables.tombstones());
  }

  /** `sojourn.sqlite`, by the current connection. */
  get #kept(): ErasureTables {
    const db = this.#options.db();
    if (db !== this.#tablesOf) {
      this.#tables = new ErasureTables(db);
      this.#tablesOf = db;
    }
    return this.#tables;
  }

  /** Whether there is something to do: a job that is not finished, or one that may have to begin again. */
  get #isDue(): boolean {
    return this.#mustRestart || this.#kept.next() !== undefined;
  }

  /**
   * Whether a job has sessions in rows, or may have them again: what others remove of them meanwhile is in no receipt.
   * Later steps may wait for room on the disk.
   */
  get isRemoving(): boolean {
    return this.#mustRestart || this.#kept.isRemoving;
  }

  /**
   * Removes from the log what is listed, at once. Must be called before rows are made from blocks that were listed: the
   * first block that rows do not include is passed. Jobs then begin anew, of what is left.
   */
  beforeFolding(from: number): void {
    const chunks = this.#kept.chunks();
    if (!chunks.some(({ block }) => block >= from)) return;
    this.#mustRestart = true;
    try {
      const lock = new SegmentLock(this.#options.lock);
      const steps = rewriteAll(diskFiles, this.#logDirectory, this.#segments(byBlock(chunks)), lock);
      while (!steps.next().done);
      this.#options.texts?.remake();
    } catch (error) {
      const { message } = error as Error;
      this.#options.warn(`sessions that were being erased come back until that can be finished: ${message}`);
    }
  }

  job(project: string, id: string): ErasureJob | undefined {
    const number = this.#numberOf(project);
    return number === undefined ? undefined : shown(this.#kept.job(number, id));
  }

  /**
   * Begins a job. Must be called between commits. Resolves when nobody sees its sessions any more, or after `ANSWER_MS`:
   * longer only with very many.
   */
  async erase(name: string, target: ErasureTarget): Promise<ErasureBegun> {
    const begun = this.begin(name, target);
    if ('refused' in begun) return begun;
    const endMs = performance.now() + ANSWER_MS;
    let { job } = begun;
    while (job.state === 'removing' && !this.#isClosed && performance.now() < endMs) {
      await sleep(LOOK_MS);
      job = this.job(name, job.id) ?? job;
    }
    return { job };
  }

  /** The same, without waiting. */
  begin(name: string, target: ErasureTarget): ErasureBegun {
    const { engine, tombstones, now, isCurrent } = this.#options;
    if (!isCurrent()) return { refused: 'behind' };
    engine.fold();
    const project = this.#numberOf(name);
    if (project === undefined) return { refused: 'unknown' };
    const sessions = this.#sessionsOf(project, target);
    if (sessions.length === 0) return { refused: 'unknown' };
    const ids = target.kind === 'user' ? target.users : sessions;
    const kind = target.kind === 'user' ? ErasedKind.user : ErasedKind.session;
    const buried = ids.map((id) => this.#tombstone(kind, project, id));
    const job = { id: newJobId(), project, askedNs: now() };
    const no = this.#kept.add(job, target, sessions, buried);
    crashPoint('erasure.asked');
    tombstones.add(buried);
    this.#remove(this.#kept.byNumber(no), name);
    this.run();
    return { job: shown(this.#kept.byNumber(no))! };
  }

  /** Goes on with unfinished jobs, unless it does so already. */
  run(): void {
    if (this.#isClosed || this.#running !== undefined || !this.#isDue) return;
    this.#running = this.#runAll()
      .catch((error: Error) => {
        if (!this.#isClosed) this.#options.progress(`an erasure is tried again later: ${error.message}`);
      })
      .finally(() => {
        this.#running = undefined;
      });
  }

  /** Resolves when nothing is done any more. The next start continues. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#options.rewriter.close();
    await this.#running;
  }

  async #runAll(): Promise<void> {
    for (let job = this.#next(); job !== undefined && !this.#isClosed; job = this.#next()) {
      this.#options.due(this.#kept.due());
      try {
        await this.#advance(job);
      } catch (error) {
        if (!(error instanceof DamagedBlockError)) throw error;
        this.#kept.setState(job.no, 'failed', error.message);
        this.#options.warn(
          `erasure ${job.id} failed, and is tried again at the next start: ${error.message}`,
        );
      }
    }
    this.#options.due(this.#kept.due());
  }

  /** The next job, in the step that it is to begin with. @throws if the disk refuses it */
  #next(): StoredJob | undefined {
    if (this.#mustRestart) {
      this.#kept.expire(this.#options.now());
      this.#kept.restart();
      this.#mustRestart = false;
    }
    return this.#kept.next();
  }

  async #advance(job: StoredJob): Promise<void> {
    const { isCurrent } = this.#options;
    switch (job.state) {
      case 'removing':
        await this.#between(() => {
          const name = this.#nameOf(job.project);
          if (isCurrent() && name !== undefined) this.#remove(job, name);
        });
        if (!isCurrent()) await sleep(WAIT_MS);
        return;
      case 'rewriting':
        await this.#rewrite(job);
        return;
      case 'cleaning':
        await this.#clean(job);
        return;
      case 'done':
      case 'failed':
        return;
    }
  }

  /** Removes sessions of a job from all rows, for a while. */
  #remove(job: StoredJob, project: string): void {
    const kept = this.#kept;
    const startMs = performance.now();
    const db = this.#options.db();
    this.#options.engine.fold();
    // Rows must not be behind what is listed, whatever happens to the machine.
    db.exec('PRAGMA main.synchronous = FULL');
    try {
      db.exec("UPDATE main.meta SET value = value WHERE key = 'folded_block'");
      for (;;) {
        const session = kept.nextSession(job.no);
        if (session === undefined) {
          const more = this.#sessionsOf(job.project, { kind: 'user', users: kept.users(job.no) });
          if (more.length === 0) {
            kept.setState(job.no, 'rewriting');
            crashPoint('erasure.removed');
            return;
          }
          for (const each of more) kept.addSession(job.no, each);
          continue;
        }
        const part = this.#options.engine.erase(project, [session], (part) => this.#list(job, part));
        if (part !== undefined) {
          kept.count(kept.byNumber(job.no), part);
        }
        if (part?.hasMore !== true) kept.removed(job, session);
        if (performance.now() - startMs > REMOVE_MS) return;
      }
    } finally {
      db.exec('PRAGMA main.synchronous = NORMAL');
    }
  }

  #list(job: StoredJob, part: ErasedPart): void {
    const buried = [
      ...part.sessions.map((session) => this.#tombstone(ErasedKind.session, job.project, session)),
      ...part.traces.map((trace) => this.#tombstone(ErasedKind.trace, job.project, trace)),
    ];
    this.#kept.list(job.no, part, buried);
    crashPoint('erasure.listed');
    this.#options.tombstones.add(buried);
  }

  #tombstone(kind: ErasedKind, project: number, id: string): Tombstone {
    const { tombstones, now, tombstonesForNs } = this.#options;
    return { hash: tombstones.hash(kind, project, id), expiresNs: now() + tombstonesForNs };
  }

  /** The sessions of a target that exist. */
  #sessionsOf(project: number, target: ErasureTarget): string[] {
    const db = this.#options.db();
    if (target.kind === 'sessions') {
      const select = db.prepare('SELECT 1 FROM session WHERE project = ? AND id = ?');
      return target.sessions.filter((id) => select.get(project, id) !== undefined);
    }
    const select = db.prepare(
      `SELECT id FROM session WHERE project = ?1 AND user_id = ?2
       UNION SELECT id FROM session_user WHERE project = ?1 AND user_id = ?2`,
    );
    return [
      ...new Set(target.users.flatMap((user) => select.all(project, user).map(({ id }) => id as string))),
    ];
  }

  async #rewrite(job: StoredJob): Promise<void> {
    const own = (): ErasedChunk[] => this.#kept.chunks(job.no);
    let retained: ErasedChunk[] = [];
    try {
      await this.#rewriteAll(job, () => {
        retained = this.#retained();
        return [...own(), ...retained];
      });
    } catch (error) {
      if (!(error instanceof DamagedBlockError) || retained.length === 0) throw error;
      // What only retention has listed may stay in damaged blocks; what is erased may not.
      await this.#rewriteAll(job, own);
      this.#options.warn(
        `retention: records of sessions that are gone stay in damaged blocks, and are removed when these can be read at a start: ${error.message}`,
      );
    }
    crashPoint('erasure.rewritten');
    await this.#options.texts?.forget(this.#rewritten.get(job.no) ?? [], { clean: true });
    await this.#between(() => this.#kept.setState(job.no, 'cleaning'));
  }

  async #rewriteAll(job: StoredJob, listed: () => ErasedChunk[]): Promise<void> {
    await this.#options.rewriter.rewrite(() =>
      this.#between(() => {
        const chunks = byBlock(listed());
        this.#rewritten.set(job.no, new Set(chunks.keys()));
        return this.#segments(chunks);
      }),
    );
  }

  /** What retention has listed and maybe not removed yet: sessions of the same user may have been there. */
  #retained(): ErasedChunk[] {
    const listed = new ListedChunks(this.#options.db());
    // What rows still have must stay.
    listed.dropVoid();
    return [...listed.byBlock(true)].flatMap(([block, offsets]) =>
      [...offsets].map((offset) => ({ block, offset })),
    );
  }

  async #clean(job: StoredJob): Promise<void> {
    const { db, store, isCurrent, now } = this.#options;
    if (!isCurrent()) {
      await sleep(WAIT_MS);
      return;
    }
    if (job.receipt !== undefined) {
      await this.#conclude(job);
      return;
    }
    await this.#between(() => {
      cleanColumns(db(), (work) => store.write(work));
      cleanCallIndex(db());
      cleanSamples(db());
      crashPoint('erasure.cleaned');
      vacuum(db(), ['main']);
      crashPoint('vacuum.sessions');
    });
    await this.#cutLogs();
    crashPoint('vacuum.logs-cut');
    const ids = this.#searchedIds(job);
    const needles = new Needles(ids.needles);
    const blocks = this.#rewritten.get(job.no) ?? new Set();
    const searched = await this.#search(needles, blocks);
    const finishedNs = now();
    const { id } = job;
    const receipt = receiptOf(
      {
        job: this.#kept.byNumber(job.no),
        project: this.#nameOf(job.project),
        finishedNs,
        searched: { ids: ids.count, files: searched.files, blocks: blocks.size },
        found: searched.found,
      },
      signingKey(db()),
    );
    await this.#between(() => this.#kept.conclude(job.no, finishedNs, receipt));
    crashPoint('erasure.concluded');
    await this.#conclude(job);
    const left = [...searchFile(this.#options.directory, KEPT_FILE, needles), ...searched.found];
    for (const { where, offset } of left.slice(0, 1)) {
      this.#options.warn(
        `erasure ${id}: an id of what was erased is still at ${where}, byte ${offset}: other telemetry may name it`,
      );
    }
  }

  /** Overwrites what the job was about. */
  async #conclude({ no, id }: StoredJob): Promise<void> {
    const { db, progress } = this.#options;
    await this.#between(() => vacuum(db(), [KEPT]));
    crashPoint('vacuum.decisions');
    await this.#cutLogs();
    await this.#between(() => this.#kept.setState(no, 'done'));
    this.#rewritten.delete(no);
    const { sessions, spans, logs } = this.#kept.byNumber(no).counts;
    progress(`erasure ${id}: ${sessions} session(s), ${spans} span(s), ${logs} log record(s) are gone`);
  }

  /** Runs work between commits, outside any transaction. */
  #between<T>(work: () => T): Promise<T> {
    const { between, engine } = this.#options;
    return between(() => {
      engine.endFold();
      return work();
    });
  }

  async #cutLogs(): Promise<void> {
    const { db } = this.#options;
    while (!this.#isClosed && !(await this.#between(() => cutWriteAheadLogs(db())))) await sleep(WAIT_MS);
    if (this.#isClosed) throw new Error('the store is closing');
  }

  #searchedIds(job: StoredJob): SearchedIds {
    const exists = this.#options.db().prepare('SELECT 1 FROM record_group WHERE project = ? AND key = ?');
    const kept = this.#kept;
    return searchedIds(kept.traces(job.no), [...kept.sessions(job.no), ...kept.users(job.no)], (traces) =>
      traces.map((trace) => exists.get(job.project, trace) === undefined),
    );
  }

  /** Searches the rows and these blocks, with pauses for others. */
  async #search(
    of: Needles,
    blocks: ReadonlySet<number>,
  ): Promise<{ readonly found: FoundBytes[]; readonly files: number }> {
    const { directory } = this.#options;
    const found: FoundBytes[] = [];
    // That file has the ids until the job is finished.
    const files = databaseFiles(directory).filter((name) => !name.startsWith(KEPT_FILE));
    for (const name of files) {
      for (const each of searchFile(directory, name, of)) found.push(each);
      await setImmediate();
    }
    const reader = openLogReader(directory);
    try {
      for (const block of blocks) {
        found.push(...searchLog(reader, [block], of, () => {}));
        await setImmediate();
      }
    } finally {
      reader.close();
    }
    return { found, files: files.length };
  }

  #segments(chunks: ChunksByBlock): SegmentChunks[] {
    this.#options.log.seal();
    removeUnfinished(diskFiles, this.#logDirectory);
    return bySegment(diskFiles, this.#logDirectory, chunks);
  }

  get #logDirectory(): string {
    return join(this.#options.directory, LOG_FOLDER);
  }

  #numberOf(project: string): number | undefined {
    const row = this.#options.db().prepare('SELECT no FROM project WHERE name = ?').get(project);
    return row && Number(row.no);
  }

  #nameOf(project: number): string | undefined {
    const row = this.#options.db().prepare('SELECT name FROM project WHERE no = ?').get(project);
    return row?.name as string | undefined;
  }
}

function shown(job: StoredJob | undefined): ErasureJob | undefined {
  return job && shownJob(job);
}
