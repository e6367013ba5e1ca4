import type { SessionFilter, StoredSession } from '../store/store.js';
import type { SessionFilters } from './query-service.js';
import { isOpen, type StateLimits, stateOf } from './state.js';

const NS_PER_MS = 1_000_000n;
const NS_PER_MS_NUMBER = 1e6;
const NANO_PER_USD = 1e9;

export interface FilterOptions extends StateLimits {
  /** The kept forms that a user id given as a filter may have (DESIGN 7). */
  userIdCandidates(userId: string): string[];
}

/** The filters of a request as the store takes them, judged at `nowNs`. */
export function sessionFilter(query: SessionFilters, nowNs: bigint, options: FilterOptions): SessionFilter {
  const { userId, isActive, startTime, endTime, state, minDurationMs, minCostUsd } = query;
  return {
    ...(userId !== undefined && { userIds: options.userIdCandidates(userId) }),
    ...(isActive !== undefined && { open: isActive }),
    ...(startTime !== undefined && { startFromNs: startTime }),
    ...(endTime !== undefined && { startToNs: endTime }),
    ...(query.service !== undefined && { service: query.service }),
    ...(query.model !== undefined && { model: query.model }),
    ...(query.provider !== undefined && { provider: query.provider }),
    ...(query.deviceType !== undefined && { deviceType: query.deviceType }),
    ...(query.country !== undefined && { countryCode: query.country }),
    ...(query.hasErrors !== undefined && { errors: query.hasErrors }),
    ...(minDurationMs !== undefined && { minDurationNs: leastWhole(minDurationMs, NS_PER_MS_NUMBER) }),
    ...(minCostUsd !== undefined && { minCostNanoUsd: leastWhole(minCostUsd, NANO_PER_USD) }),
    ...(state !== undefined && {
      state:
        state === 'active' || state === 'idle'
          ? { name: state, activeAfterNs: nowNs - BigInt(options.activeMs) * NS_PER_MS }
          : { name: state },
    }),
  };
}

/** The filters in a fixed order, for what a cursor is bound to. */
export function filterTexts(query: SessionFilters): (string | undefined)[] {
  return [
    query.userId,
    query.isActive?.toString(),
    query.startTime?.toString(),
    query.endTime?.toString(),
    query.service,
    query.model,
    query.provider,
    query.state,
    query.deviceType,
    query.country,
    query.hasErrors?.toString(),
    query.minDurationMs?.toString(),
    query.minCostUsd?.toString(),
  ];
}

/**
 * The least whole number that, divided by `unit` as the items of lists are, is `least` or more: a filter agrees with the
 * numbers that are shown, to the last digit. `least` must not be negative.
 */
export function leastWhole(least: number, unit: number): bigint {
  const reaches = (whole: bigint): boolean => Number(whole) / unit >= least;
  // Far above what there can be, and large enough for what a double of it is rounded by.
  let high = BigInt(Math.ceil(Math.min(least * unit, 2 ** 80))) * 2n + 2n;
  let low = -1n;
  if (!reaches(high)) return high;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (reaches(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Whether a session is in the list that a store makes of a filter: its definition. */
export function matchesFilter(
  session: StoredSession,
  filter: SessionFilter,
  nowNs: bigint,
  limits: StateLimits,
): boolean {
  const { genai, startNs, lastNs } = session;
  const state = stateOf(session, nowNs, limits);
  const { userIds, minDurationNs, minCostNanoUsd, deviceType } = filter;
  const holds = [
    userIds === undefined || (session.userId !== undefined && userIds.includes(session.userId)),
    filter.open === undefined || isOpen(state) === filter.open,
    filter.state === undefined || state === filter.state.name,
    filter.startFromNs === undefined || startNs >= filter.startFromNs,
    filter.startToNs === undefined || startNs <= filter.startToNs,
    filter.service === undefined || session.services.includes(filter.service),
    filter.model === undefined || genai?.models.includes(filter.model) === true,
    filter.provider === undefined || genai?.providers.includes(filter.provider) === true,
    deviceType === undefined || (session.client?.device_type ?? 'unknown') === deviceType,
    filter.countryCode === undefined || session.geo?.country_code === filter.countryCode,
    filter.errors === undefined || session.errorCount > 0 === filter.errors,
    minDurationNs === undefined || lastNs - startNs >= minDurationNs,
    minCostNanoUsd === undefined || (genai?.costNanoUsd !== undefined && genai.costNanoUsd >= minCostNanoUsd),
  ];
  return holds.every(Boolean);
}
