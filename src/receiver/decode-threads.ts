import { Worker } from 'node:worker_threads';
import { type Outcome, ownBytes, PendingCalls } from '../channel.js';
import type { PackedBatch } from '../store/contract/packed-batch.js';
import type { DecodeCalls, DecodeThreadData, ThreadRequest, ToDecodeThread } from './decode-messages.js';
import { type DecodedRecords, DecodingLostError } from './ingest.js';
import { errorOfFault } from './sender-fault.js';
import { AbandonedError } from './turns.js';

/**
 * Memory of a thread, MB: what all requests that may wait for the disk by default come to when they are decoded. A thread that needs more ends, and not the
 * server.
 */
const HEAP_MB = 1024;
/** Room for the short-lived objects of decoding, so that they die young. */
const YOUNG_GENERATION_MB = 48;

/** How often senders of what is being decoded are looked after, ms. */
const ABANDON_MS = 100;

/** From how many cores on there is one decoding thread by default: below, the threads that receive, write and answer queries have work for all. */
const CORES_FOR_ONE = 4;
/** And a second, so that a large request leaves one free. More would wait: one decodes four to five times what the writing thread takes (docs/performance.md). */
const CORES_FOR_TWO = 8;

/** How many decoding threads a machine of so many cores has where nobody says. */
export function defaultThreads(cores: number): number {
  if (cores < CORES_FOR_ONE) return 0;
  return cores < CORES_FOR_TWO ? 1 : 2;
}

export interface DecodeThreadsOptions {
  /** How many, one or more. */
  readonly count: number;
  readonly data: DecodeThreadData;
  /** Told when a thread ended that was not closed. */
  crashed(error: Error): void;
  /** A timer of the kind of `setTimeout`; returns what takes the call back. */
  after(ms: number, call: () => void): () => void;
  /** Memory of each thread, MB; HEAP_MB where left out. */
  readonly heapMb?: number;
}

/**
 * Decodes requests outside of the receiving thread, each in the thread that has the fewest bytes to decode. The requests of a thread take turns
 * (`Turns`), so that a large one does not hold up the small ones behind it. Order between requests is not kept.
 */
export class DecodeThreads {
  readonly #threads: readonly DecodeThread[];

  /** The threads are started at once, and take requests from then on. */
  constructor(options: DecodeThreadsOptions) {
    this.#threads = Array.from({ length: options.count }, () => new DecodeThread(options));
    for (const thread of this.#threads) thread.start();
  }

  /**
   * What a request says, its batch packed for the store. Takes the body's memory, unless others share it.
   *
   * Rejects with a `MalformedRequestError` or a `TooManyRecordsError` where that is the fault, with an `AbandonedError` soon after `isAbandoned` says so, and
   * with a `DecodingLostError` where the thread ends.
   */
  decode(request: ThreadRequest, isAbandoned: () => boolean): Promise<DecodedRecords<PackedBatch>> {
    const idlest = this.#threads.reduce((best, each) => (each.busyBytes < best.busyBytes ? each : best));
    return idlest.decode(request, isAbandoned);
  }

  /** Ends the threads; what they have under way fails. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

class DecodeThread {
  /** Bytes of requests that it has. */
  busyBytes = 0;
  readonly #options: DecodeThreadsOptions;
  readonly #calls = new PendingCalls<DecodeCalls>();
  /** By the ids of the calls under way. */
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
    // A thread that ended is started by the next request: one that cannot start is not started in a loop.
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
