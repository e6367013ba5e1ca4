import { Buffer } from 'node:buffer';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { ConnectionOptions } from './connection.js';
import { DatabaseError, type Result, type Statement, type SyncSession } from './statement.js';

/** What both threads know of a session: integers by the numbers of `State`. */
export type SharedState = Int32Array<SharedArrayBuffer>;

export const State = {
  /** Grows after each answer was sent, and when the thread has ended: what to wait for. */
  answers: 0,
  /** 1 once the thread with the connections has ended. */
  hasEnded: 1,
} as const;

export function newState(): SharedState {
  return new Int32Array(new SharedArrayBuffer(Object.keys(State).length * Int32Array.BYTES_PER_ELEMENT));
}

/** What the session thread is started with: its `workerData`. */
export interface SessionThreadOptions {
  readonly sessions: readonly {
    readonly connection: ConnectionOptions;
    readonly port: MessagePort;
    readonly state: SharedState;
  }[];
}

/** What a session is asked for. */
export type SessionQuestion =
  | { readonly statements: readonly Statement[] }
  /** From now on, on each connection that it opens. */
  | { readonly searchPath: string }
  /** To close the connection: the next use opens another. */
  | { readonly reset: true };

export type SessionAnswer =
  | { readonly results: readonly Result[] }
  | { readonly error: { readonly message: string; readonly code: string | undefined } };

/**
 * Connections of a thread that waits for their answers. They are held by another thread (session-thread.ts).
 */
export class SessionThread {
  readonly sessions: readonly WaitingSession[];
  readonly #worker: Worker;

  /** One session for each of these connections. They are opened when they are first used. */
  constructor(connections: readonly ConnectionOptions[]) {
    const channels = connections.map((connection) => ({
      connection,
      state: newState(),
      ...new MessageChannelPair(),
    }));
    this.sessions = channels.map(
      ({ here, state, connection }) => new WaitingSession(here, state, connection),
    );
    this.#worker = new Worker(new URL('./session-thread.js', import.meta.url), {
      workerData: {
        sessions: channels.map(({ connection, there, state }) => ({ connection, port: there, state })),
      } satisfies SessionThreadOptions,
      transferList: channels.map(({ there }) => there),
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

class MessageChannelPair {
  readonly here: MessagePort;
  readonly there: MessagePort;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.here = port1;
    this.there = port2;
    // It is read while its thread waits, and never keeps that thread alive.
    port1.unref();
  }
}

/** A connection whose user waits in its thread. Once it was lost, one call fails, and the next opens another. */
export class WaitingSession implements SyncSession {
  readonly #port: MessagePort;
  readonly #state: SharedState;
  readonly #patienceMs: number;

  constructor(port: MessagePort, state: SharedState, { statementMs }: ConnectionOptions) {
    this.#port = port;
    this.#state = state;
    this.#patienceMs = 3 * statementMs;
  }

  run(statements: readonly Statement[]): Result[] {
    return this.#ask({ statements });
  }

  /** Has unqualified names of tables mean those of these schemas, separated by commas. @throws DatabaseError */
  use(searchPath: string): void {
    this.#ask({ searchPath });
  }

  /** Closes the connection: the next use opens another. */
  reset(): void {
    this.#ask({ reset: true });
  }

  #ask(question: SessionQuestion): Result[] {
    this.#port.postMessage(question);
    for (;;) {
      const answers = Atomics.load(this.#state, State.answers);
      const received: { readonly message: SessionAnswer } | undefined = receiveMessageOnPort(this.#port);
      if (received !== undefined) return resultsOf(received.message);
      // Its error is seen once this thread goes on, and ends this one too.
      if (Atomics.load(this.#state, State.hasEnded) === 1)
        throw new DatabaseError('the thread with the connections has ended', undefined);
      // It answers within its own limits as long as it lives. Without memory, it cannot say that it ends.
      if (Atomics.wait(this.#state, State.answers, answers, this.#patienceMs) === 'timed-out')
        throw new DatabaseError('the thread with the connections does not answer', undefined);
    }
  }
}

function resultsOf(answer: SessionAnswer): Result[] {
  if ('error' in answer) throw new DatabaseError(answer.error.message, answer.error.code);
  return answer.results.map(({ rows, count }) => ({ rows: rows.map((row) => row.map(bufferOf)), count }));
}

/** Buffers cross threads as arrays of bytes. */
function bufferOf(value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return value;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}
