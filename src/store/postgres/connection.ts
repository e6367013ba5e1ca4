import { Buffer } from 'node:buffer';
import pg from 'pg';
import { type AsyncSession, DatabaseError, type Result, type Row, type Statement } from './statement.js';
import { urlForDriver, urlWithoutTls } from './tls-url.js';

/** How long opening a connection may take, unless its options say otherwise, ms. */
const CONNECT_MS = 10_000;

/** How long the database may take to close a connection, ms. */
const CLOSE_MS = 1_000;

/** How long telling the database to stop a statement may take, ms. */
const STOP_MS = 5_000;

/** How a connection is opened. Cloneable. */
export interface ConnectionOptions {
  /**
   * `postgres://user:password@host:port/database?…`. What it leaves out comes from `PGHOST` and so on, and its
   * `sslmode` means the same, as for psql.
   */
  readonly url: string;
  /** What it is for: `applicationName` makes its name in `pg_stat_activity` of it. */
  readonly purpose: string;
  /**
   * How long a statement may take, ms. The database cancels it then, so that it does not go on for nobody. A
   * connection without an answer counts as lost.
   */
  readonly statementMs: number;
  /** How long opening it may take, ms. Default: 10 s. */
  readonly connectMs?: number;
  /** A statement that waits so long for a lock fails (SQLSTATE 55P03), ms. Without: as the database is set. */
  readonly lockMs?: number;
  /** After this time the database ends a transaction in which nothing happens, ms. Without: as the database is set. */
  readonly idleInTransactionMs?: number;
  /**
   * Commits do not wait for the disk: a crash of the database may lose the last of them, in their order, each of
   * them whole. For what can be made again.
   */
  readonly isAsync?: boolean;
}

/** What the driver says where a server has no TLS. */
const NO_TLS = /does not support SSL/;

/** Types by their numbers in `pg_type`, and how their text is read (statement.ts). */
const PARSERS = new Map<number, (text: string) => unknown>([
  [16, (text) => text === 't'],
  [17, (text) => Buffer.from(text.slice(2), 'hex')],
  [20, BigInt],
  [21, Number],
  [23, Number],
  [1700, BigInt],
]);

const asText = (text: string): string => text;

const TYPES = {
  getTypeParser: (type: number) => PARSERS.get(type) ?? asText,
} as unknown as pg.CustomTypesConfig;

/** A connection to the database. It does not come back by itself: once it is broken, another has to be opened. */
export class Connection implements AsyncSession {
  readonly #client: pg.Client;
  readonly #options: ConnectionOptions;
  /** Of the database, for this connection; undefined while it is opened. */
  #processId: number | undefined;
  #broken: DatabaseError | undefined;

  private constructor(client: pg.Client, options: ConnectionOptions) {
    this.#client = client;
    this.#options = options;
    client.on('error', (error) => this.#break(error));
    client.on('end', () => this.#break(new Error('the connection to PostgreSQL ended')));
  }

  /** @throws DatabaseError; the reason of `ended` once that is aborted */
  static async open(options: ConnectionOptions, ended?: AbortSignal): Promise<Connection> {
    const url = urlForDriver(options.url, process.env);
    try {
      return await Connection.#open(url, options, ended);
    } catch (error) {
      const plain = urlWithoutTls(url);
      if (plain === undefined || !(error instanceof DatabaseError) || !NO_TLS.test(error.message))
        throw error;
      return Connection.#open(plain, options, ended);
    }
  }

  static async #open(
    url: string,
    options: ConnectionOptions,
    ended: AbortSignal | undefined,
  ): Promise<Connection> {
    ended?.throwIfAborted();
    const { purpose, statementMs, connectMs = CONNECT_MS } = options;
    let connection: Connection | undefined;
    const giveUp = (): void => {
      if (connection !== undefined) connection.#break(new Error('opening the connection was given up'));
    };
    try {
      const client = new pg.Client({
        connectionString: withoutOurs(url),
        application_name: applicationName(purpose),
        connectionTimeoutMillis: connectMs,
        keepAlive: true,
        query_timeout: statementMs,
        pipeline: true,
        types: TYPES,
      });
      connection = new Connection(client, options);
      ended?.addEventListener('abort', giveUp, { once: true });
      await client.connect();
      const { rows } = await connection.run({ text: `${settingsOf(options)}; SELECT pg_backend_pid()` });
      connection.#processId = rows[0]![0] as number;
      return connection;
    } catch (error) {
      const failure = errorOf(error);
      if (connection !== undefined) connection.#break(failure);
      throw ended?.aborted ? ended.reason : failure;
    } finally {
      ended?.removeEventListener('abort', giveUp);
    }
  }

  /** Why it can no longer be used. */
  get broken(): DatabaseError | undefined {
    return this.#broken;
  }

  async run({ text, values, name }: Statement, ended?: AbortSignal): Promise<Result> {
    if (this.#broken !== undefined) throw this.#broken;
    ended?.throwIfAborted();
    const giveUp = (): void => this.#giveUp();
    ended?.addEventListener('abort', giveUp, { once: true });
    try {
      const answer: pg.QueryArrayResult | pg.QueryArrayResult[] = await this.#client.query({
        text,
        rowMode: 'array',
        types: TYPES,
        ...(values !== undefined && { values: values as unknown[] }),
        ...(name !== undefined && { name }),
      });
      // A text of several statements, which has no values, has several results.
      const { rows, rowCount } = Array.isArray(answer) ? answer.at(-1)! : answer;
      return { rows: rows as readonly Row[], count: rowCount ?? 0 };
    } catch (error) {
      const failure = errorOf(error);
      // Without an answer, nobody knows what it is doing.
      if (failure.code === undefined) this.#break(failure);
      throw ended?.aborted ? ended.reason : failure;
    } finally {
      ended?.removeEventListener('abort', giveUp);
    }
  }

  /** Does not wait for the statement under way, and has the database stop it. */
  #giveUp(): void {
    const processId = this.#processId;
    this.#break(new Error('its statement was given up'));
    if (processId !== undefined) this.#stop(processId).catch(() => {});
  }

  /** @throws DatabaseError: the database stops it at its own limit then */
  async #stop(processId: number): Promise<void> {
    const { url, purpose } = this.#options;
    const other = await Connection.open({ url, purpose, statementMs: STOP_MS, connectMs: STOP_MS });
    try {
      await other.run({ text: 'SELECT pg_cancel_backend($1::int4)', values: [processId] });
    } finally {
      await other.close();
    }
  }

  /**
   * Runs statements of one transaction in their order, without waiting for one before the next is sent: it
   * takes one round trip. @throws DatabaseError for the first that fails; the database ignores those after it
   */
  async runAll(statements: readonly Statement[]): Promise<Result[]> {
    const results = await Promise.allSettled(statements.map((statement) => this.run(statement)));
    return results.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
  }

  /** Calls `listener` with what is notified on these channels, from when it resolves. */
  async listen(
    channels: readonly string[],
    listener: (channel: string, payload: string) => void,
  ): Promise<void> {
    this.#client.on('notification', ({ channel, payload }) => listener(channel, payload ?? ''));
    await this.run({ text: channels.map((channel) => `LISTEN ${channel}`).join('; ') });
  }

  /** Calls `listener` once it is broken. */
  onBroken(listener: (error: DatabaseError) => void): void {
    this.#client.once('end', () => listener(this.#broken!));
  }

  async close(): Promise<void> {
    this.#broken ??= new DatabaseError('the connection is closed', undefined);
    // Where the network swallows everything, the database never answers.
    const timer = setTimeout(() => this.#destroy(), CLOSE_MS);
    await this.#client.end().catch(() => {});
    clearTimeout(timer);
  }

  #break(error: Error): void {
    if (this.#broken !== undefined) return;
    this.#broken = errorOf(error);
    this.#destroy();
  }

  #destroy(): void {
    // Not `end`: it would wait for an answer that may never come.
    (this.#client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}

/** Parameters of a URL that this program sets itself. */
const OURS = [
  'application_name',
  'fallback_application_name',
  'query_timeout',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'binary',
  'pipeline',
];

/** The URL without the parameters that are set for it: the driver would prefer those of the URL. */
function withoutOurs(url: string): string {
  const parsed = new URL(url);
  for (const name of OURS) parsed.searchParams.delete(name);
  return parsed.href;
}

/** What the database shows of connections with this purpose. */
export function applicationName(purpose: string): string {
  return `sojourn ${purpose}`;
}

function settingsOf({
  statementMs,
  lockMs,
  idleInTransactionMs,
  isAsync = false,
}: ConnectionOptions): string {
  const settings = {
    search_path: 'sojourn',
    bytea_output: 'hex',
    // Statements have few rows each: compiling plans, and starting other processes for them, takes longer.
    jit: 'off',
    max_parallel_workers_per_gather: 0,
    client_min_messages: 'warning',
    synchronous_commit: isAsync ? 'off' : 'on',
    statement_timeout: statementMs,
    lock_timeout: lockMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
  };
  return Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `SET ${name} TO ${value}`)
    .join('; ');
}

function errorOf(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const { message, code, syscall } = error as NodeJS.ErrnoException;
  // Errors of the system, such as EPIPE, have codes as well; those of the database have five characters.
  const isState = syscall === undefined && typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code);
  const state = isState ? code : undefined;
  // A server that ends, or ends a connection: nothing more comes on it.
  const isLost = state !== undefined && /^(08|57P0[1-5]|25P03)/.test(state);
  return new DatabaseError(message || String(code ?? error), isLost ? undefined : state, { cause: error });
}
