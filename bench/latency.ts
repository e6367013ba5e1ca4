/** A summary of durations, in milliseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Percentiles by nearest rank: each is one of the durations. Undefined for no durations. */
export function summarize(durationsMs: ArrayLike<number>): LatencySummary | undefined {
  const sorted = Float64Array.from(durationsMs).sort();
  const count = sorted.length;
  if (count === 0) return undefined;
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * count) - 1)]!;
  return { count, p50: rank(0.5), p99: rank(0.99), max: sorted[count - 1]! };
}
