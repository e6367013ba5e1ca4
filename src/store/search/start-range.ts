import { MAX_INTEGER } from '../contract/listing.js';

/** Part of a range of starts: whole buckets of a level, or what is left at its ends, from `fromNs` to `toNs`; all bounds inclusive. */
export type RangePart =
  | { readonly level: number; readonly first: bigint; readonly last: bigint }
  | { readonly level: undefined; readonly fromNs: bigint; readonly toNs: bigint };

/**
 * Cuts a range of starts, both ends inclusive, into as few buckets as there are: of the coarsest level whole, its ends by the next finer one.
 *
 * @param widthsNs width of a bucket by level, finest first.
 */
export function* partsOfRange(
  fromNs: bigint,
  toNs: bigint,
  widthsNs: readonly bigint[],
  level = widthsNs.length - 1,
): Generator<RangePart> {
  if (fromNs > toNs) return;
  const width = widthsNs[level];
  if (width === undefined) {
    yield { level: undefined, fromNs, toNs };
    return;
  }
  // An open upper end needs no splitting: nothing starts later.
  const isOpen = toNs === MAX_INTEGER;
  const first = (fromNs + width - 1n) / width;
  const last = isOpen ? toNs / width : (toNs + 1n) / width - 1n;
  if (first > last) {
    yield* partsOfRange(fromNs, toNs, widthsNs, level - 1);
    return;
  }
  yield { level, first, last };
  yield* partsOfRange(fromNs, first * width - 1n, widthsNs, level - 1);
  if (!isOpen) yield* partsOfRange((last + 1n) * width, toNs, widthsNs, level - 1);
}
