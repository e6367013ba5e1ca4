import type {
  ChangedSession,
  ChangeSet,
  CounterChange,
  MembershipKey,
  NewSession,
  OtherUserKey,
  SessionProgress,
  SessionTraits,
  TimelineChange,
  UserPieceRow,
} from '../engine/changes.js';
import type { GroupKey, SessionKey } from '../engine/loads.js';
import { stateEntries } from '../engine/state-keys.js';
import { TIMELINE_COLUMNS, TIMELINE_NUMBERS } from '../engine/timeline-columns.js';
import { bytesOf } from '../records/key-bytes.js';
import { facetStatements } from './apply-facets.js';
import { forRows } from './apply-rows.js';
import { placesText } from './places-text.js';
import { bools, byteas, int4s, int8s, type Statement, texts, utf8, type Value } from './statement.js';

/**
 * Change sets as statements: one for each table and kind of change, with all of its rows as arrays. The names
 * of columns of `q` below are those of the arrays, in their order.
 */

const INSERT_INVALIDATIONS = `
  INSERT INTO invalidation (project, session) SELECT * FROM unnest($1::int4[], $2::bytea[]) ON CONFLICT DO NOTHING`;

const DELETE_GROUPS = `
  DELETE FROM record_group AS g USING unnest($1::int4[], $2::bytea[]) AS q (project, key)
  WHERE g.project = q.project AND g.key = q.key`;

const PUT_GROUPS = `
  INSERT INTO record_group (project, key, places) SELECT * FROM unnest($1::int4[], $2::bytea[], $3::bytea[])
  ON CONFLICT (project, key) DO UPDATE SET places = excluded.places`;

const DELETE_MEMBERSHIPS = `
  DELETE FROM session_group AS g
  USING unnest($1::int8[], $2::int4[], $3::int8[], $4::bytea[]) AS q (session, kind, start_ns, key)
  WHERE g.session = q.session AND g.kind = q.kind AND g.start_ns = q.start_ns AND g.key = q.key`;

const PUT_MEMBERSHIPS = `
  INSERT INTO session_group (session, kind, start_ns, key, events)
  SELECT * FROM unnest($1::int8[], $2::int4[], $3::int8[], $4::bytea[], $5::int4[])
  ON CONFLICT (session, kind, start_ns, key) DO UPDATE SET events = excluded.events`;

const DELETE_SESSIONS = 'DELETE FROM session AS s USING unnest($1::int8[]) AS q (no) WHERE s.no = q.no';
const DELETE_STATES = 'DELETE FROM session_state AS t USING unnest($1::int8[]) AS q (no) WHERE t.no = q.no';
const DELETE_MEMBERSHIPS_OF =
  'DELETE FROM session_group AS g USING unnest($1::int8[]) AS q (no) WHERE g.session = q.no';
const DELETE_MARKS =
  'DELETE FROM session_mark AS m USING unnest($1::int8[]) AS q (no) WHERE m.session = q.no';

const INSERT_SESSIONS = `
  INSERT INTO session (no, start_ns, listing, last_ns, counts, cost_nano_usd, span_count, has_errors, error_count, trace_count,
    tokens, unpriced, unreported, implicit, invalidated, settings, user_id, device, country, traits, failures, project, id)
  SELECT * FROM unnest($1::int8[], $2::int8[], $3::int4[], $4::int8[], $5::text[], $6::int8[], $7::int8[], $8::bool[],
    $9::int8[], $10::int8[], $11::int8[], $12::int8[], $13::int8[], $14::bool[], $15::bool[], $16::int4[], $17::bytea[],
    $18::bytea[], $19::bytea[], $20::text[], $21::int8[], $22::int4[], $23::bytea[])`;

const INSERT_STATES = `
  INSERT INTO session_state (no, sums, places, earliest)
  SELECT q.no, q.sums, q.places::bytea[], q.earliest
  FROM unnest($1::int8[], $2::text[], $3::text[], $4::text[]) AS q (no, sums, places, earliest)`;

/** Place and traits are null where they stay: `listing` and `settings` are never null in a row. */
const UPDATE_SESSIONS = `
  UPDATE session AS s SET
    start_ns = coalesce(q.start_ns, s.start_ns), listing = coalesce(q.listing, s.listing), last_ns = q.last_ns,
    counts = q.counts, cost_nano_usd = q.cost_nano_usd, span_count = q.span_count, has_errors = q.has_errors,
    error_count = q.error_count, trace_count = q.trace_count, tokens = q.tokens, unpriced = q.unpriced,
    unreported = q.unreported, implicit = coalesce(q.implicit, s.implicit),
    invalidated = coalesce(q.invalidated, s.invalidated), settings = coalesce(q.settings, s.settings),
    user_id = CASE WHEN q.settings IS NULL THEN s.user_id ELSE q.user_id END,
    device = CASE WHEN q.settings IS NULL THEN s.device ELSE q.device END,
    country = CASE WHEN q.settings IS NULL THEN s.country ELSE q.country END,
    traits = coalesce(q.traits, s.traits), failures = q.failures
  FROM unnest($1::int8[], $2::int8[], $3::int4[], $4::int8[], $5::text[], $6::int8[], $7::int8[], $8::bool[], $9::int8[],
    $10::int8[], $11::int8[], $12::int8[], $13::int8[], $14::bool[], $15::bool[], $16::int4[], $17::bytea[], $18::bytea[],
    $19::bytea[], $20::text[], $21::int8[])
    AS q (no, start_ns, listing, last_ns, counts, cost_nano_usd, span_count, has_errors, error_count, trace_count, tokens,
      unpriced, unreported, implicit, invalidated, settings, user_id, device, country, traits, failures)
  WHERE s.no = q.no`;

const UPDATE_STATES = `
  UPDATE session_state AS t SET sums = q.sums, places = q.places::bytea[], earliest = coalesce(q.earliest, t.earliest)
  FROM unnest($1::int8[], $2::text[], $3::text[], $4::text[]) AS q (no, sums, places, earliest) WHERE t.no = q.no`;

const UPDATE_LISTINGS = `
  UPDATE session AS s SET listing = q.listing FROM unnest($1::int8[], $2::int4[]) AS q (no, listing) WHERE s.no = q.no`;

const INSERT_MARKS = `
  INSERT INTO session_mark (session, no, marks) SELECT * FROM unnest($1::int8[], $2::int4[], $3::bytea[])`;

const DELETE_AHEAD =
  'DELETE FROM session_ahead AS a USING unnest($1::int8[]) AS q (no) WHERE a.session = q.no';

const PUT_AHEAD = `
  INSERT INTO session_ahead (session, believed_from_ns) SELECT * FROM unnest($1::int8[], $2::int8[])
  ON CONFLICT (session) DO UPDATE SET believed_from_ns = excluded.believed_from_ns`;

/** A change set may have several changes of one counter, and a row can be changed by a statement once. */
const ADD_TO_COUNTERS = `
  INSERT INTO rollup AS r (project, level, dimension, bucket, name, count)
  SELECT project, level, dimension, bucket, name, sum(added)::int8
  FROM unnest($1::int4[], $2::int4[], $3::int4[], $4::int8[], $5::bytea[], $6::int8[])
    AS q (project, level, dimension, bucket, name, added)
  GROUP BY 1, 2, 3, 4, 5 HAVING sum(added) <> 0
  ON CONFLICT (project, level, dimension, bucket, name) DO UPDATE SET count = r.count + excluded.count`;

const SWEEP_COUNTERS = `
  DELETE FROM rollup AS r
  USING unnest($1::int4[], $2::int4[], $3::int4[], $4::int8[], $5::bytea[]) AS q (project, level, dimension, bucket, name)
  WHERE r.project = q.project AND r.level = q.level AND r.dimension = q.dimension AND r.bucket = q.bucket
    AND r.name = q.name AND r.count = 0`;

const ADD_TO_TIMELINE = `
  INSERT INTO timeline AS t (project, level, bucket, model, ${TIMELINE_COLUMNS.join(', ')})
  SELECT * FROM unnest($1::int4[], $2::int4[], $3::int8[], $4::bytea[], ${TIMELINE_COLUMNS.map((_, i) => `$${i + 5}::int8[]`).join(', ')})
  ON CONFLICT (project, level, bucket, model) DO UPDATE SET
    ${TIMELINE_COLUMNS.map((column) => `${column} = t.${column} + excluded.${column}`).join(', ')}`;

const SWEEP_TIMELINE = `
  DELETE FROM timeline AS t USING unnest($1::int4[], $2::int4[], $3::int8[], $4::bytea[]) AS q (project, level, bucket, model)
  WHERE t.project = q.project AND t.level = q.level AND t.bucket = q.bucket AND t.model = q.model
    AND t.sessions = 0 AND t.records = 0`;

const DELETE_USERS = `
  DELETE FROM session_other_user AS u
  USING unnest($1::int4[], $2::bytea[], $3::int8[], $4::bytea[]) AS q (project, user_id, start_ns, id)
  WHERE u.project = q.project AND u.user_id = q.user_id AND u.start_ns = q.start_ns AND u.id = q.id`;

const INSERT_USERS = `
  INSERT INTO session_other_user (project, user_id, start_ns, id, session)
  SELECT * FROM unnest($1::int4[], $2::bytea[], $3::int8[], $4::bytea[], $5::int8[])`;

const INSERT_CALL_PLACES = `
  INSERT INTO call_place (moment, no, entries) SELECT * FROM unnest($1::int8[], $2::int8[], $3::bytea[])`;

const DELETE_USER_TRACES = `
  DELETE FROM user_trace AS t USING unnest($1::int4[], $2::bytea[]) AS q (project, key)
  WHERE t.project = q.project AND t.key = q.key`;

const PUT_USER_TRACES = `
  INSERT INTO user_trace (project, key, user_id, start_ns, end_ns)
  SELECT * FROM unnest($1::int4[], $2::bytea[], $3::bytea[], $4::int8[], $5::int8[])
  ON CONFLICT (project, key) DO UPDATE
    SET user_id = excluded.user_id, start_ns = excluded.start_ns, end_ns = excluded.end_ns`;

const DELETE_USER_HOURS = `
  DELETE FROM user_hour AS h USING unnest($1::int4[], $2::bytea[], $3::int8[]) AS q (project, user_id, hour)
  WHERE h.project = q.project AND h.user_id = q.user_id AND h.hour = q.hour`;

const PUT_USER_HOURS = `
  INSERT INTO user_hour (project, user_id, hour, traces, apart)
  SELECT * FROM unnest($1::int4[], $2::bytea[], $3::int8[], $4::int8[], $5::bool[])
  ON CONFLICT (project, user_id, hour) DO UPDATE SET traces = excluded.traces, apart = excluded.apart`;

const DELETE_USER_PIECES = `
  DELETE FROM user_piece AS p
  USING unnest($1::int4[], $2::bytea[], $3::int8[], $4::bytea[]) AS q (project, user_id, start_ns, key)
  WHERE p.project = q.project AND p.user_id = q.user_id AND p.start_ns = q.start_ns AND p.key = q.key`;

const PUT_USER_PIECES = `
  INSERT INTO user_piece (project, user_id, start_ns, key, end_ns, traces, joined)
  SELECT * FROM unnest($1::int4[], $2::bytea[], $3::int8[], $4::bytea[], $5::int8[], $6::int8[], $7::bool[])
  ON CONFLICT (project, user_id, start_ns, key) DO UPDATE
    SET end_ns = excluded.end_ns, traces = excluded.traces, joined = excluded.joined`;

const PUT_STATE = `
  INSERT INTO meta (key, value) SELECT * FROM unnest($1::text[], $2::text[])
  ON CONFLICT (key) DO UPDATE SET value = excluded.value`;

const RAISE_VERSION = `
  INSERT INTO meta AS m (key, value) VALUES ('version', '1')
  ON CONFLICT (key) DO UPDATE SET value = (m.value::int8 + 1)::text`;

/** What the operator decided, to be durable on its own before the rows that follow from it. */
export function decisionsOf({ invalidated }: ChangeSet): Statement[] {
  return forRows('insert_invalidations', INSERT_INVALIDATIONS, invalidated, (all) => sessionKeys(all));
}

/** All of a change set but for decisions, to be run in this order in one transaction. */
export function statementsOf(changes: ChangeSet): Statement[] {
  return [
    ...forRows('delete_groups', DELETE_GROUPS, changes.groups.gone, groupKeys),
    ...forRows('put_groups', PUT_GROUPS, changes.groups.put, (all) => [
      ...groupKeys(all),
      byteas(all.map(({ places }) => places)),
    ]),
    ...memberships(changes),
    ...sessions(changes),
    ...counters(changes),
    ...facetStatements(changes.facets),
    ...timeline(changes),
    ...forRows('delete_users', DELETE_USERS, changes.otherUsers.gone, otherUserKeys),
    ...forRows('insert_users', INSERT_USERS, changes.otherUsers.put, (all) => [
      ...otherUserKeys(all),
      int8s(all.map(({ no }) => no)),
    ]),
    ...forRows('insert_call_places', INSERT_CALL_PLACES, changes.callPlaces, (all) => [
      int8s(all.map(({ moment }) => moment)),
      int8s(all.map(({ no }) => no)),
      byteas(all.map(({ entries }) => entries)),
    ]),
    ...users(changes),
    ...forRows('put_state', PUT_STATE, stateEntries(changes.state), (all) => [
      texts(all.map(([key]) => key)),
      texts(all.map(([, value]) => String(value))),
    ]),
    { name: 'raise_version', text: RAISE_VERSION },
  ];
}

function memberships({ memberships }: ChangeSet): Statement[] {
  return [
    ...forRows('delete_memberships', DELETE_MEMBERSHIPS, memberships.gone, membershipKeys),
    ...forRows('put_memberships', PUT_MEMBERSHIPS, memberships.put, (all) => [
      ...membershipKeys(all),
      int4s(all.map(({ events }) => events)),
    ]),
  ];
}

function sessions(changes: ChangeSet): Statement[] {
  const { goneSessions, newSessions, changedSessions, listings, ahead } = changes;
  const written = [...newSessions, ...changedSessions];
  const marksGone = [
    ...goneSessions,
    ...written.filter(({ progress }) => progress.marks?.isReset === true).map(({ no }) => no),
  ];
  const marks = written.flatMap(({ no, progress: { marks } }) =>
    marks?.row === undefined ? [] : [{ session: no, ...marks.row }],
  );
  return [
    ...forRows('delete_sessions', DELETE_SESSIONS, goneSessions, (all) => [int8s(all)]),
    ...forRows('delete_states', DELETE_STATES, goneSessions, (all) => [int8s(all)]),
    ...forRows('delete_memberships_of', DELETE_MEMBERSHIPS_OF, goneSessions, (all) => [int8s(all)]),
    ...forRows('delete_marks', DELETE_MARKS, marksGone, (all) => [int8s(all)]),
    ...forRows('insert_sessions', INSERT_SESSIONS, newSessions, (all) => [
      ...sessionValues(all),
      ...sessionKeys(all),
    ]),
    ...forRows('insert_states', INSERT_STATES, newSessions, stateValues),
    ...forRows('update_sessions', UPDATE_SESSIONS, changedSessions, sessionValues),
    ...forRows('update_states', UPDATE_STATES, changedSessions, stateValues),
    ...forRows('insert_marks', INSERT_MARKS, marks, (all) => [
      int8s(all.map(({ session }) => session)),
      int4s(all.map(({ no }) => no)),
      byteas(all.map(({ marks }) => marks)),
    ]),
    ...forRows('update_listings', UPDATE_LISTINGS, listings, (all) => [
      int8s(all.map(({ no }) => no)),
      int4s(all.map(({ listing }) => listing)),
    ]),
    ...forRows('delete_ahead', DELETE_AHEAD, ahead.gone, (all) => [int8s(all)]),
    ...forRows('put_ahead', PUT_AHEAD, ahead.put, (all) => [
      int8s(all.map(({ no }) => no)),
      int8s(all.map(({ believedFromNs }) => believedFromNs)),
    ]),
  ];
}

/** The columns of `session` that change, after its number. */
function sessionValues(all: readonly (NewSession | ChangedSession)[]): Value[] {
  const progress = <V>(of: (progress: SessionProgress) => V): V[] => all.map((each) => of(each.progress));
  const traits = <V>(of: (traits: SessionTraits) => V): (V | null)[] =>
    all.map((each) => (each.traits === undefined ? null : of(each.traits)));
  return [
    int8s(all.map(({ no }) => no)),
    int8s(all.map(({ place }) => place?.startNs ?? null)),
    int4s(all.map(({ place }) => place?.listing ?? null)),
    int8s(progress(({ lastNs }) => lastNs)),
    texts(progress(({ counts }) => counts)),
    int8s(progress(({ costNanoUsd }) => costNanoUsd)),
    int8s(progress(({ spanCount }) => spanCount)),
    bools(progress(({ hasErrors }) => hasErrors)),
    int8s(progress(({ errorCount }) => errorCount)),
    int8s(progress(({ traceCount }) => traceCount)),
    int8s(progress(({ tokens }) => tokens)),
    int8s(progress(({ unpriced }) => unpriced)),
    int8s(progress(({ unreported }) => unreported)),
    bools(traits(({ implicit }) => implicit)),
    bools(traits(({ invalidated }) => invalidated)),
    int4s(traits(({ settings }) => settings)),
    byteas(traits(({ userId }) => bytesOrNull(userId))),
    byteas(traits(({ device }) => bytesOrNull(device))),
    byteas(traits(({ country }) => bytesOrNull(country))),
    texts(traits(({ shown }) => shown)),
    int8s(progress(({ failures }) => failures)),
  ];
}

function stateValues(all: readonly (NewSession | ChangedSession)[]): Value[] {
  return [
    int8s(all.map(({ no }) => no)),
    texts(all.map(({ progress }) => progress.sums)),
    texts(all.map(({ progress }) => placesText(progress.sums))),
    texts(all.map(({ traits }) => traits?.earliest ?? null)),
  ];
}

function counters({ counters }: ChangeSet): Statement[] {
  const lessened = counters.filter(({ added }) => added < 0);
  return [
    ...forRows('add_to_counters', ADD_TO_COUNTERS, counters, (all) => [
      ...counterKeys(all),
      int8s(all.map(({ added }) => added)),
    ]),
    ...forRows('sweep_counters', SWEEP_COUNTERS, lessened, counterKeys),
  ];
}

function timeline({ timeline }: ChangeSet): Statement[] {
  const lessened = timeline.filter(({ added }) => added.sessions < 0 || added.records < 0);
  return [
    ...forRows('add_to_timeline', ADD_TO_TIMELINE, timeline, (all) => [
      ...timelineKeys(all),
      ...TIMELINE_NUMBERS.map((number) => int8s(all.map(({ added }) => added[number]))),
    ]),
    ...forRows('sweep_timeline', SWEEP_TIMELINE, lessened, timelineKeys),
  ];
}

function users({ userTraces, userHours, userPieces }: ChangeSet): Statement[] {
  return [
    ...forRows('delete_user_traces', DELETE_USER_TRACES, userTraces.gone, groupKeys),
    ...forRows('put_user_traces', PUT_USER_TRACES, userTraces.put, (all) => [
      ...groupKeys(all),
      byteas(all.map(({ part }) => utf8(part.user))),
      int8s(all.map(({ part }) => part.startNs)),
      int8s(all.map(({ part }) => part.endNs)),
    ]),
    ...forRows('delete_user_hours', DELETE_USER_HOURS, userHours.gone, hourKeys),
    ...forRows('put_user_hours', PUT_USER_HOURS, userHours.put, (all) => [
      ...hourKeys(all),
      int8s(all.map(({ traces }) => traces)),
      bools(all.map(({ isSplit }) => isSplit)),
    ]),
    ...forRows('delete_user_pieces', DELETE_USER_PIECES, userPieces.gone, pieceKeys),
    ...forRows('put_user_pieces', PUT_USER_PIECES, userPieces.put, (all) => [
      ...pieceKeys(all),
      int8s(all.map(({ piece }) => piece.endNs)),
      int8s(all.map(({ piece }) => piece.traces)),
      bools(all.map(({ piece }) => piece.isJoined)),
    ]),
  ];
}

function bytesOrNull(text: string | null): Uint8Array | null {
  return text === null ? null : utf8(text);
}

function groupKeys(all: readonly GroupKey[]): Value[] {
  return [int4s(all.map(({ project }) => project)), byteas(all.map(({ key }) => bytesOf(key)))];
}

function sessionKeys(all: readonly SessionKey[]): Value[] {
  return [int4s(all.map(({ project }) => project)), byteas(all.map(({ id }) => utf8(id)))];
}

function membershipKeys(all: readonly MembershipKey[]): Value[] {
  return [
    int8s(all.map(({ session }) => session)),
    int4s(all.map(({ kind }) => kind)),
    int8s(all.map(({ startNs }) => startNs)),
    byteas(all.map(({ key }) => bytesOf(key))),
  ];
}

function counterKeys(all: readonly CounterChange[]): Value[] {
  return [
    int4s(all.map(({ project }) => project)),
    int4s(all.map(({ level }) => level)),
    int4s(all.map(({ dimension }) => dimension)),
    int8s(all.map(({ bucket }) => bucket)),
    byteas(all.map(({ name }) => utf8(name))),
  ];
}

function timelineKeys(all: readonly TimelineChange[]): Value[] {
  return [
    int4s(all.map(({ project }) => project)),
    int4s(all.map(({ level }) => level)),
    int8s(all.map(({ bucket }) => bucket)),
    byteas(all.map(({ model }) => utf8(model))),
  ];
}

function otherUserKeys(all: readonly OtherUserKey[]): Value[] {
  return [
    int4s(all.map(({ project }) => project)),
    byteas(all.map(({ user }) => utf8(user))),
    int8s(all.map(({ startNs }) => startNs)),
    byteas(all.map(({ id }) => utf8(id))),
  ];
}

function hourKeys(all: readonly { project: number; user: string; hour: number }[]): Value[] {
  return [
    int4s(all.map(({ project }) => project)),
    byteas(all.map(({ user }) => utf8(user))),
    int8s(all.map(({ hour }) => hour)),
  ];
}

function pieceKeys(all: readonly UserPieceRow[]): Value[] {
  return [
    int4s(all.map(({ project }) => project)),
    byteas(all.map(({ user }) => utf8(user))),
    int8s(all.map(({ piece }) => piece.startNs)),
    byteas(all.map(({ piece }) => bytesOf(piece.key))),
  ];
}
