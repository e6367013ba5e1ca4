/** Web vitals as web.dev judges them: https://web.dev/articles/vitals, https://web.dev/articles/ttfb */

export type Rating = 'good' | 'fair' | 'poor';

export const RATING_WORDS: Readonly<Record<Rating, string>> = {
  good: 'good',
  fair: 'needs improvement',
  poor: 'poor',
};

interface VitalKind {
  readonly name: 'lcp' | 'inp' | 'cls' | 'ttfb';
  readonly title: string;
  /** The greatest good value, and the greatest that is not poor. Milliseconds; of CLS without a unit. */
  readonly good: number;
  readonly fair: number;
}

export const VITALS: readonly VitalKind[] = [
  { name: 'lcp', title: 'Largest Contentful Paint', good: 2_500, fair: 4_000 },
  { name: 'inp', title: 'Interaction to Next Paint', good: 200, fair: 500 },
  { name: 'cls', title: 'Cumulative Layout Shift', good: 0.1, fair: 0.25 },
  { name: 'ttfb', title: 'Time to First Byte', good: 800, fair: 1_800 },
];

export function ratingOf(value: number, { good, fair }: Pick<VitalKind, 'good' | 'fair'>): Rating {
  return value <= good ? 'good' : value <= fair ? 'fair' : 'poor';
}
