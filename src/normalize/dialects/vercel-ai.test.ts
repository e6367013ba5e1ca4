import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countedIn, sessionOfSpan, sumOf, usageOfSpan } from '../../../test/support/dialects.js';

const claude = {
  'ai.model.provider': 'anthropic.messages',
  'ai.model.id': 'claude-haiku-4-5',
  'ai.response.model': 'claude-haiku-4-5-20251001',
  'ai.response.id': 'msg_1',
  'gen_ai.system': 'anthropic.messages',
};
const doGenerate = {
  'ai.operationId': 'ai.generateText.doGenerate',
  'operation.name': 'ai.generateText.doGenerate',
};

/** Uncached 100, read 800, written 60, output 50. */
const versions = {
  4: {
    ...doGenerate,
    ...claude,
    'ai.usage.promptTokens': 100,
    'ai.usage.completionTokens': 50,
    'gen_ai.usage.prompt_tokens': 100,
    'gen_ai.usage.completion_tokens': 50,
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.output_tokens': 50,
    'ai.response.providerMetadata': JSON.stringify({
      anthropic: { cacheCreationInputTokens: 60, cacheReadInputTokens: 800 },
    }),
  },
  5: {
    ...claude,
    'ai.operationId': 'ai.streamText.doStream',
    'ai.usage.inputTokens': 100,
    'ai.usage.outputTokens': 50,
    'ai.usage.totalTokens': 150,
    'ai.usage.cachedInputTokens': 800,
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.output_tokens': 50,
    'ai.response.providerMetadata': JSON.stringify({ anthropic: { cacheCreationInputTokens: 60 } }),
  },
  6: {
    ...doGenerate,
    ...claude,
    'ai.usage.inputTokens': 960,
    'ai.usage.inputTokenDetails.noCacheTokens': 100,
    'ai.usage.inputTokenDetails.cacheReadTokens': 800,
    'ai.usage.inputTokenDetails.cacheWriteTokens': 60,
    'ai.usage.outputTokens': 50,
    'ai.usage.totalTokens': 1010,
    'ai.usage.cachedInputTokens': 800,
    'gen_ai.usage.input_tokens': 960,
    'gen_ai.usage.output_tokens': 50,
  },
  7: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.request.model': 'claude-haiku-4-5',
    'gen_ai.response.model': 'claude-haiku-4-5-20251001',
    'gen_ai.response.id': 'msg_1',
    'gen_ai.usage.input_tokens': 960,
    'gen_ai.usage.output_tokens': 50,
    'gen_ai.usage.cache_read.input_tokens': 800,
    'gen_ai.usage.cache_creation.input_tokens': 60,
  },
};

describe('the same call of Anthropic in every version', () => {
  for (const [version, attributes] of Object.entries(versions)) {
    test(`version ${version}`, () => {
      const scope = version === '7' ? 'gen_ai' : 'ai';
      assert.deepEqual(usageOfSpan({ scope, attributes }), {
        kind: 'call',
        dialect: 'vercel-ai',
        signal: 'span',
        scope,
        provider: 'anthropic',
        model: 'claude-haiku-4-5-20251001',
        inputTokens: 960,
        cacheReadTokens: 800,
        cacheWriteTokens: 60,
        outputTokens: 50,
        callIds: ['msg_1'],
        costNanoUsd: 100 * 1000 + 800 * 100 + 60 * 1250 + 50 * 5000,
        costSource: 'list',
      });
    });
  }

  test('version 5 with less cache than input, although its total suggests that it includes it', () => {
    const usage = usageOfSpan({
      attributes: { ...versions[5], 'ai.usage.inputTokens': 2000, 'ai.usage.totalTokens': 2050 },
    });
    assert.equal(usage?.inputTokens, 2860);
  });

  test('Claude on Vertex too', () => {
    const attributes = {
      ...versions[5],
      'ai.model.provider': 'vertex.anthropic.messages',
      'ai.usage.inputTokens': 2000,
      'ai.usage.totalTokens': 2050,
    };
    assert.equal(usageOfSpan({ attributes })?.inputTokens, 2860);
  });
});

test('OpenAI’s input includes the cache in every version', () => {
  const usage = usageOfSpan({
    attributes: {
      ...doGenerate,
      'ai.model.provider': 'openai.chat',
      'ai.model.id': 'gpt-4o',
      'ai.usage.promptTokens': 1000,
      'ai.usage.completionTokens': 200,
      'ai.response.providerMetadata': JSON.stringify({
        openai: { cachedPromptTokens: 400, reasoningTokens: 20 },
      }),
    },
  });
  assert.deepEqual(
    [
      usage?.provider,
      usage?.inputTokens,
      usage?.cacheReadTokens,
      usage?.outputTokens,
      usage?.reasoningTokens,
    ],
    ['openai', 1000, 400, 200, 20],
  );
});

test('Gemini’s output excludes thoughts up to version 5, as the total shows', () => {
  const usage = usageOfSpan({
    attributes: {
      ...doGenerate,
      'ai.model.provider': 'google.generative-ai',
      'ai.model.id': 'gemini-2.5-flash',
      'ai.usage.inputTokens': 100,
      'ai.usage.outputTokens': 50,
      'ai.usage.reasoningTokens': 30,
      'ai.usage.totalTokens': 180,
    },
  });
  assert.deepEqual([usage?.outputTokens, usage?.reasoningTokens], [80, 30]);
});

test('kinds', () => {
  const kinds = {
    'ai.generateText.doGenerate': 'call',
    'ai.streamObject.doStream': 'call',
    'ai.embedMany.doEmbed': 'call',
    'ai.generateText': 'wrapper',
    'ai.streamText': 'wrapper',
    'ai.embed': 'wrapper',
    'ai.toolCall': undefined,
    'ai.rerank': undefined,
    'ai.rerank.doRerank': undefined,
  };
  for (const [operation, kind] of Object.entries(kinds)) {
    const attributes = {
      'ai.operationId': operation,
      'ai.usage.inputTokens': 1,
      'gen_ai.operation.name': 'chat',
    };
    assert.equal(usageOfSpan({ attributes })?.kind, kind, operation);
  }
});

test('two steps and the total around them are two calls', () => {
  const step = (id: string) => ({ ...versions[6], 'ai.response.id': id });
  const usages = countedIn({
    spans: [
      {
        span: '1',
        scope: 'ai',
        attributes: {
          ...claude,
          'ai.operationId': 'ai.generateText',
          'ai.usage.inputTokens': 1920,
          'ai.usage.outputTokens': 100,
        },
      },
      { span: '2', parent: '1', scope: 'ai', attributes: step('msg_1') },
      { span: '3', parent: '1', scope: 'ai', attributes: { 'ai.operationId': 'ai.toolCall' } },
      { span: '4', parent: '1', scope: 'ai', attributes: step('msg_2') },
    ],
  });
  assert.deepEqual(sumOf(usages), { calls: 2, input: 1920, output: 100 });
});

test('version 7: agent, step and call', () => {
  const around = { ...versions[7], 'gen_ai.operation.name': 'invoke_agent' };
  const usages = countedIn({
    spans: [
      { span: '1', scope: 'gen_ai', attributes: around },
      {
        span: '2',
        parent: '1',
        scope: 'gen_ai',
        attributes: { ...around, 'gen_ai.operation.name': 'agent_step' },
      },
      { span: '3', parent: '2', scope: 'gen_ai', attributes: versions[7] },
      { span: '4', parent: '3', scope: 'gen_ai', attributes: { 'gen_ai.operation.name': 'execute_tool' } },
    ],
  });
  assert.deepEqual(sumOf(usages), { calls: 1, input: 960, output: 50 });
});

test('embeddings of many values: two requests', () => {
  const embed = (operation: string, tokens: number) => ({
    'ai.operationId': operation,
    'ai.model.id': 'text-embedding-3-small',
    'ai.model.provider': 'openai.embedding',
    'ai.usage.tokens': tokens,
  });
  const usages = countedIn({
    spans: [
      { span: '1', attributes: embed('ai.embedMany', 30) },
      { span: '2', parent: '1', attributes: embed('ai.embedMany.doEmbed', 10) },
      { span: '3', parent: '1', attributes: embed('ai.embedMany.doEmbed', 20) },
    ],
  });
  assert.deepEqual(sumOf(usages), { calls: 2, input: 30, output: 0 });
  assert.equal(usages[0]?.provider, 'openai');
});

test("Anthropic's own numbers have the tokens read from the cache if nothing else has them", () => {
  const usage = { input_tokens: 606, cache_creation_input_tokens: 60, cache_read_input_tokens: 240 };
  const read = usageOfSpan({
    attributes: {
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.provider': 'anthropic.messages',
      'ai.usage.promptTokens': 606,
      'ai.response.providerMetadata': JSON.stringify({ anthropic: { usage, cacheCreationInputTokens: 60 } }),
    },
  })!;
  assert.deepEqual([read.inputTokens, read.cacheReadTokens, read.cacheWriteTokens], [906, 240, 60]);
});

test('the charge of a gateway is the cost', () => {
  const attributes = (metadata: object) => ({
    ...versions[6],
    'ai.response.providerMetadata': JSON.stringify(metadata),
  });
  for (const metadata of [{ gateway: { cost: '0.0012' } }, { openrouter: { usage: { cost: 0.0012 } } }]) {
    const usage = usageOfSpan({ attributes: attributes(metadata) });
    assert.deepEqual([usage?.costNanoUsd, usage?.costSource], [1_200_000, 'reported']);
  }
});

test('sessions are in the metadata set by the application', () => {
  assert.equal(sessionOfSpan({ 'ai.telemetry.metadata.sessionId': 's' }), 's');
  assert.equal(sessionOfSpan({ 'ai.settings.context.sessionId': 's' }), 's');
});
