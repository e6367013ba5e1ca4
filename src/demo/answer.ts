/** What senders over OTLP/HTTP read of an answer (OTLP specification, "OTLP/HTTP Response"). */

/** Statuses after which OTLP allows a retry. */
export const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/**
 * The pause before the retry after this attempt, from 1; ms, at most 30 s: the server's `Retry-After` in seconds, else
 * one that doubles each time.
 */
export function waitBeforeRetry(retryAfter: string | null | undefined, attempt: number): number {
  const asked = retryAfter != null && /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : undefined;
  return Math.min(asked ?? FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
}

export interface Rejection {
  /** Number of records; 0 for a warning. */
  readonly count: number;
  /** The server's reason, in one line. */
  readonly reason: string;
}

/**
 * What `partialSuccess` of an answer rejects; undefined if it rejects nothing, and of a body that is no JSON. With
 * `withWarnings` a message without a rejection counts as one of no record.
 */
export function rejectionIn(answer: string, withWarnings = false): Rejection | undefined {
  let partial: Readonly<Record<string, unknown>> | undefined;
  try {
    partial = (JSON.parse(answer) as { partialSuccess?: typeof partial } | null)?.partialSuccess;
  } catch {
    return undefined;
  }
  const { rejectedSpans, rejectedLogRecords, rejectedDataPoints, errorMessage } = partial ?? {};
  // int64, which OTLP/JSON writes as a string or a number.
  const count = Number(rejectedSpans ?? rejectedLogRecords ?? rejectedDataPoints ?? 0);
  const isWarning = withWarnings && count === 0 && Boolean(errorMessage);
  if (!(count > 0) && !isWarning) return undefined;
  return { count, reason: String(errorMessage ?? 'no reason given').replace(/\s+/g, ' ') };
}
