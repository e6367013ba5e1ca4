import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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
} from '../../../test/support/dialects.js';

const SPANS = 'com.anthropic.claude_code.tracing';
const LOGS = 'com.anthropic.claude_code.events';
const resource = { 'service.name': 'claude-code', 'service.version': '2.1.289' };

const numbers = {
  model: 'claude-sonnet-4-5',
  input_tokens: 12,
  output_tokens: 300,
  cache_read_tokens: 9000,
  cache_creation_tokens: 500,
};

/** The span of a request, and its log record. */
function request(id: string, more: SpanDraft['attributes'] = {}): { span: SpanDraft; log: LogDraft } {
  const ids = { request_id: `req_${id}`, client_request_id: `client_${id}` };
  return {
    span: {
      span: id,
      parent: 'a0',
      name: 'claude_code.llm_request',
      scope: SPANS,
      resource,
      attributes: {
        'session.id': 's',
        'span.type': 'llm_request',
        'gen_ai.system': 'anthropic',
        'gen_ai.request.model': 'claude-sonnet-4-5',
        'gen_ai.response.id': `req_${id}`,
        'llm_request.context': 'interaction',
        attempt: 1,
        success: true,
        ...ids,
        ...numbers,
        ...more,
      },
    },
    log: {
      scope: LOGS,
      resource,
      body: 'claude_code.api_request',
      attributes: {
        'session.id': 's',
        'event.name': 'api_request',
        'event.sequence': 7,
        cost_usd: '0.0125',
        ...ids,
        ...numbers,
        ...more,
      },
    },
  };
}

const interaction: SpanDraft = {
  span: 'a0',
  name: 'claude_code.interaction',
  scope: SPANS,
  resource,
  attributes: { 'session.id': 's', 'span.type': 'interaction', user_prompt: 'hi' },
};

const same = {
  kind: 'call',
  dialect: 'claude-code',
  provider: 'anthropic',
  model: 'claude-sonnet-4-5',
  inputTokens: 9512,
  outputTokens: 300,
  cacheReadTokens: 9000,
  cacheWriteTokens: 500,
};

test('a request as log record: input without the cache, ids, cost', () => {
  assert.deepEqual(usageOfLog(request('1').log), {
    ...same,
    signal: 'log',
    first: true,
    scope: LOGS,
    callIds: ['req_1', 'client_1'],
    costNanoUsd: 12_500_000,
    costSource: 'reported',
  });
});

test('a request as span', () => {
  assert.deepEqual(usageOfSpan(request('1').span), {
    ...same,
    signal: 'span',
    scope: SPANS,
    callIds: ['req_1', 'client_1'],
    costNanoUsd: 12 * 3000 + 9000 * 300 + 500 * 3750 + 300 * 15_000,
    costSource: 'list',
  });
});

test('the input excludes the cache even if it could include it', () => {
  const few = { input_tokens: 5000, cache_read_tokens: 100, cache_creation_tokens: 0 };
  assert.equal(usageOfLog(request('1', few).log)?.inputTokens, 5100);
  assert.equal(usageOfSpan(request('1', few).span)?.inputTokens, 5100);
});

test('recognised by its event name if the scope is lost, and by the service', () => {
  const { log } = request('1');
  const { 'event.name': _, ...attributes } = log.attributes!;
  const bare: LogDraft = { attributes };
  assert.equal(usageOfLog({ ...bare, event: 'claude_code.api_request' })?.dialect, 'claude-code');
  assert.equal(usageOfLog({ ...bare, resource, event: 'api_request' })?.dialect, 'claude-code');
  assert.equal(usageOfLog({ ...bare, event: 'api_request' }), undefined, "somebody else's event");
});

describe('no usage', () => {
  for (const [name, attributes] of Object.entries({
    subagent_completed: { total_tokens: 5000, cost_usd: 1 },
    compaction: { pre_tokens: 150_000, post_tokens: 20_000, input_tokens: 5 },
    api_error: { input_tokens: 5 },
    tool_result: { tool_result_size_bytes: 7 },
    user_prompt: { prompt: 'hi', prompt_length: 2 },
  })) {
    test(`event ${name}`, () => {
      assert.equal(usageOfLog({ scope: LOGS, attributes: { 'event.name': name, ...attributes } }), undefined);
      assert.equal(usageOfLog({ scope: LOGS, event: `claude_code.${name}`, attributes }), undefined);
    });
  }
  for (const name of ['claude_code.interaction', 'claude_code.tool', 'claude_code.tool.execution']) {
    test(`span ${name}`, () => {
      const attributes = { result_tokens: 70, input_tokens: 5, model: 'claude-sonnet-4-5' };
      assert.equal(usageOfSpan({ name, scope: SPANS, attributes }), undefined);
    });
  }
});

describe('each request once', () => {
  const [one, two, three] = [
    request('1'),
    request('2'),
    request('3', { query_source: 'generate_session_title' }),
  ];

  test('span and log record of one trace', () => {
    for (const log of [
      { ...one.log, trace: '1', span: '1' },
      { ...one.log, trace: '1', span: 'a0' },
      { ...one.log, trace: '1' },
    ]) {
      const counted = countedIn({ spans: [interaction, one.span], logs: [log] });
      assert.deepEqual(sumOf(counted), { calls: 1, input: 9512, output: 300 });
      assert.equal(counted[0]!.costNanoUsd, 12_500_000, 'at the cost of the log record');
    }
  });

  test('log records without trace beside spans', () => {
    const all = { spans: [interaction, one.span, two.span], logs: [one.log, two.log] };
    const { s } = countedBySession(all);
    assert.deepEqual(sumOf(s!), { calls: 2, input: 2 * 9512, output: 600 });
    assert.ok(s!.every(({ costSource }) => costSource === 'reported'));
  });

  test('spans that are missing', () => {
    const { s } = countedBySession({ spans: [interaction, one.span], logs: [one.log, two.log, three.log] });
    assert.deepEqual(sumOf(s!), { calls: 3, input: 3 * 9512, output: 900 });
  });

  test('a missing log record: the span replaces it, identified by its ids', () => {
    const { s } = countedBySession({ spans: [one.span, two.span, three.span], logs: [one.log, three.log] });
    assert.deepEqual(sumOf(s!), { calls: 3, input: 3 * 9512, output: 900 });
    assert.equal(s!.filter(({ signal }) => signal === 'span').length, 1);
  });

  test('without ids, log records alone', () => {
    const bare = <T extends SpanDraft | LogDraft>(draft: T): T => {
      const { request_id, client_request_id, 'gen_ai.response.id': _, ...attributes } = draft.attributes!;
      return { ...draft, attributes };
    };
    const { s } = countedBySession({
      spans: [interaction, bare(one.span), bare(two.span)],
      logs: [bare(one.log), { ...bare(two.log), time: 1_790_000_100_000_000_000n }],
    });
    assert.deepEqual(sumOf(s!), { calls: 2, input: 2 * 9512, output: 600 });
    assert.ok(s!.every(({ signal }) => signal === 'log'));
  });

  test('only spans', () => {
    assert.deepEqual(sumOf(countedIn({ spans: [interaction, one.span, two.span] })), {
      calls: 2,
      input: 2 * 9512,
      output: 600,
    });
  });
});

describe('metrics', () => {
  const point = (value: number, more: PointDraft['attributes'] = {}): PointDraft => ({
    metric: 'claude_code.token.usage',
    value,
    scope: 'com.anthropic.claude_code',
    resource,
    attributes: { 'session.id': 's', model: 'claude-sonnet-4-5', ...more },
  });
  const tokens = (type: string, value: number): PointDraft => point(value, { type });
  const cost = (value: number): PointDraft => ({ ...point(value), metric: 'claude_code.cost.usage' });
  const all = [
    tokens('input', 12),
    tokens('cacheRead', 9000),
    tokens('cacheCreation', 500),
    tokens('output', 300),
    cost(0.0125),
  ];
  const sum = {
    kind: 'sum',
    dialect: 'claude-code',
    signal: 'metric',
    scope: 'com.anthropic.claude_code',
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
  };

  test('a point by its type: the cache is part of the input, and also reported separately', () => {
    assert.deepEqual(all.map(usageOfPoint), [
      { ...sum, inputTokens: 12 },
      { ...sum, inputTokens: 9000, cacheReadTokens: 9000 },
      { ...sum, inputTokens: 500, cacheWriteTokens: 500 },
      { ...sum, outputTokens: 300 },
      { ...sum, costNanoUsd: 12_500_000, costSource: 'reported' },
    ]);
  });

  test('no point of another type or metric', () => {
    assert.equal(usageOfPoint(tokens('total', 5)), undefined);
    assert.equal(usageOfPoint({ ...cost(5), metric: 'claude_code.lines_of_code.count' }), undefined);
  });

  test('alone they are the usage, without a number of calls', () => {
    const { s } = countedBySession({ points: all });
    assert.deepEqual(sumOf(s!), { calls: 0, input: 9512, output: 300 });
    assert.equal(
      s!.reduce((nanoUsd, { costNanoUsd }) => nanoUsd + (costNanoUsd ?? 0), 0),
      12_500_000,
    );
  });

  test('beside a span or a log record they repeat the same usage', () => {
    const { span, log } = request('1');
    for (const reports of [{ spans: [span] }, { logs: [log] }, { spans: [span], logs: [log] }]) {
      const { s } = countedBySession({ ...reports, points: all });
      assert.deepEqual(sumOf(s!), { calls: 1, input: 9512, output: 300 });
    }
  });

  test('also if the request counts for the gateway that it went through', () => {
    const gateway: SpanDraft = {
      span: 'b1',
      parent: '1',
      scope: 'gateway',
      attributes: {
        'session.id': 's',
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'claude-sonnet-4-5',
        'gen_ai.usage.input_tokens': 9512,
        'gen_ai.usage.output_tokens': 300,
      },
    };
    const { s } = countedBySession({ spans: [request('1').span, gateway], points: all });
    assert.deepEqual(
      s!.map(({ dialect }) => dialect),
      ['otel-genai'],
    );
  });

  test('cumulative ones: the largest of a series, and all series from start to start', () => {
    const at = (start: bigint, value: number): PointDraft => ({
      ...tokens('output', value),
      cumulative: true,
      start,
    });
    const [first, second] = [1_790_000_000_000_000_000n, 1_790_000_060_000_000_000n];
    const points = [at(first, 10), at(first, 40), at(first, 30), at(second, 5), at(second, 5)];
    const { s } = countedBySession({ points });
    assert.deepEqual(sumOf(s!), { calls: 0, input: 0, output: 45 });
    assert.equal(s!.length, 2);
  });
});
