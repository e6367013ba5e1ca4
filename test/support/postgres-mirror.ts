import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { PLACES_PATH } from '../../src/sessionize/stored-form.js';
import { ChangeSet } from '../../src/store/engine/changes.js';
import type { EngineStore } from '../../src/store/engine/engine.js';
import type { LoadAnswer, LoadRequest } from '../../src/store/engine/loads.js';
import { Connection, type ConnectionOptions } from '../../src/store/postgres/connection.js';
import { PostgresEngineStore } from '../../src/store/postgres/engine-store.js';
import { KEPT_TABLES, ROW_TABLES } from '../../src/store/postgres/schema.js';
import type { SessionColumns } from '../../src/store/postgres/session-columns.js';
import type { Statement, SyncSession } from '../../src/store/postgres/statement.js';
import type { Database } from '../../src/store/sqlite/database.js';
import type { SqliteEngineStore } from '../../src/store/sqlite/engine-store.js';

/** Tables with their columns, as SQLite names them. */
const TABLES = {
  record_group: 'project, key, places',
  session:
    'no, project, id, start_ns, last_ns, listing, implicit, invalidated, settings, user_id, cost_nano_usd, span_count, has_errors, unpriced, unreported, device, country, traits, counts',
  session_state: 'no, earliest, sums',
  session_mark: 'session, no, marks',
  session_group: 'session, kind, start_ns, key, events',
  rollup: 'project, level, bucket, dimension, name, count',
  facet_value: 'project, kind, value, count',
  'session_facet AS f JOIN facet_value AS v ON v.no = f.facet':
    'v.project, v.kind, v.value, f.start_ns, f.session',
  timeline:
    'project, level, bucket, model, sessions, errors, records, calls, input_tokens, output_tokens, cost_usd, cost_nano_usd, priced, unpriced, unreported',
  session_user: 'project, user_id, start_ns, id, session',
  session_ahead: 'session, believed_from_ns',
  call_place: 'moment, no, entries',
  user_trace: 'project, key, user, start_ns, end_ns',
  user_hour: 'project, user, hour, traces, apart',
  user_piece: 'project, user, start_ns, key, end_ns, traces, joined',
  project: 'no, name',
  invalidation: 'project, session',
} as const;

const ROW_TABLE_NAMES = [...ROW_TABLES.matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name);

/** Makes the tables in an empty database. */
export async function makeTables(options: ConnectionOptions): Promise<void> {
  const connection = await Connection.open(options);
  try {
    for (const text of ['CREATE SCHEMA sojourn', KEPT_TABLES, ROW_TABLES]) await connection.run({ text });
  } finally {
    await connection.close();
  }
}

/**
 * A store of an engine that keeps rows in SQLite and in PostgreSQL. Each load must have the same answer from
 * both; the engine receives that of PostgreSQL.
 */
export class MirroredStore implements EngineStore {
  readonly #session: SyncSession;
  readonly #decisions: SyncSession;
  /** Whether the next commit finds that another process holds the lease. */
  isLeaseLost = false;
  /** Rows of marks that were written, and how often those of a session were replaced. */
  readonly writes = { marks: 0, resets: 0 };
  #sqlite: SqliteEngineStore | undefined;
  #db: Database | undefined;
  #postgres: PostgresEngineStore;

  /** Both sessions are of a database on which `makeTables` was called. */
  constructor(session: SyncSession, decisions: SyncSession) {
    this.#session = session;
    this.#decisions = decisions;
    this.#postgres = this.#opened();
  }

  #opened(): PostgresEngineStore {
    return new PostgresEngineStore(this.#session, this.#decisions, () => this.#fence());
  }

  #fence(): Statement {
    const epoch = this.isLeaseLost ? 1 : 0;
    this.isLeaseLost = false;
    return { text: 'SELECT renew_lease(0, $1, 1000)', values: [epoch] };
  }

  /** Empties the tables of PostgreSQL, for a directory that is new. */
  empty(): void {
    const names = ['project', 'invalidation', ...ROW_TABLE_NAMES];
    this.#session.run([{ text: `TRUNCATE ${names.join(', ')} RESTART IDENTITY` }]);
  }

  /** Goes on with the rows of a directory that was opened, as after the start of a process. */
  open(sqlite: SqliteEngineStore, db: Database): this {
    this.#sqlite = sqlite;
    this.#db = db;
    const salt = db.prepare(`SELECT hex(value) AS salt FROM main.meta WHERE key = 'call_salt'`).get()!
      .salt as string;
    this.#session.run([
      { text: 'ROLLBACK' },
      {
        text: `INSERT INTO meta VALUES ('call_salt', $1) ON CONFLICT DO NOTHING`,
        values: [salt.toLowerCase()],
      },
    ]);
    this.#postgres = this.#opened();
    return this;
  }

  /** The sessions by columns of PostgreSQL. */
  get columns(): SessionColumns {
    return this.#postgres.columns;
  }

  load(request: Exclude<LoadRequest, { name: 'blocks' }>): LoadAnswer {
    const expected = this.#sqlite!.load(request);
    const answer = this.#postgres.load(request);
    assert.deepEqual(plain(request, answer), plain(request, expected), request.name);
    return answer;
  }

  apply(changes: ChangeSet, isPart: boolean): void {
    for (const { progress } of [...changes.newSessions, ...changes.changedSessions]) {
      if (progress.marks?.row !== undefined) this.writes.marks++;
      if (progress.marks?.isReset === true) this.writes.resets++;
    }
    this.#both(
      () => this.#postgres.apply(changes, isPart),
      () => this.#sqlite!.apply(changes, isPart),
    );
  }

  end(): void {
    this.#both(
      () => this.#postgres.end(),
      () => this.#sqlite!.end(),
    );
  }

  #both(postgres: () => void, sqlite: () => void): void {
    try {
      postgres();
    } catch (error) {
      // Its parts are lost as well, and what it knows of them.
      this.#sqlite!.apply(unreadable(error), false);
    }
    sqlite();
  }

  mayPass(error: unknown): boolean {
    return this.#postgres.mayPass(error);
  }

  /** @throws if the rows differ. */
  compare(): void {
    for (const [table, columns] of Object.entries(TABLES)) {
      const statement = this.#db!.prepare(`SELECT ${columns.replace(/\buser\b/, '"user"')} FROM ${table}`);
      statement.setReadBigInts(true);
      const expected = statement.all().map((row) => Object.values(row));
      const text = `SELECT ${columns.replace(/\buser\b/, 'user_id')} FROM ${table.replace('session_user', 'session_other_user')}`;
      assert.deepEqual(this.#rows(text), sorted(expected), table);
    }
    this.#comparePlaces();
  }

  #comparePlaces(): void {
    const expected = this.#db!.prepare(
      `SELECT no, json_each.value FROM session_state,
           json_each(nullif(substr(sums, instr(sums || char(10), char(10)) + 1), ''), '${PLACES_PATH}')`,
    ).all();
    assert.deepEqual(
      this.#rows('SELECT no, unnest(places) FROM session_state'),
      sorted(expected.map((row) => Object.values(row))),
    );
    assert.deepEqual(
      this.#rows('SELECT no FROM session_state WHERE places IS NULL'),
      this.#rows(`SELECT no FROM session_state WHERE position(chr(10) IN sums) = 0`),
    );
  }

  #rows(text: string): string[] {
    return sorted(this.#session.run([{ text }])[0]!.rows);
  }
}

/** A change set that cannot be written because of this error. */
function unreadable(error: unknown): ChangeSet {
  return Object.defineProperty(new ChangeSet(), 'groups', {
    get: () => {
      throw error;
    },
  });
}

/** Each row as a text, in order. Texts are compared by their bytes, and numbers and truth values as numbers. */
function sorted(rows: readonly (readonly unknown[])[]): string[] {
  return rows.map((row) => row.map(valueText).join(' ')).sort();
}

function valueText(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return Buffer.from(value).toString('hex');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return String(Number(value) === value || typeof value === 'bigint' ? value : Number(value));
}

/** An answer that can be compared: bytes as text, and without the order where none is promised. */
function plain({ name, of }: LoadRequest, answer: LoadAnswer): unknown {
  if (name === 'sessionGroups') return (answer as string[][]).map((keys) => [...keys].sort());
  if (name === 'find' && of.which === 'stale') {
    return [...(answer as { no: number }[])].sort((a, b) => a.no - b.no);
  }
  return withoutBytes(answer);
}

function withoutBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (value instanceof Map) return new Map([...value].sort());
  if (Array.isArray(value)) return value.map(withoutBytes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutBytes(each)]));
}
