import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Cursor,
  decodeCursor,
  encodeCursor,
  filterDigest,
  isIntactCursor,
  MAX_CURSOR_LENGTH,
} from './cursor.js';
import { ApiError } from './errors.js';

const FILTERS = filterDigest('sessions', ['default', undefined, 'true']);

const cursors: fc.Arbitrary<Cursor> = fc
  .tuple(
    fc.constantFrom('next' as const, 'prev' as const),
    fc.bigInt({ min: -1n, max: 2n ** 63n - 1n }),
    fc.string({ unit: 'binary', maxLength: 128 }),
  )
  .map(([direction, startNs, id]) => ({ direction, position: { startNs, id } }));

function isInvalid(error: unknown): boolean {
  return (
    error instanceof ApiError && error.code === 'cursor.invalid' && error.fields?.[0]?.field === 'cursor'
  );
}

test('a cursor survives a round trip, and is short and safe in a URL', () => {
  fc.assert(
    fc.property(cursors, (cursor) => {
      const text = encodeCursor(cursor, FILTERS);
      assert.match(text, /^[A-Za-z0-9_-]+$/);
      assert.ok(text.length <= MAX_CURSOR_LENGTH);
      assert.deepEqual(decodeCursor(text, FILTERS), cursor);
    }),
  );
});

test('any changed, missing or added character is detected', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ ';
  const text = encodeCursor({ direction: 'next', position: { startNs: 42n, id: 'session-1' } }, FILTERS);
  for (let at = 0; at <= text.length; at++) {
    const [before, after] = [text.slice(0, at), text.slice(at + 1)];
    for (const character of alphabet) {
      assert.equal(isIntactCursor(`${before}${character}${text.slice(at)}`), false);
      if (at < text.length && character !== text[at]) {
        assert.equal(isIntactCursor(`${before}${character}${after}`), false);
      }
    }
    if (at < text.length) assert.equal(isIntactCursor(`${before}${after}`), false);
  }
  assert.equal(isIntactCursor(text), true);
});

test('texts that are not cursors are refused', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
      assert.throws(() => decodeCursor(text, FILTERS), isInvalid);
    }),
  );
  assert.equal(isIntactCursor('A'.repeat(1_000_000)), false);
});

test('an impossible position is refused, though the cursor is intact', () => {
  for (const startNs of [-2n, -(2n ** 62n), -(2n ** 63n)]) {
    const text = encodeCursor({ direction: 'next', position: { startNs, id: '' } }, FILTERS);
    assert.equal(isIntactCursor(text), false);
    assert.throws(() => decodeCursor(text, FILTERS), isInvalid);
  }
});

test('an id that is no UTF-8 is refused, though the cursor is intact: it would be read as another id', () => {
  const bytes = Buffer.from(
    encodeCursor({ direction: 'next', position: { startNs: 5n, id: 'ab' } }, FILTERS),
    'base64url',
  );
  const body = bytes.subarray(0, -8);
  body[body.length - 1] = 0xff;
  createHash('sha256').update(body).digest().copy(bytes, body.length, 0, 8);
  const text = bytes.toString('base64url');
  assert.equal(isIntactCursor(text), false);
  assert.throws(() => decodeCursor(text, FILTERS), isInvalid);
});

test('a cursor works only with the filters it was made with', () => {
  const text = encodeCursor({ direction: 'prev', position: { startNs: 0n, id: 'a' } }, FILTERS);
  const others = [
    filterDigest('sessions', ['default', undefined, 'false']),
    filterDigest('sessions', ['default', 'true', undefined]),
    filterDigest('sessions', ['other', undefined, 'true']),
    filterDigest('traces', ['default', undefined, 'true']),
  ];
  for (const other of others) assert.throws(() => decodeCursor(text, other), isInvalid);
  assert.ok(isIntactCursor(text));
});

test('filters whose concatenations are equal are distinguished', () => {
  assert.notEqual(filterDigest('traces', ['a', 'b,c']), filterDigest('traces', ['a,b', 'c']));
  assert.notEqual(filterDigest('traces', ['null']), filterDigest('traces', [undefined]));
});
