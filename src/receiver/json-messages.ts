import type { Signal } from '../otlp/decode.js';
import type { TranscodedRequest } from '../otlp/json.js';

/** A body of OTLP/JSON that is to become protobuf; its memory goes with it. */
export interface JsonQuestion {
  readonly id: number;
  readonly signal: Signal;
  readonly body: Uint8Array;
}

export type JsonReply =
  | { readonly kind: 'done'; readonly id: number; readonly request: TranscodedRequest }
  /** The sender's fault: `MalformedRequestError` and `TooManyRecordsError`. */
  | { readonly kind: 'malformed' | 'tooManyRecords'; readonly id: number; readonly message: string }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string; readonly stack: string };
