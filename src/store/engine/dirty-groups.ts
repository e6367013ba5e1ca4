import type { HotGroup } from './hot-groups.js';

/** Waiting groups that are probably of one session. */
interface Waiting {
  readonly session: string;
  /** The last block of the log before the first waiting records. */
  readonly afterBlock: number;
  readonly groups: Set<HotGroup>;
}

/**
 * Groups that changed since their last fold, by session. Sessions are folded in the order of their first
 * changes, each with all groups that have changed by then. So its row is written once for all of them, and
 * none waits longer than the sessions before it take.
 */
export class DirtyGroups {
  /** In that order. */
  readonly #sessions = new Map<string, Waiting>();
  readonly #groups = new Map<HotGroup, Waiting>();
  #records = 0;

  get isEmpty(): boolean {
    return this.#groups.size === 0;
  }

  /** Records that they received since their last folds. */
  get records(): number {
    return this.#records;
  }

  /** The last block before the first waiting record; undefined if none waits. */
  get foldedBlock(): number | undefined {
    for (const { afterBlock } of this.#sessions.values()) return afterBlock;
    return undefined;
  }

  /** A group received this many records, which are in blocks after this one. */
  touch(hot: HotGroup, records: number, afterBlock: number): void {
    hot.unfolded += records;
    this.#records += records;
    if (this.#groups.has(hot)) return;
    const session = sessionNear(hot);
    let waiting = this.#sessions.get(session);
    if (waiting === undefined) {
      waiting = { session, afterBlock, groups: new Set() };
      this.#sessions.set(session, waiting);
    }
    waiting.groups.add(hot);
    this.#groups.set(hot, waiting);
  }

  /** The next groups to fold, with at least this many records if there are enough. */
  next(records: number): HotGroup[] {
    const some: HotGroup[] = [];
    let left = records;
    for (const { groups } of this.#sessions.values()) {
      for (const hot of groups) {
        if (left <= 0) return some;
        some.push(hot);
        left -= Math.max(1, hot.unfolded);
      }
    }
    return some;
  }

  all(): HotGroup[] {
    return [...this.#groups.keys()];
  }

  /** These groups were folded. Some of them may not have been waiting. */
  folded(hots: readonly HotGroup[]): void {
    for (const hot of hots) {
      const waiting = this.#groups.get(hot);
      if (waiting === undefined) continue;
      this.#groups.delete(hot);
      waiting.groups.delete(hot);
      if (waiting.groups.size === 0) this.#sessions.delete(waiting.session);
      this.#records -= hot.unfolded;
      hot.unfolded = 0;
    }
  }

  forget(): void {
    this.#sessions.clear();
    this.#groups.clear();
    this.#records = 0;
  }
}

/** The session that probably has most of a group's records, by name and project. */
function sessionNear({ project, key, folded, near }: HotGroup): string {
  const [session = near] = folded.keys();
  return session === '' ? `${project} ${key}` : `${project} ${session}`;
}
