import type { PriceOf } from '../../normalize/facts.js';
import { amountsOfCall } from '../../sessionize/greatest-call.js';
import type { ByteString } from '../../sessionize/records.js';
import {
  type SessionCall,
  type SessionVerdict,
  sessionVerdicts,
  sharedIds,
} from '../../sessionize/session-usage.js';
import type { StoredCallRecord, StoredUsageRecord } from '../contract/usage.js';
import type { FoundSession, SessionMoment } from './found-session.js';
import type { ReportedCall, SessionCalls } from './group-calls.js';
import { Kept } from './kept.js';
import { callIdOf, recordOfCall } from './record-ids.js';

/**
 * Verdicts on calls in their session, by id of the call. The verdict of the group applies to calls without an
 * entry.
 */
export type SessionReasons = ReadonlyMap<ByteString, CallVerdict>;

type CallVerdict = Pick<SessionVerdict, 'usage' | 'reason' | 'by' | 'sharesIdWith'>;

/** A call that counts in its group. */
export type CountedInGroup = Pick<SessionCall, 'id' | 'usage'>;

export const NO_REASONS: SessionReasons = new Map();

/** Most calls whose verdicts are kept. */
const MOST_KEPT = 60_000;

/** Most groups of a session in one request. A million groups take about 100 MB. */
const ALL_GROUPS = 1_000_000;

interface KeptReasons {
  /** The session's row, its groups and the state of the store from which the verdicts were computed. */
  readonly sums: string;
  readonly groups: string;
  version: number;
  readonly reasons: SessionReasons;
  /**
   * Whether other sessions report calls of this one. Then they may affect verdicts without a change of this
   * session's row.
   */
  readonly isShared: boolean;
}

/**
 * Verdicts on calls over all groups of a session (U16, U18). If they need the whole session to be read, they
 * are kept while it stays the same.
 */
export class SessionVerdicts {
  readonly #calls: SessionCalls;
  readonly #priceOf: PriceOf;
  readonly #kept = new Kept<KeptReasons>(MOST_KEPT);

  constructor(calls: SessionCalls, priceOf: PriceOf) {
    this.#calls = calls;
    this.#priceOf = priceOf;
  }

  /**
   * The verdicts on these calls, which count in their groups. If no other call can affect them, the session's
   * row is enough; otherwise all groups of the session are read. For consecutive reads: at the beginning of a
   * list the verdicts are current. For later pages they are kept while the session's row stays the same.
   */
  async reasons(
    moment: SessionMoment,
    found: FoundSession,
    calls: readonly CountedInGroup[],
    isFirst: boolean,
  ): Promise<SessionReasons> {
    const { usage } = found.session;
    if (calls.length === 0) return NO_REASONS;
    const { shared } = await this.apart(moment, found, calls);
    if (shared.length > 0) return this.#ofAll(moment, found, isFirst);
    if (!usage.needsDeduplication) return NO_REASONS;
    const reasons = new Map<ByteString, CallVerdict>();
    for (const call of calls) {
      const reason = usage.reasonAlone(call.usage);
      if (reason !== undefined) reasons.set(call.id, { usage: call.usage, reason, by: undefined });
    }
    return reasons;
  }

  /** Splits these calls: those that other calls of the session may affect, and those that none does. */
  async apart(
    moment: SessionMoment,
    { row, session: { usage } }: FoundSession,
    calls: readonly CountedInGroup[],
  ): Promise<{ readonly shared: CountedInGroup[]; readonly alone: CountedInGroup[] }> {
    if (calls.length > 0 && usage.marks.areApart) usage.marks.takeIn(await moment.reads.marks(row));
    const [shared, alone]: [CountedInGroup[], CountedInGroup[]] = [[], []];
    for (const call of calls) (usage.isShared(call.usage) ? shared : alone).push(call);
    return { shared, alone };
  }

  async #ofAll(moment: SessionMoment, found: FoundSession, isFirst: boolean): Promise<SessionReasons> {
    const name = String(found.row.no);
    const kept = this.#kept.get(name);
    if (kept !== undefined && kept.sums === found.row.sums) {
      if (!isFirst || kept.version === moment.version) return kept.reasons;
      if (!kept.isShared && kept.groups === (await groupsOf(moment, found))) {
        kept.version = moment.version;
        return kept.reasons;
      }
    }
    const { reported, isShared } = await this.#reported(moment, found);
    const reasons = reasonsIn(found, reported, this.#priceOf);
    this.#kept.put(
      name,
      {
        sums: found.row.sums,
        groups: await groupsOf(moment, found),
        version: moment.version,
        reasons,
        isShared,
      },
      1 + reported.length,
    );
    return reasons;
  }

  /** The calls that all groups of a session report. */
  async #reported(moment: SessionMoment, { row, session }: FoundSession) {
    const rows = await moment.reads.groups(row, { of: 'records', direction: 'forward', limit: ALL_GROUPS });
    const reported: ReportedCall[] = [];
    let isShared = false;
    for await (const ofGroup of this.#calls.reported(moment, rows, session.id)) {
      for (const call of ofGroup) {
        reported.push(call);
        isShared ||= call.bySession !== undefined;
      }
    }
    return { reported, isShared };
  }
}

function groupsOf({ reads }: SessionMoment, { row }: FoundSession): Promise<string> {
  return reads.groupVersions(row, '', ALL_GROUPS);
}

/**
 * Verdicts on calls that count in their group. If no calls of different groups can be the same, those of
 * calls that share an id.
 */
function reasonsIn(
  { session }: FoundSession,
  reported: readonly ReportedCall[],
  priceOf: PriceOf,
): SessionReasons {
  if (!session.usage.needsDeduplication) {
    const counted = reported.filter(({ reason }) => reason === undefined).map(({ call }) => call);
    return new Map(sharedIds(counted).map((verdict) => [verdict.call.id, verdict]));
  }
  const calls = reported
    .filter(({ call, reason }) => reason === undefined || call.usage.kind !== 'sum')
    .map(({ call, reason }) => (reason === undefined ? call : { ...call, superseded: true as const }));
  return new Map(sessionVerdicts(calls, priceOf).map((verdict) => [verdict.call.id, verdict]));
}

/** A record of usage with its verdict in its session. */
export function judged(record: StoredUsageRecord, reasons: SessionReasons): StoredUsageRecord {
  if (record.usage === undefined || record.reason !== undefined) return record;
  const inSession = reasons.get(callIdOf(record.record));
  if (inSession === undefined) return record;
  const { usage, reason, by, sharesIdWith } = inSession;
  return {
    ...record,
    usage,
    ...(sharesIdWith === undefined ? {} : { sharesIdWith: recordOfCall(sharesIdWith) }),
    ...(reason === undefined ? {} : { reason }),
    ...(by === undefined ? {} : { by: recordOfCall(by) }),
  };
}

function durationOf(call: SessionCall): Pick<StoredCallRecord, 'durationNs'> {
  const { durationNs } = amountsOfCall(call);
  return durationNs === undefined ? {} : { durationNs };
}

/** The calls that records report, with their verdicts, by time. */
export function callRecordsOf(
  reported: readonly ReportedCall[],
  reasons: SessionReasons,
): StoredCallRecord[] {
  return reported
    .map(({ call, ...inGroup }) => {
      const inSession = inGroup.reason === undefined ? reasons.get(call.id) : undefined;
      const reason = inGroup.reason ?? inSession?.reason;
      const by = inGroup.by ?? (inSession?.by && recordOfCall(inSession.by));
      return {
        record: recordOfCall(call),
        timeNs: call.startNs,
        ...durationOf(call),
        usage: inSession?.usage ?? call.usage,
        ...(reason === undefined ? {} : { reason }),
        ...(by === undefined ? {} : { by }),
        ...(inGroup.bySession === undefined ? {} : { bySession: inGroup.bySession }),
        ...(inSession?.sharesIdWith === undefined
          ? {}
          : { sharesIdWith: recordOfCall(inSession.sharesIdWith) }),
      };
    })
    .sort(byTime);
}

function byTime(a: StoredCallRecord, b: StoredCallRecord): number {
  if (a.timeNs !== b.timeNs) return a.timeNs < b.timeNs ? -1 : 1;
  const [first, second] = [a, b].map(
    // The rest of a wrapper's sum has the wrapper's id and follows it.
    ({ record, usage }) => `${record.traceId} ${record.spanId ?? record.logId} ${usage.kind === 'rest'}`,
  );
  return first! < second! ? -1 : 1;
}
