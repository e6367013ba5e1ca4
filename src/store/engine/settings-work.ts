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

/** Numbers of sessions among which those of older settings are looked for at a time. */
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
  /** Told what is begun, and now and then how far it is. */
  readonly progress: (message: string) => void;
  state(): EngineState;
  run<T>(plan: Plan<T>): T;
  /** Writes a change set, or nothing of it where it throws. */
  write(fill: (changes: ChangeSet) => void): void;
  /** Writes what is kept of the store as a whole, where it is another than before. */
  note(state: Partial<EngineState>): void;
  /** Whether an error may pass by itself: a full or failing disk. */
  mayPass(error: unknown): boolean;
  /** Lets go of what was not touched lately. */
  rotate(): void;
}

/** Yields after each change set, and is given how many sessions the next one may have. */
export type Work = Generator<void, void, number>;

/** Brings rows up to settings that they were not written under. Each part notes that it is done; one that was given up is done again from its beginning, which changes nothing twice. */
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
   * Folds sessions again that were folded under older settings, the newest first. Until it comes to them, lists show them as they were; who reads one has it folded again in memory.
   * One that cannot be folded, for a damaged block, stays as it was. `lastSession` is the greatest number of a session that may be among them.
   */
  *refold(lastSession: number): Work {
    const { state, run, progress, note, sessions, mayPass } = this.#parts;
    const settings = state().settingsNumber;
    if (settings === undefined || state().refoldedSettings === settings) return;
    let [again, left] = [0, 0];
    /** Down to this number sessions are folded one by one: one among them cannot be folded. */
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
        // One that was folded again meanwhile is what it should be.
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
    if (again + left > 0) progress(`${again} session(s) were folded again under the settings of today`);
  }

  /** Makes implicit sessions again where other traces are quiet than when they were made. */
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

  /** Lists or hides implicit sessions where the setting is another than when they were written. */
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

  /** Lists sessions as open again that a longer time-out than before makes open. Readers do not rely on it. */
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

  /** Marks sessions that the operator invalidated and whose rows do not say so: the rows are written after the decision, which may fail, and may be lost when the machine stops. */
  #mendInvalidations(): Work {
    const { sessions, write, run, fold } = this.#parts;
    return this.#forEachPage(
      (afterNo, limit) => ({ which: 'unmarked', afterNo, limit }),
      (hots) =>
        write((changes) => {
          // The row will say that it is of today's settings.
          run(fold.again(Fold.alone(hots.filter(({ outdated }) => outdated))));
          for (const hot of hots) {
            sessions.invalidate(changes, hot);
            sessions.write(changes, hot);
          }
        }),
    );
  }

  /** Goes through sessions a page at a time. `work` may change how they are listed. */
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

  /** Writes sessions that are what they were, and are listed otherwise. */
  #writeAgain(hots: readonly HotSession[]): void {
    const { write, sessions } = this.#parts;
    write((changes) => {
      for (const hot of hots) sessions.write(changes, hot);
    });
  }

  /** Makes sessions anew of their groups, and writes them. */
  #makeAgain(hots: readonly HotSession[]): void {
    const { write, run, fold, sessions } = this.#parts;
    if (hots.length === 0) return;
    write((changes) => {
      run(fold.again(Fold.alone(hots)));
      for (const hot of hots) sessions.write(changes, hot);
    });
  }
}

/** The sessions of these numbers in memory, those that there are. */
export function* sessionsOf(sessions: Sessions, refs: readonly SessionRef[]): Plan<HotSession[]> {
  yield* sessions.require(refs);
  return refs.flatMap(({ project, id }: SessionKey) => sessions.get(project, id) ?? []);
}
