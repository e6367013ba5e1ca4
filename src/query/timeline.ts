import { int64Of } from '../contract/int64.js';
import { LONGEST_STEP_MS, STEPS_MS, type Timeline } from '../contract/timeline.js';
import { formatRfc3339 } from '../contract/timestamp.js';
import type { StoredTimeline, TimelineSum } from '../store/contract/statistics.js';

/** Maximum number of points, without and with a length in the request. */
const MOST_POINTS = 200;
const MOST_POINTS_ASKED = 1_000;

/** Maximum number of listed models. */
const MOST_MODELS = 200;

const NS_PER_MS = 1_000_000n;

/** The shortest step, ns, that is at least `intervalMs` and does not divide the range into too many points. */
export function stepFor(fromNs: bigint, toNs: bigint, intervalMs: number | undefined): bigint {
  const most = BigInt(intervalMs === undefined ? MOST_POINTS : MOST_POINTS_ASKED);
  for (const stepMs of STEPS_MS) {
    const stepNs = BigInt(stepMs) * NS_PER_MS;
    if (stepMs >= (intervalMs ?? 0) && toNs / stepNs - fromNs / stepNs < most) return stepNs;
  }
  // With points of this length, no possible range has too many.
  return BigInt(LONGEST_STEP_MS) * NS_PER_MS;
}

/** `toNs` must not be before the start of the timeline. */
export function timelineItem(timeline: StoredTimeline, toNs: bigint): Timeline {
  const { fromNs, stepNs, points, earlier, models } = timeline;
  const items: Timeline['points'] = [];
  for (let step = fromNs / stepNs; step <= toNs / stepNs; step++) {
    items.push({ start_time: formatRfc3339(step * stepNs), ...numbersOf(points.get(step) ?? NOTHING) });
  }
  return {
    start_time: formatRfc3339(fromNs),
    end_time: formatRfc3339(toNs),
    interval_ms: Number(stepNs / NS_PER_MS),
    points: items,
    ...(earlier !== undefined && { earlier: numbersOf(earlier) }),
    models: [...models]
      .sort(([nameA, a], [nameB, b]) => b.calls - a.calls || (nameA < nameB ? -1 : 1))
      .slice(0, MOST_MODELS)
      .map(([model, sum]) => ({
        model,
        ...usageOf(sum),
        ...(sum.costNanoUsd !== undefined && { cost_usd: usd(sum.costNanoUsd) }),
      })),
  };
}

/** The timeline of a range that ends before it starts. */
export function emptyTimeline(fromNs: bigint, toNs: bigint, intervalMs: number | undefined): Timeline {
  return {
    start_time: formatRfc3339(fromNs),
    end_time: formatRfc3339(toNs),
    interval_ms: Number(stepFor(fromNs, fromNs, intervalMs) / NS_PER_MS),
    points: [],
    models: [],
  };
}

const NOTHING: TimelineSum = {
  sessions: 0,
  sessionsWithErrors: 0,
  calls: 0,
  inputTokens: 0n,
  outputTokens: 0n,
  unpricedCount: 0,
  unreportedCount: 0,
};

function numbersOf(sum: TimelineSum) {
  return {
    session_count: sum.sessions,
    sessions_with_errors: sum.sessionsWithErrors,
    ...usageOf(sum),
    cost_usd: usd(sum.costNanoUsd ?? 0n),
  };
}

function usageOf({ calls, inputTokens, outputTokens, unpricedCount, unreportedCount }: TimelineSum) {
  return {
    request_count: calls,
    input_tokens: int64Of(inputTokens),
    output_tokens: int64Of(outputTokens),
    unpriced_request_count: unpricedCount,
    unreported_request_count: unreportedCount,
  };
}

function usd(nanoUsd: bigint): number {
  return Number(nanoUsd) / 1e9;
}
