import type { ColumnRows } from './column-rows.js';

const WORD_BITS = 32;

/** Counts distinct users of whom some are told by their numbers in chunks and others by their ids: exactly, with a bit for each number. */
export class UniqueUsers {
  #marked = new Uint32Array(1024);
  #count = 0;
  readonly #ids = new Set<string>();

  /** 0 stands for nobody. */
  addNumber(user: number): void {
    if (user === 0) return;
    const word = Math.floor(user / WORD_BITS);
    if (word >= this.#marked.length) this.#grow(word);
    const bit = 1 << (user % WORD_BITS);
    if ((this.#marked[word]! & bit) !== 0) return;
    this.#marked[word]! |= bit;
    this.#count++;
  }

  addNumbers(users: ArrayLike<number>): void {
    for (let i = 0; i < users.length; i++) this.addNumber(users[i]!);
  }

  addId(user: string): void {
    this.#ids.add(user);
  }

  /** Brings ids and numbers together. */
  async count(project: number, columnRows: ColumnRows): Promise<number> {
    const numbers = await columnRows.userNumbers(project, this.#ids);
    for (const number of numbers.values()) this.addNumber(number);
    return this.#count + this.#ids.size - numbers.size;
  }

  #grow(word: number): void {
    const wider = new Uint32Array(Math.max(word + 1, 2 * this.#marked.length));
    wider.set(this.#marked);
    this.#marked = wider;
  }
}
