import { OWN_SCORE_PREFIX, PAGE_SCORE_PREFIX } from '../normalize/score-terms.js';
import type { TranscodedRequest } from './json.js';
import { StepMeter, type Steps } from './steps.js';

const OWN = Buffer.from(OWN_SCORE_PREFIX);
const PAGE = Buffer.from(PAGE_SCORE_PREFIX);

/**
 * Renames the attributes of API scores in a request of log records to those of scores of pages, in the memory of the
 * request. Every occurrence of the prefix is renamed, in texts too: so no form of encoding an attribute is overlooked.
 * Both prefixes have the same length, so no other byte changes.
 */
export function* asScoresOfPage(request: TranscodedRequest): Steps<TranscodedRequest> {
  const { buffer, byteOffset, byteLength } = request.bytes;
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  const meter = new StepMeter();
  for (let at = bytes.indexOf(OWN); at !== -1; at = bytes.indexOf(OWN, at + OWN.length)) {
    bytes.set(PAGE, at);
    if (meter.field()) yield;
  }
  return request;
}
