import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { eachJsonText } from './json-texts.js';

function textsOf(value: string, skipped?: ReadonlySet<string>): string[] {
  const texts: string[] = [];
  eachJsonText(value, (text) => texts.push(text), skipped);
  return texts;
}

test('strings and numbers of JSON are texts, unescaped at any depth; keys are not', () => {
  const inner = JSON.stringify({ city: 'Wien\nMitte', id: 12345678901234567890n.toString() });
  const value = JSON.stringify([{ role: 'user', n: 7, parts: [{ type: 'text', content: 'a "b"' }, inner] }]);
  assert.deepEqual(textsOf(value, new Set(['role', 'type'])), [
    '7',
    'a "b"',
    'Wien\nMitte',
    '12345678901234567890',
  ]);
  assert.deepEqual(textsOf('{"n": 12345678901234567890, "b": true, "x": null, "u": "\\u0041\\u00e9"}'), [
    '12345678901234567890',
    'Aé',
  ]);
});

test('JSON that is cut off is read up to its end', () => {
  assert.deepEqual(textsOf('[{"role":"user","content":"first\\nsecond'), ['user', 'first\nsecond']);
  assert.deepEqual(textsOf('{"a":"x","b'), ['x', 'b']);
});

test('text that only looks like JSON is one text', () => {
  for (const text of [
    '[INFO] payment "failed": now',
    '[12:30] a "b"',
    '{braces} are text',
    '"quoted" text',
  ]) {
    assert.deepEqual(textsOf(text), [text]);
  }
});

test('all strings of any JSON are found', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ text: fc.string(), n: fc.integer() }), { minLength: 1 }), (items) => {
      const expected = items.flatMap(({ text, n }) => [...textsOf(text), String(n)]);
      assert.deepEqual(textsOf(JSON.stringify(items)), expected);
    }),
  );
});
