/** Keeps the first few of many items by an order, in whatever order they are added. */
export class BestOf<T> {
  readonly #limit: number;
  readonly #compare: (a: T, b: T) => number;
  #kept: T[] = [];
  #count = 0;

  /** `compare` must be a total order. */
  constructor(limit: number, compare: (a: T, b: T) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  /** Number of added items. */
  get count(): number {
    return this.#count;
  }

  add(item: T): void {
    this.#count++;
    this.#kept.push(item);
    if (this.#kept.length >= 4 * this.#limit) this.#kept = this.list();
  }

  list(): T[] {
    return this.#kept.toSorted(this.#compare).slice(0, this.#limit);
  }
}
