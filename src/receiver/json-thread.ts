import { Worker } from 'node:worker_threads';
import { type Outcome, ownBytes, PendingCalls } from '../channel.js';
import type { Signal } from '../otlp/decode.js';
import type { TranscodedRequest } from '../otlp/json.js';
import type { JsonCalls, JsonQuestion } from './json-messages.js';
import { errorOfFault } from './sender-fault.js';

/** How long the thread is kept without work, ms: its memory is worth more than its start of some 50 ms. */
const IDLE_MS = 30_000;

/**
 * Memory of the thread, MB. The values of the largest accepted text, `MAX_JSON_VALUES`, take less. If a text
 * takes more, the thread ends, and the server goes on.
 */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 1024 };

export interface JsonThreadOptions {
  /** Starts a timer like `setTimeout`; returns a function that cancels it. */
  after(ms: number, call: () => void): () => void;
}

/**
 * Reads large JSON bodies outside of the receiving thread, because JSON.parse cannot be interrupted. The
 * first such body starts the thread, which ends some time after the last: senders of so much JSON are rare.
 */
export class JsonThread {
  readonly #after: JsonThreadOptions['after'];
  readonly #calls = new PendingCalls<JsonCalls>();
  #worker: Worker | undefined;
  #cancelEnd: () => void = () => {};

  constructor({ after }: JsonThreadOptions) {
    this.#after = after;
  }

  /**
   * The request in protobuf. Takes the body's memory, unless it is shared.
   *
   * Rejects with `MalformedRequestError` or `TooManyRecordsError` for an invalid request.
   */
  async transcode(signal: Signal, body: Uint8Array): Promise<TranscodedRequest> {
    this.#cancelEnd();
    const worker = this.#worker ?? this.#start();
    const own = ownBytes(body);
    const send = (question: JsonQuestion): void => worker.postMessage(question, [own.buffer]);
    const answer = await this.#calls.ask('transcode', send, { signal, body: own });
    if ('request' in answer) return answer.request;
    throw errorOfFault(answer);
  }

  /** Ends the thread; running requests fail. */
  async close(): Promise<void> {
    this.#cancelEnd();
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL('./json-worker.js', import.meta.url), {
      name: 'sojourn-json',
      resourceLimits: RESOURCE_LIMITS,
    });
    this.#worker = worker;
    worker.on('message', (outcome: Outcome<JsonCalls>) => this.#settle(outcome));
    let reason = new Error('the thread that reads JSON ended');
    worker.on('error', (error: Error) => {
      reason = error;
    });
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
      this.#calls.failAll(reason);
    });
    return worker;
  }

  #settle(outcome: Outcome<JsonCalls>): void {
    this.#calls.settle(outcome);
    if (this.#calls.size === 0) this.#cancelEnd = this.#after(IDLE_MS, () => void this.#worker?.terminate());
  }
}
