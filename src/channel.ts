import { MessageChannel } from 'node:worker_threads';

/**
 * Questions and answers between two threads. Each channel is one type that names its kinds of calls, each
 * with its arguments and its answer; the compiler checks both sides against that type. All values must be
 * cloneable.
 */
export type Channel<Kind extends string> = { readonly [K in Kind]: Call };

/** One kind of call. */
interface Call {
  readonly args: object;
  readonly answer: object | boolean | undefined;
}

/** The kinds of calls of a channel. */
export type KindOf<C> = Extract<keyof C, string>;

/** A call as it crosses to the other thread; a union over all kinds unless one is named. */
export type Question<C extends Channel<KindOf<C>>, K extends KindOf<C> = KindOf<C>> = {
  readonly [Kind in K]: { readonly id: number; readonly kind: Kind; readonly args: C[Kind]['args'] };
}[K];

/** Its answer as it crosses back. */
export type Answer<C extends Channel<KindOf<C>>, K extends KindOf<C> = KindOf<C>> = {
  readonly [Kind in K]: { readonly id: number; readonly kind: Kind; readonly answer: C[Kind]['answer'] };
}[K];

/** The result of a call, as it crosses back. */
export type Outcome<C extends Channel<KindOf<C>>> = Answer<C> | Failure<C>;

/** A call that failed with an error of the other side. */
export interface Failure<C extends Channel<KindOf<C>>> {
  readonly id: number;
  readonly kind: KindOf<C>;
  readonly error: ErrorText;
}

/** An error in the form that crosses threads, because classes of errors do not. */
export interface ErrorText {
  readonly message: string;
  readonly stack?: string;
}

export function errorText(error: unknown): ErrorText {
  const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
  return { message, stack };
}

/** The error with the stack of the thread that threw it. */
export function errorOf({ message, stack }: ErrorText): Error {
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** A call that waits for its answer. */
export interface Waiter<Value> {
  resolve(value: Value): void;
  reject(error: Error): void;
}

/** Ids of calls, from 0. They start again before they exceed a signed 32-bit number, as used in shared memory. */
export function nextId(id: number): number {
  return id >= 2 ** 31 - 1 ? 0 : id + 1;
}

/** The calls for which one side of a channel waits. */
export class PendingCalls<C extends Channel<KindOf<C>>> {
  readonly #waiting: { [K in KindOf<C>]?: Map<number, Waiter<C[K]['answer']>> } = {};
  #lastId = 0;
  #size = 0;

  /** Number of waiting calls. */
  get size(): number {
    return this.#size;
  }

  /** Sends a call, and waits for its answer. Rejects if `send` throws. */
  ask<K extends KindOf<C>>(
    kind: K,
    send: (question: Question<C, K>) => void,
    args: C[K]['args'],
  ): Promise<C[K]['answer']> {
    const id = nextId(this.#lastId);
    this.#lastId = id;
    return new Promise((resolve, reject) => {
      send({ id, kind, args });
      this.#of(kind).set(id, { resolve, reject });
      this.#size++;
    });
  }

  /** Settles the call of an outcome. */
  settle(outcome: Outcome<C>): void {
    if ('error' in outcome) this.fail(outcome.kind, outcome.id, errorOf(outcome.error));
    else this.answer(outcome);
  }

  answer<K extends KindOf<C>>({ kind, id, answer }: Answer<C, K>): void {
    this.#take(kind, id)?.resolve(answer);
  }

  fail(kind: KindOf<C>, id: number, error: Error): void {
    this.#take(kind, id)?.reject(error);
  }

  failAll(error: Error): void {
    for (const kind of Object.keys(this.#waiting) as KindOf<C>[]) {
      for (const id of [...this.#of(kind).keys()]) this.fail(kind, id, error);
    }
  }

  #of<K extends KindOf<C>>(kind: K): Map<number, Waiter<C[K]['answer']>> {
    const known = this.#waiting[kind];
    if (known !== undefined) return known;
    const made = new Map<number, Waiter<C[K]['answer']>>();
    this.#waiting[kind] = made;
    return made;
  }

  #take<K extends KindOf<C>>(kind: K, id: number): Waiter<C[K]['answer']> | undefined {
    const calls = this.#of(kind);
    const waiter = calls.get(id);
    if (calls.delete(id)) this.#size--;
    return waiter;
  }
}

/**
 * Unused bytes of a buffer up to which it counts as exclusive: decompressing leaves one unused. Copies are
 * garbage outside of the heap, which only a full collection finds.
 */
const MOST_UNUSED = 1;

/** A closed port: buffers that are transferred to it are freed. */
const NOWHERE = new MessageChannel().port1;
NOWHERE.close();

/**
 * Frees the buffer of these bytes at once. Nothing may read it afterwards, and no other thread may share it. It
 * is outside of the heap: the garbage collector would keep buffers that survive two minor collections until a
 * major one, and run those more often.
 */
export function freeBytes({ buffer }: Uint8Array): void {
  NOWHERE.postMessage(undefined, [buffer as ArrayBuffer]);
}

/**
 * The same bytes in a buffer that can be transferred to another thread: as they are, or a copy if the buffer
 * contains other data.
 */
export function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  const isAlone =
    buffer instanceof ArrayBuffer && byteOffset === 0 && buffer.byteLength - byteLength <= MOST_UNUSED;
  return isAlone ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}
