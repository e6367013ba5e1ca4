/** The first of any number of items in an order, in memory for twice as many as are wanted. */
export class FirstOf<Item> {
  readonly #limit: number;
  readonly #compare: (a: Item, b: Item) => number;
  #items: Item[] = [];
  /** The last of the wanted items when they were sorted. */
  #last: Item | undefined;

  /** @param limit the number of wanted items, at least 1. */
  constructor(limit: number, compare: (a: Item, b: Item) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  add(item: Item): void {
    if (this.#last !== undefined && this.#compare(item, this.#last) >= 0) return;
    if (this.#items.push(item) === 2 * this.#limit) this.#cut();
  }

  /** In order. */
  items(): readonly Item[] {
    this.#cut();
    return this.#items;
  }

  #cut(): void {
    this.#items = this.#items.sort(this.#compare).slice(0, this.#limit);
    if (this.#items.length === this.#limit) this.#last = this.#items.at(-1);
  }
}
