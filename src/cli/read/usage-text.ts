import type { UsageRecord } from '../../../client/src/index.js';
import { formatMoney } from '../../../client/src/text/money.js';
import { formatCount } from '../../../client/src/text/number.js';
import { priceParts } from '../../../client/src/text/price-text.js';
import { BASES, REASONS, UNPRICED, UNREPORTED } from '../../../client/src/text/usage-reasons.js';
import { timeText } from './session-text.js';
import { type Cell, type Column, type Style, tableLines } from './table.js';

const COLUMNS: readonly Column[] = [
  { title: 'TIME' },
  { title: 'COUNTS' },
  { title: 'RECORD', isCut: true, dropped: 4 },
  { title: 'READ AS', isCut: true, dropped: 3 },
  { title: 'MODEL', isCut: true },
  { title: 'IN', isNumber: true },
  { title: 'CACHED', isNumber: true, dropped: 1 },
  { title: 'TO CACHE', isNumber: true, dropped: 2 },
  { title: 'OUT', isNumber: true },
  { title: 'COST', isNumber: true },
  { title: 'WHY', isBelow: true },
];

/** Lines of a table of all records that report usage: which count, and why the others do not. */
export function usageLines(records: readonly UsageRecord[], style: Style): string[] {
  return tableLines(
    COLUMNS,
    records.map((record): Cell[] => [
      { text: timeText(record.time) },
      record.counted ? { text: 'yes' } : { text: 'no', style: 'quiet' },
      { text: `${record.signal} ${record.span_id ?? record.log_id ?? ''}`.trimEnd() },
      { text: record.dialect === undefined ? '' : `${record.kind} of ${record.dialect}` },
      { text: record.model ?? '' },
      countCell(record.input_tokens),
      countCell(record.cache_read_tokens),
      countCell(record.cache_write_tokens),
      countCell(record.output_tokens),
      { text: record.cost_usd === undefined ? '' : formatMoney(record.cost_usd) },
      { text: whyOf(record) },
    ]),
    style,
  );
}

function countCell(count: number | undefined): Cell {
  return { text: count === undefined ? '' : formatCount(count) };
}

function whyOf(record: UsageRecord): string {
  const { reason, by, by_session: session, unpriced, unreported, numbers } = record;
  const price = record.counted ? record.price : undefined;
  const other = by?.span_id ?? by?.log_id;
  const parts = [
    reason === undefined ? undefined : REASONS[reason],
    other === undefined ? undefined : `see ${other}${session === undefined ? '' : ` of session ${session}`}`,
    reason === undefined && unpriced !== undefined ? UNPRICED[unpriced] : undefined,
    reason === undefined && unreported !== undefined ? UNREPORTED[unreported] : undefined,
    numbers === undefined ? undefined : numbers.map(({ key, value }) => `${key}=${value}`).join(' '),
    price === undefined ? undefined : `a million tokens: ${priceParts(price).join(', ')}`,
    price?.basis === undefined ? undefined : BASES[price.basis],
  ];
  return parts.filter((part) => part !== undefined).join('; ');
}
