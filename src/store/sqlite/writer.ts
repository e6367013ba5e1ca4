import { Worker } from 'node:worker_threads';
import type { RecordBatch } from '../../otlp/record-batch.js';
import type { AppendResult, SessionListener, SessionWriter, Watch } from '../contract/store.js';
import { packBatch } from './batch-transfer.js';
import { DataDirectoryError, type DirectoryLock, lockDirectory } from './directory-lock.js';
import type { FromWriter, ToWriter, WriterThreadOptions } from './writer-messages.js';

/** Room for the short-lived objects of a commit, so that they die young. */
const YOUNG_GENERATION_MB = 48;

/** The store's thread has stopped; nothing more can be accepted by this process. */
export class WriterStoppedError extends Error {
  override readonly name = 'WriterStoppedError';
}

interface Waiting {
  resolve(value: AppendResult | boolean): void;
  reject(error: Error): void;
}

/** What the writing thread tells without being asked. */
export interface WriterEvents {
  /** Told of long work while opening. */
  readonly progress: (message: string) => void;
  /** Told of what failed though no request waits for it, and is tried again. */
  readonly trouble: (message: string) => void;
  /** Told why, once, when sessions stop following what is accepted and kept: a fault that passes no earlier than with the next start. */
  readonly foldFailed: (reason: string) => void;
  /** Told why nothing can be written any more, and without a reason when it can be again. */
  readonly writable: (reason?: string) => void;
  /** Told how many records are on disk that readers do not see in sessions yet, about, before those who appended them are. */
  readonly unfolded: (records: number) => void;
  /** Told when the thread ends though nobody closed it. */
  readonly failed: (error: Error) => void;
}

export interface OpenWriterOptions extends Omit<WriterThreadOptions, 'stop'> {
  readonly events: WriterEvents;
  /** Gives up opening, between two steps of it. */
  readonly signal?: AbortSignal | undefined;
}

/** The SQLite store's writing side as seen from the receiving thread. */
export class SqliteWriter implements SessionWriter {
  /** Key of this installation's pseudonyms. */
  readonly installationKey: Uint8Array;
  readonly #worker: Worker;
  readonly #lock: DirectoryLock;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<SessionListener>();
  readonly #events: WriterEvents;
  #lastId = 0;
  #stopped = false;
  readonly #closed: Promise<void>;

  private constructor(
    worker: Worker,
    lock: DirectoryLock,
    installationKey: Uint8Array,
    events: WriterEvents,
  ) {
    this.#events = events;
    this.#worker = worker;
    this.#lock = lock;
    this.installationKey = installationKey;
    this.#closed = new Promise((resolve) => {
      worker.on('message', (message: FromWriter) => {
        if (message.type === 'closed') {
          this.#stopped = true;
          resolve();
        } else {
          this.#settle(message);
        }
      });
      worker.on('exit', () => {
        resolve();
        if (!this.#stopped) this.#fail(new WriterStoppedError('the thread of the store ended'));
      });
    });
    worker.on('error', (error) => this.#fail(error));
  }

  /**
   * Takes the data directory for this process and opens it, catching up where an earlier process was killed.
   * @throws DataDirectoryError; the signal's reason where it gave up.
   */
  static async open({ events, signal, ...options }: OpenWriterOptions): Promise<SqliteWriter> {
    signal?.throwIfAborted();
    const lock = lockDirectory(options.directory);
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const onAbort = (): void => void Atomics.store(stop, 0, 1);
    signal?.addEventListener('abort', onAbort, { once: true });
    const worker = new Worker(new URL('./writer-thread.js', import.meta.url), {
      workerData: { ...options, stop } satisfies WriterThreadOptions,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    try {
      const installationKey = await new Promise<Uint8Array>((resolve, reject) => {
        const opening = (message: FromWriter): void => {
          if (message.type === 'progress') {
            events.progress(message.message);
          } else if (message.type === 'foldFailed') {
            events.foldFailed(message.reason);
          } else if (message.type === 'refused') {
            reject(new DataDirectoryError(message.message));
          } else if (message.type === 'stopped') {
            reject(signal?.reason);
          } else if (message.type === 'writable') {
            events.writable(message.reason);
          } else if (message.type === 'ready') {
            worker.off('message', opening).off('error', reject);
            events.unfolded(message.unfolded);
            resolve(message.installationKey);
          }
        };
        worker.on('message', opening).on('error', reject);
      });
      return new SqliteWriter(worker, lock, installationKey, events);
    } catch (error) {
      await worker.terminate();
      lock.release();
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async append(project: string, batch: RecordBatch): Promise<AppendResult> {
    const packing = packBatch(batch);
    let step = packing.next();
    while (!step.done) {
      // Others have their turn.
      await new Promise((resolve) => setImmediate(resolve));
      step = packing.next();
    }
    const { message, transfer } = step.value;
    return this.#ask<AppendResult>((id) => ({ type: 'append', id, project, batch: message }), transfer);
  }

  invalidate(project: string, sessionId: string): Promise<boolean> {
    return this.#ask<boolean>((id) => ({ type: 'invalidate', id, project, sessionId }), []);
  }

  async refresh(project: string, sessionId: string): Promise<void> {
    await this.#ask<boolean>((id) => ({ type: 'refresh', id, project, sessionId }), []);
  }

  async watch(listener: SessionListener): Promise<Watch> {
    // A function of its own for each watch, though two may share a listener.
    const told: SessionListener = (project, sessionIds) => listener(project, sessionIds);
    this.#listeners.add(told);
    await this.#ask<boolean>((id) => ({ type: 'watch', id, on: true }), []);
    return {
      end: () => {
        if (!this.#listeners.delete(told) || this.#listeners.size > 0 || this.#stopped) return;
        // Whether it is heard in time does not matter.
        this.#ask<boolean>((id) => ({ type: 'watch', id, on: false }), []).catch(() => {});
      },
    };
  }

  async close(): Promise<void> {
    if (!this.#stopped) this.#post({ type: 'close' }, []);
    await this.#closed;
    await this.#worker.terminate();
    this.#lock.release();
  }

  #ask<T extends AppendResult | boolean>(
    message: (id: number) => ToWriter,
    transfer: ArrayBuffer[],
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#stopped) {
        reject(new WriterStoppedError('the store is closed'));
        return;
      }
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.#post(message(id), transfer);
    });
  }

  #post(message: ToWriter, transfer: ArrayBuffer[]): void {
    this.#worker.postMessage(message, transfer);
  }

  #settle(message: FromWriter): void {
    switch (message.type) {
      case 'appended':
        this.#events.unfolded(message.unfolded);
        for (const answer of message.answers) {
          const waiting = this.#answered(answer.id);
          if ('result' in answer) waiting?.resolve(answer.result);
          else waiting?.reject(new Error(answer.error));
        }
        return;
      case 'settled':
        this.#events.unfolded(message.unfolded);
        return;
      case 'done':
        this.#answered(message.id)?.resolve(message.found);
        return;
      case 'failed':
        this.#answered(message.id)?.reject(new Error(message.message));
        return;
      case 'changed':
        for (const listener of this.#listeners) listener(message.project, message.sessionIds);
        return;
      case 'trouble':
        this.#events.trouble(message.message);
        return;
      case 'foldFailed':
        this.#events.foldFailed(message.reason);
        return;
      case 'writable':
        this.#events.writable(message.reason);
        return;
      case 'progress':
      case 'ready':
      case 'refused':
      case 'stopped':
      case 'closed':
        return;
    }
  }

  #answered(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #fail(error: Error): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#events.failed(error);
  }
}
