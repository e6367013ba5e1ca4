import { Worker } from 'node:worker_threads';
import { type KindOf, PendingCalls } from '../../channel.js';
import type { RecordBatch } from '../../otlp/record-batch.js';
import type { ErasureBegun, ErasureJob, Erasures, ErasureTarget } from '../contract/erasure.js';
import { asPacked, type PackedBatch, transferOf } from '../contract/packed-batch.js';
import type { RetentionPlan, RetentionPolicy, Retentions } from '../contract/retention.js';
import type { AppendResult, SessionListener, SessionWriter, StoreEvents, Watch } from '../contract/store.js';
import { isInTime } from '../in-time.js';
import { newLockCell } from '../records/segment-lock.js';
import { DataDirectoryError, type DirectoryLock, lockDirectory } from './directory-lock.js';
import type { FromWriter, ToWriter, WriterCalls, WriterThreadOptions } from './writer-messages.js';

/** Size of the young generation, so that short-lived objects of a commit are collected early, MB. */
const YOUNG_GENERATION_MB = 48;

/**
 * How long the thread may take to close, ms: far more than it needs to fold the remaining records. Ending it
 * after that loses only derived rows, which the next start rebuilds.
 */
const CLOSE_MS = 60_000;

/** The store's thread has stopped. This process can accept nothing more. */
export class WriterStoppedError extends Error {
  override readonly name = 'WriterStoppedError';
}

export interface OpenWriterOptions extends Omit<WriterThreadOptions, 'stop' | 'segmentLock'> {
  readonly events: StoreEvents;
  /** Aborts opening between two steps. */
  readonly signal?: AbortSignal | undefined;
}

/** The writing side of the SQLite store, in the receiving thread. */
export class SqliteWriter implements SessionWriter, Erasures, Retentions {
  /** Key of pseudonyms of this installation. */
  readonly installationKey: Uint8Array;
  /** Of `SegmentLock`, for other threads that write segments again. */
  readonly segmentLock: Int32Array<SharedArrayBuffer>;
  readonly #worker: Worker;
  readonly #lock: DirectoryLock;
  readonly #calls = new PendingCalls<WriterCalls>();
  readonly #listeners = new Set<SessionListener>();
  readonly #events: StoreEvents;
  #stopped = false;
  readonly #closed: Promise<void>;

  private constructor(
    worker: Worker,
    lock: DirectoryLock,
    installationKey: Uint8Array,
    segmentLock: Int32Array<SharedArrayBuffer>,
    events: StoreEvents,
  ) {
    this.segmentLock = segmentLock;
    this.#events = events;
    this.#worker = worker;
    this.#lock = lock;
    this.installationKey = installationKey;
    this.#closed = new Promise((resolve) => {
      worker.on('message', (message: FromWriter) => {
        if (message.kind === 'closed') {
          this.#stopped = true;
          resolve();
        } else {
          this.#handle(message);
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
   * Locks the data directory for this process and opens it. If an earlier process was killed, or rules or
   * settings have changed, sessions are brought up to date afterwards.
   * @throws DataDirectoryError, or the signal's reason if it was aborted.
   */
  static async open({ events, signal, ...options }: OpenWriterOptions): Promise<SqliteWriter> {
    signal?.throwIfAborted();
    const lock = lockDirectory(options.directory);
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const segmentLock = newLockCell();
    const onAbort = (): void => void Atomics.store(stop, 0, 1);
    signal?.addEventListener('abort', onAbort, { once: true });
    const worker = new Worker(new URL('./writer-thread.js', import.meta.url), {
      workerData: { ...options, stop, segmentLock } satisfies WriterThreadOptions,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    try {
      const installationKey = await new Promise<Uint8Array>((resolve, reject) => {
        const ended = (): void => reject(new WriterStoppedError('the thread of the store ended'));
        const opening = (message: FromWriter): void => {
          if (message.kind === 'progress') {
            events.progress(message.message);
          } else if (message.kind === 'opening') {
            events.opening(message.progress);
          } else if (message.kind === 'warning') {
            events.warning(message.message);
          } else if (message.kind === 'catchingUp') {
            events.catchingUp(message.progress);
          } else if (message.kind === 'foldFailed') {
            events.foldFailed(message.reason);
          } else if (message.kind === 'damaged') {
            events.damaged(message.blocks);
          } else if (message.kind === 'refused') {
            reject(new DataDirectoryError(message.message));
          } else if (message.kind === 'stopped') {
            reject(signal?.reason);
          } else if (message.kind === 'writable') {
            events.writable(message.reason);
          } else if (message.kind === 'ready') {
            worker.off('message', opening).off('error', reject).off('exit', ended);
            events.unfolded(message.unfolded);
            resolve(message.installationKey);
          }
        };
        worker.on('message', opening).on('error', reject).on('exit', ended);
      });
      return new SqliteWriter(worker, lock, installationKey, segmentLock, events);
    } catch (error) {
      await worker.terminate();
      lock.release();
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async append(project: string, batch: RecordBatch | PackedBatch): Promise<AppendResult> {
    const packed = await asPacked(batch);
    return this.#ask('append', { project, batch: packed }, transferOf(packed));
  }

  invalidate(project: string, sessionId: string): Promise<boolean> {
    return this.#ask('invalidate', { project, sessionId });
  }

  erase(project: string, target: ErasureTarget): Promise<ErasureBegun> {
    return this.#ask('erase', { project, target });
  }

  erasure(project: string, id: string): Promise<ErasureJob | undefined> {
    return this.#ask('erasure', { project, id });
  }

  retentionPlan(policy: RetentionPolicy): Promise<RetentionPlan> {
    return this.#ask('retentionPlan', { policy });
  }

  async watch(listener: SessionListener): Promise<Watch> {
    // A separate function for each watch, because two may share a listener.
    const own: SessionListener = (project, sessionIds) => listener(project, sessionIds);
    this.#listeners.add(own);
    await this.#ask('watch', { on: true });
    return {
      end: () => {
        if (!this.#listeners.delete(own) || this.#listeners.size > 0 || this.#stopped) return;
        // It does not matter when the thread receives this.
        this.#ask('watch', { on: false }).catch(() => {});
      },
    };
  }

  /**
   * Finishes accepted work, brings sessions up to date and releases the directory. A thread that does not end
   * within `CLOSE_MS` is terminated.
   * @throws WriterStoppedError in that case.
   */
  async close(): Promise<void> {
    if (!this.#stopped) this.#post({ kind: 'close' });
    const hasEnded = await isInTime(this.#closed, CLOSE_MS);
    this.#stopped = true;
    await this.#worker.terminate();
    this.#lock.release();
    const late = new WriterStoppedError(`the store did not close within ${CLOSE_MS / 1000} s`);
    this.#calls.failAll(hasEnded ? new WriterStoppedError('the store is closed') : late);
    if (!hasEnded) throw late;
  }

  #ask<K extends KindOf<WriterCalls>>(
    kind: K,
    args: WriterCalls[K]['args'],
    transfer: ArrayBuffer[] = [],
  ): Promise<WriterCalls[K]['answer']> {
    if (this.#stopped) return Promise.reject(new WriterStoppedError('the store is closed'));
    return this.#calls.ask<K>(kind, (question) => this.#post(question, transfer), args);
  }

  #post<K extends KindOf<WriterCalls>>(message: ToWriter<K>, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #handle(message: Exclude<FromWriter, { kind: 'closed' }>): void {
    switch (message.kind) {
      case 'answers':
        this.#events.unfolded(message.unfolded);
        for (const outcome of message.outcomes) this.#calls.settle(outcome);
        return;
      case 'unfolded':
        this.#events.unfolded(message.records);
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
      case 'damaged':
        this.#events.damaged(message.blocks);
        return;
      case 'erasuresDue':
        this.#events.erasuresDue?.(message.due);
        return;
      case 'writable':
        this.#events.writable(message.reason);
        return;
      case 'progress':
        this.#events.progress(message.message);
        return;
      case 'warning':
        this.#events.warning(message.message);
        return;
      case 'catchingUp':
        this.#events.catchingUp(message.progress);
        return;
      case 'retentionHeld':
        this.#events.retentionHeld?.(message.reason);
        return;
      case 'retained':
        this.#events.retained?.(message.pass);
        return;
      // Only sent while the store opens.
      case 'opening':
      case 'ready':
      case 'refused':
      case 'stopped':
        return;
    }
  }

  #fail(error: Error): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#calls.failAll(error);
    this.#events.failed(error);
  }
}
