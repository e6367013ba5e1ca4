import { useState } from 'react';
import { formatCount } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { Skeleton } from '../../components/Skeleton.js';
import { toggled } from '../filters.js';
import { ShowAll } from './ShowAll.js';

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
  /** Largest first; undefined if they are not loaded. */
  readonly rows: readonly BreakdownRow[] | undefined;
  /** Whether loading them has failed. */
  readonly hasFailed: boolean;
  readonly chosen: readonly string[] | undefined;
  /** Called after a click with the chosen values, one more or one fewer; undefined if none is left. */
  readonly onChoose: (values: string[] | undefined) => void;
}

/** As many as fit without scrolling. */
export const MAX_ROWS = 5;

/** Shares of a whole as bars. A click sets a filter. */
export function Breakdown({ title, of, rows, hasFailed, chosen, onChoose }: BreakdownProps) {
  const [areAllShown, setAllShown] = useState(false);
  const shown = (areAllShown ? rows : rows?.slice(0, MAX_ROWS)) ?? [];
  const count = rows?.length ?? 0;
  const most = Math.max(...shown.map(({ amount }) => amount), Number.MIN_VALUE);
  return (
    <section className="card overview-card" aria-label={`${title}, ${of}`}>
      <header className="overview-head">
        <h2>{title}</h2>
        <span className="muted truncate">{of}</span>
        {count > MAX_ROWS && (
          <span className="muted breakdown-more">
            {areAllShown ? formatCount(count) : `${MAX_ROWS} of ${formatCount(count)}`}{' '}
            <ShowAll of={title} areShown={areAllShown} onChange={setAllShown} />
          </span>
        )}
      </header>
      <ul className={areAllShown ? 'breakdown breakdown-all' : 'breakdown'}>
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
        {rows === undefined && <PendingRows hasFailed={hasFailed} />}
        {rows?.length === 0 && <li className="breakdown-none muted">None in this time</li>}
      </ul>
    </section>
  );
}

/** Stands for rows that are still loading, or could not be loaded. */
export function PendingRows({ hasFailed }: { readonly hasFailed: boolean }) {
  if (hasFailed) return <li className="breakdown-none muted">Not known</li>;
  return Array.from({ length: MAX_ROWS }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same
    <li key={row} className="breakdown-pending">
      <Skeleton width={`${100 - row * 14}%`} height="22px" />
    </li>
  ));
}
