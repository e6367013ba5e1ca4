import { callsOf, type Usage } from '../normalize/facts.js';
import { type ModelTotals, TotalsByModel, unpricedIn, unreportedIn } from './model-totals.js';
import { NameCounts } from './name-counts.js';

/** The totals of counting calls and aggregates, from which they can be removed again. */
export class UsageTotals {
  /** Calls. */
  requestCount = 0;
  /**
   * Counting records that are not calls: data points, each an aggregate over an unknown number of calls, and
   * rests of wrappers' totals (U21).
   */
  pointCount = 0;
  /** Tokens. */
  inputTokens = 0n;
  outputTokens = 0n;
  /** Nano-USD over the calls with a known cost, and the number of these. */
  costNanoUsd = 0n;
  pricedCount = 0;
  /** Calls with tokens and an unknown cost. */
  unpricedCount = 0;
  /** Calls without reported tokens. */
  unreportedCount = 0;
  models = new TotalsByModel();
  providers = new NameCounts();

  /** Adds the usage of a record, or removes it. */
  addUsage(usage: Usage, sign: 1 | -1): void {
    const calls = callsOf(usage);
    this.requestCount += sign * calls;
    this.pointCount += sign * (1 - calls);
    if (usage.inputTokens !== undefined) this.inputTokens += BigInt(sign * usage.inputTokens);
    if (usage.outputTokens !== undefined) this.outputTokens += BigInt(sign * usage.outputTokens);
    if (usage.costNanoUsd !== undefined) {
      this.costNanoUsd += BigInt(sign * usage.costNanoUsd);
      this.pricedCount += sign;
    }
    this.unpricedCount += sign * unpricedIn(usage);
    this.unreportedCount += sign * unreportedIn(usage);
    if (usage.model !== undefined) this.models.add(usage.model, usage, sign);
    if (usage.provider !== undefined) this.providers.add(usage.provider, sign);
  }

  /** Makes these totals the sum of others. */
  setToSumOf(all: Iterable<UsageTotals>): void {
    const sum = new UsageTotals();
    for (const each of all) {
      sum.requestCount += each.requestCount;
      sum.pointCount += each.pointCount;
      sum.inputTokens += each.inputTokens;
      sum.outputTokens += each.outputTokens;
      sum.costNanoUsd += each.costNanoUsd;
      sum.pricedCount += each.pricedCount;
      sum.unpricedCount += each.unpricedCount;
      sum.unreportedCount += each.unreportedCount;
      for (const [model, modelSum] of each.models.entries()) sum.models.addSum(model, modelSum);
      for (const [provider, count] of each.providers.entries()) sum.providers.add(provider, count);
    }
    this.all = sum.all;
    this.models = sum.models;
    this.providers = sum.providers;
  }

  /** The same in the form of one model's totals. */
  get all(): ModelTotals {
    const { requestCount, pointCount, inputTokens, outputTokens, costNanoUsd, pricedCount } = this;
    const { unpricedCount, unreportedCount } = this;
    const records = requestCount + pointCount;
    const tokens = { inputTokens, outputTokens, costNanoUsd };
    return { records, calls: requestCount, ...tokens, pricedCount, unpricedCount, unreportedCount };
  }

  /** Sets the amounts, and leaves the names of models and providers. */
  set all(all: ModelTotals) {
    this.requestCount = all.calls;
    this.pointCount = all.records - all.calls;
    this.inputTokens = all.inputTokens;
    this.outputTokens = all.outputTokens;
    this.costNanoUsd = all.costNanoUsd;
    this.pricedCount = all.pricedCount;
    this.unpricedCount = all.unpricedCount;
    this.unreportedCount = all.unreportedCount;
  }
}
