import { formatNumber } from './locale.js';

/**
 * US dollars, short enough for a column and never rounded down to nothing: `$0`, `< $0.0001`, `$0.0213`, `$1.24`, `$1,240`.
 */
export function formatMoney(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0.0001) return `< $${formatNumber(0.0001, { most: 4 })}`;
  if (usd < 0.995) return `$${formatNumber(Number(usd.toFixed(4)), { least: 4, most: 4 })}`;
  return `$${formatNumber(usd, usd < 999.995 ? { least: 2, most: 2 } : { most: 0 })}`;
}

/** US dollars with all digits, for titles. */
export function exactMoney(usd: number): string {
  return `US$ ${formatNumber(usd, { most: 12 })}`;
}
