import {
  carriesUsage,
  type PriceOf,
  TOKEN_NUMBERS,
  type TokenNumber,
  type Usage,
} from '../normalize/facts.js';

/** A record with usage after the rules of a trace were applied. Lists have records after those above them. */
export interface DecidedReport {
  /** Its usage, including borrowed values. */
  readonly usage: Usage;
  readonly startNs: bigint;
  readonly parent: DecidedReport | undefined;
  readonly counted: boolean;
  /** Why it does not count, and the record that counts in its place or supersedes it. */
  readonly reason: string | undefined;
  readonly by: DecidedReport | undefined;
}

/** Maximum number of call ids that a rest keeps; with more it keeps none. */
const MOST_IDS = 256;

/**
 * U21: the excess of wrappers' totals over the numbers below them, number by number, the deepest wrappers
 * first. `fromTheTop` has every record after those above it; it is decided which of them count.
 *
 * - A number that no record below reports is the wrapper's own: it counts once.
 * - If a wrapper's totals are known to be right, the excess of a number over the sum below counts.
 *
 * A superseded record that is the same call as another is represented by that one, wherever it is. A wrapper
 * that reports less than the records below adds nothing.
 */
export function restsOf<T extends DecidedReport>(
  fromTheTop: readonly T[],
  priceOf: PriceOf,
): [wrapper: T, rest: Usage][] {
  const rests: [T, Usage][] = [];
  const below = new Map<DecidedReport, Reported>();
  for (let i = fromTheTop.length - 1; i >= 0; i--) {
    const node = fromTheTop[i]!;
    let reported = below.get(node);
    below.delete(node);
    const { usage } = node;
    if (node.reason === 'wrapper_of' && usage.kind === 'wrapper' && carriesUsage(usage)) {
      reported ??= new Reported();
      const rest = restOf(usage, reported);
      if (rest !== undefined) {
        const withPrice = listPriced(rest, node.startNs, priceOf);
        rests.push([node, withPrice]);
        reported.add({}, withPrice);
      }
    }
    const counts = countsFor(node);
    if (counts !== undefined) {
      reported ??= new Reported();
      reported.add(counts, counts.usage);
    }
    if (reported === undefined || node.parent === undefined) continue;
    const known = below.get(node.parent);
    below.set(node.parent, known === undefined ? reported : known.with(reported));
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

/** The numbers below a wrapper, each call once. */
class Reported {
  readonly #usages = new Map<object, Usage>();
  readonly #sums = new Map<TokenNumber, number>();
  /**
   * For calls with a cost above 0: how many have one, how many of these were reported, and how many have
   * tokens and no reported cost.
   */
  costNanoUsd = 0;
  priced = 0;
  reported = 0;
  unreported = 0;
  readonly idsWithoutTokens: string[] = [];

  /** The sum over calls that report the number; undefined if none does. 0 counts as not reported. */
  sumOf(number: TokenNumber): number | undefined {
    return this.#sums.get(number);
  }

  /** `of` identifies the report, which counts once. */
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
    // 0 means an unknown price as often as a free model.
    if (usage.costNanoUsd !== undefined && usage.costNanoUsd > 0) {
      this.costNanoUsd += usage.costNanoUsd;
      this.priced++;
    }
    if (usage.costSource === 'reported') this.reported++;
    else if (hasTokens) this.unreported++;
    if (!hasTokens) this.idsWithoutTokens.push(...(usage.callIds ?? []));
  }

  /** The union of both; the smaller is added to the larger, so that a whole trace costs n log n. */
  with(other: Reported): Reported {
    const [few, many] = this.#usages.size <= other.#usages.size ? [this, other] : [other, this];
    for (const [of, usage] of few.#usages) many.add(of, usage);
    return many;
  }
}

/** The rest of a wrapper's numbers; undefined if there is none. */
function restOf(wrapper: Usage, reported: Reported): Usage | undefined {
  const beyond = (number: TokenNumber): number => {
    const sum = reported.sumOf(number);
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
  const cost = costOf(wrapper, reported, input + output > 0);
  if (cost !== undefined) {
    rest.costNanoUsd = cost;
    rest.costSource = 'reported';
  }
  if (input + output === 0 && cost === undefined) return undefined;
  if (reported.idsWithoutTokens.length > 0 && reported.idsWithoutTokens.length <= MOST_IDS)
    rest.restOf = [...new Set(reported.idsWithoutTokens)].sort();
  return rest;
}

/** The part of a wrapper's reported cost that no call below has; undefined if it is unknown. */
function costOf(wrapper: Usage, reported: Reported, hasTokens: boolean): number | undefined {
  const { costSource, costNanoUsd = 0 } = wrapper;
  if (costSource !== 'reported') return undefined;
  // Only the wrapper has a cost.
  if (reported.priced === 0) return costNanoUsd > 0 || hasTokens ? costNanoUsd : undefined;
  if (!wrapper.sumIsRight || reported.unreported > 0) return undefined;
  const left = Math.max(0, costNanoUsd - reported.costNanoUsd);
  // Each cost was rounded separately.
  return hasTokens || left > reported.reported ? left : undefined;
}

/** U14, for tokens without a reported cost. */
function listPriced(rest: Usage, atNs: bigint, priceOf: PriceOf): Usage {
  if (rest.costSource === 'reported') return rest;
  const price = priceOf(rest, atNs);
  return price === undefined ? rest : { ...rest, costNanoUsd: price, costSource: 'list' };
}
