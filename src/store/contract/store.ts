import type { NormalizerOptions } from '../../normalize/create.js';
import type { RecordBatch } from '../../otlp/record-batch.js';
import type { Erasures, ErasuresDue } from './erasure.js';
import type { PackedBatch } from './packed-batch.js';
import type { ReaderSource } from './reader-source.js';
import type { RetentionPass, RetentionPolicy, Retentions } from './retention.js';

/** The project of telemetry that does not name one. */
export const DEFAULT_PROJECT = 'default';

/** An open store: one writer, and readers in any number of threads. Its data belongs to this process until `close`. */
export interface Store {
  readonly writer: SessionWriter;
  /** What another thread needs to open a reader of this store. */
  readonly readers: ReaderSource;
  /** 32 secret bytes of this installation, created with the store: the key of its pseudonyms. */
  readonly installationKey: Uint8Array;
  readonly capabilities: StoreCapabilities;
  /** Undefined if the store cannot erase. */
  readonly erasures?: Erasures;
  /** Undefined if the store keeps everything. */
  readonly retentions?: Retentions;
  /**
   * Finishes accepted work, writes all derived rows and releases the data. Rejects if that takes too long;
   * even then nothing acknowledged is lost.
   */
  close(): Promise<void>;
}

/** The optional parts of a store. A request that needs a missing part gets the error `store.unsupported`. */
export interface StoreCapabilities {
  /**
   * Whether results of appends say which records were known already. Otherwise all count as stored, and known
   * ones are found later, when they are folded.
   */
  readonly knownRecords: boolean;
  /** Counts, charts and top lists under other filters than a range of time. */
  readonly filteredCounts: boolean;
  /** Sessions can be found by the texts of their telemetry. */
  readonly contentSearch: boolean;
  /** Notifications of changed sessions: `watch` of its writer, which the live stream needs. */
  readonly changes: boolean;
  /** Its data is in the directory that it was opened with, so the free space of that disk is watched. */
  readonly localFiles: boolean;
}

export interface StoreOptions {
  /** Address of the PostgreSQL database of the store, `postgres://…`. Default: the embedded store. */
  readonly url?: string | undefined;
  /** Directory of a store with local files. Created if missing. */
  readonly directory: string;
  /** Whether traces without a session id are listed as sessions. */
  readonly implicitSessions: boolean;
  /** How traces without a session id are grouped. Default: `id`. */
  readonly sessionsBy?: 'id' | 'user';
  /** A session stays open for this long after its last activity, ms. */
  readonly timeoutMs: number;
  /**
   * Telemetry written longer ago than this may be compressed further in the background, ms. If undefined,
   * none is.
   */
  readonly compressAfterMs?: number;
  /** How long what was erased is kept out, ms. Default: a year. */
  readonly tombstonesForMs?: number;
  /** Whether texts are indexed, so that sessions can be found by them. Default: false. */
  readonly contentSearch?: boolean;
  /** How long sessions are kept. Default: for ever. Only for stores with `retentions`. */
  readonly retention?: RetentionPolicy | undefined;
  /** Without the installation's key, which the store adds. */
  readonly normalizer: Omit<NormalizerOptions, 'userIdKey'>;
  readonly events: StoreEvents;
  /** Aborts opening, between two of its steps. */
  readonly signal?: AbortSignal | undefined;
}

/** Events that a store reports, from the moment that it begins to open. */
export interface StoreEvents {
  /**
   * Progress of converting data of an older version, if that takes long and the store cannot be opened
   * before. Undefined once it is done.
   */
  opening(progress: CatchingUp | undefined): void;
  /** The database cannot be reached yet, which is tried again. Undefined once it is there. Only while opening. */
  waiting?(reason: string | undefined): void;
  /** Stored data is damaged: what is lost by it, if anything, and what is done about it. */
  warning(message: string): void;
  /** Long work has begun, while opening or later, or has made progress. */
  progress(message: string): void;
  /**
   * Progress of catching up with the log, if that takes long; undefined once it is done. Records are accepted
   * meanwhile, and readers do not see them yet.
   */
  catchingUp(progress: CatchingUp | undefined): void;
  /** Something failed that no request waits for. It is tried again. */
  trouble(message: string): void;
  /**
   * Sessions no longer follow accepted telemetry, for this reason. Reported once; only a restart can fix it.
   * Accepted telemetry is still kept.
   */
  foldFailed(reason: string): void;
  /**
   * The damaged blocks of the log. Sessions lack their records. Reported at each start, and when another one
   * is found.
   */
  damaged(blocks: readonly BlockRange[]): void;
  /** Nothing can be written any more, for this reason. Called without a reason when writing works again. */
  writable(reason?: string): void;
  /** A pass of retention has removed something: from stores with `retentions`. */
  retained?(pass: RetentionPass): void;
  /** Less goes by age than could, for this reason: the clock is doubted. Without a reason, that has passed. */
  retentionHeld?(reason: string | undefined): void;
  /**
   * Approximate number of records on disk that readers do not see in sessions yet. Called before the appends
   * of those records resolve.
   */
  unfolded(records: number): void;
  /** From time to time, about each lane: from stores that several processes share. */
  lane?(lane: LaneState): void;
  /** This process cannot make sessions of some telemetry; it, or another one, tries again. Without a reason: they follow again. */
  foldStalled?(reason: string | undefined): void;
  /** Whether appends are refused (`SessionsBehindError`): more comes than can be made into sessions. */
  held?(isHeld: boolean): void;
  /** A statement is tried again. Senders notice nothing but the time that it takes. */
  retried?(reason: RetryReason): void;
  /** The number of jobs of erasure that are not done may have changed. */
  erasuresDue?(due: ErasuresDue): void;
  /** The store has ended without being closed. This process can accept nothing more. */
  failed(error: Error): void;
}

/** A part of the telemetry that one process at a time makes into sessions. */
export interface LaneState {
  readonly lane: number;
  /** Age of the oldest records of it that no reader sees in sessions, ms; 0 if there are none. */
  readonly lagMs: number;
  /** Whether this process makes its sessions. */
  readonly isHeld: boolean;
}

export type RetryReason = 'conflict' | 'connection';

/** Blocks of the log with these numbers, both bounds inclusive. */
export interface BlockRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Progress of catching up with the log, in units of equal size. `total` grows with telemetry accepted
 * meanwhile.
 */
export interface CatchingUp {
  readonly done: number;
  readonly total: number;
  /**
   * Until it is done, readers see the older sessions. If undefined, they see the new ones as they are made.
   */
  readonly servesOldSessions?: true;
}

/**
 * The writing side of a store. An implementation holds to three rules:
 * - `append` resolves only when every record of the batch is on disk, and rejects when none is; with a
 *   `SessionsBehindError` if it was refused because more comes than can be made into sessions.
 * - A record that is appended twice is kept once (DESIGN 5). A batch of known records resolves and changes nothing.
 * - What `SessionReader` answers is the fold of the set of accepted records (`sessionize/SPEC.md`), whatever their
 *   order or batches. It includes an acknowledged record at once when the store is idle, and within
 *   500 ms under load, except while `StoreEvents.catchingUp` reports progress.
 */
export interface SessionWriter {
  /**
   * Takes ownership of `batch`, packed or not: its buffers may be moved to another thread. Rejects with a
   * `NotStoredError` where the reason is known.
   */
  append(project: string, batch: RecordBatch | PackedBatch): Promise<AppendResult>;
  /** Marks a session as invalidated by the operator. Resolves to false if the session does not exist. */
  invalidate(project: string, sessionId: string): Promise<boolean>;
  /**
   * Calls `listener` with every session that is new, changed, removed or timed out, once readers see the
   * change. Resolves when no later change can be missed. Costs nothing without listeners.
   */
  watch(listener: SessionListener): Promise<Watch>;
}

/**
 * Called with ids of sessions of one project, each once. Without ids, any of its sessions may have changed.
 */
export type SessionListener = (project: string, sessionIds: readonly string[] | undefined) => void;

export interface Watch {
  /** Ends the notifications. */
  end(): void;
}

export interface AppendResult {
  /** Records that were new. */
  readonly stored: number;
  /** Spans that replaced an earlier version of themselves. */
  readonly replaced: number;
  /** Known records, or older versions of known spans. */
  readonly duplicates: number;
  /** Records of what was erased, which are not kept (docs/decisions/019-erasure-and-retention.md). Left out if there are none. */
  readonly erased?: number;
}
