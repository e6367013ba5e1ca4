import { countOnes } from './bits.js';
import type { ColumnRows } from './column-rows.js';

/**
 * Counts distinct users of whom some are given by their numbers in chunks and others by their ids: exactly, with a bit for each number. Bits are counted at the end: whether a user was seen
 * before is anybody's guess, and a branch on it would take longer than all else.
 */
export class UniqueUsers {
  /** Signed, as JavaScript's operators on bits are. */
  #marked = new Int32Array(1024);
  readonly #ids = new Set<string>();

  /** 0 stands for nobody. */
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

  /** Brings ids and numbers together. */
  async count(project: number, columnRows: ColumnRows): Promise<number> {
    const numbers = await columnRows.userNumbers(project, this.#ids);
    for (const number of numbers.values()) this.addNumber(number);
    let count = this.#ids.size - numbers.size;
    this.#marked[0]! &= ~1;
    for (let i = 0; i < this.#marked.length; i++) count += countOnes(this.#marked[i]!);
    return count;
  }

  /** Makes room for the word of a number. */
  #grow(word: number): Int32Array {
    const wider = new Int32Array(Math.max(word + 1, 2 * this.#marked.length));
    wider.set(this.#marked);
    this.#marked = wider;
    return wider;
  }
}
