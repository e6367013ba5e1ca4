import type { SessionGroup } from '../../../client/src/index.js';
import { formatDuration } from '../../../client/src/text/duration.js';
import { formatCost, formatTokens } from '../../../client/src/text/gaps.js';
import { formatCount } from '../../../client/src/text/number.js';
import { type Cell, type Column, type Style, tableLines } from './table.js';

/** Lines of a table of groups of sessions. */
export function groupLines(by: string, groups: readonly SessionGroup[], style: Style): string[] {
  const columns: readonly Column[] = [
    { title: by.toUpperCase(), isCut: true },
    { title: 'SESSIONS', isNumber: true },
    { title: 'ERRORS', isNumber: true, dropped: 4 },
    { title: 'P95', isNumber: true, dropped: 2 },
    { title: 'CALLS', isNumber: true, dropped: 1 },
    { title: 'TOKENS', isNumber: true, dropped: 3 },
    { title: 'COST', isNumber: true },
    { title: 'UNPRICED', isNumber: true, dropped: 0 },
  ];
  return tableLines(columns, groups.map(cellsOf), style);
}

function cellsOf(group: SessionGroup): Cell[] {
  const { sessions_with_errors: errors, duration_ms: durations, estimated_cost_usd: cost } = group;
  const some = (count: number): string => (count === 0 ? '' : formatCount(count));
  const tokens = Number(group.total_input_tokens) + Number(group.total_output_tokens);
  return [
    { text: group.value },
    { text: formatCount(group.session_count) },
    { text: some(errors), ...(errors > 0 && { style: 'trouble' as const }) },
    { text: durations === undefined ? '' : formatDuration(durations.p95) },
    { text: some(group.request_count) },
    { text: tokens === 0 ? '' : formatTokens(tokens, group) },
    { text: cost === undefined ? '' : formatCost(cost, group) },
    { text: some(group.unpriced_request_count) },
  ];
}
