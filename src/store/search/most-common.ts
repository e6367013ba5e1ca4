/** A value and its sums. The first sum is how common it is. */
export interface Common<Sums extends readonly number[]> {
  readonly value: string;
  readonly sums: Sums;
}

/**
 * When the held values are longer than this in all, some are left to a later pass. In UTF-16 units, including
 * OVERHEAD for each value.
 */
const MOST_HELD = 8_000_000;
const OVERHEAD = 100;

/** Hashes are 32 bits wide. */
const HASHES = 2 ** 32;

/**
 * Counters of a row of the sketch, one byte each, as a power of two. Of a million different values one in a
 * hundred shares both of its counters with others.
 */
const COUNTER_BITS = 23;
const MOST_COUNTED = 255;

/** Number of single values that are collected before they are sorted in. */
const MOST_WAITING = 10_000;

/**
 * Finds the most common of any number of values, exactly, in bounded memory. All values are added in passes.
 * One pass is nearly always enough.
 *
 * If there are too many values, the first pass only counts them in a sketch. It has two rows of counters,
 * indexed by hash; the smaller counter of a value is an upper bound of its count. Each later pass counts the
 * values whose hashes are in one range. A value need not be held in memory if the sketch shows that no other
 * value shares its counter, or that it is not common enough.
 */
export class MostCommon<Sums extends number[]> {
  readonly #limit: number;
  readonly #mostHeld: number;
  readonly #sums = new Map<string, Sums>();
  #held = 0;
  #from = 0;
  #to = HASHES;
  #top: Common<Sums>[] = [];
  /** Single values, which share no counter with others. Collected in the first counting pass. */
  #singles: Common<Sums>[] = [];
  /** Whether the first `limit` singles are sorted: the most common of those added before the rest. */
  #areSinglesSorted = false;
  #sketch: Uint8Array | undefined;
  /** Whether the current pass only fills the sketch. */
  #isSketching = false;
  /** Whether an earlier pass has collected the single values. */
  #areSinglesCollected = false;

  /** @param limit maximum number of results. */
  constructor(limit: number, mostHeld = MOST_HELD) {
    this.#limit = limit;
    this.#mostHeld = mostHeld;
  }

  /** Whether all values were counted. */
  get isDone(): boolean {
    return this.#from === HASHES;
  }

  /** Whether `add` needs hashes of values. */
  get needsHash(): boolean {
    return this.#sketch !== undefined;
  }

  /**
   * Adds numbers to the sums of a value. Every pass must add the same, in any order. The first number must
   * not be negative.
   *
   * @param hash `hashOf` the value, for callers that add it to several lists.
   */
  add(value: string, more: Sums, hash?: number): void {
    if (this.#sketch !== undefined) {
      const place = hash ?? hashOf(value);
      if (this.#isSketching) {
        addTo(this.#sketch, place, more[0]!);
        return;
      }
      if (!this.#isHeld(value, place, more)) return;
    }
    const sums = this.#sums.get(value);
    if (sums !== undefined) {
      for (const [i, number] of more.entries()) sums[i]! += number;
      return;
    }
    this.#sums.set(value, more);
    this.#held += value.length + OVERHEAD;
    if (this.#held <= this.#mostHeld) return;
    if (this.#sketch === undefined) this.#beginSketch();
    else while (this.#held > this.#mostHeld && this.#to - this.#from > 1) this.#narrow();
  }

  /** Ends a pass. If `isDone` is still false, another one must follow. */
  endPass(): void {
    if (this.#isSketching) {
      this.#isSketching = false;
      return;
    }
    this.#keepSingles();
    this.#areSinglesCollected = true;
    const found = [...this.#sums].map(([value, sums]) => ({ value, sums }));
    this.#top = [...this.#top, ...this.#singles, ...found].sort(mostFirst).slice(0, this.#limit);
    this.#singles = [];
    this.#sums.clear();
    this.#held = 0;
    const width = this.#to - this.#from;
    this.#from = this.#to;
    this.#to = Math.min(HASHES, this.#from + width);
  }

  /** The most common values first, ties by their bytes, at most `limit`. Complete once `isDone`. */
  top(): readonly Common<Sums>[] {
    return this.#top;
  }

  #beginSketch(): void {
    this.#sketch = new Uint8Array(2 * 2 ** COUNTER_BITS);
    this.#isSketching = true;
    for (const [value, [count]] of this.#sums) addTo(this.#sketch, hashOf(value), count!);
    this.#sums.clear();
    this.#held = 0;
  }

  /** Whether a value must be held to be counted. Collects it if it is a single value. */
  #isHeld(value: string, place: number, more: Sums): boolean {
    const sketch = this.#sketch!;
    const most = Math.min(sketch[counterOf(place)]!, sketch[otherCounterOf(place)]!);
    if (most < MOST_COUNTED) {
      if (most === more[0] && most > 0) {
        if (!this.#areSinglesCollected) this.#addSingle(value, more);
        return false;
      }
      const least = this.#top[this.#limit - 1];
      if (least !== undefined && most < least.sums[0]!) return false;
    }
    return place >= this.#from && place < this.#to;
  }

  #addSingle(value: string, sums: Sums): void {
    const last = this.#singles[this.#limit - 1];
    // The sorted ones stand before those added later.
    if (this.#areSinglesSorted && last !== undefined && mostFirst(last, { value, sums }) < 0) return;
    this.#singles.push({ value, sums });
    if (this.#singles.length >= this.#limit + MOST_WAITING) this.#keepSingles();
  }

  #keepSingles(): void {
    this.#singles = this.#singles.sort(mostFirst).slice(0, this.#limit);
    this.#areSinglesSorted = true;
  }

  #narrow(): void {
    this.#to = this.#from + Math.floor((this.#to - this.#from) / 2);
    for (const value of this.#sums.keys()) {
      if (hashOf(value) < this.#to) continue;
      this.#sums.delete(value);
      this.#held -= value.length + OVERHEAD;
    }
  }
}

function counterOf(place: number): number {
  return place >>> (32 - COUNTER_BITS);
}

/** The counter in the second row, nearly independent of the one in the first. */
function otherCounterOf(place: number): number {
  return 2 ** COUNTER_BITS + (Math.imul(place ^ (place >>> 15), 0x9e37_79b1) >>> (32 - COUNTER_BITS));
}

function addTo(sketch: Uint8Array, place: number, count: number): void {
  const [one, other] = [counterOf(place), otherCounterOf(place)];
  sketch[one] = Math.min(MOST_COUNTED, sketch[one]! + count);
  sketch[other] = Math.min(MOST_COUNTED, sketch[other]! + count);
}

/** FNV-1a over UTF-16 units, with the final mixing of MurmurHash3. */
export function hashOf(value: string): number {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x0100_0193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function mostFirst(a: Common<readonly number[]>, b: Common<readonly number[]>): number {
  return b.sums[0]! - a.sums[0]! || compareUtf8(a.value, b.value);
}

/** The order of texts by their bytes in UTF-8, as in indexes of stores. */
function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return rankOf(x) - rankOf(y);
  }
  return a.length - b.length;
}

/** UTF-16 units in the order of UTF-8: surrogates stand for characters beyond all other units. */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x1_0000 : unit;
}
