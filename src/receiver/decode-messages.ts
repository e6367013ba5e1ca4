import type { KindOf, Question } from '../channel.js';
import type { NormalizerOptions } from '../normalize/create.js';
import type { DecodeLimits, Signal } from '../otlp/decode.js';
import type { TranscodedRequest } from '../otlp/json.js';
import type { RedactionPolicy } from '../redact/policy.js';
import type { PackedBatch } from '../store/contract/packed-batch.js';
import type { DecodedRecords } from './ingest.js';
import type { SenderFault } from './sender-fault.js';

/** The `workerData` of a decoding thread. */
export interface DecodeThreadData {
  readonly normalizer: NormalizerOptions;
  readonly limits: Omit<DecodeLimits, 'connectionAddress'>;
  readonly redaction: RedactionPolicy;
}

/** The calls of a decoding thread. */
export type DecodeCalls = {
  decode: { args: ThreadRequest; answer: ThreadAnswer };
};

/** A request. Its memory is transferred to the thread, and returned with the answer. */
export interface ThreadRequest {
  readonly signal: Signal;
  /** The body: JSON as received, or protobuf. */
  readonly body: { readonly json: Uint8Array } | { readonly protobuf: TranscodedRequest };
  /** Address of the browser that sent it. */
  readonly browserAddress: string | undefined;
  readonly lacksScoreScope: boolean;
}

export type ThreadAnswer = { readonly decoded: DecodedRecords<PackedBatch> } | SenderFault;

export type ToDecodeThread =
  | Question<DecodeCalls, KindOf<DecodeCalls>>
  /** The result of this call is no longer needed. */
  | { readonly kind: 'abandon'; readonly id: number };
