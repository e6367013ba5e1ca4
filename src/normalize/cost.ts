import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  calcPrice,
  type ModelPrice,
  type PriceCalculationResult,
  type TieredPrices,
} from '@pydantic/genai-prices';
import { BoundedMemo } from './bounded-memo.js';
import { NO_OWN_PRICES, type OwnPrices } from './own-prices.js';

/** Tokens of one call, normalised: input includes cache reads and writes, output includes reasoning. */
export interface PricedUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
  /** Of the input. */
  readonly inputAudioTokens?: number;
  /** Of the output, and no reasoning. */
  readonly outputAudioTokens?: number;
  /** Of what was read from the cache, and of the audio of the input; undefined where nothing tells how much it was. */
  readonly cacheAudioReadTokens?: number | undefined;
}

/** Where list prices come from: name and version of the price table. */
export const PRICE_TABLE = `@pydantic/genai-prices@${packageVersion()}`;

/** What the operator's prices are called as a source. */
export const OWN_PRICE_SOURCE = 'the price file';

/** What the table calls the providers that it does not know by OpenTelemetry's name. */
const TABLE_NAMES = new Map([
  ['aws.bedrock', 'aws'],
  ['azure.ai.inference', 'azure'],
  ['azure.ai.openai', 'azure'],
  ['gcp.gemini', 'google'],
  ['gcp.gen_ai', 'google'],
  ['gcp.vertex_ai', 'google'],
  ['mistral_ai', 'mistral'],
  ['moonshot_ai', 'moonshotai'],
  ['together_ai', 'together'],
  ['x_ai', 'x-ai'],
]);

/**
 * Providers whose models have names that no one else gives, also where the table does not find the provider by them
 * (`text-embedding-3-small`); names of open models are given by whoever runs them, and by those who run them at home.
 */
const MAKERS = ['openai', 'cohere', 'perplexity'];

/** Prices that depend on the date or the time of day change on quarters of an hour (UTC). */
const SLOT_NS = 900_000_000_000n;
const MEMO_CAPACITY = 4096;

/** USD per unit: one price, or the price from each number of input tokens on. Tiers ascend. */
type UnitPrice = number | TieredPrices;

/** What a model costs, USD per million tokens; undefined where the table has no price of its own for such tokens. */
interface ModelPrices {
  readonly input?: UnitPrice | undefined;
  readonly cacheRead?: UnitPrice | undefined;
  readonly cacheWrite?: UnitPrice | undefined;
  readonly output?: UnitPrice | undefined;
  readonly reasoning?: UnitPrice | undefined;
  readonly inputAudio?: UnitPrice | undefined;
  readonly outputAudio?: UnitPrice | undefined;
  readonly cacheAudioRead?: UnitPrice | undefined;
  /** USD per thousand requests. */
  readonly requests?: UnitPrice | undefined;
}

/** `changing`: the price depends on when the call was. */
type Found = ModelPrices | 'changing' | undefined;

// Finding a model's price takes some 40 µs, calculating with it less than one.
const prices = new BoundedMemo<Found>(MEMO_CAPACITY);
const changingPrices = new BoundedMemo<ModelPrices | undefined>(MEMO_CAPACITY);

/**
 * List price of one call in whole nano-USD, rounded once; the operator's own prices come before the table's. Undefined where neither has this model at this provider,
 * and where its price is by something else than tokens, such as hours. Without a provider the model's name decides.
 * `provider` is in OpenTelemetry's name of today; neither name contains NUL. Never throws.
 */
export function listPrice(
  provider: string | undefined,
  model: string,
  startNs: bigint,
  usage: PricedUsage,
  own: OwnPrices = NO_OWN_PRICES,
): number | undefined {
  const found = own.find(provider, model, startNs) ?? pricesOf(provider, model, startNs);
  return found === undefined ? undefined : Math.round(amount(found, usage) * 1e9);
}

/** Prices of one call: USD per million tokens, per thousand requests, and where they are from. */
export type UnitPrices = { readonly [Unit in keyof ModelPrices]: number | undefined } & {
  readonly source: string;
};

/** The unit prices that `listPrice` calculates with. */
export function unitPrices(
  provider: string | undefined,
  model: string,
  startNs: bigint,
  inputTokens: number,
  own: OwnPrices = NO_OWN_PRICES,
): UnitPrices | undefined {
  const chosen = own.find(provider, model, startNs);
  const found = chosen ?? pricesOf(provider, model, startNs);
  if (found === undefined) return undefined;
  const unit = (price: UnitPrice | undefined) => (price === undefined ? undefined : at(price, inputTokens));
  return {
    source: chosen === undefined ? PRICE_TABLE : OWN_PRICE_SOURCE,
    input: unit(found.input),
    cacheRead: unit(found.cacheRead),
    cacheWrite: unit(found.cacheWrite),
    output: unit(found.output),
    reasoning: unit(found.reasoning),
    inputAudio: unit(found.inputAudio),
    outputAudio: unit(found.outputAudio),
    cacheAudioRead: unit(found.cacheAudioRead),
    requests: unit(found.requests),
  };
}

function pricesOf(provider: string | undefined, model: string, startNs: bigint): ModelPrices | undefined {
  const names = `${provider ?? ''}\0${model}`;
  const found = prices.get(names, () => {
    const price = lookUp(provider, model, startNs);
    return price?.changing ? 'changing' : price?.prices;
  });
  if (found !== 'changing') return found;
  const slot = startNs / SLOT_NS;
  return changingPrices.get(`${slot}\0${names}`, () => lookUp(provider, model, slot * SLOT_NS)?.prices);
}

const NO_TOKENS = { input_tokens: 0, output_tokens: 0 };

function lookUp(
  provider: string | undefined,
  model: string,
  timeNs: bigint,
): { readonly changing: boolean; readonly prices: ModelPrices | undefined } | undefined {
  const providerId = provider === undefined ? undefined : (TABLE_NAMES.get(provider) ?? provider);
  // Google's interfaces name models by their path.
  const modelId = providerId === 'google' ? model.slice(model.lastIndexOf('/') + 1) : model;
  const timestamp = new Date(Number(timeNs / 1_000_000n));
  const found =
    providerId === undefined
      ? (calcPrice(NO_TOKENS, modelId, { timestamp }) ?? atMaker(modelId, timestamp))
      : calcPrice(NO_TOKENS, modelId, { timestamp, providerId });
  if (found === null) return undefined;
  return { changing: Array.isArray(found.model.prices), prices: modelPrices(found.model_price) };
}

/** The price at the maker that lists exactly this model. */
function atMaker(modelId: string, timestamp: Date): PriceCalculationResult {
  for (const providerId of MAKERS) {
    const found = calcPrice(NO_TOKENS, modelId, { timestamp, providerId });
    if (found?.model.id === modelId) return found;
  }
  return null;
}

function modelPrices(table: ModelPrice): ModelPrices | undefined {
  const found: ModelPrices = {
    input: unitPrice(table.input_mtok),
    cacheRead: unitPrice(table.cache_read_mtok),
    cacheWrite: unitPrice(table.cache_write_mtok),
    output: unitPrice(table.output_mtok),
    reasoning: unitPrice(table.output_reasoning_mtok),
    inputAudio: unitPrice(table.input_audio_mtok),
    outputAudio: unitPrice(table.output_audio_mtok),
    cacheAudioRead: unitPrice(table.cache_audio_read_mtok),
    requests: unitPrice(table.requests_kcount),
  };
  const { input, output, requests } = found;
  return input === undefined && output === undefined && requests === undefined ? undefined : found;
}

/** With ascending tiers. */
function unitPrice(price: number | TieredPrices | undefined): UnitPrice | undefined {
  if (price === undefined || typeof price === 'number') return price;
  return { base: price.base, tiers: price.tiers.toSorted((a, b) => a.start - b.start) };
}

/** USD. Tokens that have a price of their own are taken out of those they are part of, as the table's own calculation does. */
function amount(model: ModelPrices, usage: PricedUsage): number {
  const all = usage.inputTokens;
  const tokens = amountOfInput(model, usage) + amountOfOutput(model, usage);
  return tokens / 1e6 + at(model.requests, all) / 1e3;
}

/** Millionths of USD. Each token is in one of the terms, so that none is paid twice. */
function amountOfInput(model: ModelPrices, usage: PricedUsage): number {
  const { input, cacheRead, cacheWrite, inputAudio, cacheAudioRead } = model;
  const all = usage.inputTokens;
  const read = cacheRead === undefined && cacheAudioRead === undefined ? 0 : usage.cacheReadTokens;
  const write = cacheWrite === undefined ? 0 : usage.cacheWriteTokens;
  const uncached = all - read - write;
  const audio = inputAudio === undefined && cacheAudioRead === undefined ? 0 : (usage.inputAudioTokens ?? 0);
  // Where nothing tells how much of the audio was cached, as little as possible is. What fits neither here nor there was written to the cache.
  const freshAudio = Math.min(uncached, audio - Math.min(audio, read, usage.cacheAudioReadTokens ?? 0));
  const cachedAudio = Math.min(read, audio - freshAudio);
  return (
    at(input, all) * (uncached - freshAudio) +
    at(inputAudio ?? input, all) * freshAudio +
    at(cacheRead ?? input, all) * (read - cachedAudio) +
    at(cacheAudioRead ?? cacheRead, all) * cachedAudio +
    at(cacheWrite, all) * write
  );
}

/** Millionths of USD */
function amountOfOutput(model: ModelPrices, usage: PricedUsage): number {
  const all = usage.inputTokens;
  const reasoning = model.reasoning === undefined ? 0 : usage.reasoningTokens;
  const audio = model.outputAudio === undefined ? 0 : (usage.outputAudioTokens ?? 0);
  return (
    at(model.output, all) * (usage.outputTokens - reasoning - audio) +
    at(model.reasoning, all) * reasoning +
    at(model.outputAudio, all) * audio
  );
}

/** The price in a call with this many input tokens: that of the highest tier it exceeds. */
function at(price: UnitPrice | undefined, inputTokens: number): number {
  if (price === undefined) return 0;
  if (typeof price === 'number') return price;
  let unit = price.base;
  for (const tier of price.tiers) if (inputTokens > tier.start) unit = tier.price;
  return unit;
}

function packageVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@pydantic/genai-prices');
  const manifest = readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
