import { COLUMNS_FORMAT, type PartNumber } from '../search/columns/chunk.js';
import { ChunkReader, type ChunkTables } from '../search/columns/chunk-reader.js';
import type { ChunkHead } from '../search/columns/column-rows.js';
import type { Prepare } from './database.js';
import { COLUMNS_VERSION } from './session-columns.js';

/** Reads sessions by columns. */
export class ColumnReader extends ChunkReader {
  constructor(prepare: Prepare) {
    super(new SqliteChunks(prepare));
  }
}

class SqliteChunks implements ChunkTables {
  readonly #prepare: Prepare;

  constructor(prepare: Prepare) {
    this.#prepare = prepare;
  }

  async version(): Promise<bigint> {
    return this.#prepare(
      `SELECT (1 + coalesce((SELECT value FROM main.meta WHERE key = '${COLUMNS_VERSION}'), 0)) * EXISTS (SELECT 1 FROM session_chunk) AS version`,
    ).get()!.version as bigint;
  }

  async packed(): Promise<number[]> {
    return this.#prepare(`SELECT no FROM session_chunk WHERE format = ${COLUMNS_FORMAT} ORDER BY no`)
      .all()
      .map(({ no }) => Number(no));
  }

  async heads(project: number): Promise<ChunkHead[]> {
    return this.#prepare(
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
    const row = this.#prepare(
      'SELECT json_group_array(no) AS rows FROM (SELECT no FROM loose_session ORDER BY no)',
    ).get()!;
    return JSON.parse(row.rows as string) as number[];
  }

  async last(): Promise<number | undefined> {
    const last = this.#prepare('SELECT max(no) AS no FROM session').get()!.no;
    return last === null ? undefined : Number(last);
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
  async userIds(project: number, numbers: readonly number[]): Promise<Map<number, string>> {
    const select = this.#prepare('SELECT user_id FROM chunk_user WHERE project = ? AND no = ?');
    return new Map(
      numbers.flatMap((no) => {
        const row = select.get(project, no);
        return row === undefined ? [] : [[no, row.user_id as string] as const];
      }),
    );
  }
}
