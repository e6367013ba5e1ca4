import type { RecordBatch } from '../../otlp/record-batch.js';

/** The project that everything belongs to until keys say otherwise. */
export const DEFAULT_PROJECT = 'default';

/**
 * Where telemetry is kept. An implementation holds to three rules:
 * - `append` resolves only when every record of the batch is on disk, and rejects when none is.
 * - What is appended twice is kept once (DESIGN 5); a batch of known records resolves and changes nothing.
 * - What `SessionReader` answers is the fold of the set of accepted records (`sessionize/SPEC.md`), whatever their
 *   order or batches. It includes an acknowledged record at once when the store is idle, and within
 *   500 ms under load.
 */
export interface SessionWriter {
  /** Takes ownership of `batch`: its buffers may be moved to another thread. */
  append(project: string, batch: RecordBatch): Promise<AppendResult>;
  /** Marks a session as invalidated by the operator; resolves to false where there is no such session. */
  invalidate(project: string, sessionId: string): Promise<boolean>;
  /**
   * Makes what is kept of a session follow today's settings (prices, how facts are read) where it was made under others. Resolves when
   * readers see it.
   */
  refresh(project: string, sessionId: string): Promise<void>;
  /**
   * Tells `listener` of every session that is new, has changed or is gone, when readers see it, and of those that are listed as timed out.
   * Resolves when no change from then on is missed. Costs nothing while nobody listens.
   */
  watch(listener: SessionListener): Promise<Watch>;
  /** Finishes what was accepted, writes all derived rows, and releases the data. */
  close(): Promise<void>;
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
