import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ApiError } from '../errors.js';
import type {
  QueryMethod,
  QueryThreadData,
  QueryThreadReply,
  QueryThreadRequest,
} from './thread-messages.js';

/** Requests that may wait for one thread; more are refused at once, rather than answered too late to be of use. */
export const MAX_WAITING = 1024;

/**
 * Memory of a thread, MB: room for the short-lived objects of a page of sessions, and for the largest page of traces. A trace that needs more
 * ends the thread, which answers `query.unavailable`, and not the server.
 */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 1024 };

interface Waiting {
  resolve(bytes: Uint8Array | undefined): void;
  reject(error: unknown): void;
}

/**
 * One query thread and the requests it has. When the thread dies, its requests fail with `query.unavailable` and the next
 * request starts another thread; requests decide the pace, so that a thread that cannot start is not started in a loop.
 */
export class QueryThread {
  readonly #data: QueryThreadData;
  readonly #name: string;
  readonly #onCrash: (error: Error) => void;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #nextId = 0;
  #closed = false;

  /** `onCrash` is told why a thread died, once for each, unless it was closed. */
  constructor(name: string, data: QueryThreadData, onCrash: (error: Error) => void) {
    this.#name = name;
    this.#data = data;
    this.#onCrash = onCrash;
  }

  /** Resolves when the thread has its reader open; rejects with the reason where it cannot. */
  async start(): Promise<void> {
    const worker = this.#spawn();
    // The first message is `ready`; an error of the thread rejects, and so does an exit without either.
    const exited = once(worker, 'exit').then(() => {
      throw new Error(`query thread ${this.#name} ended before it was ready`);
    });
    exited.catch(() => {});
    await Promise.race([once(worker, 'message'), exited]);
  }

  request(method: QueryMethod, args: readonly unknown[]): Promise<Uint8Array | undefined> {
    if (this.#closed) return Promise.reject(unavailable('The server is stopping.'));
    if (this.#waiting.size >= MAX_WAITING) {
      return Promise.reject(unavailable('Too many queries are waiting. Try again in a moment.'));
    }
    const worker = this.#worker ?? this.#spawn();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ kind: 'query', id, method, args } satisfies QueryThreadRequest);
    });
  }

  /** Fails the requests that wait and resolves when the thread has closed its reader and ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#failAll('The server is stopping.');
    const worker = this.#worker;
    if (worker === undefined) return;
    const exited = once(worker, 'exit');
    worker.postMessage({ kind: 'close' } satisfies QueryThreadRequest);
    await exited;
  }

  #spawn(): Worker {
    const worker = new Worker(new URL('./thread.js', import.meta.url), {
      name: `sojourn-query-${this.#name}`,
      workerData: this.#data,
      resourceLimits: RESOURCE_LIMITS,
    });
    this.#worker = worker;
    worker.on('message', (reply: QueryThreadReply) => this.#settle(reply));
    let reason: Error | undefined;
    worker.on('error', (error: Error) => {
      reason = error;
    });
    worker.on('exit', (code) => {
      this.#worker = undefined;
      if (this.#closed) return;
      this.#failAll('The query was interrupted. Try again in a moment.');
      this.#onCrash(reason ?? new Error(`query thread ${this.#name} ended with code ${code}`));
    });
    return worker;
  }

  #settle(reply: QueryThreadReply): void {
    if (reply.kind === 'ready') return;
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    this.#waiting.delete(reply.id);
    if (reply.kind === 'answer') waiting.resolve(reply.bytes);
    else if (reply.kind === 'api-error') waiting.reject(ApiError.fromData(reply.error));
    else waiting.reject(Object.assign(new Error(reply.message), { stack: reply.stack }));
  }

  #failAll(reason: string): void {
    const error = unavailable(reason);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function unavailable(detail: string): ApiError {
  return new ApiError('query.unavailable', detail);
}
