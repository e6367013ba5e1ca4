import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { filterDigest } from './cursor.js';
import { decodeExportCursor, decodePlaceWithin, encodeExportCursor, timeIn } from './export-cursor.js';

const FILTERS = filterDigest('export', ['default', 'csv']);
const cursors = fc.record(
  {
    asOfNs: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    startNs: fc.bigInt({ min: -1n, max: 2n ** 63n - 1n }),
    id: fc.string({ unit: 'grapheme' }),
    within: fc.string(),
  },
  { requiredKeys: ['asOfNs', 'startNs', 'id'] },
);

test('a cursor is read as it was written', () => {
  fc.assert(
    fc.property(cursors, (cursor) => {
      assert.deepEqual(decodeExportCursor(encodeExportCursor(cursor, FILTERS), FILTERS), { ...cursor });
    }),
  );
});

test('a damaged cursor, and one of another export, is refused', () => {
  const text = encodeExportCursor({ asOfNs: 1n, startNs: 2n, id: 'a' }, FILTERS);
  const refused = { code: 'cursor.invalid' };
  assert.throws(() => decodeExportCursor(text, filterDigest('export', ['default', 'otlp'])), refused);
  for (const other of ['', 'x', text.slice(1), `${text}AAAA`, text.toUpperCase()]) {
    assert.throws(() => decodeExportCursor(other, FILTERS), refused, other);
  }
});

test('a cursor that somebody made is refused too, whatever is in it', () => {
  const forged = (content: string): string => {
    const check = createHash('sha256').update(content).digest().subarray(0, 8);
    return Buffer.concat([check, Buffer.from(content)]).toString('base64url');
  };
  assert.equal(decodeExportCursor(forged(JSON.stringify([1, FILTERS, '1', '2', 'a'])), FILTERS).id, 'a');
  const contents = [
    ...['x', 'null', '{}', '[]', JSON.stringify([1, FILTERS])],
    ...[
      [null, '2', 'a'],
      ['1', '1e3', 'a'],
      ['1', '', 'a'],
      ['1', '9223372036854775808', 'a'],
      ['1', '-2', 'a'],
      ['01', '2', 'a'],
      ['1', '2', 3],
      ['1', '2', 'a', {}],
      ['1', '2', 'a', 'b', 'c'],
    ].map((values) => JSON.stringify([1, FILTERS, ...values])),
    ` ${JSON.stringify([1, FILTERS, '1', '2', 'a'])}`,
  ];
  for (const content of contents)
    assert.throws(() => decodeExportCursor(forged(content), FILTERS), { code: 'cursor.invalid' }, content);
});

test('a place within a session is a list of what it should have', () => {
  assert.equal(
    decodePlaceWithin('["5"]', ([ns]) => timeIn(ns)),
    5n,
  );
  for (const text of ['', 'x', '{}', '[5]', '["x"]'])
    assert.throws(() => decodePlaceWithin(text, ([ns]) => timeIn(ns)), { code: 'cursor.invalid' }, text);
});
