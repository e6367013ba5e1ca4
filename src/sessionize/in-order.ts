/** Arrays up to this length are sorted by insertion: `sort` allocates some 1.5 kB even for short ones. */
const FEW = 12;

/** Sorts texts by code unit, in place. */
export function inOrder(texts: string[]): string[] {
  return inOrderBy(texts, compareTexts);
}

/** Sorts in place. The sort is stable. */
export function inOrderBy<T>(values: T[], compare: (a: T, b: T) => number): T[] {
  if (values.length > FEW) return values.sort(compare);
  for (let i = 1; i < values.length; i++) {
    const value = values[i]!;
    let at = i;
    for (; at > 0 && compare(values[at - 1]!, value) > 0; at--) values[at] = values[at - 1]!;
    values[at] = value;
  }
  return values;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
