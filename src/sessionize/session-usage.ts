import { carriesUsage, hasTokens, type PriceOf, type Usage } from '../normalize/facts.js';
import { borrowAll, priced } from './better-numbers.js';
import { type ByteString, lastNsOf } from './records.js';
import { compareReports, precedence, sameCalls } from './same-call.js';
import { type CountedCall, isLogRecord, NotCounted } from './usage.js';

/** A model call or sum that counts within its group, or one that is superseded there. */
export interface SessionCall {
  readonly usage: Usage;
  /** It does not count; it shows that its dialect tells of calls (U18). */
  readonly superseded?: true;
  /** Where its record stands in time: its span's times, or twice that of a log record. */
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

/** What is known of the records of a dialect that report calls (U18). */
export interface Signal {
  /** Whether any of them reports numbers of calls, be it that it does not count. */
  readonly reports: boolean;
  /** The precedence of those that come first among the records that count with numbers; undefined where there is none. */
  readonly first: number | undefined;
  /** Whether all of those that come first have ids. */
  readonly haveIds: boolean;
}

/** By dialect. */
export type Signals = ReadonlyMap<string, Signal>;

/**
 * Why a call that counts in its group does not count in its session; undefined where it does. Of calls that are joined to no others by their ids, and of rests of which no call is: the same
 * as `sessionVerdicts` over all calls.
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

/** The calls that have an id in common with another, of calls none of which is told twice: each with the first other one. */
export function sharedIds(calls: readonly SessionCall[]): SessionVerdict[] {
  const verdicts = calls
    .filter(({ superseded, usage }) => superseded !== true && usage.callIds !== undefined)
    .sort(compareReports)
    .map((call): Draft => ({ call, usage: call.usage, reason: undefined, by: undefined }));
  noteSharedIds(verdicts);
  return verdicts.filter(({ sharesIdWith }) => sharesIdWith !== undefined);
}

/** Names, for each call that counts, the first other one that has an id in common with it. */
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

/** What became of a call in its session. */
export interface SessionVerdict {
  readonly call: SessionCall;
  /** With what it has borrowed. */
  readonly usage: Usage;
  readonly reason: NotCounted | undefined;
  readonly by: SessionCall | undefined;
  /** Another call that counts though it has an id in common with this one, which counts too. */
  readonly sharesIdWith?: SessionCall;
}

type Draft = { -readonly [K in keyof SessionVerdict]: SessionVerdict[K] };

/**
 * The calls of a session, over all of its groups, each once (docs/usage.md, U16 and U18): a pure function of their set.
 *
 * U16: calls with an id in common, directly or through others, are one. U18: where records of both signals of one dialect remain, those of the one that comes first
 * count, and of the other only those whose id shows that the first has not told of them; sums count only where no record of their dialect
 * tells of calls, be it one that does not count. Beaten calls have no verdict here.
 */
export function sessionVerdicts(calls: readonly SessionCall[], priceOf: PriceOf): SessionVerdict[] {
  const verdicts: Draft[] = calls
    .filter(({ superseded }) => superseded !== true)
    .sort(compareReports)
    .map((call) => ({ call, usage: call.usage, reason: undefined, by: undefined }));
  const verdictOf = new Map(verdicts.map((verdict) => [verdict.call, verdict]));
  /** By id of a call: what counts for it, with tokens that another group may have told. */
  const tellers = new Map<string, SessionCall>();
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
    if (hasTokens(usage)) for (const id of usage.callIds!) tellers.set(id, first!);
  }
  const told = new Set(
    calls
      .filter(({ usage }) => usage.kind !== 'sum' && carriesUsage(usage))
      .map(({ usage }) => usage.dialect),
  );
  /** By dialect: the precedence of its records that come first, and whether all of these have ids. */
  const firsts = new Map<string, { readonly rank: number; haveIds: boolean }>();
  for (const verdict of verdicts) {
    // What it has borrowed is no sign of which signal tells.
    const { usage } = verdict.call;
    if (usage.kind === 'sum') {
      if (told.has(usage.dialect)) verdict.reason = NotCounted.signal;
      continue;
    }
    // A rest is no sign either: calls that are told come first.
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
    const teller = usage.restOf?.map((id) => tellers.get(id)).find((call) => call !== undefined);
    if (first !== undefined && first.rank !== precedence(usage)) {
      verdict.reason = NotCounted.signal;
    } else if (teller !== undefined) {
      verdict.reason = NotCounted.wrapper;
      verdict.by = teller;
    }
  }
  noteSharedIds(verdicts);
  return verdicts;
}
