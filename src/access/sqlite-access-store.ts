import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { closeDatabase } from '../close-database.js';
import { diskFiles } from '../store/records/log-files.js';
import type { AccessStore, KeyRecord } from './access-store.js';
import type { AuditAction, AuditEntry, AuditScan, NewAuditEntry } from './audit.js';
import type { Scope } from './scope.js';
import type { SignIn } from './sign-in/sign-in-store.js';

/** The file in the data directory. It is not locked by the server, so that commands can change it. */
export const ACCESS_FILE = 'access.sqlite';

const VERSION = 1;

/** How long a statement waits for another process that writes, ms. */
const BUSY_MS = 10_000;

const TABLES = `
  CREATE TABLE setting (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE api_key (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL,
    name TEXT NOT NULL,
    -- Separated by spaces.
    scopes TEXT NOT NULL,
    project TEXT,
    origins TEXT NOT NULL,
    requests_per_minute INTEGER,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER,
    revoked_ms INTEGER,
    last_used_ms INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE sign_in (
    hash BLOB PRIMARY KEY,
    actor TEXT NOT NULL,
    key_id TEXT,
    scopes TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    project TEXT,
    detail TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_project ON audit (project, id);
`;

const KEY_COLUMNS =
  'id, hash, name, scopes, project, origins, requests_per_minute, created_ms, expires_ms, revoked_ms, last_used_ms';

const SIGN_IN_COLUMNS = 'hash, actor, key_id, scopes, created_ms, expires_ms';

/**
 * Opens `access.sqlite` of a data directory. Both are created if missing, for this user only.
 * @throws if the file cannot be used, or a newer version made it
 */
export function openSqliteAccessStore(directory: string): AccessStore {
  makeDirectory(directory);
  const path = join(directory, ACCESS_FILE);
  // SQLite gives its other files the permissions of this one.
  closeSync(openSync(path, 'a', 0o600));
  const db = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    prepare(db, path);
    return new SqliteAccessStore(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function makeDirectory(directory: string): void {
  try {
    // Not its parents: a path with a typing error should not come into being.
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  // Otherwise a power failure may take the directory with the key in it.
  diskFiles.syncDirectory(dirname(directory));
}

function prepare(db: InstanceType<typeof DatabaseSync>, path: string): void {
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON');
  const version = (): number => Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (version() === 0) {
    db.exec('BEGIN IMMEDIATE');
    try {
      // Another process may have created them while this one waited.
      if (version() === 0) {
        db.exec(`${TABLES} PRAGMA user_version = ${VERSION}`);
        db.prepare('INSERT INTO setting (key, value) VALUES (?, ?)').run('secret', randomBytes(32));
      }
      db.exec('COMMIT');
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
  if (version() > VERSION) {
    throw new Error(
      `${path} was written by a newer version of Sojourn (version ${version()}, this one knows ${VERSION}): start that version`,
    );
  }
}

/** One connection, used in one thread. Reads take microseconds, writes wait for the disk. */
class SqliteAccessStore implements AccessStore {
  readonly secret: Uint8Array;
  readonly #db: InstanceType<typeof DatabaseSync>;
  readonly #key;
  readonly #signIn;
  readonly #note;

  constructor(db: InstanceType<typeof DatabaseSync>) {
    this.#db = db;
    this.secret = db.prepare("SELECT value FROM setting WHERE key = 'secret'").get()!.value as Uint8Array;
    this.#key = db.prepare(`SELECT ${KEY_COLUMNS} FROM api_key WHERE id = ?`);
    this.#signIn = db.prepare(`SELECT ${SIGN_IN_COLUMNS} FROM sign_in WHERE hash = ?`);
    this.#note = db.prepare(
      'UPDATE api_key SET last_used_ms = ? WHERE id = ? AND (last_used_ms IS NULL OR last_used_ms < ?)',
    );
  }

  async key(id: string): Promise<KeyRecord | undefined> {
    const row = this.#key.get(id);
    return row === undefined ? undefined : keyOf(row as KeyRow);
  }

  async keys(): Promise<KeyRecord[]> {
    const rows = this.#db.prepare(`SELECT ${KEY_COLUMNS} FROM api_key ORDER BY created_ms, id`).all();
    return (rows as unknown as KeyRow[]).map(keyOf);
  }

  async addKey(key: KeyRecord): Promise<void> {
    this.#db
      .prepare(`INSERT INTO api_key (${KEY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
      .run(
        key.id,
        key.hash,
        key.name,
        key.scopes.join(' '),
        key.project ?? null,
        key.origins.join(' '),
        key.requestsPerMinute ?? null,
        key.createdAtMs,
        key.expiresAtMs ?? null,
        key.revokedAtMs ?? null,
        key.lastUsedAtMs ?? null,
      );
  }

  async revokeKey(id: string, atMs: number): Promise<boolean> {
    const { changes } = this.#db
      .prepare('UPDATE api_key SET revoked_ms = ? WHERE id = ? AND revoked_ms IS NULL')
      .run(atMs, id);
    return Number(changes) > 0;
  }

  async noteUses(usedAtMs: ReadonlyMap<string, number>): Promise<void> {
    if (usedAtMs.size === 0) return;
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      for (const [id, atMs] of usedAtMs) this.#note.run(atMs, id, atMs);
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  async signIn(hash: Uint8Array): Promise<SignIn | undefined> {
    const row = this.#signIn.get(hash);
    return row === undefined ? undefined : signInOf(row as unknown as SignInRow);
  }

  async signIns(): Promise<SignIn[]> {
    const rows = this.#db
      .prepare(`SELECT ${SIGN_IN_COLUMNS} FROM sign_in ORDER BY created_ms DESC, hash`)
      .all();
    return (rows as unknown as SignInRow[]).map(signInOf);
  }

  async addSignIn({ hash, actor, keyId, scopes, createdAtMs, expiresAtMs }: SignIn): Promise<void> {
    this.#db.prepare('DELETE FROM sign_in WHERE expires_ms <= ?').run(createdAtMs);
    this.#db
      .prepare(`INSERT INTO sign_in (${SIGN_IN_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`)
      .run(hash, actor, keyId ?? null, scopes.join(' '), createdAtMs, expiresAtMs);
  }

  async endSignIn(hash: Uint8Array): Promise<boolean> {
    return Number(this.#db.prepare('DELETE FROM sign_in WHERE hash = ?').run(hash).changes) > 0;
  }

  async endSignInsOf(actor: string): Promise<number> {
    return Number(this.#db.prepare('DELETE FROM sign_in WHERE actor = ?').run(actor).changes);
  }

  async addAudit({ atMs, actor, action, subject, project, detail }: NewAuditEntry): Promise<void> {
    this.#db
      .prepare('INSERT INTO audit (at_ms, actor, action, subject, project, detail) VALUES (?, ?, ?, ?, ?, ?)')
      .run(atMs, actor, action, subject, project ?? null, JSON.stringify(detail));
  }

  async audit({ limit, before = Number.MAX_SAFE_INTEGER, ...only }: AuditScan): Promise<AuditEntry[]> {
    const filters = Object.entries(only).filter(([, value]) => value !== undefined);
    const conditions = filters.map(([column]) => `AND ${column} = ?`).join(' ');
    const rows = this.#db
      .prepare(
        `SELECT id, at_ms, actor, action, subject, project, detail FROM audit WHERE id < ? ${conditions} ORDER BY id DESC LIMIT ?`,
      )
      .all(before, ...filters.map(([, value]) => value!), limit);
    return (rows as unknown as AuditRow[]).map((row) => ({
      id: row.id,
      atMs: row.at_ms,
      actor: row.actor,
      action: row.action as AuditAction,
      subject: row.subject,
      project: row.project ?? undefined,
      detail: JSON.parse(row.detail) as Record<string, unknown>,
    }));
  }

  async close(): Promise<void> {
    closeDatabase(this.#db);
  }
}

interface KeyRow {
  readonly id: string;
  readonly hash: Uint8Array;
  readonly name: string;
  readonly scopes: string;
  readonly project: string | null;
  readonly origins: string;
  readonly requests_per_minute: number | null;
  readonly created_ms: number;
  readonly expires_ms: number | null;
  readonly revoked_ms: number | null;
  readonly last_used_ms: number | null;
}

interface SignInRow {
  readonly hash: Uint8Array;
  readonly actor: string;
  readonly key_id: string | null;
  readonly scopes: string;
  readonly created_ms: number;
  readonly expires_ms: number;
}

interface AuditRow {
  readonly id: number;
  readonly at_ms: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly project: string | null;
  readonly detail: string;
}

function keyOf(row: KeyRow): KeyRecord {
  return {
    id: row.id,
    hash: row.hash,
    name: row.name,
    scopes: row.scopes.split(' ') as Scope[],
    project: row.project ?? undefined,
    origins: row.origins === '' ? [] : row.origins.split(' '),
    requestsPerMinute: row.requests_per_minute ?? undefined,
    createdAtMs: row.created_ms,
    expiresAtMs: row.expires_ms ?? undefined,
    revokedAtMs: row.revoked_ms ?? undefined,
    lastUsedAtMs: row.last_used_ms ?? undefined,
  };
}

function signInOf(row: SignInRow): SignIn {
  return {
    hash: row.hash,
    actor: row.actor,
    keyId: row.key_id ?? undefined,
    scopes: row.scopes === '' ? [] : (row.scopes.split(' ') as Scope[]),
    createdAtMs: row.created_ms,
    expiresAtMs: row.expires_ms,
  };
}
