/** A set of sessions of a chunk: one bit for each place in the chunk. */
export type Bits = Uint32Array;

/** Most sessions of a chunk. */
export const CHUNK_SESSIONS = 1024;

const WORD_BITS = 32;
const WORDS = CHUNK_SESSIONS / WORD_BITS;

export function noBits(): Bits {
  return new Uint32Array(WORDS);
}

/** The first `count` places. */
export function firstBits(count: number): Bits {
  const bits = noBits();
  const whole = Math.floor(count / WORD_BITS);
  bits.fill(0xffff_ffff, 0, whole);
  if (count % WORD_BITS > 0) bits[whole] = 2 ** (count % WORD_BITS) - 1;
  return bits;
}

export function setBit(bits: Bits, place: number): void {
  bits[place >>> 5]! |= 1 << (place & 31);
}

export function clearBit(bits: Bits, place: number): void {
  bits[place >>> 5]! &= ~(1 << (place & 31));
}

export function hasBit(bits: Bits, place: number): boolean {
  return ((bits[place >>> 5]! >>> (place & 31)) & 1) === 1;
}

export function keepCommon(bits: Bits, others: Bits): void {
  for (let i = 0; i < WORDS; i++) bits[i]! &= others[i]!;
}

export function takeOut(bits: Bits, others: Bits): void {
  for (let i = 0; i < WORDS; i++) bits[i]! &= ~others[i]!;
}

export function addAll(bits: Bits, others: Bits): void {
  for (let i = 0; i < WORDS; i++) bits[i]! |= others[i]!;
}

/** Number of places that are in both sets. */
export function countCommon(bits: Bits, others: Bits): number {
  let count = 0;
  for (let i = 0; i < WORDS; i++) count += countOnes(bits[i]! & others[i]!);
  return count;
}

export function countBits(bits: Bits): number {
  return countCommon(bits, bits);
}

/** Calls `take` for each place of the set, in order. */
export function eachBit(bits: Bits, take: (place: number) => void): void {
  for (let i = 0; i < WORDS; i++) {
    let word = bits[i]!;
    while (word !== 0) {
      const low = word & -word;
      take(i * WORD_BITS + 31 - Math.clz32(low));
      word ^= low;
    }
  }
}

/** Removes the places that do not meet a condition. */
export function keepWhere(bits: Bits, meets: (place: number) => boolean): void {
  for (let i = 0; i < WORDS; i++) {
    let word = bits[i]!;
    while (word !== 0) {
      const low = word & -word;
      if (!meets(i * WORD_BITS + 31 - Math.clz32(low))) bits[i]! &= ~low;
      word ^= low;
    }
  }
}

/** Number of ones in a word, by adding ever wider groups of bits. */
export function countOnes(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
