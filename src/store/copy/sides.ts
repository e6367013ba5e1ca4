import type { TimedBlock } from '../records/log-reader.js';

/** What a copy needs of the store that it reads, and of the one that it writes. */

/** A block whose bytes are damaged or missing. It keeps its number. */
export interface LostBlock {
  readonly id: number;
  /** What is wrong with it. */
  readonly lost: string;
}

export type CopiedBlock = TimedBlock | LostBlock;

export interface Project {
  readonly no: number;
  readonly name: string;
}

export interface Invalidation {
  /** Number of the project. */
  readonly project: number;
  readonly session: string;
}

/** The decisions of a store: all that is neither in the log nor made from it. */
export interface Decisions {
  /** The key of pseudonyms, hexadecimal; undefined in a store that was never opened. */
  readonly installationKey: string | undefined;
  readonly projects: readonly Project[];
  readonly invalidations: readonly Invalidation[];
}

/** The end of a source's log. */
export interface SourceEnd {
  /** The last block that can be copied now; 0 if there is none. */
  readonly last: number;
  /** Whether a server takes in more. If not, `last` is the last block of all. */
  readonly isInUse: boolean;
}

/** Of a store, what both sides of a copy can do. */
export interface Side {
  decisions(): Promise<Decisions>;
  /**
   * Reads blocks `first`, `first + 1` and so on up to `last` at most: as many as fit in a few megabytes, at
   * least one. Blocks that should be there and cannot be read are lost ones. Only up to the end of the log.
   */
  read(first: number, last: number): Promise<CopiedBlock[]>;
  close(): Promise<void>;
}

export interface CopySource extends Side {
  end(): Promise<SourceEnd>;
  /** Whether this block exists, acknowledged or not. */
  has(block: number): Promise<boolean>;
}

/** How far both sides were found to be equal. */
export interface Verified {
  /** The last of the blocks. */
  readonly block: number;
  /** Records in all of them. */
  readonly records: number;
  /** The digest of all of them (digest.ts). */
  readonly digest: string;
}

/** The store that is filled. It has no other writer meanwhile. */
export interface CopyTarget extends Side {
  /** Number of the last block; 0 if there is none. */
  readonly last: number;
  /** Whether it has taken in telemetry that has no number yet. */
  readonly hasUnnumbered: boolean;
  /** Takes the key of the source. Only while there is nothing that was made under another one. */
  setInstallationKey(key: string): Promise<void>;
  addProjects(projects: readonly Project[]): Promise<void>;
  addInvalidations(invalidations: readonly Invalidation[]): Promise<void>;
  /**
   * Appends blocks, whose numbers continue those that are there: all of them or none. Durable on return, or once
   * `finish` returns.
   */
  append(blocks: readonly CopiedBlock[]): Promise<void>;
  verified(): Promise<Verified | undefined>;
  setVerified(verified: Verified): Promise<void>;
  /** Makes everything durable. */
  finish(): Promise<void>;
}
