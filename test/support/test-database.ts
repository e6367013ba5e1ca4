import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'pg';
import { startPostgres, type TestPostgres } from './postgres.js';

/** Databases for servers under test, all on one PostgreSQL server of the test process. */

/** Each process of Sojourn has about a dozen, and a test may have a dozen processes. */
const CONNECTIONS = 400;
/** Far more than a busy machine needs, so that only a hang reaches it. */
const LIMIT_MS = 60_000;
const POLL_MS = 5;

let postgres: Promise<TestPostgres> | undefined;

/** What the table of the lease tells of who makes the sessions. */
interface Lease {
  readonly epoch: string;
  /** Changes with every statement that the holder runs on it. */
  readonly version: string;
}

export class TestDatabase {
  readonly url: string;
  readonly #pool: Pool;

  private constructor(url: string) {
    this.url = url;
    // A database that a test does not close keeps no process waiting.
    this.#pool = new Pool({
      connectionString: url,
      max: 2,
      allowExitOnIdle: true,
      connectionTimeoutMillis: LIMIT_MS,
      query_timeout: LIMIT_MS,
    });
    // The server may end before.
    this.#pool.on('error', () => {});
  }

  /** A new, empty database. Only if `withoutPostgres` is false. */
  static async create(): Promise<TestDatabase> {
    postgres ??= startPostgres({ settings: { max_connections: CONNECTIONS } });
    return new TestDatabase(await (await postgres).createDatabase());
  }

  /** Resolves when readers see all that has been acknowledged so far, and rows are not being made again. */
  async folded(): Promise<void> {
    const [last] = await this.#query('SELECT coalesce(max(id), 0)::text AS id FROM sojourn.log_block');
    await this.#until(
      'sessions are behind',
      async () =>
        (
          await this.#query(
            `SELECT FROM sojourn.log_block
              WHERE id <= $1 AND (number IS NULL OR number > (SELECT folded FROM sojourn.lease WHERE lane = 0))
              UNION ALL SELECT FROM sojourn.setting WHERE key = 'next_rows' LIMIT 1`,
            [last!.id],
          )
        ).length === 0,
    );
  }

  /**
   * Lets the next process take the lease at once, in the place of one that was killed: it need not wait until
   * that lease ends. Returns the lease, which is undefined in an empty database.
   */
  async expireLease(): Promise<Lease | undefined> {
    const lease = await this.#lease();
    if (lease !== undefined) await this.#query(`UPDATE sojourn.lease SET expires_at = '-infinity'`);
    return lease;
  }

  /** Resolves when a process has taken the lease after that, and has begun to work. */
  async taken(before: Lease | undefined): Promise<void> {
    let first: Lease | undefined;
    await this.#until('nobody takes the lease', async () => {
      const lease = await this.#lease();
      if (lease === undefined || lease.epoch === (before?.epoch ?? '0')) return false;
      first ??= lease;
      return lease.version !== first.version;
    });
  }

  /** Flips a bit of a block of the log. */
  async flip(block: number): Promise<void> {
    await this.#query(
      'UPDATE sojourn.log_block SET data = set_bit(data, 99, 1 - get_bit(data, 99)) WHERE number = $1',
      [block],
    );
  }

  /** How many records a block of the log has. */
  async recordsIn(block: number): Promise<number> {
    const [row] = await this.#query('SELECT records FROM sojourn.log_block WHERE number = $1', [block]);
    return Number(row!.records);
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  async #lease(): Promise<Lease | undefined> {
    const [{ exists } = { exists: false }] = await this.#query(
      `SELECT to_regclass('sojourn.lease') IS NOT NULL AS exists`,
    );
    if (!exists) return undefined;
    const [lease] = await this.#query(
      'SELECT epoch::text, xmin::text AS version FROM sojourn.lease WHERE lane = 0',
    );
    return lease as unknown as Lease;
  }

  async #until(what: string, condition: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + LIMIT_MS;
    while (!(await condition())) {
      if (performance.now() > deadline) throw new Error(what);
      await delay(POLL_MS);
    }
  }

  async #query(text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    return (await this.#pool.query(text, [...values])).rows;
  }
}
