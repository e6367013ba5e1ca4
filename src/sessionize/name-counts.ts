/** Names and how often each was said: lets what was said be taken out again. */
export class NameCounts {
  readonly #counts: Map<string, number>;

  constructor(entries: Iterable<readonly [string, number]> = []) {
    this.#counts = new Map(entries);
  }

  add(name: string, count: number): void {
    const sum = (this.#counts.get(name) ?? 0) + count;
    if (sum === 0) this.#counts.delete(name);
    else this.#counts.set(name, sum);
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  has(name: string): boolean {
    return this.#counts.has(name);
  }

  /** Sorted by code unit. */
  names(): string[] {
    return [...this.#counts.keys()].sort();
  }

  entries(): [string, number][] {
    return [...this.#counts];
  }
}
