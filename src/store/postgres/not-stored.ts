import type { DatabaseError } from './statement.js';

/** By SQLSTATE, or its first characters. */
const REASONS: readonly (readonly [state: RegExp, reason: string])[] = [
  [/^53100/, 'the disk of the database is full, and its operator has to make room'],
  [/^53300/, 'the database has no connection free, and its operator has to allow more (max_connections)'],
  [/^53/, 'the database is short of memory or files'],
  [/^25006/, 'the database is read-only at the moment'],
  [/^(40|55P03|57014)/, 'the database is too busy'],
  [/^42501/, 'this server lacks a right in the database, which its operator has to grant'],
];

/** Why a batch could not be stored, as `NotStoredError.reason`. Pure. */
export function notStoredReason({ code }: DatabaseError): string {
  if (code === undefined) return 'the database cannot be reached, or does not answer';
  const known = REASONS.find(([state]) => state.test(code))?.[1];
  return known ?? `the database refused it (SQLSTATE ${code}), and the log of this server says why`;
}
