/** Names and how often each was said: lets what was said be taken out again. */
export class NameCounts {
  /** Made when there is something to count: a session has many of these, most of them empty. */
  #counts: Map<string, number> | undefined;

  constructor(entries: readonly (readonly [string, number])[] = []) {
    if (entries.length > 0) this.#counts = new Map(entries);
  }

  add(name: string, count: number): void {
    this.#counts ??= new Map();
    const sum = (this.#counts.get(name) ?? 0) + count;
    if (sum === 0) this.#counts.delete(name);
    else this.#counts.set(name, sum);
  }

  get isEmpty(): boolean {
    return this.#counts === undefined || this.#counts.size === 0;
  }

  has(name: string): boolean {
    return this.#counts?.has(name) === true;
  }

  /** Sorted by code unit. */
  names(): string[] {
    return this.#counts === undefined ? [] : [...this.#counts.keys()].sort();
  }

  entries(): [string, number][] {
    return this.#counts === undefined ? [] : [...this.#counts];
  }
}
