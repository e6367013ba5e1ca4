import { crc32 } from 'node:zlib';
import lz4 from 'lz4-napi';
import { DamagedBlockError, type NewBlock, type StoredBlock } from '../records/log.js';
import type { Database, Statement } from './database.js';

export { TimeBounds } from '../records/block-times.js';
export { DamagedBlockError };

/** Blocks as rows of the database: what is kept of one besides its bytes, and how it is checked when it is read. */

/** How the bytes of a block are to be read; raised when they change. 0 is as 1 without a checksum. */
const FORMAT = 1;

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

  insert({ id, project, leastNs, greatestNs, directory, data }: NewBlock & { readonly id: number }): void {
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
