/**
 * Prices of service tiers as multiples of the usual price. The price table has usual prices only, so these
 * come from the providers' own pages. A tier that is not listed here has no known price.
 */

/** Maximum length of a tier's name, UTF-16 units. */
const MAX_LENGTH = 64;

/** Names of the usual tier, and of no preference: `auto` is a request's, and the answer names the tier used. */
const USUAL = new Set([
  'auto',
  'default',
  'none',
  'normal',
  'null',
  'on-demand',
  'on_demand',
  'standard',
  'standard_only',
  'undefined',
  'unspecified',
]);

/** The tier of a call in lower case; undefined for the usual one. */
export function serviceTierOf(raw: string): string | undefined {
  const tier = raw
    .trim()
    .toLowerCase()
    .replace(/^service_tier_/, '');
  if (tier === '' || tier.length > MAX_LENGTH || USUAL.has(tier)) return undefined;
  return tier === 'batches' || tier === 'batch_api' ? 'batch' : tier;
}

/**
 * By the table's name of the provider. Batches cost half at all of these; so does `flex` at OpenAI and
 * Google.
 */
const FACTORS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  anthropic: { batch: 0.5 },
  aws: { batch: 0.5 },
  azure: { batch: 0.5 },
  google: { batch: 0.5, flex: 0.5 },
  groq: { batch: 0.5 },
  mistral: { batch: 0.5 },
  openai: { batch: 0.5, flex: 0.5 },
};

/**
 * Priority processing, by the table's name of the provider and of the model. OpenAI:
 * openai.com/api-priority-processing, whose prices of input, cached input and output are each this multiple
 * of the usual ones. Google: the price list of Gemini.
 */
const PRIORITY: Readonly<Record<string, readonly (readonly [models: RegExp, factor: number])[]>> = {
  google: [[/^gemini-3\.[78]-flash$/, 1.8]],
  openai: [
    [/^gpt-5(?:\.[124])?$|^gpt-5\.4-mini$|^gpt-4\.1-nano$/, 2],
    [/^gpt-5-mini$/, 1.8],
    [/^gpt-4\.1(?:-mini)?$|^o3$|^gpt-4o-2024-05-13$/, 1.75],
    [/^gpt-4o$/, 1.7],
    [/^gpt-4o-mini$/, 5 / 3],
    [/^o4-mini$/, 20 / 11],
  ],
};

/** The multiple of the usual price; undefined if unknown. `provider` and `model` are the table's names. */
export function tierFactor(provider: string, model: string, tier: string): number | undefined {
  const factors = Object.hasOwn(FACTORS, provider) ? FACTORS[provider]! : {};
  if (Object.hasOwn(factors, tier)) return factors[tier];
  if (tier !== 'priority' || !Object.hasOwn(PRIORITY, provider)) return undefined;
  return PRIORITY[provider]!.find(([models]) => models.test(model))?.[1];
}

/** OpenAI serves no request with more input tokens than this with priority. */
const LONGEST_PRIORITY = 128_000;

/** Whether the provider serves a call with this many input tokens in this tier at the tier's price. */
export function isInTier(provider: string, tier: string, inputTokens: number): boolean {
  return provider !== 'openai' || tier !== 'priority' || inputTokens <= LONGEST_PRIORITY;
}
