import type { SessionState } from '../contract/session-state.js';
import type { StoredSession } from '../store/contract/session.js';

/** How long a session without activity stays open, in whole milliseconds. */
export interface StateLimits {
  /** A session is active for less than this time after its last activity. */
  readonly activeMs: number;
  /**
   * A session is idle for less than this time after its last activity, and then timed out. At least
   * `activeMs`.
   */
  readonly timeoutMs: number;
}

const NS_PER_MS = 1_000_000n;

/**
 * The state of a session at `nowNs`. A session with its last activity in the future is active. Either the
 * sender's clock is a little ahead, or the time is wrong (by more than 5 minutes, DESIGN 6) and counts as
 * now.
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

/** The fields that decide the state of a session. */
type Judged = Pick<StoredSession, 'lastNs' | 'hasEnded' | 'invalidated'>;

/** Whether a session in this state is open: its end is unknown. */
export function isOpen(state: SessionState): boolean {
  return state === 'active' || state === 'idle';
}
