import type { TopCall } from '../../../client/src/index.js';
import { formatDuration } from '../../../client/src/text/duration.js';
import { formatMoney } from '../../../client/src/text/money.js';
import { formatCompact } from '../../../client/src/text/number.js';
import { timeText } from './session-text.js';
import { type Cell, type Column, type Style, tableLines } from './table.js';

/** Lines of a table of model calls with their sessions. */
export function topCallLines(calls: readonly TopCall[], style: Style): string[] {
  return tableLines(COLUMNS, calls.map(cellsOf), style);
}

const COLUMNS: readonly Column[] = [
  { title: 'TIME' },
  { title: 'MODEL', isCut: true },
  { title: 'TOOK', isNumber: true, dropped: 4 },
  { title: 'IN', isNumber: true, dropped: 2 },
  { title: 'OUT', isNumber: true, dropped: 3 },
  { title: 'COST', isNumber: true },
  { title: 'SPAN', dropped: 1 },
  { title: 'SESSION', isCut: true },
  { title: 'TITLE', isCut: true, dropped: 0 },
];

function cellsOf({ session, call, duration_ms: took }: TopCall): Cell[] {
  const tokens = (count: number | undefined): string => (count === undefined ? '' : formatCompact(count));
  return [
    { text: timeText(call.time) },
    { text: call.model ?? '' },
    { text: took === undefined ? '' : formatDuration(took) },
    { text: tokens(call.input_tokens) },
    { text: tokens(call.output_tokens) },
    { text: call.cost_usd === undefined ? '' : formatMoney(call.cost_usd) },
    { text: call.span_id ?? call.log_id ?? '' },
    { text: session['session.id'] },
    { text: session.title ?? '' },
  ];
}
