import { formatRfc3339 } from '../contract/timestamp.js';
import type { ErrorStatistics, ToolStatistics } from '../contract/tools-errors.js';
import type { StoredErrors, StoredTool, StoredTools } from '../store/contract/statistics.js';

export const NO_TOOLS: StoredTools = { tools: [], toolCount: 0, cutSessions: 0 };
export const NO_ERRORS: StoredErrors = { errors: [], shapeCount: 0, cutSessions: 0 };

const US_PER_MS = 1_000;

export function toolsItem({ tools, toolCount, cutSessions }: StoredTools): ToolStatistics {
  return {
    items: tools.map(({ durations, ...tool }) => ({
      tool: tool.name,
      call_count: tool.calls,
      failure_count: tool.failures,
      retry_count: tool.retries,
      session_count: tool.sessions,
      sessions_with_failures: tool.sessionsWithFailures,
      ...(durations !== undefined && { duration_ms: durationsItem(durations) }),
    })),
    tool_count: toolCount,
    incomplete_sessions: cutSessions,
  };
}

function durationsItem({ p50, p90, p95, p99, max }: NonNullable<StoredTool['durations']>) {
  return {
    p50: p50 / US_PER_MS,
    p90: p90 / US_PER_MS,
    p95: p95 / US_PER_MS,
    p99: p99 / US_PER_MS,
    max: max / US_PER_MS,
  };
}

export function errorsItem({ errors, shapeCount, cutSessions }: StoredErrors): ErrorStatistics {
  return {
    items: errors.map(({ shape, sessions, count, firstNs, lastNs }) => ({
      error: shape,
      error_count: count,
      session_count: sessions,
      first_seen: formatRfc3339(firstNs),
      last_seen: formatRfc3339(lastNs),
    })),
    shape_count: shapeCount,
    incomplete_sessions: cutSessions,
  };
}
