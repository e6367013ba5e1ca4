import type { SessionState } from '../api/client.js';

export const STATE_NAMES: Record<SessionState, string> = {
  active: 'Active',
  idle: 'Idle',
  ended: 'Ended',
  timed_out: 'Timed out',
  invalidated: 'Invalidated',
};

/** A session's state: a coloured dot and the word. */
export function State({ state }: { readonly state: SessionState }) {
  return (
    <span className={`state state-${state}`}>
      <span className="state-dot" />
      {STATE_NAMES[state]}
    </span>
  );
}
