import { exactMoney, formatMoney } from '../format/money.js';

/** Dollars; undefined is a cost that nobody knows, which is not nothing. */
export function Money({ usd }: { readonly usd: number | undefined }) {
  if (usd === undefined) {
    return (
      <span className="muted" title="Cost is not known">
        –
      </span>
    );
  }
  return <span title={exactMoney(usd)}>{formatMoney(usd)}</span>;
}
