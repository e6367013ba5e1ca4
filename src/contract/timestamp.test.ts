import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BEFORE_ALL_NS, formatRfc3339, MAX_TIME_NS, parseRfc3339 } from './timestamp.js';

const instant = fc.bigInt({ min: 0n, max: MAX_TIME_NS });

test('a formatted time is parsed to the same nanosecond', () => {
  fc.assert(fc.property(instant, (ns) => parseRfc3339(formatRfc3339(ns)) === ns));
});

test('texts have one form, and sort as instants do', () => {
  fc.assert(
    fc.property(instant, instant, (a, b) => {
      const [textA, textB] = [formatRfc3339(a), formatRfc3339(b)];
      assert.match(textA, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
      assert.equal(a < b, textA < textB);
    }),
  );
});

test('any offset is applied', () => {
  const minutes = fc.integer({ min: -(23 * 60 + 59), max: 23 * 60 + 59 });
  // Two days from either end, so that the local time is in range too.
  const middle = fc.bigInt({ min: 172_800_000_000_000n, max: MAX_TIME_NS - 172_800_000_000_000n });
  fc.assert(
    fc.property(middle, minutes, (ns, offset) => {
      const local = formatRfc3339(ns + BigInt(offset) * 60_000_000_000n).slice(0, -1);
      const hours = String(Math.trunc(Math.abs(offset) / 60)).padStart(2, '0');
      const rest = String(Math.abs(offset) % 60).padStart(2, '0');
      return parseRfc3339(`${local}${offset < 0 ? '-' : '+'}${hours}:${rest}`) === ns;
    }),
  );
});

test('known instants', () => {
  assert.equal(formatRfc3339(0n), '1970-01-01T00:00:00.000000000Z');
  assert.equal(formatRfc3339(1n), '1970-01-01T00:00:00.000000001Z');
  assert.equal(formatRfc3339(-1n), '1969-12-31T23:59:59.999999999Z');
  assert.equal(formatRfc3339(MAX_TIME_NS), '2262-04-11T23:47:16.854775807Z');
  assert.equal(parseRfc3339('2026-03-01T00:00:00Z'), 1_772_323_200_000_000_000n);
  assert.equal(parseRfc3339('2026-03-01t01:30:00.5+01:30'), 1_772_323_200_500_000_000n);
  assert.equal(parseRfc3339('2026-02-28T22:30:00.000000001-01:30'), 1_772_323_200_000_000_001n);
  assert.equal(parseRfc3339('2262-04-11T23:47:16.854775807z'), MAX_TIME_NS);
  assert.equal(parseRfc3339('1970-01-01T00:00:00-00:00'), 0n);
  assert.equal(parseRfc3339('2024-02-29T00:00:00Z'), 1_709_164_800_000_000_000n);
});

test('times of any year are accepted: those beyond the range of sessions mean its nearer end', () => {
  for (const text of [
    '0000-01-01T00:00:00Z',
    '0070-01-01T00:00:00Z',
    '1969-12-31T23:59:59.999999999Z',
    '1970-01-01T00:00:00+00:01',
  ]) {
    assert.equal(parseRfc3339(text), BEFORE_ALL_NS, text);
  }
  for (const text of ['2262-04-11T23:47:16.854775808Z', '2300-01-01T00:00:00Z', '9999-12-31T23:59:59Z']) {
    assert.equal(parseRfc3339(text), MAX_TIME_NS, text);
  }
});

test('digits beyond nanoseconds are ignored', () => {
  assert.equal(parseRfc3339('2026-03-01T00:00:00.1234567899Z'), 1_772_323_200_123_456_789n);
  assert.equal(parseRfc3339(`2026-03-01T00:00:00.${'9'.repeat(40)}Z`), 1_772_323_200_999_999_999n);
});

test('a time beyond the calendar is not formatted', () => {
  assert.throws(() => formatRfc3339(10n ** 21n), RangeError);
});

test('a valid leap second is the second after it', () => {
  assert.equal(parseRfc3339('2016-12-31T23:59:60Z'), parseRfc3339('2017-01-01T00:00:00Z'));
  assert.equal(parseRfc3339('2015-06-30T16:59:60.25-07:00'), parseRfc3339('2015-07-01T00:00:00.25Z'));
  assert.equal(parseRfc3339('2016-12-30T23:59:60Z'), undefined);
  assert.equal(parseRfc3339('2016-12-31T22:59:60Z'), undefined);
});

for (const text of [
  '',
  'yesterday',
  '1772323200',
  '2026-03-01',
  '2026-03-01T00:00:00',
  '2026-03-01T00:00Z',
  '2026-03-01 00:00:00Z',
  '2026-03-01T00:00:00 02:00',
  '2026-03-01T00:00:00+0200',
  '2026-03-01T00:00:00+02',
  '2026-03-01T00:00:00+24:00',
  '2026-03-01T00:00:00+00:60',
  '2026-03-01T00:00:00.Z',
  '2026-03-01T00:00:00,5Z',
  '2026-3-1T0:0:0Z',
  '2026-02-29T00:00:00Z',
  '2100-02-29T00:00:00Z',
  '2026-04-31T00:00:00Z',
  '2026-00-01T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-01-00T00:00:00Z',
  '2026-03-01T24:00:00Z',
  '2026-03-01T00:60:00Z',
  '2026-03-01T00:00:61Z',
  '٢٠٢٦-03-01T00:00:00Z',
  ' 2026-03-01T00:00:00Z',
  '2026-03-01T00:00:00Z\n',
]) {
  test(`${JSON.stringify(text)} is no time`, () => {
    assert.equal(parseRfc3339(text), undefined);
  });
}
