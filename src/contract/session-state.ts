/** States of a session (DESIGN 6). `active` and `idle` are open, the others closed. */
export const SESSION_STATES = ['active', 'idle', 'ended', 'timed_out', 'invalidated'] as const;
export type SessionState = (typeof SESSION_STATES)[number];
