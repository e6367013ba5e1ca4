import type { Normalizer } from '../../src/normalize/normalizer.js';
import type { DecodedRequest, DecodeLimits, Signal } from '../../src/otlp/decode.js';
import { decodeSteps, transcodeJson, whole } from '../../src/otlp/decode-request.js';
import type { OtlpEncoding } from '../../src/otlp/response.js';
import { finish } from '../../src/otlp/steps.js';

/**
 * Decodes the body of an export in either encoding, synchronously.
 *
 * @throws MalformedRequestError
 * @throws TooManyRecordsError
 */
export function decodeRequest(
  signal: Signal,
  encoding: OtlpEncoding,
  body: Uint8Array,
  normalizer: Normalizer,
  limits: DecodeLimits,
): DecodedRequest {
  const request = encoding === 'json' ? transcodeJson(signal, body) : whole(body);
  return finish(decodeSteps(signal, request, normalizer, limits));
}
