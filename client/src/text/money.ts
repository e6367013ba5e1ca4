const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const CENTS = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const EXACT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 12 });

/**
 * US dollars, short enough for a column and never rounded down to nothing: `$0`, `< $0.0001`, `$0.0213`, `$1.24`, `$1,240`.
 */
export function formatMoney(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0.0001) return '< $0.0001';
  if (usd < 0.995) return `$${usd.toFixed(4)}`;
  return `$${(usd < 999.995 ? CENTS : WHOLE).format(usd)}`;
}

/** US dollars with all digits, for titles. */
export function exactMoney(usd: number): string {
  return `US$ ${EXACT.format(usd)}`;
}
