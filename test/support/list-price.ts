import { type CallTerms, type PricedUsage, priceOfUsage } from '../../src/normalize/cost.js';
import type { Usage } from '../../src/normalize/facts.js';
import { NO_OWN_PRICES, type OwnPrices } from '../../src/normalize/own-prices.js';

/** List price of one call, nano-USD; undefined if it has none. */
export function listPrice(
  provider: string | undefined,
  model: string,
  startNs: bigint,
  tokens: PricedUsage,
  own: OwnPrices = NO_OWN_PRICES,
  terms: CallTerms = {},
): number | undefined {
  // Undefined values are left out.
  const given = Object.fromEntries(
    Object.entries({ provider, ...tokens, ...terms }).filter(([, value]) => value !== undefined),
  );
  const usage: Usage = { kind: 'call', dialect: 'test', signal: 'span', model, ...given };
  const price = priceOfUsage(usage, startNs, own);
  return typeof price === 'number' ? price : undefined;
}
