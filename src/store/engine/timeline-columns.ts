import type { TimelineNumbers } from './timeline-rows.js';

/** The columns of the table `timeline` in every store, by the numbers that they hold. */
const COLUMN_OF = {
  sessions: 'sessions',
  errors: 'errors',
  records: 'records',
  calls: 'calls',
  inputTokens: 'input_tokens',
  outputTokens: 'output_tokens',
  costUsd: 'cost_usd',
  costNanoUsd: 'cost_nano_usd',
  priced: 'priced',
  unpriced: 'unpriced',
  unreported: 'unreported',
} as const satisfies Record<keyof TimelineNumbers, string>;

/** What they hold, and their names in the same order. */
export const TIMELINE_NUMBERS = Object.keys(COLUMN_OF) as (keyof TimelineNumbers)[];
export const TIMELINE_COLUMNS = TIMELINE_NUMBERS.map((number) => COLUMN_OF[number]);
