/**
 * From this age of the oldest block of this process that readers do not see, it appends no others, ms: so sessions
 * follow what is acknowledged within about a second, however much senders have. It is the time of `FOLDS_UNSEEN`
 * folds, within these limits: where folds take long, less would leave few records to each of them, and each session
 * would be written more often.
 */
const UNSEEN_MS = { least: 600, most: 2_000 } as const;

/** One fold may be under way when a block is appended; the next one has it. */
const FOLDS_UNSEEN = 2;

/** From this age of the oldest records without sessions, there is a backlog that takes long to fold, ms. */
const BACKLOG_MS = 10_000;

/** While there is a backlog, this share of what is folded makes it shorter; the rest is room for new telemetry. */
const GAIN = 0.25;

/** If readers have seen nothing new for so long, nobody folds, ms. */
const STILL_MS = 3_000;

/** How far sessions are behind the log, over all processes. */
export interface Lag {
  /** Up to this block, readers see the log. */
  readonly folded: number;
  /** Records behind it, and how many there are in a block. */
  readonly records: number;
  readonly recordsOfBlock: number;
  /** Age of the oldest of them, ms. */
  readonly ms: number;
}

/**
 * Decides whether a process waits with appending until sessions have followed. All processes decide by the same
 * numbers, so none has to know how many others there are. Nobody waits while nothing is folded at all, because that
 * would help nothing. Pure.
 */
export class Pace {
  #folded: number | undefined;
  /** When readers have last seen more. */
  #movedMs = Number.NEGATIVE_INFINITY;
  /** When readers have last seen blocks of this process. */
  #seenMs = Number.NEGATIVE_INFINITY;
  /** The mean time between two such moments lately, ms. */
  #foldMs: number = UNSEEN_MS.least / FOLDS_UNSEEN;
  #records = 0;
  /** As many records may be behind while there is a backlog; undefined while there is none. */
  #most: number | undefined;

  /** Must be called about once a second. */
  note({ folded, records, recordsOfBlock, ms }: Lag, nowMs: number): void {
    const blocks = folded - (this.#folded ?? folded);
    this.#folded = folded;
    this.#records = records;
    if (blocks > 0) this.#movedMs = nowMs;
    if (ms <= BACKLOG_MS) {
      this.#most = undefined;
      return;
    }
    const gone = blocks * recordsOfBlock;
    this.#most = Math.min(this.#most ?? records, records + gone) - GAIN * gone;
  }

  /** Readers see more blocks of this process than before. */
  seen(nowMs: number): void {
    const ms = nowMs - this.#seenMs;
    // Between two bursts nothing was to be folded.
    if (ms <= STILL_MS) this.#foldMs = (this.#foldMs + ms) / 2;
    this.#seenMs = nowMs;
    this.#movedMs = nowMs;
  }

  /** Whether to wait. `unseenSinceMs`: when the oldest block of this process that readers do not see was committed. */
  isHeld(unseenSinceMs: number | undefined, nowMs: number): boolean {
    if (nowMs - this.#movedMs > STILL_MS) return false;
    if (this.#most !== undefined) return this.#records > this.#most;
    if (unseenSinceMs === undefined) return false;
    const most = Math.min(UNSEEN_MS.most, Math.max(UNSEEN_MS.least, FOLDS_UNSEEN * this.#foldMs));
    return nowMs - unseenSinceMs > most;
  }
}
