import type { Session } from '../../api/client.js';
import { formatDuration } from '../../format/duration.js';

export type VitalName = keyof NonNullable<Session['vitals']>;
export type Rating = 'good' | 'needs improvement' | 'poor';

interface VitalRule {
  readonly label: string;
  readonly title: string;
  /** Up to the first it is good, up to the second it needs improvement (web.dev/articles/vitals). */
  readonly limits: readonly [good: number, poor: number];
  readonly format: (value: number) => string;
}

export const VITALS: Readonly<Record<VitalName, VitalRule>> = {
  lcp: { label: 'LCP', title: 'Largest contentful paint', limits: [2500, 4000], format: formatDuration },
  inp: { label: 'INP', title: 'Interaction to next paint', limits: [200, 500], format: formatDuration },
  cls: { label: 'CLS', title: 'Cumulative layout shift', limits: [0.1, 0.25], format: String },
  ttfb: { label: 'TTFB', title: 'Time to the first byte', limits: [800, 1800], format: formatDuration },
};
export const VITAL_NAMES = Object.keys(VITALS) as VitalName[];

/** How a value of a vital is judged. */
export function ratingOf(name: VitalName, value: number): Rating {
  const [good, poor] = VITALS[name].limits;
  if (value <= good) return 'good';
  return value <= poor ? 'needs improvement' : 'poor';
}
