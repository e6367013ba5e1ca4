import { carriesUsage, hasTokens, type PriceOf, type Usage } from '../normalize/facts.js';
import { borrowAll, priced } from './better-numbers.js';
import { type ByteString, lastNsOf } from './records.js';
import { compareReports, precedence, sameCalls } from './same-call.js';
import { type CountedCall, isLogRecord, NotCounted } from './usage.js';

/** A model call or aggregate that counts within its group, or one that is superseded there. */
export interface SessionCall {
  readonly usage: Usage;
  /** It does not count, but shows that its dialect reports calls (U18). */
  readonly superseded?: true;
  /** Start and end of its span, or twice the time of its log record. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Trace id and span id, or content digest. */
  readonly id: ByteString;
}

/** A call of a group as its session sees it. `traceId` is the group's. */
export function sessionCall(traceId: ByteString, { usageRecord, usage }: CountedCall): SessionCall {
  return {
    usage,
    ...(isLogRecord(usageRecord)
      ? { startNs: usageRecord.timeNs, endNs: usageRecord.timeNs }
      : { startNs: usageRecord.startNs, endNs: lastNsOf(usageRecord) }),
    id: traceId + usageRecord.id,
  };
}

/** What is known of the call records of a dialect (U18). */
export interface Signal {
  /** Whether any of them has usage, counting or not. */
  readonly reports: boolean;
  /**
   * The precedence of those that come first among the counting records with usage; undefined if there are
   * none.
   */
  readonly first: number | undefined;
  /** Whether all of those that come first have ids. */
  readonly haveIds: boolean;
}

/** By dialect. */
export type Signals = ReadonlyMap<string, Signal>;

/**
 * Why a call that counts in its group does not count in its session; undefined if it counts. Only for calls
 * that share no id with another call, and for rests whose ids (`restOf`) no call has. For these it agrees
 * with `sessionVerdicts` over all calls.
 */
export function verdictBySignal(usage: Usage, signals: Signals): NotCounted | undefined {
  const signal = signals.get(usage.dialect);
  if (signal === undefined) return undefined;
  const { reports, first, haveIds } = signal;
  if (usage.kind === 'sum') return reports ? NotCounted.signal : undefined;
  if (first === undefined || first === precedence(usage)) return undefined;
  if (usage.kind === 'rest') return NotCounted.signal;
  if (!carriesUsage(usage)) return undefined;
  return usage.callIds === undefined || !haveIds ? NotCounted.signal : undefined;
}

/**
 * The calls that share an id with another call, each with the first such call. No call may be reported twice
 * in `calls`.
 */
export function sharedIds(calls: readonly SessionCall[]): SessionVerdict[] {
  const verdicts = calls
    .filter(({ superseded, usage }) => superseded !== true && usage.callIds !== undefined)
    .sort(compareReports)
    .map((call): Draft => ({ call, usage: call.usage, reason: undefined, by: undefined }));
  noteSharedIds(verdicts);
  return verdicts.filter(({ sharesIdWith }) => sharesIdWith !== undefined);
}

/** Sets `sharesIdWith` of each counting call to the first other counting call that shares an id with it. */
function noteSharedIds(verdicts: readonly Draft[]): void {
  const firsts = new Map<string, Draft>();
  for (const verdict of verdicts) {
    if (verdict.reason !== undefined) continue;
    for (const id of verdict.call.usage.callIds ?? []) {
      const first = firsts.get(id);
      if (first === undefined) {
        firsts.set(id, verdict);
        continue;
      }
      if (first === verdict) continue;
      first.sharesIdWith ??= verdict.call;
      verdict.sharesIdWith ??= first.call;
    }
  }
}

/** The verdict on a call in its session. */
export interface SessionVerdict {
  readonly call: SessionCall;
  /** Including borrowed values. */
  readonly usage: Usage;
  readonly reason: NotCounted | undefined;
  readonly by: SessionCall | undefined;
  /** Another counting call that shares an id with this one, which counts too. */
  readonly sharesIdWith?: SessionCall;
}

type Draft = { -readonly [K in keyof SessionVerdict]: SessionVerdict[K] };

/**
 * The verdicts on the calls of a session over all of its groups (docs/usage.md, U16 and U18): a pure function
 * of the set of calls.
 *
 * U16: calls that share ids, directly or through others, are one call. U18: if records of both signals of a
 * dialect remain, those of the signal that comes first count; of the other signal only those whose ids show
 * that the first has not reported them. Aggregates count only if no record of their dialect reports calls,
 * whether that record counts or not. Superseded calls have no verdict here.
 */
export function sessionVerdicts(calls: readonly SessionCall[], priceOf: PriceOf): SessionVerdict[] {
  const verdicts: Draft[] = calls
    .filter(({ superseded }) => superseded !== true)
    .sort(compareReports)
    .map((call) => ({ call, usage: call.usage, reason: undefined, by: undefined }));
  const verdictOf = new Map(verdicts.map((verdict) => [verdict.call, verdict]));
  /** By call id: the report that counts, for calls with several reports, one of which has tokens. */
  const countedById = new Map<string, SessionCall>();
  for (const [first, ...others] of sameCalls(verdicts.map(({ call }) => call))) {
    for (const other of others) {
      const verdict = verdictOf.get(other)!;
      verdict.reason = NotCounted.sameId;
      verdict.by = first!;
    }
    const usage = borrowAll(
      first!.usage,
      others.map((other) => other.usage),
    );
    verdictOf.get(first!)!.usage = priced(first!.usage, usage, first!.startNs, priceOf);
    if (hasTokens(usage)) for (const id of usage.callIds!) countedById.set(id, first!);
  }
  const reportingDialects = new Set(
    calls
      .filter(({ usage }) => usage.kind !== 'sum' && carriesUsage(usage))
      .map(({ usage }) => usage.dialect),
  );
  /** By dialect: the precedence of its records that come first, and whether all of these have ids. */
  const firsts = new Map<string, { readonly rank: number; haveIds: boolean }>();
  for (const verdict of verdicts) {
    // Borrowed values do not show which signal reports the call.
    const { usage } = verdict.call;
    if (usage.kind === 'sum') {
      if (reportingDialects.has(usage.dialect)) verdict.reason = NotCounted.signal;
      continue;
    }
    // Neither does a rest: reported calls come before it.
    if (usage.kind === 'rest') continue;
    if (verdict.reason !== undefined || !carriesUsage(usage)) continue;
    const rank = precedence(usage);
    const haveIds = usage.callIds !== undefined;
    const first = firsts.get(usage.dialect);
    if (first === undefined) firsts.set(usage.dialect, { rank, haveIds });
    else if (first.rank === rank) first.haveIds &&= haveIds;
    else if (!haveIds || !first.haveIds) verdict.reason = NotCounted.signal;
  }
  for (const verdict of verdicts) {
    const { usage } = verdict.call;
    if (usage.kind !== 'rest') continue;
    const first = firsts.get(usage.dialect);
    const counted = usage.restOf?.map((id) => countedById.get(id)).find((call) => call !== undefined);
    if (first !== undefined && first.rank !== precedence(usage)) {
      verdict.reason = NotCounted.signal;
    } else if (counted !== undefined) {
      verdict.reason = NotCounted.wrapper;
      verdict.by = counted;
    }
  }
  noteSharedIds(verdicts);
  return verdicts;
}
