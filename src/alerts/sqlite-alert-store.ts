import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { closeDatabase } from '../close-database.js';
import type { AlertDefinition, AlertState } from './alert.js';
import type { AlertStore, Delivery, DeliveryOutcome, StoredAlert } from './alert-store.js';

/** The file in the data directory. */
export const ALERTS_FILE = 'alerts.sqlite';

const BUSY_MS = 10_000;

const TABLES = `
  CREATE TABLE IF NOT EXISTS alert (
    project TEXT NOT NULL,
    id TEXT NOT NULL,
    definition TEXT NOT NULL,
    secret TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    next_ms INTEGER,
    delivered TEXT,
    version INTEGER NOT NULL,
    PRIMARY KEY (project, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS alert_by_next ON alert (next_ms) WHERE next_ms IS NOT NULL;
  CREATE TABLE IF NOT EXISTS alert_delivery (
    id TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    alert TEXT NOT NULL,
    body TEXT NOT NULL,
    tries INTEGER NOT NULL,
    next_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS alert_delivery_by_next ON alert_delivery (next_ms);
`;

const COLUMNS = 'project, id, definition, secret, created_ms, state, next_ms, delivered, version';
const DELIVERY_COLUMNS = 'id, project, alert, body, tries, next_ms';

/** Opens `alerts.sqlite` of a data directory, which exists. The file is for this user only. */
export function openSqliteAlertStore(directory: string): AlertStore {
  const path = join(directory, ALERTS_FILE);
  // It has secrets. SQLite gives its other files the permissions of this one.
  closeSync(openSync(path, 'a', 0o600));
  const db = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; ${TABLES}`);
    return new SqliteAlertStore(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

class SqliteAlertStore implements AlertStore {
  readonly #db: InstanceType<typeof DatabaseSync>;

  constructor(db: InstanceType<typeof DatabaseSync>) {
    this.#db = db;
  }

  async list(project: string): Promise<StoredAlert[]> {
    return this.#alerts('WHERE project = ? ORDER BY created_ms, id', project);
  }

  async get(project: string, id: string): Promise<StoredAlert | undefined> {
    return this.#alerts('WHERE project = ? AND id = ?', project, id)[0];
  }

  async add(alert: StoredAlert): Promise<void> {
    const { project, id, definition, secret, createdAtMs, state, nextMs, version } = alert;
    this.#db
      .prepare(`INSERT INTO alert (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)`)
      .run(
        project,
        id,
        JSON.stringify(definition),
        secret,
        createdAtMs,
        JSON.stringify(state),
        nextMs ?? null,
        version,
      );
  }

  async replace(alert: StoredAlert, delivery?: Delivery): Promise<boolean> {
    const { project, id, definition, state, nextMs, version } = alert;
    return this.#transaction(() => {
      const { changes } = this.#db
        .prepare(
          'UPDATE alert SET definition = ?, state = ?, next_ms = ?, version = version + 1 WHERE project = ? AND id = ? AND version = ?',
        )
        .run(JSON.stringify(definition), JSON.stringify(state), nextMs ?? null, project, id, version);
      if (Number(changes) === 0) return false;
      if (delivery !== undefined) this.#insert(delivery);
      return true;
    });
  }

  async remove(project: string, id: string): Promise<boolean> {
    return this.#transaction(() => {
      this.#db.prepare('DELETE FROM alert_delivery WHERE project = ? AND alert = ?').run(project, id);
      const { changes } = this.#db.prepare('DELETE FROM alert WHERE project = ? AND id = ?').run(project, id);
      return Number(changes) > 0;
    });
  }

  async due(nowMs: number, limit: number): Promise<StoredAlert[]> {
    return this.#alerts('WHERE next_ms <= ? ORDER BY next_ms, project, id LIMIT ?', nowMs, limit);
  }

  async addDelivery(delivery: Delivery): Promise<void> {
    this.#insert(delivery);
  }

  async dueDeliveries(nowMs: number, limit: number): Promise<Delivery[]> {
    const rows = this.#db
      .prepare(
        `SELECT ${DELIVERY_COLUMNS} FROM alert_delivery WHERE next_ms <= ? ORDER BY next_ms, id LIMIT ?`,
      )
      .all(nowMs, limit) as unknown as DeliveryRow[];
    return rows.map(({ next_ms: nextMs, ...row }) => ({ ...row, nextMs }));
  }

  async takeDelivery({ id, nextMs }: Delivery, untilMs: number): Promise<boolean> {
    const { changes } = this.#db
      .prepare('UPDATE alert_delivery SET next_ms = ? WHERE id = ? AND next_ms = ?')
      .run(untilMs, id, nextMs);
    return Number(changes) > 0;
  }

  async noteDelivery(
    delivery: Delivery,
    outcome: DeliveryOutcome,
    nextMs: number | undefined,
  ): Promise<void> {
    const { id, project, alert } = delivery;
    this.#transaction(() => {
      this.#db
        .prepare('UPDATE alert SET delivered = ? WHERE project = ? AND id = ?')
        .run(JSON.stringify(outcome), project, alert);
      if (nextMs === undefined) this.#db.prepare('DELETE FROM alert_delivery WHERE id = ?').run(id);
      else {
        this.#db
          .prepare('UPDATE alert_delivery SET tries = tries + 1, next_ms = ? WHERE id = ?')
          .run(nextMs, id);
      }
    });
  }

  async close(): Promise<void> {
    closeDatabase(this.#db);
  }

  #alerts(rest: string, ...values: (string | number)[]): StoredAlert[] {
    const rows = this.#db.prepare(`SELECT ${COLUMNS} FROM alert ${rest}`).all(...values);
    return (rows as unknown as AlertRow[]).map(alertOf);
  }

  #insert({ id, project, alert, body, tries, nextMs }: Delivery): void {
    this.#db
      .prepare(`INSERT INTO alert_delivery (${DELIVERY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`)
      .run(id, project, alert, body, tries, nextMs);
  }

  #transaction<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }
}

interface DeliveryRow extends Omit<Delivery, 'nextMs'> {
  readonly next_ms: number;
}

interface AlertRow {
  readonly project: string;
  readonly id: string;
  readonly definition: string;
  readonly secret: string;
  readonly created_ms: number;
  readonly state: string;
  readonly next_ms: number | null;
  readonly delivered: string | null;
  readonly version: number;
}

function alertOf(row: AlertRow): StoredAlert {
  return {
    project: row.project,
    id: row.id,
    definition: JSON.parse(row.definition) as AlertDefinition,
    secret: row.secret,
    createdAtMs: row.created_ms,
    state: JSON.parse(row.state) as AlertState,
    nextMs: row.next_ms ?? undefined,
    ...(row.delivered !== null && { delivered: JSON.parse(row.delivered) as DeliveryOutcome }),
    version: row.version,
  };
}
