/** The request as a whole is not OTLP: nothing of it is kept, and sending it again will not help. */
export class MalformedRequestError extends Error {
  override readonly name = 'MalformedRequestError';
}

/** The request has more records than one request may have: the sender can split it. */
export class TooManyRecordsError extends Error {
  override readonly name = 'TooManyRecordsError';
}

/** Values nested deeper than a reader follows; only the record that has them is refused. */
export class NestingError extends MalformedRequestError {}

/** A record consists of more pieces than a reader of it could take; only that record is refused. */
export class TooManyPiecesError extends MalformedRequestError {}
