import type { SessionStatistics } from '../contract/statistics.js';
import type { DeviceType } from '../normalize/facts.js';
import type { Statistics } from '../store/contract/statistics.js';

/** The statistics without any session. */
export const NO_SESSIONS: Statistics = {
  openSessions: 0,
  totalSessions: 0,
  uniqueUsers: 0,
  durationMicros: 0n,
  sessionsWithErrors: 0,
  sessionsWithGenAi: 0,
  bounces: 0,
  unpricedCount: 0,
  unreportedCount: 0,
  byDeviceType: new Map(),
  byCountry: new Map(),
};

/** The contract's statistics. Ratios are 0 without sessions. */
export function statisticsItem(statistics: Statistics): SessionStatistics {
  const total = statistics.totalSessions;
  return {
    active_sessions: statistics.openSessions,
    total_sessions: total,
    unique_users: statistics.uniqueUsers,
    avg_duration_ms: total === 0 ? 0 : Number(statistics.durationMicros) / 1000 / total,
    sessions_with_errors: statistics.sessionsWithErrors,
    sessions_with_genai: statistics.sessionsWithGenAi,
    unpriced_request_count: statistics.unpricedCount,
    unreported_request_count: statistics.unreportedCount,
    bounce_rate: ratio(statistics.bounces, total),
    by_device_type: byDeviceType(statistics),
    by_country: byCountry(statistics),
  };
}

function byDeviceType(statistics: Statistics): SessionStatistics['by_device_type'] {
  const counts = new Map(statistics.byDeviceType);
  let said = 0;
  for (const count of counts.values()) said += count;
  // Makes the counts add up to all sessions.
  const silent = statistics.totalSessions - said;
  if (silent > 0) counts.set('unknown', (counts.get('unknown') ?? 0) + silent);

  return [...counts]
    .filter(([, count]) => count > 0)
    .sort(([nameA, countA], [nameB, countB]) => countB - countA || compareText(nameA, nameB))
    .map(([name, count]) => ({
      device_type: name as DeviceType,
      count,
      percentage: 100 * ratio(count, statistics.totalSessions),
    }));
}

function byCountry(statistics: Statistics): SessionStatistics['by_country'] {
  return [...statistics.byCountry]
    .filter(([, { count }]) => count > 0)
    .sort(([codeA, a], [codeB, b]) => b.count - a.count || compareText(codeA, codeB))
    .map(([code, { name, count }]) => ({
      country_code: code,
      country_name: name ?? code,
      count,
      percentage: 100 * ratio(count, statistics.totalSessions),
    }));
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** Compares by UTF-16 code unit, independent of locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
