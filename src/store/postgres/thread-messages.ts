import type { ErrorText, KindOf, Outcome, Question } from '../../channel.js';
import type { NormalizerOptions } from '../../normalize/create.js';
import type { ErasureBegun, ErasureJob, ErasuresDue, ErasureTarget } from '../contract/erasure.js';
import type { PackedBatch } from '../contract/packed-batch.js';
import type { RetentionPass, RetentionPolicy } from '../contract/retention.js';
import type { AppendResult, BlockRange, CatchingUp, RetryReason } from '../contract/store.js';
import type { HandOverEnd } from './handed-blocks.js';

/** What the intake thread is started with. */
export interface IntakeOptions {
  /** The database, as `ConnectionOptions.url`. */
  readonly url: string;
  /** How long an append may take until its sender is answered that it failed, ms, give or take a second. */
  readonly answerMs: number;
  /** To the folding thread. */
  readonly handOver: HandOverEnd;
  /** A fixed time, ns since 1970, for tests; the machine's clock where it is left out. */
  readonly nowNs?: bigint;
}

/** A batch was not stored. */
export interface NotStored {
  /** As `NotStoredError.reason`. */
  readonly reason: string;
  readonly error: ErrorText;
}

/** What the intake thread is asked for. */
export type IntakeCalls = {
  /** Answered when the batch is committed; undefined if it was refused, since sessions are too far behind. */
  append: { args: { project: string; batch: PackedBatch }; answer: AppendResult | NotStored | undefined };
  /** Whether there is such a session. */
  invalidate: { args: { project: string; sessionId: string }; answer: boolean };
  /** As `Erasures`. */
  erase: { args: { project: string; target: ErasureTarget }; answer: ErasureBegun };
  erasure: { args: { project: string; id: string }; answer: ErasureJob | undefined };
};

export type ToIntake<K extends KindOf<IntakeCalls> = KindOf<IntakeCalls>> =
  | Question<IntakeCalls, K>
  | { readonly kind: 'close' };

export type FromIntake =
  | { readonly kind: 'ready'; readonly installationKey: Uint8Array }
  /** The database cannot be reached yet, which is tried again; `reason` is for the operator. */
  | { readonly kind: 'waiting'; readonly reason: string }
  /** The database cannot be used; `message` is for the operator. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'outcomes'; readonly outcomes: readonly Outcome<IntakeCalls>[] }
  /** Records in the log that readers do not see yet, whoever appended them. */
  | { readonly kind: 'unfolded'; readonly records: number; readonly lagMs: number }
  | { readonly kind: 'retried'; readonly reason: RetryReason }
  /** Whether appends are refused, since sessions are too far behind. */
  | { readonly kind: 'held'; readonly isHeld: boolean }
  /** There are blocks to fold, or tasks. */
  | { readonly kind: 'wake' }
  | { readonly kind: 'changed'; readonly project: string; readonly sessionIds: readonly string[] | undefined }
  /** How many jobs of erasure are not done, whichever process works on them: once, and when it has changed. */
  | { readonly kind: 'erasuresDue'; readonly due: ErasuresDue }
  /** Changes may have been missed. */
  | { readonly kind: 'missed' }
  | { readonly kind: 'trouble'; readonly message: string }
  /** Nothing can be written, for this reason; without one: it can again. */
  | { readonly kind: 'writable'; readonly reason?: string }
  | { readonly kind: 'closed' };

/** What the folding thread is started with. */
export interface FolderOptions {
  readonly url: string;
  /** From the intake. */
  readonly handOver: HandOverEnd;
  /** Names this process in the table of leases. */
  readonly owner: string;
  /** How long the lease lasts without being renewed, ms. */
  readonly leaseMs: number;
  readonly hotRecords: number;
  /** How long what was erased is kept out, ms. */
  readonly tombstonesForMs: number;
  /** Undefined if everything is kept. */
  readonly retention?: RetentionPolicy | undefined;
  /** Whether sessions are packed into columns as soon as nothing else is to do, quiet or not: for tests. */
  readonly packsAtOnce?: boolean;
  readonly implicitSessions: boolean;
  readonly sessionsBy?: 'id' | 'user';
  readonly timeoutMs: number;
  /** A fixed time, ns since 1970, for tests; the machine's clock where it is left out. */
  readonly nowNs?: bigint;
  readonly normalizer: NormalizerOptions;
}

export type ToFolder = { readonly kind: 'wake' } | { readonly kind: 'close' };

export type FromFolder =
  /** It has the lease, or found that another process has it. */
  | { readonly kind: 'ready' }
  /** Whether it has the lease, where that has changed. */
  | { readonly kind: 'held'; readonly isHeld: boolean }
  | { readonly kind: 'progress'; readonly message: string }
  | { readonly kind: 'warning'; readonly message: string }
  | { readonly kind: 'trouble'; readonly message: string }
  | { readonly kind: 'retried'; readonly reason: RetryReason }
  | { readonly kind: 'catchingUp'; readonly progress: CatchingUp | undefined }
  /** This process cannot make sessions of some telemetry. It has let go of the lease, and tries again later. */
  | { readonly kind: 'foldStalled'; readonly reason: string }
  | { readonly kind: 'damaged'; readonly blocks: readonly BlockRange[] }
  /** As `StoreEvents`. */
  | { readonly kind: 'retained'; readonly pass: RetentionPass }
  | { readonly kind: 'retentionHeld'; readonly reason: string | undefined }
  | { readonly kind: 'closed' };

/** Channels of NOTIFY. All are hints: what is missed is found a little later by asking. */
export const Channel = {
  /** There are blocks without a number, or tasks without an answer. */
  work: 'sojourn_work',
  /** Readers see more blocks, or tasks were answered. */
  done: 'sojourn_done',
  /** `ChangedPayload` as JSON. */
  changed: 'sojourn_changed',
} as const;

/** Sessions of a project that readers see changed; without ids, any of them may have. */
export interface ChangedPayload {
  readonly project: string;
  readonly ids?: readonly string[];
}
