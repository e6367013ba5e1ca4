import type { PriceOf } from '../../normalize/facts.js';
import { type UserPart, userPart } from '../../sessionize/by-user.js';
import { type CallKey, type CallKeys, keysOfCalls } from '../../sessionize/elsewhere.js';
import { type Fragment, NO_EVENTS } from '../../sessionize/fragment.js';
import type { ByteString } from '../../sessionize/records.js';
import { Session } from '../../sessionize/session.js';
import { encodePlaces } from '../records/block.js';
import type { CallIndex } from './call-index.js';
import type { ChangeSet, GroupRow } from './changes.js';
import { eventsNear, type GroupPlace, logsPlace, spanEventsPlace } from './event-places.js';
import { type HotGroup, type HotGroups, sessionsOfCalls } from './hot-groups.js';
import { type GroupKey, load, type Plan, type SessionKey } from './loads.js';
import { GroupKind } from './row-values.js';
import type { HotSession, Sessions } from './sessions.js';
import { hexOf, type PartChange, type UserRunIndex } from './user-runs.js';

/** A change of one fragment, collected before sessions change. */
interface FragmentChange {
  readonly group: HotGroup;
  readonly old: Fragment | undefined;
  readonly replacement: Fragment | undefined;
}

/** The changes of the fragments of one session. */
interface SessionChange extends SessionKey {
  readonly changes: FragmentChange[];
}

/** A session to rebuild, and what this plan has changed of its groups. */
interface Again {
  readonly hot: HotSession;
  readonly changes: readonly FragmentChange[];
}

/** What the records of a changed group result in. */
interface Current {
  readonly hot: HotGroup;
  readonly raw: ReadonlyMap<string, Fragment>;
  readonly keys: CallKeys;
}

const NO_CHANGES: readonly FragmentChange[] = [];

/** Groups read at once when sessions are rebuilt. */
const GROUPS_AT_ONCE = 256;

/** Limit of groups of the sessions that are rebuilt at once, unless one session has more. */
const AGAIN_AT_ONCE = 4_096;

/** Updates sessions for the groups that changed (S18), in memory and in the rows of a change set. */
export class Fold {
  readonly #groups: HotGroups;
  readonly #sessions: Sessions;
  readonly #callIndex: CallIndex;
  /** Undefined if traces are not grouped by user. */
  readonly #users: UserRunIndex | undefined;
  readonly #priceOf: PriceOf;
  /** The groups that the current plan folds. */
  #dirty: HotGroup[] = [];
  /** Sessions that a trace moved between in the current fold, whose own session was invalidated. */
  #invalidationMoved: SessionKey[] = [];

  constructor(
    groups: HotGroups,
    sessions: Sessions,
    callIndex: CallIndex,
    users: UserRunIndex | undefined,
    priceOf: PriceOf,
  ) {
    this.#groups = groups;
    this.#sessions = sessions;
    this.#callIndex = callIndex;
    this.#users = users;
    this.#priceOf = priceOf;
  }

  forget(): void {
    this.#dirty = [];
    this.#invalidationMoved = [];
  }

  /**
   * Adds the effects of these groups on sessions to a change set. They may be only some of the changed
   * groups: the rows of the others stay as of their last fold. Returns all groups that were folded, including
   * those that moved to other sessions because of these.
   */
  *plan(changes: ChangeSet, dirty: readonly HotGroup[]): Plan<readonly HotGroup[]> {
    this.#dirty = [...dirty];
    if (this.#users !== undefined) yield* this.#groupByUser(this.#users);
    // In the order of their keys, so that neighbours share a page of an index.
    this.#dirty.sort((a, b) => (a.key < b.key ? -1 : 1));
    const groups = yield* this.#changedGroups(changes);
    const bySession = yield* this.#fragmentChanges(groups);
    yield* this.#sessions.require(bySession);
    const changed: Again[] = [];
    for (const { project, id, changes: fragments } of bySession) {
      const hot = this.#sessions.get(project, id) ?? this.#sessions.create(project, id);
      for (const change of fragments) moveMembership(changes, hot.no, change);
      changed.push({ hot, changes: fragments });
    }
    if (this.#users !== undefined) yield* this.#moveInvalidations(this.#users);
    yield* this.again(changed.filter((each) => !this.#exchange(each)));
    for (const { hot } of changed) this.#sessions.write(changes, hot);
    this.#users?.flush(changes);
    const folded = this.#dirty;
    this.#dirty = [];
    return folded;
  }

  /** Applies changed fragments to a session; false if that requires rebuilding it. */
  #exchange({ hot, changes }: Again): boolean {
    const { heldCalls } = hot.session.usage;
    let exact = !hot.outdated;
    for (const { old, replacement } of changes) exact = exact && hot.session.exchange(old, replacement);
    this.#sessions.countHeld(hot.session.usage.heldCalls - heldCalls);
    return exact;
  }

  /** The changes of the fragments of sessions, by session. */
  *#fragmentChanges(groups: readonly HotGroup[]): Plan<SessionChange[]> {
    const resolved = yield* this.#groups.resolve(groups);
    const sessions: SessionChange[] = [];
    const byProject = new Map<number, Map<string, SessionChange>>();
    for (let i = 0; i < groups.length; i++) {
      const hot = groups[i]!;
      const old = hot.folded;
      const current = resolved[i]!;
      if (current === old) continue;
      const { project } = hot;
      let byId = byProject.get(project);
      if (byId === undefined) {
        byId = new Map();
        byProject.set(project, byId);
      }
      for (const [id, replacement] of current) {
        changesOf(byId, sessions, project, id).push({ group: hot, old: old.get(id), replacement });
      }
      for (const [id, gone] of old) {
        if (current.has(id)) continue;
        changesOf(byId, sessions, project, id).push({ group: hot, old: gone, replacement: undefined });
      }
      hot.folded = current;
    }
    return sessions;
  }

  /**
   * Updates sessions by user for the groups that changed (S40). Traces whose session changes must be in
   * memory as they are in the rows, and count as changed. If their records have changed as well, they are
   * folded too, which may move others.
   */
  *#groupByUser(users: UserRunIndex): Plan<void> {
    const dirty = new Set(this.#dirty);
    for (let from = 0; from < this.#dirty.length; ) {
      const changes = new Map<number, PartChange[]>();
      for (; from < this.#dirty.length; from++) {
        const hot = this.#dirty[from]!;
        const now = userPart(hot.group);
        if (isSamePart(hot.part, now)) continue;
        const change = { trace: hot.key, old: hot.part, now };
        const known = changes.get(hot.project);
        if (known === undefined) changes.set(hot.project, [change]);
        else known.push(change);
        hot.part = now;
      }
      yield* users.change(changes);
      const moved = [...users.moved()];
      // Loaded groups must match the sessions before the change, so no other group may be ahead of them.
      yield* this.#groups.requireFolded(moved.map(({ project, trace }) => ({ project, key: trace })));
      for (const { project, trace } of moved) {
        const hot = this.#groups.get(project, trace);
        if (hot === undefined || dirty.has(hot)) continue;
        dirty.add(hot);
        this.#dirty.push(hot);
      }
    }
    for (const { project, trace, before, now } of users.moved()) {
      const id = hexOf(trace);
      if (this.#sessions.isMarkedInvalid(project, id)) {
        for (const session of [before, now]) this.#invalidationMoved.push({ project, id: session ?? id });
      }
      const hot = this.#groups.get(project, trace);
      if (hot !== undefined) hot.group.sessionByUser = now;
    }
  }

  /**
   * S19: a session by user is invalidated while one named by one of its traces is. The sessions concerned
   * will be written.
   */
  *#moveInvalidations(users: UserRunIndex): Plan<void> {
    for (const { project, id } of this.#invalidationMoved) {
      const hot = this.#sessions.get(project, id);
      if (hot === undefined) continue;
      const marked = this.#sessions.markedInvalid(project);
      const sessions = yield* users.sessionsOfIds(marked.map((each) => ({ project, id: each })));
      hot.invalidated = marked.some((each, i) => each === id || sessions[i] === id);
    }
    this.#invalidationMoved = [];
  }

  /**
   * The groups whose fragments may have changed, with the current result of their records: the changed
   * groups, and those that share a call with them now or before.
   */
  *#changedGroups(changes: ChangeSet): Plan<HotGroup[]> {
    const current: Current[] = [];
    for (const hot of this.#dirty) {
      const { project, key, places } = hot;
      const raw = this.#groups.fragments(hot.group);
      const keys = keysOfCalls(raw, this.#callIndex.scope(project));
      if (hot.group.size === 0) changes.groups.gone.push({ project, key });
      else changes.groups.put.push(placesRow({ project, key, places, raw, keys }));
      current.push({ hot, raw, keys });
    }
    const changed = new Set(this.#dirty);
    yield* this.#meetAll(current, changed);
    this.#callIndex.flush(changes);
    this.#users?.settle();
    for (const { hot, raw, keys } of current) {
      hot.raw = raw;
      hot.keys = keys;
      hot.ofCalls = sessionsOfCalls(hot);
      hot.calls = undefined;
    }
    this.#groups.forgetCalls();
    const all = [...changed];
    yield* this.#callIndex.require(
      all.flatMap(({ shares, keys }) => (shares ? [...keys] : [])),
      false,
    );
    return all;
  }

  /**
   * Updates the index of calls for the groups that changed, and adds the groups that share a key with them.
   */
  *#meetAll(current: readonly Current[], met: Set<HotGroup>): Plan<void> {
    const withCalls = current.filter(({ hot, keys }) => !keys.isEmpty || !hot.keys.isEmpty);
    if (withCalls.length === 0) return;
    const touched = withCalls.map((each) => [...touchedKeys(each)]);
    yield* this.#callIndex.require(touched.flat(), true);
    // Loads nearly all moments that are needed, in one request.
    const near = withCalls.flatMap(({ hot }, i) => touched[i]!.flatMap((key) => this.#concerned(hot, key)));
    yield* this.#groups.requireFolded(uniqueGroups(near));
    for (const [i, { hot, keys }] of withCalls.entries()) {
      for (const key of touched[i]!) {
        yield* this.#meetOthers(hot, key, met);
        const [had, has] = [hot.keys.has(key), keys.has(key)];
        if (had !== has) this.#callIndex.note(key, hot.key, has);
      }
    }
  }

  /**
   * Adds the groups that share a key with this one, unless too many share it for it to count. They must be in
   * memory as they are in the rows before the index changes for this group.
   */
  *#meetOthers(hot: HotGroup, key: CallKey, met: Set<HotGroup>): Plan<void> {
    if (this.#callIndex.others(key, hot.key).length === 0) return;
    hot.shares = true;
    const near = this.#concerned(hot, key);
    yield* this.#groups.requireFolded(near);
    for (const each of near) {
      const other = this.#groups.get(each.project, each.key);
      if (other === undefined) continue;
      met.add(other);
      other.shares = true;
    }
  }

  #concerned({ project, key: group }: HotGroup, key: CallKey): GroupKey[] {
    if (this.#callIndex.others(key, group).length === 0) return [];
    return this.#callIndex.concerned(key, group).map((each) => ({ project, key: each }));
  }

  /** Rebuilds sessions from all of their groups, and loads those that are not in memory. */
  *again(all: readonly Again[]): Plan<void> {
    if (all.length === 0) return;
    const stored = yield* load(
      'sessionGroups',
      all.map(({ hot }) => hot.no),
    );
    const keys = all.map(({ changes }, i) => groupsNow(stored[i]!, changes));
    for (let from = 0; from < all.length; ) {
      let to = from;
      let groups = 0;
      while (to < all.length && (to === from || groups + keys[to]!.length <= AGAIN_AT_ONCE)) {
        groups += keys[to++]!.length;
      }
      yield* this.#sumAgain(all.slice(from, to), keys.slice(from, to));
      from = to;
    }
  }

  *#sumAgain(all: readonly Again[], keys: readonly (readonly ByteString[])[]): Plan<void> {
    const parts = all.map((): Fragment[] => []);
    const wanted = all.flatMap(({ hot }, at) =>
      keys[at]!.map((key) => ({ at, project: hot.project, key, session: hot.session.id })),
    );
    for (let from = 0; from < wanted.length; from += GROUPS_AT_ONCE) {
      const some = wanted.slice(from, from + GROUPS_AT_ONCE);
      const groups = yield* this.#groups.folded(some);
      for (const [i, { at, session }] of some.entries()) {
        const fragment = groups[i]?.folded.get(session);
        if (fragment !== undefined) parts[at]!.push(fragment);
      }
    }
    for (const [i, { hot }] of all.entries()) this.#sumUp(hot, parts[i]!);
  }

  #sumUp(hot: HotSession, parts: readonly Fragment[]): void {
    const { heldCalls } = hot.session.usage;
    hot.session = Session.of(hot.session.id, parts, this.#priceOf);
    hot.outdated = false;
    hot.written = undefined;
    this.#sessions.countHeld(hot.session.usage.heldCalls - heldCalls);
  }

  /** Sessions to rebuild that nothing else changes. */
  static alone(hots: readonly HotSession[]): Again[] {
    return hots.map((hot) => ({ hot, changes: NO_CHANGES }));
  }
}

/** The changes of a session, which is added to `sessions` if it is new. */
function changesOf(
  byId: Map<string, SessionChange>,
  sessions: SessionChange[],
  project: number,
  id: string,
): FragmentChange[] {
  let session = byId.get(id);
  if (session === undefined) {
    session = { project, id, changes: [] };
    byId.set(id, session);
    sessions.push(session);
  }
  return session.changes;
}

/** Keys that a group gained or lost, and all of its keys if it shares any. */
function* touchedKeys({ hot, keys }: Current): Generator<CallKey> {
  for (const key of keys) if (hot.shares || !hot.keys.has(key)) yield key;
  for (const key of hot.keys) if (!keys.has(key)) yield key;
}

function uniqueGroups(keys: readonly GroupKey[]): GroupKey[] {
  return [...new Map(keys.map((each) => [`${each.project} ${each.key}`, each])).values()];
}

/** The groups of a session, given those that are stored. */
function groupsNow(stored: readonly ByteString[], changes: readonly FragmentChange[]): readonly ByteString[] {
  if (changes.length === 0) return stored;
  const keys = new Set(stored);
  for (const { group, replacement } of changes) {
    if (replacement === undefined) keys.delete(group.key);
    else keys.add(group.key);
  }
  return [...keys];
}

function moveMembership(
  changes: ChangeSet,
  session: number,
  { group, old, replacement }: FragmentChange,
): void {
  const before = old && placeOf(old);
  const after = replacement && placeOf(replacement);
  exchangePlace(changes, session, group.key, before, after);
  const [hadEvents, events] = [old?.events ?? NO_EVENTS, replacement?.events ?? NO_EVENTS];
  if (hadEvents === NO_EVENTS && events === NO_EVENTS) return;
  const [beforeNs, afterNs] = [before?.startNs ?? 0n, after?.startNs ?? 0n];
  exchangePlace(changes, session, group.key, logsPlace(hadEvents, beforeNs), logsPlace(events, afterNs));
  exchangePlace(
    changes,
    session,
    group.key,
    spanEventsPlace(hadEvents, beforeNs),
    spanEventsPlace(events, afterNs),
  );
}

function exchangePlace(
  { memberships }: ChangeSet,
  session: number,
  key: ByteString,
  before: GroupPlace | undefined,
  after: GroupPlace | undefined,
): void {
  const isSameRow = before?.kind === after?.kind && before?.startNs === after?.startNs;
  if (isSameRow && before?.events === after?.events) return;
  if (before !== undefined && !isSameRow) {
    memberships.gone.push({ session, kind: before.kind, startNs: before.startNs, key });
  }
  if (after !== undefined) {
    memberships.put.push({ session, kind: after.kind, startNs: after.startNs, key, events: after.events });
  }
}

function placeOf(fragment: Fragment): GroupPlace {
  const { kind, startNs } = rowOf(fragment);
  return { kind, startNs, events: fragment.events === NO_EVENTS ? 0 : eventsNear(fragment.events, startNs) };
}

function rowOf({ spans, logs, traceStartNs, times: { starts, lifecycleEvents } }: Fragment): {
  kind: number;
  startNs: bigint;
} {
  if (spans > 0) return { kind: GroupKind.trace, startNs: traceStartNs };
  if (logs > 0) return { kind: GroupKind.logs, startNs: starts[0]!.startNs };
  return { kind: GroupKind.lifecycleEvent, startNs: lifecycleEvents.at(-1)!.lastNs };
}

function isSamePart(a: UserPart | undefined, b: UserPart | undefined): boolean {
  return a?.user === b?.user && a?.startNs === b?.startNs && a?.endNs === b?.endNs;
}

/** The row that says where the records of a group are. */
export function placesRow({
  project,
  key,
  places,
  raw,
  keys,
}: Pick<HotGroup, 'project' | 'key' | 'places' | 'raw' | 'keys'>): GroupRow {
  return { project, key, places: encodePlaces(places, raw.size > 1 || !keys.isEmpty) };
}
