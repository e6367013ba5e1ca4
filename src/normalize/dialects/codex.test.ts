import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countedBySession,
  countedIn,
  type LogDraft,
  type SpanDraft,
  sessionOfSpan,
  sumOf,
  usageOfLog,
  usageOfSpan,
  withoutCost,
} from '../../../test/support/dialects.js';

const LOGS = 'codex_otel.log_only';
const SPANS = 'codex_exec';
const CONVERSATION = '0199a213-81c0-7800-8aa1-bbab2a035a53';
const resource = { 'service.name': 'codex_exec' };
const START = 1_790_000_000_000_000_000n;

const event = (attributes: LogDraft['attributes'], more: Partial<LogDraft> = {}): LogDraft => ({
  scope: LOGS,
  resource,
  attributes: {
    'event.name': 'codex.sse_event',
    'event.kind': 'response.completed',
    'conversation.id': CONVERSATION,
    model: 'gpt-5-codex',
    ...attributes,
  },
  ...more,
});

/** The log record of a response with tokens: numbers are texts. */
const completed = (more: Partial<LogDraft> = {}) =>
  event(
    {
      input_token_count: '7000',
      cached_token_count: '6400',
      cache_write_token_count: 0,
      output_token_count: '250',
      reasoning_token_count: '192',
      tool_token_count: '7250',
    },
    more,
  );

const handled: SpanDraft = {
  span: 'c',
  parent: 'b',
  name: 'handle_responses',
  scope: SPANS,
  resource,
  attributes: {
    'thread.id': 7,
    'gen_ai.usage.input_tokens': 7000,
    'gen_ai.usage.output_tokens': 250,
    'gen_ai.usage.cache_read.input_tokens': 6400,
    'gen_ai.usage.cache_write.input_tokens': 0,
    'codex.usage.reasoning_output_tokens': 192,
    'codex.usage.total_tokens': 7250,
  },
};

const turn: SpanDraft = {
  span: 'b',
  parent: 'a',
  name: 'session_task.turn',
  scope: SPANS,
  resource,
  attributes: {
    'thread.id': 7,
    'turn.id': 't1',
    model: 'gpt-5-codex',
    'codex.turn.token_usage.input_tokens': 7000,
    'codex.turn.token_usage.cached_input_tokens': 6400,
    'codex.turn.token_usage.output_tokens': 250,
    'codex.turn.token_usage.total_tokens': 7250,
  },
};

const loop: SpanDraft = {
  span: 'a',
  name: 'session_loop',
  scope: SPANS,
  resource,
  attributes: { 'thread.id': 7, thread_id: CONVERSATION },
};

/** A handled response without tokens: all but the last of a request. */
const unfinished = (span: string): SpanDraft => ({ ...handled, span, attributes: { 'thread.id': 7 } });

test('a completed response as log record: its numbers are texts, its tool tokens a total', () => {
  assert.deepEqual(withoutCost(usageOfLog(completed())), {
    kind: 'call',
    dialect: 'codex',
    signal: 'log',
    first: true,
    scope: LOGS,
    model: 'gpt-5-codex',
    inputTokens: 7000,
    outputTokens: 250,
    cacheReadTokens: 6400,
    cacheWriteTokens: 0,
    reasoningTokens: 192,
  });
  assert.equal(usageOfLog(completed())?.costSource, 'list');
});

test('log records that are not calls', () => {
  assert.equal(usageOfLog(event({})), undefined, 'the other of the two');
  assert.equal(usageOfLog(event({ 'event.kind': 'response.output_item.done' })), undefined);
  assert.equal(
    usageOfLog(event({ 'event.name': 'codex.api_request', input_token_count: '5', 'event.kind': 'x' })),
    undefined,
  );
  assert.equal(usageOfLog(event({ 'event.name': 'codex.tool_result', tool_token_count: '5' })), undefined);
});

test('a handled response as span', () => {
  assert.deepEqual(usageOfSpan(handled), {
    kind: 'call',
    dialect: 'codex',
    signal: 'span',
    scope: SPANS,
    inputTokens: 7000,
    outputTokens: 250,
    cacheReadTokens: 6400,
    cacheWriteTokens: 0,
    reasoningTokens: 192,
  });
});

test('no other span is a call, in particular not the turn', () => {
  assert.equal(usageOfSpan(unfinished('c')), undefined);
  assert.equal(usageOfSpan(loop), undefined);
  assert.deepEqual(usageOfSpan(turn), {
    kind: 'wrapper',
    dialect: 'codex',
    signal: 'span',
    scope: SPANS,
    model: 'gpt-5-codex',
    lendsModel: true,
  });
});

test('a call in a span names its model around it, and is priced by it', () => {
  const [counted] = countedIn({ spans: [turn, handled] });
  // gpt-5-codex: 600 at 1.25, 6,400 at 0.125 and 250 at 10 US dollars a million.
  assert.deepEqual([counted?.model, counted?.costNanoUsd], ['gpt-5-codex', 750_000 + 800_000 + 2_500_000]);
});

test('the session is the conversation, never the thread of the operating system', () => {
  assert.equal(sessionOfSpan(loop.attributes!), CONVERSATION);
  assert.equal(sessionOfSpan({ 'conversation.id': CONVERSATION }), CONVERSATION);
  assert.equal(sessionOfSpan(turn.attributes!), undefined);
  assert.equal(sessionOfSpan({ thread_id: '7' }), undefined);
});

test('a turn with several handled responses: those with tokens', () => {
  const spans = [loop, turn, unfinished('d'), unfinished('e'), handled];
  assert.deepEqual(sumOf(countedIn({ spans })), { calls: 1, input: 7000, output: 250 });
});

test('two completed records of each request, in no trace', () => {
  const later = START + 90_000_000_000n;
  const logs = [
    event({ ttft_ms: 800 }),
    completed(),
    event({ ttft_ms: 700 }, { time: later }),
    completed({ time: later }),
  ];
  const counted = countedBySession({ logs });
  assert.deepEqual(sumOf(counted[CONVERSATION]!), { calls: 2, input: 14_000, output: 500 });
});

test('log records without trace beside the spans of the same requests: one signal, never a mix', () => {
  const second: SpanDraft = {
    ...handled,
    span: 'd',
    start: START + 5_000_000_000n,
    end: START + 6_000_000_000n,
  };
  const logs = [event({}), completed(), event({}), completed({ time: START + 6_000_000_000n })];
  for (const spans of [
    [loop, turn, handled, second],
    [loop, turn, handled],
    [loop, turn],
  ]) {
    const { [CONVERSATION]: counted } = countedBySession({ spans, logs });
    assert.deepEqual(sumOf(counted!), { calls: 2, input: 14_000, output: 500 });
    assert.ok(counted!.every(({ signal }) => signal === 'log'));
  }
  const { [CONVERSATION]: spansAlone } = countedBySession({ spans: [loop, turn, handled, second] });
  assert.deepEqual(sumOf(spansAlone!), { calls: 2, input: 14_000, output: 500 });
});
