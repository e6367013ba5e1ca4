import { formatCounted } from './number.js';

/** The failures of a session, as the API counts them. */
interface Failures {
  readonly error_count: number;
  readonly exception_count?: number;
  readonly crash_count?: number;
}

/**
 * The minimum number of failures. An exception usually makes its span fail, so failed spans and exceptions
 * are not added up. 0 only if nothing failed.
 */
export function failureCount({ error_count, exception_count = 0 }: Failures): number {
  return Math.max(error_count, exception_count);
}

/** Describes the failures: `2 failed spans, 3 exceptions, 1 crash`. Empty if nothing failed. */
export function failureText({ error_count, exception_count = 0, crash_count = 0 }: Failures): string {
  return [
    ...(error_count > 0 ? [formatCounted(error_count, 'failed span')] : []),
    ...(exception_count > 0 ? [formatCounted(exception_count, 'exception')] : []),
    ...(crash_count > 0 ? [crash_count === 1 ? '1 crash' : `${crash_count} crashes`] : []),
  ].join(', ');
}
