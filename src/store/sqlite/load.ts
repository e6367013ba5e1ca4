import type { Piece, TracePart, UserPart } from '../../sessionize/by-user.js';
import type { ByteString } from '../../sessionize/records.js';
import type {
  GroupKey,
  GroupsPart,
  LoadAnswer,
  LoadRequest,
  Loads,
  MomentRange,
  SessionKey,
  SessionQuery,
  SessionRef,
  Start,
  StoredSession,
  UserHourRange,
} from '../engine/loads.js';
import { GroupKind } from '../engine/row-values.js';
import { stateFrom } from '../engine/state-keys.js';
import { timesOf } from '../engine/user-hours.js';
import { bytesOf, keyOf } from '../records/key-bytes.js';
import { type Database, Listing, type Statement } from './database.js';

type Row = Readonly<Record<string, unknown>>;

/** Statements, prepared on first use. A reading connection uses few of them. */
class Statements {
  readonly #db: Database;
  readonly #prepared = new Map<string, Statement>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** With `big`, integers are read as `bigint`. */
  of(sql: string, big = false): Statement {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      statement.setReadBigInts(big);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}

/** Answers the requests of plans from the database. */
export class SqliteLoads implements Omit<Loads, 'blocks'> {
  readonly #sql: Statements;

  constructor(db: Database) {
    this.#sql = new Statements(db);
  }

  answer({ name, of }: Exclude<LoadRequest, { name: 'blocks' }>): LoadAnswer {
    return (this[name] as (of: unknown) => LoadAnswer).call(this, of);
  }

  start(): Start {
    const projects = this.#sql.of('SELECT no, name FROM project').all();
    const invalidated = this.#sql.of('SELECT project, session FROM invalidation').all();
    const [last] = this.#sql.of('SELECT max(no) AS no FROM session').all();
    return {
      state: stateFrom((key) => this.#sql.of('SELECT value FROM meta WHERE key = ?').get(key)?.value),
      projects: new Map(projects.map(({ no, name }) => [String(name), Number(no)])),
      lastSession: Number(last?.no ?? 0),
      callSalt: this.callSalt(),
      invalidated: invalidated.map(({ project, session }) => ({
        project: Number(project),
        id: String(session),
      })),
    };
  }

  callSalt(): Uint8Array {
    return this.#sql.of(`SELECT value FROM meta WHERE key = 'call_salt'`).get()!.value as Uint8Array;
  }

  projects(names: readonly string[]): number[] {
    const select = this.#sql.of('SELECT no FROM project WHERE name = ?');
    const insert = this.#sql.of('INSERT INTO project (name) VALUES (?)');
    return names.map((name) => Number(select.get(name)?.no ?? insert.run(name).lastInsertRowid));
  }

  places(groups: readonly GroupKey[]): (Uint8Array | undefined)[] {
    const select = this.#sql.of('SELECT places FROM record_group WHERE project = ? AND key = ?');
    return groups.map(
      ({ project, key }) => select.get(project, bytesOf(key))?.places as Uint8Array | undefined,
    );
  }

  marks(sessions: readonly number[]): Uint8Array[][] {
    const select = this.#sql.of('SELECT marks FROM session_mark WHERE session = ? ORDER BY no');
    return sessions.map((no) => select.all(no).map(({ marks }) => marks as Uint8Array));
  }

  sessions(keys: readonly SessionKey[]): (StoredSession | undefined)[] {
    const select = this.#sql.of(
      'SELECT no, invalidated, settings, listing, implicit, sums, earliest, traits FROM session JOIN session_state USING (no) WHERE project = ? AND id = ?',
    );
    return keys.map(({ project, id }) => {
      const row = select.get(project, id);
      return row && storedSession(row);
    });
  }

  find(query: SessionQuery): SessionRef[] {
    return this.#found(query).map(({ no, project, id }) => ({
      no: Number(no),
      project: Number(project),
      id: String(id),
    }));
  }

  #found(query: SessionQuery): Row[] {
    switch (query.which) {
      case 'implicit':
        return this.#sql
          .of('SELECT no, project, id FROM session WHERE implicit = 1 AND no > ? ORDER BY no LIMIT ?')
          .all(query.afterNo, query.limit);
      case 'timedOut':
        return this.#sql
          .of(
            `SELECT no, project, id FROM session WHERE listing = ${Listing.timedOut} AND last_ns > ? AND no > ? ORDER BY no LIMIT ?`,
          )
          .all(query.lastAfterNs, query.afterNo, query.limit);
      case 'unmarked':
        // CROSS JOIN makes SQLite begin with the few invalidations. Otherwise every start would scan all
        // sessions.
        return this.#sql
          .of(
            `SELECT s.no, s.project, s.id FROM invalidation AS i CROSS JOIN session AS s ON s.project = i.project AND s.id = i.session
             WHERE s.invalidated = 0 AND s.no > ? ORDER BY s.no LIMIT ?`,
          )
          .all(query.afterNo, query.limit);
      case 'stale':
        return this.#sql
          .of(
            `SELECT no, project, id FROM session WHERE project = ? AND listing = ${Listing.open} AND last_ns <= ?`,
          )
          .all(query.project, query.lastUntilNs);
      case 'outdated':
        return this.#sql
          .of(
            'SELECT no, project, id FROM session WHERE no >= ? AND no < ? AND settings <> ? ORDER BY no DESC LIMIT ?',
          )
          .all(query.fromNo, query.beforeNo, query.settings, query.limit);
      case 'believed':
        return this.#sql
          .of(
            `SELECT s.no, s.project, s.id FROM session_ahead AS a JOIN session AS s ON s.no = a.session
             WHERE a.believed_from_ns <= ? ORDER BY a.believed_from_ns LIMIT ?`,
          )
          .all(query.untilNs, query.limit);
    }
  }

  sessionGroups(sessions: readonly number[]): ByteString[][] {
    const select = this.#sql.of(
      `SELECT key FROM session_group WHERE session = ? AND kind <= ${GroupKind.lifecycleEvent}`,
    );
    return sessions.map((no) => select.all(no).map(({ key }) => keyOf(key as Uint8Array)));
  }

  someSessionGroups({ sessions, limit, from }: GroupsPart): ByteString[][] {
    const select = this.#sql.of(
      `SELECT key FROM session_group WHERE session = ? AND kind <= ${GroupKind.lifecycleEvent}
       ORDER BY kind, start_ns, key LIMIT ? OFFSET ?`,
    );
    return sessions.map((no, i) =>
      select.all(no, limit, i === 0 ? from : 0).map(({ key }) => keyOf(key as Uint8Array)),
    );
  }

  callPlaces(ranges: readonly MomentRange[]): Uint8Array[][] {
    const select = this.#sql.of('SELECT entries FROM call_place WHERE moment = ? AND no >= ? ORDER BY no');
    return ranges.map(({ moment, from }) =>
      select.all(moment, from).map(({ entries }) => entries as Uint8Array),
    );
  }

  userTraces(traces: readonly GroupKey[]): (UserPart | undefined)[] {
    const select = this.#sql.of(
      'SELECT user, start_ns, end_ns FROM user_trace WHERE project = ? AND key = ?',
      true,
    );
    return traces.map(({ project, key }) => {
      const row = select.get(project, bytesOf(key));
      return (
        row && {
          user: row.user as string,
          startNs: row.start_ns as bigint,
          endNs: row.end_ns as bigint,
        }
      );
    });
  }

  userHours(ranges: readonly UserHourRange[]): ReturnType<Loads['userHours']> {
    const hours = this.#sql.of(
      'SELECT hour, traces, apart FROM user_hour WHERE project = ? AND user = ? AND hour BETWEEN ? AND ? ORDER BY hour',
    );
    const pieces = this.#sql.of(
      `SELECT key, start_ns, end_ns, traces, joined FROM user_piece
       WHERE project = ? AND user = ? AND start_ns BETWEEN ? AND ? ORDER BY start_ns, key`,
      true,
    );
    return ranges.map((range) => ({
      hours: hours.all(range.project, range.user, range.first, range.last).map((row) => ({
        hour: Number(row.hour),
        traces: Number(row.traces),
        isSplit: row.apart === 1,
      })),
      pieces: pieces.all(range.project, range.user, ...timesOf(range)).map(pieceOf),
    }));
  }

  userParts(ranges: readonly UserHourRange[]): TracePart[][] {
    const select = this.#sql.of(
      `SELECT key, start_ns, end_ns FROM user_trace INDEXED BY user_trace_by_user
       WHERE project = ? AND user = ? AND start_ns BETWEEN ? AND ? ORDER BY start_ns, key`,
      true,
    );
    return ranges.map((range) =>
      select.all(range.project, range.user, ...timesOf(range)).map((row) => ({
        key: keyOf(row.key as Uint8Array),
        startNs: row.start_ns as bigint,
        endNs: row.end_ns as bigint,
      })),
    );
  }
}

function storedSession(row: Row): StoredSession {
  return {
    no: Number(row.no),
    invalidated: row.invalidated !== 0,
    settings: Number(row.settings),
    listing: Number(row.listing),
    implicit: row.implicit !== 0,
    sums: row.sums as string,
    earliest: row.earliest as string,
    traits: row.traits as string,
  };
}

function pieceOf(row: Row): Piece {
  return {
    key: keyOf(row.key as Uint8Array),
    startNs: row.start_ns as bigint,
    endNs: row.end_ns as bigint,
    traces: Number(row.traces),
    isJoined: row.joined === 1n,
  };
}
