import type { SessionRange } from '../contract/session-filter.js';
import { CHUNK_SESSIONS } from '../search/columns/bits.js';
import { COLUMNS_FORMAT, Part, type PartNumber, usersIn } from '../search/columns/chunk.js';
import type { ChunkHead, ColumnRows, SessionNumbers } from '../search/columns/column-rows.js';
import { MAX_INTEGER, type Prepare } from './database.js';
import { COLUMNS_VERSION } from './session-columns.js';

/** Memory for users of chunks, bytes: enough for about four million sessions. */
const MOST_KEPT = 16 * 1024 * 1024;

/** The existing chunks, as last read. */
interface Directory {
  /** See `COLUMNS_VERSION`. */
  readonly version: bigint;
  /** Numbers of packed chunks, in order. */
  readonly packed: readonly number[];
  /** By project, ordered by least start. */
  readonly heads: Map<number, readonly ChunkHead[]>;
  /** By project and chunk. Kept because a range of time needs the users of all its chunks. */
  readonly users: Map<string, Int32Array>;
  keptBytes: number;
}

/**
 * Reads sessions by columns. Chunks of another format count as not packed. Data that changes only when a
 * chunk is packed is kept in memory until then.
 */
export class ColumnReader implements ColumnRows {
  readonly #prepare: Prepare;
  #directory: Directory | undefined;

  constructor(prepare: Prepare) {
    this.#prepare = prepare;
  }

  async heads(
    project: number,
    { startFromNs = 0n, startToNs = MAX_INTEGER, lastFromNs = 0n }: SessionRange,
  ): Promise<ChunkHead[]> {
    return this.#heads(project).filter(
      ({ leastStartNs, greatestStartNs, greatestLastNs }) =>
        leastStartNs <= startToNs && greatestStartNs >= startFromNs && greatestLastNs >= lastFromNs,
    );
  }

  async parts(
    project: number,
    chunks: readonly number[],
    parts: readonly PartNumber[],
  ): Promise<Uint8Array[][]> {
    return chunks.map((chunk) => parts.map((part) => this.#part(project, chunk, part)));
  }

  async users(project: number, chunks: readonly number[]): Promise<Int32Array[]> {
    const directory = this.#current();
    return chunks.map((chunk) => {
      const name = `${project} ${chunk}`;
      const kept = directory.users.get(name);
      if (kept !== undefined) return kept;
      const users = Int32Array.from(usersIn(this.#part(project, chunk, Part.users)));
      if (directory.keptBytes + users.byteLength <= MOST_KEPT) {
        directory.users.set(name, users);
        directory.keptBytes += users.byteLength;
      }
      return users;
    });
  }

  #part(project: number, chunk: number, part: PartNumber): Uint8Array {
    return this.#prepare('SELECT data FROM chunk_part WHERE project = ? AND part = ? AND chunk = ?').get(
      project,
      part,
      chunk,
    )!.data as Uint8Array;
  }

  async loose(): Promise<number[]> {
    const row = this.#prepare(
      'SELECT json_group_array(no) AS rows FROM (SELECT no FROM loose_session ORDER BY no)',
    ).get()!;
    return JSON.parse(row.rows as string) as number[];
  }

  async unpacked(): Promise<SessionNumbers[]> {
    const last = this.#prepare('SELECT max(no) AS no FROM session').get()!.no;
    if (last === null) return [];
    const ranges: SessionNumbers[] = [];
    let first = 0;
    for (const no of this.#current().packed) {
      const begin = no * CHUNK_SESSIONS;
      if (begin > first) ranges.push({ first, last: begin - 1 });
      first = begin + CHUNK_SESSIONS;
    }
    if (Number(last) >= first) ranges.push({ first, last: Number(last) });
    return ranges;
  }

  async userNumbers(project: number, users: Iterable<string>): Promise<Map<string, number>> {
    const select = this.#prepare('SELECT no FROM chunk_user WHERE project = ? AND user_id = ?');
    const numbers = new Map<string, number>();
    for (const user of users) {
      const row = select.get(project, user);
      if (row !== undefined) numbers.set(user, Number(row.no));
    }
    return numbers;
  }

  /** The directory of the current snapshot. */
  #current(): Directory {
    const { version } = this.#prepare(
      `SELECT (1 + coalesce((SELECT value FROM main.meta WHERE key = '${COLUMNS_VERSION}'), 0)) * EXISTS (SELECT 1 FROM session_chunk) AS version`,
    ).get() as { version: bigint };
    if (this.#directory?.version !== version) {
      const packed = this.#prepare(
        `SELECT no FROM session_chunk WHERE format = ${COLUMNS_FORMAT} ORDER BY no`,
      ).all();
      this.#directory = {
        version,
        packed: packed.map(({ no }) => Number(no)),
        heads: new Map(),
        users: new Map(),
        keptBytes: 0,
      };
    }
    return this.#directory;
  }

  #heads(project: number): readonly ChunkHead[] {
    const { heads } = this.#current();
    const known = heads.get(project);
    if (known !== undefined) return known;
    const read = this.#prepare(
      `SELECT h.chunk, h.least_start_ns, h.greatest_start_ns, h.greatest_last_ns, h.greatest_duration_ns, h.greatest_cost_nano_usd
       FROM chunk_head AS h CROSS JOIN session_chunk AS c ON c.no = h.chunk AND c.format = ${COLUMNS_FORMAT}
       WHERE h.project = ? ORDER BY h.least_start_ns, h.chunk`,
    )
      .all(project)
      .map((row) => ({
        chunk: Number(row.chunk),
        leastStartNs: row.least_start_ns as bigint,
        greatestStartNs: row.greatest_start_ns as bigint,
        greatestLastNs: row.greatest_last_ns as bigint,
        greatestDurationNs: row.greatest_duration_ns as bigint,
        greatestCostNanoUsd: (row.greatest_cost_nano_usd as bigint | null) ?? undefined,
      }));
    heads.set(project, read);
    return read;
  }
}
