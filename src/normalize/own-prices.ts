import { BoundedMemo } from './bounded-memo.js';
import { normalizeProvider } from './provider.js';
import { serviceTierOf } from './service-tier.js';

/** One validated entry of an operator's price file. Crosses threads as it is. */
export interface OwnPrice {
  /** OpenTelemetry's current name; missing for an entry for every provider. */
  readonly provider?: string;
  /** A model's name, or a prefix followed by `*`. */
  readonly model: string;
  /** The service tier in lower case; missing for an entry for every tier. */
  readonly serviceTier?: string;
  /** Valid from this time, nanoseconds since 1970; missing for an entry without a start. */
  readonly fromNs?: bigint;
  /** USD per million tokens, or per thousand requests. */
  readonly input?: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly cacheWrite1h?: number;
  readonly output?: number;
  readonly reasoning?: number;
  readonly inputAudio?: number;
  readonly outputAudio?: number;
  readonly cacheAudioRead?: number;
  readonly requests?: number;
}

/** The price file cannot be used; the message says why, for the operator. */
export class PriceFileError extends Error {
  override readonly name = 'PriceFileError';
}

const PRICES = {
  input_per_million: 'input',
  cache_read_per_million: 'cacheRead',
  cache_write_per_million: 'cacheWrite',
  cache_write_1h_per_million: 'cacheWrite1h',
  output_per_million: 'output',
  reasoning_per_million: 'reasoning',
  input_audio_per_million: 'inputAudio',
  output_audio_per_million: 'outputAudio',
  cache_audio_read_per_million: 'cacheAudioRead',
  per_thousand_requests: 'requests',
} as const;
const MEMBERS = ['provider', 'model', 'service_tier', 'from', ...Object.keys(PRICES)];
const MAX_PRICE_USD = 1e6;

/**
 * Reads a price file: a JSON array of objects with `model`, prices in US dollars (`input_per_million`, …),
 * and optionally `provider`, `service_tier` and `from`, a date (UTC) or RFC 3339 time. `name` is the file's
 * name in errors.
 *
 * @throws PriceFileError
 */
export function parsePrices(content: string, name: string): OwnPrice[] {
  let entries: unknown;
  try {
    entries = JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new PriceFileError(`${name} is not JSON: ${(error as Error).message.replace(/\s+/g, ' ')}`);
  }
  if (!Array.isArray(entries)) {
    throw new PriceFileError(
      `${name} must hold a JSON array, such as [{"model": "my-model", "input_per_million": 0.5, "output_per_million": 1.5}]`,
    );
  }
  return entries.map((entry, i) => priceOf(entry, `${name}, entry ${i + 1}`));
}

function priceOf(entry: unknown, where: string): OwnPrice {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    throw new PriceFileError(`${where} must be an object`);
  }
  const members = new Map(Object.entries(entry));
  for (const member of members.keys()) {
    if (!MEMBERS.includes(member)) {
      throw new PriceFileError(`${where} has "${member}", which is none of ${MEMBERS.join(', ')}`);
    }
  }
  const text = (member: string): string | undefined => {
    const value = members.get(member);
    if (value === undefined || (typeof value === 'string' && value.trim() !== '')) return value;
    throw new PriceFileError(`${where}: "${member}" must be a text`);
  };
  const model = text('model');
  if (model === undefined) throw new PriceFileError(`${where} has no "model"`);
  const provider = text('provider');
  const tier = text('service_tier');
  const serviceTier = tier === undefined ? undefined : serviceTierOf(tier);
  if (tier !== undefined && serviceTier === undefined) {
    throw new PriceFileError(
      `${where}: "service_tier" must be a tier such as batch, flex or priority; leave it out for all of them`,
    );
  }
  const from = text('from');
  const fromMs = from === undefined ? undefined : Date.parse(from);
  if (from !== undefined && (!/^\d{4}-\d\d-\d\d/.test(from) || Number.isNaN(fromMs))) {
    throw new PriceFileError(`${where}: "from" must be a date such as 2026-01-31 or a time with an offset`);
  }
  const prices: Record<string, number> = {};
  for (const [member, unit] of Object.entries(PRICES)) {
    const value = members.get(member);
    if (value === undefined) continue;
    if (typeof value !== 'number' || !(value >= 0 && value <= MAX_PRICE_USD)) {
      throw new PriceFileError(`${where}: "${member}" must be a number from 0 to ${MAX_PRICE_USD}`);
    }
    prices[unit] = value;
  }
  if (Object.keys(prices).length === 0) {
    throw new PriceFileError(`${where} has no price; give at least one of ${Object.keys(PRICES).join(', ')}`);
  }
  const today = provider === undefined ? undefined : normalizeProvider(provider);
  return {
    model,
    ...(today !== undefined && { provider: today }),
    ...(serviceTier !== undefined && { serviceTier }),
    ...(fromMs !== undefined && { fromNs: BigInt(fromMs) * 1_000_000n }),
    ...prices,
  };
}

const MEMO_CAPACITY = 4096;

/** The operator's prices. They come before those of the table. */
export class OwnPrices {
  readonly #all: readonly OwnPrice[];
  readonly #fitting = new BoundedMemo<readonly OwnPrice[]>(MEMO_CAPACITY);

  constructor(all: readonly OwnPrice[]) {
    this.#all = all;
  }

  /**
   * The entry for a call of this model at this time. The order of precedence: one for the provider before one
   * for all, one for the tier before one for all tiers, a whole name before a prefix, the longest prefix
   * first, the latest start first, and of equals the last in the file.
   */
  find(
    provider: string | undefined,
    model: string,
    startNs: bigint,
    serviceTier?: string,
  ): OwnPrice | undefined {
    if (this.#all.length === 0) return undefined;
    const fitting = this.#fitting.get(`${provider ?? ''}\0${serviceTier ?? ''}\0${model}`, () =>
      this.#all
        .filter((price) => price.provider === undefined || price.provider === provider)
        .filter((price) => price.serviceTier === undefined || price.serviceTier === serviceTier)
        .filter((price) => fits(price.model, model))
        .toReversed()
        .sort(compare),
    );
    return fitting.find(({ fromNs }) => fromNs === undefined || fromNs <= startNs);
  }
}

export const NO_OWN_PRICES = new OwnPrices([]);

function fits(pattern: string, model: string): boolean {
  return pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : pattern === model;
}

function compare(a: OwnPrice, b: OwnPrice): number {
  const isOpen = ({ model }: OwnPrice) => Number(model.endsWith('*'));
  return (
    Number(a.provider === undefined) - Number(b.provider === undefined) ||
    Number(a.serviceTier === undefined) - Number(b.serviceTier === undefined) ||
    isOpen(a) - isOpen(b) ||
    b.model.length - a.model.length ||
    Number((b.fromNs ?? -1n) - (a.fromNs ?? -1n))
  );
}
