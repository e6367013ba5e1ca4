import type { Random } from './random.js';

const CONSONANTS = 'bcdfghjklmnprstvwz';
const VOWELS = 'aeiou';
const SYLLABLES = CONSONANTS.length * VOWELS.length;

/**
 * Made-up words, as frequent and rare as in natural language: by Zipf's law, the word of rank r occurs 1/r as often
 * as the first. The common ones are short. No two are equal.
 */
export class Vocabulary {
  readonly size: number;
  readonly #words: readonly string[];

  constructor(size: number) {
    this.size = size;
    this.#words = Array.from({ length: size }, (_, rank) => syllables(rank));
  }

  /** `rank`: from 1, the commonest, to `size`. */
  word(rank: number): string {
    return this.#words[rank - 1]!;
  }

  any(random: Random): string {
    return this.#words[Math.floor(this.size ** random.unit()) - 1]!;
  }
}

/** A word that is in no vocabulary, because it has digits: of a session that is to be found by it. */
export function uniqueWord(session: number): string {
  return `ref${String(session).padStart(UNIQUE_WORD_LENGTH - 3, '0')}`;
}

/** ASCII characters. */
export const UNIQUE_WORD_LENGTH = 13;

function syllables(rank: number): string {
  let text = '';
  for (let rest = rank; ; rest = Math.floor(rest / SYLLABLES) - 1) {
    const one = rest % SYLLABLES;
    text += CONSONANTS[Math.floor(one / VOWELS.length)]! + VOWELS[one % VOWELS.length]!;
    if (rest < SYLLABLES) return text;
  }
}
