import { Worker } from 'node:worker_threads';
import { prepareTextFile, removeTextFile, TextFile } from './text-file.js';
import type { FromTextThread, TextThreadOptions, ToTextThread } from './text-thread.js';

/** Blocks that have to come before the thread is asked to index them. It decides whether they are enough. */
const LEAST_BLOCKS = 16;

/** The thread ends after this time without work, ms. */
const LINGER_MS = 60_000;

/** Least time between two requests to the thread, ms. */
const ASK_EVERY_MS = 2_000;

export interface TextIndexingOptions {
  readonly directory: string;
  readonly progress: (message: string) => void;
  /** Milliseconds of a clock that never goes back. Default: that of the process. */
  readonly nowMs?: () => number;
}

/**
 * Keeps the index of content search up to the log, on a thread of its own that runs while there is work. Nothing
 * waits for it but erasures.
 */
export class TextIndexing {
  readonly #options: TextIndexingOptions;
  readonly #nowMs: () => number;
  /**
   * Open as long as readers may be. Of several connections that open a file first, SQLite refuses all but one
   * (SQLITE_BUSY_RECOVERY).
   */
  readonly #file: TextFile;
  #thread: Worker | undefined;
  #isClosed = false;
  #lingering: NodeJS.Timeout | undefined;
  /** The last block that the thread was asked to index, and when. */
  #askedTo = 0;
  #askedMs = Number.NEGATIVE_INFINITY;
  #isAsked = false;
  #forgetting = 0;
  readonly #pending = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  /** Reason of the last failure, which is reported once. */
  #failure: string | undefined;

  /** `lastBlock`: the last block of the log. */
  constructor(options: TextIndexingOptions, lastBlock: number) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    const isNew = prepareTextFile(options.directory, lastBlock);
    this.#file = new TextFile(options.directory);
    if (isNew && lastBlock > 0) options.progress('content search is indexed again, beside everything else');
  }

  /** Removes the index, and what an earlier process left of it. */
  static remove(directory: string): void {
    removeTextFile(directory);
  }

  /** Indexes blocks up to this one, which are acknowledged, once they are enough. Must be called often. */
  follow(lastBlock: number): void {
    const nowMs = this.#nowMs();
    const isDue = this.#askedMs + ASK_EVERY_MS <= nowMs;
    if (this.#isClosed || this.#isAsked || !isDue || lastBlock < this.#askedTo + LEAST_BLOCKS) return;
    this.#askedTo = lastBlock;
    this.#askedMs = nowMs;
    this.#isAsked = true;
    this.#send({ kind: 'index', to: lastBlock });
  }

  /**
   * Forgets blocks that were written again. With `clean`, the file has nothing of them any more. Rejects if that
   * failed.
   */
  forget(blocks: Iterable<number>, { clean }: { readonly clean: boolean }): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error('the store is closing'));
    const id = ++this.#forgetting;
    const done = new Promise<void>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    this.#send({ kind: 'forget', id, blocks: [...blocks], clean });
    // What is left of the blocks is indexed next.
    this.#askedTo = 0;
    return done;
  }

  /** Empties the index at once. Everything is indexed again. @throws if the disk refuses it */
  remake(): void {
    this.#file.clear();
    this.#file.clean();
    this.#askedTo = 0;
  }

  /** Resolves when nothing is done any more. The next start continues. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#lingering);
    await this.#thread?.terminate();
    this.#rejectAll('the store is closing');
    this.#file.close();
  }

  #send(message: ToTextThread): void {
    clearTimeout(this.#lingering);
    if (this.#thread === undefined) {
      const workerData: TextThreadOptions = { directory: this.#options.directory };
      const thread = new Worker(new URL('./text-thread.js', import.meta.url), { workerData })
        .on('message', (from: FromTextThread) => this.#handle(from))
        .on('error', (error) => this.#failed(error.message))
        .on('exit', () => {
          if (this.#thread === thread) this.#thread = undefined;
          if (this.#isAsked) this.#askAgain();
          this.#rejectAll('the thread of the index ended');
        });
      this.#thread = thread;
    }
    this.#thread.postMessage(message);
  }

  #handle(message: FromTextThread): void {
    switch (message.kind) {
      case 'indexed':
        this.#failure = undefined;
        this.#isAsked = false;
        break;
      case 'forgot':
        this.#pending.get(message.id)?.resolve();
        this.#pending.delete(message.id);
        break;
      case 'failed':
        if (message.id === undefined) this.#askAgain();
        else {
          this.#pending.get(message.id)?.reject(new Error(message.reason));
          this.#pending.delete(message.id);
        }
        this.#failed(message.reason);
    }
    if (!this.#isAsked && this.#pending.size === 0) this.#linger();
  }

  /** The blocks that were asked for are not indexed: they are asked for again without waiting for others. */
  #askAgain(): void {
    this.#isAsked = false;
    this.#askedTo = 0;
  }

  #linger(): void {
    clearTimeout(this.#lingering);
    this.#lingering = setTimeout(
      () => this.#thread?.postMessage({ kind: 'close' } satisfies ToTextThread),
      LINGER_MS,
    );
    this.#lingering.unref();
  }

  #failed(reason: string): void {
    if (reason === this.#failure) return;
    this.#failure = reason;
    this.#options.progress(`content search is not indexed for now, and is tried again: ${reason}`);
  }

  #rejectAll(reason: string): void {
    for (const { reject } of this.#pending.values()) reject(new Error(reason));
    this.#pending.clear();
  }
}
