import type { ServedBy } from './api-address.js';
import type { Usage } from './facts.js';
import { NO_OWN_PRICES, type OwnPrices } from './own-prices.js';
import {
  findListed,
  type ModelPrices,
  PRICE_TABLE,
  type PriceBasis,
  times,
  type UnitPrice,
  Unpriced,
} from './price-list.js';
import { isInTier, tierFactor } from './service-tier.js';

export { PRICE_TABLE, PriceBasis, Unpriced } from './price-list.js';

/** Tokens of one call, normalised: input includes cache reads and writes, output includes reasoning. */
export interface PricedUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** Part of `cacheWriteTokens`: tokens to be kept for an hour. */
  readonly cacheWrite1hTokens?: number;
  readonly reasoningTokens: number;
  /** Part of `inputTokens`. */
  readonly inputAudioTokens?: number;
  /** Part of `outputTokens`, and not of `reasoningTokens`. */
  readonly outputAudioTokens?: number;
  /** Part of `cacheReadTokens` and of `inputAudioTokens`; undefined if unknown. */
  readonly cacheAudioReadTokens?: number | undefined;
}

/** The name of the operator's prices as a price source. */
export const OWN_PRICE_SOURCE = 'the price file';

/** The conditions of a call besides its model and its tokens. */
export interface CallTerms {
  readonly servedBy?: ServedBy | undefined;
  /** In lower case; undefined for the usual tier. */
  readonly serviceTier?: string | undefined;
}

/** The prices of a call. */
interface Found {
  readonly prices: ModelPrices;
  /** Undefined for the operator's own prices. */
  readonly listed?: { readonly provider: string; readonly basis: PriceBasis };
}

/**
 * U14: the list price of a call with tokens and a model in whole nano-USD, rounded once, or the reason why it
 * has none. The operator's own prices come before the table's. Without a provider the model's name decides.
 * `provider` is OpenTelemetry's current name; neither name contains NUL. Never throws.
 */
export function priceOfUsage(usage: Usage, atNs: bigint, own: OwnPrices): number | Unpriced {
  const found = pricesFor(usage, atNs, own);
  if (typeof found === 'string') return found;
  const tokens = {
    inputTokens: usage.inputTokens ?? 0,
    outputTokens: usage.outputTokens ?? 0,
    cacheReadTokens: usage.cacheReadTokens ?? 0,
    cacheWriteTokens: usage.cacheWriteTokens ?? 0,
    cacheWrite1hTokens: usage.cacheWrite1hTokens ?? 0,
    reasoningTokens: usage.reasoningTokens ?? 0,
    inputAudioTokens: usage.inputAudioTokens ?? 0,
    outputAudioTokens: usage.outputAudioTokens ?? 0,
    cacheAudioReadTokens: usage.cacheAudioReadTokens,
  };
  return Math.round(amount(found.prices, tokens) * 1e9);
}

/** Prices of one call: USD per million tokens, per thousand requests, and their source. */
export type UnitPrices = { readonly [Unit in keyof ModelPrices]: number | undefined } & {
  readonly source: string;
  /** The table's name of the provider whose list is used, and why it was chosen. */
  readonly provider?: string;
  readonly basis?: PriceBasis;
};

/** The unit prices of a call without a reported cost, or the reason why there are none. */
export function unitPrices(
  usage: Usage,
  atNs: bigint,
  own: OwnPrices = NO_OWN_PRICES,
): UnitPrices | Unpriced {
  const found = pricesFor(usage, atNs, own);
  if (typeof found === 'string') return found;
  const { prices, listed } = found;
  const { inputTokens = 0 } = usage;
  const unit = (price: UnitPrice | undefined) => (price === undefined ? undefined : at(price, inputTokens));
  return {
    source: listed === undefined ? OWN_PRICE_SOURCE : PRICE_TABLE,
    ...(listed && { provider: listed.provider, basis: listed.basis }),
    input: unit(prices.input),
    cacheRead: unit(prices.cacheRead),
    cacheWrite: unit(prices.cacheWrite),
    cacheWrite1h: unit(prices.cacheWrite1h),
    output: unit(prices.output),
    reasoning: unit(prices.reasoning),
    inputAudio: unit(prices.inputAudio),
    outputAudio: unit(prices.outputAudio),
    cacheAudioRead: unit(prices.cacheAudioRead),
    requests: unit(prices.requests),
  };
}

function pricesFor(usage: Usage, atNs: bigint, own: OwnPrices): Found | Unpriced {
  const { kind, provider, model, inputTokens = 0, servedBy, serviceTier } = usage;
  if (kind === 'sum') return Unpriced.sum;
  if (usage.inputTokens === undefined && usage.outputTokens === undefined) return Unpriced.noTokens;
  if (model === undefined) return Unpriced.noModel;
  return pricesOf(provider, model, atNs, inputTokens, own, { servedBy, serviceTier });
}

function pricesOf(
  provider: string | undefined,
  model: string,
  atNs: bigint,
  inputTokens: number,
  own: OwnPrices,
  { servedBy, serviceTier }: CallTerms,
): Found | Unpriced {
  const chosen = own.find(provider, model, atNs, serviceTier);
  if (chosen !== undefined) return { prices: chosen };
  const listed = findListed({ provider, model, servedBy }, atNs);
  if (typeof listed === 'string' || serviceTier === undefined)
    return typeof listed === 'string' ? listed : { prices: listed.prices, listed };
  const factor = tierFactor(listed.provider, listed.model, serviceTier);
  if (factor === undefined || !isInTier(listed.provider, serviceTier, inputTokens))
    return Unpriced.tierUnknown;
  return { prices: multiplied(listed.prices, factor), listed };
}

function multiplied(prices: ModelPrices, factor: number): ModelPrices {
  return Object.fromEntries(
    Object.entries(prices).map(([unit, price]) => [
      unit,
      price === undefined ? undefined : times(price as UnitPrice, factor),
    ]),
  );
}

/**
 * USD. Tokens with a price of their own are subtracted from the tokens they are part of, like in the table's
 * own calculation.
 */
function amount(model: ModelPrices, usage: PricedUsage): number {
  const all = usage.inputTokens;
  const tokens = amountOfInput(model, usage) + amountOfOutput(model, usage);
  return tokens / 1e6 + at(model.requests, all) / 1e3;
}

/** Millionths of USD. Each token is in exactly one of the terms. */
function amountOfInput(model: ModelPrices, usage: PricedUsage): number {
  const { input, cacheRead, cacheWrite, cacheWrite1h, inputAudio, cacheAudioRead } = model;
  const all = usage.inputTokens;
  const read = cacheRead === undefined && cacheAudioRead === undefined ? 0 : usage.cacheReadTokens;
  const hour =
    cacheWrite1h === undefined ? 0 : Math.min(usage.cacheWrite1hTokens ?? 0, usage.cacheWriteTokens);
  const write = cacheWrite === undefined ? 0 : usage.cacheWriteTokens - hour;
  const uncached = all - read - write - hour;
  const audio = inputAudio === undefined && cacheAudioRead === undefined ? 0 : (usage.inputAudioTokens ?? 0);
  // If it is unknown how much of the audio was cached, the least possible amount is assumed. Audio that is
  // neither fresh nor read from the cache was written to it.
  const freshAudio = Math.min(uncached, audio - Math.min(audio, read, usage.cacheAudioReadTokens ?? 0));
  const cachedAudio = Math.min(read, audio - freshAudio);
  return (
    at(input, all) * (uncached - freshAudio) +
    at(inputAudio ?? input, all) * freshAudio +
    at(cacheRead ?? input, all) * (read - cachedAudio) +
    at(cacheAudioRead ?? cacheRead, all) * cachedAudio +
    at(cacheWrite, all) * write +
    at(cacheWrite1h, all) * hour
  );
}

/** Millionths of USD. */
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
