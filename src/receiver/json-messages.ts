import type { KindOf, Question } from '../channel.js';
import type { Signal } from '../otlp/decode.js';
import type { TranscodedRequest } from '../otlp/json.js';
import type { SenderFault } from './sender-fault.js';

/** What the thread that reads JSON is asked for. */
export type JsonCalls = {
  /** A body of OTLP/JSON that is to become protobuf; its memory goes with it, and that of the answer comes back. */
  transcode: { args: { signal: Signal; body: Uint8Array }; answer: Transcoded };
};

export type JsonQuestion = Question<JsonCalls, KindOf<JsonCalls>>;

/** The request in protobuf, or what is the sender's fault. */
export type Transcoded = { readonly request: TranscodedRequest } | SenderFault;
