/**
 * Values of one meaning, to which every dialect may contribute. A plain list has the rank 50; an object gives
 * a rank to each of its lists. Smaller ranks come first; equal ranks keep the order of the registry.
 */
export type ByRank<T> = readonly T[] | Readonly<Record<number, readonly T[]>>;

const PLAIN_RANK = 50;

/** Merges all lists in their order; of equal values the first stays. */
export function inOrder<T>(lists: Iterable<ByRank<T> | undefined>): readonly T[] {
  const ranked: { readonly rank: number; readonly values: readonly T[] }[] = [];
  for (const list of lists) {
    if (list === undefined) continue;
    if (isPlain(list)) ranked.push({ rank: PLAIN_RANK, values: list });
    else for (const [rank, values] of Object.entries(list)) ranked.push({ rank: Number(rank), values });
  }
  // Sorting is stable: equal ranks keep the order of the registry.
  return [...new Set(ranked.sort((a, b) => a.rank - b.rank).flatMap(({ values }) => values))];
}

function isPlain<T>(list: ByRank<T>): list is readonly T[] {
  return Array.isArray(list);
}
