import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countedIn, type SpanDraft, sumOf, usageOfSpan } from '../../../test/support/dialects.js';

const chat: SpanDraft = {
  span: 'b',
  name: 'chat claude-sonnet-4-5',
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.system': 'anthropic',
    'gen_ai.request.model': 'claude-sonnet-4-5',
    'gen_ai.response.model': 'claude-sonnet-4-5-20250929',
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.input_tokens.cached': 60,
    'gen_ai.usage.input_tokens.cache_write': 10,
    'gen_ai.usage.output_tokens': 20,
    'gen_ai.usage.output_tokens.reasoning': 5,
    'gen_ai.cost.input_tokens': 0.001,
    'gen_ai.cost.output_tokens': 0.002,
    'gen_ai.cost.total_tokens': 0.003,
  },
};

test('a call: the input excludes the cache, a cost is not a token count', () => {
  assert.deepEqual(usageOfSpan(chat), {
    kind: 'call',
    dialect: 'sentry',
    signal: 'span',
    scope: 'test',
    provider: 'anthropic',
    model: 'claude-sonnet-4-5-20250929',
    inputTokens: 170,
    outputTokens: 20,
    cacheReadTokens: 60,
    cacheWriteTokens: 10,
    reasoningTokens: 5,
    costNanoUsd: 3_000_000,
    costSource: 'reported',
  });
});

test('a total shows that the input includes the cache after all', () => {
  const attributes = { ...chat.attributes, 'gen_ai.usage.total_tokens': 120 };
  assert.equal(usageOfSpan({ ...chat, attributes })?.inputTokens, 100);
});

test("relay's kind comes before the operation, and Sentry's own before that of OpenTelemetry", () => {
  const kind = (attributes: SpanDraft['attributes']) =>
    usageOfSpan({ ...chat, attributes: { ...chat.attributes, ...attributes } })?.kind;
  assert.equal(kind({ 'gen_ai.operation.type': 'ai_client', 'gen_ai.operation.name': 'messages' }), 'call');
  assert.equal(kind({ 'gen_ai.operation.type': 'agent', 'sentry.op': 'gen_ai.chat' }), 'wrapper');
  assert.equal(kind({ 'gen_ai.operation.type': 'tool' }), undefined);
  assert.equal(kind({ 'sentry.op': 'gen_ai.responses', 'gen_ai.operation.name': 'responses' }), 'call');
  assert.equal(kind({ 'sentry.op': 'gen_ai.invoke_agent' }), 'wrapper');
  assert.equal(kind({ 'sentry.op': 'gen_ai.execute_tool' }), undefined);
  assert.equal(kind({ 'sentry.op': 'function' }), 'call');
});

test("the input includes the cache under OpenTelemetry's names", () => {
  const attributes = {
    'gen_ai.operation.type': 'ai_client',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.usage.input_tokens': 170,
    'gen_ai.usage.cache_read.input_tokens': 60,
    'gen_ai.usage.cache_write.input_tokens': 10,
  };
  const usage = usageOfSpan({ ...chat, attributes });
  assert.deepEqual([usage?.inputTokens, usage?.cacheReadTokens, usage?.cacheWriteTokens], [170, 60, 10]);
});

test('the total of an agent', () => {
  const agent: SpanDraft = {
    span: 'a',
    name: 'invoke_agent support',
    attributes: { ...chat.attributes, 'gen_ai.operation.name': 'invoke_agent' },
  };
  const spans = [agent, { ...chat, parent: 'a' }];
  assert.deepEqual(sumOf(countedIn({ spans })), { calls: 1, input: 170, output: 20 });
});
