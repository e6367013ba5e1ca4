import { MAX_INTEGER } from '../../contract/listing.js';
import type { SessionRange } from '../../contract/session-filter.js';
import { CHUNK_SESSIONS } from './bits.js';
import { Part, type PartNumber, usersIn } from './chunk.js';
import type { ChunkHead, ColumnRows, SessionNumbers } from './column-rows.js';
import { chunkOf } from './quiet-chunks.js';

/** Memory for users of chunks, bytes: enough for about four million sessions. */
const MOST_KEPT = 16 * 1024 * 1024;

/** What a store reads of its chunks, within a snapshot. Chunks of another format count as not packed. */
export interface ChunkTables {
  /** A value that changes with each chunk that is packed, and when chunks are removed. */
  version(): Promise<bigint>;
  /** The packed chunks, in order. */
  packed(): Promise<number[]>;
  /** The packed chunks of a project, ordered by least start. */
  heads(project: number): Promise<ChunkHead[]>;
  /** As `ColumnRows.parts`. */
  parts(project: number, chunks: readonly number[], parts: readonly PartNumber[]): Promise<Uint8Array[][]>;
  /** All loose sessions, in order, including those of chunks of another format. */
  loose(): Promise<number[]>;
  /** The greatest number of a session; undefined without sessions. */
  last(): Promise<number | undefined>;
  /** As `ColumnRows.userNumbers`. */
  userNumbers(project: number, users: Iterable<string>): Promise<Map<string, number>>;
  /** As `ColumnRows.userIds`. */
  userIds(project: number, numbers: readonly number[]): Promise<Map<number, string>>;
}

/** The existing chunks, as last read. */
interface Directory {
  /** See `ChunkTables.version`. */
  readonly version: bigint;
  /** Numbers of packed chunks, in order. */
  readonly packed: ReadonlySet<number>;
  /** By project, ordered by least start. */
  readonly heads: Map<number, readonly ChunkHead[]>;
  /** By project and chunk. Kept because a range of time needs the users of all its chunks. */
  readonly users: Map<string, Int32Array>;
  keptBytes: number;
}

/** What changes only when a chunk is packed. A reader keeps it in memory until then. */
export class KeptChunks {
  directory: Directory | undefined;
}

/** Reads sessions by columns. */
export class ChunkReader implements ColumnRows {
  readonly #tables: ChunkTables;
  readonly #kept: KeptChunks;

  /** `kept` is what earlier snapshots of the same tables have left. */
  constructor(tables: ChunkTables, kept = new KeptChunks()) {
    this.#tables = tables;
    this.#kept = kept;
  }

  async heads(
    project: number,
    { startFromNs = 0n, startToNs = MAX_INTEGER, lastFromNs = 0n }: SessionRange,
  ): Promise<ChunkHead[]> {
    const { heads } = await this.#current();
    let known = heads.get(project);
    if (known === undefined) {
      known = await this.#tables.heads(project);
      heads.set(project, known);
    }
    return known.filter(
      ({ leastStartNs, greatestStartNs, greatestLastNs }) =>
        leastStartNs <= startToNs && greatestStartNs >= startFromNs && greatestLastNs >= lastFromNs,
    );
  }

  parts(project: number, chunks: readonly number[], parts: readonly PartNumber[]): Promise<Uint8Array[][]> {
    return this.#tables.parts(project, chunks, parts);
  }

  async users(project: number, chunks: readonly number[]): Promise<Int32Array[]> {
    const directory = await this.#current();
    const nameOf = (chunk: number): string => `${project} ${chunk}`;
    const missing = chunks.filter((chunk) => !directory.users.has(nameOf(chunk)));
    const read = missing.length === 0 ? [] : await this.#tables.parts(project, missing, [Part.users]);
    const fresh = new Map(missing.map((chunk, i) => [chunk, Int32Array.from(usersIn(read[i]![0]!))]));
    for (const [chunk, users] of fresh) {
      if (directory.keptBytes + users.byteLength > MOST_KEPT) continue;
      directory.users.set(nameOf(chunk), users);
      directory.keptBytes += users.byteLength;
    }
    return chunks.map((chunk) => fresh.get(chunk) ?? directory.users.get(nameOf(chunk))!);
  }

  async loose(): Promise<number[]> {
    const { packed } = await this.#current();
    const loose = await this.#tables.loose();
    return loose.filter((no) => packed.has(chunkOf(no)));
  }

  async unpacked(): Promise<SessionNumbers[]> {
    const last = await this.#tables.last();
    if (last === undefined) return [];
    const { packed } = await this.#current();
    const ranges: SessionNumbers[] = [];
    let first = 0;
    for (const no of packed) {
      const begin = no * CHUNK_SESSIONS;
      if (begin > first) ranges.push({ first, last: begin - 1 });
      first = begin + CHUNK_SESSIONS;
    }
    if (last >= first) ranges.push({ first, last });
    return ranges;
  }

  userNumbers(project: number, users: Iterable<string>): Promise<Map<string, number>> {
    return this.#tables.userNumbers(project, users);
  }

  userIds(project: number, numbers: readonly number[]): Promise<Map<number, string>> {
    return this.#tables.userIds(project, numbers);
  }

  /** The directory of the current snapshot. */
  async #current(): Promise<Directory> {
    const version = await this.#tables.version();
    if (this.#kept.directory?.version !== version) {
      const packed = new Set(await this.#tables.packed());
      this.#kept.directory = { version, packed, heads: new Map(), users: new Map(), keptBytes: 0 };
    }
    return this.#kept.directory;
  }
}
