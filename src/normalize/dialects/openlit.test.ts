import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usageOfSpan } from '../../../test/support/dialects.js';

const chat = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.usage.input_tokens': 1000,
  'gen_ai.usage.output_tokens': 200,
  'gen_ai.usage.total_tokens': 1200,
  'gen_ai.usage.cache_read.input_tokens': 400,
  'gen_ai.usage.cache_creation.input_tokens': 0,
  'gen_ai.usage.cost': 0.004,
};

test('a call', () => {
  const attributes = {
    ...chat,
    'gen_ai.provider.name': 'openai',
    'gen_ai.response.model': 'gpt-4o',
    'gen_ai.response.id': 'chatcmpl-1',
  };
  assert.deepEqual(usageOfSpan({ scope: 'openlit.otel.tracing', attributes }), {
    kind: 'call',
    dialect: 'openlit',
    signal: 'span',
    scope: 'openlit.otel.tracing',
    provider: 'openai',
    model: 'gpt-4o',
    inputTokens: 1000,
    cacheReadTokens: 400,
    cacheWriteTokens: 0,
    outputTokens: 200,
    callIds: ['chatcmpl-1'],
    costNanoUsd: 4_000_000,
    costSource: 'reported',
  });
});

test("Anthropic's input excludes the cache, whatever the keys and the total suggest", () => {
  const attributes = { ...chat, 'gen_ai.provider.name': 'anthropic' };
  assert.equal(usageOfSpan({ scope: 'openlit.otel.tracing', attributes })?.inputTokens, 1400);
});

test('a cost of 0 beside tokens means that OpenLIT has no price', () => {
  const costOf = (attributes: object) => {
    const usage = usageOfSpan({ scope: 'openlit.otel.tracing', attributes: { ...chat, ...attributes } });
    return [usage?.costNanoUsd, usage?.costSource];
  };
  const zero = { 'gen_ai.provider.name': 'openai', 'gen_ai.usage.cost': 0 };
  assert.deepEqual(costOf({ ...zero, 'gen_ai.response.model': 'gpt-4o' }), [4_000_000, 'list']);
  assert.deepEqual(costOf({ ...zero, 'gen_ai.response.model': 'mine' }), [undefined, undefined]);
  const none = { 'gen_ai.usage.input_tokens': 0, 'gen_ai.usage.output_tokens': 0 };
  const noCache = { 'gen_ai.usage.cache_read.input_tokens': 0, 'gen_ai.usage.total_tokens': 0 };
  assert.deepEqual(costOf({ ...zero, ...none, ...noCache }), [0, 'reported']);
});
