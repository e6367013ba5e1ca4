import { Buffer } from 'node:buffer';
import type { PriceOf, Usage } from '../../normalize/facts.js';
import { Binder } from '../../sessionize/bind.js';
import {
  type CallKey,
  type CallsByKey,
  callsByKey,
  callsUnder,
  type KeyScope,
  keysOfCalls,
  MOST_GROUPS,
  type PlacedCall,
  type PlacedCalls,
  type SharedVerdict,
  sharedVerdicts,
} from '../../sessionize/elsewhere.js';
import type { ByteString } from '../../sessionize/records.js';
import { type SessionCall, sessionCall } from '../../sessionize/session-usage.js';
import { isLogRecord, NotCounted, verdicts } from '../../sessionize/usage.js';
import type { RecordId } from '../contract/group.js';
import type { HeldGroup } from '../records/held-records.js';
import { CallPlaces } from './call-places.js';
import { type GroupLoader, type GroupMoment, knowSessions, sessionByUser } from './group-loader.js';
import { Kept } from './kept.js';
import type { GroupRow } from './reads.js';
import { recordId, recordOfCall } from './record-ids.js';

/** What a record says about a call, and what its group derives from it. */
export interface ReportedCall {
  readonly call: SessionCall;
  readonly reason: NotCounted | undefined;
  /** The record that counts instead of it, or takes precedence. */
  readonly by: RecordId | undefined;
  /** The session of `by`, if it is another one. */
  readonly bySession?: string;
}

/** The calls that a group reports: a pure function of its records and of its session by user. */
export interface GroupCalls {
  /** Reported calls by session, for every session that has records of the group. */
  readonly reported: ReadonlyMap<string, readonly ReportedCall[]>;
  /** The calls that count in the group. */
  readonly counted: PlacedCalls;
}

export function callsOfGroup(group: HeldGroup, priceOf: PriceOf): GroupCalls {
  const judged = verdicts(group, priceOf);
  if (judged.length === 0) return NO_CALLS;
  const { traceId } = group;
  const binder = new Binder(group);
  const reported = new Map<string, ReportedCall[]>();
  const counted = new Map<string, { explicit: boolean; calls: SessionCall[] }>();
  for (const verdict of judged) {
    const { usageRecord, reason, by } = verdict;
    const { session } = isLogRecord(usageRecord) ? binder.log(usageRecord) : binder.span(usageRecord);
    const call = sessionCall(traceId, verdict);
    const entry = { call, reason, by: by && recordId(traceId, by) };
    const known = reported.get(session);
    if (known === undefined) reported.set(session, [entry]);
    else known.push(entry);
    if (reason !== undefined) continue;
    const calls = counted.get(session);
    if (calls === undefined) counted.set(session, { explicit: false, calls: [call] });
    else calls.calls.push(call);
  }
  if (counted.size > 0) {
    // U24: a session is known by an id if any record of the group is in it by an id.
    for (const span of group.spans.values()) noteExplicit(binder.span(span));
    for (const log of group.logs.values()) noteExplicit(binder.log(log));
  }
  return { reported, counted };

  function noteExplicit({ session, implicit }: { session: string; implicit: boolean }): void {
    const calls = implicit ? undefined : counted.get(session);
    if (calls !== undefined) calls.explicit = true;
  }
}

const NO_CALLS: GroupCalls = { reported: new Map(), counted: new Map() };

/** Limit of calls of the kept groups. A call takes about half a kilobyte. */
const MOST_KEPT_CALLS = 60_000;

/** The overhead of a kept group, in calls. */
const GROUP_WEIGHT = 1;

interface KeptCalls {
  readonly calls: GroupCalls;
  /** The keys of the calls that count, each once, in order. Computed on first use. */
  keys?: readonly CallKey[];
  byKey?: CallsByKey;
}

/** What comparing calls needs of a snapshot. */
export interface CallMoment extends GroupMoment {
  readonly version: number;
}

/**
 * Calls of groups, with what other sessions report of them (U24). A group's calls are kept while its records
 * are the same, so a session that has grown costs only its new groups.
 */
export class SessionCalls {
  readonly #loader: GroupLoader;
  readonly #priceOf: PriceOf;
  readonly #kept = new Kept<KeptCalls>(MOST_KEPT_CALLS);
  readonly #places = new CallPlaces();

  constructor(loader: GroupLoader, priceOf: PriceOf) {
    this.#loader = loader;
    this.#priceOf = priceOf;
  }

  /** What these groups report of a session, in their order. */
  async *reported(
    moment: CallMoment,
    rows: readonly GroupRow[],
    sessionId: string,
  ): AsyncGenerator<readonly ReportedCall[]> {
    for await (const [row, kept] of this.#calls(moment, rows)) {
      yield this.#withShared(moment, row.key, kept, sessionId);
    }
  }

  /** The same for one group that was read. */
  async reportedBy(
    moment: CallMoment,
    row: Pick<GroupRow, 'key' | 'places'>,
    group: HeldGroup,
    sessionId: string,
  ): Promise<readonly ReportedCall[]> {
    return this.#withShared(moment, row.key, this.#callsOf(moment, row, group), sessionId);
  }

  /**
   * The verdicts on calls of a group that other sessions report too. `counted` are the group's calls that
   * count in it.
   */
  async shared(
    moment: CallMoment,
    key: ByteString,
    counted: PlacedCalls,
  ): Promise<Map<SessionCall, SharedVerdict>> {
    return this.#shared(moment, key, { calls: { reported: NO_CALLS.reported, counted } });
  }

  async #shared(
    moment: CallMoment,
    key: ByteString,
    kept: KeptCalls,
  ): Promise<Map<SessionCall, SharedVerdict>> {
    const { counted } = kept.calls;
    const scope = await this.#places.scope(moment.reads, moment.project);
    kept.keys ??= keysOfCalls(counted, scope).sorted();
    if (kept.keys.length === 0) return NO_VERDICTS;
    await this.#places.load(moment.reads, moment.version, kept.keys);
    const meeting = kept.keys
      .map((callKey) => ({ callKey, others: this.#places.others(callKey, key) }))
      .filter(({ others }) => others.length > 0 && others.length <= MOST_GROUPS);
    if (meeting.length === 0) return NO_VERDICTS;
    const met = await this.#metCalls(moment, scope, new Set(meeting.flatMap(({ others }) => others)));
    const own = byKeyOf(kept, scope);
    const sharing: PlacedCall[][] = [];
    for (const { callKey, others } of meeting) {
      const calls = [...callsUnder(own, callKey)];
      for (const other of others) {
        const known = met.get(other);
        if (known !== undefined) calls.push(...callsUnder(known, callKey));
      }
      // Calls of one session are compared within the group.
      if (calls.some(({ session }) => session !== calls[0]!.session)) sharing.push(calls);
    }
    if (sharing.length === 0) return NO_VERDICTS;
    const all = new Set([...counted.values()].flatMap(({ calls }) => calls));
    return sharedVerdicts(all, sharing, this.#priceOf);
  }

  /** What a group reports of a session, given the reports of other sessions. */
  async #withShared(
    moment: CallMoment,
    key: ByteString,
    kept: KeptCalls,
    sessionId: string,
  ): Promise<readonly ReportedCall[]> {
    const reported = kept.calls.reported.get(sessionId) ?? [];
    // A rest counts nowhere if another session reports the tokens of one of its calls, in any session.
    const mayBeShared = ({ callIds, restOf }: Usage): boolean =>
      callIds !== undefined || restOf !== undefined;
    if (!reported.some(({ call, reason }) => reason === undefined && mayBeShared(call.usage)))
      return reported;
    const shared = await this.#shared(moment, key, kept);
    if (shared.size === 0) return reported;
    // A rest has the id of its wrapper, which does not count.
    const byId = new Map([...shared].map(([call, verdict]) => [call.id, verdict]));
    return reported.map((each) => {
      const { call, reason } = each;
      const isRest = call.usage.kind === 'rest';
      const verdict = reason === undefined && (isRest || call.usage.callIds) ? byId.get(call.id) : undefined;
      if (verdict === undefined) return each;
      const { by, usage } = verdict;
      if (by === undefined) return { ...each, call: { ...call, usage } };
      return {
        call,
        reason: isRest ? NotCounted.wrapper : NotCounted.elsewhere,
        by: recordOfCall(by),
        ...(by.session !== sessionId && { bySession: by.session }),
      };
    });
  }

  /** The calls of other groups by their keys. */
  async #metCalls(
    moment: CallMoment,
    scope: KeyScope,
    keys: ReadonlySet<ByteString>,
  ): Promise<Map<ByteString, CallsByKey>> {
    const wanted = [...keys];
    const places = await moment.reads.places(wanted.map((key) => ({ project: moment.project, key })));
    const rows = wanted.flatMap((key, at) => {
      const each = places[at];
      return each === undefined ? [] : [{ key, places: each }];
    });
    const met = new Map<ByteString, CallsByKey>();
    for await (const [{ key }, kept] of this.#calls(moment, rows)) {
      met.set(key, byKeyOf(kept, scope));
    }
    return met;
  }

  /** The calls of these groups, in their order. Those that are not kept are read, neighbours together. */
  async *#calls<Row extends Pick<GroupRow, 'key' | 'places'>>(
    moment: CallMoment,
    rows: readonly Row[],
  ): AsyncGenerator<readonly [Row, KeptCalls]> {
    let missing: Row[] = [];
    await knowSessions(moment, rows);
    for (const row of rows) {
      const kept = this.#kept.get(nameOf(moment.project, row, await sessionByUser(moment, row.key)));
      if (kept === undefined) {
        missing.push(row);
        if (missing.length < READ_TOGETHER) continue;
      }
      for await (const { row: read, group } of this.#loader.groups(moment, missing)) {
        yield [read, this.#callsOf(moment, read, group)];
      }
      missing = [];
      if (kept !== undefined) yield [row, kept];
    }
    for await (const { row: read, group } of this.#loader.groups(moment, missing)) {
      yield [read, this.#callsOf(moment, read, group)];
    }
  }

  #callsOf({ project }: CallMoment, row: Pick<GroupRow, 'key' | 'places'>, group: HeldGroup): KeptCalls {
    const name = nameOf(project, row, group.sessionByUser);
    const known = this.#kept.get(name);
    if (known !== undefined) return known;
    const calls = callsOfGroup(group, this.#priceOf);
    const kept = { calls };
    const count = [...calls.reported.values()].reduce((sum, { length }) => sum + length, 0);
    this.#kept.put(name, kept, GROUP_WEIGHT + count);
    return kept;
  }
}

function byKeyOf(kept: KeptCalls, scope: KeyScope): CallsByKey {
  kept.byKey ??= callsByKey(kept.calls.counted, scope);
  return kept.byKey;
}

/** Groups that are not kept are read this many at a time. */
const READ_TOGETHER = 64;

const NO_VERDICTS: Map<SessionCall, SharedVerdict> = new Map();

/** Equal for a group with the same records and the same session by user. */
export function nameOf(
  project: number,
  { key, places }: Pick<GroupRow, 'key' | 'places'>,
  byUser = '',
): string {
  const placesText = Buffer.from(places.buffer, places.byteOffset, places.byteLength).toString('latin1');
  return `${project} ${byUser} ${key.length} ${key}${placesText}`;
}
