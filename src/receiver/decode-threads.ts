import { Worker } from 'node:worker_threads';
import { type Outcome, ownBytes, PendingCalls } from '../channel.js';
import type { PackedBatch } from '../store/contract/packed-batch.js';
import type { DecodeCalls, DecodeThreadData, ThreadRequest, ToDecodeThread } from './decode-messages.js';
import { type DecodedRecords, DecodingLostError } from './ingest.js';
import { errorOfFault } from './sender-fault.js';
import { AbandonedError } from './turns.js';

/**
 * Memory of a thread, MB: the decoded size of all requests that may wait for the disk by default. A thread
 * that needs more ends, and the server goes on.
 */
const HEAP_MB = 1024;
/** Room for the short-lived objects of decoding, so that they are collected young. */
const YOUNG_GENERATION_MB = 48;

/** How often a thread checks for requests whose sender is gone, ms. */
const ABANDON_MS = 100;

/**
 * The default is one decoding thread from this number of cores. With fewer, the threads that receive, write
 * and answer queries need all of them.
 */
const CORES_FOR_ONE = 4;
/**
 * And a second one from this number, so that a large request leaves one free. More would be idle: one decodes
 * four to five times what the writing thread takes (docs/performance.md).
 */
const CORES_FOR_TWO = 8;

/** The default number of decoding threads for this number of cores. */
export function defaultThreads(cores: number): number {
  if (cores < CORES_FOR_ONE) return 0;
  return cores < CORES_FOR_TWO ? 1 : 2;
}

export interface DecodeThreadsOptions {
  /** Number of threads, at least one. */
  readonly count: number;
  readonly data: DecodeThreadData;
  /** Called when a thread ended that was not closed. */
  crashed(error: Error): void;
  /** Starts a timer like `setTimeout`; returns a function that cancels it. */
  after(ms: number, call: () => void): () => void;
  /** Memory of each thread, MB; default HEAP_MB. */
  readonly heapMb?: number;
}

/**
 * Decodes requests outside of the receiving thread, each in the thread that has the fewest bytes to decode.
 * The requests of a thread take turns (`Turns`), so that a large one does not delay the small ones behind it.
 * The order of requests is not kept.
 */
export class DecodeThreads {
  readonly #threads: readonly DecodeThread[];

  /** Starts the threads at once. */
  constructor(options: DecodeThreadsOptions) {
    this.#threads = Array.from({ length: options.count }, () => new DecodeThread(options));
    for (const thread of this.#threads) thread.start();
  }

  /**
   * Decodes a request, with its batch packed for the store. Takes the body's memory, unless it is shared.
   *
   * Rejects with `MalformedRequestError` or `TooManyRecordsError` for an invalid request, with
   * `AbandonedError` soon after `isAbandoned` returns true, and with `DecodingLostError` if the thread ends.
   */
  decode(request: ThreadRequest, isAbandoned: () => boolean): Promise<DecodedRecords<PackedBatch>> {
    const idlest = this.#threads.reduce((best, each) => (each.busyBytes < best.busyBytes ? each : best));
    return idlest.decode(request, isAbandoned);
  }

  /** Ends the threads; running requests fail. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

class DecodeThread {
  /** Bytes of the requests assigned to it. */
  busyBytes = 0;
  readonly #options: DecodeThreadsOptions;
  readonly #calls = new PendingCalls<DecodeCalls>();
  /** By the ids of running calls. */
  readonly #isAbandoned = new Map<number, () => boolean>();
  #worker: Worker | undefined;
  #cancelCheck: (() => void) | undefined;
  #isClosed = false;

  constructor(options: DecodeThreadsOptions) {
    this.#options = options;
  }

  async decode(
    { body, ...request }: ThreadRequest,
    isAbandoned: () => boolean,
  ): Promise<DecodedRecords<PackedBatch>> {
    if (this.#isClosed) throw new DecodingLostError('the decoding threads are closed');
    // The next request restarts an ended thread, so that a thread that cannot start does not restart in a
    // loop.
    const worker = this.#worker ?? this.start();
    const own = ownBytes('json' in body ? body.json : body.protobuf.bytes);
    const ownBody = 'json' in body ? { json: own } : { protobuf: { ...body.protobuf, bytes: own } };
    const bytes = own.length;
    let id = -1;
    this.busyBytes += bytes;
    try {
      const answering = this.#calls.ask(
        'decode',
        (question) => {
          id = question.id;
          worker.postMessage(question satisfies ToDecodeThread, [own.buffer]);
        },
        { ...request, body: ownBody },
      );
      this.#isAbandoned.set(id, isAbandoned);
      this.#cancelCheck ??= this.#options.after(ABANDON_MS, () => this.#dropAbandoned());
      const answer = await answering;
      if ('fault' in answer) throw errorOfFault(answer);
      return answer.decoded;
    } finally {
      this.#isAbandoned.delete(id);
      this.busyBytes -= bytes;
    }
  }

  start(): Worker {
    const worker = new Worker(new URL('./decode-worker.js', import.meta.url), {
      name: 'sojourn-decode',
      workerData: this.#options.data,
      resourceLimits: {
        maxOldGenerationSizeMb: this.#options.heapMb ?? HEAP_MB,
        maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
      },
    });
    this.#worker = worker;
    worker.on('message', (outcome: Outcome<DecodeCalls>) => this.#calls.settle(outcome));
    let reason = new Error('a decoding thread ended');
    worker.on('error', (error: Error) => {
      reason = error;
    });
    worker.on('exit', () => {
      this.#worker = undefined;
      this.#calls.failAll(new DecodingLostError(`the thread that decoded it ended: ${reason.message}`));
      if (!this.#isClosed) this.#options.crashed(reason);
    });
    return worker;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelCheck?.();
    await this.#worker?.terminate();
  }

  #dropAbandoned(): void {
    for (const [id, isAbandoned] of this.#isAbandoned) {
      if (!isAbandoned()) continue;
      this.#worker?.postMessage({ kind: 'abandon', id } satisfies ToDecodeThread);
      this.#calls.fail('decode', id, new AbandonedError('nobody waits for it'));
    }
    this.#cancelCheck =
      this.#calls.size === 0 ? undefined : this.#options.after(ABANDON_MS, () => this.#dropAbandoned());
  }
}
