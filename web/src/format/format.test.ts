import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration } from '../../../client/src/text/duration.js';
import { formatMoney } from '../../../client/src/text/money.js';
import { formatCompact, formatCounted, formatShare } from '../../../client/src/text/number.js';
import { shortenMiddle, visibleLines, visibleText } from '../../../client/src/text/visible-text.js';
import { formatAgo, parseTime } from './time.js';

/** Asserts the text of each number. */
function assertAll(format: (value: number) => string, cases: readonly (readonly [number, string])[]): void {
  assert.deepEqual(
    cases.map(([value]) => format(value)),
    cases.map(([, text]) => text),
  );
}

test('durations have their two largest units, also if rounding reaches the next unit', () => {
  assertAll(formatDuration, [
    [0, '0 ms'],
    [0.205209, '0.21 ms'],
    [9.96, '10 ms'],
    [842.4, '842 ms'],
    [999.6, '1 s'],
    [12_340, '12.3 s'],
    [59_960, '1m 00s'],
    [187_000, '3m 07s'],
    [3_599_600, '1h 00m'],
    [7_500_000, '2h 05m'],
    [86_399_000, '1d 0h'],
    [356_400_000, '4d 3h'],
  ]);
});

test('money is never rounded down to nothing', () => {
  assertAll(formatMoney, [
    [0, '$0'],
    [0.00002, '< $0.0001'],
    [0.0247995, '$0.0248'],
    [0.9999, '$1.00'],
    [12.3, '$12.30'],
    [999.999, '$1,000'],
    [1240.4, '$1,240'],
  ]);
});

test('numbers are short, also if rounding reaches the next unit', () => {
  assertAll(formatCompact, [
    [0, '0'],
    [999, '999'],
    [1000, '1k'],
    [1249, '1.2k'],
    [99_960, '100k'],
    [999_600, '1M'],
    [3_400_000_000, '3.4B'],
    [5e15, '5000T'],
  ]);
  assertAll(formatShare, [
    [0, '0 %'],
    [0.004, '0.4 %'],
    [0.03, '3 %'],
    [0.1212, '12 %'],
    [1, '100 %'],
  ]);
});

test('times are read to the millisecond, and shown in one unit', () => {
  const now = parseTime('2026-11-24T12:00:00.000000000Z');
  assert.equal(now, Date.UTC(2026, 10, 24, 12));
  assert.equal(parseTime('2026-11-24T12:00:00.123456789Z') - now, 123);
  assert.ok(Number.isNaN(parseTime('yesterday')));
  assertAll(
    (secondsAgo) => formatAgo(now - secondsAgo * 1000, now),
    [
      [2, 'now'],
      [59, '59s ago'],
      [60, '1m ago'],
      [3600 * 5, '5h ago'],
      [86_400 * 3, '3d ago'],
    ],
  );
  assert.equal(formatAgo(Number.NaN, now), '');
});

test('ids keep their ends', () => {
  assert.equal(shortenMiddle('short', 14), 'short');
  assert.equal(shortenMiddle('0123456789abcdef', 7), '012…def');
  assert.equal(shortenMiddle('😀😀😀😀😀😀', 3), '😀…😀');
});

test('characters that would turn or hide text are made visible', () => {
  assert.equal(visibleText('a\u202eb\u0000c\u2066d\u2028e'), 'a\ufffdb\ufffdc\ufffdd\ufffde');
  assert.equal(visibleText('\u200fa\u061c'), '\ufffda\ufffd');
  assert.equal(visibleLines('\u200fa\u061c\u202e'), '\u200fa\u061c\ufffd');
  for (const joined of ['می\u200cخواهم', 'क्\u200dष', '👩\u200d👩\u200d👧', '🏳️\u200d🌈', 'zero\u200bwidth']) {
    assert.equal(visibleText(joined), joined);
    assert.equal(visibleLines(`${joined}\n\t${joined}`), `${joined}\n\t${joined}`);
  }
  assert.equal(visibleText('Ünï – 日本'), 'Ünï – 日本');
});

test('one thing is counted in the singular', () => {
  assertAll(
    (count) => formatCounted(count, 'span'),
    [
      [0, '0 spans'],
      [1, '1 span'],
      [1200, '1,200 spans'],
    ],
  );
});
