import type { Earliest } from '../../sessionize/earliest.js';
import type { Fragment } from '../../sessionize/fragment.js';
import type { ByteString } from '../../sessionize/records.js';
import { Session } from '../../sessionize/session.js';
import { believedFrom, believedUntil } from '../../sessionize/stretches.js';
import type { SessionListener } from '../contract/store.js';
import { type Database, Listing, MAX_INTEGER, Meta, type Statement } from '../sqlite/database.js';
import { SessionColumns } from '../sqlite/session-columns.js';
import { FacetIndex, facetsOf, type SessionFacets } from './facets.js';
import { Generations } from './generations.js';
import { countryOf, Rollups, type Tally, tallyOf } from './rollups.js';
import { type OtherUsers, otherUsersOf, SessionUsers } from './session-users.js';
import { TimelineRows } from './timeline-rows.js';

/** Sessions that are written again in one go for their clocks. */
const MOST_CAUGHT_UP = 1000;

/** What changes with every record of a session. */
const PROGRESS =
  'last_ns = ?, sums = ?, cost_nano_usd = ?, span_count = ?, has_errors = ?, unpriced = ?, unreported = ?';

/** A session in memory, as its row has it. */
export interface HotSession {
  readonly no: number;
  /** Whether it has a row yet. */
  stored: boolean;
  readonly project: number;
  session: Session;
  /** The fragments it is the sum of, by group, where calls of different groups may be one: it is made of them anew then (S18). */
  parts: Map<ByteString, Fragment> | undefined;
  invalidated: boolean;
  tally: Tally | undefined;
  facets: SessionFacets | undefined;
  otherUsers: OtherUsers | undefined;
  /** Folded under other settings than today's. */
  outdated: boolean;
  /** What its row has of that which seldom changes; undefined where that has to be written. */
  written: { earliest: Earliest; implicit: boolean; invalidated: boolean } | undefined;
  /** Its first time that was not believed when it was written, as the table of those has it. */
  aheadNs: bigint | undefined;
  /** Its place in lists as its row has it. */
  place: { startNs: bigint; listing: number } | undefined;
}

export interface SessionRowsOptions {
  /** Identity of all settings that traits and costs depend on: sessions folded under another are folded again when they change. */
  readonly settings: string;
  /** Whether sessions named by their trace alone are listed. */
  readonly implicitSessions: boolean;
  /** A session is open until this time after its last activity, ns. */
  readonly timeoutNs: bigint;
  readonly now: () => bigint;
}

/**
 * The rows of sessions and of what is counted and found by them: statistics, timelines, the index of filters. Keeps those last touched in memory. All
 * that writes must be called inside a transaction, and `flush` at its end.
 */
export class SessionRows {
  readonly #db: Database;
  readonly #options: SessionRowsOptions;
  readonly #rollups: Rollups;
  readonly #facets: FacetIndex;
  readonly #timeline: TimelineRows;
  readonly #users: SessionUsers;
  /** The same sessions by columns. */
  readonly columns: SessionColumns;
  readonly #hot = new Generations<HotSession>();
  readonly #settings: number;
  #lastSession = 0;
  /** Sessions that the operator invalidated, by key. */
  readonly #invalidated = new Set<string>();
  #listener: SessionListener | undefined;
  /** Sessions written in the transaction under way, by project; kept only while somebody listens. */
  readonly #changed = new Map<number, Set<string>>();

  readonly #sql: Record<
    | 'insertSession'
    | 'updateSession'
    | 'updateProgress'
    | 'updateTraits'
    | 'deleteSession'
    | 'selectSession'
    | 'insertInvalidation'
    | 'closeStale'
    | 'insertAhead'
    | 'deleteAhead'
    | 'selectCaughtUp',
    Statement
  >;

  constructor(db: Database, options: SessionRowsOptions) {
    this.#db = db;
    this.#options = options;
    this.#rollups = new Rollups(db);
    this.#facets = new FacetIndex(db);
    this.#timeline = new TimelineRows(db);
    this.#users = new SessionUsers(db);
    this.columns = new SessionColumns(db);
    this.#settings = numberOf(options.settings, new Meta(db));
    this.#sql = {
      insertSession: db.prepare(
        `INSERT INTO session (project, id, start_ns, listing, last_ns, sums, cost_nano_usd, span_count, has_errors, unpriced, unreported,
           implicit, invalidated, settings, user_id, device, country, earliest, no)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
      updateSession: db.prepare(`UPDATE session SET start_ns = ?, listing = ?, ${PROGRESS} WHERE no = ?`),
      // An index whose columns are named is written, whether their values change or not.
      updateProgress: db.prepare(`UPDATE session SET ${PROGRESS} WHERE no = ?`),
      updateTraits: db.prepare(
        'UPDATE session SET implicit = ?, invalidated = ?, settings = ?, user_id = ?, device = ?, country = ?, earliest = ? WHERE no = ?',
      ),
      deleteSession: db.prepare('DELETE FROM session WHERE no = ?'),
      selectSession: db.prepare(
        'SELECT no, invalidated, settings, listing, implicit, sums, earliest FROM session WHERE project = ? AND id = ?',
      ),
      insertAhead: db.prepare(
        'INSERT OR REPLACE INTO session_ahead (session, believed_from_ns) VALUES (?, ?)',
      ),
      deleteAhead: db.prepare('DELETE FROM session_ahead WHERE session = ?'),
      selectCaughtUp: db.prepare(
        `SELECT s.project, s.id FROM session_ahead AS a JOIN session AS s ON s.no = a.session
         WHERE a.believed_from_ns <= ? ORDER BY a.believed_from_ns LIMIT ${MOST_CAUGHT_UP}`,
      ),
      insertInvalidation: db.prepare('INSERT OR IGNORE INTO invalidation (project, session) VALUES (?, ?)'),
      closeStale: db.prepare(
        `UPDATE session SET listing = ${Listing.timedOut} WHERE project = ? AND listing = ${Listing.open} AND last_ns <= ?
         RETURNING id`,
      ),
    };
  }

  /** Whom to tell of sessions that were written, after each transaction; nobody by default. */
  set listener(listener: SessionListener | undefined) {
    this.#listener = listener;
  }

  /** Reads what is known of all sessions. */
  load(): void {
    this.#invalidated.clear();
    for (const row of this.#db.prepare('SELECT project, session FROM invalidation').all()) {
      this.#invalidated.add(keyOf(Number(row.project), String(row.session)));
    }
    this.#lastSession = Number(this.#db.prepare('SELECT max(no) AS n FROM session').get()?.n ?? 0);
    this.columns.load();
  }

  /** What is in memory may be ahead of the disk: forgets it all. `load` comes next. */
  forget(): void {
    this.#hot.clear();
    this.#rollups.forget();
    this.#facets.forget();
    this.#timeline.forget();
    this.#changed.clear();
  }

  /** Lets go of sessions that were not touched since the last time. */
  rotate(): void {
    this.#hot.rotate();
  }

  /** The session of this id; undefined where there is none. */
  get(project: number, id: string): HotSession | undefined {
    const key = keyOf(project, id);
    const known = this.#hot.get(key);
    if (known !== undefined) return known;
    const row = this.#sql.selectSession.get(project, id);
    if (row === undefined) return undefined;
    const session = Session.decode(id, row.sums as string, row.earliest as string);
    const hot: HotSession = {
      no: Number(row.no),
      stored: true,
      project,
      session,
      parts: undefined,
      invalidated: row.invalidated !== 0,
      tally: row.listing === Listing.hidden ? undefined : tallyOf(session),
      facets: row.listing === Listing.hidden ? undefined : facetsOf(session, row.invalidated !== 0),
      otherUsers: row.listing === Listing.hidden ? undefined : otherUsersOf(session),
      outdated: row.settings !== this.#settings,
      aheadNs: session.aheadNs,
      written: {
        earliest: session.earliest,
        implicit: row.implicit !== 0,
        invalidated: row.invalidated !== 0,
      },
      place: { startNs: session.startNs, listing: Number(row.listing) },
    };
    this.#hot.set(key, hot);
    return hot;
  }

  /** A session that has no row yet. */
  create(project: number, id: string): HotSession {
    const hot: HotSession = {
      no: ++this.#lastSession,
      stored: false,
      project,
      session: new Session(id),
      parts: undefined,
      invalidated: this.#invalidated.has(keyOf(project, id)),
      tally: undefined,
      facets: undefined,
      otherUsers: undefined,
      outdated: false,
      written: undefined,
      aheadNs: undefined,
      place: undefined,
    };
    this.#hot.set(keyOf(project, id), hot);
    return hot;
  }

  /** Lists sessions as timed out whose time-out has passed. Readers do not rely on it: it keeps their work small. Needs no transaction. */
  closeTimedOut(project: number): void {
    const before = this.#options.now() - this.#options.timeoutNs;
    for (const row of this.#sql.closeStale.all(project, before)) {
      const id = String(row.id);
      const hot = this.#hot.peek(keyOf(project, id));
      if (hot?.place !== undefined) hot.place.listing = Listing.timedOut;
      this.#noteChange(project, id);
    }
  }

  /** Marks a session as invalidated, whatever becomes of it. Its row is to be written. */
  invalidate(hot: HotSession): void {
    const { id } = hot.session;
    hot.invalidated = true;
    this.#invalidated.add(keyOf(hot.project, id));
    this.#sql.insertInvalidation.run(hot.project, id);
  }

  /** Whether the operator invalidated a session of this id, whatever became of it. */
  isMarkedInvalid(project: number, id: string): boolean {
    return this.#invalidated.size > 0 && this.#invalidated.has(keyOf(project, id));
  }

  /** The ids that `isMarkedInvalid` is true for. */
  markedInvalid(project: number): string[] {
    const start = keyOf(project, '');
    return [...this.#invalidated]
      .filter((key) => key.startsWith(start))
      .map((key) => key.slice(start.length));
  }

  /** Tells the listener of the sessions written since the last time, by the names of these projects. The transaction must be over. */
  announce(projects: ReadonlyMap<string, number>): void {
    if (this.#changed.size === 0) return;
    const changes = new Map(this.#changed);
    this.#changed.clear();
    for (const [name, project] of projects) {
      const changed = changes.get(project);
      if (changed !== undefined) this.#listener?.(name, [...changed]);
    }
  }

  /** Brings the row of a session, or what is left of it, up to the session in memory. */
  write(hot: HotSession): void {
    const { session } = hot;
    this.columns.changed(hot.no);
    this.#noteChange(hot.project, session.id);
    session.believeUntil(believedUntil(this.#options.now()));
    this.#writeAhead(hot);
    if (session.fragments === 0) {
      this.#sql.deleteSession.run(hot.no);
      this.#hot.delete(keyOf(hot.project, session.id));
      this.#rollups.exchange(hot.project, hot.tally, undefined);
      this.#timeline.exchange(hot.project, hot.tally, undefined);
      this.#facets.exchange(hot.project, { id: session.id, no: hot.no }, hot.facets, undefined);
      this.#exchangeUsers(hot, undefined);
      return;
    }
    const implicit = session.isImplicit;
    const listing = this.#listing(hot, implicit);
    const tally = listing === Listing.hidden ? undefined : tallyOf(session);
    this.#rollups.exchange(hot.project, hot.tally, tally);
    this.#timeline.exchange(hot.project, hot.tally, tally);
    hot.tally = tally;
    const { written, invalidated } = hot;
    const facets = listing === Listing.hidden ? undefined : facetsOf(session, invalidated);
    this.#facets.exchange(hot.project, { id: session.id, no: hot.no }, hot.facets, facets);
    hot.facets = facets;
    this.#exchangeUsers(hot, listing === Listing.hidden ? undefined : otherUsersOf(session));
    const { earliest, startNs, usage } = session;
    const progress = [
      session.lastNs,
      session.encodeSums(),
      costOf(session),
      session.spanCount,
      session.hasErrors ? 1 : 0,
      usage.isEmpty ? null : usage.unpricedCount,
      usage.isEmpty ? null : usage.unreportedCount,
    ] as const;
    const update = (): void => {
      if (hot.place?.startNs === startNs && hot.place.listing === listing) {
        this.#sql.updateProgress.run(...progress, hot.no);
      } else {
        this.#sql.updateSession.run(startNs, listing, ...progress, hot.no);
        hot.place = { startNs, listing };
      }
    };
    if (
      written !== undefined &&
      written.earliest === earliest &&
      written.implicit === implicit &&
      written.invalidated === invalidated
    ) {
      update();
      return;
    }
    const { userId, deviceType } = session.traits;
    const traits = [
      implicit ? 1 : 0,
      invalidated ? 1 : 0,
      this.#settings,
      userId ?? null,
      deviceType ?? null,
      countryOf(session.traits) || null,
      session.encodeEarliest(),
    ] as const;
    if (hot.stored) {
      update();
      this.#sql.updateTraits.run(...traits, hot.no);
    } else {
      this.#sql.insertSession.run(hot.project, session.id, startNs, listing, ...progress, ...traits, hot.no);
      hot.stored = true;
      hot.place = { startNs, listing };
    }
    hot.written = { earliest, implicit, invalidated };
  }

  /** Sessions that have to be written again because the clock has come to times of theirs. */
  caughtUp(): Record<string, unknown>[] {
    return this.#sql.selectCaughtUp.all(this.#options.now());
  }

  #writeAhead(hot: HotSession): void {
    const { aheadNs } = hot.session;
    if (aheadNs === hot.aheadNs) return;
    if (aheadNs === undefined) this.#sql.deleteAhead.run(hot.no);
    else this.#sql.insertAhead.run(hot.no, believedFrom(aheadNs));
    hot.aheadNs = aheadNs;
  }

  /** Writes what was gathered for counters and indexes. */
  flush(): void {
    this.#rollups.flush();
    this.#facets.flush();
    this.#timeline.flush();
  }

  #exchangeUsers(hot: HotSession, after: OtherUsers | undefined): void {
    if (hot.otherUsers === undefined && after === undefined) return;
    this.#users.exchange({ project: hot.project, id: hot.session.id, no: hot.no }, hot.otherUsers, after);
    hot.otherUsers = after;
  }

  #listing({ session, invalidated }: HotSession, implicit: boolean): number {
    if (session.groups === 0 || (implicit && !this.#options.implicitSessions)) return Listing.hidden;
    if (session.isEcho || session.isQuiet) return Listing.hidden;
    if (invalidated || session.hasEnded) return Listing.ended;
    const timedOut = session.lastNs <= this.#options.now() - this.#options.timeoutNs;
    return timedOut ? Listing.timedOut : Listing.open;
  }

  #noteChange(project: number, id: string): void {
    if (this.#listener === undefined) return;
    const changed = this.#changed.get(project);
    if (changed === undefined) this.#changed.set(project, new Set([id]));
    else changed.add(id);
  }
}

/** The number of these settings, a new one where they were others. A crash between the two costs a number. */
function numberOf(settings: string, meta: Meta): number {
  const number = meta.number('settings_number') ?? 0;
  if (meta.text('settings') === settings) return number;
  meta.set('settings_number', number + 1);
  meta.set('settings', settings);
  return number + 1;
}

/** What filters compare: nano-USD, as far as a column can hold it, where the cost of any call is known. */
function costOf({ usage }: Session): bigint | null {
  if (usage.pricedCount === 0) return null;
  return usage.costNanoUsd < MAX_INTEGER ? usage.costNanoUsd : MAX_INTEGER;
}

function keyOf(project: number, id: string): string {
  return `${project} ${id}`;
}
