import type { Buffer } from 'node:buffer';
import type { Piece, UserPart } from '../../sessionize/by-user.js';
import type { GroupKey, Loads, MomentRange, UserHour, UserHourRange } from '../engine/loads.js';
import { timesOf } from '../engine/user-hours.js';
import { bytesOf, keyOf } from '../records/key-bytes.js';
import {
  type AsyncSession,
  byteas,
  int4s,
  int8s,
  type Result,
  type Row,
  type Statement,
  textOf,
  utf8,
  type Value,
} from './statement.js';

/**
 * What plans of the engine and reads of one session both ask for. Statements about a list have its entries as
 * arrays and return `at` first: the entry that a row belongs to, counted from 1. Entries without rows are
 * missing.
 */

/** Statements, and what their results say. */
export interface Query<T> {
  readonly statements: readonly Statement[];
  /** `results`: one for each statement. */
  answer(results: readonly Result[]): T;
}

/** @throws DatabaseError */
export async function ask<T>(session: AsyncSession, { statements, answer }: Query<T>): Promise<T> {
  return answer(await Promise.all(statements.map((statement) => session.run(statement))));
}

/** Whose values change. */
type Fixed = Required<Pick<Statement, 'name' | 'text'>>;

const PLACES: Fixed = {
  name: 'load_places',
  text: `SELECT q.at, g.places FROM unnest($1::int4[], $2::bytea[]) WITH ORDINALITY AS q (project, key, at)
    JOIN record_group AS g USING (project, key)`,
};

export function placesQuery(groups: readonly GroupKey[]): Query<ReturnType<Loads['places']>> {
  return oneEach(PLACES, groups.length, groupsOf(groups), ([, places]) => places as Buffer);
}

const MARKS: Fixed = {
  name: 'load_marks',
  text: `SELECT q.at, m.marks FROM unnest($1::int8[]) WITH ORDINALITY AS q (session, at)
    JOIN session_mark AS m USING (session) ORDER BY q.at, m.no`,
};

export function marksQuery(sessions: readonly number[]): Query<Uint8Array[][]> {
  return allOfEach(MARKS, sessions.length, [int8s(sessions)], ([, marks]) => marks as Buffer);
}

const CALL_PLACES: Fixed = {
  name: 'load_call_places',
  text: `SELECT q.at, c.entries FROM unnest($1::int8[], $2::int8[]) WITH ORDINALITY AS q (moment, first, at)
    JOIN call_place AS c ON c.moment = q.moment AND c.no >= q.first ORDER BY q.at, c.no`,
};

export function callPlacesQuery(ranges: readonly MomentRange[]): Query<Uint8Array[][]> {
  const values = [int8s(ranges.map(({ moment }) => moment)), int8s(ranges.map(({ from }) => from))];
  return allOfEach(CALL_PLACES, ranges.length, values, ([, entries]) => entries as Buffer);
}

const USER_TRACES: Fixed = {
  name: 'load_user_traces',
  text: `SELECT q.at, t.user_id, t.start_ns, t.end_ns
    FROM unnest($1::int4[], $2::bytea[]) WITH ORDINALITY AS q (project, key, at)
    JOIN user_trace AS t USING (project, key)`,
};

export function userTracesQuery(traces: readonly GroupKey[]): Query<(UserPart | undefined)[]> {
  return oneEach(USER_TRACES, traces.length, groupsOf(traces), ([, user, startNs, endNs]) => ({
    user: textOf(user),
    startNs: startNs as bigint,
    endNs: endNs as bigint,
  }));
}

const USER_HOURS: Fixed = {
  name: 'load_user_hours',
  text: `SELECT q.at, h.hour, h.traces, h.apart
    FROM unnest($1::int4[], $2::bytea[], $3::int8[], $4::int8[]) WITH ORDINALITY AS q (project, user_id, first, last, at)
    JOIN user_hour AS h ON h.project = q.project AND h.user_id = q.user_id AND h.hour BETWEEN q.first AND q.last
    ORDER BY q.at, h.hour`,
};

const USER_PIECES: Fixed = {
  name: 'load_user_pieces',
  text: `SELECT q.at, p.key, p.start_ns, p.end_ns, p.traces, p.joined
    FROM unnest($1::int4[], $2::bytea[], $3::int8[], $4::int8[]) WITH ORDINALITY AS q (project, user_id, first, last, at)
    JOIN user_piece AS p ON p.project = q.project AND p.user_id = q.user_id AND p.start_ns BETWEEN q.first AND q.last
    ORDER BY q.at, p.start_ns, p.key`,
};

export function userHoursQuery(ranges: readonly UserHourRange[]): Query<ReturnType<Loads['userHours']>> {
  const { length } = ranges;
  return {
    statements: [
      { ...USER_HOURS, values: rangesOf(ranges, ({ first, last }) => [first, last]) },
      { ...USER_PIECES, values: rangesOf(ranges, timesOf) },
    ],
    answer: ([hours, pieces]) => {
      const piecesOf = byEntry(pieces!.rows, length);
      return byEntry(hours!.rows, length).map((rows, i) => ({
        hours: rows.map(hourOf),
        pieces: piecesOf[i]!.map(pieceOf),
      }));
    },
  };
}

/** The rows of each entry of a list. */
export function allOfEach<T>(
  statement: Fixed,
  length: number,
  values: readonly Value[],
  decode: (row: Row) => T,
): Query<T[][]> {
  return {
    statements: [{ ...statement, values }],
    answer: ([result]) => byEntry(result!.rows, length).map((rows) => rows.map(decode)),
  };
}

/** The row of each entry, where there is at most one. */
export function oneEach<T>(
  statement: Fixed,
  length: number,
  values: readonly Value[],
  decode: (row: Row) => T,
): Query<(T | undefined)[]> {
  return {
    statements: [{ ...statement, values }],
    answer: ([result]) => {
      const answers = new Array<T | undefined>(length).fill(undefined);
      for (const row of result!.rows) answers[Number(row[0]) - 1] = decode(row);
      return answers;
    },
  };
}

function byEntry(rows: readonly Row[], length: number): Row[][] {
  const all = Array.from({ length }, (): Row[] => []);
  for (const row of rows) all[Number(row[0]) - 1]!.push(row);
  return all;
}

function groupsOf(groups: readonly GroupKey[]): Value[] {
  return [int4s(groups.map(({ project }) => project)), byteas(groups.map(({ key }) => bytesOf(key)))];
}

/** Projects, users, and both ends of each range. */
export function rangesOf(
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

function hourOf([, hour, traces, apart]: Row): UserHour {
  return { hour: Number(hour), traces: Number(traces), isSplit: apart as boolean };
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
