/**
 * Caches the latest results of a pure function by its text argument. Holds between `capacity` and twice as
 * many entries: when the young half is full, the old half is dropped, at no cost per look-up.
 */
export class BoundedMemo<V> {
  readonly #capacity: number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Maximum number of entries. */
  get limit(): number {
    return 2 * this.#capacity;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The cached result for `key`. Otherwise calls `compute` and caches its result, even `undefined`. */
  get(key: string, compute: (key: string) => V): V {
    const known = this.#young.get(key);
    if (known !== undefined || this.#young.has(key)) return known as V;
    const value = this.#old.has(key) ? (this.#old.get(key) as V) : compute(key);
    if (this.#young.size >= this.#capacity) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
    return value;
  }
}
