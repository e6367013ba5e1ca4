import { Buffer } from 'node:buffer';
import type { TracePart, UserPart } from '../../sessionize/by-user.js';
import type { ByteString } from '../../sessionize/records.js';
import { Listing } from '../contract/listing.js';
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
import { keyOf } from '../records/key-bytes.js';
import {
  allOfEach,
  callPlacesQuery,
  marksQuery,
  oneEach,
  placesQuery,
  type Query,
  rangesOf,
  userHoursQuery,
  userTracesQuery,
} from './load-queries.js';
import { lastMinuteOf } from './schema.js';
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
  sessions: {
    name: 'load_sessions',
    text: `SELECT q.at, s.no, s.invalidated, s.settings, s.listing, s.implicit, t.sums, t.earliest, s.traits
      FROM unnest($1::int4[], $2::bytea[]) WITH ORDINALITY AS q (project, id, at)
      JOIN session AS s USING (project, id) JOIN session_state AS t ON t.no = s.no`,
  },
  sessionGroups: {
    name: 'load_session_groups',
    text: `SELECT q.at, g.key FROM unnest($1::int8[]) WITH ORDINALITY AS q (session, at)
      JOIN session_group AS g USING (session) WHERE g.kind <= ${GroupKind.lifecycleEvent}`,
  },
  someSessionGroups: {
    name: 'load_some_session_groups',
    text: `SELECT q.at, g.key FROM unnest($1::int8[]) WITH ORDINALITY AS q (session, at),
      LATERAL (
        SELECT kind, start_ns, key FROM session_group
        WHERE session = q.session AND kind <= ${GroupKind.lifecycleEvent}
        ORDER BY kind, start_ns, key LIMIT $2::int8 OFFSET CASE q.at WHEN 1 THEN $3::int8 ELSE 0 END
      ) AS g ORDER BY q.at, g.kind, g.start_ns, g.key`,
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
      WHERE listing = ${Listing.timedOut} AND last_ns > $1::int8 AND last_minute >= $4::int4 AND no > $2::int8
      ORDER BY no LIMIT $3::int8`,
  },
  unmarked: {
    name: 'find_unmarked',
    text: `SELECT s.no, s.project, s.id FROM invalidation AS i JOIN session AS s ON s.project = i.project AND s.id = i.session
      WHERE NOT s.invalidated AND s.no > $1::int8 ORDER BY s.no LIMIT $2::int8`,
  },
  stale: {
    name: 'find_stale',
    text: `SELECT no, project, id FROM session
      WHERE project = $1::int4 AND listing = ${Listing.open} AND last_ns <= $2::int8 AND last_minute <= $3::int4`,
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
    const numbers = oneEach(SQL.projectNumbers, names.length, values, ([, no]) => no as number);
    const [, ...results] = this.#decisions.run([{ ...SQL.newProjects, values }, ...numbers.statements]);
    return numbers.answer(results) as number[];
  }

  places(groups: readonly GroupKey[]): (Uint8Array | undefined)[] {
    return this.#ask(placesQuery(groups));
  }

  sessions(keys: readonly SessionKey[]): (StoredSession | undefined)[] {
    const values = [int4s(keys.map(({ project }) => project)), byteas(keys.map(({ id }) => utf8(id)))];
    return this.#ask(oneEach(SQL.sessions, keys.length, values, storedSession));
  }

  marks(sessions: readonly number[]): Uint8Array[][] {
    return this.#ask(marksQuery(sessions));
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
    const values = [int8s(sessions)];
    return this.#ask(
      allOfEach(SQL.sessionGroups, sessions.length, values, ([, key]) => keyOf(key as Buffer)),
    );
  }

  someSessionGroups({ sessions, limit, from }: GroupsPart): ByteString[][] {
    const values = [int8s(sessions), limit, from];
    return this.#ask(
      allOfEach(SQL.someSessionGroups, sessions.length, values, ([, key]) => keyOf(key as Buffer)),
    );
  }

  callPlaces(ranges: readonly MomentRange[]): Uint8Array[][] {
    return this.#ask(callPlacesQuery(ranges));
  }

  userTraces(traces: readonly GroupKey[]): (UserPart | undefined)[] {
    return this.#ask(userTracesQuery(traces));
  }

  userHours(ranges: readonly UserHourRange[]): ReturnType<Loads['userHours']> {
    return this.#ask(userHoursQuery(ranges));
  }

  userParts(ranges: readonly UserHourRange[]): TracePart[][] {
    const values = rangesOf(ranges, timesOf);
    return this.#ask(
      allOfEach(SQL.userParts, ranges.length, values, ([, key, startNs, endNs]) => ({
        key: keyOf(key as Buffer),
        startNs: startNs as bigint,
        endNs: endNs as bigint,
      })),
    );
  }

  #ask<T>({ statements, answer }: Query<T>): T {
    return answer(this.#session.run(statements));
  }
}

function valuesOf(query: SessionQuery): Value[] {
  switch (query.which) {
    case 'implicit':
    case 'unmarked':
      return [query.afterNo, query.limit];
    case 'timedOut':
      return [query.lastAfterNs, query.afterNo, query.limit, lastMinuteOf(query.lastAfterNs)];
    case 'stale':
      return [query.project, query.lastUntilNs, lastMinuteOf(query.lastUntilNs)];
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
