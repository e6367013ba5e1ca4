import type { Worker } from 'node:worker_threads';
import type { Channel, KindOf, PendingCalls, Question, Waiter } from '../../channel.js';
import type { FairQueue } from './fair-queue.js';

/** Questions of one kind of cost. */
export interface Lane<C extends Channel<KindOf<C>>> {
  /** Most of it that the thread has at a time. */
  readonly depth: number;
  readonly queue: FairQueue<Job<C>>;
  /** How many of it the thread has. */
  running: number;
}

/** Whose turn a question waits for. */
interface Place<C extends Channel<KindOf<C>>> {
  readonly lane: Lane<C>;
  readonly client: string;
  /** What it is about. */
  readonly session: string;
}

/** A question whatever its kind, and all who wait for its answer. */
export interface Job<C extends Channel<KindOf<C>>> extends Place<C> {
  readonly kind: KindOf<C>;
  /** Nobody waits for its answer any more. */
  readonly isLeft: boolean;
  /** To be called when it has left its queue: nobody joins it any more. */
  unqueue(): void;
  /** Hands it to the thread, and its answer to all who wait for it. Returns its id. */
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
        // Whoever has an answer may give its memory away.
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

/** The jobs that wait. A client that asks the same again before its turn comes joins the job that is there. */
export class QueuedJobs<C extends Channel<KindOf<C>>> {
  readonly #jobs: { [K in KindOf<C>]?: Map<string, JobOfKind<C, K>> } = {};

  /** The job of this question: one that waits, or a new one, which is put into its queue. */
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

/** Equal for equal arguments of one client. */
function keyOf(client: string, args: object): string {
  return JSON.stringify([client, args], (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}
