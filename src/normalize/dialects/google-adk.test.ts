import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countedIn,
  type SpanDraft,
  sessionOfSpan,
  sumOf,
  usageOfLog,
  usageOfSpan,
  withoutCost,
} from '../../../test/support/dialects.js';

const scope = 'gcp.vertex.agent';

const invocation: SpanDraft = { span: 'a', name: 'invocation', scope };
const agent: SpanDraft = {
  span: 'b',
  parent: 'a',
  name: 'invoke_agent weather',
  scope,
  attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.conversation.id': 's' },
};
const callLlm: SpanDraft = {
  span: 'c',
  parent: 'b',
  name: 'call_llm',
  scope,
  attributes: {
    'gen_ai.system': 'gcp.vertex.agent',
    'gen_ai.request.model': 'gemini-2.5-flash',
    'gcp.vertex.agent.event_id': 'e1',
    'gcp.vertex.agent.session_id': 's',
    'gcp.vertex.agent.llm_request': '{}',
    'gen_ai.usage.input_tokens': 500,
    'gen_ai.usage.output_tokens': 60,
  },
};
const generate: SpanDraft = {
  span: 'd',
  parent: 'c',
  name: 'generate_content gemini-2.5-flash',
  scope,
  attributes: {
    'gen_ai.operation.name': 'generate_content',
    'gen_ai.system': 'gemini',
    'gen_ai.request.model': 'gemini-2.5-flash',
    'gen_ai.conversation.id': 's',
    'gcp.vertex.agent.event_id': 'e1',
    'gen_ai.usage.input_tokens': 500,
    'gen_ai.usage.output_tokens': 60,
    'gen_ai.usage.cache_read.input_tokens': 300,
    'gen_ai.usage.reasoning.output_tokens': 20,
  },
};

const once = { calls: 1, input: 500, output: 60 };
const common = { kind: 'call', dialect: 'google-adk', signal: 'span', scope, model: 'gemini-2.5-flash' };

test('both spans of a call', () => {
  const numbers = { inputTokens: 500, outputTokens: 60, callIds: ['e1'] };
  assert.deepEqual(withoutCost(usageOfSpan(callLlm)), { ...common, ...numbers });
  assert.deepEqual(withoutCost(usageOfSpan(generate)), {
    ...common,
    provider: 'gcp.gemini',
    ...numbers,
    cacheReadTokens: 300,
    reasoningTokens: 20,
  });
});

test('the output excludes thoughts under the experimental key', () => {
  const old = { ...callLlm.attributes, 'gen_ai.usage.experimental.reasoning_tokens': 20 };
  const usage = usageOfSpan({ ...callLlm, attributes: old });
  assert.deepEqual([usage?.outputTokens, usage?.reasoningTokens], [80, 20]);
});

test('the output excludes thoughts that are only within the answer, unless its total includes them', () => {
  const read = (total: number) => {
    const answer = {
      usage_metadata: {
        prompt_token_count: 500,
        cached_content_token_count: 300,
        candidates_token_count: 60,
        thoughts_token_count: 20,
        total_token_count: total,
      },
    };
    const attributes = { ...callLlm.attributes, 'gcp.vertex.agent.llm_response': JSON.stringify(answer) };
    const usage = usageOfSpan({ ...callLlm, attributes });
    return [usage?.inputTokens, usage?.cacheReadTokens, usage?.outputTokens, usage?.reasoningTokens];
  };
  assert.deepEqual(read(580), [500, 300, 80, 20]);
  assert.deepEqual(read(560), [500, 300, 60, 20]);
});

test('spans that are not calls', () => {
  assert.equal(usageOfSpan(agent)?.kind, 'wrapper');
  assert.equal(usageOfSpan(invocation), undefined);
  const tool = { 'gcp.vertex.agent.event_id': 'e2', 'gen_ai.operation.name': 'execute_tool' };
  assert.equal(usageOfSpan({ name: 'execute_tool search', scope, attributes: tool }), undefined);
  assert.equal(
    usageOfSpan({ name: 'send_data', scope, attributes: { 'gcp.vertex.agent.event_id': 'e2' } }),
    undefined,
  );
});

test('the session', () => {
  assert.equal(sessionOfSpan({ 'gcp.vertex.agent.session_id': 's' }), 's');
});

test('call_llm and generate_content are one call', () => {
  const counted = countedIn({ spans: [invocation, agent, callLlm, generate] });
  assert.deepEqual(sumOf(counted), once);
  assert.equal(counted[0]!.provider, 'gcp.gemini');
  assert.deepEqual(sumOf(countedIn({ spans: [invocation, agent, callLlm] })), once);
  assert.deepEqual(
    sumOf(countedIn({ spans: [invocation, agent, { ...generate, parent: 'b' }, callLlm] })),
    once,
  );
});

test("generate_content of the client library's instrumentation", () => {
  const { 'gcp.vertex.agent.event_id': _, ...attributes } = generate.attributes!;
  const foreign = { ...generate, scope: 'opentelemetry.instrumentation.google_genai', attributes };
  assert.deepEqual(sumOf(countedIn({ spans: [invocation, agent, callLlm, foreign] })), once);
});

test('the log record of a call that its span reports', () => {
  const log = {
    scope,
    trace: '1',
    span: 'd',
    event: 'gen_ai.client.inference.operation.details',
    attributes: { 'gen_ai.usage.input_tokens': 500, 'gen_ai.usage.output_tokens': 60 },
  };
  assert.equal(usageOfLog(log)?.dialect, 'google-adk');
  assert.deepEqual(sumOf(countedIn({ spans: [invocation, agent, callLlm, generate], logs: [log] })), once);
});
