import { countOnes } from './bits.js';
import type { ColumnRows } from './column-rows.js';

/**
 * Counts distinct users exactly. Some are given by their numbers in chunks, others by their ids. Each number
 * is a bit. Bits are counted at the end: a branch on whether a user was seen before is unpredictable and
 * would take longer than everything else.
 */
export class UniqueUsers {
  /** Signed, like the results of JavaScript's bit operators. */
  #marked = new Int32Array(1024);
  readonly #ids = new Set<string>();

  /** 0 means no user, and is not counted. */
  addNumber(user: number): void {
    const word = user >>> 5;
    if (word >= this.#marked.length) this.#grow(word);
    this.#marked[word]! |= 1 << (user & 31);
  }

  addNumbers(users: Int32Array): void {
    let marked: Int32Array = this.#marked;
    for (let i = 0; i < users.length; i++) {
      const user = users[i]!;
      const word = user >>> 5;
      if (word >= marked.length) marked = this.#grow(word);
      marked[word]! |= 1 << (user & 31);
    }
  }

  addId(user: string): void {
    this.#ids.add(user);
  }

  /** Resolves ids to numbers and returns the count. */
  async count(project: number, columnRows: ColumnRows): Promise<number> {
    const numbers = await columnRows.userNumbers(project, this.#ids);
    for (const number of numbers.values()) this.addNumber(number);
    let count = this.#ids.size - numbers.size;
    this.#marked[0]! &= ~1;
    for (let i = 0; i < this.#marked.length; i++) count += countOnes(this.#marked[i]!);
    return count;
  }

  /** Grows the array to include the word of a number. */
  #grow(word: number): Int32Array {
    const wider = new Int32Array(Math.max(word + 1, 2 * this.#marked.length));
    wider.set(this.#marked);
    this.#marked = wider;
    return wider;
  }
}
