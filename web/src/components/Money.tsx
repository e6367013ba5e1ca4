import { type Gaps, missingInCost } from '../format/gaps.js';
import { exactMoney, formatMoney } from '../format/money.js';

interface MoneyProps {
  /** Dollars; undefined is a cost that nobody knows, which is not nothing. */
  readonly usd: number | undefined;
  /** What a sum does not have in it. */
  readonly gaps?: Gaps;
}

/** A cost; one that misses calls is shown as the least it can be. */
export function Money({ usd, gaps = {} }: MoneyProps) {
  const missing = missingInCost(gaps);
  if (usd === undefined) {
    return (
      <span
        className="muted"
        title={missing === undefined ? 'Cost is not known' : `Cost is not known: ${missing}`}
      >
        –
      </span>
    );
  }
  if (missing === undefined) return <span title={exactMoney(usd)}>{formatMoney(usd)}</span>;
  return <span title={`At least ${exactMoney(usd)}: ${missing}`}>≥ {formatMoney(usd)}</span>;
}
