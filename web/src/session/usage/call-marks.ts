import type { RecordReference, UsageRecordItem } from '../queries.js';

/** The usage of a model call, for the row of its span or the turn of its answer. */
export interface CallMark {
  readonly model: string | undefined;
  readonly input: number;
  readonly output: number;
  readonly costUsd: number | undefined;
}

/** The key of a span or a log record. */
export function recordKey(record: RecordReference): string {
  return record.log_id ?? spanKey(record.trace_id ?? '', record.span_id ?? '');
}

export function spanKey(traceId: string, spanId: string): string {
  return `${traceId}-${spanId}`;
}

/**
 * The calls that count, by the key of their record. Records that do not count are left out, so that the
 * numbers add up to the total. So are aggregates.
 */
export function callMarks(items: readonly UsageRecordItem[]): ReadonlyMap<string, CallMark> {
  const marks = new Map<string, CallMark>();
  for (const item of items) {
    if (!item.counted || item.kind === 'sum') continue;
    marks.set(recordKey(item), {
      model: item.model,
      input: item.input_tokens ?? 0,
      output: item.output_tokens ?? 0,
      costUsd: item.cost_usd,
    });
  }
  return marks;
}
