import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { NormalizerOptions } from '../../src/normalize/create.js';
import type { Item } from './random-telemetry.js';

const PROGRAM = fileURLToPath(new URL('store-process-program.js', import.meta.url));

/** Settings of the stores of these processes. */
export const STORE_SETTINGS = {
  timeoutMs: 1_800_000,
  implicitSessions: true,
  normalizer: {
    userIds: 'auto',
    clientIp: 'keep',
    geoDatabase: undefined,
    quietRoutes: ['default'],
  } satisfies Omit<NormalizerOptions, 'userIdKey'>,
} as const;

export interface StoreProcessOptions {
  /** Of the database. */
  readonly url: string;
  readonly leaseMs: number;
  readonly hotRecords: number;
}

export type ToStoreProcess = { readonly id: number } & (
  | ({ readonly kind: 'open' } & StoreProcessOptions)
  | { readonly kind: 'append'; readonly project: string; readonly items: readonly Item[] }
  | { readonly kind: 'erase'; readonly project: string; readonly session: string }
  | { readonly kind: 'close' }
);

export type FromStoreProcess =
  | { readonly kind: 'done'; readonly id: number; readonly error?: string; readonly job?: string }
  /** Sessions cannot follow telemetry any more. */
  | { readonly kind: 'failed'; readonly reason: string };

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** A process with a PostgreSQL store of its own, which can be killed and paused. It ends with this one. */
export class StoreProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve(job?: string): void; reject(error: Error): void }>();
  #id = 0;
  #hasEnded = false;
  /** What must not happen. */
  failure: string | undefined;

  private constructor() {
    this.#child = fork(PROGRAM, { serialization: 'advanced', execArgv: [] });
    this.#child.on('message', (message: FromStoreProcess) => {
      if (message.kind === 'failed') {
        this.failure ??= message.reason;
        return;
      }
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error === undefined) waiting?.resolve(message.job);
      else waiting?.reject(new Error(message.error));
    });
    this.#child.on('exit', () => {
      this.#hasEnded = true;
      for (const { reject } of this.#waiting.values()) reject(new Error('the process ended'));
    });
  }

  /** Resolves when its store is open. */
  static async start(options: StoreProcessOptions): Promise<StoreProcess> {
    const process = new StoreProcess();
    await process.#ask({ kind: 'open', ...options });
    return process;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Resolves when the telemetry is acknowledged; rejects if it is not, or the process ends before. */
  append(project: string, items: readonly Item[]): Promise<void> {
    return this.#ask({ kind: 'append', project, items }).then(() => {});
  }

  /** Resolves with the job once no reader sees the session, or with undefined if it is unknown. */
  erase(project: string, session: string): Promise<string | undefined> {
    return this.#ask({ kind: 'erase', project, session });
  }

  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child.kill('SIGCONT');
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    if (this.#hasEnded) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  /** Closes its store and ends it. */
  async close(): Promise<void> {
    await this.#ask({ kind: 'close' });
    await this.kill();
  }

  #ask(question: WithoutId<ToStoreProcess>): Promise<string | undefined> {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      if (this.#hasEnded) throw new Error('the process ended');
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ ...question, id });
    });
  }
}
