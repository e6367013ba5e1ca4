import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { boundedText, withoutJsonQuotes } from './bounded-text.js';

test('trims, replaces NUL, and has no empty text', () => {
  assert.equal(boundedText('  a\0b ', 10), 'a\uFFFDb');
  for (const blank of [undefined, '', '   ']) assert.equal(boundedText(blank, 10), undefined);
});

test('never cuts a character in two', () => {
  assert.equal(boundedText('abc😀', 4), 'abc');
  assert.equal(boundedText('abc😀', 5), 'abc😀');
});

test('keeps to the length and is idempotent', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.integer({ min: 1, max: 30 }),
      (text, max) => {
        const kept = boundedText(text, max);
        assert.ok(kept === undefined || (kept.length > 0 && kept.length <= max));
        assert.equal(boundedText(kept, max), kept);
        assert.doesNotThrow(() => encodeURIComponent(kept ?? ''), 'half a character');
      },
    ),
  );
});

test('a JSON string loses its quotes, and other texts do not change', () => {
  assert.equal(withoutJsonQuotes('"ann"'), 'ann');
  assert.equal(withoutJsonQuotes('"a \\"b\\" \\u00e9"'), 'a "b" é');
  for (const text of ['ann', '"', '""', '"ann', 'ann"', '"a" or "b"', "'ann'", '', '{"a":"b"}']) {
    assert.equal(withoutJsonQuotes(text), text);
  }
});
