/** Why a record or data point is not kept. The names are label values of metrics (`src/telemetry.ts`). */
export const RejectReason = {
  traceId: 'invalid_trace_id',
  spanId: 'invalid_span_id',
  time: 'time_out_of_range',
  noTime: 'time_missing',
  tooManyAttributes: 'too_many_attributes',
  tooManyPieces: 'too_many_pieces',
  nesting: 'nesting_too_deep',
  malformed: 'malformed_record',
  redaction: 'redaction_failed',
  // JSON only.
  otherSignal: 'other_signal',
  retiredForm: 'retired_form',
  // Data points only.
  unusedMetric: 'unused_metric',
  noSession: 'session_missing',
  noValue: 'value_missing',
  noStart: 'start_time_missing',
} as const;
export type RejectReason = (typeof RejectReason)[keyof typeof RejectReason];
