import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parsePython } from './python-literal.js';

test('reads the output of repr', () => {
  const cases: [string, unknown][] = [
    [
      "[{'id': 'c', 'function': {'name': 'f', 'arguments': {'x': 1, 'y': [True, None, -2.5]}}}]",
      [{ id: 'c', function: { name: 'f', arguments: { x: 1, y: [true, null, -2.5] } } }],
    ],
    [`{'a': "it's", 'b': 'a\\n\\'b\\'\\x41\\u00e9'}`, { a: "it's", b: "a\n'b'A\u00e9" }],
    ["('a',)", ['a']],
    ['[]', []],
    [' {} ', {}],
  ];
  for (const [text, value] of cases) assert.deepEqual(parsePython(text), value, text);
});

test('rejects other text', () => {
  for (const text of [
    '',
    'hello',
    "{'a'}",
    "['a'",
    "['a' 'b']",
    '<object at 0x7f>',
    '['.repeat(1000),
    '[] x',
    '(1]',
  ]) {
    assert.equal(parsePython(text), undefined, text);
  }
  fc.assert(fc.property(fc.string(), (text) => void parsePython(text)));
});
