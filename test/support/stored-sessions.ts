import type { StoredSession } from '../../src/store/contract/session.js';

/** Nanoseconds since 1970 of 2026-03-01T00:00:00Z plus `seconds`. */
export function at(seconds: number): bigint {
  return 1_772_323_200_000_000_000n + BigInt(Math.round(seconds * 1000)) * 1_000_000n;
}

/** A session with one span and no other facts, started at `at(0)`; its duration is 0 by default. */
export function storedSession(fields: Partial<StoredSession> & { id: string }): StoredSession {
  const startNs = fields.startNs ?? at(0);
  return {
    startNs,
    lastNs: startNs,
    traceCount: 1,
    spanCount: 1,
    errorCount: 0,
    services: ['web'],
    invalidated: false,
    ...fields,
  };
}
