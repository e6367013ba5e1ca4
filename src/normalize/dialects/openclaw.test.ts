import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countedBySession,
  countedIn,
  type SpanDraft,
  sumOf,
  usageOfSpan,
  withoutCost,
} from '../../../test/support/dialects.js';

const SCOPE = 'openclaw';
const usage = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'anthropic',
  'gen_ai.request.model': 'claude-sonnet-4-5',
  'gen_ai.usage.input_tokens': 5000,
  'gen_ai.usage.output_tokens': 70,
  'gen_ai.usage.cache_read.input_tokens': 4000,
  'gen_ai.usage.cache_creation.input_tokens': 0,
};

const harness: SpanDraft = { span: 'a', name: 'openclaw.harness.run', scope: SCOPE };
const run: SpanDraft = { span: 'b', parent: 'a', name: 'openclaw.run', scope: SCOPE };
const chat: SpanDraft = {
  span: 'c',
  parent: 'b',
  name: 'chat claude-sonnet-4-5',
  scope: SCOPE,
  attributes: usage,
};
const copy: SpanDraft = {
  trace: '2',
  span: 'd',
  name: 'openclaw.model.usage',
  scope: SCOPE,
  attributes: usage,
};

test('a call', () => {
  assert.deepEqual(withoutCost(usageOfSpan(chat)), {
    kind: 'call',
    dialect: 'openclaw',
    signal: 'span',
    scope: SCOPE,
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    inputTokens: 5000,
    outputTokens: 70,
    cacheReadTokens: 4000,
    cacheWriteTokens: 0,
  });
});

test('the repeated usage of a run, and a tool, are not calls', () => {
  assert.equal(usageOfSpan(copy), undefined);
  assert.equal(usageOfSpan({ ...copy, scope: 'any' }), undefined);
  const tool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'exec' };
  assert.equal(usageOfSpan({ name: 'openclaw.tool.execution', scope: SCOPE, attributes: tool }), undefined);
});

test('a turn of another agent is one call unless its own are there', () => {
  const turn: SpanDraft = {
    span: 'c',
    parent: 'b',
    name: 'openclaw.model.call',
    scope: SCOPE,
    attributes: {
      ...usage,
      'gen_ai.operation.name': 'invoke_agent',
      'openclaw.model_call.observation_unit': 'turn',
    },
  };
  assert.equal(usageOfSpan(turn)?.kind, 'wrapper');
  assert.equal(usageOfSpan({ ...turn, name: 'invoke_agent', scope: 'any' })?.dialect, 'openclaw');
  assert.equal(countedIn({ spans: [run, turn] }).length, 1);
  const own = { ...chat, span: 'd', parent: 'c' };
  assert.equal(countedIn({ spans: [run, turn, own] })[0]?.kind, 'call');
});

test('the copy in another trace is not counted, nor below the run', () => {
  const counted = countedBySession({ spans: [harness, run, chat, copy] });
  assert.deepEqual(sumOf(Object.values(counted).flat()), {
    calls: 1,
    input: 5000,
    output: 70,
  });
  const within = countedIn({ spans: [harness, run, chat, { ...copy, trace: '1', parent: 'b' }] });
  assert.deepEqual(sumOf(within), { calls: 1, input: 5000, output: 70 });
});
