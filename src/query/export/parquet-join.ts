import { parquetMetadata } from 'hyparquet';
import { PARQUET_START, parquetEnd, type SchemaElement, type WrittenGroup } from './parquet.js';

/** Of a file: magic number, length of the footer. */
const MAGIC_BYTES = PARQUET_START.length;
const LENGTH_BYTES = 4;

/** A Parquet file cut in two. */
export interface ParquetPieces {
  /** Its row groups. */
  readonly rows: Uint8Array;
  /** What describes them, to the end of the file. */
  readonly footer: Uint8Array;
}

/** @throws Error if the bytes are no whole Parquet file */
export function parquetPieces(file: Uint8Array): ParquetPieces {
  const lengthAt = file.length - MAGIC_BYTES - LENGTH_BYTES;
  const length = lengthAt < MAGIC_BYTES ? lengthAt : Buffer.from(file).readUInt32LE(lengthAt);
  const end = lengthAt - length;
  if (end < MAGIC_BYTES || !PARQUET_START.equals(file.subarray(-MAGIC_BYTES)))
    throw new Error('this is no whole Parquet file');
  return { rows: file.subarray(MAGIC_BYTES, end), footer: file.subarray(end) };
}

/**
 * Makes one Parquet file of several that have the same columns: `PARQUET_START`, the row groups of each, and `end`. Its
 * metadata are those of the last one.
 */
export class ParquetJoin {
  readonly #groups: WrittenGroup[] = [];
  #bytes = MAGIC_BYTES;
  #facts: Readonly<Record<string, string>> = {};
  #schema: readonly SchemaElement[] | undefined;

  /** Adds the row groups that a footer describes. */
  add(footer: Uint8Array): void {
    const { row_groups: groups, key_value_metadata: facts, schema } = parquetMetadata(footer, AS_WRITTEN);
    for (const group of groups) this.#groups.push({ group, offset: this.#bytes - MAGIC_BYTES });
    this.#bytes += groups.reduce((sum, group) => sum + Number(group.total_compressed_size), 0);
    this.#facts = Object.fromEntries((facts ?? []).map(({ key, value }) => [key, value ?? '']));
    this.#schema = schema;
  }

  end(): Promise<Uint8Array> {
    return parquetEnd(this.#groups, this.#facts, this.#schema);
  }
}

/** Leaves bounds of columns as they are in the file. */
const AS_WRITTEN = {
  geoparquet: false,
  parsers: {
    timestampFromNanoseconds: (ns: bigint) => ns,
    stringFromBytes: (bytes: Uint8Array) => bytes,
  },
} as unknown as Parameters<typeof parquetMetadata>[1];
