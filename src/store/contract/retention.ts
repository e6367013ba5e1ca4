/** Retention: how long a store keeps sessions (docs/decisions/019-erasure-and-retention.md). */

export interface RetentionPolicy {
  /** How long sessions are kept after their last activity, ms. Undefined for ever. */
  readonly keepMs?: number | undefined;
  /** The same for projects by name, in place of `keepMs`. */
  readonly keepMsOf: ReadonlyMap<string, number>;
  /** How long content of messages is kept after the last activity of its session, ms. Undefined as long as that. */
  readonly keepContentMs?: number | undefined;
  /** The same for projects by name, in place of `keepContentMs`. */
  readonly keepContentMsOf?: ReadonlyMap<string, number>;
  /** Size of the data beyond which the oldest sessions go, bytes. Undefined for any size. */
  readonly keepBytes?: number | undefined;
}

/** What goes, or went, of a project. */
export interface RetainedAmounts {
  /** Sessions as lists show them. */
  readonly sessions: number;
  /** Spans and log records of these sessions, and of those that no list shows. */
  readonly records: number;
  /** Bytes of these records as received, before compression. */
  readonly bytes: number;
}

/** What would go now. */
export interface RetentionPlan {
  readonly projects: readonly (RetainedAmounts & {
    readonly project: string;
    /** Sessions go that had no activity after this time, ns since 1970. Undefined if none goes. */
    readonly untilNs: bigint | undefined;
    /** Sessions, of those that stay, whose messages lose their content. */
    readonly contents: number;
    /** Those without activity after this time, ns since 1970. Undefined if none does. */
    readonly contentUntilNs: bigint | undefined;
  })[];
  /** Bytes of the data: of the log, and of the pages of databases that are in use. */
  readonly dataBytes: number;
  /** Why nothing goes by age for now. */
  readonly heldBack?: string;
}

/** What a pass of retention has done. */
export interface RetentionPass {
  /** Projects that lost something. */
  readonly projects: readonly (RetainedAmounts & {
    readonly project: string;
    /** Records that lost content of messages, and stay. */
    readonly contents: number;
  })[];
  /** By how much the files became smaller, bytes. */
  readonly freedBytes: number;
  /** How long it took, with its pauses, ms. */
  readonly tookMs: number;
}

export interface Retentions {
  /** What would go under a policy if a pass began now. Changes nothing. Takes time with the sessions that would go. */
  retentionPlan(policy: RetentionPolicy): Promise<RetentionPlan>;
}
