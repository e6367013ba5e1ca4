import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countedIn, sessionOfSpan, sumOf, usageOfSpan } from '../../../test/support/dialects.js';

const run = {
  'langsmith.span.kind': 'llm',
  'gen_ai.operation.name': 'chat',
  'gen_ai.system': 'langchain',
  'gen_ai.request.model': 'claude-haiku-4-5',
  'langsmith.metadata.ls_provider': 'anthropic',
  'gen_ai.usage.input_tokens': 1000,
  'gen_ai.usage.output_tokens': 200,
  'gen_ai.usage.total_tokens': 1200,
};

test('a run of a model, with details in the notation of Python', () => {
  const attributes = {
    ...run,
    'gen_ai.usage.input_token_details': "{'cache_read': 400, 'cache_creation': 100, 'audio': None}",
    'gen_ai.usage.output_token_details': "{'reasoning': 20}",
  };
  assert.deepEqual(usageOfSpan({ scope: 'langsmith', attributes }), {
    kind: 'call',
    dialect: 'langsmith',
    signal: 'span',
    scope: 'langsmith',
    provider: 'anthropic',
    model: 'claude-haiku-4-5',
    inputTokens: 1000,
    cacheReadTokens: 400,
    cacheWriteTokens: 100,
    outputTokens: 200,
    reasoningTokens: 20,
    costNanoUsd: 500 * 1000 + 400 * 100 + 100 * 1250 + 200 * 5000,
    costSource: 'list',
  });
});

test('and in JSON', () => {
  const attributes = { ...run, 'gen_ai.usage.input_token_details': '{"cache_read":400}' };
  assert.equal(usageOfSpan({ attributes })?.cacheReadTokens, 400);
});

test('the type of the run comes before the operation', () => {
  const kind = (type: string, operation: string) =>
    usageOfSpan({ attributes: { ...run, 'langsmith.span.kind': type, 'gen_ai.operation.name': operation } })
      ?.kind;
  assert.equal(kind('llm', 'chat'), 'call');
  assert.equal(kind('embedding', 'embeddings'), 'call');
  assert.equal(kind('chain', 'chain'), 'wrapper');
  assert.equal(kind('prompt', 'chat'), undefined);
  assert.equal(kind('retriever', 'embeddings'), undefined);
  assert.equal(kind('tool', 'execute_tool'), undefined);
});

test('a chain, its prompt and its model are one call', () => {
  const usages = countedIn({
    spans: [
      { span: '1', attributes: { ...run, 'langsmith.span.kind': 'chain', 'gen_ai.operation.name': 'chain' } },
      {
        span: '2',
        parent: '1',
        attributes: { 'langsmith.span.kind': 'prompt', 'gen_ai.operation.name': 'chat' },
      },
      { span: '3', parent: '1', attributes: run },
    ],
  });
  assert.deepEqual(sumOf(usages), { calls: 1, input: 1000, output: 200 });
});

test('sessions are in the metadata; that of the trace is a project', () => {
  assert.equal(sessionOfSpan({ 'langsmith.metadata.thread_id': 't' }), 't');
  assert.equal(sessionOfSpan({ 'langsmith.trace.session_id': 'p' }), undefined);
});

test('tokens written to the cache, by how long they are kept', () => {
  const written = (details: object) =>
    usageOfSpan({
      scope: 'langsmith',
      attributes: { ...run, 'gen_ai.usage.input_token_details': JSON.stringify(details) },
    })?.cacheWriteTokens;
  assert.equal(written({ ephemeral_5m_input_tokens: 40, ephemeral_1hr_input_tokens: 2 }), 42);
  assert.equal(written({ ephemeral_1h_input_tokens: 2, cache_creation: 0 }), 2);
  assert.equal(written({ ephemeral_5m_input_tokens: 40, cache_creation: 40 }), 40);
});

test('audio is part of input and output', () => {
  const attributes = {
    ...run,
    'gen_ai.usage.input_token_details': "{'audio': 300}",
    'gen_ai.usage.output_token_details': '{"audio":60}',
  };
  const usage = usageOfSpan({ scope: 'langsmith', attributes });
  assert.deepEqual([usage?.inputTokens, usage?.inputAudioTokens], [1000, 300]);
  assert.deepEqual([usage?.outputTokens, usage?.outputAudioTokens], [200, 60]);
});
