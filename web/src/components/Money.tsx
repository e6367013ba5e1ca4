import { type Gaps, missingInCost } from '../../../client/src/text/gaps.js';
import { exactMoney, formatMoney } from '../../../client/src/text/money.js';

interface MoneyProps {
  /** US dollars; undefined if the cost is unknown, which is not the same as 0. */
  readonly usd: number | undefined;
  /** The calls that the amount lacks. */
  readonly gaps?: Gaps;
}

/** A cost. If it lacks calls, it is shown as a minimum. */
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
