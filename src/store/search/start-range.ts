import { MAX_INTEGER } from '../contract/listing.js';

/**
 * Part of a range of starts: complete buckets of a level, or a remainder from `fromNs` to `toNs`. All bounds
 * are inclusive.
 */
export type RangePart =
  | { readonly level: number; readonly first: bigint; readonly last: bigint }
  | { readonly level: undefined; readonly fromNs: bigint; readonly toNs: bigint };

/**
 * Splits a range of starts into as few buckets as possible: complete buckets of the coarsest level, and its
 * ends by the next finer level. Both bounds are inclusive.
 *
 * @param widthsNs width of a bucket by level, finest first, ns.
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
  // An open upper end is not split, because nothing starts later.
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
