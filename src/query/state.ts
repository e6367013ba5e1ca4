import type { SessionState } from '../contract/session-state.js';
import type { StoredSession } from '../store/contract/session.js';

/** How long a session without activity stays open, in whole milliseconds. */
export interface StateLimits {
  /** Strictly below this time since its last activity a session is active. */
  readonly activeMs: number;
  /** Strictly below this it is idle, from there on timed out. At least `activeMs`. */
  readonly timeoutMs: number;
}

const NS_PER_MS = 1_000_000n;

/**
 * The state of a session at `nowNs`. A last activity ahead of the clock makes the session active, be it by a little, because
 * the sender's clock is ahead, or by so much (5 minutes, DESIGN 6) that the time is wrong and counts as now.
 */
export function stateOf(session: Judged, nowNs: bigint, limits: StateLimits): SessionState {
  return statesAt(nowNs, limits)(session);
}

/** `stateOf` for many sessions at one time. */
export function statesAt(nowNs: bigint, limits: StateLimits): (session: Judged) => SessionState {
  const activeAfterNs = nowNs - BigInt(limits.activeMs) * NS_PER_MS;
  const openAfterNs = nowNs - BigInt(limits.timeoutMs) * NS_PER_MS;
  return ({ lastNs, hasEnded, invalidated }) => {
    if (invalidated) return 'invalidated';
    if (hasEnded) return 'ended';
    if (lastNs > activeAfterNs) return 'active';
    return lastNs > openAfterNs ? 'idle' : 'timed_out';
  };
}

/** What the state of a session depends on. */
type Judged = Pick<StoredSession, 'lastNs' | 'hasEnded' | 'invalidated'>;

/** Whether a session in this state is open: its end is not known yet. */
export function isOpen(state: SessionState): boolean {
  return state === 'active' || state === 'idle';
}
