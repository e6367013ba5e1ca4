import { type ErrorText, errorText } from '../channel.js';
import { MalformedRequestError, TooManyRecordsError } from '../otlp/decode.js';

/** An error in a request, caused by its sender, in the form that crosses between threads. */
export interface SenderFault {
  readonly fault: 'malformed' | 'tooManyRecords';
  readonly error: ErrorText;
}

/** The sender's fault that an error reports; undefined for other errors. */
export function senderFault(error: unknown): SenderFault | undefined {
  if (error instanceof MalformedRequestError) return { fault: 'malformed', error: errorText(error) };
  if (error instanceof TooManyRecordsError) return { fault: 'tooManyRecords', error: errorText(error) };
  return undefined;
}

/** The error of a fault. */
export function errorOfFault({ fault, error: { message } }: SenderFault): Error {
  return fault === 'malformed' ? new MalformedRequestError(message) : new TooManyRecordsError(message);
}
