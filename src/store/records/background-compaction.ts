import { Worker } from 'node:worker_threads';
import { closedSegments } from './compaction.js';
import type { CompactionThreadOptions, FromCompaction } from './compaction-thread.js';
import { diskFiles } from './log-files.js';

/** Interval between two checks for segments to compact, ms. */
const LOOK_MS = 60_000;

/** Delay of the first check after a start, ms. A start has other work to do. */
const FIRST_LOOK_MS = 5_000;

/** Least time between two progress reports, ms. */
const REPORT_MS = 60_000;

export interface BackgroundCompactionOptions {
  /** Directory of the log. */
  readonly directory: string;
  /** A segment is compacted once it has not been written for this time, ms. */
  readonly afterMs: number;
  /** Of `SegmentLock`. */
  readonly lock: Int32Array<SharedArrayBuffer>;
  /** Receives reports of what was done, and why something was not. */
  readonly progress: (message: string) => void;
  /** Receives reports of damage. */
  readonly warn: (message: string) => void;
}

/**
 * Compacts closed segments of a log that have not been written for some time, until `close`. Its thread runs
 * only while there is work. The process that owns the log creates one instance.
 */
export class BackgroundCompaction {
  readonly #options: BackgroundCompactionOptions;
  #timer: NodeJS.Timeout;
  #thread: Worker | undefined;
  #isClosed = false;
  /** First blocks of the segments that stay warm because of damage. */
  readonly #damaged = new Set<number>();
  /** Work since the last report. */
  #done = { segments: 0, warmBytes: 0, coldBytes: 0 };
  #reportedMs = 0;
  /** Reason of the last failure, which is reported once. */
  #failure: string | undefined;

  constructor(options: BackgroundCompactionOptions) {
    this.#options = options;
    this.#timer = this.#lookLater(Math.min(FIRST_LOOK_MS, options.afterMs));
  }

  /** Resolves when all work has stopped. An interrupted segment is started again after the next start. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#thread?.terminate();
  }

  #lookLater(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#look(), ms).unref();
  }

  #look(): void {
    const { directory, afterMs, lock } = this.#options;
    let segments: CompactionThreadOptions['segments'] = [];
    try {
      segments = closedSegments(diskFiles, directory, Date.now() - afterMs);
    } catch (error) {
      this.#failed((error as Error).message);
    }
    segments = segments.filter(({ first }) => !this.#damaged.has(first));
    if (segments.length > 0) this.#run({ directory, segments, lock });
    else this.#timer = this.#lookLater(Math.min(LOOK_MS, afterMs));
  }

  #run(workerData: CompactionThreadOptions): void {
    this.#thread = new Worker(new URL('./compaction-thread.js', import.meta.url), { workerData })
      .on('message', (message: FromCompaction) => this.#handle(message))
      .on('error', (error) => this.#failed(error.message))
      .on('exit', () => {
        this.#thread = undefined;
        this.#report();
        if (!this.#isClosed) this.#timer = this.#lookLater(Math.min(LOOK_MS, this.#options.afterMs));
      });
  }

  #handle(message: FromCompaction): void {
    switch (message.kind) {
      case 'compacted':
        this.#failure = undefined;
        this.#done.segments++;
        this.#done.warmBytes += message.warmBytes;
        this.#done.coldBytes += message.coldBytes;
        if (performance.now() - this.#reportedMs >= REPORT_MS) this.#report();
        return;
      case 'damaged':
        this.#damaged.add(message.first);
        this.#options.warn(`a segment of the log is not compressed further: ${message.reason}`);
        return;
      case 'failed':
        this.#failed(message.reason);
        return;
    }
  }

  #report(): void {
    const { segments, warmBytes, coldBytes } = this.#done;
    if (segments === 0) return;
    this.#reportedMs = performance.now();
    this.#done = { segments: 0, warmBytes: 0, coldBytes: 0 };
    this.#options.progress(
      `compressed ${segments} older segment(s) of the log: ${inMegabytes(warmBytes)} became ${inMegabytes(coldBytes)}`,
    );
  }

  #failed(reason: string): void {
    if (reason === this.#failure) return;
    this.#failure = reason;
    this.#options.progress(
      `older segments of the log are not compressed for now, and stay as they are: ${reason}`,
    );
  }
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
