import { Pool, retrying } from '../store/postgres/pool.js';
import type { AsyncSession } from '../store/postgres/statement.js';
import type { SavedView, ViewStore } from './view-store.js';

/** How long a statement may take, ms. */
const STATEMENT_MS = 5_000;
const MOST_CONNECTIONS = 1;

/** The saved views of a PostgreSQL database, whose tables are there. */
export function openPostgresViewStore(url: string): ViewStore {
  return new PostgresViewStore(
    new Pool({ url, purpose: 'views', statementMs: STATEMENT_MS }, MOST_CONNECTIONS),
  );
}

class PostgresViewStore implements ViewStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async list(project: string): Promise<SavedView[]> {
    const { rows } = await this.#run(
      'SELECT name, query, saved_ms FROM saved_view WHERE project = $1 ORDER BY name COLLATE "C"',
      [project],
    );
    return rows.map(([name, query, savedAtMs]) => ({
      project,
      name: name as string,
      query: query as string,
      savedAtMs: Number(savedAtMs),
    }));
  }

  async put({ project, name, query, savedAtMs }: SavedView): Promise<void> {
    await this.#run(
      `INSERT INTO saved_view (project, name, query, saved_ms) VALUES ($1, $2, $3, $4)
       ON CONFLICT (project, name) DO UPDATE SET query = excluded.query, saved_ms = excluded.saved_ms`,
      [project, name, query, BigInt(savedAtMs)],
    );
  }

  async remove(project: string, name: string): Promise<boolean> {
    const { count } = await this.#run('DELETE FROM saved_view WHERE project = $1 AND name = $2', [
      project,
      name,
    ]);
    return count > 0;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #run(text: string, values: Values) {
    return retrying(this.#pool, (session) => session.run({ text, values }), {
      retried: () => {},
      isWanted: () => true,
    });
  }
}

type Values = NonNullable<Parameters<AsyncSession['run']>[0]['values']>;
