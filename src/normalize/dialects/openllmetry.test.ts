import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countedIn, sessionOfSpan, sumOf, usageOfSpan } from '../../../test/support/dialects.js';

const SCOPE = 'opentelemetry.instrumentation.openai.v1';

const chat = {
  'llm.request.type': 'chat',
  'gen_ai.system': 'OpenAI',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.response.model': 'gpt-4o-2024-08-06',
  'gen_ai.response.id': 'chatcmpl-1',
  'gen_ai.usage.prompt_tokens': 1000,
  'gen_ai.usage.completion_tokens': 200,
  'llm.usage.total_tokens': 1200,
};

const expected = {
  kind: 'call',
  dialect: 'openllmetry',
  signal: 'span',
  scope: SCOPE,
  provider: 'openai',
  model: 'gpt-4o-2024-08-06',
  inputTokens: 1000,
  outputTokens: 200,
  callIds: ['chatcmpl-1'],
  costNanoUsd: 4_500_000,
  costSource: 'list',
} as const;

describe('generations', () => {
  const { 'gen_ai.usage.prompt_tokens': _, 'gen_ai.usage.completion_tokens': __, ...rest } = chat;
  const generations = {
    'llm.usage.*': { ...rest, 'llm.usage.prompt_tokens': 1000, 'llm.usage.completion_tokens': 200 },
    'gen_ai.usage.prompt_tokens': chat,
    'gen_ai.usage.input_tokens': {
      ...rest,
      'gen_ai.operation.name': 'chat',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 200,
    },
  };
  for (const [name, attributes] of Object.entries(generations)) {
    test(name, () => assert.deepEqual(usageOfSpan({ scope: SCOPE, attributes }), expected));
  }
});

test('its own kinds come before the operation', () => {
  const kind = (attributes: Record<string, string>) =>
    usageOfSpan({
      scope: 'traceloop.tracer',
      attributes: { 'gen_ai.usage.input_tokens': 1, 'gen_ai.operation.name': 'chat', ...attributes },
    })?.kind;
  for (const type of ['chat', 'completion', 'embedding'])
    assert.equal(kind({ 'llm.request.type': type }), 'call');
  assert.equal(kind({ 'llm.request.type': 'rerank' }), undefined);
  for (const type of ['workflow', 'task', 'agent'])
    assert.equal(kind({ 'traceloop.span.kind': type }), 'wrapper');
  assert.equal(kind({ 'traceloop.span.kind': 'tool' }), undefined);
  assert.equal(kind({ 'llm.request.type': 'unknown', 'traceloop.span.kind': 'unknown' }), 'call');
});

describe('the cache', () => {
  const tokens = (scope: string, system: string) =>
    usageOfSpan({
      scope,
      attributes: {
        'llm.request.type': 'chat',
        'gen_ai.system': system,
        'gen_ai.usage.input_tokens': 1000,
        'gen_ai.usage.output_tokens': 50,
        'gen_ai.usage.total_tokens': 1050,
        'gen_ai.usage.cache_read.input_tokens': 300,
        'gen_ai.usage.cache_creation.input_tokens': 100,
      },
    })?.inputTokens;

  test('Python includes that of Anthropic in the input', () =>
    assert.equal(tokens('opentelemetry.instrumentation.anthropic', 'anthropic'), 1000));
  test('Python excludes that of Bedrock', () =>
    assert.equal(tokens('opentelemetry.instrumentation.bedrock', 'AWS'), 1400));
  test('JavaScript excludes that of Anthropic', () =>
    assert.equal(tokens('@traceloop/instrumentation-anthropic', 'anthropic'), 1400));
});

test('the names of the cache with underscores', () => {
  const usage = usageOfSpan({
    scope: SCOPE,
    attributes: {
      ...chat,
      'gen_ai.usage.cache_read_input_tokens': 400,
      'gen_ai.usage.reasoning_tokens': 20,
    },
  });
  assert.deepEqual(
    [usage?.inputTokens, usage?.cacheReadTokens, usage?.outputTokens, usage?.reasoningTokens],
    [1000, 400, 200, 20],
  );
});

test('CrewAI: the crew and its agents have the totals of their calls', () => {
  const scope = 'opentelemetry.instrumentation.crewai';
  const usages = countedIn({
    spans: [
      {
        span: '1',
        scope,
        name: 'crewai.workflow',
        attributes: {
          'gen_ai.system': 'crewai',
          'traceloop.span.kind': 'workflow',
          'crewai.crew.token_usage': 'total_tokens=2400 prompt_tokens=2000 completion_tokens=400',
        },
      },
      {
        span: '2',
        parent: '1',
        scope,
        name: 'Researcher.agent',
        attributes: {
          'gen_ai.system': 'crewai',
          'traceloop.span.kind': 'agent',
          'gen_ai.usage.prompt_tokens': 2000,
          'gen_ai.usage.completion_tokens': 400,
        },
      },
      { span: '3', parent: '2', scope: SCOPE, attributes: chat },
      { span: '4', parent: '2', scope: SCOPE, attributes: { ...chat, 'gen_ai.response.id': 'chatcmpl-2' } },
    ],
  });
  assert.deepEqual(sumOf(usages), { calls: 2, input: 2000, output: 400 });
});

test('sessions are association properties', () => {
  const property = 'traceloop.association.properties.';
  assert.equal(sessionOfSpan({ [`${property}session_id`]: 's', [`${property}thread_id`]: 't' }), 's');
  assert.equal(sessionOfSpan({ [`${property}thread_id`]: 't' }), 't');
  assert.equal(sessionOfSpan({ [`${property}customer_id`]: 'c' }), undefined);
});

test('programs without a library, whose names are derived from its first ones', () => {
  const attributes = {
    'llm.provider': 'openai',
    'llm.model': 'gpt-4o',
    'llm.usage.input_tokens': 1000,
    'llm.usage.output_tokens': 200,
    'llm.usage.cached_tokens': 400,
  };
  const usage = usageOfSpan({ scope: 'gateway', attributes });
  assert.deepEqual(
    { ...usage, costNanoUsd: 0 },
    {
      kind: 'call',
      dialect: 'openllmetry',
      signal: 'span',
      scope: 'gateway',
      provider: 'openai',
      model: 'gpt-4o',
      inputTokens: 1000,
      outputTokens: 200,
      cacheReadTokens: 400,
      costNanoUsd: 0,
      costSource: 'list',
    },
  );
});
