/** Distinct user ids: the first of them in order of their code units, at most `MOST_USERS`. */
export interface Users {
  /** Sorted by code unit. */
  readonly ids: readonly string[];
  /** Whether there are more. */
  readonly cut: boolean;
}

/**
 * User ids by which a session can be found (S12). A session that says more of them is found by the first of these in order of their code units, and by
 * the one that is shown. It bounds what is written whenever a session changes: 64 ids of 256 characters.
 */
export const MOST_USERS = 64;

export const NO_USERS: Users = { ids: [], cut: false };

/** The users among these ids, in any order. */
export function usersOf(ids: Iterable<string>): Users {
  const distinct = [...new Set(ids)].sort();
  if (distinct.length === 0) return NO_USERS;
  return { ids: distinct.slice(0, MOST_USERS), cut: distinct.length > MOST_USERS };
}

/** The users of a session: how many of its fragments have each of the ids that are kept. */
export class UserCounts {
  /** Made when there is something to count. */
  #counts: Map<string, number> | undefined;
  #cut = false;

  /**
   * Takes a fragment's users out and puts those of its new version in. Returns false where an id that was left out may belong to the kept ones now: then
   * they have to be counted anew (S18).
   */
  exchange(old: Users, replacement: Users): boolean {
    if (old === replacement) return true;
    for (const id of replacement.ids) if (!old.ids.includes(id)) this.#add(id);
    if (replacement.cut) this.#cut = true;
    let exact = replacement.cut || !old.cut;
    for (const id of old.ids) if (!replacement.ids.includes(id)) exact = this.#remove(id) && exact;
    return exact;
  }

  get size(): number {
    return this.#counts?.size ?? 0;
  }

  ids(): string[] {
    return this.#counts === undefined ? [] : [...this.#counts.keys()].sort();
  }

  encode(): EncodedUsers {
    return this.#counts === undefined || this.#counts.size === 0 ? 0 : [this.#cut ? 1 : 0, ...this.#counts];
  }

  static decode(encoded: EncodedUsers): UserCounts {
    const users = new UserCounts();
    if (encoded === 0) return users;
    const [cut, ...counts] = encoded;
    users.#cut = cut === 1;
    users.#counts = new Map(counts);
    return users;
  }

  #add(id: string): void {
    this.#counts ??= new Map();
    const count = this.#counts.get(id);
    if (count !== undefined) {
      this.#counts.set(id, count + 1);
      return;
    }
    if (this.#counts.size === MOST_USERS) {
      this.#cut = true;
      const last = [...this.#counts.keys()].reduce((a, b) => (a > b ? a : b));
      if (id > last) return;
      this.#counts.delete(last);
    }
    this.#counts.set(id, 1);
  }

  #remove(id: string): boolean {
    const count = this.#counts?.get(id);
    if (count !== undefined && count > 1) {
      this.#counts!.set(id, count - 1);
      return true;
    }
    this.#counts?.delete(id);
    return !this.#cut;
  }
}

/** Whether ids were left out, and the kept ones; 0 where there is none. */
export type EncodedUsers = 0 | readonly [cut: 0 | 1, ...counts: [id: string, count: number][]];
