import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countedIn, sumOf, usageOfSpan } from '../../../test/support/dialects.js';

const meta = {
  model: 'gpt-4o-2024-08-06',
  usage: {
    prompt_tokens: 1000,
    completion_tokens: 200,
    total_tokens: 1200,
    prompt_tokens_details: { cached_tokens: 400 },
    completion_tokens_details: { reasoning_tokens: 20 },
  },
};
const component = (type: string, output?: object) => ({
  'haystack.component.name': 'llm',
  'haystack.component.type': type,
  ...(output && { 'haystack.component.output': JSON.stringify(output) }),
});

const expected = {
  kind: 'call',
  dialect: 'haystack',
  signal: 'span',
  scope: 'haystack',
  model: 'gpt-4o-2024-08-06',
  inputTokens: 1000,
  cacheReadTokens: 400,
  outputTokens: 200,
  reasoningTokens: 20,
  costNanoUsd: 4_000_000,
  costSource: 'list',
} as const;

test('generators of chats and of text', () => {
  for (const attributes of [
    component('OpenAIChatGenerator', { replies: [{ role: 'assistant', meta, content: [{ text: 'Hi' }] }] }),
    component('OpenAIGenerator', { replies: ['Hi'], meta: [meta] }),
  ]) {
    assert.deepEqual(
      usageOfSpan({ scope: 'haystack', name: 'haystack.component.run', attributes }),
      expected,
    );
  }
});

test('the Responses API, and writing to the cache', () => {
  const attributes = component('OpenAIResponsesChatGenerator', {
    replies: [
      {
        role: 'assistant',
        meta: {
          id: 'resp_1',
          model: 'gpt-5-mini',
          usage: {
            input_tokens: 1000,
            input_tokens_details: { cached_tokens: 400 },
            output_tokens: 200,
            output_tokens_details: { reasoning_tokens: 20 },
            total_tokens: 1200,
          },
        },
        content: [{ text: 'Hi' }],
      },
    ],
  });
  const usage = usageOfSpan({ scope: 'haystack', name: 'haystack.component.run', attributes });
  assert.deepEqual([usage?.inputTokens, usage?.cacheReadTokens], [1000, 400]);
  assert.deepEqual([usage?.outputTokens, usage?.reasoningTokens, usage?.callIds], [200, 20, ['resp_1']]);
  const written = { ...meta, usage: { ...meta.usage, prompt_tokens_details: { cache_write_tokens: 100 } } };
  const other = usageOfSpan({
    attributes: component('OpenAIChatGenerator', { replies: [{ meta: written }] }),
  });
  assert.deepEqual([other?.inputTokens, other?.cacheWriteTokens], [1000, 100]);
});

test('an agent calls its generator itself', () => {
  const attributes = { 'haystack.agent.step.llm.output': JSON.stringify({ replies: [{ meta }] }) };
  assert.deepEqual(usageOfSpan({ scope: 'haystack', name: 'haystack.agent.step.llm', attributes }), expected);
});

test('embedders', () => {
  const usage = { prompt_tokens: 8, total_tokens: 8 };
  const attributes = component('OpenAITextEmbedder', {
    embedding: [0.5],
    meta: { model: 'text-embedding-3-small', usage },
  });
  const found = usageOfSpan({ attributes });
  assert.deepEqual([found?.kind, found?.model, found?.inputTokens], ['call', 'text-embedding-3-small', 8]);
});

test('without its content a call has no tokens', () => {
  assert.deepEqual(usageOfSpan({ scope: 'haystack', attributes: component('AnthropicChatGenerator') }), {
    kind: 'call',
    dialect: 'haystack',
    signal: 'span',
    scope: 'haystack',
  });
});

test('other components are no calls', () => {
  assert.equal(usageOfSpan({ attributes: component('PromptBuilder', { replies: [{ meta }] }) }), undefined);
});

test('a pipeline over an instrumented client library', () => {
  const usages = countedIn({
    spans: [
      { span: '1', name: 'haystack.pipeline.run', attributes: {} },
      { span: '2', parent: '1', attributes: component('OpenAIChatGenerator', { replies: [{ meta }] }) },
      {
        span: '3',
        parent: '2',
        scope: 'opentelemetry.instrumentation.openai.v1',
        attributes: {
          'llm.request.type': 'chat',
          'gen_ai.usage.input_tokens': 1000,
          'gen_ai.usage.output_tokens': 200,
        },
      },
    ],
  });
  assert.deepEqual(sumOf(usages), { calls: 1, input: 1000, output: 200 });
});
