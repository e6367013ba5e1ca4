import { type ErrorText, errorText } from '../channel.js';
import { MalformedRequestError, TooManyRecordsError } from '../otlp/decode.js';

/** What is wrong with a request by its sender's fault, as it crosses between threads. */
export interface SenderFault {
  readonly fault: 'malformed' | 'tooManyRecords';
  readonly error: ErrorText;
}

/** The fault that an error tells of; undefined where it is none of the sender's. */
export function senderFault(error: unknown): SenderFault | undefined {
  if (error instanceof MalformedRequestError) return { fault: 'malformed', error: errorText(error) };
  if (error instanceof TooManyRecordsError) return { fault: 'tooManyRecords', error: errorText(error) };
  return undefined;
}

/** The error that tells of the fault, again. */
export function errorOfFault({ fault, error: { message } }: SenderFault): Error {
  return fault === 'malformed' ? new MalformedRequestError(message) : new TooManyRecordsError(message);
}
