import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usageNumbers } from './usage-numbers.js';

/** Keys under which a number is taken for usage. */
function taken(attributes: Record<string, unknown>): string[] {
  return usageNumbers(Object.entries(attributes).map(([key, value]) => ({ key, value }))).map(
    ({ key }) => key,
  );
}

test('numbers of tokens are known by the words of their keys, however these are written', () => {
  for (const key of [
    'acme.usage.prompt_tokens',
    'llm.tokens.input',
    'tokens',
    'inputTokens',
    'usage.totalTokenCount',
    'token_count.completion',
    'acme.token-usage',
    'llm.usage.input',
    'cached_tokens',
  ])
    assert.deepEqual(taken({ [key]: 5 }), [key], key);
});

test('and so are costs of a model', () => {
  for (const key of ['llm.cost', 'acme.ai.total_cost_usd', 'modelCost', 'usage.costs', 'tokenCost'])
    assert.deepEqual(taken({ [key]: 0.5 }), [key], key);
});

test('what is no usage is not taken for it', () => {
  for (const key of [
    'gen_ai.request.max_tokens',
    'maxOutputTokens',
    'thinking.budget_tokens',
    'tokens_per_second',
    'time_to_first_token',
    'gen_ai.token.type',
    'auth.token',
    'csrf_tokens',
    'token_limit',
    'avg_tokens',
    'order.cost',
    'shipping.cost',
    'cpu.usage',
    'memory.usage.total_bytes',
    'network.usage.input',
    'http.response.body.size',
  ])
    assert.deepEqual(taken({ [key]: 5 }), [], key);
  assert.deepEqual(taken({ 'llm.tokens': 'many', tokens: true, usage: null, 'a.tokens': [1, 2] }), []);
});

test('texts that are numbers, maps and JSON are looked into', () => {
  assert.deepEqual(taken({ 'llm.tokens': '12' }), ['llm.tokens']);
  assert.deepEqual(taken({ usage: { prompt_tokens: 5, details: { cached_tokens: 1 }, model: 'm' } }), [
    'usage.prompt_tokens',
    'usage.details.cached_tokens',
  ]);
  assert.deepEqual(taken({ usage: '{"completion_tokens": 5}' }), ['usage.completion_tokens']);
  // What was said is no usage, whatever it says.
  assert.deepEqual(taken({ 'input.value': '{"completion_tokens": 5}' }), []);
  assert.deepEqual(taken({ usage: '{"completion_tokens": ' }), []);
});

test('it says which of them no call can have', () => {
  const found = usageNumbers([
    { key: 'a.tokens', value: -1 },
    { key: 'b.tokens', value: 1.5 },
    { key: 'c.tokens', value: 2n ** 40n },
    { key: 'd.tokens', value: 2 ** 32 },
    { key: 'llm.cost', value: 2e6 },
    { key: 'ai.cost', value: 1e6 },
    { key: 'e.tokens', value: Number.NaN },
  ]);
  assert.deepEqual(
    found.map(({ key, outOfRange }) => [key, outOfRange]),
    [
      ['a.tokens', true],
      ['b.tokens', true],
      ['c.tokens', true],
      ['d.tokens', false],
      ['llm.cost', true],
      ['ai.cost', false],
    ],
  );
});

test('there are at most 16, and hostile attributes do no harm', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`tokens.${i}`, i]));
  assert.equal(taken(many).length, 16);
  let deep: unknown = { tokens: 1 };
  for (let i = 0; i < 1000; i++) deep = { usage: deep };
  assert.deepEqual(taken({ usage: deep }), []);
  assert.deepEqual(taken({ [`${'tokens.'.repeat(10_000)}`]: 1, __proto__: { tokens: 1 } }), []);
});
