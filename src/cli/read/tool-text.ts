import type { ErrorStatistic, ToolStatistic } from '../../../client/src/index.js';
import { formatDuration } from '../../../client/src/text/duration.js';
import { formatCount } from '../../../client/src/text/number.js';
import { timeText } from './session-text.js';
import { type Cell, type Column, type Style, tableLines } from './table.js';

const some = (count: number): string => (count === 0 ? '' : formatCount(count));

/** Lines of a table of tools. */
export function toolLines(tools: readonly ToolStatistic[], style: Style): string[] {
  return tableLines(TOOL_COLUMNS, tools.map(toolCells), style);
}

const TOOL_COLUMNS: readonly Column[] = [
  { title: 'TOOL', isCut: true },
  { title: 'CALLS', isNumber: true },
  { title: 'FAILED', isNumber: true },
  { title: 'RETRIES', isNumber: true, dropped: 1 },
  { title: 'P50', isNumber: true, dropped: 0 },
  { title: 'P95', isNumber: true },
  { title: 'SESSIONS', isNumber: true, dropped: 2 },
];

function toolCells({ duration_ms: durations, failure_count: failures, ...tool }: ToolStatistic): Cell[] {
  return [
    { text: tool.tool },
    { text: formatCount(tool.call_count) },
    { text: some(failures), ...(failures > 0 && { style: 'trouble' as const }) },
    { text: some(tool.retry_count) },
    { text: durations === undefined ? '' : formatDuration(durations.p50) },
    { text: durations === undefined ? '' : formatDuration(durations.p95) },
    { text: formatCount(tool.session_count) },
  ];
}

/** Lines of a table of errors. */
export function errorLines(errors: readonly ErrorStatistic[], style: Style): string[] {
  const cells = errors.map((each): Cell[] => [
    { text: formatCount(each.session_count) },
    { text: formatCount(each.error_count) },
    { text: timeText(each.first_seen) },
    { text: timeText(each.last_seen) },
    { text: each.error },
  ]);
  return tableLines(ERROR_COLUMNS, cells, style);
}

const ERROR_COLUMNS: readonly Column[] = [
  { title: 'SESSIONS', isNumber: true },
  { title: 'ERRORS', isNumber: true, dropped: 0 },
  { title: 'FIRST', dropped: 1 },
  { title: 'LAST', dropped: 2 },
  { title: 'ERROR', isCut: true },
];
