/**
 * Random numbers determined by a seed: the generator xoshiro128** of Blackman and Vigna
 * (https://prng.di.unimi.it), its state filled from the seed by FNV-1a and an avalanche. Not for secrets.
 */
export class Random {
  readonly #state: Uint32Array;

  constructor(seed: string) {
    this.#state = Uint32Array.from([1, 2, 3, 4], (lane) => hash(`${lane}:${seed}`));
    // The generator would stay at zero if its state were all zero.
    this.#state[0]! |= 1;
  }

  /** A number in [0, 1). */
  next(): number {
    return this.#bits() / 2 ** 32;
  }

  /** A whole number, both bounds included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.int(0, choices.length - 1)]!;
  }

  /** One of the choices, with the probability of its `weight`. */
  pickWeighted<T extends { readonly weight: number }>(choices: readonly T[]): T {
    let left = this.next() * choices.reduce((sum, { weight }) => sum + weight, 0);
    for (const choice of choices) {
      left -= choice.weight;
      if (left < 0) return choice;
    }
    return choices.at(-1)!;
  }

  /** A duration with a natural distribution: half below the median, a long tail above; at most 20 medians. */
  duration(median: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
    return Math.min(median * Math.exp(0.7 * normal), median * 20);
  }

  /** The time until the next of independent events, `mean` apart on average. */
  interval(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }

  /** Lower-case hexadecimal digits, never all zero. */
  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.#bits().toString(16).padStart(8, '0');
    text = text.slice(0, digits);
    return /[^0]/.test(text) ? text : this.hex(digits);
  }

  #bits(): number {
    const s = this.#state;
    const result = Math.imul(rotateLeft(Math.imul(s[1]!, 5), 7), 9) >>> 0;
    const shifted = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= shifted;
    s[3] = rotateLeft(s[3]!, 11);
    return result;
  }
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}
