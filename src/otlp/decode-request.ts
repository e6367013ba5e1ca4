import type { Normalizer } from '../normalize/normalizer.js';
import {
  type DecodedRequest,
  type DecodeLimits,
  dataPointSteps,
  logsSteps,
  RejectReason,
  type Signal,
  tracesSteps,
} from './decode.js';
import {
  logsJsonToProtobuf,
  metricsJsonToProtobuf,
  type TranscodedRequest,
  tracesJsonToProtobuf,
} from './json.js';
import { ADDED_ATTRIBUTES, metricSteps } from './metric-log-records.js';
import type { RedactedSignal, Redactor } from './redaction.js';
import { asScoresOfSender } from './sender-scores.js';
import type { Steps } from './steps.js';

const NOTHING_MISPLACED: TranscodedRequest['misplaced'] = new Map();

/** A request that is already protobuf. */
export function whole(bytes: Uint8Array): TranscodedRequest {
  return { bytes, malformed: 0, firstFault: undefined, misplaced: NOTHING_MISPLACED, notice: undefined };
}

/**
 * Transcodes an OTLP/JSON request to protobuf in one step, because JSON cannot be parsed in parts.
 *
 * @throws MalformedRequestError
 * @throws TooManyRecordsError
 */
export function transcodeJson(signal: Signal, body: Uint8Array): TranscodedRequest {
  return TRANSCODERS[signal](Buffer.from(body.buffer, body.byteOffset, body.byteLength));
}

/**
 * Decodes a request in steps: what the redactor leaves of it. Its memory may be written to. Nothing else may use the normaliser until it is
 * done.
 *
 * @throws MalformedRequestError
 * @throws TooManyRecordsError
 */
export function* decodeSteps(
  signal: Signal,
  request: TranscodedRequest,
  normalizer: Normalizer,
  limits: DecodeLimits,
  redactor?: Redactor,
): Steps<DecodedRequest> {
  const trusted = limits.lacksScoreScope && signal === 'logs' ? yield* asScoresOfSender(request) : request;
  const { bytes, malformed, firstFault, misplaced, notice } = trusted;
  const decoded = yield* STEPS[signal](bytes, normalizer, limits, redactor);
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

/** Adds two counts, keeping the order in which the reasons first occur. */
function sumOf(first: Counts, second: Counts): Map<RejectReason, number> {
  const sum = new Map(first);
  for (const [reason, count] of second) sum.set(reason, (sum.get(reason) ?? 0) + count);
  return sum;
}

type SignalSteps = (
  bytes: Uint8Array,
  normalizer: Normalizer,
  limits: DecodeLimits,
  redactor: Redactor | undefined,
) => Steps<DecodedRequest>;

const STEPS: Readonly<Record<Signal, SignalSteps>> = {
  traces: (...args) => redacted('traces', tracesSteps, ...args),
  logs: (...args) => redacted('logs', logsSteps, ...args),
  metrics: metricsSteps,
};
const TRANSCODERS = {
  traces: tracesJsonToProtobuf,
  logs: logsJsonToProtobuf,
  metrics: metricsJsonToProtobuf,
} as const;

/** Redacts a request, and decodes what is left: facts and stored records are of the same bytes. */
function* redacted(
  signal: RedactedSignal,
  decode: typeof tracesSteps,
  bytes: Uint8Array,
  normalizer: Normalizer,
  limits: DecodeLimits,
  redactor: Redactor | undefined,
): Steps<DecodedRequest> {
  if (redactor === undefined) return yield* decode(bytes, normalizer, limits);
  const { bytes: left, fired, failed, rejected } = yield* redactor.steps(signal, bytes);
  const decoded = yield* decode(left, normalizer, limits);
  return {
    ...decoded,
    rejected: rejected.size === 0 ? decoded.rejected : sumOf(decoded.rejected, rejected),
    redaction: { fired, failed },
  };
}

function* metricsSteps(
  bytes: Uint8Array,
  normalizer: Normalizer,
  limits: DecodeLimits,
  redactor: Redactor | undefined,
): Steps<DecodedRequest> {
  const records = yield* metricSteps(bytes, normalizer.metricNames, limits);
  const pointLimits = {
    ...limits,
    // Data points with too many attributes were already rejected under their own limit.
    maxAttributesPerRecord: limits.maxAttributesPerRecord + ADDED_ATTRIBUTES,
  };
  const decoded = yield* redacted(
    'data points',
    dataPointSteps,
    records.bytes,
    normalizer,
    pointLimits,
    redactor,
  );
  return { ...decoded, rejected: sumOf(records.rejected, decoded.rejected) };
}
