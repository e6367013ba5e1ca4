import { formatMoney } from './money.js';
import { formatCompact, formatCounted } from './number.js';

/** The number of model calls that a sum lacks, as reported by the API. Left out means none. */
export interface Gaps {
  readonly unpriced_request_count?: number;
  readonly unreported_request_count?: number;
}

/**
 * Describes the calls that a cost lacks: `2 calls without a price, 1 call without tokens`. Undefined if it
 * lacks none.
 */
export function missingInCost({
  unpriced_request_count = 0,
  unreported_request_count = 0,
}: Gaps): string | undefined {
  const parts = [
    unpriced_request_count > 0 && `${formatCounted(unpriced_request_count, 'call')} without a price`,
    missingInTokens({ unreported_request_count }),
  ].filter((part) => typeof part === 'string');
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** Describes the calls that a token count lacks. */
export function missingInTokens({ unreported_request_count = 0 }: Gaps): string | undefined {
  return unreported_request_count > 0
    ? `${formatCounted(unreported_request_count, 'call')} without tokens`
    : undefined;
}

/** A cost that lacks calls is shown as a minimum; without any known cost it is shown as unknown. */
export function formatCost(usd: number | undefined, gaps: Gaps): string {
  const isWhole = missingInCost(gaps) === undefined;
  if (usd === undefined || (usd === 0 && !isWhole)) return 'unknown';
  return isWhole ? formatMoney(usd) : `≥ ${formatMoney(usd)}`;
}

/** A short token count, shown as a minimum if it lacks calls. */
export function formatTokens(tokens: number, gaps: Gaps): string {
  const text = formatCompact(tokens);
  return missingInTokens(gaps) === undefined ? text : `≥ ${text}`;
}
