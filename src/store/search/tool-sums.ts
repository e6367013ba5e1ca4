import { Session } from '../../sessionize/session.js';
import type { StoredTool, StoredTools, ToolScan } from '../contract/statistics.js';
import { TooManyGroupsError } from '../contract/too-many-groups.js';
import type { SearchFilter } from './filters.js';
import { MOST_COUNTED_GROUPS } from './groups.js';
import { type MatchOptions, matchingSessions } from './matching-sessions.js';

interface Sum {
  readonly name: string;
  sessions: number;
  sessionsWithFailures: number;
  calls: number;
  failures: number;
  retries: number;
  /** Calls by duration, microseconds. */
  readonly durations: Map<number, number>;
}

/**
 * Calls of tools by name over the sessions that match any filter, from the rows of those that called tools.
 *
 * @throws TooManyGroupsError
 */
export async function countTools(
  { sort, limit, nowNs: _, ...filter }: ToolScan & SearchFilter,
  options: MatchOptions,
): Promise<StoredTools> {
  const sums = new Map<string, Sum>();
  let cutSessions = 0;
  const calling: SearchFilter = { ...filter, hasTools: true };
  const { rows } = await matchingSessions(calling, { kind: 'reported', parts: [] }, options);
  for await (const some of rows) {
    for (const [, , , , , text] of some) {
      const { tools: called } = Session.decodeReported(text);
      if (called?.isCut) cutSessions++;
      for (const [name, tool] of called?.all() ?? []) {
        let sum = sums.get(name);
        if (sum === undefined) {
          if (sums.size === MOST_COUNTED_GROUPS) throw new TooManyGroupsError(MOST_COUNTED_GROUPS);
          sum = { name, ...NOTHING, durations: new Map() };
          sums.set(name, sum);
        }
        sum.sessions++;
        if (tool.failures > 0) sum.sessionsWithFailures++;
        sum.calls += tool.calls;
        sum.failures += tool.failures;
        sum.retries += tool.retries;
        for (const [us, calls] of tool.durations) sum.durations.set(us, (sum.durations.get(us) ?? 0) + calls);
      }
    }
  }
  const tools = [...sums.values()].map(
    ({ durations, ...sum }): StoredTool => ({ ...sum, durations: quantilesOf(durations) }),
  );
  const amount = (tool: StoredTool): number => (sort === 'p95' ? (tool.durations?.p95 ?? -1) : tool[sort]);
  tools.sort((a, b) => amount(b) - amount(a) || (a.name < b.name ? -1 : 1));
  return { tools: tools.slice(0, limit), toolCount: tools.length, cutSessions };
}

const NOTHING = { sessions: 0, sessionsWithFailures: 0, calls: 0, failures: 0, retries: 0 };

/** Quantiles by nearest rank of values with their counts; undefined if there are none. */
function quantilesOf(counts: ReadonlyMap<number, number>): StoredTool['durations'] {
  if (counts.size === 0) return undefined;
  const inOrder = [...counts].sort(([a], [b]) => a - b);
  const total = inOrder.reduce((sum, [, count]) => sum + count, 0);
  const at = (percent: number): number => {
    let rank = Math.ceil((percent * total) / 100);
    for (const [value, count] of inOrder) {
      rank -= count;
      if (rank <= 0) return value;
    }
    return max;
  };
  const max = inOrder.at(-1)![0];
  return { p50: at(50), p90: at(90), p95: at(95), p99: at(99), max };
}
