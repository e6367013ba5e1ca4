import type { Alert } from './queries.js';

/** The measures in the order in which they are offered, as people call them. */
export const MEASURES: readonly (readonly [Alert['measure'], string])[] = [
  ['sessions', 'Sessions'],
  ['users', 'Users'],
  ['sessions_with_errors', 'Sessions with errors'],
  ['error_share', 'Share with errors (0 to 1)'],
  ['avg_duration_ms', 'Average duration (ms)'],
  ['p95_duration_ms', 'Duration, 95th percentile (ms)'],
  ['model_calls', 'Model calls'],
  ['tokens', 'Tokens'],
  ['cost_usd', 'Cost (US$)'],
  ['score_average', 'Average of a score'],
];

/** `Sessions above 5 over 15 min`. */
export function conditionText({
  measure,
  score,
  operator,
  threshold,
  window_minutes: minutes,
}: Alert): string {
  const named = MEASURES.find(([value]) => value === measure)?.[1] ?? measure;
  const name = score === undefined ? named : `Average of ${score}`;
  return `${name} ${operator} ${threshold} over ${minutes} min`;
}

export const STATE_TEXTS: Readonly<Record<Alert['state'], string>> = {
  off: 'Off',
  new: 'Not evaluated yet',
  ok: 'OK',
  firing: 'Firing',
};
