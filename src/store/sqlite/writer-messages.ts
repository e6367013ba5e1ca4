import type { NormalizerOptions } from '../../normalize/create.js';
import type { AppendAnswer } from '../engine/commit-queue.js';
import type { BatchMessage } from './batch-transfer.js';

/** What the writing thread is started with. */
export interface WriterThreadOptions {
  readonly directory: string;
  /** Page cache of the connection, bytes. */
  readonly cacheBytes: number;
  readonly hotRecords: number;
  readonly implicitSessions: boolean;
  /** What traces without a session id are grouped by; `id` where it is left out. */
  readonly sessionsBy?: 'id' | 'user';
  readonly timeoutMs: number;
  /** The time that it is, nanoseconds since 1970; the machine's where it is left out. */
  readonly nowNs?: bigint;
  /** Without the installation's key, which the thread reads from the directory. */
  readonly normalizer: Omit<NormalizerOptions, 'userIdKey'>;
  /** One 32-bit integer: 1 where the process is to stop before the thread is ready. */
  readonly stop: Int32Array<SharedArrayBuffer>;
}

export type ToWriter =
  | { readonly type: 'append'; readonly id: number; readonly project: string; readonly batch: BatchMessage }
  | { readonly type: 'invalidate'; readonly id: number; readonly project: string; readonly sessionId: string }
  /** Whether to tell of sessions that change. */
  | { readonly type: 'watch'; readonly id: number; readonly on: boolean }
  | { readonly type: 'close' };

export type FromWriter =
  | { readonly type: 'progress'; readonly message: string }
  /** Something failed that no request waits for; it is tried again. */
  | { readonly type: 'trouble'; readonly message: string }
  /** The disk takes nothing, for this reason; without one: it takes what it is given again. */
  | { readonly type: 'writable'; readonly reason?: string }
  /** Sessions no longer follow what is accepted, which is kept; the next start tries again. */
  | { readonly type: 'foldFailed'; readonly reason: string }
  | { readonly type: 'ready'; readonly installationKey: Uint8Array; readonly unfolded: number }
  /** The start was given up because the process is to stop. */
  | { readonly type: 'stopped' }
  /** The directory cannot be used; `message` is for the operator. */
  | { readonly type: 'refused'; readonly message: string }
  /** `unfolded` counts the records on disk that readers do not see in sessions yet. */
  | { readonly type: 'appended'; readonly answers: readonly AppendAnswer[]; readonly unfolded: number }
  /** What was put off is done. */
  | { readonly type: 'settled'; readonly unfolded: number }
  /** Sessions that readers see changed. */
  | { readonly type: 'changed'; readonly project: string; readonly sessionIds: readonly string[] }
  /** Answers `invalidate`, where `found` says whether there is such a session, and `watch`. */
  | { readonly type: 'done'; readonly id: number; readonly found: boolean }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }
  | { readonly type: 'closed' };
