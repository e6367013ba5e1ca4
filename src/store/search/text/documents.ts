import { Buffer } from 'node:buffer';
import lz4 from 'lz4-napi';

/** What the index calls a document: consecutive blocks of one project. */
export interface TextDocument {
  /** Number of the project. */
  readonly project: number;
  /** Of its blocks, decompressed. */
  readonly bytes: number;
  /** Bounds of the times of its records, ns since 1970. They may be wider. */
  readonly leastNs: bigint;
  readonly greatestNs: bigint;
  /** Numbers, ascending. */
  readonly blocks: readonly number[];
}

/** The documents of a part, which are numbered from 0. */
export function encodeDocuments(documents: readonly TextDocument[]): Buffer {
  const rows = documents.map(({ project, bytes, leastNs, greatestNs, blocks }) => [
    ...[project, bytes, String(leastNs), String(greatestNs)],
    ...blocks.map((block, i) => block - (blocks[i - 1] ?? 0)),
  ]);
  return lz4.compressSync(Buffer.from(JSON.stringify(rows)));
}

type StoredDocument = [
  project: number,
  bytes: number,
  leastNs: string,
  greatestNs: string,
  ...differences: number[],
];

export function decodeDocuments(data: Buffer): TextDocument[] {
  const rows: StoredDocument[] = JSON.parse(lz4.uncompressSync(data).toString());
  return rows.map(([project, bytes, leastNs, greatestNs, ...differences]) => {
    let block = 0;
    const times = { leastNs: BigInt(leastNs), greatestNs: BigInt(greatestNs) };
    return { project, bytes, ...times, blocks: differences.map((each) => (block += each)) };
  });
}
