import type { Random } from './random.js';

const VOCABULARY = 4000;
const CORPUS_BYTES = 8 << 20;
const ENDS = ['. ', '. ', '? ', ': ', '.\\n'];
const LETTERS = [
  'e',
  'a',
  'r',
  'i',
  'o',
  't',
  'n',
  's',
  'l',
  'c',
  'u',
  'd',
  'p',
  'm',
  'h',
  'g',
  'b',
  'f',
  'y',
  'w',
  'k',
  'v',
];
const ACCENTED = ['é', 'ü', 'ö', 'ñ', 'ł', '語', 'д', '—'];
const SPACE = 0x20;
const FULL_STOP = 0x2e;

/**
 * Text for message contents: sentences of a few thousand made-up words, frequent and rare as in natural
 * language, some with letters outside ASCII, safe inside a JSON string.
 */
export class Corpus {
  readonly #bytes: Buffer;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
    const words = Array.from({ length: VOCABULARY }, () => word(random));
    const pieces: string[] = [];
    let bytes = 0;
    while (bytes < CORPUS_BYTES) {
      // Zipf's law: the word of rank r occurs about 1/r as often as the first.
      const next = words[Math.floor(VOCABULARY ** random.unit()) - 1]!;
      const end = random.unit() < 0.08 ? ENDS[random.below(ENDS.length)]! : ' ';
      pieces.push(next, end);
      bytes += next.length + end.length;
    }
    this.#bytes = Buffer.from(pieces.join(''));
  }

  /** An offset in the corpus at the start of a word, with at least `longest` bytes after it. */
  place(longest: number): number {
    let at = this.#random.below(this.#bytes.length - longest - 256);
    while (this.#bytes[at] !== SPACE) at++;
    return at + 1;
  }

  /** Writes exactly `length` bytes of text: whole words from `place`, filled up with full stops. */
  write(target: Buffer, at: number, length: number, place: number): void {
    this.#bytes.copy(target, at, place, place + length);
    let end = at + length - 1;
    while (end > at && target[end] !== SPACE) target[end--] = FULL_STOP;
  }
}

function word(random: Random): string {
  let text = '';
  const length = random.between(2, 11);
  for (let i = 0; i < length; i++) text += LETTERS[Math.floor(random.unit() ** 1.5 * LETTERS.length)]!;
  return random.unit() < 0.03 ? text + ACCENTED[random.below(ACCENTED.length)]! : text;
}
