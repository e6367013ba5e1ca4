import type { Worker } from 'node:worker_threads';
import type { Channel, KindOf, PendingCalls, Question, Waiter } from '../../channel.js';
import type { FairQueue } from './fair-queue.js';

/** Requests of one kind of cost. */
export interface Lane<C extends Channel<KindOf<C>>> {
  /** Maximum number of requests that the thread has at a time. */
  readonly depth: number;
  readonly queue: FairQueue<Job<C>>;
  /** Number of requests that the thread has. */
  running: number;
}

/** Client and session of a request, which decide its turn. */
interface Place<C extends Channel<KindOf<C>>> {
  readonly lane: Lane<C>;
  readonly client: string;
  /** The session or trace of the request. */
  readonly session: string;
}

/** A request of any kind, and everybody who waits for its answer. */
export interface Job<C extends Channel<KindOf<C>>> extends Place<C> {
  readonly kind: KindOf<C>;
  /** Nobody waits for its answer any more. */
  readonly isLeft: boolean;
  /** Must be called when the job leaves its queue: no further request can join it. */
  unqueue(): void;
  /** Sends it to the thread, and its answer to everybody who waits for it. Returns its id. */
  send(calls: PendingCalls<C>, worker: Worker): number;
  fail(error: Error): void;
}

class JobOfKind<C extends Channel<KindOf<C>>, K extends KindOf<C>> implements Job<C> {
  readonly waiters = new Set<Waiter<C[K]['answer']>>();
  readonly kind: K;
  readonly lane: Lane<C>;
  readonly client: string;
  readonly session: string;
  readonly unqueue: () => void;
  readonly #args: C[K]['args'];

  constructor(kind: K, args: C[K]['args'], place: Place<C>, unqueue: () => void) {
    this.kind = kind;
    this.#args = args;
    this.lane = place.lane;
    this.client = place.client;
    this.session = place.session;
    this.unqueue = unqueue;
  }

  get isLeft(): boolean {
    return this.waiters.size === 0;
  }

  send(calls: PendingCalls<C>, worker: Worker): number {
    let id = 0;
    const send = (question: Question<C, K>): void => {
      ({ id } = question);
      worker.postMessage(question);
    };
    calls.ask(this.kind, send, this.#args).then(
      (answer) => {
        const [first, ...others] = this.waiters;
        // Each recipient may transfer the memory of its answer.
        for (const { resolve } of others) resolve(structuredClone(answer));
        first?.resolve(answer);
      },
      (error: Error) => this.fail(error),
    );
    return id;
  }

  fail(error: Error): void {
    for (const { reject } of this.waiters) reject(error);
  }
}

/** The waiting jobs. A repeated request of a client joins the waiting job. */
export class QueuedJobs<C extends Channel<KindOf<C>>> {
  readonly #jobs: { [K in KindOf<C>]?: Map<string, JobOfKind<C, K>> } = {};

  /** The job of this request: a waiting one, or a new one, which is added to its queue. */
  jobFor<K extends KindOf<C>>(kind: K, args: C[K]['args'], place: Place<C>): JobOfKind<C, K> {
    const jobs = this.#of(kind);
    const key = keyOf(place.client, args);
    const known = jobs.get(key);
    if (known !== undefined) return known;
    const job = new JobOfKind(kind, args, place, () => jobs.delete(key));
    jobs.set(key, job);
    place.lane.queue.push(place.client, place.session, job);
    return job;
  }

  #of<K extends KindOf<C>>(kind: K): Map<string, JobOfKind<C, K>> {
    const known = this.#jobs[kind];
    if (known !== undefined) return known;
    const made = new Map<string, JobOfKind<C, K>>();
    this.#jobs[kind] = made;
    return made;
  }
}

/** Equal for requests of one client with equal arguments. */
function keyOf(client: string, args: object): string {
  return JSON.stringify([client, args], (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}
