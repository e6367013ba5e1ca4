import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { calcPrice, type ModelInfo, type Provider, waitForUpdate } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { listPrice, PRICE_TABLE, type PricedUsage } from './cost.js';

// The package's own table; nothing asks for an update, so that nothing is fetched.
const providers = (await waitForUpdate()) as Provider[];
const models = providers.flatMap((provider) => provider.models.map((model) => ({ provider, model })));

const NONE: PricedUsage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
};
const NOW = at('2026-11-01T12:00:00Z');

function at(time: string): bigint {
  return BigInt(Date.parse(time)) * 1_000_000n;
}

/** These makers' own models have their price without the provider as well. */
const MAKERS = ['openai', 'cohere', 'perplexity'];

function makerOf(id: string): string | undefined {
  return models.find(({ provider, model }) => MAKERS.includes(provider.id) && model.id === id)?.provider.id;
}

/** What the package says, in nano-USD; undefined where its price is not by tokens or requests. */
function tablePrice(provider: string | undefined, model: string, ns: bigint, usage: PricedUsage) {
  const price = (providerId: string | undefined) =>
    calcPrice(
      {
        input_tokens: usage.inputTokens,
        output_tokens: usage.outputTokens,
        cache_read_tokens: usage.cacheReadTokens,
        cache_write_tokens: usage.cacheWriteTokens,
        output_reasoning_tokens: usage.reasoningTokens,
        input_audio_tokens: usage.inputAudioTokens,
        output_audio_tokens: usage.outputAudioTokens,
        cache_audio_read_tokens: usage.cacheAudioReadTokens,
      },
      model,
      {
        timestamp: new Date(Number(ns / 1_000_000n)),
        ...(providerId === undefined ? {} : { providerId }),
      },
    );
  const found = price(provider) ?? (provider === undefined && makerOf(model) ? price(makerOf(model)) : null);
  if (found === null) return undefined;
  const byTokens = ['input_mtok', 'output_mtok', 'requests_kcount'].some((key) => key in found.model_price);
  return byTokens ? found.total_price * 1e9 : undefined;
}

function assertAgrees(provider: string | undefined, model: string, ns: bigint, usage: PricedUsage): void {
  const expected = tablePrice(provider, model, ns, usage);
  const actual = listPrice(provider, model, ns, usage);
  const said = `${provider} ${model} ${ns} ${JSON.stringify(usage)}: ${actual}, table ${expected}`;
  if (expected === undefined) assert.equal(actual, undefined, said);
  else assert.ok(actual !== undefined && Math.abs(actual - Math.round(expected)) <= 1, said);
  assert.ok(actual === undefined || (Number.isInteger(actual) && actual >= 0), said);
}

/** Usage around everything that tiers depend on. */
const usages = fc
  .record({
    input: fc.oneof(
      fc.integer({ min: 0, max: 5_000 }),
      fc.integer({ min: 0, max: 2_000_000 }),
      fc.constantFrom(0, 32_000, 32_001, 128_000, 128_001, 200_000, 200_001, 272_000, 272_001, 2 ** 32),
    ),
    output: fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.constant(2 ** 32)),
    read: fc.double({ min: 0, max: 1, noNaN: true }),
    write: fc.double({ min: 0, max: 1, noNaN: true }),
    reasoning: fc.double({ min: 0, max: 1, noNaN: true }),
    freshAudio: fc.double({ min: 0, max: 1, noNaN: true }),
    cachedAudio: fc.double({ min: 0, max: 1, noNaN: true }),
    outputAudio: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ input, output, read, write, reasoning, freshAudio, cachedAudio, outputAudio }): PricedUsage => {
    const cacheReadTokens = Math.floor(input * read);
    const cacheWriteTokens = Math.floor((input - cacheReadTokens) * write);
    const cacheAudioReadTokens = Math.floor(cacheReadTokens * cachedAudio);
    const reasoningTokens = Math.floor(output * reasoning);
    return {
      inputTokens: input,
      outputTokens: output,
      cacheReadTokens,
      cacheWriteTokens,
      reasoningTokens,
      cacheAudioReadTokens,
      inputAudioTokens:
        cacheAudioReadTokens + Math.floor((input - cacheReadTokens - cacheWriteTokens) * freshAudio),
      outputAudioTokens: Math.floor((output - reasoningTokens) * outputAudio),
    };
  });

/** Times of every start date and every time of day of the table, to the millisecond around them. */
function boundaries({ prices }: ModelInfo): bigint[] {
  if (!Array.isArray(prices)) return [];
  return prices.flatMap(({ constraint }) => {
    if (constraint === undefined) return [];
    const times =
      constraint.type === 'start_date'
        ? [at(`${constraint.start_date}T00:00:00Z`)]
        : [constraint.start_time, constraint.end_time].map((time) => at(`2026-11-01T${time}`));
    return times.flatMap((time) => [time - 1_000_000n, time - 1n, time, time + 1_000_000n]);
  });
}

describe('agrees with the price table', () => {
  test(`for all ${models.length} models`, () => {
    assert.ok(models.length > 1000);
    const samples = fc.sample(usages, { numRuns: 4 * models.length, seed: 1 });
    const instants = fc.sample(
      fc.date({ min: new Date('2023-01-01'), max: new Date('2028-01-01'), noInvalidDate: true }),
      {
        numRuns: models.length,
        seed: 2,
      },
    );
    for (const [place, { provider, model }] of models.entries()) {
      for (const usage of samples.slice(4 * place, 4 * place + 4)) {
        assertAgrees(provider.id, model.id, NOW, usage);
        assertAgrees(undefined, model.id, NOW, usage);
        assertAgrees(provider.id, model.id, BigInt(instants[place]!.getTime()) * 1_000_000n, usage);
      }
    }
  });

  test('at the instants where prices change', () => {
    const changing = models.filter(({ model }) => Array.isArray(model.prices));
    assert.ok(changing.length > 0);
    const samples = fc.sample(usages, { numRuns: 10, seed: 3 });
    for (const { provider, model } of changing) {
      for (const time of boundaries(model)) {
        for (const usage of samples) assertAgrees(provider.id, model.id, time, usage);
      }
    }
  });

  test('for any call', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        fc.bigInt({ min: 0n, max: 2n ** 63n }),
        usages,
        ({ provider, model }, time, usage) => assertAgrees(provider.id, model.id, time, usage),
      ),
      { numRuns: 3000 },
    );
  });
});

test('every change of price is on a quarter of an hour', () => {
  for (const { model } of models) {
    for (const time of boundaries(model).filter((_, place) => place % 4 === 2)) {
      assert.equal(time % 900_000_000_000n, 0n, model.id);
    }
  }
});

test("OpenTelemetry's names of providers are those of the table", () => {
  const names: readonly [provider: string, model: string, table: string][] = [
    ['openai', 'gpt-4o', 'openai'],
    ['anthropic', 'claude-sonnet-4-5', 'anthropic'],
    ['aws.bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'aws'],
    ['azure.ai.inference', 'gpt-4o', 'azure'],
    ['azure.ai.openai', 'gpt-4o', 'azure'],
    ['cohere', 'command-r', 'cohere'],
    ['deepseek', 'deepseek-chat', 'deepseek'],
    ['gcp.gemini', 'gemini-2.5-flash', 'google'],
    ['gcp.gen_ai', 'gemini-2.5-flash', 'google'],
    ['gcp.vertex_ai', 'gemini-2.5-flash', 'google'],
    ['groq', 'llama-3.3-70b-versatile', 'groq'],
    ['mistral_ai', 'mistral-large-latest', 'mistral'],
    ['moonshot_ai', 'kimi-k2', 'moonshotai'],
    ['perplexity', 'sonar', 'perplexity'],
    ['together_ai', 'meta-llama/Llama-3.3-70B-Instruct-Turbo', 'together'],
    ['x_ai', 'grok-4', 'x-ai'],
  ];
  const usage = { ...NONE, inputTokens: 1000, outputTokens: 1000 };
  for (const [provider, model, table] of names) {
    const expected = tablePrice(table, model, NOW, usage);
    assert.ok(expected !== undefined && expected > 0, `${table} ${model}`);
    assert.equal(listPrice(provider, model, NOW, usage), Math.round(expected), provider);
  }
});

test("Google's paths name their model", () => {
  const usage = { ...NONE, inputTokens: 1000 };
  const plain = listPrice('gcp.gemini', 'gemini-2.5-flash', NOW, usage);
  assert.equal(listPrice('gcp.gemini', 'models/gemini-2.5-flash', NOW, usage), plain);
  assert.equal(listPrice('gcp.vertex_ai', 'publishers/google/models/gemini-2.5-flash', NOW, usage), plain);
});

test('a provider without the model has no price for it, and without a provider the name decides', () => {
  const usage = { ...NONE, inputTokens: 1000 };
  assert.equal(listPrice('anthropic', 'gpt-4o', NOW, usage), undefined);
  assert.equal(listPrice('ollama', 'gpt-4o', NOW, usage), undefined);
  assert.equal(listPrice('no-such-provider', 'gpt-4o', NOW, usage), undefined);
  assert.equal(listPrice(undefined, 'gpt-4o', NOW, usage), 2_500_000);
});

test("without a provider, a model that only its maker's list has is priced there", () => {
  const usage = { ...NONE, inputTokens: 1000 };
  assert.equal(listPrice(undefined, 'text-embedding-3-small', NOW, usage), 20_000);
  assert.equal(listPrice(undefined, 'sonar', NOW, usage), listPrice('perplexity', 'sonar', NOW, usage));
  for (const open of ['gemma-3', 'codestral', 'llama3.1-8b', 'phi-4'])
    assert.equal(listPrice(undefined, open, NOW, usage), undefined, open);
  const ids = models.filter(({ provider }) => MAKERS.includes(provider.id)).map(({ model }) => model.id);
  assert.equal(new Set(ids).size, ids.length, 'no two makers list the same');
});

describe('audio has prices of its own', () => {
  // USD per million: input 4, cached 0.4, audio 32, cached audio 0.4; output 16, audio 64.
  const realtime = (usage: Partial<PricedUsage>) =>
    listPrice('openai', 'gpt-realtime', NOW, { ...NONE, ...usage });

  test('and is taken out of what it is part of', () => {
    // 400 text × 4 = 1,600; 600 audio × 32 = 19,200; 50 text × 16 = 800; 150 audio × 64 = 9,600: 31,200 millionths
    assert.equal(
      realtime({ inputTokens: 1000, inputAudioTokens: 600, outputTokens: 200, outputAudioTokens: 150 }),
      31_200_000,
    );
    assert.equal(realtime({ inputTokens: 1000, outputTokens: 200 }), 1000 * 4_000 + 200 * 16_000);
  });

  test('also out of the cache, where it is said to be in it', () => {
    // gpt-realtime-mini: input 0.6, cached 0.06, audio 10, cached audio 0.3. 1,000 of input, 600 of it audio, 500 of it cached, 200 of that audio:
    // 100 text × 0.6 = 60; 400 audio × 10 = 4,000; 300 cached text × 0.06 = 18; 200 cached audio × 0.3 = 60: 4,138 millionths
    const usage = { ...NONE, inputTokens: 1000, inputAudioTokens: 600, cacheReadTokens: 500 };
    const price = (cacheAudioReadTokens?: number) =>
      listPrice('openai', 'gpt-realtime-mini', NOW, { ...usage, cacheAudioReadTokens });
    assert.equal(price(200), 4_138_000);
    // Not said: 500 are not cached, so at least 100 of the audio are. 500 × 10 = 5,000; 400 × 0.06 = 24; 100 × 0.3 = 30: 5,054 millionths
    assert.equal(price(), 5_054_000);
  });

  test('where the model has none it costs what other tokens do', () => {
    const usage = { ...NONE, inputTokens: 1000, outputTokens: 200 };
    assert.equal(
      listPrice('openai', 'gpt-4o', NOW, { ...usage, inputAudioTokens: 600, outputAudioTokens: 150 }),
      listPrice('openai', 'gpt-4o', NOW, usage),
    );
  });
});

test('a price by hours is no price for tokens', () => {
  assert.equal(listPrice('groq', 'whisper-large-v3', NOW, { ...NONE, inputTokens: 1000 }), undefined);
});

test('hostile names have no price and do no harm', () => {
  for (const name of [
    '__proto__',
    'constructor',
    '',
    ' ',
    '\u0000',
    '('.repeat(256),
    `gpt-${'9-'.repeat(126)}`,
  ]) {
    assert.equal(listPrice('openai', name, NOW, NONE), undefined, name);
    assert.equal(listPrice(name || 'x', 'no-such-model', NOW, NONE), undefined, name);
  }
  for (let i = 0; i < 20_000; i++) assert.equal(listPrice('ollama', `model ${i}`, NOW, NONE), undefined);
});

test('names that read alike when put together are told apart', () => {
  const usage = { ...NONE, inputTokens: 1000 };
  assert.equal(listPrice('my openai', 'gpt-4o', NOW, usage), 2_500_000);
  assert.equal(listPrice('my', 'openai gpt-4o', NOW, usage), undefined);
});

test('no instant is too early or too late', () => {
  for (const time of [0n, 1n, 2n ** 63n - 1n, 2n ** 64n - 1n]) {
    assertAgrees('openai', 'o3', time, { ...NONE, inputTokens: 1000 });
  }
});

test('the price table says which one it is', () => {
  const manifest = readFileSync('node_modules/@pydantic/genai-prices/package.json', 'utf8');
  assert.equal(
    PRICE_TABLE,
    `@pydantic/genai-prices@${(JSON.parse(manifest) as { version: string }).version}`,
  );
});
