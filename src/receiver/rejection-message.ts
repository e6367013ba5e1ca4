import { MAX_PIECES } from '../otlp/attribute-slots.js';
import { RejectReason, type Signal } from '../otlp/decode.js';

const NOUNS: Record<Signal, readonly [one: string, many: string, fate: string]> = {
  traces: ['span', 'spans', 'rejected'],
  logs: ['log record', 'log records', 'rejected'],
  metrics: ['data point', 'data points', 'not kept'],
};

/** Used if records of several signals are counted together. */
const ANY_NOUNS: (typeof NOUNS)[Signal] = ['record', 'records', 'not kept'];

const RETIRED_FORMS: Record<Signal, string> = {
  traces: 'instrumentationLibrarySpans; send scopeSpans',
  logs: 'instrumentationLibraryLogs; send scopeLogs',
  metrics: 'instrumentationLibraryMetrics; send scopeMetrics',
};

/**
 * Says how many records or data points were rejected and why, for the sender: every reason with its number, most frequent first.
 * `rejected` must not be empty.
 */
export function rejectionMessage(
  signal: Signal,
  rejected: ReadonlyMap<RejectReason, number>,
  maxAttributes: number,
): string {
  const reasons = [...rejected].sort(([, a], [, b]) => b - a);
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  const [one, many, fate] = rejected.has(RejectReason.otherSignal) ? ANY_NOUNS : NOUNS[signal];
  const parts = reasons.map(([reason, count]) => `${count} ${describe(reason, signal, maxAttributes)}`);
  return `${total} ${total === 1 ? one : many} ${fate}: ${parts.join(', ')}`;
}

function describe(reason: RejectReason, signal: Signal, maxAttributes: number): string {
  // A log record may lack ids; if it has them they must be valid.
  const empty = signal === 'logs' ? 'or empty' : 'not all zero';
  switch (reason) {
    case RejectReason.traceId:
      return `invalid trace id (must be 16 bytes, ${empty})`;
    case RejectReason.spanId:
      return `invalid span id (must be 8 bytes, ${empty})`;
    case RejectReason.time:
      return 'time out of range (must be before 2262-04-11)';
    case RejectReason.noTime:
      return 'without a time';
    case RejectReason.tooManyAttributes:
      return `with more than ${maxAttributes} attributes`;
    case RejectReason.tooManyPieces:
      return `with more than ${MAX_PIECES} events, links and values in arrays and maps`;
    case RejectReason.nesting:
      return 'with values nested too deep';
    case RejectReason.malformed:
      return 'malformed';
    case RejectReason.redaction:
      return 'that could not be redacted';
    case RejectReason.otherSignal:
      return 'of another signal (spans go to /v1/traces, log records to /v1/logs, metrics to /v1/metrics)';
    case RejectReason.retiredForm:
      return `in a form that OTLP 1.0 does not have (${RETIRED_FORMS[signal]})`;
    case RejectReason.unusedMetric:
      return 'of metrics that Sojourn does not use';
    case RejectReason.noSession:
      return 'without a session id';
    case RejectReason.noValue:
      return 'without a value that can be added up';
    case RejectReason.noStart:
      return 'cumulative without a start time';
  }
}
