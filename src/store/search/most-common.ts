/** What was added up for a value; the first number says how common it is. */
export interface Common<Sums extends readonly number[]> {
  readonly value: string;
  readonly sums: Sums;
}

/** Values are dropped for a later pass when what is held of them is longer than this, UTF-16 units, each with its overhead. */
const MOST_HELD = 8_000_000;
const OVERHEAD = 100;

/** Hashes are 32 bits wide. */
const HASHES = 2 ** 32;

/** Counters of a row of the sketch: one byte each. Of a million different values one in a hundred shares both of its counters with others. */
const COUNTER_BITS = 23;
const MOST_COUNTED = 255;

/** Single values are sorted in when this many wait besides those that are kept. */
const MOST_WAITING = 10_000;

/**
 * The most common of any number of values, exactly, in bounded memory. All values are added in passes, nearly always in one. Where they are too many, the first pass only counts them
 * in a sketch: a counter for each hash in either of two rows, the lesser of which says of a value how common it is at most. The passes after it count those whose hashes are in a range, which begins where that of the
 * pass before ended. What the sketch tells enough of is not held: a value that nothing else shares a counter with, and one that is not common enough.
 */
export class MostCommon<Sums extends number[]> {
  readonly #limit: number;
  readonly #mostHeld: number;
  readonly #sums = new Map<string, Sums>();
  #held = 0;
  #from = 0;
  #to = HASHES;
  #top: Common<Sums>[] = [];
  /** Values that were added once, in the first pass that counts. */
  #singles: Common<Sums>[] = [];
  /** Whether the first `limit` of them are the most common ones that were told before the others. */
  #areSinglesSorted = false;
  #sketch: Uint8Array | undefined;
  /** Whether the pass under way only fills the sketch. */
  #isSketching = false;
  /** Whether single values were told by an earlier pass. */
  #areSinglesTold = false;

  /** @param limit most values of the result. */
  constructor(limit: number, mostHeld = MOST_HELD) {
    this.#limit = limit;
    this.#mostHeld = mostHeld;
  }

  /** Whether all values were counted. */
  get isDone(): boolean {
    return this.#from === HASHES;
  }

  /** Whether hashes of values are asked for. */
  get needsHash(): boolean {
    return this.#sketch !== undefined;
  }

  /**
   * Adds numbers to those of a value. Every pass adds the same, in any order; the first number is not negative.
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

  /** Ends a pass. Where it is not done then, another one has to follow. */
  endPass(): void {
    if (this.#isSketching) {
      this.#isSketching = false;
      return;
    }
    this.#keepSingles();
    this.#areSinglesTold = true;
    const found = [...this.#sums].map(([value, sums]) => ({ value, sums }));
    this.#top = [...this.#top, ...this.#singles, ...found].sort(mostFirst).slice(0, this.#limit);
    this.#singles = [];
    this.#sums.clear();
    this.#held = 0;
    const width = this.#to - this.#from;
    this.#from = this.#to;
    this.#to = Math.min(HASHES, this.#from + width);
  }

  /** Most first, ties by value, at most `limit`. Of all values once it is done. */
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

  /** Whether a value has to be held to be counted; notes it where it is a single one. */
  #isHeld(value: string, place: number, more: Sums): boolean {
    const sketch = this.#sketch!;
    const most = Math.min(sketch[counterOf(place)]!, sketch[otherCounterOf(place)]!);
    if (most < MOST_COUNTED) {
      if (most === more[0] && most > 0) {
        if (!this.#areSinglesTold) this.#addSingle(value, more);
        return false;
      }
      const least = this.#top[this.#limit - 1];
      if (least !== undefined && most < least.sums[0]!) return false;
    }
    return place >= this.#from && place < this.#to;
  }

  #addSingle(value: string, sums: Sums): void {
    const last = this.#singles[this.#limit - 1];
    // Those that were sorted in stand before those that wait.
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

/** The counter in the second row, which has next to nothing to do with that in the first. */
function otherCounterOf(place: number): number {
  return 2 ** COUNTER_BITS + (Math.imul(place ^ (place >>> 15), 0x9e37_79b1) >>> (32 - COUNTER_BITS));
}

function addTo(sketch: Uint8Array, place: number, count: number): void {
  const [one, other] = [counterOf(place), otherCounterOf(place)];
  sketch[one] = Math.min(MOST_COUNTED, sketch[one]! + count);
  sketch[other] = Math.min(MOST_COUNTED, sketch[other]! + count);
}

/** FNV-1a over UTF-16 units, with its bits mixed as MurmurHash3 ends. */
export function hashOf(value: string): number {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x0100_0193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function mostFirst(a: Common<readonly number[]>, b: Common<readonly number[]>): number {
  return b.sums[0]! - a.sums[0]! || (a.value < b.value ? -1 : 1);
}
