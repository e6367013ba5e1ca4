import { formatCounted } from './number.js';

/** What went wrong in a session, as the API counts it. */
interface Failures {
  readonly error_count: number;
  readonly exception_count?: number;
  readonly crash_count?: number;
}

/**
 * How much went wrong at least: an exception mostly makes the span fail that it is thrown in, so that failed spans and exceptions are not added up.
 * 0 exactly where nothing did.
 */
export function failureCount({ error_count, exception_count = 0 }: Failures): number {
  return Math.max(error_count, exception_count);
}

/** What was counted: `2 failed spans, 3 exceptions, 1 crash`; empty where nothing went wrong. */
export function failureText({ error_count, exception_count = 0, crash_count = 0 }: Failures): string {
  return [
    ...(error_count > 0 ? [formatCounted(error_count, 'failed span')] : []),
    ...(exception_count > 0 ? [formatCounted(exception_count, 'exception')] : []),
    ...(crash_count > 0 ? [crash_count === 1 ? '1 crash' : `${crash_count} crashes`] : []),
  ].join(', ');
}
