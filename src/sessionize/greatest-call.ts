import { callsOf } from '../normalize/facts.js';
import type { SessionCall } from './session-usage.js';
import { isUnset } from './stretches.js';

/** The greatest cost and the greatest duration of a call, among calls that count. */
export interface GreatestCall {
  /** Nano-USD; undefined if the cost of no call is known. */
  readonly costNanoUsd?: number;
  /** From start to end of its span, ns, at most 2^53 - 1; undefined if no span reports a call. */
  readonly durationNs?: number;
}

export const NO_CALL: GreatestCall = {};

/** The amounts by which calls are compared. */
const AMOUNTS = ['costNanoUsd', 'durationNs'] as const;

/** The amounts of a record that counts. A sum or a rest is no call, and has none. */
export function amountsOfCall(call: Omit<SessionCall, 'superseded' | 'id'>): GreatestCall {
  const { usage, startNs, endNs } = call;
  if (callsOf(usage) === 0) return NO_CALL;
  return {
    ...(usage.costNanoUsd !== undefined && { costNanoUsd: usage.costNanoUsd }),
    // Without a clock that was set, nothing is known of the duration.
    ...(usage.signal === 'span' &&
      !isUnset(startNs) && {
        durationNs: Math.min(Number(endNs - startNs), Number.MAX_SAFE_INTEGER),
      }),
  };
}

/** The greatest amounts of both. */
export function greaterOf(a: GreatestCall, b: GreatestCall): GreatestCall {
  const costNanoUsd = greater(a.costNanoUsd, b.costNanoUsd);
  const durationNs = greater(a.durationNs, b.durationNs);
  return {
    ...(costNanoUsd !== undefined && { costNanoUsd }),
    ...(durationNs !== undefined && { durationNs }),
  };
}

/** The greatest amounts of all these calls that count. */
export function greatestOf(calls: readonly SessionCall[]): GreatestCall {
  let greatest = NO_CALL;
  for (const call of calls) {
    if (call.superseded !== true) greatest = greaterOf(greatest, amountsOfCall(call));
  }
  return greatest;
}

/**
 * The greatest amounts after some calls were replaced, from the greatest ones before. Undefined if an amount
 * that was the greatest is gone, and no greater one came: then all calls have to be compared again.
 */
export function exchangeGreatest(
  greatest: GreatestCall,
  old: GreatestCall,
  replacement: GreatestCall,
): GreatestCall | undefined {
  for (const amount of AMOUNTS) {
    const was = greatest[amount];
    if (was === undefined || old[amount] !== was) continue;
    if ((replacement[amount] ?? -1) < was) return undefined;
  }
  return greaterOf(greatest, replacement);
}

/** Whether a call may be the only one with a greatest amount. */
export function reaches(call: GreatestCall, greatest: GreatestCall): boolean {
  return AMOUNTS.some((amount) => call[amount] !== undefined && call[amount] === greatest[amount]);
}

function greater(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.max(a, b);
}
