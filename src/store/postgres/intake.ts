import type { Buffer } from 'node:buffer';
import lz4 from 'lz4-napi';
import type { RecordBatch } from '../../otlp/record-batch.js';
import type { StagedBlock } from '../engine/staging.js';
import { BlockBuilder } from '../records/block.js';
import { type BlockToInsert, blockValues, checksumOf } from './block-row.js';
import type { BlockCopy, BlockSender, HandedBlock } from './handed-blocks.js';
import type { KnownTombstones } from './known-tombstones.js';
import { LANE } from './lease.js';
import { type Lag, Pace } from './pace.js';
import { type Pool, retrying } from './pool.js';
import { type NewGroup, type PendingRecords, stagedBlocks } from './staged-blocks.js';
import {
  type AsyncSession,
  byteas,
  DatabaseError,
  int8s,
  type Row,
  type Statement,
  utf8,
} from './statement.js';

/** Most bytes of telemetry in one insert: limits how long an append waits for others. */
const COMMIT_BYTES = 8 * 1024 * 1024;

/** Inserts under way at once. While one waits for the disk of the database, the next is made. */
export const MOST_COMMITS = 3;

/** Up to this many records, an append waits until readers see them, if nothing else is to be folded. */
const FEW_RECORDS = 256;

/** How long it waits for that at most, ms. */
const SEEN_MS = 500;

/**
 * How long appends wait for sessions to follow before their senders are asked to come again, ms. Exporters of
 * OpenTelemetry wait for 10 s.
 */
const HELD_MS = 8_000;

/** Commits that are remembered until readers see them. With more, nobody folds. */
const MOST_UNSEEN = 1_000;

/** `Stored`: committed. `held`: nothing of it is kept, since sessions are too far behind; it is to be sent again. */
export type Appended = Stored | 'held';

export interface Stored {
  /** Records of what was erased, which are not kept. */
  readonly erased: number;
}

interface Append {
  readonly project: string;
  readonly batch: RecordBatch;
  /** When its sender is answered at the latest. */
  readonly untilMs: number;
  resolve(answer: Appended): void;
  reject(error: DatabaseError): void;
}

/** Called by the intake. */
export interface IntakeEdges {
  /** How long an append may take, ms. */
  readonly answerMs: number;
  /** New blocks were committed. */
  appended(): void;
  /** The batch is not read any more. */
  free(batch: RecordBatch): void;
  /** A statement is tried again after this error. */
  retried(error: DatabaseError): void;
  /** Whether appends are refused as `held` from now on. */
  held(isHeld: boolean): void;
  nowMs(): number;
  /** To the folding thread of this process. */
  readonly handOver: BlockSender;
}

/** Of each block, if the folding thread wants it. */
type Copies = (BlockCopy | undefined)[];

/** Blocks to be appended. */
interface Staged {
  readonly rows: readonly BlockToInsert[];
  readonly copies: Copies;
  /** The last tombstone that was known when they were made. */
  readonly tombstones: bigint;
  /** Records of each batch that are left out. */
  readonly erased: readonly number[];
}

/**
 * Appends batches to the log. All that wait when an insert begins share it. While the store is idle, an append
 * resolves only when readers see its records; under load as soon as they are committed. Appends wait while sessions
 * do not follow (pace.ts).
 */
export class Intake {
  readonly #pool: Pool;
  readonly #edges: IntakeEdges;
  readonly #tombstones: KnownTombstones;
  readonly #builder = new BlockBuilder();
  readonly #projects = new Map<string, number>();
  #queue: Append[] = [];
  /** Appends without an answer, the oldest first. */
  readonly #open = new Set<Append>();
  #commits = 0;
  #isStaging = false;
  /** Called when a commit has ended. */
  #idle: (() => void)[] = [];
  /** The last blocks of commits of this intake that readers may not see yet, the oldest first. */
  readonly #unseen = new Map<bigint, Unseen>();
  readonly #pace = new Pace();
  /** Since when appends wait for sessions. */
  #heldSinceMs: number | undefined;
  #isRefusing = false;
  /** Nothing waits for sessions any more. */
  #isSettling = false;

  constructor(pool: Pool, edges: IntakeEdges, tombstones: KnownTombstones) {
    this.#pool = pool;
    this.#edges = edges;
    this.#tombstones = tombstones;
  }

  /**
   * Resolves when the batch is committed, or was refused. @throws DatabaseError: then all of it is kept or nothing,
   * since the answer of a commit may be lost, or late
   */
  append(project: string, batch: RecordBatch): Promise<Appended> {
    return new Promise((resolve, reject) => {
      const append: Append = {
        project,
        batch,
        untilMs: this.#edges.nowMs() + this.#edges.answerMs,
        resolve: (answer) => {
          this.#open.delete(append);
          resolve(answer);
        },
        reject: (error) => {
          this.#open.delete(append);
          reject(error);
        },
      };
      this.#open.add(append);
      this.#queue.push(append);
      this.#next();
    });
  }

  /** Resolves when nothing waits to be committed, and lets go of appends that wait for readers. */
  async settled(): Promise<void> {
    this.#isSettling = true;
    this.#next();
    while (this.#queue.length > 0 || this.#commits > 0)
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    for (const id of [...this.#unseen.keys()]) this.#seen(id);
  }

  /** Whether blocks of this intake may not be seen by readers yet. */
  get hasUnseen(): boolean {
    return this.#unseen.size > 0;
  }

  /** Asks which blocks of this intake readers see by now. @throws DatabaseError */
  async look(): Promise<void> {
    if (this.#unseen.size === 0) return;
    const asked = [...this.#unseen.keys()];
    const { rows } = await this.#pool.take((session) =>
      session.run({
        name: 'unseen_blocks',
        text: `SELECT id FROM log_block WHERE id = ANY($1::int8[])
          AND (number IS NULL OR number > (SELECT folded FROM lease WHERE lane = ${LANE}))`,
        values: [int8s(asked)],
      }),
    );
    const unseen = new Set(rows.map(([id]) => id as bigint));
    if (unseen.size < asked.length) this.#pace.seen(this.#edges.nowMs());
    for (const id of asked) if (!unseen.has(id)) this.#seen(id);
    this.#next();
  }

  /** Must be called about once a second. */
  note(lag: Lag): void {
    this.#pace.note(lag, this.#edges.nowMs());
  }

  /** Lets go of appends that waited long enough: for readers, for sessions, or for the database. */
  expire(): void {
    const nowMs = this.#edges.nowMs();
    for (const unseen of this.#unseen.values()) if (unseen.sinceMs + SEEN_MS <= nowMs) unseen.resolve?.();
    this.#next();
    this.#refuse(this.#heldSinceMs !== undefined && nowMs - this.#heldSinceMs >= HELD_MS);
    const late = [...this.#open].filter(({ untilMs }) => untilMs <= nowMs);
    if (late.length === 0) return;
    const queued = new Set(this.#queue);
    this.#queue = this.#queue.filter((append) => !late.includes(append));
    const seconds = this.#edges.answerMs / 1000;
    for (const append of late) {
      if (queued.has(append)) this.#edges.free(append.batch);
      append.reject(new DatabaseError(`the database has not answered for ${seconds} s`, undefined));
    }
  }

  #refuse(isRefusing: boolean): void {
    if (isRefusing) {
      for (const { batch, resolve } of this.#queue.splice(0)) {
        this.#edges.free(batch);
        resolve('held');
      }
    }
    if (isRefusing !== this.#isRefusing) this.#edges.held(isRefusing);
    this.#isRefusing = isRefusing;
  }

  /** Whether appends wait for sessions. */
  #isHeld(): boolean {
    const nowMs = this.#edges.nowMs();
    const [oldest] = this.#unseen.values();
    const isHeld = !this.#isSettling && this.#pace.isHeld(oldest?.sinceMs, nowMs);
    this.#heldSinceMs = isHeld ? (this.#heldSinceMs ?? nowMs) : undefined;
    return isHeld;
  }

  #seen(id: bigint): void {
    const unseen = this.#unseen.get(id);
    this.#unseen.delete(id);
    unseen?.resolve?.();
  }

  #next(): void {
    if (this.#isHeld()) return;
    if (this.#isStaging || this.#commits >= MOST_COMMITS || this.#queue.length === 0) return;
    const appends = this.#take();
    this.#commits++;
    this.#isStaging = true;
    this.#commit(appends)
      .then(
        () => {},
        (error) => {
          for (const { reject } of appends) reject(asDatabaseError(error));
        },
      )
      .finally(() => {
        this.#commits--;
        this.#next();
        for (const wake of this.#idle.splice(0)) wake();
      });
  }

  #take(): Append[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#queue.length && bytes < COMMIT_BYTES)
      bytes += this.#queue[count++]!.batch.bytes.length;
    return this.#queue.splice(0, count);
  }

  async #commit(appends: readonly Append[]): Promise<void> {
    const { rows: blocks, copies, tombstones, erased } = await this.#stage(appends);
    const stored = (): void => {
      for (const [i, { resolve }] of appends.entries()) resolve({ erased: erased[i]! });
    };
    if (blocks.length === 0) {
      stored();
      return;
    }
    const isIdle = this.#unseen.size === 0 && this.#commits === 1;
    const records = blocks.reduce((sum, block) => sum + block.records, 0);
    const rows = await this.#insert(appends, insertOf(blocks, tombstones), copies);
    this.#handOver(rows, blocks, copies);
    const waits = isIdle && records <= FEW_RECORDS && this.#queue.length === 0;
    if (waits || this.#unseen.size < MOST_UNSEEN) {
      const sinceMs = this.#edges.nowMs();
      this.#unseen.set(lastOf(rows), { sinceMs, ...(waits && { resolve: stored }) });
    }
    this.#edges.appended();
    if (!waits) stored();
  }

  /** Makes blocks of batches, which are not read any more then. */
  async #stage(appends: readonly Append[]): Promise<Staged> {
    const copies: Copies = [];
    try {
      await this.#requireProjects(appends);
      const { last, set } = this.#tombstones;
      const batches: PendingRecords[] = appends.map(({ project: name, batch }) => {
        const project = this.#projects.get(name)!;
        return { project, batch, refused: set.refused(project, batch) };
      });
      const erased = batches.map(({ refused }) => refused?.reduce((sum, each) => sum + each, 0) ?? 0);
      this.#builder.reuse();
      const blocks = stagedBlocks(this.#builder, batches, (bytes) => {
        copies.push(this.#edges.handOver.copy(bytes));
        return lz4.compress(bytes);
      });
      return { rows: await rowsOf(blocks), copies, tombstones: last, erased };
    } catch (error) {
      this.#builder.abandon();
      this.#edges.handOver.release(copies);
      throw error;
    } finally {
      for (const { batch } of appends) this.#edges.free(batch);
      this.#isStaging = false;
      this.#next();
    }
  }

  /** Returns the ids of the rows. */
  async #insert(appends: readonly Append[], statement: Statement, copies: Copies): Promise<readonly Row[]> {
    try {
      const { rows } = await this.#retrying(appends, (session) => session.run(statement));
      return rows;
    } catch (error) {
      this.#edges.handOver.release(copies);
      throw error;
    }
  }

  /** Hands blocks that were committed to the folding thread, as far as there are copies. */
  #handOver(ids: readonly Row[], blocks: readonly BlockToInsert[], copies: Copies): void {
    const handed: HandedBlock[] = [];
    for (const [i, { project, records, directory, checksum }] of blocks.entries()) {
      const [row, bytes] = [ids[i]![0] as bigint, copies[i]];
      if (bytes !== undefined) handed.push({ row, project, records, directory, checksum, bytes });
    }
    this.#edges.handOver.send(handed);
  }

  #retrying<T>(appends: readonly Append[], work: (session: AsyncSession) => Promise<T>): Promise<T> {
    return retrying(this.#pool, work, {
      retried: (error) => this.#edges.retried(error),
      isWanted: () => appends.some((append) => this.#open.has(append)),
    });
  }

  async #requireProjects(appends: readonly Append[]): Promise<void> {
    const missing = [...new Set(appends.map(({ project }) => project))].filter(
      (name) => !this.#projects.has(name),
    );
    if (missing.length === 0) return;
    const numbers = await this.#retrying(appends, (session) => projectNumbers(session, missing));
    for (const [i, name] of missing.entries()) this.#projects.set(name, numbers[i]!);
  }
}

interface Unseen {
  /** When it was committed. */
  readonly sinceMs: number;
  /** Resolves what waits for it; may be called twice. */
  readonly resolve?: () => void;
}

/** The greatest id. Blocks of one commit get their numbers in the order of their ids, so readers see it last. */
function lastOf(rows: readonly Row[]): bigint {
  return rows.reduce((last, [id]) => ((id as bigint) > last ? (id as bigint) : last), 0n);
}

/** The numbers of projects; new ones get a number, which is durable at once. */
async function projectNumbers(session: AsyncSession, names: readonly string[]): Promise<number[]> {
  const values = [byteas(names.map(utf8))];
  await session.run({
    text: 'INSERT INTO project (name) SELECT unnest($1::bytea[]) ON CONFLICT DO NOTHING',
    values,
  });
  const { rows } = await session.run({
    text: `SELECT p.no FROM unnest($1::bytea[]) WITH ORDINALITY AS n (name, at) JOIN project AS p ON p.name = n.name ORDER BY n.at`,
    values,
  });
  return rows.map(([no]) => no as number);
}

async function rowsOf(blocks: readonly StagedBlock<Promise<Buffer>, NewGroup>[]): Promise<BlockToInsert[]> {
  const data = await Promise.all(blocks.map((block) => block.data));
  return blocks.map(({ groups, records, directory, leastNs, greatestNs }, i) => {
    const { project } = groups[0]!;
    const checksum = checksumOf({ project, records, directory, data: data[i]! });
    return { project, records, directory, leastNs, greatestNs, checksum, data: data[i]! };
  });
}

/** `tombstones`: as `Staged.tombstones`. */
function insertOf(blocks: readonly BlockToInsert[], tombstones: bigint): Statement {
  return {
    name: 'append_blocks',
    text: `INSERT INTO log_block (lane, tombstones, project, records, least_ns, greatest_ns, checksum, directory, data)
      SELECT ${LANE}, $8::int8, b.* FROM unnest($1::int4[], $2::int4[], $3::int8[], $4::int8[], $5::int8[], $6::bytea[], $7::bytea[]) AS b
      RETURNING id`,
    values: [...blockValues(blocks), tombstones],
  };
}

function asDatabaseError(error: unknown): DatabaseError {
  return error instanceof DatabaseError ? error : new DatabaseError((error as Error).message, undefined);
}
