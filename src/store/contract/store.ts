import type { NormalizerOptions } from '../../normalize/create.js';
import type { RecordBatch } from '../../otlp/record-batch.js';
import type { ReaderSource } from './reader-source.js';

/** The project that everything belongs to until keys say otherwise. */
export const DEFAULT_PROJECT = 'default';

/** An open store: one writer, and readers in as many threads as there are. The process holds its data until `close`. */
export interface Store {
  readonly writer: SessionWriter;
  /** What another thread opens a reader with, of what `writer` has written. */
  readonly readers: ReaderSource;
  /** 32 secret bytes of this installation, made with the store: the key of its pseudonyms. */
  readonly installationKey: Uint8Array;
  readonly capabilities: StoreCapabilities;
  /** Finishes what was accepted, writes all derived rows, and releases the data. Rejects where that takes too long; nothing acknowledged is lost then. */
  close(): Promise<void>;
}

/** What a store may lack. All else every store can do. A client that asks for a part that is not there is answered `store.unsupported`. */
export interface StoreCapabilities {
  /** Counts, charts and top lists of sessions under other filters than a range of time. */
  readonly filteredCounts: boolean;
  /** Tells of sessions that change: `watch` of its writer, and with it the live stream. */
  readonly changes: boolean;
  /** Its data lies in the directory that it was opened with, so that the disk of that directory is to be watched. */
  readonly localFiles: boolean;
}

export interface StoreOptions {
  /** Where a store with local files keeps them; made where it is missing. */
  readonly directory: string;
  /** Whether traces without a session id are listed as sessions. */
  readonly implicitSessions: boolean;
  /** What traces without a session id are grouped by; `id` where it is left out. */
  readonly sessionsBy?: 'id' | 'user';
  /** A session is open until this time after its last activity, ms. */
  readonly timeoutMs: number;
  /** Without the installation's key, which the store has. */
  readonly normalizer: Omit<NormalizerOptions, 'userIdKey'>;
  readonly events: StoreEvents;
  /** Gives up opening, between two steps of it. */
  readonly signal?: AbortSignal | undefined;
}

/** What a store tells without being asked, from the moment that it begins to open. */
export interface StoreEvents {
  /** What long work is begun, while opening or later, and now and then how far it is. */
  progress(message: string): void;
  /** How far sessions are brought up to the records on disk, where that takes long; nothing once they are. Records are taken meanwhile, and readers do not see them yet. */
  catchingUp(progress: CatchingUp | undefined): void;
  /** Something failed though no request waits for it, and is tried again. */
  trouble(message: string): void;
  /** Why, once, sessions stop following what is accepted and kept: a fault that passes no earlier than with the next start. */
  foldFailed(reason: string): void;
  /** Which blocks of its log are damaged: sessions are made without their records. Told at each start, and when another one is met. */
  damaged(blocks: readonly number[]): void;
  /** Why nothing can be written any more, and without a reason when it can be again. */
  writable(reason?: string): void;
  /** How many records are on disk that readers do not see in sessions yet, about, before those who appended them are told. */
  unfolded(records: number): void;
  /** The store ended though nobody closed it: nothing more can be accepted by this process. */
  failed(error: Error): void;
}

/** How far sessions are brought up to the records on disk, in pieces of equal size. `total` grows with what is taken meanwhile. */
export interface CatchingUp {
  readonly done: number;
  readonly total: number;
}

/**
 * The writing side of a store. An implementation holds to three rules:
 * - `append` resolves only when every record of the batch is on disk, and rejects when none is.
 * - What is appended twice is kept once (DESIGN 5); a batch of known records resolves and changes nothing.
 * - What `SessionReader` answers is the fold of the set of accepted records (`sessionize/SPEC.md`), whatever their
 *   order or batches. It includes an acknowledged record at once when the store is idle, and within
 *   500 ms under load, but for the time that `StoreEvents.catchingUp` tells of.
 */
export interface SessionWriter {
  /** Takes ownership of `batch`: its buffers may be moved to another thread. */
  append(project: string, batch: RecordBatch): Promise<AppendResult>;
  /** Marks a session as invalidated by the operator; resolves to false where there is no such session. */
  invalidate(project: string, sessionId: string): Promise<boolean>;
  /**
   * Tells `listener` of every session that is new, has changed or is gone, when readers see it, and of those that are listed as timed out.
   * Resolves when no change from then on is missed. Costs nothing while nobody listens.
   */
  watch(listener: SessionListener): Promise<Watch>;
}

/** Ids of one project's sessions, each once. */
export type SessionListener = (project: string, sessionIds: readonly string[]) => void;

export interface Watch {
  /** The listener is told nothing more. */
  end(): void;
}

export interface AppendResult {
  /** Records that were new. */
  readonly stored: number;
  /** Spans that took the place of an earlier version of themselves. */
  readonly replaced: number;
  /** Records that were known already, or older versions of known spans. */
  readonly duplicates: number;
}
