import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countedIn, sumOf, usageOfSpan } from '../../../test/support/dialects.js';

const call = {
  'mlflow.spanType': '"CHAT_MODEL"',
  'mlflow.llm.model': '"gpt-4o"',
  'mlflow.llm.provider': '"openai"',
  'mlflow.chat.tokenUsage':
    '{"input_tokens": 1000, "output_tokens": 200, "total_tokens": 1200, "cache_read_input_tokens": 400}',
};

const expected = {
  kind: 'call',
  dialect: 'mlflow',
  signal: 'span',
  scope: 'mlflow',
  provider: 'openai',
  model: 'gpt-4o',
  inputTokens: 1000,
  cacheReadTokens: 400,
  outputTokens: 200,
} as const;

test('a call, all of it JSON', () => {
  const attributes = {
    ...call,
    'mlflow.llm.cost': '{"input_cost":0.001,"output_cost":0.002,"total_cost":0.003}',
  };
  assert.deepEqual(usageOfSpan({ scope: 'mlflow', attributes }), {
    ...expected,
    costNanoUsd: 3_000_000,
    costSource: 'reported',
  });
});

test('texts without quotes', () => {
  const attributes = {
    ...call,
    'mlflow.spanType': 'CHAT_MODEL',
    'mlflow.llm.model': 'gpt-4o',
    'mlflow.llm.provider': 'openai',
  };
  assert.deepEqual(usageOfSpan({ scope: 'mlflow', attributes }), {
    ...expected,
    costNanoUsd: 4_000_000,
    costSource: 'list',
  });
});

test('kinds, with quotes and without', () => {
  const kinds = {
    LLM: 'call',
    CHAT_MODEL: 'call',
    EMBEDDING: 'call',
    AGENT: 'wrapper',
    CHAIN: 'wrapper',
    UNKNOWN: 'wrapper',
    TOOL: undefined,
    RETRIEVER: undefined,
  };
  for (const [type, kind] of Object.entries(kinds)) {
    for (const text of [type, `"${type}"`]) {
      assert.equal(usageOfSpan({ attributes: { ...call, 'mlflow.spanType': text } })?.kind, kind, text);
    }
  }
});

test('sums over the trace are not read', () => {
  const sums = { 'mlflow.trace.tokenUsage': '{"input_tokens":5000,"output_tokens":900}' };
  const usages = countedIn({
    spans: [
      { span: '1', attributes: { ...sums, 'mlflow.spanType': '"AGENT"' } },
      { span: '2', parent: '1', attributes: call },
    ],
  });
  assert.deepEqual(sumOf(usages), { calls: 1, input: 1000, output: 200 });
});
