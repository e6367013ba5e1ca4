import { isOfAsciiWord, LONGEST_WORD } from './words.js';

/**
 * Looks for words in plain texts (`isPlain`) without finding their other words. A word of such a text is a run of
 * ASCII letters and digits as they are.
 */

/**
 * Whether folded words follow each other in a plain text that is in lower case and has no data; with `isPrefix`,
 * the last one may be the start of a word.
 */
export function hasInPlain(text: string, words: readonly string[], isPrefix: boolean): boolean {
  const first = words[0]!;
  for (let at = text.indexOf(first); at >= 0; at = text.indexOf(first, at + 1)) {
    if (!isInWord(text, at - 1) && areAt(text, at, words, isPrefix)) return true;
  }
  return false;
}

/** Whether words follow each other from a place on at which a word begins. Longer runs than words are passed over. */
function areAt(text: string, at: number, words: readonly string[], isPrefix: boolean): boolean {
  const last = words.length - 1;
  let start = at;
  for (let i = 0; i <= last; ) {
    const end = endOfRun(text, start);
    if (end - start <= LONGEST_WORD) {
      const word = words[i]!;
      if (!text.startsWith(word, start)) return false;
      if (end - start !== word.length && (i < last || !isPrefix)) return false;
      i++;
    } else if (i === 0) {
      return false;
    }
    if (i > last) return true;
    start = end;
    while (start < text.length && !isInWord(text, start)) start++;
    if (start === text.length) return false;
  }
  return true;
}

/** The end of a run of letters and digits. */
function endOfRun(text: string, start: number): number {
  let end = start;
  while (isInWord(text, end)) end++;
  return end;
}

function isInWord(text: string, at: number): boolean {
  return isOfAsciiWord(text.charCodeAt(at));
}
