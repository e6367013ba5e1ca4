import { exactDuration, formatDuration } from '../../../../client/src/text/duration.js';
import { formatNumber } from '../../../../client/src/text/locale.js';
import type { Session } from '../../api/client.js';

/** Web vitals with the ratings of web.dev: https://web.dev/articles/vitals, https://web.dev/articles/ttfb */

export type VitalName = keyof NonNullable<Session['vitals']>;
export type Rating = 'good' | 'needs improvement' | 'poor';

interface Vital {
  readonly name: VitalName;
  readonly label: string;
  readonly title: string;
  /**
   * Values up to the first limit are good, up to the second they need improvement. Milliseconds; CLS has no
   * unit.
   */
  readonly limits: readonly [good: number, needsImprovement: number];
  /** Formats a value for display, and with full precision. */
  readonly format: (value: number) => string;
  readonly formatExact: (value: number) => string;
}

const time = { format: formatDuration, formatExact: exactDuration };
const score = {
  format: (value: number) => formatNumber(value, { most: 3 }),
  formatExact: (value: number) => formatNumber(value, { most: 12 }),
};

/** In display order. */
export const VITALS: readonly Vital[] = [
  { name: 'lcp', label: 'LCP', title: 'Largest Contentful Paint', limits: [2_500, 4_000], ...time },
  { name: 'inp', label: 'INP', title: 'Interaction to Next Paint', limits: [200, 500], ...time },
  { name: 'cls', label: 'CLS', title: 'Cumulative Layout Shift', limits: [0.1, 0.25], ...score },
  { name: 'ttfb', label: 'TTFB', title: 'Time to First Byte', limits: [800, 1_800], ...time },
];

/** The rating of a value. */
export function ratingOf({ limits: [good, needsImprovement] }: Pick<Vital, 'limits'>, value: number): Rating {
  if (value <= good) return 'good';
  return value <= needsImprovement ? 'needs improvement' : 'poor';
}

/** The CSS class for the colour of a rating (vitals.css). */
export function ratingClass(rating: Rating): string {
  return `vital-${rating.replace(' ', '-')}`;
}
