/** Longest word that is compared; a longer one is no slip of the keyboard. */
const LONGEST = 64;

/**
 * The candidate that `word` was most likely meant to be, whatever its case: the one reached by the fewest insertions, deletions
 * and replacements of a character, if they are few for the length of the word. Undefined where none is that near.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LONGEST) return undefined;
  let best: string | undefined;
  const third = Math.floor(word.length / 3);
  // Two letters changing places are two edits, and should be allowed already in a word of four.
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
