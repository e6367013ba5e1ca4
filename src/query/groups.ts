import { ATTRIBUTE_PREFIX, type SessionGroups } from '../contract/groups.js';
import { int64Of } from '../contract/int64.js';
import type { GroupBy, GroupScan, GroupSum, Quantiles, StoredGroups } from '../store/contract/statistics.js';

/** What a request groups by, for a store. */
export function groupedBy(by: string): Pick<GroupScan, 'by' | 'attribute'> {
  return by.startsWith(ATTRIBUTE_PREFIX)
    ? { by: 'attribute', attribute: by.slice(ATTRIBUTE_PREFIX.length) }
    : { by: by as GroupBy };
}

const NO_SUM: GroupSum = {
  sessions: 0,
  sessionsWithErrors: 0,
  calls: 0,
  inputTokens: 0n,
  outputTokens: 0n,
  unpricedCount: 0,
  unreportedCount: 0,
};

/** The groups without any session. */
export const NO_GROUPS: StoredGroups = {
  total: { ...NO_SUM, durations: undefined },
  none: NO_SUM,
  groupCount: 0,
  groups: [],
};

export function groupsItem({ groups, groupCount, total, none }: StoredGroups): SessionGroups {
  return {
    groups: groups.map(({ value, durations, ...sum }) => ({
      value,
      ...sumItem(sum),
      ...durationsItem(durations),
    })),
    group_count: groupCount,
    total: { ...sumItem(total), ...durationsItem(total.durations) },
    without: sumItem(none),
  };
}

function sumItem(sum: GroupSum) {
  return {
    session_count: sum.sessions,
    sessions_with_errors: sum.sessionsWithErrors,
    request_count: sum.calls,
    total_input_tokens: int64Of(sum.inputTokens),
    total_output_tokens: int64Of(sum.outputTokens),
    ...(sum.costNanoUsd !== undefined && { estimated_cost_usd: Number(sum.costNanoUsd) / 1e9 }),
    unpriced_request_count: sum.unpricedCount,
    unreported_request_count: sum.unreportedCount,
  };
}

const NS_PER_MS = 1e6;

export function percentilesItem({ p50, p90, p95, p99 }: Quantiles) {
  return { p50: p50 / NS_PER_MS, p90: p90 / NS_PER_MS, p95: p95 / NS_PER_MS, p99: p99 / NS_PER_MS };
}

function durationsItem(durations: Quantiles | undefined) {
  return durations === undefined ? {} : { duration_ms: percentilesItem(durations) };
}
