import type { SessionRange } from '../contract/session-filter.js';
import { CHUNK_SESSIONS } from '../search/columns/bits.js';
import { COLUMNS_FORMAT, type PartNumber } from '../search/columns/chunk.js';
import type { ChunkHead, ColumnRows, SessionNumbers } from '../search/columns/column-rows.js';
import { MAX_INTEGER, type Prepare } from './database.js';

/** Reads sessions by columns. What another format wrote counts as not packed. */
export class ColumnReader implements ColumnRows {
  readonly #prepare: Prepare;

  constructor(prepare: Prepare) {
    this.#prepare = prepare;
  }

  async heads(
    project: number,
    { startFromNs = 0n, startToNs = MAX_INTEGER, lastFromNs = 0n }: SessionRange,
  ): Promise<ChunkHead[]> {
    return this.#prepare(
      `SELECT h.chunk, h.least_start_ns, h.greatest_start_ns, h.greatest_last_ns, h.greatest_duration_ns, h.greatest_cost_nano_usd
       FROM chunk_head AS h CROSS JOIN session_chunk AS c ON c.no = h.chunk AND c.format = ${COLUMNS_FORMAT}
       WHERE h.project = ? AND h.least_start_ns <= ? AND h.greatest_start_ns >= ? AND h.greatest_last_ns >= ? ORDER BY h.chunk`,
    )
      .all(project, startToNs, startFromNs, lastFromNs)
      .map((row) => ({
        chunk: Number(row.chunk),
        leastStartNs: row.least_start_ns as bigint,
        greatestStartNs: row.greatest_start_ns as bigint,
        greatestLastNs: row.greatest_last_ns as bigint,
        greatestDurationNs: row.greatest_duration_ns as bigint,
        greatestCostNanoUsd: (row.greatest_cost_nano_usd as bigint | null) ?? undefined,
      }));
  }

  async parts(
    project: number,
    chunks: readonly number[],
    parts: readonly PartNumber[],
  ): Promise<Uint8Array[][]> {
    const select = this.#prepare('SELECT data FROM chunk_part WHERE project = ? AND part = ? AND chunk = ?');
    return chunks.map((chunk) => parts.map((part) => select.get(project, part, chunk)!.data as Uint8Array));
  }

  async loose(): Promise<number[]> {
    return this.#prepare('SELECT no FROM loose_session ORDER BY no')
      .all()
      .map(({ no }) => Number(no));
  }

  async unpacked(): Promise<SessionNumbers[]> {
    const last = this.#prepare('SELECT max(no) AS no FROM session').get()!.no;
    if (last === null) return [];
    const packed = this.#prepare(
      `SELECT no FROM session_chunk WHERE format = ${COLUMNS_FORMAT} ORDER BY no`,
    ).all();
    const ranges: SessionNumbers[] = [];
    let first = 0;
    for (const { no } of packed) {
      const begin = Number(no) * CHUNK_SESSIONS;
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
}
