/** Alerts: what they are, and the decisions about them, without storage, network and clocks. */

/** What an alert can measure, over the sessions of a window under its filters. */
export const ALERT_MEASURES = [
  'sessions',
  'users',
  'sessions_with_errors',
  'error_share',
  'avg_duration_ms',
  'p95_duration_ms',
  'model_calls',
  'tokens',
  'cost_usd',
  'score_average',
] as const;
export type AlertMeasure = (typeof ALERT_MEASURES)[number];

export const ALERT_OPERATORS = ['above', 'below'] as const;
export type AlertOperator = (typeof ALERT_OPERATORS)[number];

export const CHANNEL_KINDS = ['webhook', 'slack'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** What the operator wants to know of. */
export interface AlertDefinition {
  readonly name: string;
  /** Filters of the list, as a query string without a range of time. */
  readonly filters: string;
  readonly measure: AlertMeasure;
  readonly operator: AlertOperator;
  /** The name of the scores whose average is measured. Only of `score_average`. */
  readonly score?: string;
  readonly threshold: number;
  readonly windowMinutes: number;
  /** Whether the window selects sessions that started in it, or all with activity in it. */
  readonly select: 'started' | 'active';
  readonly channel: { readonly kind: ChannelKind; readonly url: string };
  readonly isEnabled: boolean;
}

/** What is known of an alert by its evaluations. Times in ms since 1970. */
export interface AlertState {
  /** The time of the last evaluation. */
  readonly evaluatedAtMs?: number;
  /** The measure then; undefined if it had no value, such as the share of errors among no sessions. */
  readonly value?: number;
  /** Since when it fires; undefined if it does not. */
  readonly firingSinceMs?: number;
  /** When it last began to fire. */
  readonly firedAtMs?: number;
  /** How often in a row an evaluation failed for a reason that passes; undefined if the last one did not. */
  readonly failures?: number;
}

export const NEW_ALERT: AlertState = {};

export type AlertEvent = 'firing' | 'resolved';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The wait before the first try after a failure. */
const FIRST_TRY_MS = 5_000;

/**
 * The window of an evaluation ends this long before it, so that telemetry of the window has come: senders
 * gather it for some seconds, and sessions follow within a few more.
 */
export const LAG_MS = 30_000;

/** The time between two evaluations: a minute, for windows above an hour a 60th of them, an hour at most. */
export function stepOf(windowMinutes: number): number {
  const step = Math.max(1, Math.floor(windowMinutes / 60)) * MINUTE_MS;
  return Math.min(step, HOUR_MS);
}

/** The time of the first evaluation after this time. Times are multiples of the step, so all processes agree on them. */
export function nextEvaluation(nowMs: number, windowMinutes: number): number {
  const step = stepOf(windowMinutes);
  return (Math.floor(nowMs / step) + 1) * step;
}

/**
 * The evaluation that is due: the latest if several are, because a stopped server has missed them. `nextMs` is its
 * time, or that of another try of it.
 */
export function dueEvaluation(nextMs: number, nowMs: number, windowMinutes: number): number {
  return nextEvaluation(Math.max(nextMs, nowMs), windowMinutes) - stepOf(windowMinutes);
}

/**
 * When an evaluation that failed is tried again, after so many failures in a row: after 5 s, then each time after
 * twice as long, and no later than the next evaluation, which takes its place.
 */
export function nextTry(
  evaluationMs: number,
  nowMs: number,
  failures: number,
  windowMinutes: number,
): number {
  const next = nextEvaluation(Math.max(evaluationMs, nowMs), windowMinutes);
  return Math.min(next, nowMs + FIRST_TRY_MS * 2 ** Math.min(failures - 1, 20));
}

/** The window of an evaluation, both ends included, ms since 1970. */
export function windowOf(evaluationMs: number, windowMinutes: number): { fromMs: number; toMs: number } {
  const endMs = evaluationMs - LAG_MS;
  return { fromMs: endMs - windowMinutes * MINUTE_MS, toMs: endMs - 1 };
}

/**
 * The state after an evaluation, and what to tell. An alert begins to fire when the measure passes the
 * threshold, and is resolved when it no longer does. It fires once per window: having fired, it does not fire
 * again before the length of a window has passed. A measure without a value passes no threshold.
 */
export function evaluated(
  { operator, threshold, windowMinutes }: AlertDefinition,
  state: AlertState,
  value: number | undefined,
  atMs: number,
): { readonly state: AlertState; readonly event?: AlertEvent } {
  const isPassed = value !== undefined && (operator === 'above' ? value > threshold : value < threshold);
  const { firingSinceMs, firedAtMs } = state;
  const seen = {
    evaluatedAtMs: atMs,
    ...(value !== undefined && { value }),
    ...(firedAtMs !== undefined && { firedAtMs }),
  };
  if (firingSinceMs !== undefined) {
    return isPassed ? { state: { ...seen, firingSinceMs } } : { state: seen, event: 'resolved' };
  }
  const isFree = firedAtMs === undefined || atMs - firedAtMs >= windowMinutes * MINUTE_MS;
  if (!isPassed || !isFree) return { state: seen };
  return { state: { ...seen, firingSinceMs: atMs, firedAtMs: atMs }, event: 'firing' };
}

/** How long to wait after so many failed tries, ms: from 10 s to an hour. */
export function retryAfter(tries: number): number {
  return Math.min(10_000 * 4 ** (tries - 1), HOUR_MS);
}

/** A message is given up after so many tries, which take some 20 hours. */
export const MOST_TRIES = 24;
