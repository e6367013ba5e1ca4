import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countedIn,
  type SpanDraft,
  sumOf,
  usageOfSpan,
  withoutCost,
} from '../../../test/support/dialects.js';

const scope = 'pydantic-ai';

const chat = (span: string, parent: string, more: SpanDraft['attributes'] = {}): SpanDraft => ({
  span,
  parent,
  name: 'chat gpt-4o',
  scope,
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.system': 'openai',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.response.model': 'gpt-4o-2024-08-06',
    'gen_ai.response.id': `chatcmpl-${span}`,
    'gen_ai.usage.input_tokens': 1000,
    'gen_ai.usage.output_tokens': 200,
    'gen_ai.usage.details.cache_read_tokens': 400,
    'gen_ai.usage.details.reasoning_tokens': 128,
    'operation.cost': 0.0035,
    ...more,
  },
});

const agent = (name: string, attributes: SpanDraft['attributes']): SpanDraft => ({
  span: 'a',
  name,
  scope,
  attributes: { 'gen_ai.agent.name': 'support', model_name: 'gpt-4o', ...attributes },
});

const sum = { 'gen_ai.usage.input_tokens': 2000, 'gen_ai.usage.output_tokens': 400 };
const v1 = agent('agent run', { agent_name: 'support', ...sum });
const v3 = agent('invoke_agent support', { 'gen_ai.operation.name': 'invoke_agent', ...sum });
const v2_0 = agent('invoke_agent support', {
  'gen_ai.operation.name': 'invoke_agent',
  'gen_ai.aggregated_usage.input_tokens': 2000,
  'gen_ai.aggregated_usage.output_tokens': 400,
  'gen_ai.aggregated_usage.details.cache_read_tokens': 800,
});

test('a call', () => {
  const expected = {
    kind: 'call',
    dialect: 'pydantic-ai',
    signal: 'span',
    scope,
    provider: 'openai',
    model: 'gpt-4o-2024-08-06',
    inputTokens: 1000,
    outputTokens: 200,
    cacheReadTokens: 400,
    reasoningTokens: 128,
    callIds: ['chatcmpl-b'],
    costNanoUsd: 3_500_000,
    costSource: 'reported',
  };
  assert.deepEqual(usageOfSpan(chat('b', 'a')), expected);
  const twins = {
    'gen_ai.usage.cache_read.input_tokens': 400,
    'gen_ai.usage.cache_creation.input_tokens': 0,
  };
  assert.deepEqual(usageOfSpan(chat('b', 'a', twins)), { ...expected, cacheWriteTokens: 0 }, 'twins are one');
});

test("input includes the cache, also Anthropic's", () => {
  const anthropic = { 'gen_ai.system': 'anthropic', 'gen_ai.provider.name': 'anthropic' };
  assert.equal(usageOfSpan(chat('b', 'a', anthropic))?.inputTokens, 1000);
});

test('agents are wrappers, tools are neither', () => {
  for (const span of [v1, v3]) assert.equal(usageOfSpan(span)?.kind, 'wrapper', span.name!);
  assert.deepEqual(withoutCost(usageOfSpan(v2_0)), {
    kind: 'wrapper',
    dialect: 'pydantic-ai',
    signal: 'span',
    scope,
    model: 'gpt-4o',
  });
  const tool = { 'gen_ai.tool.name': 'search', 'gen_ai.usage.input_tokens': 5 };
  assert.equal(usageOfSpan({ name: 'running tool', scope, attributes: tool }), undefined);
});

test('the calls count, not the sum of the agent: before 2.0 and since', () => {
  const calls = [chat('b', 'a'), chat('c', 'a')];
  for (const each of [v1, v3, v2_0]) {
    assert.deepEqual(sumOf(countedIn({ spans: [each, ...calls] })), { calls: 2, input: 2000, output: 400 });
  }
});

test('an agent whose calls are not recorded counts as one before 2.0, and not since', () => {
  assert.deepEqual(sumOf(countedIn({ spans: [v1] })), { calls: 1, input: 2000, output: 400 });
  assert.deepEqual(countedIn({ spans: [v2_0] }), []);
});

test('audio is part of input, cache and output', () => {
  const { attributes } = chat('b', 'a', {
    'gen_ai.usage.details.input_audio_tokens': 300,
    'gen_ai.usage.details.cache_audio_read_tokens': 100,
    'gen_ai.usage.details.output_audio_tokens': 60,
  });
  const usage = usageOfSpan({ name: 'chat gpt-4o', scope, attributes: attributes! });
  assert.deepEqual(
    [usage?.inputTokens, usage?.inputAudioTokens, usage?.cacheAudioReadTokens],
    [1000, 300, 100],
  );
  assert.deepEqual([usage?.outputTokens, usage?.outputAudioTokens], [200, 60]);
});
