/** Maximum length of a compared word; a longer one is not a typing error. */
const LONGEST = 64;

/**
 * The candidate that `word` was most likely meant to be, ignoring case: the one with the fewest insertions,
 * deletions and replacements of a character, if they are few for the length of the word. Undefined if none is
 * that near.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LONGEST) return undefined;
  let best: string | undefined;
  const third = Math.floor(word.length / 3);
  // Two swapped letters are two edits, which a word of four may have.
  const most = word.length < 4 ? 1 : Math.max(2, third);
  let fewest = most + 1;
  for (const candidate of candidates) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) {
      fewest = edits;
      best = candidate;
    }
  }
  return best;
}

/** Levenshtein distance, one row of the table at a time. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line++) {
    const next = [line];
    for (let column = 1; column <= to.length; column++) {
      const replaced = row[column - 1]! + (from[line - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[column]! + 1, next[column - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
