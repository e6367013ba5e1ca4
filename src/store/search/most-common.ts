import { hash } from 'node:crypto';

/** What was added up for a value; the first number says how common it is. */
export interface Common<Sums extends readonly number[]> {
  readonly value: string;
  readonly sums: Sums;
}

/** Values are dropped for a later pass when what is held of them is longer than this, UTF-16 units, each with its overhead. */
const MOST_HELD = 8_000_000;
const OVERHEAD = 100;

/** Hashes are 48 bits wide, so that a double holds them. */
const HASHES = 2 ** 48;

/**
 * The most common of any number of values, exactly, in bounded memory. All values are added in passes: where they are too many, a pass counts those whose
 * hashes are in a range, which begins where that of the pass before ended. Nearly always one pass does.
 */
export class MostCommon<Sums extends number[]> {
  readonly #limit: number;
  readonly #mostHeld: number;
  readonly #sums = new Map<string, Sums>();
  #held = 0;
  #from = 0;
  #to = HASHES;
  #top: Common<Sums>[] = [];

  /** @param limit most values of the result. */
  constructor(limit: number, mostHeld = MOST_HELD) {
    this.#limit = limit;
    this.#mostHeld = mostHeld;
  }

  /** Whether all values were counted. */
  get isDone(): boolean {
    return this.#from === HASHES;
  }

  /** Adds numbers to those of a value. Every pass adds the same. */
  add(value: string, ...more: Sums): void {
    if (!this.#isInRange(value)) return;
    const sums = this.#sums.get(value);
    if (sums !== undefined) {
      for (const [i, number] of more.entries()) sums[i]! += number;
      return;
    }
    this.#sums.set(value, more);
    this.#held += value.length + OVERHEAD;
    while (this.#held > this.#mostHeld && this.#to - this.#from > 1) this.#narrow();
  }

  /** Ends a pass. Where it is not done then, another one has to follow. */
  endPass(): void {
    const found = [...this.#sums].map(([value, sums]) => ({ value, sums }));
    this.#top = [...this.#top, ...found].sort(mostFirst).slice(0, this.#limit);
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

  #isInRange(value: string): boolean {
    if (this.#from === 0 && this.#to === HASHES) return true;
    const place = hashOf(value);
    return place >= this.#from && place < this.#to;
  }

  #narrow(): void {
    this.#to = this.#from + Math.floor((this.#to - this.#from) / 2);
    for (const value of this.#sums.keys()) {
      if (this.#isInRange(value)) continue;
      this.#sums.delete(value);
      this.#held -= value.length + OVERHEAD;
    }
  }
}

function hashOf(value: string): number {
  return Number.parseInt(hash('sha256', value).slice(0, 12), 16);
}

function mostFirst(a: Common<readonly number[]>, b: Common<readonly number[]>): number {
  return b.sums[0]! - a.sums[0]! || (a.value < b.value ? -1 : 1);
}
