import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countedIn, sessionOfSpan, sumOf, usageOfSpan } from '../../../test/support/dialects.js';
import type { AttributeValue } from '../../../test/support/telemetry.js';

const generation = (usage: object, more: Record<string, AttributeValue> = {}) => ({
  'langfuse.observation.type': 'generation',
  'langfuse.observation.model.name': 'gpt-4o',
  'langfuse.observation.usage_details': JSON.stringify(usage),
  ...more,
});

const numbers = (usage: object, more?: Record<string, AttributeValue>) => {
  const found = usageOfSpan({ scope: 'langfuse-sdk', attributes: generation(usage, more) });
  return [
    found?.inputTokens,
    found?.cacheReadTokens,
    found?.cacheWriteTokens,
    found?.outputTokens,
    found?.reasoningTokens,
  ];
};

test('a generation', () => {
  const attributes = generation(
    { input: 600, output: 50, total: 1200, input_cached_tokens: 400, output_reasoning_tokens: 150 },
    { 'langfuse.observation.cost_details': '{"input":0.003,"output":0.002,"total":0.005}' },
  );
  assert.deepEqual(usageOfSpan({ scope: 'langfuse-sdk', attributes }), {
    kind: 'call',
    dialect: 'langfuse',
    signal: 'span',
    scope: 'langfuse-sdk',
    model: 'gpt-4o',
    inputTokens: 1000,
    cacheReadTokens: 400,
    outputTokens: 200,
    reasoningTokens: 150,
    costNanoUsd: 5_000_000,
    costSource: 'reported',
  });
});

describe('shapes of usage_details', () => {
  test('each token in one field', () => {
    assert.deepEqual(
      numbers({
        input: 600,
        output: 50,
        input_cache_read: 300,
        input_cache_creation: 100,
        output_reasoning: 30,
      }),
      [1000, 300, 100, 80, 30],
    );
    assert.deepEqual(
      numbers({ input: 500, input_audio_tokens: 100, input_cached_tokens: 400, output: 50, total: 1050 }),
      [1000, 400, undefined, 50, undefined],
    );
  });
  test("Anthropic's names", () => {
    assert.deepEqual(
      numbers({ input: 600, output: 50, cache_read_input_tokens: 300, cache_creation_input_tokens: 100 }),
      [1000, 300, 100, 50, undefined],
    );
  });
  test("OpenAI's own includes them as parts", () => {
    assert.deepEqual(
      numbers({
        prompt_tokens: 1000,
        completion_tokens: 200,
        total_tokens: 1200,
        prompt_tokens_details: { cached_tokens: 400 },
        completion_tokens_details: { reasoning_tokens: 150 },
      }),
      [1000, 400, undefined, 200, 150],
    );
  });
  test('the conventions, without values of its own', () => {
    const { 'langfuse.observation.usage_details': _, ...rest } = generation({});
    const usage = usageOfSpan({
      attributes: {
        ...rest,
        'gen_ai.system': 'anthropic',
        'gen_ai.usage.input_tokens': 1000,
        'gen_ai.usage.cache_read.input_tokens': 400,
        'gen_ai.usage.output_tokens': 200,
        'gen_ai.usage.reasoning_tokens': 20,
      },
    });
    assert.deepEqual([usage?.inputTokens, usage?.outputTokens, usage?.provider], [1000, 200, 'anthropic']);
  });
});

test('invalid JSON, or JSON that is not an object, is ignored', () => {
  for (const text of [
    '',
    '{',
    'null',
    '5',
    '[]',
    '"input"',
    '{"input":{}}',
    '{"input":true}',
    '{"__proto__":1}',
  ]) {
    const usage = usageOfSpan({
      attributes: { ...generation({}), 'langfuse.observation.usage_details': text },
    });
    assert.deepEqual([usage?.kind, usage?.inputTokens], ['call', undefined], text);
  }
});

test('kinds', () => {
  const kinds = {
    generation: 'call',
    embedding: 'call',
    span: 'wrapper',
    agent: 'wrapper',
    chain: 'wrapper',
    tool: undefined,
    retriever: undefined,
    guardrail: undefined,
    evaluator: undefined,
    event: undefined,
  };
  for (const [type, kind] of Object.entries(kinds)) {
    const attributes = generation({ input: 1 }, { 'langfuse.observation.type': type });
    assert.equal(usageOfSpan({ attributes })?.kind, kind, type);
  }
});

test('attributes that its processor adds to other spans do not make them generations', () => {
  const attributes = {
    'langfuse.environment': 'production',
    'langfuse.session.id': 's',
    'gen_ai.operation.name': 'chat',
    'gen_ai.usage.input_tokens': 1,
  };
  assert.equal(usageOfSpan({ attributes })?.dialect, 'otel-genai');
  assert.equal(sessionOfSpan(attributes), 's');
});

test('an agent around a generation', () => {
  const usages = countedIn({
    spans: [
      { span: '1', attributes: { 'langfuse.observation.type': 'agent' } },
      { span: '2', parent: '1', attributes: generation({ input: 10, output: 5 }) },
    ],
  });
  assert.deepEqual(sumOf(usages), { calls: 1, input: 10, output: 5 });
});

describe('audio', () => {
  const audio = (usage: object) => {
    const found = usageOfSpan({ scope: 'langfuse-sdk', attributes: generation(usage) });
    return [found?.inputTokens, found?.inputAudioTokens, found?.outputTokens, found?.outputAudioTokens];
  };

  test('each token in one field', () => {
    const total = 600 + 300 + 40 + 60;
    assert.deepEqual(
      audio({ input: 600, input_audio: 300, output: 40, output_audio: 60, total }),
      [900, 300, 100, 60],
    );
    assert.deepEqual(
      audio({ input: 600, input_audio_tokens: 300, output: 40, output_audio_tokens: 60 }),
      [900, 300, 100, 60],
    );
  });

  test("as part of input and output, in OpenAI's shape", () => {
    assert.deepEqual(
      audio({
        prompt_tokens: 900,
        completion_tokens: 100,
        prompt_tokens_details: { audio_tokens: 300 },
        completion_tokens_details: { audio_tokens: 60 },
      }),
      [900, 300, 100, 60],
    );
  });
});
