import { OWN_SCORE_PREFIX, SENDER_SCORE_PREFIX } from '../normalize/score-terms.js';
import type { TranscodedRequest } from './json.js';
import { StepMeter, type Steps } from './steps.js';

const OWN = Buffer.from(OWN_SCORE_PREFIX);
const SENDER = Buffer.from(SENDER_SCORE_PREFIX);

const NOTICE = `${OWN_SCORE_PREFIX}* is stored as ${SENDER_SCORE_PREFIX}*: only a key with the scope score gives scores as the API does`;

/**
 * Renames the attributes of API scores in a request of log records to those of scores of senders, in the memory of the
 * request. Every occurrence of the prefix is renamed, in texts too: so no form of encoding an attribute is overlooked.
 * Both prefixes have the same length, so no other byte changes.
 */
export function* asScoresOfSender(request: TranscodedRequest): Steps<TranscodedRequest> {
  const { buffer, byteOffset, byteLength } = request.bytes;
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  const meter = new StepMeter();
  const first = bytes.indexOf(OWN);
  if (first === -1) return request;
  for (let at = first; at !== -1; at = bytes.indexOf(OWN, at + OWN.length)) {
    bytes.set(SENDER, at);
    if (meter.field()) yield;
  }
  return { ...request, notice: NOTICE };
}
