import { Connection, type ConnectionOptions } from './connection.js';
import { type AsyncSession, DatabaseError } from './statement.js';

/** Connections that are opened when they are needed, and used again. Who comes when all are in use waits. */
export class Pool {
  readonly #options: ConnectionOptions;
  readonly #most: number;
  readonly #idle: Connection[] = [];
  readonly #waiting: (() => void)[] = [];
  #used = 0;
  #isClosed = false;

  /** `most`: greatest number of connections. */
  constructor(options: ConnectionOptions, most: number) {
    this.#options = options;
    this.#most = most;
  }

  /**
   * Runs work on a connection that nobody else uses meanwhile. Work that leaves a transaction open must have
   * broken its connection. Opening one ends with `ended`. @throws DatabaseError if there is no connection; the
   * reason of `ended`; what `work` throws.
   */
  async take<T>(work: (session: AsyncSession) => Promise<T>, ended?: AbortSignal): Promise<T> {
    while (this.#used >= this.#most && !this.#isClosed)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#isClosed) throw new DatabaseError('the store is closed', undefined);
    this.#used++;
    let connection: Connection | undefined;
    try {
      connection = await this.#open(ended);
      return await work(connection);
    } finally {
      this.#used--;
      if (connection !== undefined) this.#giveBack(connection);
      this.#waiting.shift()?.();
    }
  }

  async #open(ended: AbortSignal | undefined): Promise<Connection> {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined) return Connection.open(this.#options, ended);
      if (connection.broken === undefined) return connection;
    }
  }

  #giveBack(connection: Connection): void {
    if (connection.broken !== undefined) return;
    if (this.#isClosed) void connection.close();
    else this.#idle.push(connection);
  }

  /** Closes what is not in use; the rest is closed when it is given back. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all(this.#idle.splice(0).map((connection) => connection.close()));
  }
}

/** How often work is tried, at most. */
const MOST_TRIES = 5;

export interface RetryOptions {
  /** Called before each further try. */
  retried(error: DatabaseError): void;
  /** Whether somebody still waits for the result. */
  isWanted(): boolean;
}

/**
 * Runs work that may be done twice, and again where it lost against another transaction, or met a connection
 * that had ended since it was last used. @throws DatabaseError
 */
export async function retrying<T>(
  pool: Pool,
  work: (session: AsyncSession) => Promise<T>,
  { retried, isWanted }: RetryOptions,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await pool.take(work);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      const isLost = error.code === undefined && tries === 1;
      if (!isLost && (!error.isConflict || tries >= MOST_TRIES)) throw error;
      if (!isWanted()) throw error;
      retried(error);
    }
  }
}
