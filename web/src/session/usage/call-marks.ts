import type { RecordReference, UsageRecordItem } from '../queries.js';

/** What a model call used, for the row of its span or the turn of its answer. */
export interface CallMark {
  readonly model: string | undefined;
  readonly input: number;
  readonly output: number;
  readonly costUsd: number | undefined;
}

/** A span or a log record, as a key. */
export function recordKey(record: RecordReference): string {
  return record.log_id ?? spanKey(record.trace_id ?? '', record.span_id ?? '');
}

export function spanKey(traceId: string, spanId: string): string {
  return `${traceId}-${spanId}`;
}

/** The calls that count, by the key of their record. Those that do not count are left out, so that what the marks say adds up, and so are sums. */
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
