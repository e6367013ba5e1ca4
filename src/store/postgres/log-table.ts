import type { BlockLog, NewBlock, StoredBlock } from '../records/log.js';
import { BLOCK_COLUMNS, decodeBlock } from './block-row.js';
import { LANE, type Lease } from './lease.js';
import { int8s, type SyncSession } from './statement.js';

/** Blocks that get their numbers in one transaction. */
const MOST_NUMBERED = 1_000;

/**
 * The log as the holder of the lease sees it. Others append to it (`intake-thread.ts`); it gives numbers. It
 * shows blocks to the engine part by part, so that the engine has folded all that it knows of after each part:
 * what else it has to do gets its turn then, however many blocks there are.
 */
export class LogTable implements BlockLog {
  readonly #session: SyncSession;
  readonly #lease: Lease;
  /** The last block with a number. */
  #lastNumber: number;
  #lastId = 0;

  /** @throws DatabaseError */
  constructor(session: SyncSession, lease: Lease) {
    this.#session = session;
    this.#lease = lease;
    const [last] = session.run([{ text: 'SELECT coalesce(max(number), 0) FROM log_block' }]);
    this.#lastNumber = Number(last!.rows[0]![0]);
  }

  /** The last block that is shown. */
  get lastId(): number {
    return this.#lastId;
  }

  /** The last block, shown or not. */
  get lastNumber(): number {
    return this.#lastNumber;
  }

  /** Shows blocks up to this one, as far as there are. Never takes back what was shown. */
  showTo(block: number): void {
    this.#lastId = Math.max(this.#lastId, Math.min(block, this.#lastNumber));
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
        values: [this.#lastNumber, int8s(ids)],
      },
      this.#lease.fence(),
      { text: 'COMMIT' },
    ]);
    this.#lastNumber += ids.length;
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
    if (number === null) return this.#lastNumber;
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
