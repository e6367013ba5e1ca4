import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { Connection } from './connection.js';
import { KEPT_CHANGES, KEPT_SAFE_VERSION, KEPT_SCHEMA_NAME, KEPT_TABLES, KEPT_VERSION } from './schema.js';
import { type AsyncSession, DatabaseError } from './statement.js';

/** PostgreSQL's `server_version_num` of version 14, the least that is tested. */
const LEAST_SERVER = 140_000;

/** Only one process migrates at a time. The number is arbitrary, and fixed. */
const MIGRATION_LOCK = 7_305_437_120_161n;

/** The database cannot be used; the message says what to do. */
export class UnusableDatabaseError extends Error {
  override readonly name = 'UnusableDatabaseError';
}

export interface Migrated {
  /** The version of the tables before; undefined if there were none. */
  readonly from: number | undefined;
  /** Their version now: greater than this program's if a newer one made them, and says that this one is safe. */
  readonly to: number;
  /** 32 secret bytes, made with the tables: the key of pseudonyms. */
  readonly installationKey: Uint8Array;
}

/**
 * Creates the tables of decisions and of the log, or brings them to this version. Several processes may call
 * it at once. `session` must be a connection of its own. @throws UnusableDatabaseError; DatabaseError
 */
export async function migrate(session: AsyncSession): Promise<Migrated> {
  await checkServer(session);
  await session.run({ text: 'BEGIN' });
  try {
    await session.run({ text: 'SELECT pg_advisory_xact_lock($1::int8)', values: [MIGRATION_LOCK] });
    const from = await versionOf(session);
    if (from === undefined) await create(session);
    else if (from < KEPT_VERSION) await update(session, from);
    await session.run({ text: 'COMMIT' });
    return { from, to: Math.max(from ?? 0, KEPT_VERSION), installationKey: await installationKey(session) };
  } catch (error) {
    await session.run({ text: 'ROLLBACK' }).catch(() => {});
    throw error;
  }
}

/** How long a statement of `migrateDatabase` may take, ms. */
const STATEMENT_MS = 600_000;

/** `migrate` by a connection of its own. @throws UnusableDatabaseError; DatabaseError */
export async function migrateDatabase(url: string): Promise<Omit<Migrated, 'installationKey'>> {
  const connection = await Connection.open({ url, purpose: 'migration', statementMs: STATEMENT_MS });
  try {
    const { from, to } = await migrate(connection);
    return { from, to };
  } finally {
    await connection.close();
  }
}

async function checkServer(session: AsyncSession): Promise<void> {
  const { rows } = await session.run({
    text: `SELECT current_setting('server_version_num')::int4, current_setting('server_version'), current_setting('server_encoding'), current_database()`,
  });
  const [number, version, encoding, database] = rows[0] as [number, string, string, string];
  if (number < LEAST_SERVER) {
    throw new UnusableDatabaseError(`PostgreSQL ${version} is too old: version 14 or newer is needed`);
  }
  if (encoding !== 'UTF8') {
    throw new UnusableDatabaseError(
      `the database ${database} has the encoding ${encoding}: create one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`,
    );
  }
}

/** The version of the tables; undefined if there are none. @throws UnusableDatabaseError if this program must not touch them. */
export async function versionOf(session: AsyncSession): Promise<number | undefined> {
  const { rows } = await session.run({
    text: `SELECT to_regclass('${KEPT_SCHEMA_NAME}.setting') IS NOT NULL`,
  });
  if (rows[0]?.[0] !== true) return undefined;
  const settings = await session.run({
    text: `SELECT key, value FROM ${KEPT_SCHEMA_NAME}.setting WHERE key IN ('version', 'safe_version')`,
  });
  const values = new Map(settings.rows as [string, string][]);
  const version = Number(values.get('version'));
  const safe = Number(values.get('safe_version') ?? version);
  if (version > KEPT_VERSION && safe > KEPT_VERSION) {
    throw new UnusableDatabaseError(
      `the database was made by a newer version of Sojourn (tables of version ${version}; this one knows ${KEPT_VERSION}): start that version`,
    );
  }
  return version;
}

async function create(session: AsyncSession): Promise<void> {
  await session.run({ text: `CREATE SCHEMA IF NOT EXISTS ${KEPT_SCHEMA_NAME}` });
  await session.run({ text: `SET LOCAL search_path TO ${KEPT_SCHEMA_NAME}` });
  await session.run({ text: KEPT_TABLES });
  await session.run({
    text: 'INSERT INTO setting (key, value) VALUES ($1, $2)',
    values: ['installation_key', randomBytes(32).toString('hex')],
  });
  await update(session, 1);
}

/** Brings tables of an older version to this one. */
async function update(session: AsyncSession, from: number): Promise<void> {
  await session.run({ text: `SET LOCAL search_path TO ${KEPT_SCHEMA_NAME}` });
  for (const { version, text } of KEPT_CHANGES) if (version > from) await session.run({ text });
  const settings = { version: String(KEPT_VERSION), safe_version: String(KEPT_SAFE_VERSION) };
  for (const [key, value] of Object.entries(settings)) {
    await session.run({
      // The least safe version may be greater: it depends on what the database has.
      text: `INSERT INTO setting AS s (key, value) VALUES ($1, $2)
        ON CONFLICT (key) DO UPDATE SET value = greatest(s.value::int4, excluded.value::int4)::text`,
      values: [key, value],
    });
  }
}

async function installationKey(session: AsyncSession): Promise<Uint8Array> {
  const { rows } = await session.run({
    text: `SELECT value FROM ${KEPT_SCHEMA_NAME}.setting WHERE key = 'installation_key'`,
  });
  if (rows[0] === undefined) throw new DatabaseError('the table setting has no installation_key', undefined);
  return Buffer.from(rows[0][0] as string, 'hex');
}
