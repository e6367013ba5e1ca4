import type { PriceOf, Usage } from '../normalize/facts.js';

type Draft = { -readonly [K in keyof Usage]?: Usage[K] };

/**
 * The sets of records that are one call because they have ids in common, directly or through others (U16): those of two and more, each
 * in the order of `records`. Linear in the number of ids.
 */
export function sameCalls<T extends { readonly usage: Usage }>(records: readonly T[]): T[][] {
  if (!isAnyIdTwice(records)) return [];
  // Of the records of a set, each leads to an earlier one, and the first to itself.
  const leads = Int32Array.from(records.keys());
  const firstOf = (index: number): number => {
    let at = index;
    while (leads[at] !== at) {
      leads[at] = leads[leads[at]!]!;
      at = leads[at]!;
    }
    return at;
  };
  const owners = new Map<string, number>();
  for (const [index, { usage }] of records.entries()) {
    for (const id of usage.callIds ?? []) {
      const owner = owners.get(id);
      if (owner === undefined) {
        owners.set(id, index);
        continue;
      }
      const [a, b] = [firstOf(owner), firstOf(index)];
      leads[Math.max(a, b)] = Math.min(a, b);
    }
  }
  const sets = new Map<number, T[]>();
  for (const [index, record] of records.entries()) {
    const first = firstOf(index);
    if (first === index) continue;
    const set = sets.get(first);
    if (set === undefined) sets.set(first, [records[first]!, record]);
    else set.push(record);
  }
  return [...sets.values()];
}

/** Most calls are told once, which is seen sooner than their sets are made. */
function isAnyIdTwice(records: readonly { readonly usage: Usage }[]): boolean {
  const seen = new Set<string>();
  for (const { usage } of records) {
    if (usage.callIds === undefined) continue;
    for (const id of usage.callIds) {
      if (seen.has(id)) return true;
      seen.add(id);
    }
  }
  return false;
}

/** U10: what the winner lacks, from beaten records of its call and no other, the first that has it. */
export function borrowAll(winner: Usage, beaten: readonly Usage[]): Usage {
  const usage = beaten.reduce(borrowNumbers, winner);
  if (beaten.every(({ callIds }) => callIds === undefined)) return usage;
  const ids = new Set(winner.callIds);
  const own = ids.size;
  for (const { callIds } of beaten) for (const id of callIds ?? []) ids.add(id);
  return ids.size === own ? usage : { ...usage, callIds: [...ids] };
}

/** U10: the names that the winner lacks, from a beaten record of which it may be a part. */
export function borrowNames(winner: Usage, beaten: Usage): Usage {
  return withBorrowed(winner, namesFrom(winner, beaten));
}

function borrowNumbers(winner: Usage, beaten: Usage): Usage {
  const borrowed = namesFrom(winner, beaten);
  if (winner.costSource !== 'reported' && beaten.costSource === 'reported') {
    borrowed.costNanoUsd = beaten.costNanoUsd!;
    borrowed.costSource = 'reported';
  }
  if (winner.cacheReadTokens === undefined && winner.cacheWriteTokens === undefined) {
    const { cacheReadTokens, cacheWriteTokens } = beaten;
    // Where the two disagree on the input, the parts of the one need not be parts of the other.
    if ((cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0) <= (winner.inputTokens ?? -1)) {
      if (cacheReadTokens !== undefined) borrowed.cacheReadTokens = cacheReadTokens;
      if (cacheWriteTokens !== undefined) borrowed.cacheWriteTokens = cacheWriteTokens;
      if (beaten.cacheWrite1hTokens !== undefined) borrowed.cacheWrite1hTokens = beaten.cacheWrite1hTokens;
    }
  }
  if (winner.servedBy === undefined && beaten.servedBy !== undefined) borrowed.servedBy = beaten.servedBy;
  if (winner.serviceTier === undefined && beaten.serviceTier !== undefined) {
    borrowed.serviceTier = beaten.serviceTier;
  }
  borrowAudio(winner, beaten, borrowed);
  return withBorrowed(winner, borrowed);
}

/** Parts of the winner's numbers, as far as they fit into them. */
function borrowAudio(winner: Usage, beaten: Usage, borrowed: Draft): void {
  const { inputTokens = -1, outputTokens = -1, reasoningTokens = 0 } = winner;
  const { inputAudioTokens: input, outputAudioTokens: output, cacheAudioReadTokens: cached } = beaten;
  if (winner.inputAudioTokens === undefined && input !== undefined && input <= inputTokens) {
    borrowed.inputAudioTokens = input;
  }
  if (
    winner.outputAudioTokens === undefined &&
    output !== undefined &&
    output <= outputTokens - reasoningTokens
  ) {
    borrowed.outputAudioTokens = output;
  }
  if (winner.cacheAudioReadTokens !== undefined || cached === undefined) return;
  const { inputAudioTokens = -1, cacheReadTokens = -1 } = { ...winner, ...borrowed };
  if (cached <= inputAudioTokens && cached <= cacheReadTokens) borrowed.cacheAudioReadTokens = cached;
}

function namesFrom(winner: Usage, beaten: Usage): Draft {
  const borrowed: Draft = {};
  if (winner.provider === undefined && beaten.provider !== undefined) borrowed.provider = beaten.provider;
  if (winner.model === undefined && beaten.model !== undefined) borrowed.model = beaten.model;
  return borrowed;
}

function withBorrowed(winner: Usage, borrowed: Draft): Usage {
  return Object.keys(borrowed).length === 0 ? winner : { ...winner, ...borrowed };
}

/** What has borrowed something, with the list price that follows from all it has now; a reported cost stays. */
export function priced(said: Usage, usage: Usage, atNs: bigint, priceOf: PriceOf): Usage {
  if (usage === said || usage.costSource === 'reported') return usage;
  const price = priceOf(usage, atNs);
  if (price === usage.costNanoUsd) return usage;
  const { costNanoUsd: _cost, costSource: _source, ...rest } = usage;
  return price === undefined ? rest : { ...rest, costNanoUsd: price, costSource: 'list' };
}
