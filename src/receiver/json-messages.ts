import type { KindOf, Question } from '../channel.js';
import type { Signal } from '../otlp/decode.js';
import type { TranscodedRequest } from '../otlp/json.js';
import type { SenderFault } from './sender-fault.js';

/** The calls of the thread that reads JSON. */
export type JsonCalls = {
  /**
   * Transcodes a body of OTLP/JSON to protobuf. Its memory is transferred to the thread, and that of the
   * answer comes back.
   */
  transcode: { args: { signal: Signal; body: Uint8Array }; answer: Transcoded };
};

export type JsonQuestion = Question<JsonCalls, KindOf<JsonCalls>>;

/** The request in protobuf, or an error of the sender. */
export type Transcoded = { readonly request: TranscodedRequest } | SenderFault;
