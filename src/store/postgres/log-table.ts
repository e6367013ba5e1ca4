import type { BlockLog, NewBlock, StoredBlock } from '../records/log.js';
import { BLOCK_COLUMNS, decodeBlock } from './block-row.js';
import { LANE, type Lease } from './lease.js';
import { int8s, type SyncSession } from './statement.js';

/** Blocks that get their numbers in one transaction. */
const MOST_NUMBERED = 1_000;

/** The log as the holder of the lease sees it. Others append to it (`intake-thread.ts`); it gives numbers. */
export class LogTable implements BlockLog {
  readonly #session: SyncSession;
  readonly #lease: Lease;
  #lastId: number;

  /** @throws DatabaseError */
  constructor(session: SyncSession, lease: Lease) {
    this.#session = session;
    this.#lease = lease;
    const [last] = session.run([{ text: 'SELECT coalesce(max(number), 0) FROM log_block' }]);
    this.#lastId = Number(last!.rows[0]![0]);
  }

  get lastId(): number {
    return this.#lastId;
  }

  /**
   * Gives new blocks their numbers, in the order in which they were appended as far as it is known. Returns
   * whether there were any. @throws DatabaseError
   */
  numberNew(): boolean {
    const [waiting] = this.#session.run([
      {
        name: 'new_blocks',
        text: `SELECT id FROM log_block WHERE number IS NULL AND lane = ${LANE} ORDER BY id LIMIT ${MOST_NUMBERED}`,
      },
    ]);
    const ids = waiting!.rows.map(([id]) => id as bigint);
    if (ids.length === 0) return false;
    this.#session.run([
      { text: 'BEGIN' },
      {
        name: 'number_blocks',
        text: `UPDATE log_block SET number = $1::int8 + n.at FROM unnest($2::int8[]) WITH ORDINALITY AS n (id, at)
          WHERE log_block.id = n.id AND number IS NULL`,
        values: [this.#lastId, int8s(ids)],
      },
      this.#lease.fence(),
      { text: 'COMMIT' },
    ]);
    this.#lastId += ids.length;
    return true;
  }

  read(id: number): StoredBlock | undefined {
    return this.readAll([id])[0];
  }

  readAll(ids: readonly number[]): (StoredBlock | undefined)[] {
    const [found] = this.#session.run([
      {
        name: 'blocks',
        text: `SELECT ${BLOCK_COLUMNS} FROM log_block WHERE number = ANY($1::int8[])`,
        values: [int8s(ids)],
      },
    ]);
    const blocks = new Map(found!.rows.map((row) => [Number(row[0]), row]));
    return ids.map((id) => {
      const row = blocks.get(id);
      return row && decodeBlock(row);
    });
  }

  missingTo(id: number): number {
    const [next] = this.#session.run([
      {
        text: 'SELECT min(number) FROM log_block WHERE number >= $1::int8',
        values: [id],
      },
    ]);
    const number = next!.rows[0]![0] as bigint | null;
    if (number === null) return this.#lastId;
    return Number(number) === id ? id : Number(number) - 1;
  }

  append(blocks: readonly NewBlock[]): void {
    if (blocks.length > 0) throw new Error('blocks are appended by the intake');
  }

  /** What is in the table was committed. */
  confirm(): boolean {
    return false;
  }

  /** The intake finds out by its appends. */
  probe(): void {}
}
