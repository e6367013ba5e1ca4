import type { Statement, SyncSession } from './statement.js';

/** SQLSTATE of `renew_lease`: another process holds the lease. */
export const LEASE_LOST = 'SJ001';

/** The one lane there is: docs/decisions/016-postgres.md. */
export const LANE = 0;

/**
 * The right to fold. It lasts for `ms` after it was last renewed, by the clock of the database. Each holder
 * has an epoch of its own, under which it renews.
 */
export class Lease {
  readonly #session: SyncSession;
  readonly #owner: string;
  readonly #ms: number;
  #epoch: bigint | undefined;

  /** `session` must never have an open transaction here. `owner` names this process in the table. */
  constructor(session: SyncSession, owner: string, ms: number) {
    this.#session = session;
    this.#owner = owner;
    this.#ms = ms;
  }

  get isHeld(): boolean {
    return this.#epoch !== undefined;
  }

  /** Takes the lease if nobody holds it. @throws DatabaseError */
  take(): boolean {
    const [result] = this.#session.run([
      {
        text: `UPDATE lease SET owner = $1, epoch = epoch + 1, expires_at = clock_timestamp() + $2::int8 * interval '1 ms'
          WHERE lane = $3::int4 AND expires_at < clock_timestamp() RETURNING epoch`,
        values: [this.#owner, this.#ms, LANE],
      },
    ]);
    this.#epoch = result!.rows[0]?.[0] as bigint | undefined;
    return this.isHeld;
  }

  /** Renews the lease in the transaction that it ends: fails with `LEASE_LOST` if another process has it. */
  fence(): Statement {
    return {
      name: 'renew_lease',
      text: 'SELECT renew_lease($1::int4, $2::int8, $3::int8)',
      values: [LANE, this.#epoch ?? -1n, this.#ms],
    };
  }

  /** Has all processes know up to which block readers see the log; of no effect once the lease was lost. */
  publish(foldedBlock: number): Statement {
    return {
      name: 'publish',
      text: 'UPDATE lease SET folded = $1::int8 WHERE lane = $2::int4 AND epoch = $3::int8',
      values: [foldedBlock, LANE, this.#epoch ?? -1n],
    };
  }

  /** Another process has taken it. */
  lost(): void {
    this.#epoch = undefined;
  }

  /** Lets others take it at once. @throws DatabaseError */
  release(): void {
    if (this.#epoch === undefined) return;
    const values = [LANE, this.#epoch];
    this.#epoch = undefined;
    this.#session.run([
      {
        text: `UPDATE lease SET expires_at = '-infinity' WHERE lane = $1::int4 AND epoch = $2::int8`,
        values,
      },
    ]);
  }
}
