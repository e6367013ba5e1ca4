import { Pool, retrying } from '../store/postgres/pool.js';
import type { AsyncSession, Row } from '../store/postgres/statement.js';
import type { AlertDefinition, AlertState } from './alert.js';
import type { AlertStore, Delivery, DeliveryOutcome, StoredAlert } from './alert-store.js';

/** How long a statement may take, ms. */
const STATEMENT_MS = 5_000;
const MOST_CONNECTIONS = 1;

const COLUMNS = 'project, id, definition, secret, created_ms, state, next_ms, delivered, version';
const DELIVERY_COLUMNS = 'id, project, alert, body, tries, next_ms';

/** The alerts of a PostgreSQL database, whose tables are there. */
export function openPostgresAlertStore(url: string): AlertStore {
  return new PostgresAlertStore(
    new Pool({ url, purpose: 'alerts', statementMs: STATEMENT_MS }, MOST_CONNECTIONS),
  );
}

/**
 * Each change is one statement that names the version or time that it replaces. If it is tried again after a
 * lost answer, it changes nothing and counts as another process's.
 */
class PostgresAlertStore implements AlertStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  list(project: string): Promise<StoredAlert[]> {
    return this.#alerts('WHERE project = $1 ORDER BY created_ms, id', [project]);
  }

  async get(project: string, id: string): Promise<StoredAlert | undefined> {
    return (await this.#alerts('WHERE project = $1 AND id = $2', [project, id]))[0];
  }

  async add(alert: StoredAlert): Promise<void> {
    const { project, id, definition, secret, createdAtMs, state, nextMs, version } = alert;
    await this.#change(
      `INSERT INTO alert (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8) ON CONFLICT DO NOTHING`,
      [
        project,
        id,
        JSON.stringify(definition),
        secret,
        BigInt(createdAtMs),
        JSON.stringify(state),
        bigintOf(nextMs),
        version,
      ],
    );
  }

  async replace(alert: StoredAlert, delivery?: Delivery): Promise<boolean> {
    const { project, id, definition, state, nextMs, version } = alert;
    const { rows } = await this.#run((session) =>
      session.run({
        text: `WITH changed AS (
            UPDATE alert SET definition = $3, state = $4, next_ms = $5, version = version + 1
            WHERE project = $1 AND id = $2 AND version = $6 RETURNING 1
          ), sent AS (
            INSERT INTO alert_delivery (${DELIVERY_COLUMNS})
            SELECT $7, $1, $2, $8, 0, $9 FROM changed WHERE $7::text IS NOT NULL
          ) SELECT count(*)::int4 FROM changed`,
        values: [
          project,
          id,
          JSON.stringify(definition),
          JSON.stringify(state),
          bigintOf(nextMs),
          version,
          delivery?.id ?? null,
          delivery?.body ?? null,
          bigintOf(delivery?.nextMs),
        ],
      }),
    );
    return rows[0]?.[0] === 1;
  }

  async remove(project: string, id: string): Promise<boolean> {
    const changed = await this.#change(
      `WITH gone AS (DELETE FROM alert_delivery WHERE project = $1 AND alert = $2)
        DELETE FROM alert WHERE project = $1 AND id = $2`,
      [project, id],
    );
    return changed > 0;
  }

  due(nowMs: number, limit: number): Promise<StoredAlert[]> {
    return this.#alerts('WHERE next_ms <= $1 ORDER BY next_ms, project, id LIMIT $2', [BigInt(nowMs), limit]);
  }

  async addDelivery({ id, project, alert, body, tries, nextMs }: Delivery): Promise<void> {
    await this.#change(
      `INSERT INTO alert_delivery (${DELIVERY_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      [id, project, alert, body, tries, BigInt(nextMs)],
    );
  }

  async dueDeliveries(nowMs: number, limit: number): Promise<Delivery[]> {
    const { rows } = await this.#run((session) =>
      session.run({
        text: `SELECT ${DELIVERY_COLUMNS} FROM alert_delivery WHERE next_ms <= $1 ORDER BY next_ms, id LIMIT $2`,
        values: [BigInt(nowMs), limit],
      }),
    );
    return rows.map((row) => {
      const [id, project, alert, body, tries, nextMs] = row as [
        string,
        string,
        string,
        string,
        number,
        bigint,
      ];
      return { id, project, alert, body, tries, nextMs: Number(nextMs) };
    });
  }

  async takeDelivery({ id, nextMs }: Delivery, untilMs: number): Promise<boolean> {
    const changed = await this.#change(
      'UPDATE alert_delivery SET next_ms = $3 WHERE id = $1 AND next_ms = $2',
      [id, BigInt(nextMs), BigInt(untilMs)],
    );
    return changed > 0;
  }

  async noteDelivery(
    { id, project, alert, tries }: Delivery,
    outcome: DeliveryOutcome,
    nextMs: number | undefined,
  ): Promise<void> {
    const noted = 'noted AS (UPDATE alert SET delivered = $3 WHERE project = $1 AND id = $2)';
    const values = [project, alert, JSON.stringify(outcome), id];
    if (nextMs === undefined) {
      await this.#change(`WITH ${noted} DELETE FROM alert_delivery WHERE id = $4`, values);
    } else {
      await this.#change(`WITH ${noted} UPDATE alert_delivery SET tries = $5, next_ms = $6 WHERE id = $4`, [
        ...values,
        tries + 1,
        BigInt(nextMs),
      ]);
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #alerts(rest: string, values: Values): Promise<StoredAlert[]> {
    const { rows } = await this.#run((session) =>
      session.run({ text: `SELECT ${COLUMNS} FROM alert ${rest}`, values }),
    );
    return rows.map(alertOf);
  }

  async #change(text: string, values: Values): Promise<number> {
    const { count } = await this.#run((session) => session.run({ text, values }));
    return count;
  }

  #run<T>(work: (session: AsyncSession) => Promise<T>): Promise<T> {
    return retrying(this.#pool, work, { retried: () => {}, isWanted: () => true });
  }
}

type Values = NonNullable<Parameters<AsyncSession['run']>[0]['values']>;

function bigintOf(number: number | undefined): bigint | null {
  return number === undefined ? null : BigInt(number);
}

function alertOf(row: Row): StoredAlert {
  const [project, id, definition, secret, createdAtMs, state, nextMs, delivered, version] = row as [
    string,
    string,
    string,
    string,
    bigint,
    string,
    bigint | null,
    string | null,
    number,
  ];
  return {
    project,
    id,
    definition: JSON.parse(definition) as AlertDefinition,
    secret,
    createdAtMs: Number(createdAtMs),
    state: JSON.parse(state) as AlertState,
    nextMs: nextMs === null ? undefined : Number(nextMs),
    ...(delivered !== null && { delivered: JSON.parse(delivered) as DeliveryOutcome }),
    version,
  };
}
