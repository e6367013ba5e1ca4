import type { PriceOf, Usage } from '../normalize/facts.js';

/** A usage in the making. */
export type UsageDraft = { -readonly [K in keyof Usage]?: Usage[K] };

/**
 * U10: of several tellings of one call, the one that counts with the better numbers and names of all, the first that has each. A number that is missing or 0 hides none
 * that another telling has, as far as it fits into what the winner has. `beaten` are tellings of its call and no other.
 */
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
  if (winner.kind === 'rest' || beaten.kind === 'rest') return winner;
  const borrowed = namesFrom(winner, beaten);
  if (isBetterCost(winner, beaten)) {
    borrowed.costNanoUsd = beaten.costNanoUsd!;
    borrowed.costSource = 'reported';
  }
  if (winner.servedBy === undefined && beaten.servedBy !== undefined) borrowed.servedBy = beaten.servedBy;
  if (winner.serviceTier === undefined && beaten.serviceTier !== undefined)
    borrowed.serviceTier = beaten.serviceTier;
  borrowInput(winner, beaten, borrowed);
  borrowOutput(winner, beaten, borrowed);
  borrowAudio({ ...winner, ...borrowed }, beaten, borrowed);
  return withBorrowed(winner, borrowed);
}

/** What is reported before what is worked out, and a cost before none at all. */
function isBetterCost(winner: Usage, beaten: Usage): boolean {
  if (beaten.costSource !== 'reported') return false;
  return winner.costSource !== 'reported' || (winner.costNanoUsd === 0 && beaten.costNanoUsd! > 0);
}

/** Input, and what of it was read from and written to the cache. */
function borrowInput(winner: Usage, beaten: Usage, borrowed: UsageDraft): void {
  const { cacheReadTokens: read = 0, cacheWriteTokens: write = 0 } = beaten;
  const lacked = (lacks(winner.cacheReadTokens) ? read : 0) + (lacks(winner.cacheWriteTokens) ? write : 0);
  const beyond = (beaten.inputTokens ?? 0) - (winner.inputTokens ?? 0);
  // The winner's may be the input without the part of the cache that it does not know of.
  const isWithoutCache = beyond > 0 && lacked > 0 && isPartOf(beyond, winner, beaten);
  if (beaten.inputTokens !== undefined && (lacks(winner.inputTokens) || isWithoutCache)) {
    if (beaten.inputTokens !== winner.inputTokens) borrowed.inputTokens = beaten.inputTokens;
  }
  const isReadBetter = isBetter(winner.cacheReadTokens, beaten.cacheReadTokens);
  const isWriteBetter = isBetter(winner.cacheWriteTokens, beaten.cacheWriteTokens);
  const readNow = isReadBetter ? read : (winner.cacheReadTokens ?? 0);
  const writeNow = isWriteBetter ? write : (winner.cacheWriteTokens ?? 0);
  // Where the two disagree on the input, the parts of the one need not be parts of the other.
  if (readNow + writeNow > (borrowed.inputTokens ?? winner.inputTokens ?? -1)) return;
  if (isReadBetter) borrowed.cacheReadTokens = read;
  if (isWriteBetter) borrowed.cacheWriteTokens = write;
  const { cacheWrite1hTokens } = beaten;
  if (isBetter(winner.cacheWrite1hTokens, cacheWrite1hTokens) && cacheWrite1hTokens! <= writeNow)
    borrowed.cacheWrite1hTokens = cacheWrite1hTokens!;
}

/** Whether so many tokens are what one telling has of the cache and the other lacks: read, written, or both. */
function isPartOf(tokens: number, winner: Usage, beaten: Usage): boolean {
  const read = lacks(winner.cacheReadTokens) ? (beaten.cacheReadTokens ?? 0) : 0;
  const write = lacks(winner.cacheWriteTokens) ? (beaten.cacheWriteTokens ?? 0) : 0;
  return tokens === read || tokens === write || tokens === read + write;
}

/** Output, and what of it was reasoning. */
function borrowOutput(winner: Usage, beaten: Usage, borrowed: UsageDraft): void {
  const { reasoningTokens = 0, outputTokens } = beaten;
  const beyond = (outputTokens ?? 0) - (winner.outputTokens ?? 0);
  // The winner's may be the output without the reasoning that it does not know of.
  const isWithoutReasoning = beyond > 0 && lacks(winner.reasoningTokens) && beyond === reasoningTokens;
  if (outputTokens !== undefined && (lacks(winner.outputTokens) || isWithoutReasoning)) {
    if (outputTokens !== winner.outputTokens) borrowed.outputTokens = outputTokens;
  }
  if (!isBetter(winner.reasoningTokens, beaten.reasoningTokens)) return;
  const output = borrowed.outputTokens ?? winner.outputTokens ?? -1;
  if (reasoningTokens + (winner.outputAudioTokens ?? 0) <= output) borrowed.reasoningTokens = reasoningTokens;
}

/** Parts of the numbers of `now`, the winner as it is by now, as far as they fit into them. */
function borrowAudio(now: Usage, beaten: Usage, borrowed: UsageDraft): void {
  const { inputTokens = -1, outputTokens = -1, reasoningTokens = 0, cacheReadTokens = -1 } = now;
  const { inputAudioTokens: input, outputAudioTokens: output, cacheAudioReadTokens: cached } = beaten;
  if (isBetter(now.inputAudioTokens, input) && input! <= inputTokens) borrowed.inputAudioTokens = input!;
  if (isBetter(now.outputAudioTokens, output) && output! <= outputTokens - reasoningTokens) {
    borrowed.outputAudioTokens = output!;
  }
  const { inputAudioTokens = -1 } = { ...now, ...borrowed };
  if (
    isBetter(now.cacheAudioReadTokens, cached) &&
    cached! <= inputAudioTokens &&
    cached! <= cacheReadTokens
  ) {
    borrowed.cacheAudioReadTokens = cached!;
  }
}

/** Whether another telling has more to say: a number where there is none, or one beside 0. */
function isBetter(own: number | undefined, other: number | undefined): boolean {
  return other !== undefined && other !== own && lacks(own);
}

function lacks(tokens: number | undefined): boolean {
  return tokens === undefined || tokens === 0;
}

function namesFrom(winner: Usage, beaten: Usage): UsageDraft {
  const borrowed: UsageDraft = {};
  if (winner.provider === undefined && beaten.provider !== undefined) borrowed.provider = beaten.provider;
  if (winner.model === undefined && beaten.model !== undefined) borrowed.model = beaten.model;
  return borrowed;
}

function withBorrowed(winner: Usage, borrowed: UsageDraft): Usage {
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
