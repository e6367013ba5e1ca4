import assert from 'node:assert/strict';
import { test } from 'node:test';
import stringWidth from 'string-width';
import { type Column, styleOf, tableLines } from './table.js';

const COLUMNS: readonly Column[] = [
  { title: 'STARTED' },
  { title: 'SPANS', isNumber: true, dropped: 1 },
  { title: 'STATE', dropped: 2 },
  { title: 'SESSION', isCut: true },
];
const ROWS = [
  ['2026-03-01 09:30:00Z', '12', 'active', '0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f'],
  ['2026-03-01 09:31:00Z', '3', 'ended', '日本語のセッション'],
].map((row) => row.map((text) => ({ text })));

const lines = (width?: number) => tableLines(COLUMNS, ROWS, styleOf(false, width));

test('a table has any width where there is no terminal', () => {
  assert.deepEqual(lines(), [
    'STARTED               SPANS  STATE   SESSION\n',
    '2026-03-01 09:30:00Z     12  active  0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f\n',
    '2026-03-01 09:31:00Z      3  ended   日本語のセッション\n',
  ]);
  assert.deepEqual(lines(200), lines());
});

test('in a narrow terminal text keeps its beginning, then columns are left out, which is said', () => {
  assert.deepEqual(lines(50), [
    'STARTED               SPANS  STATE   SESSION\n',
    '2026-03-01 09:30:00Z     12  active  0195b3a2-6f1…\n',
    '2026-03-01 09:31:00Z      3  ended   日本語のセッ…\n',
  ]);
  assert.deepEqual(lines(40), [
    'STARTED               STATE   SESSION\n',
    '2026-03-01 09:30:00Z  active  0195b3a2-…\n',
    '2026-03-01 09:31:00Z  ended   日本語の…\n',
    'Too narrow for SPANS; --json has all.\n',
  ]);
  for (const width of [32, 36, 45, 60]) {
    for (const line of lines(width).slice(0, 3)) assert.ok(stringWidth(line.trimEnd()) <= width, line);
  }
});

test('a last column of text goes below its row', () => {
  const columns: readonly Column[] = [{ title: 'MODEL' }, { title: 'WHY', isBelow: true }];
  const rows = [[{ text: 'gpt-5' }, { text: 'a sum of calls below it, which are counted' }]];
  assert.deepEqual(tableLines(columns, rows, styleOf(false, 30)), [
    'MODEL\n',
    'gpt-5\n  a sum of calls below it, which are counted\n',
  ]);
});
