import type { KindOf, Question } from '../channel.js';
import type { NormalizerOptions } from '../normalize/create.js';
import type { DecodeLimits, Signal } from '../otlp/decode.js';
import type { TranscodedRequest } from '../otlp/json.js';
import type { PackedBatch } from '../store/contract/packed-batch.js';
import type { DecodedRecords } from './ingest.js';
import type { SenderFault } from './sender-fault.js';

/** What a decoding thread is started with: its `workerData`. */
export interface DecodeThreadData {
  readonly normalizer: NormalizerOptions;
  readonly limits: Omit<DecodeLimits, 'connectionAddress'>;
}

/** What a decoding thread is asked for. */
export type DecodeCalls = {
  decode: { args: ThreadRequest; answer: ThreadAnswer };
};

/** A request; its memory moves with it, and comes back with the answer. */
export interface ThreadRequest {
  readonly signal: Signal;
  /** As it came, in JSON; or in protobuf. */
  readonly body: { readonly json: Uint8Array } | { readonly protobuf: TranscodedRequest };
  /** Address of the browser that sent it. */
  readonly browserAddress: string | undefined;
}

export type ThreadAnswer = { readonly decoded: DecodedRecords<PackedBatch> } | SenderFault;

export type ToDecodeThread =
  | Question<DecodeCalls, KindOf<DecodeCalls>>
  /** Nobody waits for this call any more. */
  | { readonly kind: 'abandon'; readonly id: number };
