import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Worker } from 'node:worker_threads';
import { errorOf, type KindOf, PendingCalls } from '../../channel.js';
import type { RecordBatch } from '../../otlp/record-batch.js';
import type { ErasureBegun, ErasureJob, Erasures, ErasureTarget } from '../contract/erasure.js';
import { asPacked, type PackedBatch, transferOf } from '../contract/packed-batch.js';
import type { RetentionPlan, RetentionPolicy, Retentions } from '../contract/retention.js';
import type {
  AppendResult,
  SessionListener,
  SessionWriter,
  StoreEvents,
  StoreOptions,
  Watch,
} from '../contract/store.js';
import { NotStoredError, SessionsBehindError } from '../contract/unavailable.js';
import { isInTime } from '../in-time.js';
import { type HandOverEnd, newHandOver } from './handed-blocks.js';
import { LANE } from './lease.js';
import { UnusableDatabaseError } from './migrate.js';
import { planApart } from './retention/plan.js';
import type { PlanOptions } from './retention/plan-thread.js';
import type {
  FolderOptions,
  FromFolder,
  FromIntake,
  IntakeCalls,
  IntakeOptions,
  ToFolder,
  ToIntake,
} from './thread-messages.js';

/** Room for the short-lived objects of a fold, so that they die young. */
const YOUNG_GENERATION_MB = 48;

/**
 * How long the threads may take to close, ms. The folding one cannot hear of it while it waits for the database.
 */
const CLOSE_MS = { intake: 20_000, folder: 5_000 } as const;

/** How long what was erased is kept out by default, ms. */
const TOMBSTONES_FOR_MS = 365 * 86_400_000;

/** A thread of the store has stopped; nothing more can be accepted by this process. */
class ThreadStoppedError extends Error {
  override readonly name = 'ThreadStoppedError';
}

export interface OpenWriterOptions extends Omit<StoreOptions, 'directory' | 'normalizer'> {
  readonly url: string;
  readonly normalizer: StoreOptions['normalizer'];
  readonly leaseMs: number;
  /** As `IntakeOptions.answerMs`. */
  readonly answerMs: number;
  readonly hotRecords: number;
  /** As `FolderOptions.packsAtOnce`. */
  readonly packsAtOnce?: boolean;
  readonly nowNs?: bigint;
}

/**
 * The writing side of the PostgreSQL store, as seen from the receiving thread: one thread that appends to the
 * log, and one that folds while this process holds the lease.
 */
export class PostgresWriter implements SessionWriter, Erasures, Retentions {
  readonly installationKey: Uint8Array;
  readonly #intake: Worker;
  readonly #folder: Worker;
  readonly #events: StoreEvents;
  readonly #calls = new PendingCalls<IntakeCalls>();
  readonly #listeners = new Set<SessionListener>();
  /** Projects whose changes were reported: where some were missed, all of these may have changed. */
  readonly #projects = new Set<string>();
  readonly #planning: Omit<PlanOptions, 'policy' | 'nowNs'> & { readonly nowNs: bigint | undefined };
  readonly #ended = new AbortController();
  /** The last plan: the next one waits for it. */
  #plan: Promise<unknown> = Promise.resolve();
  /** Settle when the threads have closed: that of the intake, and the folding one. */
  readonly #ends: readonly [Promise<void>, Promise<void>];
  #isClosing = false;
  /** This process could not make sessions, and no other one has done it since. */
  #isStalled = false;
  /** Whether this process has the lease. */
  #isHeld = false;

  private constructor(
    intake: Worker,
    folder: Worker,
    installationKey: Uint8Array,
    { url, timeoutMs, nowNs, events }: OpenWriterOptions,
  ) {
    this.#intake = intake;
    this.#folder = folder;
    this.installationKey = installationKey;
    this.#events = events;
    this.#planning = { url, timeoutNs: BigInt(timeoutMs) * 1_000_000n, nowNs };
    intake.on('message', (message: FromIntake) => this.#fromIntake(message));
    folder.on('message', (message: FromFolder) => this.#fromFolder(message));
    this.#ends = [this.#endOf(intake), this.#endOf(folder)];
  }

  /**
   * Connects to the database, for which it waits, and creates or migrates its tables. @throws
   * UnusableDatabaseError with a message for the operator; the signal's reason where it gave up.
   */
  static async open(options: OpenWriterOptions): Promise<PostgresWriter> {
    const { url, answerMs, events, signal, nowNs } = options;
    signal?.throwIfAborted();
    const handOver = newHandOver();
    const intake = new Worker(new URL('./intake-thread.js', import.meta.url), {
      workerData: {
        ...{ url, answerMs, handOver: handOver.intake },
        ...(nowNs !== undefined && { nowNs }),
      } satisfies IntakeOptions,
      transferList: [handOver.intake.port],
    });
    try {
      const { installationKey } = await ready(intake, signal, (reason) => events.waiting?.(reason));
      events.waiting?.(undefined);
      const folder = new Worker(new URL('./folder-thread.js', import.meta.url), {
        workerData: folderOptions(options, installationKey, handOver.folder),
        transferList: [handOver.folder.port],
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
      });
      const writer = new PostgresWriter(intake, folder, installationKey, options);
      try {
        await ready(folder, signal);
      } catch (error) {
        await writer.close();
        throw error;
      }
      return writer;
    } catch (error) {
      await intake.terminate();
      throw error;
    }
  }

  async append(project: string, batch: RecordBatch | PackedBatch): Promise<AppendResult> {
    const packed = await asPacked(batch);
    const answer = await this.#ask('append', { project, batch: packed }, transferOf(packed));
    if (answer === undefined) throw new SessionsBehindError('sessions are too far behind');
    if (!('reason' in answer)) return answer;
    const { reason, error } = answer;
    throw new NotStoredError(error.message, reason, { cause: errorOf(error) });
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

  /** One plan at a time. */
  async retentionPlan(policy: RetentionPolicy): Promise<RetentionPlan> {
    if (this.#isClosing) throw new ThreadStoppedError('the store is closed');
    const before = this.#plan;
    const { nowNs = BigInt(Date.now()) * 1_000_000n, ...options } = this.#planning;
    const plan = before
      .catch(() => {})
      .then(() => planApart({ ...options, policy, nowNs }, this.#ended.signal));
    this.#plan = plan;
    return plan;
  }

  async watch(listener: SessionListener): Promise<Watch> {
    // A function of its own for each watch, though two may share a listener.
    const report: SessionListener = (project, sessionIds) => listener(project, sessionIds);
    this.#listeners.add(report);
    return { end: () => void this.#listeners.delete(report) };
  }

  /**
   * Commits what was accepted and lets other processes go on. What the database does not take in time has not been
   * acknowledged; what was not folded is folded by another process, or after the next start.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#ended.abort();
    this.#folder.postMessage({ kind: 'close' } satisfies ToFolder);
    this.#intake.postMessage({ kind: 'close' } satisfies ToIntake);
    const [intake, folder] = this.#ends;
    await Promise.all([isInTime(intake, CLOSE_MS.intake), isInTime(folder, CLOSE_MS.folder)]);
    await Promise.all([this.#intake.terminate(), this.#folder.terminate()]);
    this.#calls.failAll(new ThreadStoppedError('the store is closed'));
  }

  #ask<K extends KindOf<IntakeCalls>>(
    kind: K,
    args: IntakeCalls[K]['args'],
    transfer: ArrayBuffer[] = [],
  ): Promise<IntakeCalls[K]['answer']> {
    if (this.#isClosing) return Promise.reject(new ThreadStoppedError('the store is closed'));
    return this.#calls.ask<K>(
      kind,
      (question) => this.#intake.postMessage(question satisfies ToIntake<K>, transfer),
      args,
    );
  }

  #fromIntake(message: FromIntake): void {
    switch (message.kind) {
      case 'outcomes':
        for (const outcome of message.outcomes) this.#calls.settle(outcome);
        return;
      case 'unfolded':
        this.#events.unfolded(message.records);
        if (message.records === 0 && this.#isStalled) {
          this.#isStalled = false;
          this.#events.foldStalled?.(undefined);
        }
        this.#events.lane?.({ lane: LANE, lagMs: message.lagMs, isHeld: this.#isHeld });
        return;
      case 'retried':
        this.#events.retried?.(message.reason);
        return;
      case 'held':
        this.#events.held?.(message.isHeld);
        return;
      case 'wake':
        this.#folder.postMessage({ kind: 'wake' } satisfies ToFolder);
        return;
      case 'changed':
        this.#projects.add(message.project);
        for (const listener of this.#listeners) listener(message.project, message.sessionIds);
        return;
      case 'missed':
        for (const project of this.#projects) {
          for (const listener of this.#listeners) listener(project, undefined);
        }
        return;
      case 'erasuresDue':
        this.#events.erasuresDue?.(message.due);
        return;
      case 'trouble':
        this.#events.trouble(message.message);
        return;
      case 'writable':
        this.#events.writable(message.reason);
        return;
      case 'waiting':
      case 'ready':
      case 'refused':
      case 'closed':
        return;
    }
  }

  #fromFolder(message: FromFolder): void {
    switch (message.kind) {
      case 'held':
        this.#isHeld = message.isHeld;
        return;
      case 'progress':
        this.#events.progress(message.message);
        return;
      case 'warning':
        this.#events.warning(message.message);
        return;
      case 'trouble':
        this.#events.trouble(message.message);
        return;
      case 'retried':
        this.#events.retried?.(message.reason);
        return;
      case 'catchingUp':
        this.#events.catchingUp(message.progress);
        return;
      case 'foldStalled':
        this.#isStalled = true;
        this.#events.foldStalled?.(message.reason);
        return;
      case 'damaged':
        this.#events.damaged(message.blocks);
        return;
      case 'retained':
        this.#events.retained?.(message.pass);
        return;
      case 'retentionHeld':
        this.#events.retentionHeld?.(message.reason);
        return;
      case 'ready':
      case 'closed':
        return;
    }
  }

  #endOf(worker: Worker): Promise<void> {
    return new Promise((resolve) => {
      worker.on('message', ({ kind }: FromIntake | FromFolder) => {
        if (kind === 'closed') resolve();
      });
      worker.on('error', (error) => this.#fail(error));
      worker.on('exit', () => {
        resolve();
        this.#fail(new ThreadStoppedError('a thread of the store ended'));
      });
    });
  }

  #fail(error: Error): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#calls.failAll(error);
    this.#events.failed(error);
  }
}

type Ready<Message> = Extract<Message, { kind: 'ready' }>;

function ready(
  worker: Worker,
  signal: AbortSignal | undefined,
  waiting: (reason: string) => void = () => {},
): Promise<Ready<FromIntake>> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal?.reason);
    const ended = (): void => reject(new ThreadStoppedError('a thread of the store ended'));
    const opening = (message: FromIntake): void => {
      if (message.kind === 'waiting') waiting(message.reason);
      if (message.kind === 'refused') reject(new UnusableDatabaseError(message.message));
      if (message.kind !== 'ready') return;
      worker.off('message', opening).off('error', reject).off('exit', ended);
      signal?.removeEventListener('abort', aborted);
      resolve(message);
    };
    worker.on('message', opening).on('error', reject).on('exit', ended);
    signal?.addEventListener('abort', aborted, { once: true });
  });
}

function folderOptions(
  options: OpenWriterOptions,
  userIdKey: Uint8Array,
  handOver: HandOverEnd,
): FolderOptions {
  const {
    url,
    leaseMs,
    hotRecords,
    tombstonesForMs = TOMBSTONES_FOR_MS,
    retention,
    packsAtOnce,
    implicitSessions,
    sessionsBy,
    timeoutMs,
    nowNs,
    normalizer,
  } = options;
  return {
    url,
    handOver,
    owner: `${hostname()} ${process.pid} ${randomUUID().slice(0, 8)}`,
    leaseMs,
    hotRecords,
    tombstonesForMs,
    retention,
    ...(packsAtOnce !== undefined && { packsAtOnce }),
    implicitSessions,
    ...(sessionsBy !== undefined && { sessionsBy }),
    timeoutMs,
    ...(nowNs !== undefined && { nowNs }),
    normalizer: { ...normalizer, userIdKey },
  };
}
