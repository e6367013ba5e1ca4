import { Worker } from 'node:worker_threads';
import { type Rewritten, type SegmentChunks, UnreadableBlocksError } from './rewriting.js';
import type { FromRewriting, RewritingThreadOptions } from './rewriting-thread.js';

/** Writes segments of a log again without some of their chunks, on a thread of its own: one call after the other. */
export class Rewriter {
  readonly #options: Omit<RewritingThreadOptions, 'segments'>;
  #last: Promise<unknown> = Promise.resolve();
  #thread: Worker | undefined;
  #waiting = 0;
  #isClosed = false;

  constructor(options: Omit<RewritingThreadOptions, 'segments'>) {
    this.#options = options;
  }

  /** Whether a thread may be writing. */
  get isBusy(): boolean {
    return this.#waiting > 0;
  }

  /**
   * Removes chunks from closed segments, and files without any record. `segmentsOf` is called when no other call is
   * writing. Resolves to the sizes of what was changed. Rejects with an UnreadableBlocksError, or if the thread could
   * not end: then some segments are as before.
   */
  rewrite(segmentsOf: () => Promise<readonly SegmentChunks[]>): Promise<Rewritten> {
    this.#waiting++;
    const done = this.#last
      .then(async () => this.#run(await segmentsOf()))
      .finally(() => {
        this.#waiting--;
      });
    this.#last = done.catch(() => {});
    return done;
  }

  /** Ends the thread. Segments that are not finished are as before. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#thread?.terminate();
  }

  async #run(segments: readonly SegmentChunks[]): Promise<Rewritten> {
    if (this.#isClosed) throw new Error('the store is closing');
    let [bytesBefore, bytesAfter] = [0, 0];
    let damage: UnreadableBlocksError | undefined;
    const workerData: RewritingThreadOptions = { ...this.#options, segments };
    await new Promise<void>((resolve, reject) => {
      this.#thread = new Worker(new URL('./rewriting-thread.js', import.meta.url), { workerData })
        .on('message', (message: FromRewriting) => {
          if ('unreadable' in message) {
            damage = new UnreadableBlocksError(message.unreadable, message.blocks);
            return;
          }
          bytesBefore += message.bytesBefore;
          bytesAfter += message.bytesAfter;
        })
        .on('error', reject)
        .on('exit', (code) => (code === 0 ? resolve() : reject(new Error('the thread of the log ended'))));
    });
    if (damage !== undefined) throw damage;
    return { bytesBefore, bytesAfter };
  }
}
