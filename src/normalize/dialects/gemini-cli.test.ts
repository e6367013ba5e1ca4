import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countedBySession,
  countedIn,
  type LogDraft,
  type PointDraft,
  type SpanDraft,
  sumOf,
  usageOfLog,
  usageOfPoint,
  usageOfSpan,
  withoutCost,
} from '../../../test/support/dialects.js';

const SCOPE = 'gemini-cli';
const resource = { 'service.name': 'gemini-cli', 'session.id': 's' };

const response: LogDraft = {
  scope: SCOPE,
  resource,
  attributes: {
    'session.id': 's',
    'event.name': 'gemini_cli.api_response',
    model: 'gemini-2.5-pro',
    status_code: 200,
    duration_ms: 900,
    input_token_count: 1000,
    cached_content_token_count: 600,
    output_token_count: 80,
    thoughts_token_count: 40,
    tool_token_count: 0,
    total_token_count: 1120,
    prompt_id: 's########0',
  },
};

const details: LogDraft = {
  scope: SCOPE,
  resource,
  attributes: {
    'session.id': 's',
    'event.name': 'gen_ai.client.inference.operation.details',
    'gen_ai.operation.name': 'generate_content',
    'gen_ai.provider.name': 'gcp.gen_ai',
    'gen_ai.request.model': 'gemini-2.5-pro',
    'gen_ai.response.id': 'r1',
    'gen_ai.usage.input_tokens': 1000,
    'gen_ai.usage.output_tokens': 80,
  },
};

const operation = (span: string, name: string, attributes: SpanDraft['attributes'] = {}): SpanDraft => ({
  span,
  scope: SCOPE,
  resource,
  name,
  attributes: { 'gen_ai.operation.name': name, 'gen_ai.conversation.id': 's', ...attributes },
});

const call = operation('b', 'llm_call', {
  'gen_ai.request.model': 'gemini-2.5-pro',
  'gen_ai.response.model': 'gemini-2.5-pro',
  'gen_ai.usage.input_tokens': 1000,
  'gen_ai.usage.output_tokens': 80,
});

const same = { kind: 'call', dialect: 'gemini-cli', provider: 'gcp.gen_ai', model: 'gemini-2.5-pro' };

test('a response as log record: thoughts are added to the output', () => {
  const expected = {
    ...same,
    signal: 'log',
    first: true,
    scope: SCOPE,
    inputTokens: 1000,
    outputTokens: 120,
    cacheReadTokens: 600,
    reasoningTokens: 40,
  };
  assert.deepEqual(withoutCost(usageOfLog(response)), expected);
  const { total_token_count, ...attributes } = response.attributes!;
  assert.deepEqual(withoutCost(usageOfLog({ ...response, attributes })), expected, 'also without a total');
  assert.equal(usageOfLog(response)?.costSource, 'list');
});

test('tokens of a prompt for tools are added to the input', () => {
  const attributes = { ...response.attributes, tool_token_count: 30, total_token_count: 1150 };
  const usage = usageOfLog({ ...response, attributes });
  assert.deepEqual([usage?.inputTokens, usage?.cacheReadTokens, usage?.outputTokens], [1030, 600, 120]);
  const asMany = {
    ...response.attributes,
    tool_token_count: 600,
    thoughts_token_count: 0,
    total_token_count: 1680,
  };
  assert.equal(usageOfLog({ ...response, attributes: asMany })?.inputTokens, 1600, 'taken for no cache');
});

test('a call as span', () => {
  assert.deepEqual(withoutCost(usageOfSpan(call)), {
    ...same,
    signal: 'span',
    scope: SCOPE,
    inputTokens: 1000,
    outputTokens: 80,
  });
});

test('records that are not calls', () => {
  assert.equal(usageOfLog(details), undefined);
  assert.equal(usageOfLog({ ...details, scope: 'lost' }), undefined, 'known by its service');
  for (const name of ['tool_call', 'user_prompt', 'system_prompt', 'schedule_tool_calls']) {
    assert.equal(usageOfSpan(operation('a', name, { 'gen_ai.usage.input_tokens': 5 })), undefined, name);
  }
  assert.equal(
    usageOfSpan(operation('a', 'agent_call', { 'gen_ai.usage.input_tokens': 5 }))?.kind,
    'wrapper',
  );
  const compression = { 'event.name': 'gemini_cli.chat_compression', tokens_before: 900, tokens_after: 90 };
  assert.equal(usageOfLog({ scope: SCOPE, attributes: compression }), undefined);
});

test('one call that is reported five times, with the thoughts that its span excludes', () => {
  const once = { calls: 1, input: 1000, output: 120 };
  const spans = [operation('a', 'user_prompt'), { ...call, parent: 'a' }];
  const placed = (span: string): LogDraft[] => [
    { ...response, trace: '1', span },
    { ...details, trace: '1', span },
  ];
  assert.deepEqual(sumOf(countedIn({ spans, logs: placed('b') })), once, 'within the span');
  assert.deepEqual(sumOf(countedIn({ logs: placed('b') })), once, 'its span missing');
  assert.deepEqual(sumOf(countedBySession({ spans, logs: placed('a') }).s!), once, 'beside it');
  assert.deepEqual(sumOf(countedBySession({ spans, logs: [response, details] }).s!), once, 'in no trace');
  assert.deepEqual(sumOf(countedIn({ spans })), { ...once, output: 80 }, 'the span alone');
});

test('metrics: a point by its type, and each response once', () => {
  const point = (type: string, value: number): PointDraft => ({
    metric: 'gemini_cli.token.usage',
    value,
    cumulative: true,
    scope: SCOPE,
    resource,
    attributes: { model: 'gemini-2.5-pro', type },
  });
  const points = [
    point('input', 1000),
    point('cache', 600),
    point('tool', 30),
    point('output', 80),
    point('thought', 40),
  ];
  const sum = { ...same, kind: 'sum', signal: 'metric', scope: SCOPE };
  assert.deepEqual(
    points.map((each) => {
      const { series, ...says } = usageOfPoint(each)!;
      assert.match(series!, /^[0-9a-f]{32}$/);
      return says;
    }),
    [
      { ...sum, inputTokens: 1000 },
      { ...sum, cacheReadTokens: 600 },
      { ...sum, inputTokens: 30 },
      { ...sum, outputTokens: 80 },
      { ...sum, outputTokens: 40, reasoningTokens: 40 },
    ],
  );
  const { s } = countedBySession({ points });
  assert.deepEqual(sumOf(s!), { calls: 0, input: 1030, output: 120 });
  assert.ok(
    s!.every(({ costNanoUsd }) => costNanoUsd === undefined),
    'no list price: its steps depend on each call',
  );
  const once = { calls: 1, input: 1000, output: 120 };
  assert.deepEqual(sumOf(countedBySession({ logs: [response], points }).s!), once);
  assert.deepEqual(sumOf(countedBySession({ spans: [call], points }).s!), { ...once, output: 80 });
});
