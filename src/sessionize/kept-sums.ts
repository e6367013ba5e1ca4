/** How sums of one kind are added up. Sums are never modified. */
export interface SumRules<Sum> {
  /** Adds (1) or takes out (-1) a sum. Undefined if nothing is left. */
  add(known: Sum | undefined, sum: Sum, sign: 1 | -1): Sum | undefined;
  /** Whether what is kept may be wrong without `old`, which `replacement` took the place of. */
  mayHaveLost?(kept: Sum, old: Sum, replacement: Sum | undefined): boolean;
}

/** Sums by name of a fragment. */
export interface KeptPart<Sum> {
  readonly sums: ReadonlyMap<string, Sum>;
  /** Whether names were left out. */
  readonly isCut: boolean;
}

const NOTHING: KeptPart<never> = { sums: new Map<string, never>(), isCut: false };

/** Sums by name, of the first so many names in order of code units. */
export class KeptSums<Sum> {
  readonly #most: number;
  readonly #rules: SumRules<Sum>;
  readonly #sums = new Map<string, Sum>();
  #isCut = false;

  /** @param most the most names that are kept. */
  constructor(most: number, rules: SumRules<Sum>) {
    this.#most = most;
    this.#rules = rules;
  }

  get isEmpty(): boolean {
    return this.#sums.size === 0;
  }

  add(name: string, sum: Sum): void {
    const all = this.#rules.add(this.#sums.get(name), sum, 1);
    if (all === undefined) return;
    this.#sums.set(name, all);
    if (this.#sums.size <= this.#most) return;
    this.#isCut = true;
    let last = name;
    for (const other of this.#sums.keys()) if (other > last) last = other;
    this.#sums.delete(last);
  }

  /**
   * Replaces the sums of a fragment by those of its new version. Returns false if the result may be wrong: then
   * the session has to be folded again (S18).
   */
  exchange(old: KeptPart<Sum> = NOTHING, replacement: KeptPart<Sum> = NOTHING): boolean {
    if (old === replacement) return true;
    for (const [name, sum] of replacement.sums) this.add(name, sum);
    if (replacement.isCut) this.#isCut = true;
    // Without the names that the old version left out, all others may fit.
    let isExact = !old.isCut || replacement.isCut;
    for (const [name, sum] of old.sums) {
      const now = replacement.sums.get(name);
      // A name that was left out may now belong to the kept ones.
      if (this.#isCut && now === undefined) isExact = false;
      const known = this.#sums.get(name);
      if (known === undefined) continue;
      const kept = this.#rules.add(known, sum, -1);
      if (kept === undefined) this.#sums.delete(name);
      else {
        this.#sums.set(name, kept);
        if (this.#rules.mayHaveLost?.(kept, sum, now) === true) isExact = false;
      }
    }
    return isExact;
  }

  /** What was added, as plain values. Undefined if nothing was. */
  finish(): KeptPart<Sum> | undefined {
    return this.isEmpty ? undefined : { sums: this.#sums, isCut: this.#isCut };
  }

  /** By name, in order of code units. */
  entries(): [string, Sum][] {
    return [...this.#sums].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Whether names were left out. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Sets it to what `entries` and `isCut` returned. */
  restore(entries: Iterable<readonly [string, Sum]>, isCut: boolean): this {
    for (const [name, sum] of entries) this.#sums.set(name, sum);
    this.#isCut = isCut;
    return this;
  }
}
