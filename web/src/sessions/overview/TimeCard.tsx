import { type ReactNode, useState } from 'react';
import { Skeleton } from '../../components/Skeleton.js';
import { formatInterval } from './interval.js';
import { type BarSeries, TimeBars } from './TimeBars.js';

export interface TimeCardProps {
  readonly title: string;
  /** Whether the values are known: `failed` if they could not be loaded. */
  readonly load: 'pending' | 'failed' | 'done';
  /** The numbers of the whole range. */
  readonly children: ReactNode;
  readonly label: string;
  readonly starts: readonly number[];
  readonly intervalMs: number;
  readonly series: readonly BarSeries[];
  readonly format: (value: number, step: number) => string;
  readonly isCount?: boolean;
  /** Text beside an interval's time while the pointer is on it. */
  readonly describe: (index: number) => string;
  readonly onPick: (first: number, last: number) => void;
  /** Whether amounts of some are not known: then nothing is not none. */
  readonly hasGaps?: boolean;
}

/** A chart over time below the numbers of the whole range. */
export function TimeCard({ title, load, children, describe, hasGaps = false, ...chart }: TimeCardProps) {
  const [hovered, setHovered] = useState<number>();
  const start = hovered === undefined ? undefined : chart.starts[hovered];
  const text =
    start === undefined ? '' : `${formatInterval(start, chart.intervalMs)} · ${describe(hovered!)}`;
  return (
    <section className="card overview-card overview-time" aria-label={title}>
      <header className="overview-head">
        <h2>{title}</h2>
        <span className="muted truncate">{text}</span>
      </header>
      <div className="overview-numbers">{children}</div>
      {load === 'failed' ? (
        <p className="breakdown-none muted">Not known</p>
      ) : load === 'pending' ? (
        <Skeleton height="112px" />
      ) : chart.series.every(({ values }) => values.every((value) => !value)) ? (
        <p className="breakdown-none muted">{hasGaps ? 'Not known' : 'None in this time'}</p>
      ) : (
        <TimeBars {...chart} hovered={hovered} hoveredText={text} onHover={setHovered} />
      )}
    </section>
  );
}
