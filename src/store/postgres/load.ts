import { Buffer } from 'node:buffer';
import type { Piece, TracePart, UserPart } from '../../sessionize/by-user.js';
import type { ByteString } from '../../sessionize/records.js';
import { Listing } from '../contract/listing.js';
import type {
  GroupKey,
  LoadAnswer,
  LoadRequest,
  Loads,
  MomentRange,
  SessionKey,
  SessionQuery,
  SessionRef,
  Start,
  StoredSession,
  UserHour,
  UserHourRange,
} from '../engine/loads.js';
import { GroupKind } from '../engine/row-values.js';
import { stateFrom } from '../engine/state-keys.js';
import { timesOf } from '../engine/user-hours.js';
import { bytesOf, keyOf } from '../records/key-bytes.js';
import {
  byteas,
  int4s,
  int8s,
  type Row,
  type Statement,
  type SyncSession,
  textOf,
  utf8,
  type Value,
} from './statement.js';

/** A statement whose values change. */
type Fixed = Required<Pick<Statement, 'name' | 'text'>>;

/**
 * Statements about a list have its entries as arrays and return `at` first: the entry that a row belongs to,
 * counted from 1. Entries without rows are missing.
 */
const SQL = {
  meta: { name: 'load_meta', text: 'SELECT key, value FROM meta' },
  projects: { name: 'load_projects', text: 'SELECT no, name FROM project' },
  invalidations: { name: 'load_invalidations', text: 'SELECT project, session FROM invalidation' },
  lastSession: { name: 'load_last_session', text: 'SELECT max(no) FROM session' },
  // A conflict would use up a number as well.
  newProjects: {
    name: 'load_new_projects',
    text: `INSERT INTO project (name)
      SELECT q.name FROM unnest($1::bytea[]) WITH ORDINALITY AS q (name, at)
      WHERE NOT EXISTS (SELECT 1 FROM project AS p WHERE p.name = q.name) ORDER BY q.at
      ON CONFLICT DO NOTHING`,
  },
  projectNumbers: {
    name: 'load_project_numbers',
    text: `SELECT q.at, p.no FROM unnest($1::bytea[]) WITH ORDINALITY AS q (name, at) JOIN project AS p USING (name)`,
  },
  places: {
    name: 'load_places',
    text: `SELECT q.at, g.places FROM unnest($1::int4[], $2::bytea[]) WITH ORDINALITY AS q (project, key, at)
      JOIN record_group AS g USING (project, key)`,
  },
  sessions: {
    name: 'load_sessions',
    text: `SELECT q.at, s.no, s.invalidated, s.settings, s.listing, s.implicit, t.sums, t.earliest, s.traits
      FROM unnest($1::int4[], $2::bytea[]) WITH ORDINALITY AS q (project, id, at)
      JOIN session AS s USING (project, id) JOIN session_state AS t ON t.no = s.no`,
  },
  marks: {
    name: 'load_marks',
    text: `SELECT q.at, m.marks FROM unnest($1::int8[]) WITH ORDINALITY AS q (session, at)
      JOIN session_mark AS m USING (session) ORDER BY q.at, m.no`,
  },
  sessionGroups: {
    name: 'load_session_groups',
    text: `SELECT q.at, g.key FROM unnest($1::int8[]) WITH ORDINALITY AS q (session, at)
      JOIN session_group AS g USING (session) WHERE g.kind <= ${GroupKind.lifecycleEvent}`,
  },
  callPlaces: {
    name: 'load_call_places',
    text: `SELECT q.at, c.entries FROM unnest($1::int8[], $2::int8[]) WITH ORDINALITY AS q (moment, first, at)
      JOIN call_place AS c ON c.moment = q.moment AND c.no >= q.first ORDER BY q.at, c.no`,
  },
  userTraces: {
    name: 'load_user_traces',
    text: `SELECT q.at, t.user_id, t.start_ns, t.end_ns
      FROM unnest($1::int4[], $2::bytea[]) WITH ORDINALITY AS q (project, key, at)
      JOIN user_trace AS t USING (project, key)`,
  },
  userHours: {
    name: 'load_user_hours',
    text: `SELECT q.at, h.hour, h.traces, h.apart
      FROM unnest($1::int4[], $2::bytea[], $3::int8[], $4::int8[]) WITH ORDINALITY AS q (project, user_id, first, last, at)
      JOIN user_hour AS h ON h.project = q.project AND h.user_id = q.user_id AND h.hour BETWEEN q.first AND q.last
      ORDER BY q.at, h.hour`,
  },
  userPieces: {
    name: 'load_user_pieces',
    text: `SELECT q.at, p.key, p.start_ns, p.end_ns, p.traces, p.joined
      FROM unnest($1::int4[], $2::bytea[], $3::int8[], $4::int8[]) WITH ORDINALITY AS q (project, user_id, first, last, at)
      JOIN user_piece AS p ON p.project = q.project AND p.user_id = q.user_id AND p.start_ns BETWEEN q.first AND q.last
      ORDER BY q.at, p.start_ns, p.key`,
  },
  userParts: {
    name: 'load_user_parts',
    text: `SELECT q.at, t.key, t.start_ns, t.end_ns
      FROM unnest($1::int4[], $2::bytea[], $3::int8[], $4::int8[]) WITH ORDINALITY AS q (project, user_id, first, last, at)
      JOIN user_trace AS t ON t.project = q.project AND t.user_id = q.user_id AND t.start_ns BETWEEN q.first AND q.last
      ORDER BY q.at, t.start_ns, t.key`,
  },
} as const satisfies Record<string, Fixed>;

const FIND: { readonly [W in SessionQuery['which']]: Fixed } = {
  implicit: {
    name: 'find_implicit',
    text: 'SELECT no, project, id FROM session WHERE implicit AND no > $1::int8 ORDER BY no LIMIT $2::int8',
  },
  timedOut: {
    name: 'find_timed_out',
    text: `SELECT no, project, id FROM session
      WHERE listing = ${Listing.timedOut} AND last_ns > $1::int8 AND no > $2::int8 ORDER BY no LIMIT $3::int8`,
  },
  unmarked: {
    name: 'find_unmarked',
    text: `SELECT s.no, s.project, s.id FROM invalidation AS i JOIN session AS s ON s.project = i.project AND s.id = i.session
      WHERE NOT s.invalidated AND s.no > $1::int8 ORDER BY s.no LIMIT $2::int8`,
  },
  stale: {
    name: 'find_stale',
    text: `SELECT no, project, id FROM session
      WHERE project = $1::int4 AND listing = ${Listing.open} AND last_ns <= $2::int8`,
  },
  outdated: {
    name: 'find_outdated',
    text: `SELECT no, project, id FROM session
      WHERE no >= $1::int8 AND no < $2::int8 AND settings <> $3::int4 ORDER BY no DESC LIMIT $4::int8`,
  },
  believed: {
    name: 'find_believed',
    text: `SELECT s.no, s.project, s.id FROM session_ahead AS a JOIN session AS s ON s.no = a.session
      WHERE a.believed_from_ns <= $1::int8 ORDER BY a.believed_from_ns LIMIT $2::int8`,
  },
};

/** Answers what plans ask for from the database, each request in one round trip. */
export class PostgresLoads implements Omit<Loads, 'blocks'> {
  readonly #session: SyncSession;
  readonly #decisions: SyncSession;

  /**
   * `session` may be within a transaction, whose changes the answers include. `decisions` is another
   * connection, for what is durable at once.
   */
  constructor(session: SyncSession, decisions: SyncSession) {
    this.#session = session;
    this.#decisions = decisions;
  }

  /** @throws DatabaseError */
  answer({ name, of }: Exclude<LoadRequest, { name: 'blocks' }>): LoadAnswer {
    return (this[name] as (of: unknown) => LoadAnswer).call(this, of);
  }

  start(): Start {
    const [meta, projects, invalidations, last] = this.#session.run([
      SQL.meta,
      SQL.projects,
      SQL.invalidations,
      SQL.lastSession,
    ]);
    const values = new Map(meta!.rows.map(([key, value]) => [key as string, value as string]));
    return {
      state: stateFrom((key) => values.get(key)),
      projects: new Map(projects!.rows.map(([no, name]) => [textOf(name), no as number])),
      lastSession: Number(last!.rows[0]![0] ?? 0),
      callSalt: Buffer.from(values.get('call_salt')!, 'hex'),
      invalidated: invalidations!.rows.map(([project, session]) => ({
        project: project as number,
        id: textOf(session),
      })),
    };
  }

  projects(names: readonly string[]): number[] {
    const values = [byteas(names.map(utf8))];
    const [, numbers] = this.#decisions.run([
      { ...SQL.newProjects, values },
      { ...SQL.projectNumbers, values },
    ]);
    return byEntry(numbers!.rows, names.length).map(([row]) => row![1] as number);
  }

  places(groups: readonly GroupKey[]): (Uint8Array | undefined)[] {
    return this.#one(SQL.places, groups.length, groupsOf(groups)).map(
      (row) => row?.[1] as Buffer | undefined,
    );
  }

  sessions(keys: readonly SessionKey[]): (StoredSession | undefined)[] {
    const values = [int4s(keys.map(({ project }) => project)), byteas(keys.map(({ id }) => utf8(id)))];
    return this.#one(SQL.sessions, keys.length, values).map((row) => row && storedSession(row));
  }

  marks(sessions: readonly number[]): Uint8Array[][] {
    return this.#all(SQL.marks, sessions.length, [int8s(sessions)]).map((rows) =>
      rows.map(([, marks]) => marks as Buffer),
    );
  }

  find(query: SessionQuery): SessionRef[] {
    const [found] = this.#session.run([{ ...FIND[query.which], values: valuesOf(query) }]);
    return found!.rows.map(([no, project, id]) => ({
      no: Number(no),
      project: project as number,
      id: textOf(id),
    }));
  }

  sessionGroups(sessions: readonly number[]): ByteString[][] {
    return this.#all(SQL.sessionGroups, sessions.length, [int8s(sessions)]).map((rows) =>
      rows.map(([, key]) => keyOf(key as Buffer)),
    );
  }

  callPlaces(ranges: readonly MomentRange[]): Uint8Array[][] {
    const values = [int8s(ranges.map(({ moment }) => moment)), int8s(ranges.map(({ from }) => from))];
    return this.#all(SQL.callPlaces, ranges.length, values).map((rows) =>
      rows.map(([, entries]) => entries as Buffer),
    );
  }

  userTraces(traces: readonly GroupKey[]): (UserPart | undefined)[] {
    return this.#one(SQL.userTraces, traces.length, groupsOf(traces)).map(
      (row) => row && { user: textOf(row[1]), startNs: row[2] as bigint, endNs: row[3] as bigint },
    );
  }

  userHours(ranges: readonly UserHourRange[]): ReturnType<Loads['userHours']> {
    const [hours, pieces] = this.#session.run([
      { ...SQL.userHours, values: rangesOf(ranges, ({ first, last }) => [first, last]) },
      { ...SQL.userPieces, values: rangesOf(ranges, timesOf) },
    ]);
    const piecesOf = byEntry(pieces!.rows, ranges.length);
    return byEntry(hours!.rows, ranges.length).map((rows, i) => ({
      hours: rows.map(hourOf),
      pieces: piecesOf[i]!.map(pieceOf),
    }));
  }

  userParts(ranges: readonly UserHourRange[]): TracePart[][] {
    return this.#all(SQL.userParts, ranges.length, rangesOf(ranges, timesOf)).map((rows) =>
      rows.map(([, key, startNs, endNs]) => ({
        key: keyOf(key as Buffer),
        startNs: startNs as bigint,
        endNs: endNs as bigint,
      })),
    );
  }

  /** The rows of each entry of a list. */
  #all(statement: Fixed, length: number, values: readonly Value[]): Row[][] {
    const [result] = this.#session.run([{ ...statement, values }]);
    return byEntry(result!.rows, length);
  }

  /** The row of each entry, where there is at most one. */
  #one(statement: Fixed, length: number, values: readonly Value[]): (Row | undefined)[] {
    const [result] = this.#session.run([{ ...statement, values }]);
    const rows = new Array<Row | undefined>(length).fill(undefined);
    for (const row of result!.rows) rows[Number(row[0]) - 1] = row;
    return rows;
  }
}

function byEntry(rows: readonly Row[], length: number): Row[][] {
  const all = Array.from({ length }, (): Row[] => []);
  for (const row of rows) all[Number(row[0]) - 1]!.push(row);
  return all;
}

function groupsOf(groups: readonly GroupKey[]): Value[] {
  return [int4s(groups.map(({ project }) => project)), byteas(groups.map(({ key }) => bytesOf(key)))];
}

function rangesOf(
  ranges: readonly UserHourRange[],
  endsOf: (range: UserHourRange) => readonly [number | bigint, number | bigint],
): Value[] {
  const ends = ranges.map(endsOf);
  return [
    int4s(ranges.map(({ project }) => project)),
    byteas(ranges.map(({ user }) => utf8(user))),
    int8s(ends.map(([first]) => first)),
    int8s(ends.map(([, last]) => last)),
  ];
}

function valuesOf(query: SessionQuery): Value[] {
  switch (query.which) {
    case 'implicit':
    case 'unmarked':
      return [query.afterNo, query.limit];
    case 'timedOut':
      return [query.lastAfterNs, query.afterNo, query.limit];
    case 'stale':
      return [query.project, query.lastUntilNs];
    case 'outdated':
      return [query.fromNo, query.beforeNo, query.settings, query.limit];
    case 'believed':
      return [query.untilNs, query.limit];
  }
}

function storedSession([
  ,
  no,
  invalidated,
  settings,
  listing,
  implicit,
  sums,
  earliest,
  traits,
]: Row): StoredSession {
  return {
    no: Number(no),
    invalidated: invalidated as boolean,
    settings: settings as number,
    listing: listing as number,
    implicit: implicit as boolean,
    sums: sums as string,
    earliest: earliest as string,
    traits: traits as string,
  };
}

function hourOf([, hour, traces, apart]: Row): UserHour {
  return { hour: Number(hour), traces: Number(traces), isApart: apart as boolean };
}

function pieceOf([, key, startNs, endNs, traces, joined]: Row): Piece {
  return {
    key: keyOf(key as Buffer),
    startNs: startNs as bigint,
    endNs: endNs as bigint,
    traces: Number(traces),
    isJoined: joined as boolean,
  };
}
