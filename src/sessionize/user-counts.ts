import { inOrder } from './in-order.js';
import { countsOf, type UsersForm } from './stored-form.js';

/**
 * Distinct user ids, or other texts that a session is found by: the first `MOST_USERS` in order of code
 * units.
 */
export interface Users {
  /** Sorted by code unit. */
  readonly ids: readonly string[];
  /** Whether there are more. */
  readonly cut: boolean;
}

/**
 * The most user ids that a session is found by (S30), besides the one that is shown: the first in order of
 * code units. This bounds what is written whenever a session changes: 64 ids of 256 characters.
 */
export const MOST_USERS = 64;

/** The most tags that a session is found by (S31), the first in order of code units. */
export const MOST_TAGS = 128;

export const NO_USERS: Users = { ids: [], cut: false };

/** The distinct ids among these, in any order. Undefined ones are ignored. */
export function usersOf(ids: Iterable<string | undefined>, most = MOST_USERS): Users {
  let first: string | undefined;
  /** Created for the second id: nearly always there is one. */
  let all: Set<string> | undefined;
  for (const id of ids) {
    if (id === undefined || id === first) continue;
    if (first === undefined) first = id;
    else all = (all ?? new Set([first])).add(id);
  }
  if (first === undefined) return NO_USERS;
  if (all === undefined) return { ids: [first], cut: false };
  return { ids: inOrder([...all]).slice(0, most), cut: all.size > most };
}

/** The users of a session: for each kept id the number of fragments that have it. */
export class UserCounts {
  /** Id and count of a single user, as nearly all sessions have; a map for several. */
  #one: string | undefined;
  #count = 0;
  #several: Map<string, number> | undefined;
  #cut = false;
  readonly #most: number;
  /** The sorted ids, until they change, so that repeated calls return the same array. */
  #ids: readonly string[] | undefined;

  /** @param most the most ids that are kept. */
  constructor(most = MOST_USERS) {
    this.#most = most;
  }

  /**
   * Replaces the users of a fragment by those of its new version. Returns false if an id that was left out
   * may now belong to the kept ones: then they have to be counted again from all fragments (S18).
   */
  exchange(old: Users, replacement: Users): boolean {
    if (old === replacement || areSameUsers(old, replacement)) return true;
    for (const id of replacement.ids) if (!old.ids.includes(id)) this.#add(id);
    if (replacement.cut) this.#cut = true;
    let exact = replacement.cut || !old.cut;
    for (const id of old.ids) if (!replacement.ids.includes(id)) exact = this.#remove(id) && exact;
    return exact;
  }

  get size(): number {
    return this.#several?.size ?? (this.#one === undefined ? 0 : 1);
  }

  /** Sorted by code unit. */
  ids(): readonly string[] {
    this.#ids ??=
      this.#several !== undefined
        ? inOrder([...this.#several.keys()])
        : this.#one === undefined
          ? NO_USERS.ids
          : [this.#one];
    return this.#ids;
  }

  /** The stored form, beside the id that is shown; undefined if there are no users. */
  form(shown: string | undefined): UsersForm | undefined {
    if (this.#several !== undefined) {
      return { counts: Object.fromEntries(this.#several), ...(this.#cut && { isCut: true }) };
    }
    if (this.#one === undefined) return undefined;
    return this.#one === shown ? this.#count : { counts: Object.fromEntries([[this.#one, this.#count]]) };
  }

  static ofForm(form: UsersForm | undefined, shown: string | undefined, most = MOST_USERS): UserCounts {
    const users = new UserCounts(most);
    if (form === undefined) return users;
    if (typeof form === 'number') {
      users.#one = shown;
      users.#count = form;
      return users;
    }
    users.#cut = form.isCut === true;
    users.#several = new Map(countsOf(form.counts));
    return users;
  }

  #add(id: string): void {
    if (this.#several === undefined) {
      if (this.#one === undefined || this.#one === id) {
        if (this.#one === undefined) this.#ids = undefined;
        this.#one = id;
        this.#count++;
        return;
      }
      this.#several = new Map([[this.#one, this.#count]]);
    }
    const counts = this.#several;
    const count = counts.get(id);
    if (count !== undefined) {
      counts.set(id, count + 1);
      return;
    }
    if (counts.size === this.#most) {
      this.#cut = true;
      const last = [...counts.keys()].reduce((a, b) => (a > b ? a : b));
      if (id > last) return;
      counts.delete(last);
    }
    this.#ids = undefined;
    counts.set(id, 1);
  }

  #remove(id: string): boolean {
    if (this.#several === undefined) {
      if (this.#one === id && --this.#count === 0) {
        this.#one = undefined;
        this.#ids = undefined;
      }
      return true;
    }
    const count = this.#several.get(id);
    if (count !== undefined && count > 1) {
      this.#several.set(id, count - 1);
      return true;
    }
    this.#ids = undefined;
    this.#several.delete(id);
    return !this.#cut;
  }
}

export function areSameUsers(a: Users, b: Users): boolean {
  return a.cut === b.cut && a.ids.length === b.ids.length && a.ids.every((id, i) => id === b.ids[i]);
}
