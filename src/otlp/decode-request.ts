import type { Normalizer } from '../normalize/normalizer.js';
import {
  type DecodedRequest,
  type DecodeLimits,
  decodeDataPoints,
  decodeLogs,
  decodeTraces,
  RejectReason,
  type Signal,
} from './decode.js';
import { logsJsonToProtobuf, metricsJsonToProtobuf, tracesJsonToProtobuf } from './json.js';
import { ADDED_ATTRIBUTES, metricLogRecords } from './metric-log-records.js';
import type { OtlpEncoding } from './response.js';

/**
 * Decodes the body of an export in either encoding. JSON becomes protobuf first, so that there is one way from bytes to
 * records and one form in which they are kept; data points become log records for the same reason.
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
  const decode = DECODERS[signal];
  if (encoding === 'protobuf') return decode(body, normalizer, limits);
  const { bytes, malformed, firstFault, misplaced, notice } = TRANSCODERS[signal](
    Buffer.from(body.buffer, body.byteOffset, body.byteLength),
  );
  const decoded = decode(bytes, normalizer, limits);
  if (malformed === 0 && misplaced.size === 0 && notice === undefined) return decoded;
  const damaged: Counts = malformed === 0 ? [] : [[RejectReason.malformed, malformed]];
  return {
    ...decoded,
    rejected: sumOf(sumOf(decoded.rejected, damaged), misplaced),
    ...(firstFault === undefined ? {} : { firstFault }),
    ...(notice === undefined ? {} : { notice }),
  };
}

type Counts = Iterable<readonly [RejectReason, number]>;

/** Both counts in one, in the order in which their reasons are met. */
function sumOf(first: Counts, second: Counts): Map<RejectReason, number> {
  const sum = new Map(first);
  for (const [reason, count] of second) sum.set(reason, (sum.get(reason) ?? 0) + count);
  return sum;
}

const DECODERS = { traces: decodeTraces, logs: decodeLogs, metrics: decodeMetrics } as const;
const TRANSCODERS = {
  traces: tracesJsonToProtobuf,
  logs: logsJsonToProtobuf,
  metrics: metricsJsonToProtobuf,
} as const;

function decodeMetrics(bytes: Uint8Array, normalizer: Normalizer, limits: DecodeLimits): DecodedRequest {
  const records = metricLogRecords(bytes, normalizer.metricNames, limits);
  const decoded = decodeDataPoints(records.bytes, normalizer, {
    ...limits,
    // What data points have too many of was rejected with their own.
    maxAttributesPerRecord: limits.maxAttributesPerRecord + ADDED_ATTRIBUTES,
  });
  return { ...decoded, rejected: sumOf(records.rejected, decoded.rejected) };
}
