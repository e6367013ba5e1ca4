import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import lz4 from 'lz4-napi';
import { DamagedBlockError, type NewBlock, type StoredBlock } from '../records/log.js';
import { byteas, int4s, int8s, type Row, type Statement } from './statement.js';

/** The columns of `log_block` that `decodeBlock` needs, in its order. */
export const BLOCK_COLUMNS = 'number, project, records, checksum, directory, data';

/** The CRC-32 of all of a block, as in gzip. */
export function checksumOf({
  project,
  records,
  directory,
  data,
}: Omit<NewBlock, 'leastNs' | 'greatestNs'>): number {
  const numbers = Buffer.allocUnsafe(12);
  numbers.writeUInt32LE(project, 0);
  numbers.writeUInt32LE(records, 4);
  numbers.writeUInt32LE(directory.length, 8);
  return crc32(data, crc32(directory, crc32(numbers)));
}

/** A block from its row. @throws DamagedBlockError if its bytes are not those that were written */
export function decodeBlock(row: Row): StoredBlock {
  const [number, project, records, checksum, directory, data] = row as [
    bigint,
    number,
    number,
    bigint,
    Buffer,
    Buffer,
  ];
  if (checksumOf({ project, records, directory, data }) !== Number(checksum)) {
    throw new DamagedBlockError(`block ${number} of table log_block does not match its checksum`);
  }
  return { id: Number(number), project, records, directory, bytes: lz4.uncompressSync(data) };
}

/** Bytes of the directory and the data of a block, from its row as `decodeBlock` takes it. */
export function storedBytes(row: Row): number {
  return (row[4] as Buffer).length + (row[5] as Buffer).length;
}

/** The same, in a query. */
export const STORED_BYTES = 'octet_length(directory) + octet_length(data)';

/** A block with its checksum, to be inserted. */
export type BlockToInsert = NewBlock & { readonly checksum: number };

/** Parameters for `unnest` of blocks: project, records, least and greatest time, checksum, directory and data. */
export function blockValues(blocks: readonly BlockToInsert[]): Buffer[] {
  return [
    int4s(blocks.map(({ project }) => project)),
    int4s(blocks.map(({ records }) => records)),
    int8s(blocks.map(({ leastNs }) => leastNs)),
    int8s(blocks.map(({ greatestNs }) => greatestNs)),
    int8s(blocks.map(({ checksum }) => checksum)),
    byteas(blocks.map(({ directory }) => directory)),
    byteas(blocks.map(({ data }) => data)),
  ];
}

/** What a block has after records have left it. */
export type ChangedBlock = StoredBlock & { readonly row: bigint };

/** Replaces what rows of `log_block` have: by their ids. Returns their numbers and `STORED_BYTES`. */
export function replaceBlocks(blocks: readonly ChangedBlock[]): Statement {
  const rows = blocks.map(({ row, project, records, directory, bytes }) => {
    const data = lz4.compressSync(bytes);
    return { row, records, directory, data, checksum: checksumOf({ project, records, directory, data }) };
  });
  return {
    name: 'replace_blocks',
    text: `UPDATE log_block AS b SET records = q.records, checksum = q.checksum, directory = q.directory, data = q.data
      FROM unnest($1::int8[], $2::int4[], $3::int8[], $4::bytea[], $5::bytea[]) AS q (id, records, checksum, directory, data)
      WHERE b.id = q.id RETURNING b.number, octet_length(b.directory) + octet_length(b.data)`,
    values: [
      int8s(rows.map(({ row }) => row)),
      int4s(rows.map(({ records }) => records)),
      int8s(rows.map(({ checksum }) => checksum)),
      byteas(rows.map(({ directory }) => directory)),
      byteas(rows.map(({ data }) => data)),
    ],
  };
}
