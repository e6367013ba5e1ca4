import type { Earliest } from '../../sessionize/earliest.js';
import { Session } from '../../sessionize/session.js';
import { believedFrom, believedUntil } from '../../sessionize/stretches.js';
import { Listing, MAX_INTEGER } from '../contract/listing.js';
import { countsText, fieldsText, traitsItem, traitsOfText } from '../contract/session-item.js';
import type { SessionListener } from '../contract/store.js';
import { ChangeSet, type SessionPlace, type SessionProgress, type SessionTraits } from './changes.js';
import { facetChange, facetsOf, type SessionFacets } from './facets.js';
import { Generations } from './generations.js';
import {
  load,
  type Plan,
  type SessionKey,
  type SessionRef,
  type Start,
  type StoredSession,
} from './loads.js';
import { countryOf, Rollups, type Tally, tallyOf } from './rollups.js';
import { exchangeUsers, type OtherUsers, otherUsersOf } from './session-users.js';
import { countsOf, shownTraits } from './stored-session.js';
import { TimelineRows } from './timeline-rows.js';

/** A session in memory, as its row has it. */
export interface HotSession {
  readonly no: number;
  /** Whether it has a row yet. */
  stored: boolean;
  readonly project: number;
  session: Session;
  invalidated: boolean;
  tally: Tally | undefined;
  facets: SessionFacets | undefined;
  otherUsers: OtherUsers | undefined;
  /** Whether the marks of its calls have rows. */
  hasMarkRows: boolean;
  /** Folded under other settings than the current ones. */
  outdated: boolean;
  /** The rarely changing values of its row; undefined if they must be written. */
  written: { earliest: Earliest; implicit: boolean; invalidated: boolean } | undefined;
  /** Its first time that was too far ahead when it was written, as in the table of those times. */
  aheadNs: bigint | undefined;
  /** Its place in lists as its row has it. */
  place: SessionPlace | undefined;
}

/** A session without model calls needs about as much memory as this many records of a group. */
const SESSION_WEIGHT = 4;

export interface SessionOptions {
  /** Identity of all settings that traits and costs depend on. When it changes, sessions are refolded. */
  readonly settings: string;
  /** Whether sessions named by their trace alone are listed. */
  readonly implicitSessions: boolean;
  /** A session is open until this time after its last activity, ns. */
  readonly timeoutNs: bigint;
  readonly now: () => bigint;
}

/**
 * The sessions in memory, and the rows derived from them: their own, statistics, timelines and filter values.
 * Keeps the sessions touched last.
 */
export class Sessions {
  readonly #options: SessionOptions;
  readonly #rollups = new Rollups();
  readonly #timeline = new TimelineRows();
  readonly #hot = new Generations<HotSession>();
  /** Since the last rotation. */
  #heldCalls = 0;
  /** Sessions whose rows the current change set deletes. The store still has them. */
  readonly #gone = new Set<string>();
  /** The number of the current settings. */
  #settings = 0;
  #lastSession = 0;
  /** Implicit sessions up to this number may have been made under other quiet routes. */
  #lastUnquietened = 0;
  /** Sessions that the operator invalidated, by key. */
  readonly #invalidated = new Set<string>();
  #listener: SessionListener | undefined;
  /** Sessions written in the current change set, by project. Kept only while there is a listener. */
  readonly #changed = new Map<number, Set<string>>();

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Listener for written sessions, called after each change set. By default none. */
  set listener(listener: SessionListener | undefined) {
    this.#listener = listener;
  }

  /**
   * Takes in the state of all sessions; `settings` is the number of the current ones. With `isQuietOther`,
   * implicit sessions were made with other quiet traces, and are outdated until `quietened`.
   */
  begin(
    { invalidated, lastSession }: Pick<Start, 'invalidated' | 'lastSession'>,
    settings: number,
    isQuietOther: boolean,
  ): void {
    this.#invalidated.clear();
    for (const { project, id } of invalidated) this.#invalidated.add(keyOf(project, id));
    this.#lastSession = lastSession;
    this.#settings = settings;
    this.#lastUnquietened = isQuietOther ? lastSession : 0;
  }

  /** All implicit sessions now follow the current quiet routes. */
  quietened(): void {
    this.#lastUnquietened = 0;
  }

  /** Memory may be ahead of the disk: clears all of it. `begin` must be called next. */
  forget(): void {
    this.#hot.clear();
    this.#heldCalls = 0;
    this.#gone.clear();
    this.#rollups.forget();
    this.#timeline.forget();
    this.#changed.clear();
  }

  /** What was written is durable. */
  applied(): void {
    this.#gone.clear();
  }

  /** Number of calls in the sessions in memory. */
  get heldCalls(): number {
    return this.#heldCalls;
  }

  countHeld(more: number): void {
    this.#heldCalls += more;
  }

  /** Memory of the sessions touched since the last rotation, in records of groups. */
  get weight(): number {
    return this.#hot.used * SESSION_WEIGHT + this.#heldCalls;
  }

  /** Evicts sessions that were not touched since the last call. */
  rotate(): void {
    this.#hot.rotate();
    this.#heldCalls = 0;
  }

  /** Loads the sessions with these ids, if they exist. */
  *require(keys: Iterable<SessionKey>): Plan<void> {
    const missing: SessionKey[] = [];
    for (const { project, id } of keys) {
      const key = keyOf(project, id);
      if (this.#hot.get(key) === undefined && !this.#gone.has(key)) missing.push({ project, id });
    }
    if (missing.length === 0) return;
    const rows = yield* load('sessions', missing);
    const apart: HotSession[] = [];
    for (const [i, row] of rows.entries()) {
      if (row === undefined) continue;
      const hot = this.#takeIn(missing[i]!, row);
      if (hot.hasMarkRows) apart.push(hot);
    }
    if (apart.length === 0) return;
    const marks = yield* load(
      'marks',
      apart.map(({ no }) => no),
    );
    for (const [i, { session }] of apart.entries()) session.usage.marks.takeIn(marks[i]!);
  }

  /** The session with this id, or undefined. `require` must have loaded it. */
  get(project: number, id: string): HotSession | undefined {
    return this.#hot.get(keyOf(project, id));
  }

  #takeIn({ project, id }: SessionKey, row: StoredSession): HotSession {
    const session = Session.decode(id, row.sums, row.earliest, traitsOfText(row.traits));
    const isHidden = row.listing === Listing.hidden;
    const hot: HotSession = {
      no: row.no,
      stored: true,
      project,
      session,
      invalidated: row.invalidated,
      tally: isHidden ? undefined : tallyOf(session),
      facets: isHidden ? undefined : facetsOf(session, row.invalidated),
      otherUsers: isHidden ? undefined : otherUsersOf(session),
      hasMarkRows: session.usage.marks.areApart,
      outdated: row.settings !== this.#settings || (row.implicit && row.no <= this.#lastUnquietened),
      aheadNs: session.aheadNs,
      written: { earliest: session.earliest, implicit: row.implicit, invalidated: row.invalidated },
      place: { startNs: session.startNs, listing: row.listing },
    };
    this.#hot.set(keyOf(project, id), hot);
    return hot;
  }

  /** Creates a session without a row. */
  create(project: number, id: string): HotSession {
    const hot: HotSession = {
      no: ++this.#lastSession,
      stored: false,
      project,
      session: new Session(id),
      invalidated: this.#invalidated.has(keyOf(project, id)),
      tally: undefined,
      facets: undefined,
      otherUsers: undefined,
      hasMarkRows: false,
      outdated: false,
      written: undefined,
      aheadNs: undefined,
      place: undefined,
    };
    this.#hot.set(keyOf(project, id), hot);
    return hot;
  }

  /**
   * Marks these open sessions as timed out in lists. Those in memory follow with `timedOut`, once it is
   * written.
   */
  *closeTimedOut(projects: Iterable<number>): Plan<{ changes: ChangeSet; closed: SessionRef[] }> {
    const lastUntilNs = this.#options.now() - this.#options.timeoutNs;
    const changes = new ChangeSet();
    const closed: SessionRef[] = [];
    for (const project of projects) {
      for (const session of yield* load('find', { which: 'stale', project, lastUntilNs })) {
        changes.listings.push({ no: session.no, listing: Listing.timedOut });
        closed.push(session);
      }
    }
    return { changes, closed };
  }

  timedOut(closed: readonly SessionRef[]): void {
    for (const { project, id } of closed) {
      const hot = this.#hot.peek(keyOf(project, id));
      if (hot?.place !== undefined) hot.place = { ...hot.place, listing: Listing.timedOut };
      this.#noteChange(project, id);
    }
  }

  /** Marks a session as invalidated, whether it exists or not. Its row is to be written. */
  invalidate(changes: ChangeSet, hot: HotSession): void {
    const { id } = hot.session;
    hot.invalidated = true;
    this.#invalidated.add(keyOf(hot.project, id));
    changes.invalidated.push({ project: hot.project, id });
  }

  /** The session is no longer marked as invalidated. The decision is to be deleted by the caller. */
  forgetInvalidation(project: number, id: string): void {
    this.#invalidated.delete(keyOf(project, id));
  }

  /** Whether the operator invalidated this session id, even if the session no longer exists. */
  isMarkedInvalid(project: number, id: string): boolean {
    return this.#invalidated.size > 0 && this.#invalidated.has(keyOf(project, id));
  }

  /** The ids for which `isMarkedInvalid` is true. */
  markedInvalid(project: number): string[] {
    const start = keyOf(project, '');
    return [...this.#invalidated]
      .filter((key) => key.startsWith(start))
      .map((key) => key.slice(start.length));
  }

  /**
   * Reports the sessions written since the last call to the listener, by the names of these projects. They
   * must be durable.
   */
  announce(projects: ReadonlyMap<string, number>): void {
    if (this.#changed.size === 0) return;
    const changes = new Map(this.#changed);
    this.#changed.clear();
    for (const [name, project] of projects) {
      const changed = changes.get(project);
      if (changed !== undefined) this.#listener?.(name, [...changed]);
    }
  }

  /** Writes the changes of a session's rows, or deletes them. Called once per change set. */
  write(changes: ChangeSet, hot: HotSession): void {
    const { session } = hot;
    if (session.fragments === 0) {
      this.remove(changes, hot);
      return;
    }
    this.#noteChange(hot.project, session.id);
    session.believeUntil(believedUntil(this.#options.now()));
    writeAhead(changes, hot, session.aheadNs);
    const implicit = session.isImplicit;
    const listing = this.#listing(hot, implicit);
    this.#writeDerived(changes, hot, listing !== Listing.hidden);
    const { earliest, startNs } = session;
    const { written, invalidated } = hot;
    const progress = progressOf(hot, listing !== Listing.hidden);
    const isInPlace = hot.place?.startNs === startNs && hot.place.listing === listing;
    const place = isInPlace ? undefined : { startNs, listing };
    hot.place = place ?? hot.place;
    const areTraitsWritten =
      written !== undefined &&
      written.earliest === earliest &&
      written.implicit === implicit &&
      written.invalidated === invalidated;
    if (hot.stored) {
      const traits = areTraitsWritten ? undefined : this.#traitsOf(hot, implicit);
      changes.changedSessions.push({ no: hot.no, place, progress, traits });
    } else {
      const { no, project } = hot;
      const traits = this.#traitsOf(hot, implicit);
      changes.newSessions.push({
        no,
        project,
        id: session.id,
        place: { startNs, listing },
        progress,
        traits,
      });
      hot.stored = true;
    }
    if (!areTraitsWritten) hot.written = { earliest, implicit, invalidated };
  }

  /** Deletes the rows of a session, whatever it has. Called once per change set. */
  remove(changes: ChangeSet, hot: HotSession): void {
    const { id } = hot.session;
    this.#noteChange(hot.project, id);
    writeAhead(changes, hot, undefined);
    this.#writeDerived(changes, hot, false);
    if (hot.stored) changes.goneSessions.push(hot.no);
    const key = keyOf(hot.project, id);
    this.#hot.delete(key);
    this.#gone.add(key);
  }

  /** Adds the collected changes of counters to the change set. */
  flush(changes: ChangeSet): void {
    this.#rollups.flush(changes);
    this.#timeline.flush(changes);
  }

  /** The counters and index entries of a session. */
  #writeDerived(changes: ChangeSet, hot: HotSession, isListed: boolean): void {
    const { session, project, no } = hot;
    const names = { project, id: session.id, no };
    const tally = isListed ? tallyOf(session) : undefined;
    this.#rollups.exchange(project, hot.tally, tally);
    this.#timeline.exchange(project, hot.tally, tally);
    hot.tally = tally;
    const facets = isListed ? facetsOf(session, hot.invalidated, hot.facets) : undefined;
    const change = facetChange(names, hot.facets, facets);
    if (change !== undefined) changes.facets.push(change);
    hot.facets = facets;
    const users = isListed ? otherUsersOf(session) : undefined;
    exchangeUsers(changes, names, hot.otherUsers, users);
    hot.otherUsers = users;
  }

  #traitsOf({ session, invalidated }: HotSession, implicit: boolean): SessionTraits {
    const { traits } = session;
    return {
      implicit,
      invalidated,
      settings: this.#settings,
      userId: traits.userId ?? null,
      device: traits.deviceType ?? null,
      country: countryOf(traits) || null,
      earliest: session.encodeEarliest(),
      shown: fieldsText(traitsItem(shownTraits(traits))),
    };
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

/** Once for each write, because rows of marks differ by write. */
function progressOf(hot: HotSession, isListed: boolean): SessionProgress {
  const { session } = hot;
  const { usage } = session;
  const marks = usage.marks.change(hot.hasMarkRows);
  hot.hasMarkRows = usage.marks.haveRows;
  return {
    lastNs: session.lastNs,
    marks,
    sums: session.encodeSums(),
    counts: isListed ? countsText(countsOf(session)) : '',
    costNanoUsd: costOf(session),
    spanCount: session.spanCount,
    hasErrors: session.hasErrors,
    errorCount: session.errorCount,
    traceCount: session.traceCount,
    failures: Math.max(session.errorCount, session.exceptions.count),
    tokens: tokensOf(session),
    unpriced: usage.isEmpty ? null : usage.unpricedCount,
    unreported: usage.isEmpty ? null : usage.unreportedCount,
  };
}

function writeAhead({ ahead }: ChangeSet, hot: HotSession, aheadNs: bigint | undefined): void {
  if (aheadNs === hot.aheadNs) return;
  if (aheadNs === undefined) ahead.gone.push(hot.no);
  else ahead.put.push({ no: hot.no, believedFromNs: believedFrom(aheadNs) });
  hot.aheadNs = aheadNs;
}

/**
 * The cost that filters compare, in nano-USD within the range of a column, if the cost of any call is known.
 */
function costOf({ usage }: Session): bigint | null {
  if (usage.pricedCount === 0) return null;
  return atMostInteger(usage.costNanoUsd);
}

function atMostInteger(amount: bigint): bigint {
  return amount < MAX_INTEGER ? amount : MAX_INTEGER;
}

/** The tokens that filters compare, within the range of a column, if there are model calls. */
function tokensOf({ usage }: Session): bigint | null {
  if (usage.isEmpty) return null;
  return atMostInteger(usage.inputTokens + usage.outputTokens);
}

function keyOf(project: number, id: string): string {
  return `${project} ${id}`;
}
