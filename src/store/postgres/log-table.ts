import { withoutChunks } from '../records/blank-chunks.js';
import { type BlockLog, DamagedBlockError, type NewBlock, type StoredBlock } from '../records/log.js';
import type { ChunksByBlock } from '../records/rewriting.js';
import type { Admission } from './admission.js';
import {
  BLOCK_COLUMNS,
  blockValues,
  type ChangedBlock,
  checksumOf,
  decodeBlock,
  replaceBlocks,
  storedBytes,
} from './block-row.js';
import type { HandedBlocks } from './handed-blocks.js';
import { LANE, type Lease } from './lease.js';
import { int8s, type Row, type Statement, type SyncSession } from './statement.js';

/** Blocks that get their numbers in one transaction. */
const MOST_NUMBERED = 1_000;

/** Blocks that are read at once to look for what was erased. */
const MOST_LOOKED_AT = 64;

/** Rows of blocks that are remembered until they are folded. Of more, blocks are read from the database. */
const MOST_REMEMBERED = 10_000;

/** A row that stands for a block as it was appended. */
interface AppendedRow {
  readonly id: bigint;
  readonly checksum: number;
}

/**
 * The log as the holder of the lease sees it. Others append to it (`intake-thread.ts`); it gives numbers. It
 * shows blocks to the engine part by part, so that the engine has folded all that it knows of after each part:
 * what else it has to do gets its turn then, however many blocks there are.
 */
export class LogTable implements BlockLog {
  readonly #session: SyncSession;
  readonly #decisions: SyncSession;
  readonly #lease: Lease;
  readonly #admission: Admission;
  readonly #handed: HandedBlocks;
  /**
   * Rows by the numbers that they were given here, until they are read. They are as they were appended: the holder of
   * the lease alone changes blocks, and takes those out of here.
   */
  readonly #appended = new Map<number, AppendedRow>();
  /** The last block with a number. */
  #lastNumber: number;
  #lastId = 0;
  /** Called with each block that has become smaller, and by how many bytes. */
  removed: (block: number, bytes: number) => void = () => {};

  /**
   * `hints` does not wait for the disk: a crash may take back what it did last. `decisions` does.
   * @throws DatabaseError
   */
  constructor(
    { hints, decisions }: { readonly hints: SyncSession; readonly decisions: SyncSession },
    lease: Lease,
    admission: Admission,
    handed: HandedBlocks,
  ) {
    this.#session = hints;
    this.#decisions = decisions;
    this.#lease = lease;
    this.#admission = admission;
    this.#handed = handed;
    const [last] = hints.run([{ text: 'SELECT coalesce(max(number), 0) FROM log_block' }]);
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
   * Gives new blocks their numbers, in the order in which they were appended as far as it is known. What was erased
   * leaves them before. Returns whether there were any. @throws DatabaseError
   */
  numberNew(): boolean {
    this.#handed.receive();
    const [waiting] = this.#session.run([
      {
        name: 'new_blocks',
        text: `SELECT id, tombstones, checksum FROM log_block WHERE number IS NULL AND lane = ${LANE} ORDER BY id LIMIT ${MOST_NUMBERED}`,
      },
    ]);
    const found = waiting!.rows as [id: bigint, tombstones: bigint, checksum: bigint][];
    this.#forgetHanded(found.map(([id]) => id));
    if (found.length === 0) return false;
    const unaware = found.filter(([, tombstones]) => tombstones < this.#admission.last).map(([id]) => id);
    const { changed, refused } = this.#admit(unaware);
    const ids = found.map(([id]) => id).filter((id) => !refused.has(id));
    this.#session.run([
      { text: 'BEGIN' },
      ...(changed.length === 0 ? [] : [replaceBlocks(changed)]),
      ...(refused.size === 0
        ? []
        : [
            {
              text: 'DELETE FROM log_block WHERE id = ANY($1::int8[]) AND number IS NULL',
              values: [int8s([...refused])],
            },
          ]),
      {
        name: 'number_blocks',
        text: `UPDATE log_block SET number = $1::int8 + n.at FROM unnest($2::int8[]) WITH ORDINALITY AS n (id, at)
          WHERE log_block.id = n.id AND number IS NULL`,
        values: [this.#lastNumber, int8s(ids)],
      },
      this.#lease.fence(),
      { text: 'COMMIT' },
    ]);
    const isUnaware = new Set(unaware);
    for (const [id, , checksum] of found) {
      if (refused.has(id)) continue;
      this.#lastNumber++;
      if (isUnaware.has(id) || this.#appended.size >= MOST_REMEMBERED) continue;
      this.#appended.set(this.#lastNumber, { id, checksum: Number(checksum) });
    }
    return true;
  }

  /**
   * Forgets handed blocks that will not be asked for. `waiting`: the first rows without a number, in their order. A
   * block that was handed over before they were looked up, and is not one of them, has a number already.
   */
  #forgetHanded(waiting: readonly bigint[]): void {
    const kept = new Set(waiting);
    for (const { id } of this.#appended.values()) kept.add(id);
    const last = waiting.length < MOST_NUMBERED ? undefined : waiting.at(-1);
    this.#handed.retain((id) => kept.has(id) || (last !== undefined && id > last));
  }

  /** Blocks of processes that did not know the last tombstones: those that lose records, and those that lose all. */
  #admit(rows: readonly bigint[]): { readonly changed: ChangedBlock[]; readonly refused: Set<bigint> } {
    const changed: ChangedBlock[] = [];
    const refused = new Set<bigint>();
    for (let from = 0; from < rows.length; from += MOST_LOOKED_AT) {
      const [found] = this.#session.run([
        {
          name: 'unaware_blocks',
          text: `SELECT ${BLOCK_COLUMNS}, id FROM log_block WHERE id = ANY($1::int8[])`,
          values: [int8s(rows.slice(from, from + MOST_LOOKED_AT))],
        },
      ]);
      for (const row of found!.rows) {
        const block = orDamaged(row);
        // Nothing of it is read: the fold says so.
        if (block === undefined) continue;
        const id = row.at(-1) as bigint;
        const admitted = this.#admission.admitted(block);
        if (admitted === undefined) refused.add(id);
        else if (admitted !== block) changed.push({ ...admitted, row: id });
      }
    }
    return { changed, refused };
  }

  /**
   * Removes chunks from blocks, in one transaction with `also`. Removing them again changes nothing. Returns by how
   * many bytes blocks have become smaller. @throws DamagedBlockError if one of the blocks cannot be read; DatabaseError
   */
  remove(chunks: ChunksByBlock, ...also: readonly Statement[]): number {
    const [found] = this.#decisions.run([
      {
        name: 'blocks_to_change',
        text: `SELECT ${BLOCK_COLUMNS}, id FROM log_block WHERE number = ANY($1::int8[]) ORDER BY id`,
        values: [int8s([...chunks.keys()])],
      },
    ]);
    const changed: ChangedBlock[] = [];
    const bytesBefore = new Map<number, number>();
    for (const row of found!.rows) {
      const block = decodeBlock(row);
      const rest = withoutChunks(block, chunks.get(block.id)!);
      if (rest.bytes.equals(block.bytes)) continue;
      changed.push({ ...rest, row: row.at(-1) as bigint });
      this.#appended.delete(block.id);
      bytesBefore.set(block.id, storedBytes(row));
    }
    if (changed.length === 0 && also.length === 0) return 0;
    const results = this.#decisions.run([
      { text: 'BEGIN' },
      ...(changed.length === 0 ? [] : [replaceBlocks(changed)]),
      ...also,
      this.#lease.fence(),
      { text: 'COMMIT' },
    ]);
    let freed = 0;
    for (const [number, bytesAfter] of changed.length === 0 ? [] : results[1]!.rows) {
      const bytes = bytesBefore.get(Number(number))! - Number(bytesAfter);
      this.removed(Number(number), bytes);
      freed += bytes;
    }
    return freed;
  }

  read(id: number): StoredBlock | undefined {
    return this.readAll([id])[0];
  }

  readAll(ids: readonly number[]): (StoredBlock | undefined)[] {
    this.#handed.receive();
    const blocks = new Map<number, StoredBlock>();
    for (const id of ids) {
      const block = this.#takeHanded(id);
      if (block !== undefined) blocks.set(id, block);
    }
    const missing = ids.filter((id) => !blocks.has(id));
    if (missing.length > 0) {
      const [found] = this.#session.run([
        {
          name: 'blocks',
          text: `SELECT ${BLOCK_COLUMNS} FROM log_block WHERE number = ANY($1::int8[])`,
          values: [int8s(missing)],
        },
      ]);
      for (const row of found!.rows) {
        const block = decodeBlock(row);
        blocks.set(block.id, block);
      }
    }
    return ids.map((id) => blocks.get(id));
  }

  /** A block that this process appended, once, as long as nothing has left it. */
  #takeHanded(id: number): StoredBlock | undefined {
    const row = this.#appended.get(id);
    if (row === undefined) return undefined;
    this.#appended.delete(id);
    const block = this.#handed.take(row.id, row.checksum);
    return block && { ...block, id };
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

  /** For what the holder itself writes again; telemetry is appended by the intakes. All blocks must be shown. */
  append(blocks: readonly NewBlock[]): void {
    if (blocks.length === 0) return;
    if (this.#lastId !== this.#lastNumber) throw new Error('blocks cannot follow those that are not shown');
    const rows = blocks.map((block) => ({ ...block, checksum: checksumOf(block) }));
    this.#decisions.run([
      { text: 'BEGIN' },
      {
        text: `INSERT INTO log_block (number, lane, tombstones, project, records, least_ns, greatest_ns, checksum, directory, data)
          SELECT $8::int8 + b.at, ${LANE}, $9::int8, b.project, b.records, b.least_ns, b.greatest_ns, b.checksum, b.directory, b.data
          FROM unnest($1::int4[], $2::int4[], $3::int8[], $4::int8[], $5::int8[], $6::bytea[], $7::bytea[]) WITH ORDINALITY
            AS b (project, records, least_ns, greatest_ns, checksum, directory, data, at)`,
        values: [...blockValues(rows), this.#lastNumber, this.#admission.last],
      },
      this.#lease.fence(),
      { text: 'COMMIT' },
    ]);
    this.#lastNumber += blocks.length;
    this.#lastId = this.#lastNumber;
  }

  /** What is in the table was committed. */
  confirm(): boolean {
    return false;
  }

  /** The intake finds out by its appends. */
  probe(): void {}
}

function orDamaged(row: Row): StoredBlock | undefined {
  try {
    return decodeBlock(row);
  } catch (error) {
    if (error instanceof DamagedBlockError) return undefined;
    throw error;
  }
}
