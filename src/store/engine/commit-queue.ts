import lz4 from 'lz4-napi';
import type { RecordBatch } from '../../otlp/record-batch.js';
import type { AppendResult } from '../contract/store.js';
import { DamagedBlockError } from '../records/log.js';
import { type Engine, REPLAY_BLOCKS } from './engine.js';
import { Slices } from './slices.js';

/** Most bytes of telemetry in one transaction: bounds how long an acknowledgement waits for its neighbours. */
const COMMIT_BYTES = 8 * 1024 * 1024;

/** Under load, sessions are brought up to date this often: readers may see them half a second late at most. */
const FOLD_MS = 150;

/**
 * Up to this many records, sessions are brought up to date in the transaction that makes them durable. With more, folding is put off: many
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
 * Group commit: whatever waits when a transaction begins shares it. Sessions are folded in the same transaction when there is little to
 * fold, or it is time to; else when the senders pause. While the engine is behind its log, commits are taken into the log alone, and a slice of catching up follows each.
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
  #foldedAtMs: number;
  #triedAtMs: number;
  #unfolded = 0;
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
      }
      if (this.#queue.length === 0) break;
      const taken = this.#take();
      this.#receive();
      for (const { batch } of taken) this.#unfolded += batch.count;
      this.#answer(await this.#commit(taken), taken);
      if (this.#engine.isBehind) this.catchUp();
      this.#receive();
    }
    return this.#unfolded > 0 && this.#engine.canFold;
  }

  /** Whether sessions are up to date, or do not come to be so by waiting. After a commit that was given up there is nothing to wait for. */
  #isCurrentOrStuck(): boolean {
    const { isBehind, isHeldUp, foldedBlock, lastBlock } = this.#engine;
    return !isBehind || isHeldUp || (this.#unfolded === 0 && foldedBlock === lastBlock);
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

  #take(): QueuedAppend[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#queue.length && bytes < COMMIT_BYTES)
      bytes += this.#queue[count++]!.batch.bytes.length;
    return this.#queue.splice(0, count);
  }

  async #commit(taken: readonly QueuedAppend[]): Promise<AppendAnswer[]> {
    try {
      const staged = this.#engine.stage(taken, compress);
      const data = await Promise.all(staged.blocks.map((block) => block.data));
      const isDue = this.#nowMs() - this.#foldedAtMs >= FOLD_MS;
      const isFew = this.#queue.length === 0 && this.#unfolded <= FEW_RECORDS;
      const fold = !this.#engine.isBehind && (isDue || isFew);
      const results = this.#engine.write(staged, data, fold);
      if (fold) this.#folded();
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

  #folded(): void {
    this.#foldedAtMs = this.#nowMs();
    if (this.#engine.canFold && !this.#engine.isBehind) this.#unfolded = 0;
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
