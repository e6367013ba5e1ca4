import {
  carriesUsage,
  type PriceOf,
  TOKEN_NUMBERS,
  type TokenNumber,
  type Usage,
} from '../normalize/facts.js';

/** What the rules of a trace have made of a record with usage. Those above it come before it in lists. */
export interface DecidedReport {
  /** What it says, with what it has borrowed. */
  readonly usage: Usage;
  readonly startNs: bigint;
  readonly parent: DecidedReport | undefined;
  readonly counted: boolean;
  /** Why it does not count, and what counts in its place or beats it. */
  readonly reason: string | undefined;
  readonly by: DecidedReport | undefined;
}

/** Most ids of calls that a rest keeps; of more it keeps none. */
const MOST_IDS = 256;

/**
 * U21: what the sums of wrappers have beyond what is told below them, number by number, the deepest wrappers first. `fromTheTop` has every record after
 * those above it; what counts is decided.
 *
 * - A number that nothing below tells is the wrapper's own: it counts once.
 * - Of a wrapper whose sums are known to be right, what a number has beyond the sum of what is told below counts.
 *
 * A record that another beat because both are one call is told by that one, wherever it stands. A wrapper that tells less than what is below it adds nothing.
 */
export function restsOf<T extends DecidedReport>(
  fromTheTop: readonly T[],
  priceOf: PriceOf,
): [wrapper: T, rest: Usage][] {
  const rests: [T, Usage][] = [];
  const below = new Map<DecidedReport, Told>();
  for (let i = fromTheTop.length - 1; i >= 0; i--) {
    const node = fromTheTop[i]!;
    let told = below.get(node);
    below.delete(node);
    const { usage } = node;
    if (node.reason === 'wrapper_of' && usage.kind === 'wrapper' && carriesUsage(usage)) {
      told ??= new Told();
      const rest = restOf(usage, told);
      if (rest !== undefined) {
        const withPrice = listPriced(rest, node.startNs, priceOf);
        rests.push([node, withPrice]);
        told.add({}, withPrice);
      }
    }
    const counts = countsFor(node);
    if (counts !== undefined) {
      told ??= new Told();
      told.add(counts, counts.usage);
    }
    if (told === undefined || node.parent === undefined) continue;
    const known = below.get(node.parent);
    below.set(node.parent, known === undefined ? told : known.with(told));
  }
  return rests;
}

/** The record that counts for this one: itself, or one that is the same call. */
function countsFor(node: DecidedReport): DecidedReport | undefined {
  let at: DecidedReport | undefined = node;
  while (at !== undefined && !at.counted) {
    at = at.reason === 'same_call_id' || at.reason === 'same_call_alike' ? at.by : undefined;
  }
  return at;
}

/** What is told below a wrapper, each call once. */
class Told {
  readonly #usages = new Map<object, Usage>();
  readonly #sums = new Map<TokenNumber, number>();
  /** Over what has a cost beyond 0; how many have one, how many of these were reported, and how many have tokens and no reported one. */
  costNanoUsd = 0;
  priced = 0;
  reported = 0;
  unreported = 0;
  readonly idsWithoutTokens: string[] = [];

  /** The sum of those that say the number; undefined where none does. 0 says nothing. */
  sumOf(number: TokenNumber): number | undefined {
    return this.#sums.get(number);
  }

  /** `of` is what is told, and counts once. */
  add(of: object, usage: Usage): void {
    if (this.#usages.has(of)) return;
    this.#usages.set(of, usage);
    let hasTokens = false;
    for (const number of TOKEN_NUMBERS) {
      const tokens = usage[number];
      if (tokens === undefined || tokens === 0) continue;
      hasTokens = true;
      this.#sums.set(number, (this.#sums.get(number) ?? 0) + tokens);
    }
    // 0 stands for a price that the sender does not know, as often as for a free model.
    if (usage.costNanoUsd !== undefined && usage.costNanoUsd > 0) {
      this.costNanoUsd += usage.costNanoUsd;
      this.priced++;
    }
    if (usage.costSource === 'reported') this.reported++;
    else if (hasTokens) this.unreported++;
    if (!hasTokens) this.idsWithoutTokens.push(...(usage.callIds ?? []));
  }

  /** Both together; the smaller is added to the larger, so that all of a trace costs n log n. */
  with(other: Told): Told {
    const [few, many] = this.#usages.size <= other.#usages.size ? [this, other] : [other, this];
    for (const [of, usage] of few.#usages) many.add(of, usage);
    return many;
  }
}

/** What is left of a wrapper's numbers; undefined where nothing is. */
function restOf(wrapper: Usage, told: Told): Usage | undefined {
  const beyond = (number: TokenNumber): number => {
    const sum = told.sumOf(number);
    const own = wrapper[number] ?? 0;
    if (sum === undefined) return own;
    return wrapper.sumIsRight ? Math.max(0, own - sum) : 0;
  };
  const input = beyond('inputTokens');
  const output = beyond('outputTokens');
  const {
    kind: _kind,
    callIds: _ids,
    lendsModel: _lends,
    sumIsRight: _right,
    costNanoUsd: _cost,
    ...said
  } = wrapper;
  const rest: { -readonly [K in keyof Usage]: Usage[K] } = { ...said, kind: 'rest' };
  delete rest.costSource;
  for (const number of TOKEN_NUMBERS) delete rest[number];
  if (input > 0) {
    rest.inputTokens = input;
    let left = input;
    for (const part of ['cacheReadTokens', 'cacheWriteTokens'] as const) {
      const tokens = Math.min(left, beyond(part));
      left -= tokens;
      if (tokens > 0) rest[part] = tokens;
    }
    const hour = Math.min(rest.cacheWriteTokens ?? 0, beyond('cacheWrite1hTokens'));
    if (hour > 0) rest.cacheWrite1hTokens = hour;
    const audio = Math.min(input, beyond('inputAudioTokens'));
    if (audio > 0) rest.inputAudioTokens = audio;
    const cached = Math.min(audio, rest.cacheReadTokens ?? 0, beyond('cacheAudioReadTokens'));
    if (cached > 0) rest.cacheAudioReadTokens = cached;
  }
  if (output > 0) {
    rest.outputTokens = output;
    const reasoning = Math.min(output, beyond('reasoningTokens'));
    if (reasoning > 0) rest.reasoningTokens = reasoning;
    const audio = Math.min(output - reasoning, beyond('outputAudioTokens'));
    if (audio > 0) rest.outputAudioTokens = audio;
  }
  const cost = costOf(wrapper, told, input + output > 0);
  if (cost !== undefined) {
    rest.costNanoUsd = cost;
    rest.costSource = 'reported';
  }
  if (input + output === 0 && cost === undefined) return undefined;
  if (told.idsWithoutTokens.length > 0 && told.idsWithoutTokens.length <= MOST_IDS)
    rest.restOf = [...new Set(told.idsWithoutTokens)].sort();
  return rest;
}

/** What of the cost that a wrapper reports is nobody else's; undefined where that cannot be told. */
function costOf(wrapper: Usage, told: Told, hasTokens: boolean): number | undefined {
  const { costSource, costNanoUsd = 0 } = wrapper;
  if (costSource !== 'reported') return undefined;
  // A cost that only the wrapper has.
  if (told.priced === 0) return costNanoUsd > 0 || hasTokens ? costNanoUsd : undefined;
  if (!wrapper.sumIsRight || told.unreported > 0) return undefined;
  const left = Math.max(0, costNanoUsd - told.costNanoUsd);
  // Each cost was rounded for itself.
  return hasTokens || left > told.reported ? left : undefined;
}

/** U14, for tokens without a reported cost. */
function listPriced(rest: Usage, atNs: bigint, priceOf: PriceOf): Usage {
  if (rest.costSource === 'reported') return rest;
  const price = priceOf(rest, atNs);
  return price === undefined ? rest : { ...rest, costNanoUsd: price, costSource: 'list' };
}
