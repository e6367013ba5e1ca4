import { crashPoint } from '../crash-points.js';
import type {
  ChangeSet,
  SessionPlace,
  SessionProgress,
  SessionTraits,
  TimelineChange,
} from '../engine/changes.js';
import type { EngineState } from '../engine/loads.js';
import { stateEntries } from '../engine/state-keys.js';
import { TIMELINE_COLUMNS, TIMELINE_NUMBERS } from '../engine/timeline-columns.js';
import { bytesOf } from '../records/key-bytes.js';
import { changedNumbers } from '../search/columns/quiet-chunks.js';
import { FacetRows } from './apply-facets.js';
import { RowInserter } from './apply-rows.js';
import { type Database, orRollBack, type Statement } from './database.js';
import type { SessionColumns } from './session-columns.js';

/** The columns that change with every record of a session. */
const PROGRESS =
  'last_ns = ?, counts = ?, cost_nano_usd = ?, span_count = ?, has_errors = ?, error_count = ?, trace_count = ?, tokens = ?, unpriced = ?, unreported = ?, failures = ?';

function progressValues(progress: SessionProgress) {
  const { lastNs, counts, costNanoUsd, spanCount, hasErrors, errorCount, traceCount, tokens } = progress;
  return [
    lastNs,
    counts,
    costNanoUsd,
    spanCount,
    hasErrors ? 1 : 0,
    errorCount,
    traceCount,
    tokens,
    progress.unpriced,
    progress.unreported,
    progress.failures,
  ] as const;
}

const TRAITS =
  'implicit = ?, invalidated = ?, settings = ?, user_id = ?, device = ?, country = ?, traits = ?';

function traitValues(traits: SessionTraits) {
  const { implicit, invalidated, settings, userId, device, country, shown } = traits;
  return [implicit ? 1 : 0, invalidated ? 1 : 0, settings, userId, device, country, shown] as const;
}

type StatementName =
  | 'setState'
  | 'insertInvalidation'
  | 'deleteGroup'
  | 'deleteMembership'
  | 'deleteMemberships'
  | 'updateSession'
  | 'updateProgress'
  | 'updateTraits'
  | 'updateListing'
  | 'updateSums'
  | 'updateState'
  | 'deleteState'
  | 'insertMarks'
  | 'deleteMarks'
  | 'deleteSession'
  | 'insertAhead'
  | 'deleteAhead'
  | 'sweepCounter'
  | 'addToTimeline'
  | 'sweepTimeline'
  | 'insertUser'
  | 'deleteUser'
  | 'insertCallPlace'
  | 'putUserTrace'
  | 'deleteUserTrace'
  | 'putUserHour'
  | 'deleteUserHour'
  | 'putUserPiece'
  | 'deleteUserPiece';

/** Writes change sets. */
export class ChangeWriter {
  readonly #db: Database;
  readonly #columns: SessionColumns;
  readonly #facets: FacetRows;
  readonly #rows: Record<'groups' | 'memberships' | 'sessions' | 'states' | 'counters', RowInserter>;
  readonly #sql: Record<StatementName, Statement>;

  constructor(db: Database, columns: SessionColumns) {
    this.#db = db;
    this.#columns = columns;
    this.#facets = new FacetRows(db);
    this.#rows = {
      groups: new RowInserter(
        db,
        'INSERT INTO record_group (project, key, places)',
        3,
        'ON CONFLICT DO UPDATE SET places = excluded.places',
      ),
      memberships: new RowInserter(
        db,
        'INSERT OR REPLACE INTO session_group (session, kind, start_ns, key, events)',
        5,
      ),
      sessions: new RowInserter(
        db,
        `INSERT INTO session (no, project, id, start_ns, listing, last_ns, counts, cost_nano_usd, span_count, has_errors, error_count, trace_count, tokens, unpriced, unreported, failures,
           implicit, invalidated, settings, user_id, device, country, traits)`,
        23,
      ),
      states: new RowInserter(db, 'INSERT INTO session_state (no, sums, earliest)', 3),
      counters: new RowInserter(
        db,
        'INSERT INTO rollup (project, level, dimension, bucket, name, count)',
        6,
        'ON CONFLICT DO UPDATE SET count = count + excluded.count',
      ),
    };
    this.#sql = {
      setState: db.prepare(
        'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      ),
      insertInvalidation: db.prepare('INSERT OR IGNORE INTO invalidation (project, session) VALUES (?, ?)'),
      deleteGroup: db.prepare('DELETE FROM record_group WHERE project = ? AND key = ?'),
      deleteMembership: db.prepare(
        'DELETE FROM session_group WHERE session = ? AND kind = ? AND start_ns = ? AND key = ?',
      ),
      deleteMemberships: db.prepare('DELETE FROM session_group WHERE session = ?'),
      // SQLite writes an index whose columns are named, even if their values do not change.
      updateSession: db.prepare(`UPDATE session SET start_ns = ?, listing = ?, ${PROGRESS} WHERE no = ?`),
      updateProgress: db.prepare(`UPDATE session SET ${PROGRESS} WHERE no = ?`),
      updateTraits: db.prepare(`UPDATE session SET ${TRAITS} WHERE no = ?`),
      updateListing: db.prepare('UPDATE session SET listing = ? WHERE no = ?'),
      updateSums: db.prepare('UPDATE session_state SET sums = ? WHERE no = ?'),
      updateState: db.prepare('UPDATE session_state SET sums = ?, earliest = ? WHERE no = ?'),
      deleteState: db.prepare('DELETE FROM session_state WHERE no = ?'),
      insertMarks: db.prepare('INSERT INTO session_mark (session, no, marks) VALUES (?, ?, ?)'),
      deleteMarks: db.prepare('DELETE FROM session_mark WHERE session = ?'),
      deleteSession: db.prepare('DELETE FROM session WHERE no = ?'),
      insertAhead: db.prepare(
        'INSERT OR REPLACE INTO session_ahead (session, believed_from_ns) VALUES (?, ?)',
      ),
      deleteAhead: db.prepare('DELETE FROM session_ahead WHERE session = ?'),
      sweepCounter: db.prepare(
        'DELETE FROM rollup WHERE project = ? AND level = ? AND dimension = ? AND bucket = ? AND name = ? AND count = 0',
      ),
      addToTimeline: db.prepare(
        `INSERT INTO timeline (project, level, bucket, model, ${TIMELINE_COLUMNS.join(', ')})
         VALUES (?, ?, ?, ?, ${TIMELINE_COLUMNS.map(() => '?').join(', ')})
         ON CONFLICT DO UPDATE SET ${TIMELINE_COLUMNS.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`,
      ),
      sweepTimeline: db.prepare(
        'DELETE FROM timeline WHERE project = ? AND level = ? AND bucket = ? AND model = ? AND sessions = 0 AND records = 0',
      ),
      insertUser: db.prepare(
        'INSERT INTO session_user (project, user_id, start_ns, id, session) VALUES (?, ?, ?, ?, ?)',
      ),
      deleteUser: db.prepare(
        'DELETE FROM session_user WHERE project = ? AND user_id = ? AND start_ns = ? AND id = ?',
      ),
      insertCallPlace: db.prepare('INSERT INTO call_place (moment, no, entries) VALUES (?, ?, ?)'),
      putUserTrace: db.prepare(
        'INSERT OR REPLACE INTO user_trace (project, key, user, start_ns, end_ns) VALUES (?, ?, ?, ?, ?)',
      ),
      deleteUserTrace: db.prepare('DELETE FROM user_trace WHERE project = ? AND key = ?'),
      putUserHour: db.prepare(
        'INSERT OR REPLACE INTO user_hour (project, user, hour, traces, apart) VALUES (?, ?, ?, ?, ?)',
      ),
      deleteUserHour: db.prepare('DELETE FROM user_hour WHERE project = ? AND user = ? AND hour = ?'),
      putUserPiece: db.prepare(
        'INSERT OR REPLACE INTO user_piece (project, user, start_ns, key, end_ns, traces, joined) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ),
      deleteUserPiece: db.prepare(
        'DELETE FROM user_piece WHERE project = ? AND user = ? AND start_ns = ? AND key = ?',
      ),
    };
  }

  /**
   * Writes a change set, or throws and writes nothing. The exception is the operator's decisions: they are
   * made durable first, because rows follow from them. A start adds rows that a crash has lost. With `isPart`
   * the transaction stays open for the next change set.
   */
  apply(changes: ChangeSet, isPart: boolean): void {
    if (changes.invalidated.length > 0) this.end();
    for (const { project, id } of changes.invalidated) this.#sql.insertInvalidation.run(project, id);
    this.#orNothing(() => {
      if (!this.#db.isTransaction) this.#db.exec('BEGIN IMMEDIATE');
      this.#write(changes);
      crashPoint('rows.written');
      if (!isPart) this.#db.exec('COMMIT');
    });
    crashPoint('rows.committed');
  }

  /** Commits open parts. */
  end(): void {
    this.#orNothing(() => {
      if (this.#db.isTransaction) this.#db.exec('COMMIT');
    });
  }

  #orNothing(work: () => void): void {
    try {
      orRollBack(this.#db, work);
    } catch (error) {
      this.#facets.forget();
      for (const rows of Object.values(this.#rows)) rows.forget();
      this.#columns.load();
      throw error;
    }
  }

  #write(changes: ChangeSet): void {
    for (const { project, key } of changes.groups.gone) this.#sql.deleteGroup.run(project, bytesOf(key));
    for (const { project, key, places } of changes.groups.put) {
      this.#rows.groups.add(project, bytesOf(key), places);
    }
    this.#rows.groups.flush();
    this.#writeMemberships(changes);
    this.#writeSessions(changes);
    this.#writeCounters(changes);
    this.#facets.write(changes.facets);
    for (const change of changes.timeline) this.#addToTimeline(change);
    for (const { project, user, startNs, id } of changes.otherUsers.gone) {
      this.#sql.deleteUser.run(project, user, startNs, id);
    }
    for (const { project, user, startNs, id, no } of changes.otherUsers.put) {
      this.#sql.insertUser.run(project, user, startNs, id, no);
    }
    for (const { moment, no, entries } of changes.callPlaces) {
      this.#sql.insertCallPlace.run(moment, no, entries);
    }
    this.#writeUsers(changes);
    this.#writeState(changes.state);
  }

  #writeState(state: Partial<EngineState>): void {
    for (const [key, value] of stateEntries(state)) this.#sql.setState.run(key, value);
  }

  #writeMemberships({ memberships }: ChangeSet): void {
    for (const { session, kind, startNs, key } of memberships.gone) {
      this.#sql.deleteMembership.run(session, kind, startNs, bytesOf(key));
    }
    for (const { session, kind, startNs, key, events } of memberships.put) {
      this.#rows.memberships.add(session, kind, startNs, bytesOf(key), events);
    }
    this.#rows.memberships.flush();
  }

  #writeSessions(changes: ChangeSet): void {
    for (const no of changes.goneSessions) {
      this.#sql.deleteSession.run(no);
      this.#sql.deleteState.run(no);
      this.#sql.deleteMarks.run(no);
      this.#sql.deleteMemberships.run(no);
    }
    for (const { no, project, id, place, progress, traits } of changes.newSessions) {
      const { startNs, listing } = place;
      this.#rows.sessions.add(
        no,
        project,
        id,
        startNs,
        listing,
        ...progressValues(progress),
        ...traitValues(traits),
      );
      this.#rows.states.add(no, progress.sums, traits.earliest);
      this.#writeMarks(no, progress);
    }
    this.#rows.sessions.flush();
    this.#rows.states.flush();
    for (const { no, place, progress, traits } of changes.changedSessions) {
      this.#updateSession(no, place, progress);
      this.#writeMarks(no, progress);
      if (traits === undefined) this.#sql.updateSums.run(progress.sums, no);
      else {
        this.#sql.updateTraits.run(...traitValues(traits), no);
        this.#sql.updateState.run(progress.sums, traits.earliest, no);
      }
    }
    for (const { no, listing } of changes.listings) this.#sql.updateListing.run(listing, no);
    for (const no of changedNumbers(changes)) this.#columns.changed(no);
    for (const no of changes.ahead.gone) this.#sql.deleteAhead.run(no);
    for (const { no, believedFromNs } of changes.ahead.put) this.#sql.insertAhead.run(no, believedFromNs);
  }

  #updateSession(no: number, place: SessionPlace | undefined, progress: SessionProgress): void {
    const values = progressValues(progress);
    if (place === undefined) this.#sql.updateProgress.run(...values, no);
    else this.#sql.updateSession.run(place.startNs, place.listing, ...values, no);
  }

  #writeMarks(no: number, { marks }: SessionProgress): void {
    if (marks?.isReset === true) this.#sql.deleteMarks.run(no);
    if (marks?.row !== undefined) this.#sql.insertMarks.run(no, marks.row.no, marks.row.marks);
  }

  #writeCounters({ counters }: ChangeSet): void {
    for (const { project, level, dimension, bucket, name, added } of counters) {
      this.#rows.counters.add(project, level, dimension, bucket, name, added);
    }
    this.#rows.counters.flush();
    for (const { project, level, dimension, bucket, name, added } of counters) {
      if (added < 0) this.#sql.sweepCounter.run(project, level, dimension, bucket, name);
    }
  }

  #addToTimeline(change: TimelineChange): void {
    const { project, level, bucket, model, added } = change;
    this.#sql.addToTimeline.run(
      project,
      level,
      bucket,
      model,
      ...TIMELINE_NUMBERS.map((number) => added[number]),
    );
    if (added.sessions < 0 || added.records < 0) this.#sql.sweepTimeline.run(project, level, bucket, model);
  }

  #writeUsers({ userTraces, userHours, userPieces }: ChangeSet): void {
    for (const { project, key } of userTraces.gone) this.#sql.deleteUserTrace.run(project, bytesOf(key));
    for (const { project, key, part } of userTraces.put) {
      this.#sql.putUserTrace.run(project, bytesOf(key), part.user, part.startNs, part.endNs);
    }
    for (const { project, user, hour } of userHours.gone) this.#sql.deleteUserHour.run(project, user, hour);
    for (const { project, user, hour, traces, isSplit } of userHours.put) {
      this.#sql.putUserHour.run(project, user, hour, traces, isSplit ? 1 : 0);
    }
    for (const { project, user, piece } of userPieces.gone) {
      this.#sql.deleteUserPiece.run(project, user, piece.startNs, bytesOf(piece.key));
    }
    for (const { project, user, piece } of userPieces.put) {
      const { startNs, key, endNs, traces, isJoined } = piece;
      this.#sql.putUserPiece.run(project, user, startNs, bytesOf(key), endNs, traces, isJoined ? 1 : 0);
    }
  }
}
