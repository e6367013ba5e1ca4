import type { DecodedRequest, Signal } from '../otlp/decode.js';
import { transcodeJson, whole } from '../otlp/decode-request.js';
import type { TranscodedRequest } from '../otlp/json.js';
import type { Steps } from '../otlp/steps.js';
import type { ThreadRequest } from './decode-messages.js';
import type { DecodeThreads } from './decode-threads.js';
import type { Decode, DecodeContext, DecodedRecords } from './ingest.js';
import type { JsonThread } from './json-thread.js';
import type { Turns } from './turns.js';

/**
 * JSON bodies up to this size, bytes, are read on the calling thread, in some 10 ms. A transfer to another
 * thread takes a fraction of that.
 */
export const JSON_HERE_BYTES = 256 * 1024;

/**
 * With decoding threads, smaller bodies are still decoded on the calling thread, because a transfer costs
 * about as much.
 */
export const HERE_BYTES = 16 * 1024;

/**
 * JSON bodies up to this size, bytes, are read by a decoding thread, in some 40 ms, for which other requests
 * there may have to wait.
 */
export const JSON_ON_DECODE_THREAD_BYTES = 1024 * 1024;

export interface DecoderOptions {
  /** Decodes protobuf. */
  steps(signal: Signal, request: TranscodedRequest, context: DecodeContext): Steps<DecodedRequest>;
  readonly turns: Pick<Turns, 'run'>;
  readonly json: Pick<JsonThread, 'transcode'>;
  /** Threads for requests that are not small; undefined if the calling thread decodes all. */
  readonly threads?: Pick<DecodeThreads, 'decode'> | undefined;
}

/**
 * Decodes requests such that none of them blocks the calling thread: in slices, and large JSON bodies on
 * another thread. With decoding threads, these decode all but small requests.
 */
export function createDecoder(options: DecoderOptions): Decode {
  const { steps, turns, json, threads } = options;
  return (signal, encoding, body, context) => {
    const isGone = (): boolean => context.isGone?.() ?? false;
    const decodeHere = (request: TranscodedRequest): DecodedRequest | Promise<DecodedRequest> =>
      turns.run(steps(signal, request, context), isGone);
    const { browserAddress, lacksScoreScope = false } = context;
    const decodeAside =
      threads &&
      ((body: ThreadRequest['body']): Promise<DecodedRecords> =>
        threads.decode({ signal, body, browserAddress, lacksScoreScope }, isGone));
    const isSmall = body.length <= HERE_BYTES;

    if (encoding === 'protobuf') {
      const request = whole(body);
      return decodeAside === undefined || isSmall ? decodeHere(request) : decodeAside({ protobuf: request });
    }
    if (decodeAside === undefined) {
      if (body.length <= JSON_HERE_BYTES) return decodeHere(transcodeJson(signal, body));
      return json.transcode(signal, body).then(decodeHere);
    }
    if (isSmall) return decodeHere(transcodeJson(signal, body));
    if (body.length <= JSON_ON_DECODE_THREAD_BYTES) return decodeAside({ json: body });
    return json.transcode(signal, body).then((request) => decodeAside({ protobuf: request }));
  };
}
