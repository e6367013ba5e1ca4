/**
 * Seeded random numbers (Doty-Humphrey's sfc32), so that two runs of a benchmark send the same telemetry.
 * Not for secrets.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = Math.imul(seed, 0x9e3779b1) | 0;
    this.#c = 0x2545f491;
    for (let i = 0; i < 16; i++) this.uint32();
  }

  /** 0 to 2^32 − 1. */
  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** 0 to 1, excluding 1. */
  unit(): number {
    return this.uint32() / 4294967296;
  }

  /** Whole number from 0 to `limit` − 1. */
  below(limit: number): number {
    return Math.floor(this.unit() * limit);
  }

  /** Whole number, both bounds included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** Writes `length` random bytes; a multiple of four. */
  fill(target: Buffer, at: number, length: number): void {
    for (let i = 0; i < length; i += 4) target.writeUInt32LE(this.uint32(), at + i);
  }
}

/** Scrambles a number; the same number always gives the same 32 bits. */
export function scramble(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}
