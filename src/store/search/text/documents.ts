import { Buffer } from 'node:buffer';
import lz4 from 'lz4-napi';

/** What the index calls a document: consecutive blocks of one project. */
export interface TextDocument {
  /** Number of the project. */
  readonly project: number;
  /** Of its blocks, decompressed. */
  readonly bytes: number;
  /** Numbers, ascending. */
  readonly blocks: readonly number[];
}

/** The documents of a part, which are numbered from 0. */
export function encodeDocuments(documents: readonly TextDocument[]): Buffer {
  const rows = documents.map(({ project, bytes, blocks }) => [
    project,
    bytes,
    ...blocks.map((block, i) => block - (blocks[i - 1] ?? 0)),
  ]);
  return lz4.compressSync(Buffer.from(JSON.stringify(rows)));
}

export function decodeDocuments(data: Buffer): TextDocument[] {
  const rows: number[][] = JSON.parse(lz4.uncompressSync(data).toString());
  return rows.map(([project, bytes, ...differences]) => {
    let block = 0;
    return { project: project!, bytes: bytes!, blocks: differences.map((each) => (block += each)) };
  });
}
