import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { closeDatabase } from '../close-database.js';
import type { SavedView, ViewStore } from './view-store.js';

/** The file in the data directory. Backups take it along (`otherDatabases`). */
const VIEWS_FILE = 'views.sqlite';

const BUSY_MS = 10_000;

const TABLES = `
  CREATE TABLE IF NOT EXISTS saved_view (
    project TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    saved_ms INTEGER NOT NULL,
    PRIMARY KEY (project, name)
  ) STRICT, WITHOUT ROWID;
`;

/** Opens `views.sqlite` of a data directory, which exists. */
export function openSqliteViewStore(directory: string): ViewStore {
  const db = new DatabaseSync(join(directory, VIEWS_FILE), { timeout: BUSY_MS });
  try {
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; ${TABLES}`);
    return new SqliteViewStore(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

class SqliteViewStore implements ViewStore {
  readonly #db: InstanceType<typeof DatabaseSync>;

  constructor(db: InstanceType<typeof DatabaseSync>) {
    this.#db = db;
  }

  async list(project: string): Promise<SavedView[]> {
    return this.#db
      .prepare('SELECT name, query, saved_ms FROM saved_view WHERE project = ? ORDER BY name')
      .all(project)
      .map((row) => ({
        project,
        name: row.name as string,
        query: row.query as string,
        savedAtMs: Number(row.saved_ms),
      }));
  }

  async put({ project, name, query, savedAtMs }: SavedView): Promise<void> {
    this.#db
      .prepare(
        `INSERT INTO saved_view (project, name, query, saved_ms) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET query = excluded.query, saved_ms = excluded.saved_ms`,
      )
      .run(project, name, query, savedAtMs);
  }

  async remove(project: string, name: string): Promise<boolean> {
    const { changes } = this.#db
      .prepare('DELETE FROM saved_view WHERE project = ? AND name = ?')
      .run(project, name);
    return Number(changes) > 0;
  }

  async close(): Promise<void> {
    closeDatabase(this.#db);
  }
}
