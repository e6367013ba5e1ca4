import { carriesUsage, type PriceOf, type Usage } from '../normalize/facts.js';
import { type ByteString, compareInTime } from './records.js';
import { borrowAll, priced, sameCalls } from './same-call.js';
import { type CountedCall, isLogCarrier, NotCounted, precedence } from './usage.js';

/** A model call or sum that counts within its group, or one that is beaten there. */
export interface SessionCall {
  readonly usage: Usage;
  /** It does not count; it shows that its dialect tells of calls (U18). */
  readonly beaten?: true;
  /** Where its record stands in time. */
  readonly atNs: bigint;
  /** Trace id and span id, or content digest. */
  readonly id: ByteString;
}

/** A call of a group as its session sees it. `traceId` is the group's. */
export function sessionCall(traceId: ByteString, { carrier, usage }: CountedCall): SessionCall {
  return {
    usage,
    atNs: isLogCarrier(carrier) ? carrier.timeNs : carrier.startNs,
    id: traceId + carrier.id,
  };
}

/** What became of a call in its session. */
export interface SessionVerdict {
  readonly call: SessionCall;
  /** With what it has borrowed. */
  readonly usage: Usage;
  readonly reason: NotCounted | undefined;
  readonly by: SessionCall | undefined;
}

type Draft = { -readonly [K in keyof SessionVerdict]: SessionVerdict[K] };

/** The order in which calls are looked at: those that count in the place of others come first. */
function compareCalls(a: SessionCall, b: SessionCall): number {
  return precedence(a.usage) - precedence(b.usage) || compareInTime(a.atNs, a.id, b.atNs, b.id);
}

/**
 * The calls of a session, over all of its groups, each once (docs/usage.md, U16 and U18): a pure function of their set.
 *
 * U16: calls with an id in common, directly or through others, are one. U18: where records of both signals of one dialect remain, those of the one that comes first
 * count, and of the other only those whose id shows that the first has not told of them; sums count only where no record of their dialect
 * tells of calls, be it one that does not count. Beaten calls have no verdict here.
 */
export function sessionVerdicts(calls: readonly SessionCall[], priceOf: PriceOf): SessionVerdict[] {
  const verdicts: Draft[] = calls
    .filter(({ beaten }) => beaten !== true)
    .sort(compareCalls)
    .map((call) => ({ call, usage: call.usage, reason: undefined, by: undefined }));
  for (const [first, ...others] of sameCalls(verdicts)) {
    for (const other of others) {
      other.reason = NotCounted.sameId;
      other.by = first!.call;
    }
    const usage = borrowAll(
      first!.usage,
      others.map((other) => other.usage),
    );
    first!.usage = priced(first!.usage, usage, first!.call.atNs, priceOf);
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
    if (verdict.reason !== undefined || !carriesUsage(usage)) continue;
    const rank = precedence(usage);
    const haveIds = usage.callIds !== undefined;
    const first = firsts.get(usage.dialect);
    if (first === undefined) firsts.set(usage.dialect, { rank, haveIds });
    else if (first.rank === rank) first.haveIds &&= haveIds;
    else if (!haveIds || !first.haveIds) verdict.reason = NotCounted.signal;
  }
  return verdicts;
}
