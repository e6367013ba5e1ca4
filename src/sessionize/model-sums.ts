import { callsOf, tellsTokens, type Usage } from '../normalize/facts.js';
import { inOrder } from './in-order.js';

/** What was used of one model. */
export interface ModelSum {
  /** Counted records: calls, data points of an unknown number of calls, and rests of sums. */
  readonly records: number;
  readonly calls: number;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  /** Nano-USD over the calls with a known cost, and how many those are. */
  readonly costNanoUsd: bigint;
  readonly pricedCount: number;
  /** Calls with tokens and without a known cost, and calls whose number of tokens nobody told. */
  readonly unpricedCount: number;
  readonly unreportedCount: number;
}

const NOTHING: ModelSum = {
  records: 0,
  calls: 0,
  inputTokens: 0n,
  outputTokens: 0n,
  costNanoUsd: 0n,
  pricedCount: 0,
  unpricedCount: 0,
  unreportedCount: 0,
};

function added(a: ModelSum, b: ModelSum): ModelSum {
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

/** How many calls with tokens and without a known cost a record that counts is. */
export function unpricedIn(usage: Usage): number {
  return usage.costNanoUsd === undefined && tellsTokens(usage) ? callsOf(usage) : 0;
}

/** How many calls a record that counts is of whose tokens it does not tell. */
export function unreportedIn(usage: Usage): number {
  return tellsTokens(usage) ? 0 : callsOf(usage);
}

/** What counts in a session by the model that it names: a running sum, from which calls can be taken out again. */
export class ModelSums {
  readonly #sums: Map<string, ModelSum>;

  constructor(sums: Iterable<readonly [string, ModelSum]> = []) {
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

  /** Adds all that was used of a model elsewhere. Its sum is kept as it is where there is none yet. */
  addSum(model: string, more: ModelSum): void {
    const sum = this.#sums.get(model);
    this.#sums.set(model, sum === undefined ? more : added(sum, more));
  }

  /** Sorted by code unit. */
  names(): readonly string[] {
    return inOrder([...this.#sums.keys()]);
  }

  /** The sums as they are now. */
  entries(): [string, ModelSum][] {
    return [...this.#sums];
  }

  /** For `decode` with the sum of all calls, which says it all where every record names one model. */
  encode(all: ModelSum): EncodedModel[] {
    return [...this.#sums].map(([model, sum]) =>
      sum.records === all.records
        ? [model]
        : [
            model,
            sum.records,
            sum.calls,
            String(sum.inputTokens),
            String(sum.outputTokens),
            String(sum.costNanoUsd),
            sum.pricedCount,
            sum.unpricedCount,
            sum.unreportedCount,
          ],
    );
  }

  static decode(encoded: readonly EncodedModel[], all: ModelSum): ModelSums {
    return new ModelSums(
      encoded.map(([model, records, calls, input, output, cost, pricedCount, unpriced, unreported]) => [
        model,
        records === undefined
          ? all
          : {
              records,
              calls: calls!,
              inputTokens: BigInt(input!),
              outputTokens: BigInt(output!),
              costNanoUsd: BigInt(cost!),
              pricedCount: pricedCount!,
              unpricedCount: unpriced!,
              unreportedCount: unreported!,
            },
      ]),
    );
  }
}

export type EncodedModel =
  | readonly [model: string]
  | readonly [
      model: string,
      records: number,
      calls: number,
      inputTokens: string,
      outputTokens: string,
      costNanoUsd: string,
      pricedCount: number,
      unpricedCount: number,
      unreportedCount: number,
    ];
