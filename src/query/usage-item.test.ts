import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at } from '../../test/support/stored-sessions.js';
import type { Usage } from '../normalize/facts.js';
import type { UsageNumber } from '../normalize/usage-numbers.js';
import { usageItem } from './usage-item.js';

const POSITION = { group: { startNs: at(0), key: '00' }, timeNs: at(0), record: '00f067aa0ba902b7' };

function itemOf(usage: Usage, unread: readonly UsageNumber[] = []) {
  return usageItem({
    record: { spanId: '00f067aa0ba902b7' },
    timeNs: at(0),
    usage,
    unread,
    position: POSITION,
  });
}

test('the parts of a call, each with its cost', () => {
  const usage: Usage = {
    kind: 'call',
    dialect: 'otel-genai',
    signal: 'span',
    provider: 'openai',
    model: 'gpt-realtime-mini',
    inputTokens: 1000,
    cacheReadTokens: 500,
    inputAudioTokens: 600,
    cacheAudioReadTokens: 200,
    outputTokens: 200,
    outputAudioTokens: 150,
    costNanoUsd: 7_258_000,
    costSource: 'list',
  };
  const { input_audio_tokens, cache_audio_read_tokens, output_audio_tokens, price, cost_usd } = itemOf(usage);
  assert.deepEqual([input_audio_tokens, cache_audio_read_tokens, output_audio_tokens], [600, 200, 150]);
  const { source: _, ...prices } = price!;
  assert.deepEqual(prices, {
    provider: 'openai',
    basis: 'provider',
    input_per_million: 0.6,
    cache_read_per_million: 0.06,
    output_per_million: 2.4,
    input_audio_per_million: 10,
    output_audio_per_million: 20,
    cache_audio_read_per_million: 0.3,
  });
  // 100 × 0.6 + 400 × 10 + 300 × 0.06 + 200 × 0.3 + 50 × 2.4 + 150 × 20 = 7,258 millionths
  assert.equal(cost_usd, 0.007258);
});

test('a call without a price has a reason', () => {
  const call = { kind: 'call', dialect: 'otel-genai', signal: 'span', provider: 'openai' } as const;
  const tokens = { inputTokens: 10, outputTokens: 2 };
  const unpriced = (usage: Partial<Usage>) => itemOf({ ...call, ...usage }).unpriced;
  assert.equal(unpriced({ model: 'gpt-4o' }), 'no_tokens');
  assert.equal(unpriced(tokens), 'no_model');
  assert.equal(unpriced({ ...tokens, model: 'gpt-4o', serviceTier: 'scale' }), 'tier_unknown');
  assert.equal(unpriced({ ...tokens, model: 'my-model' }), 'model_not_listed');
  assert.equal(unpriced({ ...tokens, model: 'my-model', provider: 'my-company' }), 'provider_not_listed');
  assert.equal(unpriced({ ...tokens, model: 'llama3.2', provider: 'ollama' }), 'local');
  assert.equal(unpriced({ ...tokens, kind: 'sum', model: 'gpt-4o' }), 'sum');
  assert.equal(unpriced({ ...tokens, model: 'gpt-4o', costNanoUsd: 1, costSource: 'reported' }), undefined);
});

test('a call without tokens has a reason: none reported, reported elsewhere, or invalid', () => {
  const call = { kind: 'call', dialect: 'otel-genai', signal: 'span' } as const;
  const number = (value: number, outOfRange: boolean) => ({ key: 'acme.tokens', value, outOfRange });
  assert.equal(itemOf(call).unreported, 'not_reported');
  assert.equal(itemOf(call, [number(-1, true)]).unreported, 'out_of_range');
  const item = itemOf(call, [number(-1, true), number(7, false)]);
  assert.equal(item.unreported, 'not_read');
  assert.deepEqual(item.numbers, [
    { key: 'acme.tokens', value: -1 },
    { key: 'acme.tokens', value: 7 },
  ]);
  assert.equal(itemOf({ ...call, outputTokens: 1 }).unreported, undefined);
});
