import { Buffer } from 'node:buffer';

/**
 * Words of texts in any script, for the index and for queries alike (docs/decisions/022-content-search.md).
 *
 * A word is a run of letters, digits and marks, folded: NFKD, without accents and other optional marks,
 * without case. In scripts that are written without spaces each character is a word of its own, and the index
 * has pairs of neighbouring ones. Everything else separates words.
 */

/** A longer word is none: it is not found. UTF-16 units. */
export const LONGEST_WORD = 64;

/** A longer run of characters of base64 is data, not text. */
const LONGEST_RUN = 512;

/** Scripts without spaces between words, and Korean, which adds particles to words. */
const PAIRED =
  '\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Hang}\\p{scx=Bopo}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmr}\\p{scx=Mymr}';
const IN_WORD = '\\p{L}\\p{N}\\p{M}';
/** Invisible characters that join what is beside them. */
const JOINERS = '\\u00ad\\u200c\\u200d\\u2060\\ufeff';

const RUNS = new RegExp(`[${IN_WORD}${JOINERS}]+`, 'gu');
const ASCII_RUNS = /[a-z0-9]+/g;
/** Within a folded run: a character of a paired script, or a word. */
const WORDS = new RegExp(`[[${IN_WORD}]&&[${PAIRED}]]|[[${IN_WORD}]--[${PAIRED}]]+`, 'gv');
/** Within a run: a character of a paired script with its marks, or what is between two of them. */
const PARTS = new RegExp(
  `[[${IN_WORD}]&&[${PAIRED}]][\\p{M}\\uff9e\\uff9f${JOINERS}]*|(?:(?![[${IN_WORD}]&&[${PAIRED}]])[\\s\\S])+`,
  'gv',
);
const ANY_PAIRED = new RegExp(`[[${IN_WORD}]&&[${PAIRED}]]`, 'v');
const IS_PAIRED = new RegExp(`^[[${IN_WORD}]&&[${PAIRED}]]$`, 'v');

/**
 * Marks that texts may have or lack: accents of alphabets, points of Hebrew and Arabic, kashida, variation
 * selectors, joiners. Vowel signs of other scripts are parts of their words.
 */
const OPTIONAL =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: these are single characters.
  /[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u{e0100}-\u{e01ef}\u00ad\u200c\u200d\u2060\ufeff]/gu;

// biome-ignore lint/suspicious/noControlCharactersInRegex: all but ASCII.
const NOT_ASCII = /[^\x00-\x7f]/g;

/** Characters beyond ASCII that are in words or join them. All others separate words, as in ASCII. */
const BEYOND_PLAIN = new RegExp(`[[${IN_WORD}${JOINERS}]--[\\x00-\\x7f]]`, 'v');

/** Whether all letters, digits and marks of a text are ASCII. */
export function isPlain(text: string): boolean {
  return isAscii(text) || !BEYOND_PLAIN.test(text);
}

export function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

/** The folded form of a text. Folding it again changes nothing. */
export function fold(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  const bare = text.normalize('NFKD').replace(OPTIONAL, '');
  // Upper case first: it also folds letters such as ß and the Greek final sigma.
  const folded = bare.toUpperCase().toLowerCase().replaceAll('ς', 'σ');
  return folded.normalize('NFKD').replace(OPTIONAL, '').normalize('NFC');
}

/** Whether a word is a character of a script without spaces. */
export function isPaired(word: string): boolean {
  return word.length <= 2 && word > '\u0e00' && (isCommon(word) || IS_PAIRED.test(word));
}

/** Whether it is one of the most common characters of paired scripts, which are folded already. */
function isCommon(word: string): boolean {
  if (word.length !== 1) return false;
  const code = word.charCodeAt(0);
  return (
    (code >= 0x4e00 && code <= 0x9fff) ||
    (code >= 0x3041 && code <= 0x3096) ||
    (code >= 0x30a1 && code <= 0x30fa) ||
    (code >= 0xac00 && code <= 0xd7a3)
  );
}

/** A word and its place in the text, in UTF-16 units. */
export interface PlacedWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** The words of a text, in order. */
export function wordsOf(text: string): string[] {
  const clean = withoutData(text);
  if (isAscii(clean)) return asciiWords(clean);
  // Most texts have few characters beyond ASCII. No word, and no normalization, reaches across a space.
  const words: string[] = [];
  let from = 0;
  while (from < clean.length) {
    NOT_ASCII.lastIndex = from;
    const at = NOT_ASCII.exec(clean)?.index ?? clean.length;
    const start = at === clean.length ? at : Math.max(from, clean.lastIndexOf(' ', at));
    const space = clean.indexOf(' ', at);
    const end = space < 0 ? clean.length : space;
    for (const word of asciiWords(clean.slice(from, start))) words.push(word);
    for (const { word } of placedWords(clean.slice(start, end).normalize('NFC'))) words.push(word);
    from = end;
  }
  return words;
}

function asciiWords(text: string): string[] {
  const words = text.toLowerCase().match(ASCII_RUNS) ?? [];
  return words.some(isTooLong) ? words.filter((word) => !isTooLong(word)) : words;
}

/**
 * The words of a text in normalization form NFC, with their places. Words that one character folds to share
 * its place. `from`: where to begin, which must not be within a word.
 */
export function* placedWords(text: string, from = 0): Generator<PlacedWord> {
  const runs = new RegExp(RUNS);
  runs.lastIndex = from;
  for (const { 0: run, index } of withoutData(text).matchAll(runs)) {
    if (isAscii(run)) {
      if (!isTooLong(run)) yield { word: run.toLowerCase(), start: index, end: index + run.length };
      continue;
    }
    let start = index;
    for (const part of ANY_PAIRED.test(run) ? (run.match(PARTS) ?? []) : [run]) {
      const end = start + part.length;
      for (const word of isCommon(part) ? [part] : foldedWords(part)) yield { word, start, end };
      start = end;
    }
  }
}

/** Folded words of runs, of which texts repeat most. Emptied when it is full. */
const folded = new Map<string, readonly string[]>();
const MOST_FOLDED = 20_000;

function foldedWords(run: string): readonly string[] {
  let words = folded.get(run);
  if (words === undefined) {
    words = (fold(run).match(WORDS) ?? []).filter((word) => !isTooLong(word));
    if (folded.size === MOST_FOLDED) folded.clear();
    if (run.length <= LONGEST_WORD) folded.set(run, words);
  }
  return words;
}

/**
 * Where to look for the first of some folded words in ASCII text in lower case: the start of a word, before which none
 * of them is. The length of the text if there is none.
 */
export function firstAsciiPlace(lower: string, words: readonly string[]): number {
  let first = lower.length;
  for (const word of words) {
    const at = lower.indexOf(word);
    if (at >= 0 && at < first) first = at;
  }
  while (first > 0 && isOfAsciiWord(lower.charCodeAt(first - 1))) first--;
  return first;
}

/** Whether a UTF-16 unit of ASCII text in lower case is of a word. */
export function isOfAsciiWord(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
}

function isTooLong(word: string): boolean {
  return word.length > LONGEST_WORD;
}

/**
 * The text with spaces in place of what looks like base64. Such a run is found without looking at each
 * character: of every run of that length one in `LONGEST_RUN` characters is looked at.
 */
export function withoutData(text: string): string {
  if (text.length <= LONGEST_RUN) return text;
  let clean = text;
  for (let at = LONGEST_RUN; at < text.length; ) {
    let start = at;
    while (start >= 0 && at - start <= LONGEST_RUN && isOfBase64(text.charCodeAt(start))) start--;
    if (at - start <= LONGEST_RUN) {
      at = start + 1 + LONGEST_RUN;
      continue;
    }
    let end = at + 1;
    while (end < text.length && isOfBase64(text.charCodeAt(end))) end++;
    const from = start + 1;
    clean = clean.slice(0, from) + ' '.repeat(end - from) + clean.slice(end);
    at = end + LONGEST_RUN;
  }
  return clean;
}

function isOfBase64(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2b ||
    code === 0x2d ||
    code === 0x2f ||
    code === 0x3d ||
    code === 0x5f
  );
}

/** Adds to `terms` what the index has of a text: words, and pairs of neighbouring characters. */
export function addTerms(text: string, terms: Set<string>): void {
  const words = wordsOf(text);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (isPaired(word)) {
      const next = words[i + 1];
      terms.add(next !== undefined && isPaired(next) ? word + next : word);
    } else terms.add(word);
  }
}

/** A term of the index that a text must have. */
export interface Term {
  readonly text: string;
  /** Any term that begins so. */
  readonly isPrefix: boolean;
}

/** The terms that every text has in which these words follow each other; the last may be the start of a word. */
export function termsOf(words: readonly string[], isPrefix: boolean): Term[] {
  return words.flatMap((word, i): Term[] => {
    const next = words[i + 1];
    if (!isPaired(word)) return [{ text: word, isPrefix: isPrefix && next === undefined }];
    if (next !== undefined && isPaired(next)) return [{ text: word + next, isPrefix: false }];
    const isCovered = i > 0 && isPaired(words[i - 1]!);
    return isCovered ? [] : [{ text: word, isPrefix: true }];
  });
}
