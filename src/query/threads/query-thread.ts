import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { PendingCalls, type Waiter } from '../../channel.js';
import { ApiError } from '../../contract/errors.js';
import type { Caller } from '../query-service.js';
import type {
  FromQueryThread,
  QueryCalls,
  QueryMethod,
  QueryOutcome,
  QueryThreadData,
  QueryWorkerData,
  ToQueryThread,
} from './channel.js';
import { FairQueue } from './fair-queue.js';
import { type Job, type Lane, QueuedJobs } from './job.js';
import { CancelFlags, timeoutError } from './read-limit.js';

/**
 * Maximum number of requests that wait for one thread. More are refused at once, because their answers would
 * be too late.
 */
export const MAX_WAITING = 1024;

/** Maximum number of waiting requests of one client, so that it cannot take all places. */
export const MAX_WAITING_OF_CLIENT = 512;

/**
 * Memory of a thread, MB: room for the short-lived objects of a page of sessions, and for the largest page of
 * traces. A trace that needs more ends only the thread, and the request fails with `query.unavailable`.
 */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 1024 };

/** A thread is ended if a read does not stop by itself within this multiple of its time limit. */
const PATIENCE = 2;

/** Maximum time for a thread to close, ms. It only reads, so nothing is lost if it is ended. */
const CLOSE_MS = 5_000;

/** A timer like `setTimeout`. Returns a function that cancels the call. */
export type After = (ms: number, call: () => void) => () => void;

/** Why a read has no answer: its client disconnected, it took too long, or too many requests were waiting. */
export type DropReason = 'client_gone' | 'timeout' | 'too_many';

/** Events of a pool, for counting and logging. */
export interface QueryEvents {
  /** Called once for each thread that dies, with the reason. Not called for closed threads. */
  crashed(error: Error): void;
  dropped(reason: DropReason): void;
  /** The number of requests of a thread without an answer has changed. */
  waiting(thread: string, requests: number): void;
}

export interface QueryThreadOptions {
  readonly name: string;
  readonly data: QueryThreadData;
  /**
   * The lanes of requests in order of priority: how many requests of each the thread has at a time. A higher
   * number is faster, but these requests keep their order, without turns of clients.
   */
  readonly depths: readonly number[];
  readonly events: QueryEvents;
  readonly after: After;
}

/** A job that the thread is working on. */
interface Running {
  readonly job: Job<QueryCalls>;
  cancelPatience(): void;
}

/**
 * One query thread and its requests. Clients, and the sessions of a client, take turns. A request whose
 * client disconnects is dropped: at once if it waits, or at the next step of the read if the thread has it.
 *
 * When the thread dies, the requests that it has fail with `query.unavailable`, and waiting ones go to the
 * next thread. Only requests start a new thread, so that a failing start is not repeated in a loop.
 */
export class QueryThread {
  readonly #options: QueryThreadOptions;
  readonly #flags = new CancelFlags();
  readonly #lanes: readonly Lane<QueryCalls>[];
  readonly #calls = new PendingCalls<QueryCalls>();
  readonly #queued = new QueuedJobs<QueryCalls>();
  readonly #running = new Map<number, Running>();
  /** Number of requests by client, waiting ones and those of the thread. */
  readonly #waitersOf = new Map<string, number>();
  #waiting = 0;
  #worker: Worker | undefined;
  #closed = false;

  constructor(options: QueryThreadOptions) {
    this.#options = options;
    this.#lanes = options.depths.map((depth) => ({ depth, queue: new FairQueue(), running: 0 }));
  }

  /** Resolves when the thread has opened its reader. Rejects with the reason if it cannot. */
  async start(): Promise<void> {
    const worker = this.#spawn();
    // The first message is `ready`. An error or an exit before it rejects.
    const exited = once(worker, 'exit').then(() => {
      throw new Error(`query thread ${this.#options.name} ended before it was ready`);
    });
    exited.catch(() => {});
    await Promise.race([once(worker, 'message'), exited]);
  }

  /**
   * Sends a request to the thread. Rejects with an `ApiError`, or with the failure of the thread.
   *
   * @param about the session or trace of the request.
   * @param lane index in `depths`.
   */
  request<M extends QueryMethod>(
    method: M,
    args: QueryCalls[M]['args'],
    { about, lane, caller }: { about: string; lane: number; caller: Caller },
  ): Promise<QueryCalls[M]['answer']> {
    const { address, gone } = caller;
    if (this.#closed) return Promise.reject(unavailable('The server is stopping.'));
    if (gone?.aborted) return Promise.reject(this.#dropped('client_gone'));
    const isFull =
      this.#waiting >= MAX_WAITING || (this.#waitersOf.get(address) ?? 0) >= MAX_WAITING_OF_CLIENT;
    if (isFull) return Promise.reject(this.#dropped('too_many'));
    const place = { lane: this.#lanes[lane]!, client: address, session: about };
    const job = this.#queued.jobFor(method, args, place);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        if (!job.waiters.delete(waiter)) return;
        waiter.reject(this.#dropped('client_gone'));
        this.#left(job);
      };
      const settled = (): void => {
        gone?.removeEventListener('abort', leave);
        this.#count(address, -1);
      };
      const waiter: Waiter<QueryCalls[M]['answer']> = {
        resolve: (answer) => {
          settled();
          resolve(answer);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      };
      gone?.addEventListener('abort', leave, { once: true });
      this.#count(address, 1);
      job.waiters.add(waiter);
      this.#pump();
    });
  }

  /**
   * Rejects all requests and resolves when the thread has ended: by itself after closing its reader, or else
   * after `CLOSE_MS`.
   */
  async close(): Promise<void> {
    this.#closed = true;
    const error = unavailable('The server is stopping.');
    for (const { queue } of this.#lanes) {
      for (const job of queue.clear()) {
        job.unqueue();
        job.fail(error);
      }
    }
    for (const id of this.#running.keys()) this.#flags.cancel(id);
    this.#failRunning(error);
    const worker = this.#worker;
    if (worker === undefined) return;
    const exited = once(worker, 'exit');
    worker.postMessage({ kind: 'close' } satisfies ToQueryThread);
    const cancel = this.#options.after(CLOSE_MS, () => void worker.terminate());
    await exited;
    cancel();
  }

  /** Sends the thread as many requests as it may have. */
  #pump(): void {
    for (const lane of this.#lanes) {
      while (!this.#closed && lane.running < lane.depth) {
        const job = lane.queue.take();
        if (job === undefined) break;
        this.#send(job);
      }
    }
  }

  #send(job: Job<QueryCalls>): void {
    job.unqueue();
    const worker = this.#worker ?? this.#spawn();
    // Starts only after everything that the thread has.
    const mostAhead = this.#running.size + 1;
    const patienceMs = PATIENCE * mostAhead * this.#options.data.settings.queryTimeoutMs;
    const id = job.send(this.#calls, worker);
    const cancelPatience = this.#options.after(patienceMs, () => this.#giveUp(id));
    this.#running.set(id, { job, cancelPatience });
    job.lane.running++;
  }

  /** Drops a job that nobody waits for any more. */
  #left(job: Job<QueryCalls>): void {
    if (!job.isLeft) return;
    if (job.lane.queue.remove(job.client, job.session, job)) job.unqueue();
    else for (const [id, running] of this.#running) if (running.job === job) this.#flags.cancel(id);
  }

  /** The read does not reach a check of its time limit. */
  #giveUp(id: number): void {
    if (this.#end(id, this.#dropped('timeout'))) void this.#worker?.terminate();
  }

  #spawn(): Worker {
    const { name, data, events } = this.#options;
    const worker = new Worker(new URL('./thread.js', import.meta.url), {
      name: `sojourn-query-${name}`,
      workerData: { ...data, cancelled: this.#flags.shared } satisfies QueryWorkerData,
      resourceLimits: RESOURCE_LIMITS,
    });
    this.#worker = worker;
    worker.on('message', (message: FromQueryThread) => {
      if (message.kind === 'outcome') this.#settle(message.outcome);
    });
    let reason: Error | undefined;
    worker.on('error', (error: Error) => {
      reason = error;
    });
    worker.on('exit', (code) => {
      this.#worker = undefined;
      if (this.#closed) return;
      this.#failRunning(unavailable('The query was interrupted. Try again in a moment.'));
      events.crashed(reason ?? new Error(`query thread ${name} ended with code ${code}`));
      this.#pump();
    });
    return worker;
  }

  #settle(outcome: QueryOutcome): void {
    const running = this.#take(outcome.id);
    if (running === undefined) return;
    this.#pump();
    if ('stopped' in outcome) {
      // Nobody waits for it.
    } else if ('refusal' in outcome) {
      const error = ApiError.fromData(outcome.refusal);
      if (error.code === 'query.timeout') this.#dropped('timeout');
      this.#calls.fail(outcome.kind, outcome.id, error);
    } else {
      this.#calls.settle(outcome);
    }
  }

  /** Rejects the request with this id, if the thread has it. */
  #end(id: number, error: ApiError): boolean {
    const running = this.#take(id);
    if (running !== undefined) this.#calls.fail(running.job.kind, id, error);
    return running !== undefined;
  }

  #take(id: number): Running | undefined {
    const running = this.#running.get(id);
    if (running === undefined) return undefined;
    running.cancelPatience();
    running.job.lane.running--;
    this.#running.delete(id);
    return running;
  }

  #failRunning(error: ApiError): void {
    for (const id of [...this.#running.keys()]) this.#end(id, error);
  }

  #count(client: string, change: 1 | -1): void {
    this.#waiting += change;
    this.#options.events.waiting(this.#options.name, this.#waiting);
    const count = (this.#waitersOf.get(client) ?? 0) + change;
    if (count === 0) this.#waitersOf.delete(client);
    else this.#waitersOf.set(client, count);
  }

  /** Counts a read without an answer, and returns the error for the client. */
  #dropped(reason: DropReason): ApiError {
    this.#options.events.dropped(reason);
    switch (reason) {
      case 'client_gone':
        return unavailable('The client is gone.');
      case 'too_many':
        return unavailable('Too many queries are waiting. Try again in a moment.');
      case 'timeout':
        return timeoutError(this.#options.data.settings.queryTimeoutMs);
    }
  }
}

function unavailable(detail: string): ApiError {
  return new ApiError('query.unavailable', detail);
}
