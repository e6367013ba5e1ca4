import type { PriceOf, Usage } from '../normalize/facts.js';

/** A usage under construction. */
export type UsageDraft = { -readonly [K in keyof Usage]?: Usage[K] };

/**
 * U10: the counting report of a call with the better numbers and names of all its reports, from the first
 * that has each. A number that is missing or 0 is replaced by another report's, as far as it fits into the
 * winner's numbers. `superseded` contains only reports of its call.
 */
export function borrowAll(winner: Usage, superseded: readonly Usage[]): Usage {
  const usage = superseded.reduce(borrowNumbers, winner);
  if (superseded.every(({ callIds }) => callIds === undefined)) return usage;
  const ids = new Set(winner.callIds);
  const own = ids.size;
  for (const { callIds } of superseded) for (const id of callIds ?? []) ids.add(id);
  return ids.size === own ? usage : { ...usage, callIds: [...ids] };
}

/** U10: adds missing names from a superseded record of which the winner may be a part. */
export function borrowNames(winner: Usage, superseded: Usage): Usage {
  return withBorrowed(winner, namesFrom(winner, superseded));
}

function borrowNumbers(winner: Usage, superseded: Usage): Usage {
  if (winner.kind === 'rest' || superseded.kind === 'rest') return winner;
  const borrowed = namesFrom(winner, superseded);
  if (isBetterCost(winner, superseded)) {
    borrowed.costNanoUsd = superseded.costNanoUsd!;
    borrowed.costSource = 'reported';
  }
  if (winner.servedBy === undefined && superseded.servedBy !== undefined)
    borrowed.servedBy = superseded.servedBy;
  if (winner.serviceTier === undefined && superseded.serviceTier !== undefined)
    borrowed.serviceTier = superseded.serviceTier;
  borrowInput(winner, superseded, borrowed);
  borrowOutput(winner, superseded, borrowed);
  borrowAudio({ ...winner, ...borrowed }, superseded, borrowed);
  return withBorrowed(winner, borrowed);
}

/** A reported cost is better than a computed one, and any cost better than none. */
function isBetterCost(winner: Usage, superseded: Usage): boolean {
  if (superseded.costSource !== 'reported') return false;
  return winner.costSource !== 'reported' || (winner.costNanoUsd === 0 && superseded.costNanoUsd! > 0);
}

/** Input, and its parts read from and written to the cache. */
function borrowInput(winner: Usage, superseded: Usage, borrowed: UsageDraft): void {
  const { cacheReadTokens: read = 0, cacheWriteTokens: write = 0 } = superseded;
  const lacked = (lacks(winner.cacheReadTokens) ? read : 0) + (lacks(winner.cacheWriteTokens) ? write : 0);
  const beyond = (superseded.inputTokens ?? 0) - (winner.inputTokens ?? 0);
  // The winner's input may exclude the part of the cache that it does not report.
  const isWithoutCache = beyond > 0 && lacked > 0 && isPartOf(beyond, winner, superseded);
  if (superseded.inputTokens !== undefined && (lacks(winner.inputTokens) || isWithoutCache)) {
    if (superseded.inputTokens !== winner.inputTokens) borrowed.inputTokens = superseded.inputTokens;
  }
  const isReadBetter = isBetter(winner.cacheReadTokens, superseded.cacheReadTokens);
  const isWriteBetter = isBetter(winner.cacheWriteTokens, superseded.cacheWriteTokens);
  const readNow = isReadBetter ? read : (winner.cacheReadTokens ?? 0);
  const writeNow = isWriteBetter ? write : (winner.cacheWriteTokens ?? 0);
  // If the two disagree on the input, the parts of one need not be parts of the other.
  if (readNow + writeNow > (borrowed.inputTokens ?? winner.inputTokens ?? -1)) return;
  if (isReadBetter) borrowed.cacheReadTokens = read;
  if (isWriteBetter) borrowed.cacheWriteTokens = write;
  const { cacheWrite1hTokens } = superseded;
  if (isBetter(winner.cacheWrite1hTokens, cacheWrite1hTokens) && cacheWrite1hTokens! <= writeNow)
    borrowed.cacheWrite1hTokens = cacheWrite1hTokens!;
}

/**
 * Whether this many tokens are the cache numbers that one report has and the other lacks: read, written, or
 * both.
 */
function isPartOf(tokens: number, winner: Usage, superseded: Usage): boolean {
  const read = lacks(winner.cacheReadTokens) ? (superseded.cacheReadTokens ?? 0) : 0;
  const write = lacks(winner.cacheWriteTokens) ? (superseded.cacheWriteTokens ?? 0) : 0;
  return tokens === read || tokens === write || tokens === read + write;
}

/** Output, and its reasoning part. */
function borrowOutput(winner: Usage, superseded: Usage, borrowed: UsageDraft): void {
  const { reasoningTokens = 0, outputTokens } = superseded;
  const beyond = (outputTokens ?? 0) - (winner.outputTokens ?? 0);
  // The winner's output may exclude the reasoning that it does not report.
  const isWithoutReasoning = beyond > 0 && lacks(winner.reasoningTokens) && beyond === reasoningTokens;
  if (outputTokens !== undefined && (lacks(winner.outputTokens) || isWithoutReasoning)) {
    if (outputTokens !== winner.outputTokens) borrowed.outputTokens = outputTokens;
  }
  if (!isBetter(winner.reasoningTokens, superseded.reasoningTokens)) return;
  const output = borrowed.outputTokens ?? winner.outputTokens ?? -1;
  if (reasoningTokens + (winner.outputAudioTokens ?? 0) <= output) borrowed.reasoningTokens = reasoningTokens;
}

/** Audio parts of the numbers of `now`, the winner's current state, as far as they fit. */
function borrowAudio(now: Usage, superseded: Usage, borrowed: UsageDraft): void {
  const { inputTokens = -1, outputTokens = -1, reasoningTokens = 0, cacheReadTokens = -1 } = now;
  const { inputAudioTokens: input, outputAudioTokens: output, cacheAudioReadTokens: cached } = superseded;
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

/** Whether the other number is better: present where the own one is missing, or above 0 where that is 0. */
function isBetter(own: number | undefined, other: number | undefined): boolean {
  return other !== undefined && other !== own && lacks(own);
}

function lacks(tokens: number | undefined): boolean {
  return tokens === undefined || tokens === 0;
}

function namesFrom(winner: Usage, superseded: Usage): UsageDraft {
  const borrowed: UsageDraft = {};
  if (winner.provider === undefined && superseded.provider !== undefined)
    borrowed.provider = superseded.provider;
  if (winner.model === undefined && superseded.model !== undefined) borrowed.model = superseded.model;
  return borrowed;
}

function withBorrowed(winner: Usage, borrowed: UsageDraft): Usage {
  return Object.keys(borrowed).length === 0 ? winner : { ...winner, ...borrowed };
}

/** Recomputes the list price after values were borrowed; a reported cost stays. */
export function priced(reported: Usage, usage: Usage, atNs: bigint, priceOf: PriceOf): Usage {
  if (usage === reported || usage.costSource === 'reported') return usage;
  const price = priceOf(usage, atNs);
  if (price === usage.costNanoUsd) return usage;
  const { costNanoUsd: _cost, costSource: _source, ...rest } = usage;
  return price === undefined ? rest : { ...rest, costNanoUsd: price, costSource: 'list' };
}
