import { type MessagePort, workerData } from 'node:worker_threads';
import { Connection, type ConnectionOptions } from './connection.js';
import { DatabaseError, type Result, type Statement } from './statement.js';
import {
  type SessionAnswer,
  type SessionQuestion,
  type SessionThreadOptions,
  type SharedState,
  State,
} from './sync-session.js';

/** Holds the connections of a thread that waits for their answers (sync-session.ts). */

/**
 * A connection that is opened when it is first used. Once it was lost, the next use fails, even if nothing was
 * under way: what its user knows of the database may not be true any more. The one after that opens another.
 */
class HeldConnection {
  readonly #options: ConnectionOptions;
  #connection: Connection | undefined;
  #isInTransaction = false;
  #searchPath: string | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  async use(searchPath: string): Promise<Result[]> {
    this.#searchPath = searchPath;
    return this.#connection === undefined ? [] : this.run([pathOf(searchPath)]);
  }

  async reset(): Promise<Result[]> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#isInTransaction = false;
    await connection?.close();
    return [];
  }

  async run(statements: readonly Statement[]): Promise<Result[]> {
    try {
      const connection = await this.#open();
      const begins = statements[0]?.text === 'BEGIN';
      if (!this.#isInTransaction && !begins) {
        const results: Result[] = [];
        for (const statement of statements) results.push(await connection.run(statement));
        return results;
      }
      this.#isInTransaction = true;
      // Without a transaction, each of the others would be one of its own.
      const begun = begins ? [await connection.run(statements[0]!)] : [];
      const results = [...begun, ...(await connection.runAll(statements.slice(begun.length)))];
      const last = statements.at(-1)?.text;
      this.#isInTransaction = last !== 'COMMIT' && last !== 'ROLLBACK';
      return results;
    } catch (error) {
      await this.#rollBack();
      throw error;
    }
  }

  async #open(): Promise<Connection> {
    const broken = this.#connection?.broken;
    if (broken !== undefined)
      throw new DatabaseError(`the connection was lost: ${broken.message}`, undefined);
    if (this.#connection === undefined) {
      const connection = await Connection.open(this.#options);
      try {
        if (this.#searchPath !== undefined) await connection.run(pathOf(this.#searchPath));
      } catch (error) {
        void connection.close();
        throw error;
      }
      this.#connection = connection;
    }
    return this.#connection;
  }

  async #rollBack(): Promise<void> {
    if (this.#isInTransaction && this.#connection?.broken === undefined) {
      await this.#connection?.run({ text: 'ROLLBACK' }).catch(() => {});
    }
    this.#isInTransaction = false;
    // Its user is being told.
    if (this.#connection?.broken !== undefined) this.#connection = undefined;
  }
}

function pathOf(schemas: string): Statement {
  return { text: `SET search_path TO ${schemas}` };
}

function serve(connection: ConnectionOptions, port: MessagePort, state: SharedState): void {
  const held = new HeldConnection(connection);
  const wake = (): void => {
    Atomics.add(state, State.answers, 1);
    Atomics.notify(state, State.answers);
  };
  const answer = (message: SessionAnswer): void => {
    port.postMessage(message);
    wake();
  };
  // Also after an error that nobody has caught. Whoever waits cannot see it otherwise.
  process.once('exit', () => {
    Atomics.store(state, State.hasEnded, 1);
    wake();
  });
  port.on('message', (question: SessionQuestion) => {
    ask(held, question).then(
      (results) => answer({ results }),
      (error: DatabaseError) => answer({ error: { message: error.message, code: error.code } }),
    );
  });
}

function ask(held: HeldConnection, question: SessionQuestion): Promise<Result[]> {
  if ('statements' in question) return held.run(question.statements);
  return 'searchPath' in question ? held.use(question.searchPath) : held.reset();
}

const { sessions }: SessionThreadOptions = workerData;
for (const { connection, port, state } of sessions) serve(connection, port, state);
