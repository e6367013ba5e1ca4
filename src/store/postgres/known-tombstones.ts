import type { Tombstone, Tombstones } from '../engine/tombstones.js';
import type { Row, Statement } from './statement.js';

/** A tombstone as a table has it. */
export interface StoredTombstone extends Tombstone {
  readonly id: bigint;
}

/** Those with greater ids than `$1`. */
export const READ_TOMBSTONES: Statement = {
  name: 'tombstones',
  text: 'SELECT id, hash, expires_ns FROM tombstone WHERE id > $1::int8 ORDER BY id',
};

export function decodeTombstones(rows: readonly Row[]): StoredTombstone[] {
  return rows.map((row) => {
    const [id, hash, expiresNs] = row as [bigint, Uint8Array, bigint];
    return { id, hash, expiresNs };
  });
}

/** The tombstones of the database that a process knows by now. They get their ids in the order of their commits. */
export class KnownTombstones {
  readonly set: Tombstones;
  #last = 0n;

  constructor(set: Tombstones) {
    this.set = set;
  }

  /** The last one that is known; 0 if there is none. */
  get last(): bigint {
    return this.#last;
  }

  /** Adds those that were read after the last one. */
  add(tombstones: readonly StoredTombstone[]): void {
    this.set.add(tombstones);
    const last = tombstones.at(-1)?.id ?? 0n;
    if (last > this.#last) this.#last = last;
  }
}
