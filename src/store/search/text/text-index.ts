import type { Buffer } from 'node:buffer';

/** What a search needs from the index of a store. */
export interface TextIndex {
  /** Runs reads in one snapshot of the index. */
  snapshot<T>(work: (rows: TextIndexRows) => Promise<T>): Promise<T>;
}

export interface TextIndexRows {
  state(): Promise<TextIndexState>;
  /** The documents of a part, encoded by `encodeDocuments`. */
  documents(part: number): Promise<Buffer>;
  /**
   * Pages with postings from `term` to before `below`, of all parts, by part and in order. The first page of
   * each part may begin with an earlier term.
   */
  pages(term: Buffer, below: Buffer): Promise<readonly IndexedPage[]>;
}

export interface IndexedPage {
  readonly part: number;
  readonly data: Buffer;
}

export interface TextIndexState {
  /** Numbers of the parts. A number is never used for another part. */
  readonly parts: readonly number[];
  /** Blocks up to this one are in documents, except `again`. */
  readonly indexedTo: number;
  /** Blocks that are to be indexed again, ascending. */
  readonly again: readonly number[];
  /** Time of the latest telemetry that is indexed, ns since 1970. Undefined if none is. It is indexed as it arrives. */
  readonly untilNs?: bigint;
}
