/** A read got no answer, since the store cannot be reached or refuses it for now. The same read may succeed later. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/** A batch could not be stored. The message is for the operator. */
export class NotStoredError extends Error {
  override readonly name = 'NotStoredError';
  /** Why, for senders: part of a sentence, without addresses, names or anything else of the installation. */
  readonly reason: string;

  constructor(message: string, reason: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/**
 * Whether a write failed for want of space. Its message decides, since an error of another thread has nothing
 * else.
 */
export function isDiskFull(error: Error): boolean {
  return /\b(database or disk is full|ENOSPC)\b/.test(error.message);
}

/** An append was refused, and nothing of it is kept: sessions are too far behind. The same may succeed later. */
export class SessionsBehindError extends Error {
  override readonly name = 'SessionsBehindError';
}
