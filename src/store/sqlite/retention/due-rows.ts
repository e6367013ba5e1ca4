import { Buffer } from 'node:buffer';
import { Listing } from '../../contract/listing.js';
import type { DueRows, DueSession, Position } from '../../engine/due-sessions.js';
import { Dimension, LEVEL_NS } from '../../engine/rollups.js';
import type { Database, Statement } from '../database.js';

/** Sessions of one project and listing, oldest activity first. */
const PAGE_SQL = `SELECT s.no, s.id, s.last_ns, s.start_ns,
    coalesce(json_extract(t.head, '$.spans'), 0) + coalesce(json_extract(t.head, '$.logs'), 0) AS records
  FROM session AS s INDEXED BY session_by_last
    JOIN (SELECT no, substr(sums, 1, instr(sums || char(10), char(10)) - 1) AS head FROM session_state) AS t ON t.no = s.no
  WHERE s.project = ? AND s.listing = ? AND s.last_ns <= ? AND (s.last_ns, s.start_ns, s.no) > (?, ?, ?)
  ORDER BY s.last_ns, s.start_ns, s.no LIMIT ?`;

const LATEST_SQL =
  'SELECT max(last_ns) AS last FROM session INDEXED BY session_by_last WHERE project = ? AND listing = ? AND last_ns <= ?';

/** Groups that are read at once. */
const GROUPS = 2_000;

const GROUPS_SQL = `
  SELECT g.kind, g.start_ns, g.key, r.places FROM session_group AS g LEFT JOIN record_group AS r ON r.project = ? AND r.key = g.key
  WHERE g.session = ? AND (g.kind, g.start_ns, g.key) > (?, ?, ?) ORDER BY g.kind, g.start_ns, g.key LIMIT ${GROUPS}`;

const BEFORE_GROUPS: [bigint, bigint, Uint8Array] = [-1n, -(2n ** 63n), new Uint8Array()];

/** The rows of a data directory, for retention. */
export class SqliteDueRows implements DueRows {
  readonly #db: Database;
  readonly #page: Statement;
  readonly #latest: Statement;
  readonly #groups: Statement;

  constructor(db: Database) {
    this.#db = db;
    this.#page = db.prepare(PAGE_SQL);
    this.#page.setReadBigInts(true);
    this.#latest = db.prepare(LATEST_SQL);
    this.#latest.setReadBigInts(true);
    this.#groups = db.prepare(GROUPS_SQL);
    this.#groups.setReadBigInts(true);
  }

  projects(): Map<string, number> {
    const rows = this.#db.prepare('SELECT name, no FROM project ORDER BY no').all();
    return new Map(rows.map(({ name, no }) => [name as string, Number(no)]));
  }

  page(project: number, listing: number, untilNs: bigint, after: Position, limit: number): DueSession[] {
    const rows = this.#page.all(project, listing, untilNs, after.lastNs, after.startNs, after.no, limit);
    return rows.map((row) => ({
      no: Number(row.no),
      id: row.id as string,
      isListed: listing !== Listing.hidden,
      lastNs: row.last_ns as bigint,
      startNs: row.start_ns as bigint,
      records: Number(row.records),
    }));
  }

  latest(project: number, listing: number, untilNs: bigint): bigint | undefined {
    return (this.#latest.get(project, listing, untilNs)?.last as bigint | null) ?? undefined;
  }

  listed(): number {
    const row = this.#db
      .prepare('SELECT sum(count) AS sessions FROM rollup WHERE level = ? AND dimension = ?')
      .get(LEVEL_NS.length - 1, Dimension.sessions);
    return Number(row?.sessions ?? 0);
  }

  *groups(
    project: number,
    sessions: readonly number[],
  ): Generator<readonly (readonly [string, Uint8Array])[], void> {
    let some: [string, Uint8Array][] = [];
    for (const no of sessions) {
      for (let after: [bigint, bigint, Uint8Array] = BEFORE_GROUPS; ; ) {
        const rows = this.#groups.all(project, no, ...after);
        for (const { key, places } of rows) {
          if (places !== null)
            some.push([Buffer.from(key as Uint8Array).toString('latin1'), places as Uint8Array]);
        }
        if (some.length >= GROUPS) {
          yield some;
          some = [];
        }
        const last = rows.at(-1);
        if (last === undefined || rows.length < GROUPS) break;
        after = [last.kind as bigint, last.start_ns as bigint, last.key as Uint8Array];
      }
    }
    yield some;
  }
}
