import type { ScoreStatistics } from '../contract/score-statistics.js';
import type { SessionFilters } from '../contract/session-filters.js';
import type { SessionStatistics } from '../contract/statistics.js';
import type { Timeline } from '../contract/timeline.js';
import type { QueryService } from '../query/query-service.js';
import type { AlertDefinition, AlertMeasure } from './alert.js';

const NS_PER_MS = 1_000_000n;

/** A step that is longer than any window, so that a timeline has few points. */
const ONE_STEP_MS = 7 * 86_400_000;

type Sums = Pick<Timeline['points'][number], 'request_count' | 'input_tokens' | 'output_tokens' | 'cost_usd'>;

/**
 * The measure over the sessions under these filters. The window, both ends included, is in ms since 1970. Undefined
 * if it has no value. Rejects as queries do.
 */
export async function measured(
  queries: Pick<QueryService, 'stats' | 'timeline' | 'scoreStats'>,
  filters: SessionFilters,
  { measure, select, score }: Pick<AlertDefinition, 'measure' | 'select' | 'score'>,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<number | undefined> {
  const fromNs = BigInt(fromMs) * NS_PER_MS;
  // The last nanosecond of the last millisecond: adjacent windows share no session.
  const toNs = (BigInt(toMs) + 1n) * NS_PER_MS - 1n;
  const query: SessionFilters =
    select === 'active'
      ? { ...filters, activeFrom: fromNs, activeTo: toNs }
      : { ...filters, startTime: fromNs, endTime: toNs };
  switch (measure) {
    case 'model_calls':
    case 'tokens':
    case 'cost_usd':
      return sumOf(measure, await answer<Timeline>(queries.timeline({ ...query, intervalMs: ONE_STEP_MS })));
    case 'score_average': {
      const { items } = await answer<ScoreStatistics>(
        queries.scoreStats({ ...query, ...(score !== undefined && narrowed(filters, score)) }),
      );
      return items.find(({ name }) => name === score)?.average;
    }
    case 'p95_duration_ms': {
      const statistics = await answer<SessionStatistics>(queries.stats({ ...query, percentiles: true }));
      return statistics.duration_percentiles_ms?.p95;
    }
    default:
      return statisticOf(measure, await answer<SessionStatistics>(queries.stats(query)));
  }
}

/**
 * Leaves sessions with a value of this score, since statistics have the names of most sessions only. A filter by
 * names finds sessions with any of them, so that it cannot take another; a bound below all values narrows it.
 */
function narrowed(
  { score, minScore }: SessionFilters,
  name: string,
): Pick<SessionFilters, 'score' | 'minScore'> {
  if (score === undefined) return { score: [name] };
  return { minScore: { [name]: -Number.MAX_VALUE, ...minScore } };
}

async function answer<T>(bytes: Promise<Uint8Array>): Promise<T> {
  return JSON.parse(Buffer.from(await bytes).toString()) as T;
}

function sumOf(measure: 'model_calls' | 'tokens' | 'cost_usd', { points, earlier }: Timeline): number {
  const all: readonly Sums[] = earlier === undefined ? points : [earlier, ...points];
  const values = all.map((sums) => {
    if (measure === 'model_calls') return sums.request_count;
    if (measure === 'cost_usd') return sums.cost_usd;
    return Number(sums.input_tokens) + Number(sums.output_tokens);
  });
  return values.reduce((sum, value) => sum + value, 0);
}

function statisticOf(
  measure: Exclude<AlertMeasure, 'p95_duration_ms' | 'model_calls' | 'tokens' | 'cost_usd' | 'score_average'>,
  statistics: SessionStatistics,
): number | undefined {
  const { total_sessions: sessions, sessions_with_errors: failed } = statistics;
  switch (measure) {
    case 'sessions':
      return sessions;
    case 'users':
      return statistics.unique_users;
    case 'sessions_with_errors':
      return failed;
    case 'error_share':
      return sessions === 0 ? undefined : failed / sessions;
    case 'avg_duration_ms':
      return sessions === 0 ? undefined : statistics.avg_duration_ms;
  }
}
