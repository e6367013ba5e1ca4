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
export function stateOf(
  session: Pick<StoredSession, 'lastNs' | 'hasEnded' | 'invalidated'>,
  nowNs: bigint,
  limits: StateLimits,
): SessionState {
  if (session.invalidated) return 'invalidated';
  if (session.hasEnded) return 'ended';
  const sinceNs = nowNs - session.lastNs;
  if (sinceNs < BigInt(limits.activeMs) * NS_PER_MS) return 'active';
  if (sinceNs < BigInt(limits.timeoutMs) * NS_PER_MS) return 'idle';
  return 'timed_out';
}

/** Whether a session in this state is open: its end is not known yet. */
export function isOpen(state: SessionState): boolean {
  return state === 'active' || state === 'idle';
}
