import { type MessagePort, workerData } from 'node:worker_threads';
import { Connection, type ConnectionOptions } from './connection.js';
import { DatabaseError, type Result, type Statement } from './statement.js';
import type { SessionAnswer, SessionThreadOptions } from './sync-session.js';

/** Holds the connections of a thread that waits for their answers (sync-session.ts). */

/** A connection that is opened anew when it was lost, but for a transaction that was lost with it. */
class HeldConnection {
  readonly #options: ConnectionOptions;
  #connection: Connection | undefined;
  #isInTransaction = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  async run(statements: readonly Statement[]): Promise<Result[]> {
    try {
      const connection = await this.#open();
      const results: Result[] = [];
      for (const statement of statements) {
        if (statement.text.startsWith('BEGIN')) this.#isInTransaction = true;
        results.push(await connection.run(statement));
        if (statement.text === 'COMMIT' || statement.text === 'ROLLBACK') this.#isInTransaction = false;
      }
      return results;
    } catch (error) {
      await this.#rollBack();
      throw error;
    }
  }

  async #open(): Promise<Connection> {
    const broken = this.#connection?.broken;
    if (broken !== undefined && this.#isInTransaction) {
      throw new DatabaseError(`the transaction was lost: ${broken.message}`, undefined);
    }
    if (this.#connection === undefined || broken !== undefined) {
      this.#connection = await Connection.open(this.#options);
    }
    return this.#connection;
  }

  async #rollBack(): Promise<void> {
    if (this.#isInTransaction && this.#connection?.broken === undefined) {
      await this.#connection?.run({ text: 'ROLLBACK' }).catch(() => {});
    }
    this.#isInTransaction = false;
  }
}

function serve(connection: ConnectionOptions, port: MessagePort, answered: Int32Array<SharedArrayBuffer>): void {
  const held = new HeldConnection(connection);
  const answer = (message: SessionAnswer): void => {
    port.postMessage(message);
    Atomics.add(answered, 0, 1);
    Atomics.notify(answered, 0);
  };
  port.on('message', (statements: readonly Statement[]) => {
    held.run(statements).then(
      (results) => answer({ results }),
      (error: DatabaseError) => answer({ error: { message: error.message, code: error.code } }),
    );
  });
}

const { sessions }: SessionThreadOptions = workerData;
for (const { connection, port, answered } of sessions) serve(connection, port, answered);
