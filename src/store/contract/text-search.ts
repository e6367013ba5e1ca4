/** A search for a text cannot be answered exactly, and an estimate is not given. */
export class InexactSearchError extends Error {
  override readonly name = 'InexactSearchError';
  /** Too much telemetry has the words, or some is not indexed yet. */
  readonly reason: 'broad' | 'incomplete';

  constructor(reason: 'broad' | 'incomplete') {
    super(
      reason === 'broad'
        ? 'too much telemetry has these words to count its sessions: add words or a phrase, or name an area, such as in:messages'
        : 'not all telemetry is indexed yet: try again later',
    );
    this.reason = reason;
  }
}
