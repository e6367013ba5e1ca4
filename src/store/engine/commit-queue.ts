import lz4 from 'lz4-napi';
import type { RecordBatch } from '../../otlp/record-batch.js';
import type { AppendResult } from '../contract/store.js';
import { DamagedBlockError } from '../records/log.js';
import { type Engine, FOLD_RECORDS, REPLAY_BLOCKS } from './engine.js';
import { Slices } from './slices.js';

/** Most bytes of telemetry in one transaction: bounds how long an acknowledgement waits for its neighbours. */
const COMMIT_BYTES = 8 * 1024 * 1024;

/** A large commit that is alone is folded before its answer where nothing was folded for so long, ms. */
const FOLD_MS = 150;

/**
 * Under load, folding is put off: what comes of one session meanwhile is folded with it, and its row is written once. After each commit as many records are folded as it had, in proportion to how much waits: the time
 * that it takes to fold what waits over WORK_MS, or the age of the oldest of it over AGE_MS where that is more. So what waits settles there, whatever comes, and senders wait for a fold no longer than for that of
 * their own records.
 */
const WORK_MS = 200;
const AGE_MS = 250;

/** Less than this is put off till after the next commit, ms. While nobody sends, it is what the next sender may have to wait for. */
const PART_MS = 10;

/** How long readers do not see what was folded, ms: a transaction of the store has some parts, since its fixed costs are those of one. */
const HIDDEN_MS = 100;

/** How long a record takes to be folded, before that was measured, ms. */
const USUAL_MS = 0.03;

/**
 * Up to this many records, sessions are brought up to date before the answer. With more, folding is put off: many
 * traces of one session come together then, and its row is written once.
 */
const FEW_RECORDS = 256;

/** Blocks that sessions come nearer to the log with each commit at least, while they are behind it. */
const BLOCKS_GAINED = 4;

/** Smaller blocks are compressed on the calling thread, in some 20 µs: handing them to another costs as much. */
const ASIDE_BYTES = 16 * 1024;

/** How long the queue has to be empty before what was put off is folded, ms. */
export const IDLE_MS = 15;

export interface QueuedAppend {
  readonly id: number;
  readonly project: string;
  readonly batch: RecordBatch;
}

export type AppendAnswer =
  | { readonly id: number; readonly result: AppendResult }
  | { readonly id: number; readonly error: string };

/**
 * Group commit: whatever waits when a commit begins shares it. Sessions are brought up to date when there is little to fold, or FOLD_MS have passed;
 * else when the senders pause. While the engine is behind its log, commits are taken into the log alone, and a slice of catching up follows each.
 *
 * While the store is idle, sessions are brought up to date before the answer: an acknowledged record is visible at once. Under load the answer goes first,
 * since the records are durable by then, and no sender waits for a fold of others' records.
 */
export class CommitQueue {
  readonly #engine: Engine;
  readonly #answer: (answers: AppendAnswer[], appends: readonly QueuedAppend[]) => void;
  /** Takes what has arrived meanwhile into the queue. */
  readonly #receive: () => void;
  readonly #nowMs: () => number;
  #queue: QueuedAppend[] = [];
  #between: (() => void)[] = [];
  #running: Promise<boolean> | undefined;
  readonly #slices: Slices;
  readonly #parts: Slices;
  #foldedAtMs: number;
  #triedAtMs: number;
  #unfolded = 0;
  /** Records of which the engine had not made sessions when it was last looked at. */
  #left = 0;
  /** Records to be folded by now; less than 0 where more of them were. */
  #owed = 0;
  #msPerRecord = USUAL_MS;
  /** The commits that sessions lack records of, oldest first: the last block of each, and when it was answered. */
  #commits: { readonly block: number; readonly ms: number }[] = [];
  /** When folding began of what readers do not see yet. */
  #hiddenSinceMs: number | undefined;
  /** Nothing has come since the last part was folded, and there are others. */
  #isSettling = false;
  /** Blocks that sessions were behind when the last slice ended. */
  #blocksBehind = 0;

  /** `answer` is given what a commit took, too: nobody reads its batches any more. */
  constructor(
    engine: Engine,
    edges: {
      answer: (answers: AppendAnswer[], appends: readonly QueuedAppend[]) => void;
      receive: () => void;
      nowMs: () => number;
    },
  ) {
    this.#engine = engine;
    this.#answer = edges.answer;
    this.#receive = edges.receive;
    this.#nowMs = edges.nowMs;
    this.#slices = new Slices(REPLAY_BLOCKS, edges.nowMs);
    this.#parts = new Slices(FOLD_RECORDS, edges.nowMs);
    this.#foldedAtMs = edges.nowMs();
    this.#triedAtMs = edges.nowMs() - FOLD_MS;
  }

  /**
   * Records taken since this start that are on disk and not in the sessions that readers see, about: known ones are among them. Grows for
   * as long as the engine cannot fold.
   */
  get unfolded(): number {
    return this.#unfolded;
  }

  /** Records that an earlier process left on disk and that are not in sessions. */
  leftUnfolded(records: number): void {
    this.#unfolded += records;
  }

  /** Whether nothing waits and sessions are up to date. */
  get isIdle(): boolean {
    return this.#running === undefined && this.#unfolded === 0;
  }

  /** Whether the senders have paused, and sessions are being brought up to date for it: `foldNext` is to be called again at once. */
  get isSettling(): boolean {
    return this.#isSettling;
  }

  push(append: QueuedAppend): void {
    this.#queue.push(append);
  }

  /** Has work done that must not meet a commit half way, and needs sessions that are up to date: when `run` comes to it and they are, or cannot be. */
  pushBetween(work: () => void): void {
    this.#between.push(work);
  }

  /**
   * Commits until nothing waits. True where sessions are behind then: `settle` is to be called after IDLE_MS without a new append. Called while it runs, it
   * is the same run.
   */
  run(): Promise<boolean> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(): Promise<boolean> {
    this.#receive();
    for (;;) {
      if (this.#between.length > 0 && this.#isCurrentOrStuck()) {
        for (const work of this.#between.splice(0)) work();
        this.#follow();
      }
      if (this.#queue.length === 0) break;
      this.#isSettling = false;
      const taken = this.#take();
      this.#receive();
      for (const { batch } of taken) this.#unfolded += batch.count;
      const answers = await this.#commit(taken);
      this.#answer(answers, taken);
      if (this.#engine.isBehind) this.catchUp();
      else this.#foldSome();
      this.#receive();
    }
    return this.#unfolded > 0 && this.#engine.canFold;
  }

  /** Whether sessions are up to date, or do not come to be so by waiting. After a commit that was given up there is nothing to wait for. */
  #isCurrentOrStuck(): boolean {
    const { isBehind, isHeldUp, foldedBlock, lastBlock } = this.#engine;
    return !isBehind || isHeldUp || (this.#unfolded === 0 && foldedBlock === lastBlock);
  }

  /** Brings sessions nearer to what was committed by as much as senders that come meanwhile may wait for. */
  foldNext(): void {
    if (this.#unfolded === 0) return;
    if (this.#engine.isBehind) {
      this.catchUp();
    } else {
      this.#foldPart(PART_MS);
      this.#isSettling = this.#engine.unfolded > 0 && this.#engine.canFold;
    }
  }

  /** Brings sessions up to date with all that was committed or, where they are far behind, a slice nearer to it. @throws where the disk does not take it. */
  settle(): void {
    if (this.#unfolded === 0) return;
    if (this.#engine.isBehind) {
      this.catchUp();
    } else {
      this.#engine.fold();
      this.#folded();
    }
  }

  /**
   * Works on a slice of what sessions are behind, for `sliceMs` at least and until they are BLOCKS_GAINED nearer than after the slice before, so that no stream of commits keeps them from getting
   * there. Does nothing for a while after it failed.
   */
  catchUp(sliceMs?: number): void {
    const nowMs = this.#nowMs();
    if (this.#engine.isHeldUp && nowMs - this.#triedAtMs < FOLD_MS) return;
    this.#triedAtMs = nowMs;
    const blocksBehind = (): number => this.#engine.lastBlock - this.#engine.foldedBlock;
    this.#slices.run(
      (blocks) => this.#engine.catchUp(blocks),
      sliceMs,
      () => this.#blocksBehind === 0 || blocksBehind() <= this.#blocksBehind - BLOCKS_GAINED,
    );
    this.#blocksBehind = blocksBehind();
    if (!this.#engine.isBehind) this.#folded();
  }

  /** After a commit: folds some of what waits, so that it comes to be neither too much nor too old. */
  #foldSome(): void {
    const { unfolded, foldedBlock } = this.#engine;
    const nowMs = this.#nowMs();
    const done = this.#commits.findIndex(({ block }) => block > foldedBlock);
    this.#commits.splice(0, done === -1 ? this.#commits.length : done);
    const workMs = unfolded * this.#msPerRecord;
    const ageMs = nowMs - (this.#commits[0]?.ms ?? nowMs);
    this.#owed += Math.max(0, unfolded - this.#left) * Math.max(workMs / WORK_MS, ageMs / AGE_MS);
    this.#left = unfolded;
    if (this.#owed * this.#msPerRecord >= PART_MS) this.#foldPart(0);
  }

  /** Folds what is owed, for so long at least. */
  #foldPart(ms: number): void {
    const engine = this.#engine;
    const { unfolded } = engine;
    const enough = unfolded - this.#owed;
    const beganMs = this.#nowMs();
    this.#hiddenSinceMs ??= beganMs;
    this.#parts.run(
      (records) => engine.foldSome(records),
      ms,
      () => engine.unfolded <= enough,
    );
    const nowMs = this.#nowMs();
    const folded = unfolded - engine.unfolded;
    if (folded > 0) this.#msPerRecord += ((nowMs - beganMs) / folded - this.#msPerRecord) / 4;
    this.#owed -= folded;
    if (engine.unfolded === 0 || nowMs - this.#hiddenSinceMs >= HIDDEN_MS) {
      engine.endFold();
      this.#hiddenSinceMs = undefined;
    }
    this.#follow();
  }

  #take(): QueuedAppend[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#queue.length && bytes < COMMIT_BYTES)
      bytes += this.#queue[count++]!.batch.bytes.length;
    return this.#queue.splice(0, count);
  }

  /** Makes them durable. */
  async #commit(taken: readonly QueuedAppend[]): Promise<AppendAnswer[]> {
    try {
      const staged = this.#engine.stage(taken, compress);
      const data = await Promise.all(staged.blocks.map((block) => block.data));
      const isDue = this.#nowMs() - this.#foldedAtMs >= FOLD_MS;
      const isFew = this.#unfolded <= FEW_RECORDS || (isDue && this.#isOnly(taken));
      const fold = !this.#engine.isBehind && this.#queue.length === 0 && isFew;
      const results = this.#engine.write(staged, data, fold);
      if (fold) this.#folded();
      else this.#commits.push({ block: this.#engine.lastBlock, ms: this.#nowMs() });
      return taken.map(({ id }, i) => ({ id, result: results[i]! }));
    } catch (error) {
      this.#engine.giveUp();
      if (error instanceof DamagedBlockError && taken.length > 1) {
        // Only those whose records belong to what is damaged cannot be taken.
        const answers: AppendAnswer[] = [];
        for (const each of taken) answers.push(...(await this.#commit([each])));
        return answers;
      }
      const message = error instanceof Error ? error.message : String(error);
      return taken.map(({ id }) => ({ id, error: message }));
    }
  }

  /** Whether it is one append, and all that there is to fold: its sender is alone, and waits for nobody else's records. */
  #isOnly(taken: readonly QueuedAppend[]): boolean {
    return taken.length === 1 && taken[0]!.batch.count === this.#unfolded;
  }

  #folded(): void {
    this.#foldedAtMs = this.#nowMs();
    this.#follow();
  }

  /** Notes what the engine has left to fold. While it is behind, nobody knows. */
  #follow(): void {
    const { canFold, isBehind, unfolded } = this.#engine;
    this.#left = unfolded;
    if (canFold && !isBehind) this.#unfolded = unfolded;
    if (unfolded > 0) return;
    this.#owed = 0;
    this.#commits = [];
    this.#hiddenSinceMs = undefined;
  }
}

/** Large blocks on the threads of Node.js, while the calling one goes on with the next. */
function compress(bytes: Buffer): Uint8Array | Promise<Uint8Array> {
  if (bytes.length < ASIDE_BYTES) return lz4.compressSync(bytes);
  const data = lz4.compress(bytes);
  // Where staging fails, nobody waits for it any more.
  data.catch(() => {});
  return data;
}
