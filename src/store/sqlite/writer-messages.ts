import type { KindOf, Outcome, Question } from '../../channel.js';
import type { NormalizerOptions } from '../../normalize/create.js';
import type { ErasureBegun, ErasureJob, ErasuresDue, ErasureTarget } from '../contract/erasure.js';
import type { PackedBatch } from '../contract/packed-batch.js';
import type { RetentionPass, RetentionPlan, RetentionPolicy } from '../contract/retention.js';
import type { AppendResult, BlockRange, CatchingUp } from '../contract/store.js';

/** Options of the writing thread: its `workerData`. */
export interface WriterThreadOptions {
  readonly directory: string;
  /** Page cache of the connection, bytes. */
  readonly cacheBytes: number;
  readonly hotRecords: number;
  readonly implicitSessions: boolean;
  /** How traces without a session id are grouped. Default: `id`. */
  readonly sessionsBy?: 'id' | 'user';
  readonly timeoutMs: number;
  /** Fixed current time for tests, nanoseconds since 1970. Default: the system clock. */
  readonly nowNs?: bigint;
  /** The installation's key is missing; the thread reads it from the directory. */
  readonly normalizer: Omit<NormalizerOptions, 'userIdKey'>;
  /** How long what was erased is kept out, ms. */
  readonly tombstonesForMs?: number;
  /** Whether texts are indexed (docs/decisions/022-content-search.md). */
  readonly contentSearch?: boolean;
  /** How long sessions are kept. If undefined, for ever. */
  readonly retention?: RetentionPolicy | undefined;
  /** Of `SegmentLock`. */
  readonly segmentLock: Int32Array<SharedArrayBuffer>;
  /** One integer: 1 if the process is stopping before the thread is ready. */
  readonly stop: Int32Array<SharedArrayBuffer>;
  /** One integer, in which readers report the number of a damaged file of sessions. */
  readonly damagedFile?: Int32Array<SharedArrayBuffer>;
}

/** Calls to the writing thread. */
export type WriterCalls = {
  /** Answered when the batch is on disk. */
  append: { args: { project: string; batch: PackedBatch }; answer: AppendResult };
  /** Answers whether the session exists. */
  invalidate: { args: { project: string; sessionId: string }; answer: boolean };
  erase: { args: { project: string; target: ErasureTarget }; answer: ErasureBegun };
  erasure: { args: { project: string; id: string }; answer: ErasureJob | undefined };
  retentionPlan: { args: { policy: RetentionPolicy }; answer: RetentionPlan };
  /** Starts or stops reports of changed sessions. Answered when no later change is missed. */
  watch: { args: { on: boolean }; answer: undefined };
};

export type ToWriter<K extends KindOf<WriterCalls> = KindOf<WriterCalls>> =
  | Question<WriterCalls, K>
  | { readonly kind: 'close' };

export type FromWriter =
  /** Finished calls. `unfolded` is the number of durable records that readers do not see in sessions yet. */
  | {
      readonly kind: 'answers';
      readonly outcomes: readonly Outcome<WriterCalls>[];
      readonly unfolded: number;
    }
  /** The number of durable records that readers do not see in sessions yet has changed. */
  | { readonly kind: 'unfolded'; readonly records: number }
  /** Sessions that changed for readers. Without ids, any session may have changed. */
  | { readonly kind: 'changed'; readonly project: string; readonly sessionIds: readonly string[] | undefined }
  | { readonly kind: 'progress'; readonly message: string }
  /** Progress of taking over blocks of an older version; undefined once all are taken over. */
  | { readonly kind: 'opening'; readonly progress: CatchingUp | undefined }
  /** Something is damaged; the server continues. */
  | { readonly kind: 'warning'; readonly message: string }
  /** Progress of catching up, in blocks; undefined once sessions are up to the log. */
  | { readonly kind: 'catchingUp'; readonly progress: CatchingUp | undefined }
  /** Something failed that no request waits for. It is tried again. */
  | { readonly kind: 'trouble'; readonly message: string }
  /** Nothing can be written, for this reason. Without a reason, writing works again. */
  | { readonly kind: 'writable'; readonly reason?: string }
  /** Sessions no longer follow accepted telemetry, which is still kept. The next start tries again. */
  | { readonly kind: 'foldFailed'; readonly reason: string }
  | { readonly kind: 'erasuresDue'; readonly due: ErasuresDue }
  /** A pass of retention has removed something. */
  | { readonly kind: 'retained'; readonly pass: RetentionPass }
  /** Less goes by age than could, for this reason. Without a reason, that has passed. */
  | { readonly kind: 'retentionHeld'; readonly reason: string | undefined }
  /** Damaged blocks of the log, which sessions lack. */
  | { readonly kind: 'damaged'; readonly blocks: readonly BlockRange[] }
  | { readonly kind: 'ready'; readonly installationKey: Uint8Array; readonly unfolded: number }
  /** Opening was aborted because the process is stopping. */
  | { readonly kind: 'stopped' }
  /** The directory cannot be used; `message` is for the operator. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'closed' };
