import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  calcPrice,
  findProvider,
  type ModelPrice,
  type PriceCalculationResult,
  type TieredPrices,
} from '@pydantic/genai-prices';
import { isRunner, PRIVATE_ADDRESS, RUNNER_AT_HOME, type ServedBy } from './api-address.js';
import { BoundedMemo } from './bounded-memo.js';
import { normalizeProvider } from './provider.js';

/** Where list prices come from: name and version of the price table. */
export const PRICE_TABLE = `@pydantic/genai-prices@${packageVersion()}`;

/** USD per unit: one price, or the price from each number of input tokens on. Tiers ascend. */
export type UnitPrice = number | TieredPrices;

/** What a model costs, USD per million tokens; undefined where the table has no price of its own for such tokens. */
export interface ModelPrices {
  readonly input?: UnitPrice | undefined;
  readonly cacheRead?: UnitPrice | undefined;
  readonly cacheWrite?: UnitPrice | undefined;
  /** Written to be kept for an hour. */
  readonly cacheWrite1h?: UnitPrice | undefined;
  readonly output?: UnitPrice | undefined;
  readonly reasoning?: UnitPrice | undefined;
  readonly inputAudio?: UnitPrice | undefined;
  readonly outputAudio?: UnitPrice | undefined;
  readonly cacheAudioRead?: UnitPrice | undefined;
  /** USD per thousand requests. */
  readonly requests?: UnitPrice | undefined;
}

/** By what the list of a provider was chosen (U14). The names are those of the API's `basis`. */
export const PriceBasis = {
  /** The telemetry names the provider. */
  provider: 'provider',
  /** The address of the call is that of the provider's API. */
  address: 'address',
  /** The telemetry names no provider, and the model's name tells. */
  model: 'model',
  /** The provider that the telemetry names has no such model: it is the one of its maker, or of the seller that the model's name begins with. */
  maker: 'maker',
  /** The call went to a private address, and the model is one that only its maker runs. */
  gateway: 'gateway',
} as const;
export type PriceBasis = (typeof PriceBasis)[keyof typeof PriceBasis];

/** Why a call has no price. The names are those of the API's `unpriced`. */
export const Unpriced = {
  /** It is not known how many tokens there were. */
  noTokens: 'no_tokens',
  noModel: 'no_model',
  /** Served at home or at a private address, by a model that anybody can run. */
  local: 'local',
  providerNotListed: 'provider_not_listed',
  modelNotListed: 'model_not_listed',
  /** The list has prices by the hour or the page. */
  notByTokens: 'not_by_tokens',
  /** Served in a tier whose price is not known. */
  tierUnknown: 'tier_unknown',
  /** A sum over several calls, whose prices depend on each of them. */
  sum: 'sum',
} as const;
export type Unpriced = (typeof Unpriced)[keyof typeof Unpriced];

/** What the list has of a call's model. */
export interface ListedModel {
  readonly prices: ModelPrices;
  /** The table's names of the provider and of the model. */
  readonly provider: string;
  readonly model: string;
  readonly basis: PriceBasis;
}

/** Which model of whom was called. */
export interface CalledModel {
  /** In OpenTelemetry's name of today. */
  readonly provider: string | undefined;
  readonly model: string;
  readonly servedBy: ServedBy | undefined;
}

/** What the table calls the providers that it does not know by OpenTelemetry's name. */
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

/** Given in the provider's place, and says nothing of it: gateways, and client libraries for any API that is like OpenAI's. */
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
 * Providers whose models have names that no one else gives, also where the table does not find the provider by them
 * (`text-embedding-3-small`); names of open models are given by whoever runs them, and by those who run them at home.
 */
const MAKERS = ['openai', 'cohere', 'perplexity'];

/** Models that only their maker runs, or those it sells them to, by their names in lower case: nobody has them at home. */
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

/** Those that sell models and give none away: a model's name that begins with one of these is none of a model at home. */
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

/** Models whose weights are given away, and which are sold by others than their maker: named by how many billions they have. */
const OPEN_MODEL = /(?:^|[-_.x])\d+(?:\.\d+)?b(?:[-_.:]|$)|gpt-oss|gemma/;

/** The name of a model at Amazon Bedrock, alone or at the end of an ARN or of a path; of an inference profile with its region. */
const BEDROCK =
  /(?:^|[/:])((?:(?:apac|au|ca|eu|global|in|jp|sa|us|us-gov)\.)?(?:ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|stability|twelvelabs|writer|zai)\.[a-z0-9][a-z0-9.:_-]*)$/;

/** Google's interfaces name models by their path. */
const GOOGLE_PATH = /^(?:models|(?:projects\/.*)?publishers\/.*\/models)\//;

/** Most makers and sellers that the name of a model may begin with: `openrouter/google/…`. */
const MOST_PREFIXES = 3;

/** Prices that depend on the date or the time of day change on quarters of an hour (UTC). */
const SLOT_NS = 900_000_000_000n;
const MEMO_CAPACITY = 4096;

interface LookUp {
  /** The price depends on when the call was. */
  readonly changing: boolean;
  readonly listed: ListedModel | undefined;
}

// Finding a model's price takes some 40 µs, calculating with it less than one.
const known = new BoundedMemo<ListedModel | Unpriced | 'changing'>(MEMO_CAPACITY);
const knownAt = new BoundedMemo<ListedModel | Unpriced>(MEMO_CAPACITY);

/** What the list says of a model at a time (U14), or why it says nothing. Names contain no NUL. Never throws. */
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
  return findProvider({ providerId: tableName(provider) }) !== undefined;
}

/** The model in the list of a provider. */
function at(provider: string, model: string, time: Date, basis: PriceBasis): LookUp | undefined {
  const providerId = tableName(provider);
  return lookUpOf(calcPrice(NO_TOKENS, modelAt(providerId, model), { timestamp: time, providerId }), basis);
}

/** How a provider's list names a model. */
function modelAt(providerId: string, model: string): string {
  if (providerId === 'google') return model.slice(model.lastIndexOf('/') + 1);
  return providerId === 'aws' ? (bedrockName(model) ?? model) : model;
}

/** The model by its name alone. */
function byName(model: string, time: Date): LookUp | undefined {
  const found = calcPrice(NO_TOKENS, model, { timestamp: time }) ?? atMaker(model, time);
  return lookUpOf(found, PriceBasis.model);
}

/** The price at the maker that lists exactly this model. */
function atMaker(modelId: string, timestamp: Date): PriceCalculationResult {
  for (const providerId of MAKERS) {
    const found = calcPrice(NO_TOKENS, modelId, { timestamp, providerId });
    if (found?.model.id === modelId) return found;
  }
  return null;
}

/** The model at whom its name tells of, where `provider` has none of that name, or there is none. */
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
  // An unknown provider can be anybody who gives names as he likes.
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

/** Whether a model of this name is paid for wherever it answers: nobody has it at home. */
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

function modelPrices(table: ModelPrice, model: string): ModelPrices | undefined {
  const found: ModelPrices = {
    input: unitPrice(table.input_mtok),
    cacheRead: unitPrice(table.cache_read_mtok),
    cacheWrite: unitPrice(table.cache_write_mtok),
    cacheWrite1h: unitPrice(table.cache_write_1h_mtok) ?? hourOf(model, unitPrice(table.input_mtok)),
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

/** Anthropic's models cost twice as much as input where the cache keeps it for an hour, whoever serves them. */
function hourOf(model: string, input: UnitPrice | undefined): UnitPrice | undefined {
  return input !== undefined && /claude/.test(model) ? times(input, 2) : undefined;
}

/** With ascending tiers. */
function unitPrice(price: number | TieredPrices | undefined): UnitPrice | undefined {
  if (price === undefined || typeof price === 'number') return price;
  return { base: price.base, tiers: price.tiers.toSorted((a, b) => a.start - b.start) };
}

/** The price, multiplied. */
export function times(price: UnitPrice, factor: number): UnitPrice {
  if (typeof price === 'number') return price * factor;
  return {
    base: price.base * factor,
    tiers: price.tiers.map((tier) => ({ start: tier.start, price: tier.price * factor })),
  };
}

function packageVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@pydantic/genai-prices');
  const manifest = readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
