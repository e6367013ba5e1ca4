import { applicationName } from './connection.js';
import { type Statement, type SyncSession, texts } from './statement.js';

/** SQLSTATE of `renew_lease`: another process holds the lease. */
export const LEASE_LOST = 'SJ001';

/** For what the holder of the lease has connections (`ConnectionOptions.purpose`). */
export const HOLDER_PURPOSES = { rows: 'fold', hints: 'lease' } as const;

/** The one lane there is: docs/decisions/016-postgres.md. */
export const LANE = 0;

/** Takes the lease for `ms` if no other process holds it, and returns its new epoch then: see `Lease.take`. */
export function takeLease(owner: string, ms: number): Statement {
  return {
    text: `UPDATE lease SET owner = $1, epoch = epoch + 1, expires_at = CASE
        WHEN expires_at < clock_timestamp() THEN clock_timestamp() + $2::int8 * interval '1 ms' ELSE expires_at END
      WHERE lane = $3::int4 AND (expires_at < clock_timestamp() OR owner = $1) RETURNING epoch`,
    values: [owner, ms, LANE],
  };
}

/** Renews the lease in the transaction that it ends: fails with `LEASE_LOST` if it has another epoch. */
export function renewLease(epoch: bigint, ms: number): Statement {
  return {
    name: 'renew_lease',
    text: 'SELECT renew_lease($1::int4, $2::int8, $3::int8)',
    values: [LANE, epoch, ms],
  };
}

/** Lets others take the lease at once. */
export function releaseLease(epoch: bigint): Statement {
  return {
    text: `UPDATE lease SET expires_at = '-infinity' WHERE lane = $1::int4 AND epoch = $2::int8`,
    values: [LANE, epoch],
  };
}

/**
 * The right to fold. It lasts for `ms` after it was last renewed, by the clock of the database. Each time it is
 * taken it has another epoch, under which it is renewed. So nothing that was sent under an earlier epoch can be
 * committed any more, whoever sent it: not even what this process itself sent over a connection that it lost.
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

  /**
   * Takes the lease if no other process holds it. Where this one does, it does not last longer by that: a
   * process whose work always fails must lose it. Waits for a transaction that is about to be committed under
   * the earlier epoch. @throws DatabaseError
   */
  take(): boolean {
    this.#epoch = undefined;
    const [result] = this.#session.run([takeLease(this.#owner, this.#ms)]);
    this.#epoch = result!.rows[0]?.[0] as bigint | undefined;
    return this.#epoch !== undefined;
  }

  /**
   * Ends the connections of all earlier holders: one that was paused within a transaction would keep its locks.
   * Only called while this process has none for `HOLDER_PURPOSES`. @throws DatabaseError
   */
  endEarlier(): void {
    this.#session.run([
      {
        text: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND usename = current_user AND application_name = ANY($1::text[])
            AND EXISTS (SELECT 1 FROM lease WHERE lane = $2::int4 AND epoch = $3::int8)`,
        values: [texts(Object.values(HOLDER_PURPOSES).map(applicationName)), LANE, this.#epoch ?? -1n],
      },
    ]);
  }

  /** Renews the lease in the transaction that it ends: fails with `LEASE_LOST` if another process has it. */
  fence(): Statement {
    return renewLease(this.#epoch ?? -1n, this.#ms);
  }

  /** Has all processes know up to which block readers see the log; of no effect once the lease was lost. */
  publish(foldedBlock: number): Statement {
    return {
      name: 'publish',
      text: 'UPDATE lease SET folded = $1::int8 WHERE lane = $2::int4 AND epoch = $3::int8',
      values: [foldedBlock, LANE, this.#epoch ?? -1n],
    };
  }

  /** Up to which block readers see the log. @throws DatabaseError */
  published(): number {
    const [found] = this.#session.run([
      { text: 'SELECT folded FROM lease WHERE lane = $1::int4', values: [LANE] },
    ]);
    return Number(found!.rows[0]![0]);
  }

  /** Lets others take it at once. @throws DatabaseError */
  release(): void {
    if (this.#epoch === undefined) return;
    const epoch = this.#epoch;
    this.#epoch = undefined;
    this.#session.run([releaseLease(epoch)]);
  }
}
