import type { TopCall } from '../../../client/src/index.js';
import { formatDuration } from '../../../client/src/text/duration.js';
import { formatMoney } from '../../../client/src/text/money.js';
import { formatCompact } from '../../../client/src/text/number.js';
import { type Cell, type Style, tableLines } from './table.js';

/** Lines of a table of model calls with their sessions. */
export function topCallLines(calls: readonly TopCall[], style: Style): string[] {
  const columns = [
    { title: 'TIME' },
    { title: 'MODEL' },
    { title: 'TOOK', isNumber: true },
    { title: 'IN', isNumber: true },
    { title: 'OUT', isNumber: true },
    { title: 'COST', isNumber: true },
    { title: 'SPAN' },
    { title: 'SESSION' },
    { title: 'TITLE' },
  ] as const;
  return tableLines(columns, calls.map(cellsOf), style);
}

function cellsOf({ session, call, duration_ms: took }: TopCall): Cell[] {
  const tokens = (count: number | undefined): string => (count === undefined ? '' : formatCompact(count));
  return [
    { text: `${call.time.slice(0, 19)}Z` },
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
