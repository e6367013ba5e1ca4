/** Erasure of accepted telemetry (docs/decisions/019-erasure-and-retention.md), for stores that can do it. */

/** What is to be erased in a project. */
export type ErasureTarget =
  /** Sessions by their ids. Those that do not exist are ignored. */
  | { readonly kind: 'sessions'; readonly sessions: readonly string[] }
  /** All sessions of a user, by any of these forms of the id. */
  | { readonly kind: 'user'; readonly users: readonly string[] };

/**
 * `removing`: rows of sessions are being deleted. `rewriting`: nobody sees the sessions any more, their records leave
 * the log. `cleaning`: free space of the databases is overwritten, then searched. `done`: nothing of it is left.
 * `failed`: it stopped, for the reason in `error`; the next start tries again.
 */
export const ERASURE_STATES = ['removing', 'rewriting', 'cleaning', 'done', 'failed'] as const;
export type ErasureState = (typeof ERASURE_STATES)[number];

/** Numbers of jobs that are not done. */
export interface ErasuresDue {
  readonly unfinished: number;
  readonly failed: number;
}

/** What was erased so far. */
export interface ErasedCounts {
  readonly sessions: number;
  readonly traces: number;
  readonly spans: number;
  readonly logs: number;
  /** Chunks of blocks that were removed from the log. */
  readonly chunks: number;
}

export interface ErasureJob {
  readonly id: string;
  readonly kind: ErasureTarget['kind'];
  readonly state: ErasureState;
  /** Nanoseconds since 1970. */
  readonly askedNs: bigint;
  /** Undefined until it is done. */
  readonly finishedNs?: bigint;
  readonly counts: ErasedCounts;
  readonly error?: string;
  /** Once it is done. */
  readonly receipt?: ErasureReceipt;
}

/** What an installation states about a finished job, and its signature. */
export interface ErasureReceipt {
  /** JSON text: the bytes that are signed. */
  readonly statement: string;
  /** Ed25519, base64. */
  readonly signature: string;
  /** The public key of the installation: SPKI, base64. */
  readonly publicKey: string;
}

/** The answer to a request for erasure. */
export type ErasureBegun =
  | { readonly job: ErasureJob }
  /** Nothing is erased: there is no such session, or sessions are not up to date with what was accepted. */
  | { readonly refused: 'unknown' | 'behind' };

export interface Erasures {
  /**
   * Begins a job. Its decision is durable on return, and no reader sees what it erases, except the last of very many
   * sessions for some seconds.
   */
  erase(project: string, target: ErasureTarget): Promise<ErasureBegun>;
  /** Undefined if the project has no such job. */
  erasure(project: string, id: string): Promise<ErasureJob | undefined>;
}
