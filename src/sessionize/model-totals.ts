import { callsOf, hasTokens, type Usage } from '../normalize/facts.js';
import { inOrder } from './in-order.js';
import type { AmountsForm, ModelForm } from './stored-form.js';

/** The usage of one model. */
export interface ModelTotals {
  /** Records that count: calls, data points with an unknown number of calls, and rests of wrappers (U21). */
  readonly records: number;
  readonly calls: number;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  /** Nano-USD over the calls with a known cost, and the number of these calls. */
  readonly costNanoUsd: bigint;
  readonly pricedCount: number;
  /** Calls with tokens and an unknown cost, and calls without reported tokens. */
  readonly unpricedCount: number;
  readonly unreportedCount: number;
}

const NOTHING: ModelTotals = {
  records: 0,
  calls: 0,
  inputTokens: 0n,
  outputTokens: 0n,
  costNanoUsd: 0n,
  pricedCount: 0,
  unpricedCount: 0,
  unreportedCount: 0,
};

function added(a: ModelTotals, b: ModelTotals): ModelTotals {
  return {
    records: a.records + b.records,
    calls: a.calls + b.calls,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    costNanoUsd: a.costNanoUsd + b.costNanoUsd,
    pricedCount: a.pricedCount + b.pricedCount,
    unpricedCount: a.unpricedCount + b.unpricedCount,
    unreportedCount: a.unreportedCount + b.unreportedCount,
  };
}

/** The number of calls with tokens and an unknown cost in a record that counts. */
export function unpricedIn(usage: Usage): number {
  return usage.costNanoUsd === undefined && hasTokens(usage) ? callsOf(usage) : 0;
}

/** The number of calls without reported tokens in a record that counts. */
export function unreportedIn(usage: Usage): number {
  return hasTokens(usage) ? 0 : callsOf(usage);
}

/** The usage that counts in a session, by model: a running sum, from which calls can be removed again. */
export class TotalsByModel {
  readonly #sums: Map<string, ModelTotals>;

  constructor(sums: Iterable<readonly [string, ModelTotals]> = []) {
    this.#sums = new Map(sums);
  }

  add(model: string, usage: Usage, sign: 1 | -1): void {
    const { inputTokens = 0, outputTokens = 0, costNanoUsd } = usage;
    const sum = this.#sums.get(model) ?? NOTHING;
    const records = sum.records + sign;
    if (records === 0) {
      this.#sums.delete(model);
      return;
    }
    this.#sums.set(model, {
      records,
      calls: sum.calls + sign * callsOf(usage),
      inputTokens: sum.inputTokens + BigInt(sign * inputTokens),
      outputTokens: sum.outputTokens + BigInt(sign * outputTokens),
      costNanoUsd: sum.costNanoUsd + BigInt(sign * (costNanoUsd ?? 0)),
      pricedCount: sum.pricedCount + (costNanoUsd === undefined ? 0 : sign),
      unpricedCount: sum.unpricedCount + sign * unpricedIn(usage),
      unreportedCount: sum.unreportedCount + sign * unreportedIn(usage),
    });
  }

  /** Adds a sum for a model. The first one is kept as the same object. */
  addSum(model: string, more: ModelTotals): void {
    const sum = this.#sums.get(model);
    this.#sums.set(model, sum === undefined ? more : added(sum, more));
  }

  /** Sorted by code unit. */
  names(): readonly string[] {
    return inOrder([...this.#sums.keys()]);
  }

  /** A snapshot of the sums. */
  entries(): [string, ModelTotals][] {
    return [...this.#sums];
  }

  /**
   * The stored form. `all` is the sum over all records: a model that every record names does not repeat it.
   * Undefined if there are no models.
   */
  form(all: ModelTotals): ModelForm[] | undefined {
    if (this.#sums.size === 0) return undefined;
    return [...this.#sums].map(([model, sum]) =>
      sum.records === all.records ? { model } : { model, own: amountsForm(sum) },
    );
  }

  static ofForm(form: readonly ModelForm[] | undefined, all: ModelTotals): TotalsByModel {
    if (form === undefined) return new TotalsByModel();
    return new TotalsByModel(
      form.map(({ model, own }) => [model, own === undefined ? all : amountsOfForm(own)] as const),
    );
  }
}

export function amountsForm(sum: ModelTotals): AmountsForm {
  const { records, calls, inputTokens, outputTokens, costNanoUsd } = sum;
  const { pricedCount, unpricedCount, unreportedCount } = sum;
  return {
    ...(calls !== 0 && { calls }),
    ...(records !== calls && { points: records - calls }),
    ...(inputTokens !== 0n && { input: String(inputTokens) }),
    ...(outputTokens !== 0n && { output: String(outputTokens) }),
    ...(costNanoUsd !== 0n && { costNanoUsd: String(costNanoUsd) }),
    ...(pricedCount !== 0 && { priced: pricedCount }),
    ...(unpricedCount !== 0 && { unpriced: unpricedCount }),
    ...(unreportedCount !== 0 && { unreported: unreportedCount }),
  };
}

export function amountsOfForm(form: AmountsForm): ModelTotals {
  const { calls = 0, points = 0, input = 0, output = 0, costNanoUsd = 0 } = form;
  const { priced = 0, unpriced = 0, unreported = 0 } = form;
  return {
    records: calls + points,
    calls,
    inputTokens: BigInt(input),
    outputTokens: BigInt(output),
    costNanoUsd: BigInt(costNanoUsd),
    pricedCount: priced,
    unpricedCount: unpriced,
    unreportedCount: unreported,
  };
}
