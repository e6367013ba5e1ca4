import { formatMoney } from './money.js';
import { formatCompact, formatCounted } from './number.js';

/** By how many model calls a sum may be too low, as the API says it; left out is none. */
export interface Gaps {
  readonly unpriced_request_count?: number;
  readonly unreported_request_count?: number;
}

/** What no cost has in it, in words: `2 calls without a price, 1 call without tokens`; undefined where nothing is missing. */
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

/** What no number of tokens has in it, in words. */
export function missingInTokens({ unreported_request_count = 0 }: Gaps): string | undefined {
  return unreported_request_count > 0
    ? `${formatCounted(unreported_request_count, 'call')} without tokens`
    : undefined;
}

/** A sum of money of which something is missing is a least one; without any known cost it is not known. */
export function formatCost(usd: number | undefined, gaps: Gaps): string {
  const isWhole = missingInCost(gaps) === undefined;
  if (usd === undefined || (usd === 0 && !isWhole)) return 'unknown';
  return isWhole ? formatMoney(usd) : `≥ ${formatMoney(usd)}`;
}

/** A sum of tokens in short, a least one where some are missing. */
export function formatTokens(tokens: number, gaps: Gaps): string {
  const text = formatCompact(tokens);
  return missingInTokens(gaps) === undefined ? text : `≥ ${text}`;
}
