import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, storedSession } from '../../test/support/stored-sessions.js';
import type { Usage } from '../normalize/facts.js';
import { usageItem } from './usage-item.js';

test('the parts of a call, and what each of them costs', () => {
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
  const { items } = usageItem({
    session: storedSession({ id: 's' }),
    carriers: [
      {
        record: { spanId: '00f067aa0ba902b7' },
        timeNs: at(0),
        usage,
      },
    ],
  });
  const { input_audio_tokens, cache_audio_read_tokens, output_audio_tokens, price, cost_usd } = items[0]!;
  assert.deepEqual([input_audio_tokens, cache_audio_read_tokens, output_audio_tokens], [600, 200, 150]);
  const { source: _, ...prices } = price!;
  assert.deepEqual(prices, {
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
