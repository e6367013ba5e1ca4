import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { CopiedBlock, Verified } from './sides.js';

/** The digest of no blocks. */
export const NOTHING: Verified = { block: 0, records: 0, digest: '0'.repeat(64) };

const HEADER_BYTES = 40;

/**
 * The digest of a log continued by its next block: SHA-256 over the digest of the blocks before it, the block's
 * number, project, number of records and bounds of times, its directory and its decompressed bytes. So the
 * digests of two logs are equal if they have the same blocks in the same order, however they are stored. A lost
 * block counts as lost.
 */
export function continued(before: Verified, block: CopiedBlock): Verified {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeBigUInt64LE(BigInt(block.id), 0);
  const hash = createHash('sha256').update(before.digest, 'hex');
  if ('lost' in block) {
    hash.update(header.subarray(0, 8)).update('lost');
    return { block: block.id, records: before.records, digest: hash.digest('hex') };
  }
  header.writeUInt32LE(block.project, 8);
  header.writeUInt32LE(block.records, 12);
  header.writeBigInt64LE(block.leastNs, 16);
  header.writeBigInt64LE(block.greatestNs, 24);
  header.writeUInt32LE(block.directory.length, 32);
  header.writeUInt32LE(block.bytes.length, 36);
  hash.update(header).update(block.directory).update(block.bytes);
  return { block: block.id, records: before.records + block.records, digest: hash.digest('hex') };
}
