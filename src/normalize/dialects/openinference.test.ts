import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countedIn, sumOf, usageOfSpan } from '../../../test/support/dialects.js';

const ANTHROPIC_JS = '@arizeai/openinference-instrumentation-anthropic';

const llm = {
  'openinference.span.kind': 'LLM',
  'llm.provider': 'openai',
  'llm.system': 'openai',
  'llm.model_name': 'gpt-4o-2024-08-06',
  'llm.token_count.prompt': 1000,
  'llm.token_count.completion': 200,
  'llm.token_count.total': 1200,
};

const claude = {
  'openinference.span.kind': 'LLM',
  'llm.provider': 'anthropic',
  'llm.model_name': 'claude-haiku-4-5',
};

test('a call', () => {
  assert.deepEqual(
    usageOfSpan({
      scope: 'openinference.instrumentation.openai',
      attributes: {
        ...llm,
        'llm.token_count.prompt_details.cache_read': 400,
        'llm.token_count.completion_details.reasoning': 150,
      },
    }),
    {
      kind: 'call',
      dialect: 'openinference',
      signal: 'span',
      scope: 'openinference.instrumentation.openai',
      provider: 'openai',
      model: 'gpt-4o-2024-08-06',
      inputTokens: 1000,
      cacheReadTokens: 400,
      outputTokens: 200,
      reasoningTokens: 150,
      costNanoUsd: 4_000_000,
      costSource: 'list',
    },
  );
});

test('its own kind decides, and comes before the operation', () => {
  const kinds = {
    LLM: 'call',
    EMBEDDING: 'call',
    AGENT: 'wrapper',
    CHAIN: 'wrapper',
    TOOL: undefined,
    RETRIEVER: undefined,
    RERANKER: undefined,
    GUARDRAIL: undefined,
    EVALUATOR: undefined,
  };
  for (const [kind, expected] of Object.entries(kinds)) {
    const attributes = { ...llm, 'openinference.span.kind': kind, 'gen_ai.operation.name': 'chat' };
    assert.equal(usageOfSpan({ attributes })?.kind, expected, kind);
  }
});

test('an embedding', () => {
  const usage = usageOfSpan({
    attributes: {
      'openinference.span.kind': 'EMBEDDING',
      'embedding.model_name': 'text-embedding-3-small',
      'llm.token_count.prompt': 8,
    },
  });
  assert.equal(usage?.model, 'text-embedding-3-small');
  assert.equal(usage.inputTokens, 8);
});

describe('the cache', () => {
  const tokens = (scope: string, scopeVersion: string, prompt: number) =>
    usageOfSpan({
      scope,
      scopeVersion,
      attributes: {
        ...claude,
        'llm.token_count.prompt': prompt,
        'llm.token_count.completion': 50,
        'llm.token_count.total': prompt + 50,
        'llm.token_count.prompt_details.cache_read': 300,
        'llm.token_count.prompt_details.cache_write': 100,
      },
    })?.inputTokens;

  test('Python includes it in the input', () =>
    assert.equal(tokens('openinference.instrumentation.anthropic', '0.1.20', 1000), 1000));

  test('JavaScript excluded it before 0.2, although its total suggests otherwise', () => {
    assert.equal(tokens(ANTHROPIC_JS, '0.1.22', 1000), 1400);
    assert.equal(tokens(ANTHROPIC_JS, '0.2.8', 1000), 1000);
    assert.equal(tokens(ANTHROPIC_JS, '', 399), 799, 'a cache larger than the input shows it');
  });
});

test("an agent's span is the only one to carry usage with the Claude Agent SDK", () => {
  const scope = '@arizeai/openinference-instrumentation-claude-agent-sdk';
  const usages = countedIn({
    spans: [
      {
        span: '1',
        scope,
        attributes: {
          'openinference.span.kind': 'AGENT',
          'llm.model_name': 'claude-sonnet-4-5',
          'llm.token_count.prompt': 12,
          'llm.token_count.completion': 340,
          'llm.token_count.total': 352,
          'llm.cost.total': 0.0421,
        },
      },
      {
        span: '2',
        parent: '1',
        scope,
        attributes: { 'openinference.span.kind': 'TOOL', 'tool.name': 'Read' },
      },
    ],
  });
  assert.deepEqual(sumOf(usages), { calls: 1, input: 12, output: 340 });
  assert.deepEqual([usages[0]?.costNanoUsd, usages[0]?.costSource], [42_100_000, 'reported']);
});

test('agents and chains with the sum of their calls do not count beside them', () => {
  const sum = { ...llm, 'llm.token_count.prompt': 2000, 'llm.token_count.completion': 400 };
  const usages = countedIn({
    spans: [
      { span: '1', attributes: { ...sum, 'openinference.span.kind': 'AGENT' } },
      { span: '2', parent: '1', attributes: { ...sum, 'openinference.span.kind': 'CHAIN' } },
      { span: '3', parent: '2', attributes: llm },
      { span: '4', parent: '2', attributes: llm },
    ],
  });
  assert.deepEqual(sumOf(usages), { calls: 2, input: 2000, output: 400 });
});

test('LangChain around OpenAI, both instrumented, is one call', () => {
  const usages = countedIn({
    spans: [
      { span: '1', scope: 'openinference.instrumentation.langchain', attributes: llm },
      { span: '2', parent: '1', scope: 'openinference.instrumentation.openai', attributes: llm },
    ],
  });
  assert.deepEqual(sumOf(usages), { calls: 1, input: 1000, output: 200 });
});

describe('values that only the answer has', () => {
  const read = (answer: unknown) =>
    usageOfSpan({
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'asked',
        'output.value': typeof answer === 'string' ? answer : JSON.stringify(answer),
        metadata: '{"ls_provider":"openai"}',
      },
    })!;
  const langChain = (id: string) => ({
    generations: [[{ message: { kwargs: { id, response_metadata: { model_name: 'answered' } } } }]],
  });

  test("the id of a provider's response, but none of an answer in JSON", () => {
    assert.deepEqual(read({ id: 'chatcmpl-1', object: 'chat.completion' }).callIds, ['chatcmpl-1']);
    assert.equal(read({ id: 'product-1', name: 'Chair' }).callIds, undefined);
    assert.equal(read('plain text').callIds, undefined);
  });

  test("LangChain's message has id and model, and its metadata the provider", () => {
    const { provider, model, callIds } = read(langChain('msg_1'));
    assert.deepEqual([provider, model, callIds], ['openai', 'answered', ['msg_1']]);
  });

  test('ids that LangChain makes up are none', () => {
    for (const id of ['run-1b2c', 'run--1b2c-0', 'lc_run--1b2c-0'])
      assert.equal(read(langChain(id)).callIds, undefined, id);
  });
});

test('audio is part of input and output', () => {
  const attributes = {
    ...llm,
    'llm.token_count.prompt_details.audio': 300,
    'llm.token_count.completion_details.audio': 60,
  };
  const usage = usageOfSpan({ attributes });
  assert.deepEqual([usage?.inputTokens, usage?.inputAudioTokens], [1000, 300]);
  assert.deepEqual([usage?.outputTokens, usage?.outputAudioTokens], [200, 60]);
});

test("Haystack's embedders have their tokens only in the answer", () => {
  const attributes = {
    'openinference.span.kind': 'EMBEDDING',
    'embedding.model_name': 'text-embedding-3-small',
    'output.value':
      '{"embedding":"<3-dimensional vector>","meta":{"model":"m","usage":{"prompt_tokens":404,"total_tokens":404}}}',
  };
  const usage = usageOfSpan({ scope: 'openinference.instrumentation.haystack', attributes });
  // 404 × 0.02 = 8.08 millionths
  assert.deepEqual([usage?.kind, usage?.inputTokens, usage?.costNanoUsd], ['call', 404, 8080]);
});

test('in a call by LangChain, the answer has values without a key', () => {
  const output = (details: object) =>
    JSON.stringify({
      generations: [
        [
          {
            message: {
              kwargs: {
                usage_metadata: { input_tokens: 1057, output_tokens: 73, input_token_details: details },
                response_metadata: { model: 'claude-sonnet-4-5-20250929' },
              },
            },
          },
        ],
      ],
    });
  const numbers = (details: object, more: Record<string, number> = {}) => {
    const usage = usageOfSpan({
      scope: '@arizeai/openinference-instrumentation-langchain',
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'claude-sonnet-4-5',
        'llm.token_count.prompt': 1057,
        'llm.token_count.completion': 73,
        'output.value': output(details),
        ...more,
      },
    });
    return [usage?.model, usage?.inputTokens, usage?.cacheReadTokens, usage?.cacheWriteTokens];
  };
  const model = 'claude-sonnet-4-5-20250929';
  assert.deepEqual(numbers({ cache_creation: 70, cache_read: 280 }), [model, 1057, 280, 70]);
  const kept = { ephemeral_5m_input_tokens: 50, ephemeral_1h_input_tokens: 20 };
  assert.deepEqual(numbers({ cache_creation: 0, ...kept }), [model, 1057, undefined, 70]);
  const own = { 'llm.token_count.prompt_details.cache_write': 60 };
  assert.deepEqual(numbers({ cache_creation: 70 }, own), [model, 1057, undefined, 60]);
});
