import type { BlockRange } from '../records/log.js';

/** Ranges of blocks that were left out, as `EngineState.damagedBlocks` has them: numbers and ranges of them with commas between, ascending. */
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
