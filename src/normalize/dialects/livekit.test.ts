import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usageOfSpan, withoutCost } from '../../../test/support/dialects.js';

const scope = 'livekit-agents';

test('a call', () => {
  const attributes = {
    'lk.chat_ctx': '{"items":[]}',
    'lk.response.text': 'Hello.',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.output_tokens': 20,
  };
  const expected = {
    kind: 'call',
    dialect: 'livekit',
    signal: 'span',
    scope,
    model: 'gpt-4o',
    inputTokens: 100,
    outputTokens: 20,
  };
  assert.deepEqual(withoutCost(usageOfSpan({ name: 'llm_request', scope, attributes })), expected);
  const operation = { ...attributes, 'gen_ai.operation.name': 'chat' };
  assert.deepEqual(withoutCost(usageOfSpan({ name: 'llm_request', scope, attributes: operation })), expected);
});

test('the input includes the cache, whoever the provider is', () => {
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.input_cached_tokens': 60,
    'gen_ai.usage.cache_read.input_tokens': 60,
    'gen_ai.usage.audio.input_tokens': 30,
    'gen_ai.usage.output_tokens': 20,
    'gen_ai.usage.output_audio_tokens': 15,
  };
  const usage = usageOfSpan({ name: 'llm_request', scope, attributes });
  assert.deepEqual([usage?.inputTokens, usage?.cacheReadTokens, usage?.outputTokens], [100, 60, 20]);
  assert.deepEqual([usage?.inputAudioTokens, usage?.outputAudioTokens], [30, 15]);
});

test('a text-to-speech model is not a call', () => {
  const attributes = { 'lk.input_text': 'Hello.', 'gen_ai.request.model': 'tts-1' };
  assert.equal(usageOfSpan({ name: 'tts_request', scope, attributes }), undefined);
});
