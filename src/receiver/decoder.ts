import type { DecodedRequest, Signal } from '../otlp/decode.js';
import { transcodeJson, whole } from '../otlp/decode-request.js';
import type { TranscodedRequest } from '../otlp/json.js';
import type { Steps } from '../otlp/steps.js';
import type { Decode, DecodeContext } from './ingest.js';
import type { JsonThread } from './json-thread.js';
import type { Turns } from './turns.js';

/** Bodies of JSON up to this size, bytes, are read on the calling thread, in some 10 ms: handing them to another takes a fraction of that. */
export const JSON_HERE_BYTES = 256 * 1024;

export interface DecoderOptions {
  /** Decodes protobuf. */
  steps(signal: Signal, request: TranscodedRequest, context: DecodeContext): Steps<DecodedRequest>;
  readonly turns: Pick<Turns, 'run'>;
  readonly json: Pick<JsonThread, 'transcode'>;
}

/** Decodes requests such that none of them holds the calling thread: in slices, and large bodies of JSON on another thread. */
export function createDecoder({ steps, turns, json }: DecoderOptions): Decode {
  return (signal, encoding, body, context) => {
    const decoded = (request: TranscodedRequest): DecodedRequest | Promise<DecodedRequest> =>
      turns.run(steps(signal, request, context), () => context.isGone?.() ?? false);
    if (encoding === 'protobuf') return decoded(whole(body));
    if (body.length <= JSON_HERE_BYTES) return decoded(transcodeJson(signal, body));
    return json.transcode(signal, body).then(decoded);
  };
}
