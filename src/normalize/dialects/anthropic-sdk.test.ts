import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sessionOfSpan, usageOfSpan } from '../../../test/support/dialects.js';

const SCOPE = 'com.anthropic.sdk.python';
const model = { 'gen_ai.provider.name': 'anthropic', 'gen_ai.request.model': 'claude-haiku-4-5' };

test('a call; tokens for summarising the conversation are added', () => {
  const usage = usageOfSpan({
    scope: SCOPE,
    attributes: {
      ...model,
      'gen_ai.operation.name': 'chat',
      'gen_ai.response.id': 'msg_1',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 200,
      'gen_ai.usage.cache_read.input_tokens': 0,
      'anthropic.usage.compaction.input_tokens': 5000,
      'anthropic.usage.compaction.output_tokens': 300,
    },
  });
  assert.deepEqual(usage, {
    kind: 'call',
    dialect: 'anthropic-sdk',
    signal: 'span',
    scope: SCOPE,
    provider: 'anthropic',
    model: 'claude-haiku-4-5',
    inputTokens: 6000,
    outputTokens: 500,
    cacheReadTokens: 0,
    callIds: ['msg_1'],
    // 6,000 at 1 and 500 at 5 dollars a million.
    costNanoUsd: 8_500_000,
    costSource: 'list',
  });
});

test('an id that exists only within the answer', () => {
  const attributes = {
    ...model,
    'gen_ai.operation.name': 'chat',
    'output.value': '{"id":"msg_2","content":[]}',
  };
  assert.deepEqual(usageOfSpan({ scope: SCOPE, attributes })?.callIds, ['msg_2']);
});

test('other methods do not ask a model', () => {
  for (const name of ['anthropic.messages.count_tokens', 'anthropic.sessions.create']) {
    assert.equal(usageOfSpan({ scope: SCOPE, name, attributes: model }), undefined, name);
  }
});

test('sessions', () => {
  const thread = { 'anthropic.session.thread.id': 't', 'gen_ai.conversation.id': 't' };
  assert.equal(sessionOfSpan(thread, SCOPE), 't');
  assert.equal(sessionOfSpan({ ...thread, 'anthropic.session.id': 's' }, SCOPE), 's');
});
