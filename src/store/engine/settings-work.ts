import type { ChangeSet } from './changes.js';
import { Fold } from './fold.js';
import {
  type EngineState,
  load,
  type Plan,
  type SessionKey,
  type SessionQuery,
  type SessionRef,
} from './loads.js';
import type { HotSession, Sessions } from './sessions.js';

/** Size of the ranges of session numbers that are searched for older settings. */
const RANGE = 20_000;

/** What this work needs of the engine. */
export interface SettingsWorkParts {
  readonly sessions: Sessions;
  readonly fold: Fold;
  readonly options: {
    readonly quietRoutes: string;
    readonly implicitSessions: boolean;
    readonly timeoutNs: bigint;
    readonly now: () => bigint;
  };
  /** Called when work begins, and with its progress from time to time. */
  readonly progress: (message: string) => void;
  state(): EngineState;
  run<T>(plan: Plan<T>): T;
  /** Writes all of a change set, or throws and writes nothing. */
  write(fill: (changes: ChangeSet) => void): void;
  /** Writes the state of the store as a whole if it has changed. */
  note(state: Partial<EngineState>): void;
  /** Whether an error may be temporary: a full or failing disk. */
  mayPass(error: unknown): boolean;
  /** Evicts what was not touched recently. */
  rotate(): void;
}

/** Yields after each change set, and receives how many sessions the next one may have. */
export type Work = Generator<void, void, number>;

/**
 * Updates rows to settings under which they were not written. Each part notes when it is done. A part that
 * was given up restarts from its beginning, which is safe to repeat.
 */
export class SettingsWork {
  readonly #parts: SettingsWorkParts;

  constructor(parts: SettingsWorkParts) {
    this.#parts = parts;
  }

  /** What lists and statistics depend on. */
  *lists(): Work {
    yield* this.#quieten();
    yield* this.#listImplicit();
    yield* this.#reopen();
    yield* this.#mendInvalidations();
  }

  /**
   * Refolds sessions that were folded under older settings, newest first. Until then lists show their old
   * state, and reading one refolds it in memory. A session that a damaged block prevents from folding stays
   * as it was. `lastSession` is the greatest number that may be among them.
   */
  *refold(lastSession: number): Work {
    const { state, run, progress, note, sessions, mayPass } = this.#parts;
    const settings = state().settingsNumber;
    if (settings === undefined || state().refoldedSettings === settings) return;
    let [again, left] = [0, 0];
    /** Down to this number, sessions are folded one by one, because one of them cannot be folded. */
    let aloneTo = lastSession + 1;
    for (let beforeNo = lastSession + 1; beforeNo > 1; ) {
      const most = yield;
      const limit = beforeNo > aloneTo ? 1 : most;
      const fromNo = Math.max(1, beforeNo - RANGE);
      const page = run(load('find', { which: 'outdated', settings, fromNo, beforeNo, limit }));
      const nextNo = page.length < limit ? fromNo : page.at(-1)!.no;
      if (page.length > 0 && again + left === 0) {
        progress('sessions of older settings are folded again, the newest first');
      }
      try {
        // A session that was refolded meanwhile is already correct.
        this.#makeAgain(run(sessionsOf(sessions, page)).filter(({ outdated }) => outdated));
        again += page.length;
      } catch (error) {
        if (mayPass(error)) throw error;
        if (page.length > 1) {
          aloneTo = page.at(-1)!.no;
          continue;
        }
        left++;
        progress(`a session stays as it was under older settings: ${(error as Error).message}`);
      }
      beforeNo = nextNo;
      this.#parts.rotate();
    }
    note({ refoldedSettings: settings });
    if (again + left > 0) progress(`${again} session(s) were folded again under the current settings`);
  }

  /** Refolds implicit sessions if the quiet traces have changed. */
  *#quieten(): Work {
    const { state, options, progress, sessions, note } = this.#parts;
    const was = state().quietRoutes;
    if (was !== undefined && was !== options.quietRoutes) {
      progress('other requests are quiet now: going through the sessions that are named by their trace');
      yield* this.#forEachPage(
        (afterNo, limit) => ({ which: 'implicit', afterNo, limit }),
        (hots) => this.#makeAgain(hots),
      );
    }
    note({ quietRoutes: options.quietRoutes });
    sessions.quietened();
  }

  /** Lists or hides implicit sessions if that setting has changed. */
  *#listImplicit(): Work {
    const { state, options, progress, note } = this.#parts;
    const implicitSessions = options.implicitSessions ? 'on' : 'off';
    const was = state().implicitSessions;
    if (was !== undefined && was !== implicitSessions) {
      progress(`implicit sessions are now ${implicitSessions}: bringing the list up to date`);
      yield* this.#forEachPage(
        (afterNo, limit) => ({ which: 'implicit', afterNo, limit }),
        (hots) => this.#writeAgain(hots),
      );
    }
    note({ implicitSessions });
  }

  /** Lists sessions as open again if a longer time-out reopens them. Readers do not rely on it. */
  *#reopen(): Work {
    const { state, options, note } = this.#parts;
    const { timeoutNs, now } = options;
    const was = state().timeoutNs;
    if (was !== undefined && BigInt(was) < timeoutNs) {
      const lastAfterNs = now() - timeoutNs;
      yield* this.#forEachPage(
        (afterNo, limit) => ({ which: 'timedOut', lastAfterNs, afterNo, limit }),
        (hots) => this.#writeAgain(hots),
      );
    }
    note({ timeoutNs: String(timeoutNs) });
  }

  /**
   * Marks sessions that the operator invalidated and whose rows do not say so. The row is written after the
   * decision: that can fail, or be lost in a crash.
   */
  #mendInvalidations(): Work {
    const { sessions, write, run, fold } = this.#parts;
    return this.#forEachPage(
      (afterNo, limit) => ({ which: 'unmarked', afterNo, limit }),
      (hots) =>
        write((changes) => {
          // The row will say that it has the current settings.
          run(fold.again(Fold.alone(hots.filter(({ outdated }) => outdated))));
          for (const hot of hots) {
            sessions.invalidate(changes, hot);
            sessions.write(changes, hot);
          }
        }),
    );
  }

  /** Goes through sessions a page at a time. `work` may change their listing. */
  *#forEachPage(
    query: (afterNo: number, limit: number) => SessionQuery,
    work: (hots: readonly HotSession[]) => void,
  ): Work {
    const { run, sessions } = this.#parts;
    for (let afterNo = 0; ; ) {
      const page = run(load('find', query(afterNo, yield)));
      if (page.length === 0) return;
      afterNo = page.at(-1)!.no;
      work(run(sessionsOf(sessions, page)));
      this.#parts.rotate();
    }
  }

  /** Writes sessions of which only the listing changes. */
  #writeAgain(hots: readonly HotSession[]): void {
    const { write, sessions } = this.#parts;
    write((changes) => {
      for (const hot of hots) sessions.write(changes, hot);
    });
  }

  /** Refolds sessions from their groups and writes them. */
  #makeAgain(hots: readonly HotSession[]): void {
    const { write, run, fold, sessions } = this.#parts;
    if (hots.length === 0) return;
    write((changes) => {
      run(fold.again(Fold.alone(hots)));
      for (const hot of hots) sessions.write(changes, hot);
    });
  }
}

/** Loads the sessions with these numbers, if they exist. */
export function* sessionsOf(sessions: Sessions, refs: readonly SessionRef[]): Plan<HotSession[]> {
  yield* sessions.require(refs);
  return refs.flatMap(({ project, id }: SessionKey) => sessions.get(project, id) ?? []);
}
