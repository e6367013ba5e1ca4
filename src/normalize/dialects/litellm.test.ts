import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countedBySession,
  countedIn,
  sumOf,
  usageOfLog,
  usageOfSpan,
} from '../../../test/support/dialects.js';

const request = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.system': 'anthropic',
  'gen_ai.request.model': 'claude-haiku-4-5',
  'gen_ai.response.model': 'claude-haiku-4-5-20251001',
  'gen_ai.response.id': 'chatcmpl-1',
  'litellm.call_id': 'call-1',
  'gen_ai.usage.input_tokens': 1000,
  'gen_ai.usage.prompt_tokens': 1000,
  'gen_ai.usage.output_tokens': 200,
  'gen_ai.usage.completion_tokens': 200,
  'gen_ai.usage.total_tokens': 1200,
  'gen_ai.usage.cache_read_input_tokens': 400,
  'gen_ai.cost.total_cost': 0.0021,
};
const scope = 'litellm';

test('a call: the input includes the cache, whoever answers', () => {
  assert.deepEqual(usageOfSpan({ scope, name: 'litellm_request', attributes: request }), {
    kind: 'call',
    dialect: 'litellm',
    signal: 'span',
    scope,
    provider: 'anthropic',
    model: 'claude-haiku-4-5-20251001',
    inputTokens: 1000,
    cacheReadTokens: 400,
    outputTokens: 200,
    callIds: ['chatcmpl-1', 'call-1'],
    costNanoUsd: 2_100_000,
    costSource: 'reported',
  });
});

test('places of the cost', () => {
  const { 'gen_ai.cost.total_cost': _, ...rest } = request;
  for (const [key, value] of [
    ['litellm.cost.total', 0.0021],
    ['hidden_params', '{"model_id":"m","response_cost":0.0021}'],
  ] as const) {
    const usage = usageOfSpan({ scope, name: 'chat claude', attributes: { ...rest, [key]: value } });
    assert.deepEqual([usage?.costNanoUsd, usage?.costSource], [2_100_000, 'reported'], key);
  }
});

test('operations named after functions are calls', () => {
  for (const operation of ['acompletion', 'aembedding', 'responses', 'chat']) {
    const attributes = { ...request, 'gen_ai.operation.name': operation };
    assert.equal(usageOfSpan({ scope, name: 'my generation', attributes })?.kind, 'call', operation);
  }
  const tool = { ...request, 'gen_ai.operation.name': 'execute_tool' };
  assert.equal(usageOfSpan({ scope, name: 'execute_tool search', attributes: tool }), undefined);
});

test('the proxy, the call and its raw answer are one call', () => {
  const usages = countedIn({
    spans: [
      { span: '1', scope, name: 'Received Proxy Server Request', attributes: request },
      { span: '2', parent: '1', scope, name: 'litellm_request', attributes: request },
      {
        span: '3',
        parent: '2',
        scope,
        name: 'raw_gen_ai_request',
        attributes: { 'gen_ai.usage.input_tokens': 600, 'llm.anthropic.usage': "{'input_tokens': 600}" },
      },
    ],
  });
  assert.deepEqual(sumOf(usages), { calls: 1, input: 1000, output: 200 });
});

test('the proxy alone is the call', () => {
  const usages = countedIn({
    spans: [
      { span: '1', scope, name: 'Received Proxy Server Request', attributes: request },
      { span: '2', parent: '1', scope, name: 'raw_gen_ai_request', attributes: {} },
    ],
  });
  assert.deepEqual(sumOf(usages), { calls: 1, input: 1000, output: 200 });
  assert.equal(usages[0]?.costNanoUsd, 2_100_000);
});

test("an instrumented client library below it is the call, with LiteLLM's cost", () => {
  const usages = countedIn({
    spans: [
      { span: '1', scope, name: 'litellm_request', attributes: request },
      {
        span: '2',
        parent: '1',
        scope: 'opentelemetry.instrumentation.openai_v2',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.system': 'openai',
          'gen_ai.usage.input_tokens': 1000,
          'gen_ai.usage.output_tokens': 200,
        },
      },
    ],
  });
  assert.deepEqual(sumOf(usages), { calls: 1, input: 1000, output: 200 });
  assert.deepEqual([usages[0]?.dialect, usages[0]?.costNanoUsd], ['otel-genai', 2_100_000]);
});

test('an application and its proxy, each with a trace of its own, report one call by its id', () => {
  const usages = countedBySession({
    spans: [
      {
        span: '1',
        scope: 'opentelemetry.instrumentation.openai.v1',
        attributes: {
          'session.id': 's',
          'llm.request.type': 'chat',
          'gen_ai.response.id': 'chatcmpl-1',
          'gen_ai.usage.input_tokens': 1000,
          'gen_ai.usage.output_tokens': 200,
        },
      },
      {
        trace: '2',
        span: '2',
        scope,
        name: 'litellm_request',
        attributes: { ...request, 'session.id': 's' },
      },
    ],
  });
  assert.deepEqual(sumOf(usages.s!), { calls: 1, input: 1000, output: 200 });
});

test('its log records hold messages and report no call', () => {
  assert.equal(
    usageOfLog({ event: 'gen_ai.content.completion', scope, attributes: { ...request } }),
    undefined,
  );
});
