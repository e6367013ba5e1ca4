import { visibleText } from '../../../../client/src/text/visible-text.js';
import { toggled } from '../filters.js';

export interface BreakdownRow {
  /** The value for the filter. */
  readonly value: string;
  readonly label: string;
  readonly amount: number;
  /** The formatted amount. */
  readonly shown: string;
}

interface BreakdownProps {
  readonly title: string;
  /** What the amounts measure, beside the title. */
  readonly of: string;
  /** Largest first; undefined while loading. */
  readonly rows: readonly BreakdownRow[] | undefined;
  readonly chosen: readonly string[] | undefined;
  /** Called after a click with the chosen values, one more or one fewer; undefined if none is left. */
  readonly onChoose: (values: string[] | undefined) => void;
}

/** As many as fit; the filter's own list has all. */
export const MAX_ROWS = 5;

/** Shares of a whole as bars. A click sets a filter. */
export function Breakdown({ title, of, rows, chosen, onChoose }: BreakdownProps) {
  const shown = rows?.slice(0, MAX_ROWS) ?? [];
  const most = Math.max(...shown.map(({ amount }) => amount), Number.MIN_VALUE);
  return (
    <section className="card overview-card" aria-label={`${title}, ${of}`}>
      <header className="overview-head">
        <h2>{title}</h2>
        <span className="muted">{of}</span>
      </header>
      <ul className="breakdown">
        {shown.map(({ value, label, amount, shown: text }) => (
          <li key={value}>
            <button
              type="button"
              className="breakdown-row"
              aria-pressed={chosen?.includes(value) === true}
              onClick={() => onChoose(toggled(chosen, value))}
            >
              <span className="breakdown-bar" style={{ width: `${(amount / most) * 100}%` }} />
              <span className="breakdown-label truncate" title={visibleText(label)}>
                {visibleText(label)}
              </span>
              <span className="breakdown-amount">{text}</span>
            </button>
          </li>
        ))}
        {rows?.length === 0 && <li className="breakdown-none muted">None in this time</li>}
      </ul>
    </section>
  );
}
