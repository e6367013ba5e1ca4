/** The request as a whole is not OTLP: nothing of it is kept, and a retry would not help. */
export class MalformedRequestError extends Error {
  override readonly name = 'MalformedRequestError';
}

/** The request has more records than allowed: the sender can split it. */
export class TooManyRecordsError extends Error {
  override readonly name = 'TooManyRecordsError';
}

/** Values are nested too deep. Only the record that contains them is rejected. */
export class NestingError extends MalformedRequestError {}

/** A record has too many parts. Only that record is rejected. */
export class TooManyPiecesError extends MalformedRequestError {}
