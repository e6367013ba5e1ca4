import type { SessionUsage, UsageRecordItem } from '../queries.js';

export interface UsageTotals {
  /**
   * Number of calls. Aggregates of metrics are not included, because they do not report a number of calls,
   * nor are rests of agents' totals.
   */
  readonly calls: number;
  /** Number of aggregates of metrics that count. */
  readonly sums: number;
  readonly input: number;
  readonly output: number;
  /** Undefined if no cost is known. */
  readonly costUsd: number | undefined;
  /** Calls with tokens and an unknown cost, and calls without tokens. */
  readonly unpriced: number;
  readonly unreported: number;
}

/** Adds up the records that count. Costs are added as whole billionths of a dollar. */
export function usageTotals(items: readonly UsageRecordItem[]): UsageTotals {
  const counted = items.filter((item) => item.counted);
  const calls = counted.filter(({ kind }) => kind === 'call' || kind === 'wrapper');
  const priced = counted.filter((item) => item.cost_usd !== undefined);
  const nano = priced.reduce((sum, { cost_usd: cost = 0 }) => sum + Math.round(cost * 1e9), 0);
  return {
    calls: calls.length,
    sums: counted.filter(({ kind }) => kind === 'sum').length,
    input: counted.reduce((sum, { input_tokens: tokens = 0 }) => sum + tokens, 0),
    output: counted.reduce((sum, { output_tokens: tokens = 0 }) => sum + tokens, 0),
    costUsd: priced.length > 0 ? nano / 1e9 : undefined,
    unpriced: calls.filter((item) => item.cost_usd === undefined && tokensOf(item) > 0).length,
    unreported: calls.filter((item) => tokensOf(item) === 0).length,
  };
}

function tokensOf({ input_tokens: input = 0, output_tokens: output = 0 }: UsageRecordItem): number {
  return input + output;
}

/** Whether the rows add up to the session's own totals. */
export function isSumOf(totals: UsageTotals, usage: NonNullable<SessionUsage['genai_usage']>): boolean {
  return (
    usage.request_count === totals.calls &&
    Number(usage.total_input_tokens) === totals.input &&
    Number(usage.total_output_tokens) === totals.output &&
    usage.estimated_cost_usd === totals.costUsd &&
    (usage.unpriced_request_count ?? 0) === totals.unpriced &&
    (usage.unreported_request_count ?? 0) === totals.unreported
  );
}
