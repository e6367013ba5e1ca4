import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { listPrice } from '../../test/support/list-price.js';
import { servedBy } from './api-address.js';
import { OWN_PRICE_SOURCE, PRICE_TABLE, unitPrices } from './cost.js';
import { OwnPrices, PriceFileError, parsePrices } from './own-prices.js';

const NOW = at('2026-06-01T00:00:00Z');
const USAGE = {
  inputTokens: 1000,
  outputTokens: 100,
  cacheReadTokens: 400,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
};

function at(time: string): bigint {
  return BigInt(Date.parse(time)) * 1_000_000n;
}

function pricesOf(...entries: object[]): OwnPrices {
  return new OwnPrices(parsePrices(JSON.stringify(entries), 'prices.json'));
}

/** Unit prices of a call with 1,000 input tokens. */
function unitsOf(provider: string, model: string, own: OwnPrices) {
  const usage = { kind: 'call', dialect: 'd', signal: 'span', provider, model, inputTokens: 1000 } as const;
  const units = unitPrices(usage, NOW, own);
  assert.ok(typeof units === 'object', String(units));
  return units;
}

describe('an operator’s prices', () => {
  test('come before the table’s, and tokens without a price of their own have that of the tokens they are part of', () => {
    const own = pricesOf({
      provider: 'openai',
      model: 'gpt-4o',
      input_per_million: 1,
      output_per_million: 2,
    });
    assert.equal(listPrice('openai', 'gpt-4o', NOW, USAGE, own), 1000 * 1000 + 100 * 2000);
    assert.equal(unitsOf('openai', 'gpt-4o', own).source, OWN_PRICE_SOURCE);
    assert.equal(
      listPrice('azure.ai.openai', 'gpt-4o', NOW, USAGE, own),
      listPrice('azure.ai.openai', 'gpt-4o', NOW, USAGE),
    );
    assert.equal(unitsOf('openai', 'gpt-4o-mini', own).source, PRICE_TABLE);
  });

  test('price models that no table has, with their cache, and by the request', () => {
    const own = pricesOf({
      model: 'local-llama',
      input_per_million: 0.5,
      cache_read_per_million: 0.1,
      per_thousand_requests: 2,
    });
    assert.equal(listPrice('ollama', 'local-llama', NOW, USAGE, own), 600 * 500 + 400 * 100 + 2_000_000);
  });

  test('price audio separately, and cached audio as the cache without a price of its own', () => {
    const prices = {
      model: 'my-voice',
      input_per_million: 1,
      cache_read_per_million: 0.5,
      output_per_million: 2,
      input_audio_per_million: 10,
      output_audio_per_million: 20,
    };
    const usage = { ...USAGE, inputAudioTokens: 500, cacheAudioReadTokens: 100, outputAudioTokens: 40 };
    // Of 1,000: 200 text, 400 audio, 300 cached text, 100 cached audio. Of 100: 60 text, 40 audio.
    const all = 200 * 1000 + 400 * 10_000 + 60 * 2000 + 40 * 20_000;
    assert.equal(listPrice('x', 'my-voice', NOW, usage, pricesOf(prices)), all + 400 * 500);
    const own = pricesOf({ ...prices, cache_audio_read_per_million: 4 });
    assert.equal(listPrice('x', 'my-voice', NOW, usage, own), all + 300 * 500 + 100 * 4000);
    const { inputAudio, outputAudio, cacheAudioRead } = unitsOf('x', 'my-voice', own);
    assert.deepEqual([inputAudio, outputAudio, cacheAudioRead], [10, 20, 4]);
  });

  test('apply to a tier if they name one, and to every tier otherwise', () => {
    const own = pricesOf(
      { model: 'gpt-4o', input_per_million: 1, output_per_million: 2 },
      { model: 'gpt-4o', service_tier: 'batch', input_per_million: 0.3, output_per_million: 0.7 },
    );
    const price = (serviceTier?: string) => listPrice('openai', 'gpt-4o', NOW, USAGE, own, { serviceTier });
    assert.equal(price(), 1000 * 1000 + 100 * 2000);
    assert.equal(price('batch'), 1000 * 300 + 100 * 700);
    assert.equal(price('priority'), price(), 'as negotiated, whatever the tier');
    assert.throws(
      () => pricesOf({ model: 'm', service_tier: 'standard', input_per_million: 1 }),
      PriceFileError,
    );
  });

  test('of tokens cached for an hour differ from those for minutes', () => {
    const prices = { model: 'm', input_per_million: 1, cache_write_per_million: 2, output_per_million: 0 };
    const usage = {
      ...USAGE,
      cacheReadTokens: 0,
      cacheWriteTokens: 500,
      cacheWrite1hTokens: 200,
      outputTokens: 0,
    };
    assert.equal(listPrice('x', 'm', NOW, usage, pricesOf(prices)), 500 * 1000 + 500 * 2000);
    const own = pricesOf({ ...prices, cache_write_1h_per_million: 5 });
    assert.equal(listPrice('x', 'm', NOW, usage, own), 500 * 1000 + 300 * 2000 + 200 * 5000);
  });

  test('price locally served models', () => {
    const own = pricesOf({ model: 'llama3*', input_per_million: 0.05, output_per_million: 0.05 });
    const terms = { servedBy: servedBy('localhost', '11434') };
    assert.equal(listPrice('openai', 'llama3.2', NOW, USAGE, own, terms), 1100 * 50);
  });

  test('no part of a call is paid twice or negatively, whatever the parts are', () => {
    const own = pricesOf({
      model: 'm',
      input_per_million: 1,
      cache_read_per_million: 1,
      cache_write_per_million: 1,
      input_audio_per_million: 1,
      cache_audio_read_per_million: 1,
    });
    const parts = [0, 1, 300, 700, 1000];
    for (const read of parts) {
      for (const write of parts.filter((each) => read + each <= 1000)) {
        for (const audio of parts) {
          for (const cached of [undefined, ...parts.filter((each) => each <= Math.min(read, audio))]) {
            const usage = {
              ...USAGE,
              cacheReadTokens: read,
              cacheWriteTokens: write,
              inputAudioTokens: audio,
              cacheAudioReadTokens: cached,
            };
            assert.equal(listPrice('x', 'm', NOW, usage, own), 1_000_000, JSON.stringify(usage));
          }
        }
      }
    }
  });

  test('apply to models with a prefix, the longest first and whole names before', () => {
    const own = pricesOf(
      { model: 'llama*', input_per_million: 1 },
      { model: 'llama-3*', input_per_million: 2 },
      { model: 'llama-3-70b', input_per_million: 3 },
      { provider: 'groq', model: 'llama*', input_per_million: 4 },
    );
    const input = (provider: string | undefined, model: string) => own.find(provider, model, NOW)?.input;
    assert.deepEqual(
      ['llama-2', 'llama-3-8b', 'llama-3-70b', 'llam'].map((model) => input('ollama', model)),
      [1, 2, 3, undefined],
    );
    assert.equal(input('groq', 'llama-3-70b'), 4);
    assert.equal(input(undefined, 'llama-3-70b'), 3);
  });

  test('apply from their date on, and before it the older ones or the table’s', () => {
    const own = pricesOf(
      { model: 'm', input_per_million: 1, from: '2026-01-01' },
      { model: 'm', input_per_million: 2, from: '2026-06-01T12:00:00+02:00' },
    );
    const input = (time: string) => own.find(undefined, 'm', at(time))?.input;
    assert.equal(input('2025-12-31T23:59:59Z'), undefined);
    assert.equal(input('2026-01-01T00:00:00Z'), 1);
    assert.equal(input('2026-06-01T09:59:59Z'), 1);
    assert.equal(input('2026-06-01T10:00:00Z'), 2);
  });

  test('name providers as conventions of any time do', () => {
    assert.equal(
      pricesOf({ provider: 'az.ai.openai', model: 'm', input_per_million: 1 }).find(
        'azure.ai.openai',
        'm',
        NOW,
      )?.input,
      1,
    );
  });
});

test('a file that cannot be used is refused with the place and the reason', () => {
  const refusals: [content: string, message: RegExp][] = [
    ['{', /^p is not JSON: /],
    ['{}', /^p must hold a JSON array, such as /],
    ['[1]', /^p, entry 1 must be an object$/],
    ['[{"input_per_million": 1}]', /^p, entry 1 has no "model"$/],
    ['[{"model": "m"}]', /^p, entry 1 has no price; give at least one of /],
    [
      '[{"model": "m", "input": 1}]',
      /has "input", which is none of provider, model, service_tier, from, input_per_million, /,
    ],
    ['[{"model": "m", "input_per_million": "1"}]', /"input_per_million" must be a number from 0 /],
    ['[{"model": "m", "input_per_million": -1}]', /"input_per_million" must be a number from 0 /],
    ['[{"model": "", "input_per_million": 1}]', /"model" must be a text/],
    ['[{"model": "m", "input_per_million": 1, "from": "soon"}]', /"from" must be a date such as 2026-01-31/],
  ];
  for (const [content, message] of refusals) {
    assert.throws(
      () => parsePrices(content, 'p'),
      (error) => error instanceof PriceFileError && message.test(error.message),
      content,
    );
  }
  assert.deepEqual(parsePrices('\uFEFF[]', 'p'), []);
});
