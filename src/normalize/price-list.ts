import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ModelPrice, PriceCalculationResult, TieredPrices } from '@pydantic/genai-prices';
import { isRunner, PRIVATE_ADDRESS, RUNNER_AT_HOME, type ServedBy } from './api-address.js';
import { BoundedMemo } from './bounded-memo.js';
import { normalizeProvider } from './provider.js';

const PACKAGE = '@pydantic/genai-prices';
const require = createRequire(import.meta.url);

/** Source of list prices: name and version of the price table. */
export const PRICE_TABLE = `${PACKAGE}@${packageVersion()}`;

/** The price table: 5 MB of memory for each thread that needs it, which is not before its first model call. */
let loaded: typeof import('@pydantic/genai-prices') | undefined;
function table(): typeof import('@pydantic/genai-prices') {
  loaded ??= require(PACKAGE) as typeof import('@pydantic/genai-prices');
  return loaded;
}

/** USD per unit: one price, or a price from each number of input tokens on. Tiers ascend. */
export type UnitPrice = number | TieredPrices;

/** Prices of a model, USD per million tokens; undefined if the table has no separate price for such tokens. */
export interface ModelPrices {
  readonly input?: UnitPrice | undefined;
  readonly cacheRead?: UnitPrice | undefined;
  readonly cacheWrite?: UnitPrice | undefined;
  /** Tokens written to be kept for an hour. */
  readonly cacheWrite1h?: UnitPrice | undefined;
  readonly output?: UnitPrice | undefined;
  readonly reasoning?: UnitPrice | undefined;
  readonly inputAudio?: UnitPrice | undefined;
  readonly outputAudio?: UnitPrice | undefined;
  readonly cacheAudioRead?: UnitPrice | undefined;
  /** USD per thousand requests. */
  readonly requests?: UnitPrice | undefined;
}

/** Why the list of a provider was chosen (U14). The names are those of the API's `basis`. */
export const PriceBasis = {
  /** The telemetry names the provider. */
  provider: 'provider',
  /** The address of the call is that of the provider's API. */
  address: 'address',
  /** The telemetry names no provider, and the model's name decides. */
  model: 'model',
  /**
   * The named provider has no such model: the list is that of its maker, or of the seller in the model's
   * prefix.
   */
  maker: 'maker',
  /** The call went to a private address, and only its maker runs the model. */
  gateway: 'gateway',
} as const;
export type PriceBasis = (typeof PriceBasis)[keyof typeof PriceBasis];

/** Why a call has no price. The names are those of the API's `unpriced`. */
export const Unpriced = {
  /** The number of tokens is unknown. */
  noTokens: 'no_tokens',
  noModel: 'no_model',
  /** Served locally or at a private address, by a model that anybody can run. */
  local: 'local',
  providerNotListed: 'provider_not_listed',
  modelNotListed: 'model_not_listed',
  /** The list has prices by the hour or the page. */
  notByTokens: 'not_by_tokens',
  /** The price of its service tier is unknown. */
  tierUnknown: 'tier_unknown',
  /** An aggregate of several calls, whose prices depend on each of them. */
  sum: 'sum',
} as const;
export type Unpriced = (typeof Unpriced)[keyof typeof Unpriced];

/** The list's entry for a call's model. */
export interface ListedModel {
  readonly prices: ModelPrices;
  /** The table's names of the provider and of the model. */
  readonly provider: string;
  readonly model: string;
  readonly basis: PriceBasis;
}

/** The called model and its provider. */
export interface CalledModel {
  /** OpenTelemetry's current name. */
  readonly provider: string | undefined;
  readonly model: string;
  readonly servedBy: ServedBy | undefined;
}

/** The table's names of providers that it does not know by OpenTelemetry's name. */
const TABLE_NAMES = new Map([
  ['aws.bedrock', 'aws'],
  ['azure.ai.inference', 'azure'],
  ['azure.ai.openai', 'azure'],
  ['fireworks_ai', 'fireworks'],
  ['gcp.gemini', 'google'],
  ['gcp.gen_ai', 'google'],
  ['gcp.vertex_ai', 'google'],
  ['mistral_ai', 'mistral'],
  ['moonshot_ai', 'moonshotai'],
  ['together_ai', 'together'],
  ['x_ai', 'x-ai'],
  ['z-ai', 'zai'],
]);

/**
 * Names in the provider's place that do not identify it: gateways, and client libraries for any
 * OpenAI-compatible API.
 */
const GATEWAYS = new Set([
  'custom_openai',
  'gateway',
  'litellm',
  'litellm_proxy',
  'openai-compatible',
  'openai_compatible',
  'openai-like',
  'openai_like',
  'portkey',
]);

/**
 * Providers with unique model names, even if the table does not find the provider by them
 * (`text-embedding-3-small`). Open models are named by whoever runs them, even at home.
 */
const MAKERS = ['openai', 'cohere', 'perplexity'];

/**
 * Models that only their maker, or its resellers, run, by their names in lower case: nobody runs them at
 * home.
 */
const OWN_MODELS: readonly (readonly [provider: string, names: RegExp])[] = [
  ['anthropic', /^claude-/],
  ['deepseek', /^deepseek-(?:chat|reasoner)$/],
  ['google', /^gemini-/],
  ['mistral', /^[a-z]+stral-(?:[a-z]+-)?latest$/],
  [
    'openai',
    /^(?:gpt-(?!oss)|chatgpt-|codex-|computer-use|ft:gpt-|o[134](?:-|$)|text-embedding-(?:3-|ada-)|whisper-1$)/,
  ],
  ['perplexity', /^sonar(?:-|$)/],
  ['voyageai', /^voyage-/],
  ['x-ai', /^grok-/],
];

/** Sellers without open models: a model's name with one of these prefixes is never a model at home. */
const SELLERS = new Set([
  'anthropic',
  'aws',
  'azure',
  'cerebras',
  'cloudflare',
  'fireworks',
  'groq',
  'novita',
  'openrouter',
  'perplexity',
  'together',
  'voyageai',
]);

/**
 * Models with open weights, which others than their maker sell: their names contain the number of parameters
 * in billions.
 */
const OPEN_MODEL = /(?:^|[-_.x])\d+(?:\.\d+)?b(?:[-_.:]|$)|gpt-oss|gemma/;

/**
 * The name of a model at Amazon Bedrock, alone or at the end of an ARN or of a path; of an inference profile
 * with its region.
 */
const BEDROCK =
  /(?:^|[/:])((?:(?:apac|au|ca|eu|global|in|jp|sa|us|us-gov)\.)?(?:ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|stability|twelvelabs|writer|zai)\.[a-z0-9][a-z0-9.:_-]*)$/;

/** Google's APIs name models by their path. */
const GOOGLE_PATH = /^(?:models|(?:projects\/.*)?publishers\/.*\/models)\//;

/** Maximum number of makers and sellers in the prefix of a model's name: `openrouter/google/…`. */
const MOST_PREFIXES = 3;

/** Prices that depend on the date or the time of day change on quarters of an hour (UTC). */
const SLOT_NS = 900_000_000_000n;
const MEMO_CAPACITY = 4096;

interface LookUp {
  /** Whether the price depends on the time of the call. */
  readonly changing: boolean;
  readonly listed: ListedModel | undefined;
}

// Looking up a model's price takes some 40 µs, using it less than one.
const known = new BoundedMemo<ListedModel | Unpriced | 'changing'>(MEMO_CAPACITY);
const knownAt = new BoundedMemo<ListedModel | Unpriced>(MEMO_CAPACITY);

/**
 * The list's entry for a model at a time (U14), or the reason why there is none. Names contain no NUL. Never
 * throws.
 */
export function findListed(called: CalledModel, atNs: bigint): ListedModel | Unpriced {
  const { provider, model, servedBy } = called;
  const names = `${servedBy ?? ''}\0${provider ?? ''}\0${model}`;
  const found = known.get(names, () => {
    const outcome = lookUp(called, atNs);
    return typeof outcome === 'object' && outcome.changing ? 'changing' : resultOf(outcome);
  });
  if (found !== 'changing') return found;
  const slot = atNs / SLOT_NS;
  return knownAt.get(`${slot}\0${names}`, () => resultOf(lookUp(called, slot * SLOT_NS)));
}

function resultOf(outcome: LookUp | Unpriced): ListedModel | Unpriced {
  return typeof outcome === 'string' ? outcome : (outcome.listed ?? Unpriced.notByTokens);
}

function lookUp({ provider, model, servedBy }: CalledModel, atNs: bigint): LookUp | Unpriced {
  const time = new Date(Number(atNs / 1_000_000n));
  if (servedBy === RUNNER_AT_HOME || (provider !== undefined && isRunner(provider))) return Unpriced.local;
  if (servedBy === PRIVATE_ADDRESS) {
    if (!isSold(model)) return Unpriced.local;
    const found = lookUp({ provider, model, servedBy: undefined }, atNs);
    return typeof found === 'string' ? found : withBasis(found, PriceBasis.gateway);
  }
  const isNamed = servedBy !== undefined || (provider !== undefined && !GATEWAYS.has(provider));
  const own = servedBy ?? (isNamed ? provider : undefined);
  const found =
    own === undefined
      ? byName(model, time)
      : at(own, model, time, servedBy === undefined ? PriceBasis.provider : PriceBasis.address);
  const otherwise = found ?? byMaker(model, own, time, MOST_PREFIXES);
  if (otherwise !== undefined) return otherwise;
  return own === undefined || isListed(own) ? Unpriced.modelNotListed : Unpriced.providerNotListed;
}

function withBasis({ changing, listed }: LookUp, basis: PriceBasis): LookUp {
  return { changing, listed: listed && { ...listed, basis } };
}

function tableName(provider: string): string {
  return TABLE_NAMES.get(provider) ?? provider;
}

function isListed(provider: string): boolean {
  return table().findProvider({ providerId: tableName(provider) }) !== undefined;
}

/** The model in the list of a provider. */
function at(provider: string, model: string, time: Date, basis: PriceBasis): LookUp | undefined {
  const providerId = tableName(provider);
  return lookUpOf(
    table().calcPrice(NO_TOKENS, modelAt(providerId, model), { timestamp: time, providerId }),
    basis,
  );
}

/** A provider's name for a model in the list. */
function modelAt(providerId: string, model: string): string {
  if (providerId === 'google') return model.slice(model.lastIndexOf('/') + 1);
  return providerId === 'aws' ? (bedrockName(model) ?? model) : model;
}

/** The model by its name alone. */
function byName(model: string, time: Date): LookUp | undefined {
  const found = table().calcPrice(NO_TOKENS, model, { timestamp: time }) ?? atMaker(model, time);
  return lookUpOf(found, PriceBasis.model);
}

/** The price at the maker that lists exactly this model. */
function atMaker(modelId: string, timestamp: Date): PriceCalculationResult {
  for (const providerId of MAKERS) {
    const found = table().calcPrice(NO_TOKENS, modelId, { timestamp, providerId });
    if (found?.model.id === modelId) return found;
  }
  return null;
}

/**
 * The model at the maker or seller in its name, if `provider` lists no model of that name, or there is no
 * provider.
 */
function byMaker(
  model: string,
  provider: string | undefined,
  time: Date,
  prefixes: number,
): LookUp | undefined {
  const basis = provider === undefined ? PriceBasis.model : PriceBasis.maker;
  const name = model.toLowerCase();
  if (GOOGLE_PATH.test(name)) return at('google', model, time, basis);
  if (bedrockName(name) !== undefined) return at('aws', name, time, basis);
  const slash = name.indexOf('/');
  if (slash > 0 && prefixes > 0) {
    const prefix = normalizeProvider(name.slice(0, slash));
    const rest = name.slice(slash + 1);
    if (prefix === undefined) return undefined;
    const isFree = !SELLERS.has(tableName(prefix)) && OPEN_MODEL.test(rest);
    const found = isListed(prefix) && !isFree ? at(prefix, rest, time, basis) : undefined;
    return found ?? (isRunner(prefix) ? undefined : byMaker(rest, provider, time, prefixes - 1));
  }
  // An unknown provider may use any names.
  if (provider !== undefined && !isListed(provider)) return undefined;
  const maker = makerOf(name);
  return maker === undefined ? undefined : at(maker, name, time, basis);
}

function bedrockName(model: string): string | undefined {
  return BEDROCK.exec(model.toLowerCase())?.[1];
}

function makerOf(name: string): string | undefined {
  return OWN_MODELS.find(([, names]) => names.test(name))?.[0];
}

/** Whether a model of this name always costs money, because nobody runs it at home. */
function isSold(model: string): boolean {
  const name = model.toLowerCase();
  if (makerOf(name) !== undefined || bedrockName(name) !== undefined || GOOGLE_PATH.test(name)) return true;
  const slash = name.indexOf('/');
  if (slash <= 0) return false;
  const prefix = normalizeProvider(name.slice(0, slash));
  return (
    (prefix !== undefined && SELLERS.has(tableName(prefix))) || makerOf(name.slice(slash + 1)) !== undefined
  );
}

const NO_TOKENS = { input_tokens: 0, output_tokens: 0 };

function lookUpOf(found: PriceCalculationResult, basis: PriceBasis): LookUp | undefined {
  if (found === null) return undefined;
  const { model, provider, model_price } = found;
  const prices = modelPrices(model_price, model.id);
  return {
    changing: Array.isArray(model.prices),
    listed: prices && { prices, provider: provider.id, model: model.id, basis },
  };
}

function modelPrices(entry: ModelPrice, model: string): ModelPrices | undefined {
  const found: ModelPrices = {
    input: unitPrice(entry.input_mtok),
    cacheRead: unitPrice(entry.cache_read_mtok),
    cacheWrite: unitPrice(entry.cache_write_mtok),
    cacheWrite1h: unitPrice(entry.cache_write_1h_mtok) ?? hourOf(model, unitPrice(entry.input_mtok)),
    output: unitPrice(entry.output_mtok),
    reasoning: unitPrice(entry.output_reasoning_mtok),
    inputAudio: unitPrice(entry.input_audio_mtok),
    outputAudio: unitPrice(entry.output_audio_mtok),
    cacheAudioRead: unitPrice(entry.cache_audio_read_mtok),
    requests: unitPrice(entry.requests_kcount),
  };
  const { input, output, requests } = found;
  return input === undefined && output === undefined && requests === undefined ? undefined : found;
}

/** Anthropic's models cost twice the input price if the cache keeps it for an hour, whoever serves them. */
function hourOf(model: string, input: UnitPrice | undefined): UnitPrice | undefined {
  return input !== undefined && /claude/.test(model) ? times(input, 2) : undefined;
}

/** With ascending tiers. */
function unitPrice(price: number | TieredPrices | undefined): UnitPrice | undefined {
  if (price === undefined || typeof price === 'number') return price;
  return { base: price.base, tiers: price.tiers.toSorted((a, b) => a.start - b.start) };
}

/** Multiplies a price. */
export function times(price: UnitPrice, factor: number): UnitPrice {
  if (typeof price === 'number') return price * factor;
  return {
    base: price.base * factor,
    tiers: price.tiers.map((tier) => ({ start: tier.start, price: tier.price * factor })),
  };
}

function packageVersion(): string {
  const manifest = readFileSync(join(dirname(require.resolve(PACKAGE)), '..', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
