import type { KindOf, Outcome, Question } from '../../channel.js';
import type { NormalizerOptions } from '../../normalize/create.js';
import type { PackedBatch } from '../contract/packed-batch.js';
import type { AppendResult, BlockRange, CatchingUp } from '../contract/store.js';

/** What the writing thread is started with: its `workerData`. */
export interface WriterThreadOptions {
  readonly directory: string;
  /** Page cache of the connection, bytes. */
  readonly cacheBytes: number;
  readonly hotRecords: number;
  readonly implicitSessions: boolean;
  /** What traces without a session id are grouped by; `id` where it is left out. */
  readonly sessionsBy?: 'id' | 'user';
  readonly timeoutMs: number;
  /** The time that it is for good, nanoseconds since 1970, for tests; the machine's clock where it is left out. */
  readonly nowNs?: bigint;
  /** Without the installation's key, which the thread reads from the directory. */
  readonly normalizer: Omit<NormalizerOptions, 'userIdKey'>;
  /** One 32-bit integer: 1 where the process is to stop before the thread is ready. */
  readonly stop: Int32Array<SharedArrayBuffer>;
  /** One integer, where readers leave the number of a file of sessions that they found to be damaged. */
  readonly damagedFile?: Int32Array<SharedArrayBuffer>;
}

/** What the writing thread is asked for. */
export type WriterCalls = {
  /** Answered when the batch is on disk. */
  append: { args: { project: string; batch: PackedBatch }; answer: AppendResult };
  /** Whether there is such a session. */
  invalidate: { args: { project: string; sessionId: string }; answer: boolean };
  /** Whether to tell of sessions that change. Answered when no change from then on is missed. */
  watch: { args: { on: boolean }; answer: undefined };
};

export type ToWriter<K extends KindOf<WriterCalls> = KindOf<WriterCalls>> =
  | Question<WriterCalls, K>
  | { readonly kind: 'close' };

export type FromWriter =
  /** Calls that came to their end. `unfolded` counts the records on disk that readers do not see in sessions yet. */
  | {
      readonly kind: 'answers';
      readonly outcomes: readonly Outcome<WriterCalls>[];
      readonly unfolded: number;
    }
  /** What was put off is done. */
  | { readonly kind: 'unfolded'; readonly records: number }
  /** Sessions that readers see changed; without ids: any of them may have. */
  | { readonly kind: 'changed'; readonly project: string; readonly sessionIds: readonly string[] | undefined }
  | { readonly kind: 'progress'; readonly message: string }
  /** How many blocks of an older version of so many were taken over; without numbers: all. */
  | { readonly kind: 'opening'; readonly progress: CatchingUp | undefined }
  /** Something is damaged; the server goes on. */
  | { readonly kind: 'warning'; readonly message: string }
  /** How many blocks of how many sessions were brought up to; nothing: they are up to the log. */
  | { readonly kind: 'catchingUp'; readonly progress: CatchingUp | undefined }
  /** Something failed that no request waits for; it is tried again. */
  | { readonly kind: 'trouble'; readonly message: string }
  /** The disk takes nothing, for this reason; without one: it takes what it is given again. */
  | { readonly kind: 'writable'; readonly reason?: string }
  /** Sessions no longer follow what is accepted, which is kept; the next start tries again. */
  | { readonly kind: 'foldFailed'; readonly reason: string }
  /** Blocks of the log that sessions are made without. */
  | { readonly kind: 'damaged'; readonly blocks: readonly BlockRange[] }
  | { readonly kind: 'ready'; readonly installationKey: Uint8Array; readonly unfolded: number }
  /** The start was given up because the process is to stop. */
  | { readonly kind: 'stopped' }
  /** The directory cannot be used; `message` is for the operator. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'closed' };
