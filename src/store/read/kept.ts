/** A cache of recently used values up to a total weight. The latest is kept at any weight. */
export class Kept<Value> {
  readonly #most: number;
  /** The most recently used last. */
  readonly #entries = new Map<string, { readonly value: Value; readonly weight: number }>();
  #weight = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get(name: string): Value | undefined {
    const kept = this.#entries.get(name);
    if (kept === undefined) return undefined;
    this.#entries.delete(name);
    this.#entries.set(name, kept);
    return kept.value;
  }

  put(name: string, value: Value, weight: number): void {
    this.#weight += weight - (this.#entries.get(name)?.weight ?? 0);
    this.#entries.delete(name);
    this.#entries.set(name, { value, weight });
    for (const [oldest, kept] of this.#entries) {
      if (this.#weight <= this.#most || oldest === name) break;
      this.#entries.delete(oldest);
      this.#weight -= kept.weight;
    }
  }
}
