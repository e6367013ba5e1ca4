/** Entropy in bits below which two calls may share an id: 64 random bits collide once in billions of calls. */
const STRONG_BITS = 64;
/**
 * Digits alone are a time or a counter as often as they are random. However many they are, they count less
 * than an id needs.
 */
const MOST_BITS_OF_DIGITS = 40;
/** This many letters of one case with vowels count as a word. */
const WORD_LENGTH = 5;
/** Entropy of a letter of a word, bits. */
const BITS_OF_A_LETTER = 1;

// Kinds of characters.
const DIGIT = 1;
const HEX_LETTER = 2;
const OTHER_LETTER = 4;
const UPPER = 8;
const LOWER = 16;
const VOWEL = 32;

/** By character code; 0 for everything except ASCII's letters and digits. */
const KINDS = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code);
  if (/[0-9]/.test(character)) KINDS[code] = DIGIT;
  if (!/[A-Za-z]/.test(character)) continue;
  KINDS[code] =
    (/[a-f]/i.test(character) ? HEX_LETTER : OTHER_LETTER) |
    (/[a-z]/.test(character) ? LOWER : UPPER) |
    (/[aeiou]/i.test(character) ? VOWEL : 0);
}

/** For each pair of characters the number of the last id that contained it. */
const pairs = new Uint32Array(128 * 128);
let ids = 0;

/**
 * Whether an id is weak: it has so little entropy that unrelated calls may share it, like a counter, three
 * random digits, or a fixed word. A pure function of the text. It rates the parts of letters and digits by
 * length and alphabet; repeated characters, ascending or descending characters, repeated pairs and words
 * count little.
 */
export function isWeakId(id: string): boolean {
  let known = judged.get(id);
  if (known === undefined) {
    known = judge(id);
    if (judged.size >= MOST_JUDGED) judged.clear();
    judged.set(id, known);
  }
  return known;
}

/** Recent results: each id is judged several times while its call is counted. */
const judged = new Map<string, boolean>();
const MOST_JUDGED = 4_096;

function judge(id: string): boolean {
  ids = ids === 0xffffffff ? 1 : ids + 1;
  let bits = 0;
  for (let at = 0; at < id.length; ) {
    const end = endOfPart(id, at);
    if (end > at) bits += bitsOf(id, at, end);
    if (bits >= STRONG_BITS) return false;
    at = end + 1;
  }
  return true;
}

function endOfPart(id: string, start: number): number {
  let end = start;
  while (end < id.length && kindOf(id.charCodeAt(end)) !== 0) end++;
  return end;
}

function kindOf(code: number): number {
  return code < 128 ? KINDS[code]! : 0;
}

/** Entropy of the letters and digits from `start` to `end`, bits. */
function bitsOf(id: string, start: number, end: number): number {
  let kinds = 0;
  let unexpected = 0;
  let inWords = 0;
  let letters = 0;
  let runs = 0;
  let vowels = 0;
  let run = 0;
  let before = -1;
  let step = 0;
  for (let i = start; i < end; i++) {
    const code = id.charCodeAt(i);
    const kind = kindOf(code);
    kinds |= kind;
    if (before < 0) {
      unexpected++;
    } else {
      const pair = before * 128 + code;
      const isCounting = code === before || (code - before === step && Math.abs(step) === 1);
      if (!isCounting && pairs[pair] !== ids) unexpected++;
      pairs[pair] = ids;
      step = code - before;
    }
    // A run of letters ends where the case changes, except after a leading capital.
    const continues = run > 0 && (kindOf(before) & kind & (UPPER | LOWER)) !== 0;
    const begins = run === 1 && (kindOf(before) & UPPER) !== 0 && (kind & LOWER) !== 0;
    if (!continues && !begins) {
      if (isWord(run, vowels)) inWords += run;
      run = 0;
      vowels = 0;
    }
    if ((kind & DIGIT) === 0) {
      if (run === 0) runs++;
      run++;
      letters++;
      if ((kind & VOWEL) !== 0) vowels++;
    }
    before = code;
  }
  if (isWord(run, vowels)) inWords += run;
  // Letters alone are words, unless their case changes too often.
  if (letters === end - start && (runs === 1 || letters >= 3 * runs)) return letters * BITS_OF_A_LETTER;
  const perCharacter = BITS[kinds & ~VOWEL]!;
  if (letters === 0) return Math.min(unexpected * perCharacter, MOST_BITS_OF_DIGITS);
  return Math.max(0, unexpected * perCharacter - inWords * (perCharacter - BITS_OF_A_LETTER));
}

/** In a word a fifth to two thirds of the letters are vowels. */
function isWord(length: number, vowels: number): boolean {
  return length >= WORD_LENGTH && 5 * vowels >= length && 3 * vowels <= 2 * length;
}

/** Entropy of a character by the kinds of characters that occur. */
const BITS = Float64Array.from({ length: 32 }, (_, kinds) => {
  const isMixed = (kinds & (UPPER | LOWER)) === (UPPER | LOWER);
  if (isMixed) return Math.log2(62);
  if ((kinds & OTHER_LETTER) !== 0) return Math.log2(36);
  return Math.log2((kinds & HEX_LETTER) !== 0 ? 16 : 10);
});
