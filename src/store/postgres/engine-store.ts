import type { ChangeSet } from '../engine/changes.js';
import type { EngineStore } from '../engine/engine.js';
import type { LoadAnswer, LoadRequest } from '../engine/loads.js';
import { decisionsOf, statementsOf } from './apply.js';
import { PostgresLoads } from './load.js';
import { SessionColumns } from './session-columns.js';
import { DatabaseError, type Statement, type SyncSession } from './statement.js';

const BEGIN: Statement = { text: 'BEGIN' };
const COMMIT: Statement = { text: 'COMMIT' };
const ROLLBACK: Statement = { text: 'ROLLBACK' };

/** What the engine needs of a database, for the process that folds. */
export class PostgresEngineStore implements EngineStore {
  readonly #session: SyncSession;
  readonly #decisions: SyncSession;
  readonly #fence: () => Statement;
  readonly #loads: PostgresLoads;
  /** The sessions by columns. */
  readonly columns: SessionColumns;
  /** Parts were written and not committed. */
  #isOpen = false;
  /** What else the next transaction does. */
  #alsoNext: readonly Statement[] = [];
  /** Why open parts were lost, until the engine was told by `apply` or `end`. */
  #lost: { readonly error: unknown } | undefined;

  /**
   * `session` is used by nothing else, and in no transaction. What is durable on its own goes through
   * `decisions`, another connection. `fence` is run last before each commit: it raises an error if this process
   * may not write any more.
   */
  constructor(session: SyncSession, decisions: SyncSession, fence: () => Statement) {
    this.#session = session;
    this.#decisions = decisions;
    this.#fence = fence;
    this.#loads = new PostgresLoads(session, decisions);
    this.columns = new SessionColumns(session, fence);
  }

  load(request: Exclude<LoadRequest, { name: 'blocks' }>): LoadAnswer {
    try {
      return this.#loads.answer(request);
    } catch (error) {
      if (this.#isOpen) {
        this.#rollBack();
        this.#lost = { error };
      }
      throw error;
    }
  }

  apply(changes: ChangeSet, isPart: boolean): void {
    this.#orNothing(() => {
      const decisions = decisionsOf(changes);
      if (decisions.length > 0) {
        this.#commit();
        this.#decisions.run(decisions);
      }
      const statements = [...statementsOf(changes), ...this.columns.changed(changes)];
      this.#session.run([
        ...(this.#isOpen ? [] : [BEGIN]),
        ...this.#alsoNext,
        ...statements,
        ...(isPart ? [] : [this.#fence(), COMMIT]),
      ]);
      this.#alsoNext = [];
      this.#isOpen = isPart;
    });
  }

  /**
   * Has the transaction of the first change set of `work` do more, as given to `add` before. Nothing may be left open
   * from before.
   */
  addToNext<T>(work: (add: (statements: readonly Statement[]) => void) => T): T {
    try {
      return work((statements) => {
        this.#alsoNext = statements;
      });
    } finally {
      this.#alsoNext = [];
    }
  }

  end(): void {
    this.#orNothing(() => this.#commit());
  }

  mayPass(error: unknown): boolean {
    if (error instanceof DatabaseError) return error.mayPass;
    return (error as { errno?: number }).errno !== undefined;
  }

  #commit(): void {
    if (!this.#isOpen) return;
    this.#session.run([this.#fence(), COMMIT]);
    this.#isOpen = false;
  }

  #orNothing(work: () => void): void {
    const lost = this.#lost;
    if (lost !== undefined) {
      this.#lost = undefined;
      throw lost.error;
    }
    try {
      work();
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** Gives up what is open, whichever connection failed. */
  #rollBack(): void {
    this.columns.forget();
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      // Outside of a transaction, where an error has ended it already, this does nothing.
      this.#session.run([ROLLBACK]);
    } catch {
      // The connection has failed, and its transaction with it.
    }
  }
}
