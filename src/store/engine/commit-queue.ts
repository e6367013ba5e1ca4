import lz4 from 'lz4-napi';
import type { RecordBatch } from '../../otlp/record-batch.js';
import type { AppendResult } from '../contract/store.js';
import { DamagedBlockError } from '../records/log.js';
import { type Engine, FOLD_RECORDS, REPLAY_BLOCKS } from './engine.js';
import { Slices } from './slices.js';

/**
 * Most bytes of telemetry in one transaction. Limits how long an acknowledgement waits for other appends of
 * its commit.
 */
const COMMIT_BYTES = 8 * 1024 * 1024;

/**
 * A large commit without others waiting is folded before its answer if nothing was folded for this time, ms.
 */
const FOLD_MS = 150;

/**
 * Under load, folding is put off: records of one session that arrive meanwhile are folded together, and its
 * row is written once.
 *
 * After each commit, folding gets the time that the commit's own records take, multiplied by the larger of
 * two ratios: the time that folding all waiting records takes, over WORK_MS, and the age of the oldest, over
 * AGE_MS. So the backlog stays near these limits at any rate, and a sender waits only about as long as
 * folding its own records takes.
 *
 * Senders notice how even these pauses are. So they are measured in time, in which all is included that
 * folding takes, also what makes it visible. If one takes longer, the next ones are shorter. The age has the
 * higher limit: after one long pause it would make the next one long, too.
 */
const WORK_MS = 200;
const AGE_MS = 300;

/**
 * Shorter folds are put off until after the next commit, ms. A sender that arrives after a pause may wait for
 * this long.
 */
const PART_MS = 10;

/** Time of one step of folding, ms. The time of a step is known only when it ends. */
const STEP_MS = 80;

/** By how much later pauses are shorter at most because folding took longer than it was due, ms. */
const MOST_AHEAD_MS = 50;

/**
 * How long readers may not see what was folded, ms: it is shown at the beginning of the next pause. A
 * transaction of the store has several parts, because its fixed costs are paid once.
 */
const HIDDEN_MS = 100;

/** Assumed time to fold a record before there is a measurement, ms. */
const USUAL_MS = 0.03;

/** How much an earlier transaction counts beside the one after it, in the measured time to fold a record. */
const KEPT_WEIGHT = 0.75;

/**
 * Up to this many records, sessions are brought up to date before the answer. With more, folding is put off:
 * many traces of one session are then folded together, and its row is written once.
 */
const FEW_RECORDS = 256;

/** While sessions are behind the log, each commit brings them at least this many blocks closer to it. */
const BLOCKS_GAINED = 4;

/**
 * Smaller blocks are compressed on the calling thread, in about 20 µs. Passing them to another thread costs
 * as much.
 */
const ASIDE_BYTES = 16 * 1024;

/** How long the queue must be empty before the records that were put off are folded, ms. */
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
 * Group commit: all appends that wait when a commit begins share it.
 *
 * While the store is idle, sessions are brought up to date before the answer, so an acknowledged record is
 * visible at once. Under load the answer comes first: the records are durable by then, and no sender waits
 * for folding the records of others. The rest is folded in parts after commits, and completely when senders
 * pause.
 *
 * While the engine is behind its log, commits only append to the log, and a slice of catching up follows
 * each.
 */
export class CommitQueue {
  readonly #engine: Engine;
  readonly #answer: (answers: AppendAnswer[], appends: readonly QueuedAppend[]) => void;
  /** Adds appends that have arrived meanwhile to the queue. */
  readonly #receive: () => void;
  readonly #nowMs: () => number;
  readonly #replaceRows: () => boolean;
  #queue: QueuedAppend[] = [];
  #between: (() => void)[] = [];
  #running: Promise<boolean> | undefined;
  readonly #slices: Slices;
  #foldedAtMs: number;
  #triedAtMs: number;
  #unfolded = 0;
  /** Records that were in no session when the engine was last asked. */
  #left = 0;
  /** For how long records still have to be folded, ms. Negative if they were folded for longer. */
  #owedMs = 0;
  #cost = new FoldCost();
  /**
   * Commits with records that are not in sessions, oldest first: the last block of each, and the time of its
   * answer.
   */
  #commits: { readonly block: number; readonly ms: number }[] = [];
  /** When the folding began whose results readers do not see yet. */
  #hiddenSinceMs: number | undefined;
  /** No append has arrived since the last part was folded, and records are left to fold. */
  #isSettling = false;
  /** How many blocks sessions were behind at the end of the last slice. */
  #blocksBehind = 0;

  /**
   * `answer` also receives the appends of the commit. Their batches are not read afterwards. `replaceRows` is
   * called if a commit needs a damaged block: it replaces the rows that name it and returns true, or returns
   * false. Then the records of these traces are refused.
   */
  constructor(
    engine: Engine,
    edges: {
      answer: (answers: AppendAnswer[], appends: readonly QueuedAppend[]) => void;
      receive: () => void;
      nowMs: () => number;
      replaceRows?: () => boolean;
    },
  ) {
    this.#engine = engine;
    this.#answer = edges.answer;
    this.#receive = edges.receive;
    this.#nowMs = edges.nowMs;
    this.#replaceRows = edges.replaceRows ?? (() => false);
    this.#slices = new Slices(REPLAY_BLOCKS, edges.nowMs);
    this.#foldedAtMs = edges.nowMs();
    this.#triedAtMs = edges.nowMs() - FOLD_MS;
  }

  /**
   * Approximate number of records accepted since this start that are durable but not in the sessions that
   * readers see. Includes duplicates. Grows while the engine cannot fold.
   */
  get unfolded(): number {
    return this.#unfolded;
  }

  /** Durable records of earlier processes that are not in sessions. */
  leftUnfolded(records: number): void {
    this.#unfolded += records;
  }

  /** Whether nothing waits and sessions are up to date. */
  get isIdle(): boolean {
    return this.#running === undefined && this.#unfolded === 0;
  }

  /**
   * Whether senders have paused and sessions are being brought up to date. The caller must call `foldNext`
   * again at once.
   */
  get isSettling(): boolean {
    return this.#isSettling;
  }

  push(append: QueuedAppend): void {
    this.#queue.push(append);
  }

  /**
   * Runs work between commits that needs sessions that are up to date. It starts once `run` reaches it and
   * sessions are up to date, or cannot be.
   */
  pushBetween(work: () => void): void {
    this.#between.push(work);
  }

  /**
   * Commits until nothing waits. A call during a run shares that run. True if sessions are behind afterwards:
   * the caller must call `settle` after IDLE_MS without a new append.
   */
  run(): Promise<boolean> {
    if (this.#running !== undefined) return this.#running;
    let follow!: (run: Promise<boolean>) => void;
    const running = new Promise<boolean>((resolve) => {
      follow = resolve;
    });
    this.#running = running;
    follow(this.#run());
    return running;
  }

  async #run(): Promise<boolean> {
    try {
      this.#receive();
      for (;;) {
        while (this.#between.length > 0 && this.#isCurrentOrStuck()) {
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
    } finally {
      // At once, not when the promise is settled: what is pushed until then needs another run.
      this.#running = undefined;
    }
  }

  /**
   * Whether sessions are up to date, or waiting cannot bring them up to date. After a failed commit there is
   * nothing to wait for.
   */
  #isCurrentOrStuck(): boolean {
    const { isBehind, isHeldUp, foldedBlock, lastBlock } = this.#engine;
    return !isBehind || isHeldUp || (this.#unfolded === 0 && foldedBlock === lastBlock);
  }

  /** Folds some of what was committed, for no longer than senders that arrive meanwhile may wait. */
  foldNext(): void {
    if (this.#unfolded === 0) return;
    if (this.#engine.isBehind) {
      this.catchUp();
    } else {
      this.#foldPart(PART_MS);
      this.#isSettling = this.#engine.unfolded > 0 && this.#engine.canFold;
    }
  }

  /**
   * Brings sessions up to date with all commits. If they are far behind, does only one slice of that. @throws
   * if the disk refuses it.
   */
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
   * Does a slice of catching up: at least `sliceMs`, and until sessions are BLOCKS_GAINED blocks closer than
   * after the slice before. So sessions reach the log under any stream of commits. Does nothing for a while
   * after a failure.
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

  /** Runs after a commit. Folds some of the backlog, so that it becomes neither too large nor too old. */
  #foldSome(): void {
    const { unfolded, foldedBlock } = this.#engine;
    const nowMs = this.#nowMs();
    const done = this.#commits.findIndex(({ block }) => block > foldedBlock);
    this.#commits.splice(0, done === -1 ? this.#commits.length : done);
    const { msPerRecord } = this.#cost;
    const ageMs = nowMs - (this.#commits[0]?.ms ?? nowMs);
    const ratio = Math.max((unfolded * msPerRecord) / WORK_MS, ageMs / AGE_MS);
    this.#owedMs += Math.max(0, unfolded - this.#left) * msPerRecord * ratio;
    this.#left = unfolded;
    this.#foldPart(this.#owedMs);
  }

  /**
   * Folds for about this time, unless it is short. First lets readers see what was folded before, if that is
   * due: the time that this takes is known only then.
   */
  #foldPart(ms: number): void {
    const engine = this.#engine;
    let leftMs = this.#hiddenMs >= HIDDEN_MS ? ms - this.#show() : ms;
    for (let goesOn = true; goesOn && leftMs >= PART_MS; ) {
      this.#hiddenSinceMs ??= this.#nowMs();
      const { unfolded } = engine;
      const tookMs = this.#paid(() => {
        goesOn = engine.foldSome(this.#cost.recordsIn(Math.min(leftMs, STEP_MS)));
      });
      this.#cost.add(tookMs, unfolded - engine.unfolded);
      leftMs -= tookMs;
    }
    if (engine.unfolded === 0) this.#show();
    this.#follow();
  }

  /** For how long readers have not seen what was folded, ms. */
  get #hiddenMs(): number {
    return this.#hiddenSinceMs === undefined ? 0 : this.#nowMs() - this.#hiddenSinceMs;
  }

  /** Lets readers see what was folded. Returns the time that it took, ms. */
  #show(): number {
    const tookMs = this.#paid(() => this.#engine.endFold());
    this.#cost.add(tookMs, 0);
    this.#cost.age();
    this.#hiddenSinceMs = undefined;
    return tookMs;
  }

  /** Does some of the work that is owed. Returns the time that it took, ms. */
  #paid(work: () => void): number {
    const beganMs = this.#nowMs();
    work();
    const tookMs = this.#nowMs() - beganMs;
    this.#owedMs = Math.max(this.#owedMs - tookMs, -MOST_AHEAD_MS);
    return tookMs;
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
      if (error instanceof DamagedBlockError && this.#replaceRows()) return this.#commit(taken);
      if (error instanceof DamagedBlockError && taken.length > 1) {
        // Only batches with records of damaged traces are refused.
        const answers: AppendAnswer[] = [];
        for (const each of taken) answers.push(...(await this.#commit([each])));
        return answers;
      }
      const message = error instanceof Error ? error.message : String(error);
      return taken.map(({ id }) => ({ id, error: message }));
    }
  }

  /** Whether a single append is all that there is to fold. Its sender then waits for no records of others. */
  #isOnly(taken: readonly QueuedAppend[]): boolean {
    return taken.length === 1 && taken[0]!.batch.count === this.#unfolded;
  }

  #folded(): void {
    this.#foldedAtMs = this.#nowMs();
    this.#follow();
  }

  /** Notes what the engine has left to fold. Unknown while the engine is behind. */
  #follow(): void {
    const { canFold, isBehind, unfolded } = this.#engine;
    this.#left = unfolded;
    if (canFold && !isBehind) this.#unfolded = unfolded;
    if (unfolded > 0) return;
    this.#owedMs = 0;
    this.#commits = [];
    this.#hiddenSinceMs = undefined;
  }
}

/** What folding a record takes, measured over the last transactions. */
class FoldCost {
  #ms = 0;
  #records = 0;

  /** Folding so many records took so long. */
  add(ms: number, records: number): void {
    this.#ms += ms;
    this.#records += records;
  }

  /** From now on, what was measured before weighs less. */
  age(): void {
    this.#ms *= KEPT_WEIGHT;
    this.#records *= KEPT_WEIGHT;
  }

  /** A few records are taken to cost what is usual: when so few are folded, it is the transaction that costs. */
  get msPerRecord(): number {
    const { least } = FOLD_RECORDS;
    return (this.#ms + USUAL_MS * least) / (this.#records + least);
  }

  /** How many records are folded in this time. */
  recordsIn(ms: number): number {
    const records = Math.round(ms / this.msPerRecord);
    return Math.min(FOLD_RECORDS.most, Math.max(FOLD_RECORDS.least, records));
  }
}

/** Compresses large blocks on the threads of Node.js while this thread continues with the next block. */
function compress(bytes: Buffer): Uint8Array | Promise<Uint8Array> {
  if (bytes.length < ASIDE_BYTES) return lz4.compressSync(bytes);
  const data = lz4.compress(bytes);
  // If staging fails, no one awaits the compression any more.
  data.catch(() => {});
  return data;
}
