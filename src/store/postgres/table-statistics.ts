import type { SyncSession } from './statement.js';

/** The tables that grow with telemetry and are searched. */
const TABLES = [
  'session',
  'session_facet',
  'session_group',
  'record_group',
  'rollup',
  'timeline',
  'facet_value',
];

/** With fewer sessions, no plan of the database is slow. */
const FEW_SESSIONS = 1_000;

/** The planner needs to know how many rows there are, and only roughly what is in them. Autovacuum looks closer. */
const STATISTICS_TARGET = 10;

/**
 * Has the database count its rows whenever there are twice as many sessions as it knows of. Without, it takes a table
 * that was filled quickly for empty, sorts all of it for each page, and goes on so until autovacuum comes: after a
 * minute, or never where that is switched off.
 */
export class TableStatistics {
  readonly #session: SyncSession;
  /** Up to this number of sessions there is nothing to do. */
  #enough = FEW_SESSIONS;

  /** `session`: its `search_path` begins with the rows. */
  constructor(session: SyncSession) {
    this.#session = session;
  }

  /** Takes some 100 ms, and otherwise nothing. @throws DatabaseError */
  sweep(): void {
    const [asked] = this.#session.run([
      {
        name: 'sessions_known',
        text: `SELECT (SELECT coalesce(max(no), 0) FROM session),
          (SELECT reltuples::int8 FROM pg_class WHERE oid = 'session'::regclass)`,
      },
    ]);
    const [sessions, known] = asked!.rows[0]!.map(Number) as [number, number];
    if (sessions <= this.#enough) return;
    this.#enough = 2 * Math.max(sessions, FEW_SESSIONS);
    if (known * 2 >= sessions) return;
    this.#session.run([
      { text: 'BEGIN' },
      { text: `SET LOCAL default_statistics_target TO ${STATISTICS_TARGET}` },
      { text: `ANALYZE ${TABLES.join(', ')}` },
      { text: 'COMMIT' },
    ]);
  }
}
