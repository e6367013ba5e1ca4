import { inOrder } from './in-order.js';

/** Names with counts, so that names can be removed again. */
export class NameCounts {
  /** Created on first use: a session has many of these, most of them empty. */
  #counts: Map<string, number> | undefined;
  /** The sorted names, until they change, so that repeated calls return the same array. */
  #names: readonly string[] | undefined;

  constructor(entries: readonly (readonly [string, number])[] = []) {
    if (entries.length > 0) this.#counts = new Map(entries);
  }

  add(name: string, count: number): void {
    this.#counts ??= new Map();
    const known = this.#counts.get(name);
    const sum = (known ?? 0) + count;
    if (sum === 0) this.#counts.delete(name);
    else this.#counts.set(name, sum);
    if (known === undefined || sum === 0) this.#names = undefined;
  }

  get isEmpty(): boolean {
    return this.#counts === undefined || this.#counts.size === 0;
  }

  has(name: string): boolean {
    return this.#counts?.has(name) === true;
  }

  /** Sorted by code unit. */
  names(): readonly string[] {
    this.#names ??= this.#counts === undefined ? NO_NAMES : inOrder([...this.#counts.keys()]);
    return this.#names;
  }

  entries(): [string, number][] {
    return this.#counts === undefined ? [] : [...this.#counts];
  }
}

const NO_NAMES: readonly string[] = [];
