import type { Attributes } from './telemetry.js';

/** Limits of good and poor vitals: https://web.dev/articles/vitals. In ms; CLS has no unit. */
const THRESHOLDS = {
  ttfb: [800, 1_800],
  fcp: [1_800, 3_000],
  lcp: [2_500, 4_000],
  inp: [200, 500],
  cls: [0.1, 0.25],
} as const;

export type WebVital = keyof typeof THRESHOLDS;

/** Attributes of the event `browser.web_vital`. The id is one per page and vital. */
export function webVital(name: WebVital, value: number, id: string): Attributes {
  const [good, poor] = THRESHOLDS[name];
  const rounded = name === 'cls' ? Math.round(value * 10_000) / 10_000 : Math.round(value * 10) / 10;
  return {
    'browser.web_vital.name': name,
    'browser.web_vital.value': rounded,
    'browser.web_vital.delta': rounded,
    'browser.web_vital.rating': rounded <= good ? 'good' : rounded <= poor ? 'needs-improvement' : 'poor',
    'browser.web_vital.id': id,
    'browser.web_vital.navigation_type': 'navigate',
  };
}
