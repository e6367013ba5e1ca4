import type { RejectReason } from './reject-reason.js';
import type { Steps } from './steps.js';

/** A request without what must not be stored. */
export interface RedactedRequest {
  /** The bytes that were given, if nothing in them was changed. */
  readonly bytes: Uint8Array;
  /** Number of values that each rule changed. */
  readonly fired: Counts;
  /** Number of values that were masked whole, because the rule could not be applied to them. */
  readonly failed: Counts;
  /** Records that were left out, because they cannot be read. */
  readonly rejected: ReadonlyMap<RejectReason, number>;
}

type Counts = ReadonlyMap<string, number>;

/** What a request in protobuf holds. Data points are redacted as the log records that are made from them. */
export type RedactedSignal = 'traces' | 'logs' | 'data points';

/**
 * Removes from a request what must not be stored: a function of the request, the rules and the installation's
 * key, and idempotent. Facts are decoded from the result only, and records are stored as they are in it.
 */
export interface Redactor {
  /**
   * @throws MalformedRequestError if the framing around the records is broken.
   */
  steps(signal: RedactedSignal, bytes: Uint8Array): Steps<RedactedRequest>;
}
