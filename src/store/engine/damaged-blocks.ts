import type { BlockRange } from '../records/log.js';

/**
 * Ranges of omitted blocks, in the form of `EngineState.damagedBlocks`: ascending numbers and ranges of
 * numbers, separated by commas.
 */
export function rangesOf(text: string): BlockRange[] {
  if (text === '') return [];
  return text.split(',').map((range) => {
    const [first, last = first] = range.split('-').map(Number) as [number, number?];
    return { first, last };
  });
}

export function withRange(text: string, { first, last }: BlockRange): string {
  const range = first === last ? String(first) : `${first}-${last}`;
  return text === '' ? range : `${text},${range}`;
}
