import type { components } from '../../../../client/src/schema.js';
import { formatDuration } from '../../../../client/src/text/duration.js';

interface DurationLineProps {
  /** Undefined while loading. */
  readonly stats: components['schemas']['SessionStats'] | undefined;
  /** Whether percentiles are asked for. */
  readonly isWanted: boolean;
  readonly onWant: () => void;
}

const PERCENTILES = ['p50', 'p90', 'p95', 'p99'] as const;

/** Percentiles of the duration of the sessions, or a button that asks for them. */
export function DurationLine({ stats, isWanted, onWant }: DurationLineProps) {
  if (!isWanted) {
    return (
      <button type="button" className="show-all" onClick={onWant}>
        Show p50 to p99 of the duration
      </button>
    );
  }
  if (stats === undefined || stats.total_sessions === 0) return null;
  const { duration_percentiles_ms: percentiles } = stats;
  if (percentiles === undefined) return <span>Duration …</span>;
  return (
    <>
      <span>Duration</span>
      {PERCENTILES.map((name) => (
        <span key={name}>
          {name} <strong>{formatDuration(percentiles[name])}</strong>
        </span>
      ))}
    </>
  );
}
