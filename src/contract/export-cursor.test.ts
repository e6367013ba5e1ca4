import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { filterDigest } from './cursor.js';
import { decodeExportCursor, encodeExportCursor } from './export-cursor.js';

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
