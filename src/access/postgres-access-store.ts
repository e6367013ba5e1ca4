import { createHmac } from 'node:crypto';
import { Connection } from '../store/postgres/connection.js';
import { migrate } from '../store/postgres/migrate.js';
import { Pool, retrying } from '../store/postgres/pool.js';
import { type AsyncSession, int8s, type Row, textOf, texts, utf8 } from '../store/postgres/statement.js';
import type { AccessStore, KeyRecord } from './access-store.js';
import type { AuditAction, AuditEntry, AuditScan, NewAuditEntry } from './audit.js';
import type { Scope } from './scope.js';
import type { SignIn } from './sign-in/sign-in-store.js';

/** How long a statement may take, ms: a request waits for it. */
const STATEMENT_MS = 5_000;

/** How long a migration may take, ms. */
const MIGRATION_MS = 600_000;

/** Greatest number of connections. Each request that brings a key needs one for a round trip. */
const MOST_CONNECTIONS = 2;

const KEY_COLUMNS =
  'id, hash, name, scopes, project, origins, requests_per_minute, created_ms, expires_ms, revoked_ms, last_used_ms';

const SIGN_IN_COLUMNS = 'hash, actor, key_id, scopes, created_ms, expires_ms';

/**
 * Opens keys and the audit log of a PostgreSQL database, in the tables of the schema `sojourn`. Creates those
 * that are missing.
 * @throws UnusableDatabaseError; DatabaseError
 */
export async function openPostgresAccessStore(url: string): Promise<AccessStore> {
  const first = await Connection.open({ url, purpose: 'migration', statementMs: MIGRATION_MS });
  const { installationKey } = await migrate(first).finally(() => first.close());
  // A key of its own, so that knowing one use of the installation's key says nothing about the others.
  const secret = createHmac('sha256', installationKey).update('sojourn access\0').digest();
  return new PostgresAccessStore(
    new Pool({ url, purpose: 'access', statementMs: STATEMENT_MS }, MOST_CONNECTIONS),
    secret,
  );
}

class PostgresAccessStore implements AccessStore {
  readonly secret: Uint8Array;
  readonly #pool: Pool;

  constructor(pool: Pool, secret: Uint8Array) {
    this.#pool = pool;
    this.secret = secret;
  }

  async key(id: string): Promise<KeyRecord | undefined> {
    const { rows } = await this.#run((session) =>
      session.run({
        name: 'access_key',
        text: `SELECT ${KEY_COLUMNS} FROM api_key WHERE id = $1`,
        values: [id],
      }),
    );
    return rows[0] && keyOf(rows[0]);
  }

  async keys(): Promise<KeyRecord[]> {
    const { rows } = await this.#run((session) =>
      session.run({ text: `SELECT ${KEY_COLUMNS} FROM api_key ORDER BY created_ms, id COLLATE "C"` }),
    );
    return rows.map(keyOf);
  }

  async addKey(key: KeyRecord): Promise<void> {
    // An insert whose answer was lost is not tried again: the caller may see a key that it was not given.
    await this.#pool.take((session) =>
      session.run({
        text: `INSERT INTO api_key (${KEY_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
        values: [
          key.id,
          key.hash,
          key.name,
          key.scopes.join(' '),
          key.project ?? null,
          key.origins.join(' '),
          key.requestsPerMinute ?? null,
          BigInt(key.createdAtMs),
          bigintOf(key.expiresAtMs),
          bigintOf(key.revokedAtMs),
          bigintOf(key.lastUsedAtMs),
        ],
      }),
    );
  }

  async revokeKey(id: string, atMs: number): Promise<boolean> {
    const { count } = await this.#pool.take((session) =>
      session.run({
        text: 'UPDATE api_key SET revoked_ms = $2 WHERE id = $1 AND revoked_ms IS NULL',
        values: [id, BigInt(atMs)],
      }),
    );
    return count > 0;
  }

  async noteUses(usedAtMs: ReadonlyMap<string, number>): Promise<void> {
    if (usedAtMs.size === 0) return;
    await this.#run((session) =>
      session.run({
        text: `UPDATE api_key SET last_used_ms = greatest(last_used_ms, used.at_ms)
          FROM unnest($1::text[], $2::int8[]) AS used (id, at_ms) WHERE api_key.id = used.id`,
        values: [texts([...usedAtMs.keys()]), int8s([...usedAtMs.values()])],
      }),
    );
  }

  async signIn(hash: Uint8Array): Promise<SignIn | undefined> {
    const { rows } = await this.#run((session) =>
      session.run({
        name: 'access_sign_in',
        text: `SELECT ${SIGN_IN_COLUMNS} FROM sign_in WHERE hash = $1`,
        values: [hash],
      }),
    );
    return rows[0] && signInOf(rows[0]);
  }

  async signIns(): Promise<SignIn[]> {
    const { rows } = await this.#run((session) =>
      session.run({ text: `SELECT ${SIGN_IN_COLUMNS} FROM sign_in ORDER BY created_ms DESC, hash` }),
    );
    return rows.map(signInOf);
  }

  async addSignIn({ hash, actor, keyId, scopes, createdAtMs, expiresAtMs }: SignIn): Promise<void> {
    await this.#run((session) =>
      session.run({
        text: `WITH expired AS (DELETE FROM sign_in WHERE expires_ms <= $5)
          INSERT INTO sign_in (${SIGN_IN_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
        values: [hash, actor, keyId ?? null, scopes.join(' '), BigInt(createdAtMs), BigInt(expiresAtMs)],
      }),
    );
  }

  async endSignIn(hash: Uint8Array): Promise<boolean> {
    const { count } = await this.#pool.take((session) =>
      session.run({ text: 'DELETE FROM sign_in WHERE hash = $1', values: [hash] }),
    );
    return count > 0;
  }

  async endSignInsOf(actor: string): Promise<number> {
    // No text of PostgreSQL has this character, so nobody has this name.
    if (actor.includes('\0')) return 0;
    const { count } = await this.#pool.take((session) =>
      session.run({ text: 'DELETE FROM sign_in WHERE actor = $1', values: [actor] }),
    );
    return count;
  }

  async addAudit({ atMs, actor, action, subject, project, detail }: NewAuditEntry): Promise<void> {
    await this.#pool.take((session) =>
      session.run({
        text: 'INSERT INTO audit (at_ms, actor, action, subject, project, detail) VALUES ($1, $2, $3, $4, $5, $6)',
        values: [BigInt(atMs), actor, action, utf8(subject), project ?? null, JSON.stringify(detail)],
      }),
    );
  }

  async audit({ limit, before = Number.MAX_SAFE_INTEGER, ...only }: AuditScan): Promise<AuditEntry[]> {
    const filters = Object.entries(only).filter(([, value]) => value !== undefined);
    const conditions = filters.map(([column], i) => `AND ${column} = $${i + 3}`).join(' ');
    const { rows } = await this.#run((session) =>
      session.run({
        text: `SELECT id, at_ms, actor, action, subject, project, detail FROM audit WHERE id < $1 ${conditions} ORDER BY id DESC LIMIT $2`,
        values: [BigInt(before), limit, ...filters.map(([, value]) => value!)],
      }),
    );
    return rows.map(auditOf);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** Runs a read, or a write that may be done twice. */
  #run<T>(work: (session: AsyncSession) => Promise<T>): Promise<T> {
    return retrying(this.#pool, work, { retried: () => {}, isWanted: () => true });
  }
}

function bigintOf(number: number | undefined): bigint | null {
  return number === undefined ? null : BigInt(number);
}

function keyOf(row: Row): KeyRecord {
  const [id, hash, name, scopes, project, origins, limit, created, expires, revoked, used] = row as [
    string,
    Uint8Array,
    string,
    string,
    string | null,
    string,
    number | null,
    ...(bigint | null)[],
  ];
  const ms = (value: bigint | null | undefined): number | undefined =>
    value === null || value === undefined ? undefined : Number(value);
  return {
    id,
    hash,
    name,
    scopes: scopes.split(' ') as Scope[],
    project: project ?? undefined,
    origins: origins === '' ? [] : origins.split(' '),
    requestsPerMinute: limit ?? undefined,
    createdAtMs: ms(created)!,
    expiresAtMs: ms(expires),
    revokedAtMs: ms(revoked),
    lastUsedAtMs: ms(used),
  };
}

function signInOf(row: Row): SignIn {
  const [hash, actor, keyId, scopes, createdAtMs, expiresAtMs] = row as [
    Uint8Array,
    string,
    string | null,
    string,
    bigint,
    bigint,
  ];
  return {
    hash,
    actor,
    keyId: keyId ?? undefined,
    scopes: scopes === '' ? [] : (scopes.split(' ') as Scope[]),
    createdAtMs: Number(createdAtMs),
    expiresAtMs: Number(expiresAtMs),
  };
}

function auditOf(row: Row): AuditEntry {
  const [id, atMs, actor, action, subject, project, detail] = row as [
    bigint,
    bigint,
    string,
    AuditAction,
    Uint8Array,
    string | null,
    string,
  ];
  return {
    id: Number(id),
    atMs: Number(atMs),
    actor,
    action,
    subject: textOf(subject),
    project: project ?? undefined,
    detail: JSON.parse(detail) as Record<string, unknown>,
  };
}
