import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sessionOfSpan, usageOfSpan } from '../../../test/support/dialects.js';

const SCOPE = '@voltagent/core';
const agent = { 'entity.type': 'agent', 'conversation.id': 'c1' };
const usageOf = (attributes: Record<string, string | number | boolean>) =>
  usageOfSpan({ scope: SCOPE, attributes });

test('a call, its provider in the name of its model', () => {
  const usage = usageOf({
    ...agent,
    'span.type': 'llm',
    'llm.model': 'openai/gpt-4o',
    'llm.usage.prompt_tokens': 1000,
    'llm.usage.completion_tokens': 200,
    'llm.usage.cached_tokens': 400,
    'usage.prompt_context.total_tokens_estimated': 99,
  });
  assert.deepEqual(usage, {
    kind: 'call',
    dialect: 'voltagent',
    signal: 'span',
    scope: SCOPE,
    provider: 'openai',
    model: 'gpt-4o',
    inputTokens: 1000,
    outputTokens: 200,
    cacheReadTokens: 400,
    costNanoUsd: 4_000_000,
    costSource: 'list',
  });
});

test('kinds', () => {
  assert.equal(usageOf({ ...agent, 'usage.prompt_tokens': 5 })?.kind, 'wrapper');
  assert.equal(usageOf({ ...agent, 'span.type': 'scorer', 'usage.prompt_tokens': 5 })?.kind, 'wrapper');
  for (const type of ['tool', 'memory', 'guardrail', 'retriever']) {
    assert.equal(usageOf({ ...agent, 'span.type': type }), undefined, type);
  }
  const unresolved = { ...agent, 'span.type': 'llm', 'llm.model': 'm', 'llm.model_resolution_failed': true };
  assert.equal(usageOf(unresolved), undefined, 'no model was asked');
});

test('its session', () => assert.equal(sessionOfSpan(agent, SCOPE), 'c1'));
