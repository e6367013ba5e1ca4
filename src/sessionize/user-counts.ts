import { inOrder } from './in-order.js';
import type { UsersForm } from './stored-form.js';

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
  /** Sorted by code unit. Never changed in place, so that repeated calls of `ids` return the same array. */
  #ids: readonly string[] = NO_USERS.ids;
  /** By position in `#ids`. */
  #counts: number[] = [];
  #cut = false;
  readonly #most: number;

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
    if (this.#ids.length + old.ids.length === 0 && replacement.ids.length <= this.#most) {
      this.#ids = replacement.ids;
      this.#counts = replacement.ids.map(() => 1);
    } else {
      for (const id of replacement.ids) if (!old.ids.includes(id)) this.#add(id);
    }
    if (replacement.cut) this.#cut = true;
    let exact = replacement.cut || !old.cut;
    for (const id of old.ids) if (!replacement.ids.includes(id)) exact = this.#remove(id) && exact;
    return exact;
  }

  get size(): number {
    return this.#ids.length;
  }

  /** Sorted by code unit. */
  ids(): readonly string[] {
    return this.#ids;
  }

  /** The stored form, beside the id that is shown; undefined if there are no users. */
  form(shown: string | undefined): UsersForm | undefined {
    const [ids, counts] = [this.#ids, this.#counts];
    if (ids.length === 0) return undefined;
    if (ids.length === 1 && ids[0] === shown && !this.#cut) return counts[0]!;
    return this.#cut ? { ids, counts, isCut: true } : { ids, counts };
  }

  static ofForm(form: UsersForm | undefined, shown: string | undefined, most = MOST_USERS): UserCounts {
    const users = new UserCounts(most);
    if (form === undefined) return users;
    if (typeof form === 'number') {
      users.#ids = shown === undefined ? [] : [shown];
      users.#counts = shown === undefined ? [] : [form];
      return users;
    }
    users.#ids = form.ids;
    users.#counts = [...form.counts];
    users.#cut = form.isCut === true;
    return users;
  }

  #add(id: string): void {
    const at = placeIn(this.#ids, id);
    if (this.#ids[at] === id) {
      this.#counts[at]!++;
      return;
    }
    const ids = [...this.#ids];
    if (ids.length === this.#most) {
      this.#cut = true;
      if (at === ids.length) return;
      ids.pop();
      this.#counts.pop();
    }
    ids.splice(at, 0, id);
    this.#counts.splice(at, 0, 1);
    this.#ids = ids;
  }

  #remove(id: string): boolean {
    const at = placeIn(this.#ids, id);
    if (this.#ids[at] === id) {
      if (--this.#counts[at]! > 0) return true;
      this.#ids = this.#ids.toSpliced(at, 1);
      this.#counts.splice(at, 1);
    }
    return !this.#cut;
  }
}

/** The position of an id among sorted ones, or where it would be inserted. */
function placeIn(ids: readonly string[], id: string): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ids[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function areSameUsers(a: Users, b: Users): boolean {
  return a.cut === b.cut && a.ids.length === b.ids.length && a.ids.every((id, i) => id === b.ids[i]);
}
