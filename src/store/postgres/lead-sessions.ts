import { LEASE_LOST } from './lease.js';
import { DatabaseError, type Result, type Statement, type SyncSession } from './statement.js';

export interface LeadSessionsEdges {
  /** @throws DatabaseError with `LEASE_LOST` if another process holds the lease by now. */
  checkLease(): void;
  /** A statement failed in a way that may pass. */
  failed(error: DatabaseError): void;
}

/**
 * The sessions of a process while it holds the lease. Once a connection or the lease was lost, none of them runs
 * anything more: what is in memory may differ from the database, where a transaction whose answer was lost may
 * have been committed, or still be. The engine alone would take such an error for one that passes, and go on.
 */
export class LeadSessions {
  readonly #edges: LeadSessionsEdges;
  #lost: DatabaseError | undefined;

  constructor(edges: LeadSessionsEdges) {
    this.#edges = edges;
  }

  /** The same session, watched. */
  watch(session: SyncSession): SyncSession {
    return { run: (statements) => this.#run(session, statements) };
  }

  /** @throws DatabaseError if a connection or the lease was lost */
  throwIfLost(): void {
    if (this.#lost !== undefined) throw this.#lost;
  }

  #run(session: SyncSession, statements: readonly Statement[]): Result[] {
    this.throwIfLost();
    try {
      return session.run(statements);
    } catch (error) {
      const failure = this.#causeOf(error);
      if (failure instanceof DatabaseError) {
        if (failure.code === undefined || failure.code === LEASE_LOST) this.#lost = failure;
        if (failure.mayPass) this.#edges.failed(failure);
      }
      throw failure;
    }
  }

  /** Statements of a process that lost the lease unnoticed fail in other ways as well: its rows may be gone. */
  #causeOf(error: unknown): unknown {
    if (!(error instanceof DatabaseError) || error.mayPass) return error;
    try {
      this.#edges.checkLease();
    } catch (cause) {
      return cause;
    }
    return error;
  }
}
