import type { SessionUsage, UsageRecordItem } from '../queries.js';

export interface UsageTotals {
  /** Sums of metrics are none, because they do not say of how many calls they are, nor are rests of the sums of agents. */
  readonly calls: number;
  /** Sums of metrics that count. */
  readonly sums: number;
  readonly input: number;
  readonly output: number;
  /** Undefined where no cost is known. */
  readonly costUsd: number | undefined;
  /** Calls with tokens whose cost nobody knows, and calls without tokens. */
  readonly unpriced: number;
  readonly unreported: number;
}

/** The sum of what counts. Costs are whole billionths of a dollar and are added up as such. */
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

/** Whether the rows add up to what the session says of itself. */
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
