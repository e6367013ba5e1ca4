import type { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import lz4 from 'lz4-napi';
import { type Database, MAX_INTEGER, type Statement } from './database.js';

/** Blocks as rows of the database: what is kept of one besides its bytes, and how it is checked when it is read. */

/** How the bytes of a block are to be read; raised when they change. 0 is as 1 without a checksum. */
const FORMAT = 1;

/** The bytes of a block are not those that were written. The message names it. */
export class DamagedBlockError extends Error {
  override readonly name = 'DamagedBlockError';
}

/** Bounds of the times of a block's records, nanoseconds since 1970; wider than the times by up to 4.3 s. */
export interface BlockTimes {
  readonly leastNs: bigint;
  readonly greatestNs: bigint;
}

export interface NewBlock extends BlockTimes {
  readonly id: number;
  readonly project: number;
  /** Lengths of its chunks. */
  readonly directory: Uint8Array;
  /** Its compressed bytes. */
  readonly data: Uint8Array;
}

export interface StoredBlock {
  readonly id: number;
  readonly project: number;
  readonly directory: Uint8Array;
  /** Decompressed. */
  readonly bytes: Buffer;
}

const COLUMNS = 'id, project, format, checksum, directory, data';

/** The blocks of a database. */
export class StoredBlocks {
  readonly #db: Database;
  readonly #insert: () => Statement;
  readonly #select: Statement;
  #inserting: Statement | undefined;

  constructor(db: Database) {
    this.#db = db;
    this.#select = db.prepare(`SELECT ${COLUMNS} FROM block WHERE id = ?`);
    // Readers have no right to it.
    this.#insert = () => {
      this.#inserting ??= db.prepare(
        `INSERT INTO block (id, project, format, checksum, least_ns, greatest_ns, directory, data) VALUES (?, ?, ${FORMAT}, ?, ?, ?, ?, ?)`,
      );
      return this.#inserting;
    };
  }

  insert({ id, project, leastNs, greatestNs, directory, data }: NewBlock): void {
    this.#insert().run(id, project, checksumOf(directory, data), leastNs, greatestNs, directory, data);
  }

  /**
   * Undefined where there is no such block.
   * @throws DamagedBlockError
   */
  read(id: number): StoredBlock | undefined {
    const row = this.#select.get(id);
    return row && opened(row);
  }

  /** Those behind this one, in order. @throws DamagedBlockError */
  *after(id: number): Generator<StoredBlock> {
    for (const row of this.#db.prepare(`SELECT ${COLUMNS} FROM block WHERE id > ?`).iterate(id)) {
      yield opened(row);
    }
  }
}

function opened(row: Readonly<Record<string, unknown>>): StoredBlock {
  const id = Number(row.id);
  const format = Number(row.format);
  const [directory, data] = [row.directory as Uint8Array, row.data as Uint8Array];
  if (format > FORMAT) {
    throw new DamagedBlockError(`block ${id} has format ${format}, which this version does not know`);
  }
  if (format > 0 && Number(row.checksum) !== checksumOf(directory, data)) {
    throw new DamagedBlockError(
      `block ${id} of the data directory is damaged: its checksum is not that of its bytes`,
    );
  }
  return { id, project: Number(row.project), directory, bytes: lz4.uncompressSync(data) };
}

/** CRC-32 as in gzip, of the directory and then the compressed bytes. */
function checksumOf(directory: Uint8Array, data: Uint8Array): number {
  return crc32(data, crc32(directory));
}

/** Nanoseconds of the upper half of a 64-bit time. */
const UPPER_BITS = 32n;

/** Gathers the bounds of times, in steps of 2^32 ns: a number is compared without making a BigInt of it. */
export class TimeBounds {
  #least = 0x7fffffff;
  #greatest = 0;

  /** `times` are not negative. */
  add(times: BigInt64Array, index: number): void {
    const upper = upperHalves(times)[2 * index + UPPER]!;
    if (upper < this.#least) this.#least = upper;
    if (upper > this.#greatest) this.#greatest = upper;
  }

  /** The bounds so far; begins anew. */
  take(): BlockTimes {
    const leastNs = BigInt(this.#least) << UPPER_BITS;
    const endNs = (BigInt(this.#greatest) + 1n) << UPPER_BITS;
    this.#least = 0x7fffffff;
    this.#greatest = 0;
    return { leastNs, greatestNs: endNs > MAX_INTEGER ? MAX_INTEGER : endNs - 1n };
  }
}

/** Which half of a 64-bit number is the upper one on this machine. */
const UPPER = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

const halves = new WeakMap<BigInt64Array, Int32Array>();

function upperHalves(times: BigInt64Array): Int32Array {
  let known = halves.get(times);
  if (known === undefined) {
    known = new Int32Array(times.buffer, times.byteOffset, times.length * 2);
    halves.set(times, known);
  }
  return known;
}
