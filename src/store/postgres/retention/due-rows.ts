import { Buffer } from 'node:buffer';
import { Listing } from '../../contract/listing.js';
import type { DueRows, DueSession, Position } from '../../engine/due-sessions.js';
import { Dimension, LEVEL_NS } from '../../engine/rollups.js';
import { lastMinuteOf } from '../schema.js';
import { byteas, int8s, type Row, type SyncSession, textOf, utf8, type Value } from '../statement.js';

/** The first line of `sums`, as JSON, has the numbers of records. */
const PAGE_SQL = `
  SELECT s.no, s.id, s.last_ns, s.start_ns, split_part(t.sums, chr(10), 1) FROM session AS s JOIN session_state AS t USING (no)
  WHERE s.project = $1::int4 AND s.listing = $2::int4 AND s.last_minute <= $3::int4 AND s.last_ns <= $4::int8
    AND (s.last_minute, s.start_ns, s.no) > ($5::int4, $6::int8, $7::int8)
  ORDER BY s.last_minute, s.start_ns, s.no LIMIT $8::int4`;

/** The latest minutes with sessions have the latest activity. */
const LATEST_SQL = `
  SELECT max(last_ns) FROM session AS s, (
    SELECT max(last_minute) AS minute FROM session
    WHERE project = $1::int4 AND listing = $2::int4 AND last_minute < $3::int4
  ) AS whole
  WHERE s.project = $1::int4 AND s.listing = $2::int4 AND s.last_minute IN (whole.minute, $3::int4) AND s.last_ns <= $4::int8`;

/** Groups that are read at once. */
const GROUPS = 10_000;

const GROUPS_SQL = `
  SELECT r.key, r.places FROM (SELECT DISTINCT key FROM session_group WHERE session = ANY($2::int8[])) AS g
    JOIN record_group AS r ON r.project = $1::int4 AND r.key = g.key
  WHERE r.key > $3::bytea ORDER BY r.key LIMIT ${GROUPS}`;

/** The rows of a database, for retention. `session` finds the tables of a set of rows. */
export class PostgresDueRows implements DueRows {
  readonly #session: SyncSession;

  constructor(session: SyncSession) {
    this.#session = session;
  }

  projects(): Map<string, number> {
    const rows = this.#rows('SELECT name, no FROM project ORDER BY no', []);
    return new Map(rows.map(([name, no]) => [textOf(name), no as number]));
  }

  page(project: number, listing: number, untilNs: bigint, after: Position, limit: number): DueSession[] {
    const values = [
      ...[project, listing, lastMinuteOf(untilNs), untilNs],
      ...[lastMinuteOf(after.lastNs), after.startNs, after.no, limit],
    ];
    return this.#rows(PAGE_SQL, values, 'due_sessions').map((row) => {
      const [no, id, lastNs, startNs, head] = row as [bigint, Buffer, bigint, bigint, string];
      const { spans = 0, logs = 0 } = JSON.parse(head) as { spans?: number; logs?: number };
      return {
        no: Number(no),
        id: textOf(id),
        isListed: listing !== Listing.hidden,
        lastNs,
        startNs,
        records: spans + logs,
      };
    });
  }

  latest(project: number, listing: number, untilNs: bigint): bigint | undefined {
    const values = [project, listing, lastMinuteOf(untilNs), untilNs];
    return (this.#rows(LATEST_SQL, values)[0]![0] as bigint | null) ?? undefined;
  }

  listed(): number {
    const text =
      'SELECT coalesce(sum(count), 0)::int8 FROM rollup WHERE level = $1::int4 AND dimension = $2::int4';
    return Number(this.#rows(text, [LEVEL_NS.length - 1, Dimension.sessions])[0]![0]);
  }

  /** Of these sessions of a project, those without activity after a time. */
  oldOf(project: number, ids: readonly string[], untilNs: bigint): string[] {
    const text =
      'SELECT id FROM session WHERE project = $1::int4 AND id = ANY($2::bytea[]) AND last_ns <= $3::int8';
    return this.#rows(text, [project, byteas(ids.map(utf8)), untilNs]).map(([id]) => textOf(id));
  }

  /**
   * Blocks after one and up to another with records of before a time, or of after another.
   */
  blocksWith(after: number, last: number, untilNs: bigint, fromNs: bigint): number[] {
    const text = `SELECT number FROM log_block
      WHERE number > $1::int8 AND number <= $2::int8 AND records > 0 AND (least_ns <= $3::int8 OR greatest_ns > $4::int8) ORDER BY number`;
    return this.#rows(text, [after, last, untilNs, fromNs]).map(([number]) => Number(number));
  }

  *groups(
    project: number,
    sessions: readonly number[],
  ): Generator<readonly (readonly [string, Uint8Array])[], void> {
    for (let after: Uint8Array = Buffer.alloc(0); ; ) {
      const rows = this.#rows(GROUPS_SQL, [project, int8s(sessions), after]);
      yield rows.map(([key, places]) => [(key as Buffer).toString('latin1'), places as Buffer]);
      const last = rows.at(-1);
      if (last === undefined || rows.length < GROUPS) return;
      after = last[0] as Buffer;
    }
  }

  #rows(text: string, values: readonly Value[], name?: string): readonly Row[] {
    return this.#session.run([{ text, values, ...(name !== undefined && { name }) }])[0]!.rows;
  }
}
