import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { calcPrice, type ModelInfo, type Provider, waitForUpdate } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { listPrice } from '../../test/support/list-price.js';
import { servedBy } from './api-address.js';
import { type CallTerms, PRICE_TABLE, type PricedUsage, unitPrices } from './cost.js';

// The package's own table. No update is requested, so nothing is fetched.
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

/** The models of these makers have their price without the provider as well. */
const MAKERS = ['openai', 'cohere', 'perplexity'];

function makerOf(id: string): string | undefined {
  return models.find(({ provider, model }) => MAKERS.includes(provider.id) && model.id === id)?.provider.id;
}

/**
 * `maker/model`, and Bedrock's `maker.model`: without a provider these contain more than the package reads
 * from them.
 */
function namesMaker(id: string): boolean {
  return /\/|^(?:[a-z]+\.)?[a-z0-9]+\.[a-z]/.test(id);
}

/** The package's price in nano-USD; undefined if it is not by tokens or requests. */
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

/** Usage around every limit that tiers depend on. */
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
        if (!namesMaker(model.id)) assertAgrees(undefined, model.id, NOW, usage);
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
  assert.equal(listPrice('anthropic', 'llama3.2', NOW, usage), undefined);
  assert.equal(listPrice('ollama', 'gpt-4o', NOW, usage), undefined);
  assert.equal(listPrice('no-such-provider', 'gpt-4o', NOW, usage), undefined);
  assert.equal(listPrice(undefined, 'gpt-4o', NOW, usage), 2_500_000);
});

/** USD per million input tokens; undefined without a price. */
function inputUsd(provider: string | undefined, model: string, terms: CallTerms = {}): number | undefined {
  const price = listPrice(provider, model, NOW, { ...NONE, inputTokens: 1000 }, undefined, terms);
  return price === undefined ? undefined : price / 1e6;
}

/** Why the list of a provider was chosen, and whose it is; or why there is none. */
function chosen(provider: string | undefined, model: string, terms: CallTerms = {}): string {
  const units = unitPrices(
    {
      kind: 'call',
      dialect: 'd',
      signal: 'span',
      model,
      inputTokens: 1000,
      ...(provider !== undefined && { provider }),
      ...(terms.servedBy !== undefined && { servedBy: terms.servedBy }),
      ...(terms.serviceTier !== undefined && { serviceTier: terms.serviceTier }),
    },
    NOW,
  );
  return typeof units === 'string' ? units : `${units.basis} ${units.provider}`;
}

const calledAt = (address: string, port?: string): CallTerms => ({ servedBy: servedBy(address, port) });

describe('an OpenAI-compatible API is priced by its address', () => {
  for (const [address, model, provider] of [
    ['api.deepseek.com', 'deepseek-chat', 'deepseek'],
    ['https://api.groq.com/openai/v1', 'llama-3.3-70b-versatile', 'groq'],
    ['api.x.ai', 'grok-4', 'x-ai'],
    ['https://openrouter.ai/api/v1', 'google/gemini-2.5-flash', 'openrouter'],
    ['api.together.xyz', 'meta-llama/Llama-3.3-70B-Instruct-Turbo', 'together'],
    ['api.fireworks.ai', 'accounts/fireworks/models/deepseek-v3p2', 'fireworks'],
  ] as const) {
    test(address, () => {
      assert.equal(chosen('openai', model, calledAt(address)), `address ${provider}`);
      assert.ok(inputUsd('openai', model, calledAt(address))! > 0);
      assert.equal(chosen(undefined, model, calledAt(address)), `address ${provider}`);
    });
  }

  test('also if it is compatible with Anthropic’s', () => {
    assert.equal(
      chosen('anthropic', 'deepseek-chat', calledAt('https://api.deepseek.com/anthropic')),
      'address deepseek',
    );
  });

  test('and a model that it does not have has no price', () => {
    assert.equal(chosen('openai', 'no-such-model', calledAt('api.groq.com')), 'model_not_listed');
  });
});

describe('a locally served model has no price', () => {
  const HOME = [
    'localhost',
    '127.0.0.1',
    '[::1]:8000',
    '10.1.2.3',
    '192.168.1.9',
    'http://vllm:8000/v1',
    'host.docker.internal',
    'llm.default.svc.cluster.local',
  ];

  test('whatever provider is reported, because anybody can run an open model', () => {
    for (const address of HOME) {
      for (const model of [
        'llama3.2',
        'gpt-oss-20b',
        'openai/gpt-oss-20b',
        'qwen3:8b',
        'deepseek-r1',
        'google/gemma-3-12b',
        'mistral-small-2506',
        'kimi-k2',
      ]) {
        for (const provider of ['openai', undefined, 'groq'])
          assert.equal(
            chosen(provider, model, calledAt(address)),
            'local',
            `${provider} ${model} at ${address}`,
          );
      }
    }
    assert.equal(chosen('ollama', 'llama3.2'), 'local');
    assert.equal(chosen('vllm', 'gpt-oss-20b'), 'local');
    assert.equal(chosen('openai', 'ollama/llama3.2'), 'model_not_listed');
  });

  test('a model that only its maker runs came through a gateway, and has the maker’s price', () => {
    for (const address of ['localhost', '127.0.0.1', 'litellm', '10.1.2.3']) {
      assert.equal(chosen('openai', 'gpt-4o', calledAt(address)), 'gateway openai');
      assert.equal(chosen('openai', 'claude-sonnet-4-5', calledAt(address, '4000')), 'gateway anthropic');
      assert.equal(chosen(undefined, 'anthropic/claude-sonnet-4-5', calledAt(address)), 'gateway anthropic');
      assert.equal(chosen('openai', 'groq/llama-3.3-70b-versatile', calledAt(address)), 'gateway groq');
      assert.equal(inputUsd('openai', 'gpt-4o', calledAt(address)), 2.5);
    }
  });

  test('but not at the address of a program for local models, which accepts any name', () => {
    assert.equal(chosen('openai', 'gpt-4o', calledAt('localhost', '11434')), 'local');
    assert.equal(chosen('openai', 'gpt-4o', calledAt('http://127.0.0.1:1234/v1')), 'local');
    assert.equal(chosen('openai', 'gpt-4o', calledAt('ollama')), 'local');
    assert.equal(chosen('openai', 'gpt-4o', calledAt('my-vllm.internal', '8000')), 'local');
  });

  test('a public address does not matter', () => {
    for (const address of [
      'llm.example.com',
      '8.8.8.8',
      '172.32.0.1',
      'ollama.example.com',
      '',
      'x'.repeat(600),
    ]) {
      assert.equal(servedBy(address, undefined), undefined, address);
    }
    assert.equal(chosen('openai', 'gpt-4o', calledAt('llm.example.com')), 'provider openai');
  });
});

describe('names of models show their maker', () => {
  test('maker/model, if the provider has no list of its own, or not this model', () => {
    for (const provider of ['gateway', 'openai', 'my-gateway', undefined, 'litellm', 'openai-compatible']) {
      assert.equal(inputUsd(provider, 'openai/gpt-4o'), 2.5, provider);
      assert.equal(inputUsd(provider, 'anthropic/claude-sonnet-4-5'), 3, provider);
      assert.equal(inputUsd(provider, 'google/gemini-2.5-flash'), 0.3, provider);
      assert.equal(inputUsd(provider, 'x-ai/grok-4'), 3, provider);
    }
    assert.equal(chosen('gateway', 'openai/gpt-4o'), 'model openai');
    assert.equal(chosen('my-gateway', 'openai/gpt-4o'), 'maker openai');
    assert.equal(chosen('openai', 'groq/llama-3.3-70b-versatile'), 'maker groq');
    assert.equal(chosen('litellm', 'openrouter/google/gemini-2.5-flash'), 'model openrouter');
  });

  test('a provider with a list of its own comes first', () => {
    assert.equal(chosen('openrouter', 'google/gemini-2.5-flash'), 'provider openrouter');
    assert.equal(chosen('groq', 'openai/gpt-oss-20b'), 'provider groq');
  });

  test('open models have no maker, even with a maker as prefix', () => {
    for (const model of [
      'openai/gpt-oss-120b',
      'mistralai/Mistral-7B-Instruct-v0.3',
      'google/gemma-3-27b-it',
      'meta-llama/Llama-3.1-8B-Instruct',
      'Qwen/Qwen3-8B',
    ])
      assert.equal(chosen('openai', model), 'model_not_listed', model);
  });

  test('Bedrock’s, without a provider or under another', () => {
    for (const provider of [undefined, 'openai', 'anthropic', 'litellm']) {
      for (const model of [
        'anthropic.claude-3-haiku-20240307-v1:0',
        'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
        'global.anthropic.claude-haiku-4-5-20251001-v1:0',
        'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
        'arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0',
        'bedrock/us-east-1/amazon.nova-lite-v1:0',
      ])
        assert.match(chosen(provider, model), /^(?:model|maker) aws$/, `${provider} ${model}`);
    }
    assert.equal(
      inputUsd(undefined, 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'),
      inputUsd('aws.bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'),
    );
    assert.equal(
      chosen(
        'aws.bedrock',
        'arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.claude-sonnet-4-20250514-v1:0',
      ),
      'provider aws',
    );
    assert.equal(
      chosen('aws.bedrock', 'arn:aws:bedrock:us-east-1:1:application-inference-profile/ab12'),
      'model_not_listed',
    );
  });

  test('Google’s paths, without a provider', () => {
    assert.equal(inputUsd(undefined, 'models/gemini-2.5-flash'), 0.3);
    assert.equal(
      inputUsd(undefined, 'projects/p/locations/eu/publishers/google/models/gemini-2.5-flash'),
      0.3,
    );
  });

  test('a model under a provider without a model of that name has its maker’s price', () => {
    assert.equal(inputUsd('openai', 'claude-sonnet-4-5'), 3);
    assert.equal(chosen('openai', 'claude-sonnet-4-5'), 'maker anthropic');
    assert.equal(chosen('anthropic', 'gpt-4o'), 'maker openai');
    assert.equal(chosen('groq', 'gemini-2.5-flash'), 'maker google');
    assert.equal(chosen('openai', 'deepseek-chat'), 'maker deepseek');
    // Anybody may have these.
    for (const model of ['deepseek-r1', 'mistral', 'kimi-k2', 'gpt-oss:20b', 'gemma3', 'command-r'])
      assert.equal(chosen('openai', model), 'model_not_listed', model);
  });
});

describe('tokens written to the cache for an hour', () => {
  const write = (provider: string, model: string, cacheWrite1hTokens: number) =>
    listPrice(provider, model, NOW, {
      ...NONE,
      inputTokens: 1000,
      cacheWriteTokens: 800,
      cacheWrite1hTokens,
    });

  test('cost twice the input price at Anthropic', () => {
    // claude-sonnet-4-5: input 3, cache write 3.75, for an hour 6. 200 × 3 = 600; 300 × 3.75 = 1,125; 500 × 6 = 3,000: 4,725 millionths
    assert.equal(write('anthropic', 'claude-sonnet-4-5', 500), 4_725_000);
    assert.equal(write('anthropic', 'claude-sonnet-4-5', 0), 200 * 3000 + 800 * 3750);
    assert.equal(
      write('anthropic', 'claude-sonnet-4-5', 5000),
      200 * 3000 + 800 * 6000,
      'no more than was written',
    );
  });

  test('also if others serve the model, whose lists lack that price', () => {
    // Claude 3.5 Haiku on Bedrock: input 0.8, cache write 1, and so 1.6.
    const model = 'anthropic.claude-3-5-haiku-20241022-v1:0';
    assert.equal(inputUsd('aws.bedrock', model), 0.8);
    assert.equal(write('aws.bedrock', model, 800), 200 * 800 + 800 * 1600);
  });
});

describe('another service tier', () => {
  test('has half the price in batches and in flex, if known', () => {
    assert.equal(inputUsd('openai', 'gpt-5', { serviceTier: 'flex' }), 0.625);
    assert.equal(inputUsd('openai', 'gpt-4o', { serviceTier: 'batch' }), 1.25);
    assert.equal(inputUsd('anthropic', 'claude-sonnet-4-5', { serviceTier: 'batch' }), 1.5);
    assert.equal(inputUsd('gcp.gemini', 'gemini-2.5-flash', { serviceTier: 'flex' }), 0.15);
  });

  test('of priority has the prices that OpenAI publishes, all parts of them', () => {
    // GPT-4o: input 4.25, cached 2.125, output 17. 1,000 of input, 400 of them cached, 100 of output: 2,550 + 850 + 1,700 = 5,100 millionths
    const usage = { ...NONE, inputTokens: 1000, cacheReadTokens: 400, outputTokens: 100 };
    assert.equal(
      listPrice('openai', 'gpt-4o', NOW, usage, undefined, { serviceTier: 'priority' }),
      5_100_000,
    );
    assert.equal(inputUsd('openai', 'gpt-5-mini', { serviceTier: 'priority' }), 0.45);
    assert.equal(inputUsd('openai', 'gpt-4o-mini', { serviceTier: 'priority' }), 0.25);
    assert.equal(inputUsd('openai', 'o4-mini', { serviceTier: 'priority' }), 2);
    assert.equal(inputUsd('openai', 'gpt-4.1', { serviceTier: 'priority' }), 3.5);
  });

  test('without a known price has none', () => {
    for (const [provider, model, serviceTier] of [
      ['anthropic', 'claude-sonnet-4-5', 'priority'],
      ['openai', 'gpt-4o', 'scale'],
      ['openai', 'gpt-3.5-turbo', 'priority'],
      ['groq', 'llama-3.3-70b-versatile', 'performance'],
    ] as const)
      assert.equal(chosen(provider, model, { serviceTier }), 'tier_unknown', `${model} ${serviceTier}`);
    const long = { ...NONE, inputTokens: 128_001 };
    assert.equal(
      listPrice('openai', 'gpt-4.1', NOW, long, undefined, { serviceTier: 'priority' }),
      undefined,
    );
  });
});

test('a long context costs what the list asks for it, each part of it', () => {
  // claude-sonnet-4-5 beyond 200,000 tokens of input: input 6, cached 0.6, written 7.5, for an hour 12, output 22.5
  const usage = {
    ...NONE,
    inputTokens: 300_000,
    cacheReadTokens: 100_000,
    cacheWriteTokens: 50_000,
    cacheWrite1hTokens: 10_000,
    outputTokens: 1_000,
  };
  // 150,000 × 6 = 900,000; 100,000 × 0.6 = 60,000; 40,000 × 7.5 = 300,000; 10,000 × 12 = 120,000; 1,000 × 22.5 = 22,500: 1,402,500 millionths
  assert.equal(listPrice('anthropic', 'claude-sonnet-4-5', NOW, usage), 1_402_500_000);
  const half = listPrice('anthropic', 'claude-sonnet-4-5', NOW, usage, undefined, { serviceTier: 'batch' });
  assert.equal(half, 701_250_000);
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

  test('and is subtracted from the tokens it is part of', () => {
    // 400 text × 4 = 1,600; 600 audio × 32 = 19,200; 50 text × 16 = 800; 150 audio × 64 = 9,600: 31,200 millionths
    assert.equal(
      realtime({ inputTokens: 1000, inputAudioTokens: 600, outputTokens: 200, outputAudioTokens: 150 }),
      31_200_000,
    );
    assert.equal(realtime({ inputTokens: 1000, outputTokens: 200 }), 1000 * 4_000 + 200 * 16_000);
  });

  test('also from the cache, if its cached part is reported', () => {
    // gpt-realtime-mini: input 0.6, cached 0.06, audio 10, cached audio 0.3. 1,000 of input, 600 of it audio, 500 of it cached, 200 of that audio:
    // 100 text × 0.6 = 60; 400 audio × 10 = 4,000; 300 cached text × 0.06 = 18; 200 cached audio × 0.3 = 60: 4,138 millionths
    const usage = { ...NONE, inputTokens: 1000, inputAudioTokens: 600, cacheReadTokens: 500 };
    const price = (cacheAudioReadTokens?: number) =>
      listPrice('openai', 'gpt-realtime-mini', NOW, { ...usage, cacheAudioReadTokens });
    assert.equal(price(200), 4_138_000);
    // Not reported: 500 are not cached, so at least 100 of the audio are. 500 × 10 = 5,000; 400 × 0.06 = 24;
    // 100 × 0.3 = 30: 5,054 millionths
    assert.equal(price(), 5_054_000);
  });

  test('if the model has no audio price, it has that of other tokens', () => {
    const usage = { ...NONE, inputTokens: 1000, outputTokens: 200 };
    assert.equal(
      listPrice('openai', 'gpt-4o', NOW, { ...usage, inputAudioTokens: 600, outputAudioTokens: 150 }),
      listPrice('openai', 'gpt-4o', NOW, usage),
    );
  });
});

test('a price by hours does not apply to tokens', () => {
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

test('names whose concatenations are equal are distinguished', () => {
  const usage = { ...NONE, inputTokens: 1000 };
  assert.equal(listPrice('my openai', 'gpt-4o', NOW, usage), 2_500_000);
  assert.equal(listPrice('my', 'openai gpt-4o', NOW, usage), undefined);
});

test('no instant is too early or too late', () => {
  for (const time of [0n, 1n, 2n ** 63n - 1n, 2n ** 64n - 1n]) {
    assertAgrees('openai', 'o3', time, { ...NONE, inputTokens: 1000 });
  }
});

test('the price table names its version', () => {
  const manifest = readFileSync('node_modules/@pydantic/genai-prices/package.json', 'utf8');
  assert.equal(
    PRICE_TABLE,
    `@pydantic/genai-prices@${(JSON.parse(manifest) as { version: string }).version}`,
  );
});
