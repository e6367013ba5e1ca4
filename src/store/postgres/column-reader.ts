import { COLUMNS_FORMAT, type PartNumber } from '../search/columns/chunk.js';
import { ChunkReader, type ChunkTables, type KeptChunks } from '../search/columns/chunk-reader.js';
import type { ChunkHead } from '../search/columns/column-rows.js';
import { COLUMNS_VERSION } from './session-columns.js';
import { type AsyncSession, byteas, int4s, textOf, utf8 } from './statement.js';

/** Reads sessions by columns in one transaction. `kept` is what earlier ones have left, of the same set of rows. */
export function columnReader(session: AsyncSession, kept: KeptChunks): ChunkReader {
  return new ChunkReader(new PostgresChunks(session), kept);
}

/** What stays the same within a transaction is asked for once. */
class PostgresChunks implements ChunkTables {
  readonly #session: AsyncSession;
  #version: Promise<bigint> | undefined;
  #loose: Promise<number[]> | undefined;
  #last: Promise<number | undefined> | undefined;

  constructor(session: AsyncSession) {
    this.#session = session;
  }

  version(): Promise<bigint> {
    this.#version ??= this.#readVersion();
    return this.#version;
  }

  async #readVersion(): Promise<bigint> {
    const { rows } = await this.#session.run({
      name: 'columns_version',
      text: `SELECT value::int8 FROM meta WHERE key = '${COLUMNS_VERSION}'`,
    });
    return (rows[0]?.[0] as bigint | undefined) ?? 0n;
  }

  async packed(): Promise<number[]> {
    const { rows } = await this.#session.run({
      text: `SELECT no FROM session_chunk WHERE format = ${COLUMNS_FORMAT} ORDER BY no`,
    });
    return rows.map(([no]) => no as number);
  }

  async heads(project: number): Promise<ChunkHead[]> {
    const { rows } = await this.#session.run({
      text: `SELECT h.chunk, h.least_start_ns, h.greatest_start_ns, h.greatest_last_ns, h.greatest_duration_ns, h.greatest_cost_nano_usd
        FROM chunk_head AS h JOIN session_chunk AS c ON c.no = h.chunk AND c.format = ${COLUMNS_FORMAT}
        WHERE h.project = $1::int4 ORDER BY h.least_start_ns, h.chunk`,
      values: [project],
    });
    return rows.map(([chunk, leastStart, greatestStart, greatestLast, greatestDuration, greatestCost]) => ({
      chunk: chunk as number,
      leastStartNs: leastStart as bigint,
      greatestStartNs: greatestStart as bigint,
      greatestLastNs: greatestLast as bigint,
      greatestDurationNs: greatestDuration as bigint,
      greatestCostNanoUsd: (greatestCost as bigint | null) ?? undefined,
    }));
  }

  async parts(
    project: number,
    chunks: readonly number[],
    parts: readonly PartNumber[],
  ): Promise<Uint8Array[][]> {
    const { rows } = await this.#session.run({
      name: 'chunk_parts',
      text: `SELECT p.data FROM unnest($2::int4[]) WITH ORDINALITY AS c (no, place)
        CROSS JOIN unnest($3::int4[]) WITH ORDINALITY AS q (part, place)
        JOIN chunk_part AS p ON p.project = $1::int4 AND p.part = q.part AND p.chunk = c.no
        ORDER BY c.place, q.place`,
      values: [project, int4s(chunks), int4s(parts)],
    });
    return chunks.map((_, i) =>
      rows.slice(i * parts.length, (i + 1) * parts.length).map(([data]) => data as Uint8Array),
    );
  }

  loose(): Promise<number[]> {
    this.#loose ??= this.#readLoose();
    return this.#loose;
  }

  async #readLoose(): Promise<number[]> {
    const { rows } = await this.#session.run({
      text: `SELECT coalesce(json_agg(no ORDER BY no), '[]')::text FROM loose_session`,
    });
    return JSON.parse((rows[0]?.[0] as string | undefined) ?? '[]') as number[];
  }

  last(): Promise<number | undefined> {
    this.#last ??= this.#readLast();
    return this.#last;
  }

  async #readLast(): Promise<number | undefined> {
    const { rows } = await this.#session.run({ name: 'last_session', text: 'SELECT max(no) FROM session' });
    const last = rows[0]?.[0] as bigint | null | undefined;
    return last === null || last === undefined ? undefined : Number(last);
  }

  async userNumbers(project: number, users: Iterable<string>): Promise<Map<string, number>> {
    const asked = [...users];
    if (asked.length === 0) return new Map();
    const { rows } = await this.#session.run({
      name: 'chunk_users',
      text: 'SELECT user_id, no FROM chunk_user WHERE project = $1::int4 AND user_id = ANY($2::bytea[])',
      values: [project, byteas(asked.map(utf8))],
    });
    return new Map(rows.map(([user, no]) => [textOf(user), no as number]));
  }
  async userIds(project: number, numbers: readonly number[]): Promise<Map<number, string>> {
    if (numbers.length === 0) return new Map();
    const { rows } = await this.#session.run({
      name: 'chunk_user_ids',
      text: 'SELECT no, user_id FROM chunk_user WHERE project = $1::int4 AND no = ANY($2::int4[])',
      values: [project, int4s(numbers)],
    });
    return new Map(rows.map(([no, user]) => [Number(no), textOf(user)]));
  }
}
