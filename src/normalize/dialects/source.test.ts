import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { usageOfSpan } from '../../../test/support/dialects.js';

/** The input in Langfuse's usage_details, one of the JSON sources. */
const inputIn = (text: string) =>
  usageOfSpan({
    attributes: {
      'langfuse.observation.type': 'generation',
      'langfuse.observation.usage_details': text,
    },
  })?.inputTokens;

test('numbers in JSON, and decimal texts', () => {
  assert.equal(inputIn('{"input": 5}'), 5);
  assert.equal(inputIn('{"input": "5"}'), 5);
  assert.equal(inputIn('{"input": null, "prompt_tokens": 6}'), 6, 'null is nothing');
  for (const none of ['{"input": "five"}', '{"input": true}', '{"input": [5]}', '[5]', '5', '{"input": 5'])
    assert.equal(inputIn(none), undefined, none);
});

test("Python's notation of a dict of numbers", () => {
  assert.equal(inputIn("{'input': 5, 'total': None}"), 5);
  assert.equal(inputIn("{'input': Decimal('5')}"), undefined);
});

test('a text that is too long for numbers is not read', () => {
  const padded = (length: number) => `{"input":5}${' '.repeat(length - 11)}`;
  assert.equal(inputIn(padded(65_536)), 5);
  assert.equal(inputIn(padded(65_537)), undefined);
});

test('only fields of the JSON itself are read', () => {
  assert.equal(inputIn('{"__proto__": {"input": 5}}'), undefined);
});

test('no text throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), (text) => {
      inputIn(text);
    }),
  );
});
