import { StoreUnavailableError } from '../contract/unavailable.js';
import { STATE_KEYS } from '../engine/state-keys.js';
import type { Reads, Snapshots } from '../read/reads.js';
import { Turns } from '../read/turns.js';
import type { Pool } from './pool.js';
import { endedBy } from './read-deadline.js';
import { KEPT_SCHEMA_NAME, ROWS_VERSION, ROWS_VERSION_KEY, rowsSchema } from './schema.js';
import { type AsyncSession, DatabaseError, type Statement } from './statement.js';

/** A read transaction. */
export interface Moment {
  readonly session: AsyncSession;
  /** Asked for when the transaction began. @throws DatabaseError, OtherRowsError */
  readonly versions: Promise<Versions>;
}

export interface Versions {
  /** As `Reads.version`. */
  readonly version: number;
  /** As `Reads.settings`. */
  readonly settings: number;
}

/** Which rows are read, and how they were made. */
export interface NamedRows {
  /** Their number (`rowsSchema`); undefined if there are none yet. */
  readonly number: number | undefined;
  /** As `EngineState.sessionsBy`. */
  readonly sessionsBy: string | undefined;
}

/** Other rows are named than those that were asked. */
class OtherRowsError extends Error {
  override readonly name = 'OtherRowsError';
}

/** Undefined table, undefined schema, deadlock: as rows are dropped after others were named. */
const REPLACED = new Set(['42P01', '3F000', '40P01']);

/** Whether a question may be answered by the rows that are named now. */
export function isOfReplacedRows(error: unknown): boolean {
  return (
    error instanceof OtherRowsError || (error instanceof DatabaseError && REPLACED.has(error.code ?? ''))
  );
}

const NAMED = `(SELECT value FROM ${KEPT_SCHEMA_NAME}.setting WHERE key = 'rows')`;

/**
 * Finds out which rows are named. @throws DatabaseError; StoreUnavailableError if this program cannot read them; what
 * `checkpoint` throws
 */
export function namedRows(pool: Pool, checkpoint: () => void): Promise<NamedRows> {
  return endedBy(checkpoint, (ended) => pool.take((session) => askForRows(session, ended), ended));
}

async function askForRows(session: AsyncSession, ended: AbortSignal): Promise<NamedRows> {
  const { rows } = await session.run({ text: `SELECT ${NAMED}` }, ended);
  const value = rows[0]![0] as string | null;
  if (value === null) return { number: undefined, sessionsBy: undefined };
  const number = Number(value);
  const meta = (key: string): string => `(SELECT value FROM ${rowsSchema(number)}.meta WHERE key = '${key}')`;
  const text = `SELECT ${meta(ROWS_VERSION_KEY)}, ${meta(STATE_KEYS.sessionsBy)}`;
  const [version, sessionsBy] = (await session.run({ text }, ended)).rows[0] as readonly (string | null)[];
  if (version !== String(ROWS_VERSION)) {
    throw new StoreUnavailableError(
      `sessions are in tables of version ${version}, and this program reads version ${ROWS_VERSION}`,
    );
  }
  return { number, sessionsBy: sessionsBy ?? undefined };
}

const COMMIT: Statement = { text: 'COMMIT' };
const ROLLBACK: Statement = { text: 'ROLLBACK' };

/** Where there are no rows yet. */
const NOTHING: AsyncSession = { run: async () => ({ rows: [], count: 0 }) };

/**
 * Snapshots of one set of rows: a read transaction each. They take turns, since what reads keep for the next one
 * is of one moment at a time. To read at once on several processors there are several readers.
 */
export class PostgresSnapshots implements Snapshots {
  readonly #pool: Pool;
  readonly #readsOf: (moment: Moment) => Reads;
  readonly #begin: Statement;
  readonly #beginByKeys: Statement;
  readonly #named: Statement;
  readonly #number: number | undefined;
  readonly #checkpoint: () => void;
  readonly #turns = new Turns();

  /** `checkpoint` is called around each statement and while one is under way. What it throws ends the read. */
  constructor(
    pool: Pool,
    number: number | undefined,
    readsOf: (moment: Moment) => Reads,
    checkpoint: () => void = () => {},
  ) {
    this.#pool = pool;
    this.#checkpoint = checkpoint;
    this.#number = number;
    this.#readsOf = readsOf;
    this.#begin = { text: beginOf(number) };
    this.#beginByKeys = { text: `${beginOf(number)}; ${BY_KEYS}` };
    this.#named = namedOf(number);
  }

  snapshot<T>(work: (reads: Reads) => Promise<T>): Promise<T> {
    return this.#begun(this.#beginByKeys, (moment) => work(this.#readsOf(moment)));
  }

  /** As `snapshot`. @throws OtherRowsError if other rows are named by now */
  moment<T>(work: (moment: Moment) => Promise<T>): Promise<T> {
    return this.#begun(this.#begin, work);
  }

  #begun<T>(begin: Statement, work: (moment: Moment) => Promise<T>): Promise<T> {
    return this.#turns.take(() =>
      endedBy(this.#checkpoint, (ended) =>
        this.#pool.take((session) => this.#within(session, begin, work, ended), ended),
      ),
    );
  }

  /** Resolves when all snapshots that were asked for are over. */
  settled(): Promise<void> {
    return this.#turns.settled();
  }

  async #within<T>(
    session: AsyncSession,
    begin: Statement,
    work: (moment: Moment) => Promise<T>,
    ended: AbortSignal,
  ): Promise<T> {
    // Neither waits for the other, and the first statement of `work` follows them: one round trip.
    const [begun, versions] = [session.run(begin, ended), this.#versions(session, this.#named, ended)];
    const isBegun = Promise.all([begun, versions]);
    // `work` may fail before anybody waits for it.
    isBegun.catch(() => {});
    try {
      const result = await work({
        session: this.#number === undefined ? NOTHING : checked(session, this.#checkpoint, ended),
        versions,
      });
      await isBegun;
      // Nobody waits for the end of a transaction that only read: the next one on this connection follows it.
      session.run(COMMIT).catch(() => {});
      return result;
    } catch (error) {
      // Where this fails, the connection does not come back.
      await session.run(ROLLBACK).catch(() => {});
      // If the beginning failed, that is why everything after it did.
      await isBegun;
      throw error;
    }
  }

  /** @throws OtherRowsError if other rows are named by now */
  async #versions(session: AsyncSession, named: Statement, ended: AbortSignal): Promise<Versions> {
    const { rows } = await session.run(named, ended);
    const [number, version, settings] = rows[0] as readonly (string | null)[];
    if ((number ?? undefined) !== this.#number?.toString()) throw new OtherRowsError('other rows are named');
    return { version: Number(version ?? 0), settings: Number(settings ?? 0) };
  }
}

function checked(session: AsyncSession, checkpoint: () => void, ended: AbortSignal): AsyncSession {
  return {
    run: async (statement) => {
      checkpoint();
      const result = await session.run(statement, ended);
      checkpoint();
      return result;
    },
  };
}

/**
 * For transactions whose statements are all prepared and look rows up by keys: they are planned once for a connection.
 * By default PostgreSQL plans most of them each time, which takes longer than running them. Such a plan may be of an
 * empty table, so it must not be one that reads tables whole.
 */
const BY_KEYS = [
  'plan_cache_mode TO force_generic_plan',
  'enable_seqscan TO off',
  'enable_hashjoin TO off',
  'enable_mergejoin TO off',
]
  .map((setting) => `SET LOCAL ${setting}`)
  .join('; ');

/** Begins a transaction. */
function beginOf(number: number | undefined): string {
  const begin = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';
  if (number === undefined) return begin;
  return `${begin}; SET LOCAL search_path TO ${rowsSchema(number)}, ${KEPT_SCHEMA_NAME}`;
}

/**
 * Asks for the rows that are named, the version of those that are read, and today's settings. Prepared: planning it
 * takes longer than answering it.
 */
function namedOf(number: number | undefined): Statement {
  if (number === undefined) return { text: `SELECT ${NAMED}` };
  const schema = rowsSchema(number);
  const meta = (key: string): string => `(SELECT value FROM ${schema}.meta WHERE key = '${key}')`;
  return {
    name: `versions ${schema}`,
    text: `SELECT ${NAMED}, ${meta('version')}, ${meta(STATE_KEYS.settingsNumber)}`,
  };
}
