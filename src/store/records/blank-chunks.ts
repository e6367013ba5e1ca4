import { Buffer } from 'node:buffer';
import { chunksOf, recordsIn } from './block.js';
import type { StoredBlock } from './log.js';

/**
 * Removes chunks from a block whose other chunks keep their places: the bytes of a chunk become one protobuf field
 * without content, which every reader of OTLP skips (docs/decisions/019-erasure-and-retention.md).
 */

/** Field 15, length-delimited: no message of OTLP has it at this level. */
const BLANK_TAG = 0x7a;

/** A block of one chunk without records. Read at any place of its former chunks, it has none either. */
const BLANK_BYTES = Buffer.of(BLANK_TAG, 0);
const BLANK_DIRECTORY = Buffer.of(BLANK_BYTES.length, 0);

/** The longest field with one byte of length: tag, length, content. */
const MOST_SHORT = 2 + 0x7f;

/** Bytes of the length of a longer field, of which some may have no value. */
const LONG_LENGTH_BYTES = 5;

/**
 * The block without the chunks at these offsets. If no record is left, it becomes as short as a block can be.
 * Offsets at which no chunk begins are ignored.
 */
export function withoutChunks<Block extends StoredBlock>(block: Block, offsets: ReadonlySet<number>): Block {
  const bytes = Buffer.from(block.bytes);
  for (const { offset, tracesLength, logsLength } of chunksOf(block.id, block.directory)) {
    if (!offsets.has(offset)) continue;
    blank(bytes.subarray(offset, offset + tracesLength));
    blank(bytes.subarray(offset + tracesLength, offset + tracesLength + logsLength));
  }
  const records = recordsIn(block.directory, bytes);
  return records === 0 ? blankBlock(block) : { ...block, records, bytes };
}

/** Whether a block with this directory has no chunk but those at these offsets. */
export function hasOnly(id: number, directory: Uint8Array, offsets: ReadonlySet<number>): boolean {
  return chunksOf(id, directory).every(
    ({ offset, tracesLength, logsLength }) => offsets.has(offset) || tracesLength + logsLength === 0,
  );
}

/** The block without any record. */
export function blankBlock<Block extends Omit<StoredBlock, 'bytes'>>(
  block: Block,
): Block & Pick<StoredBlock, 'bytes'> {
  return { ...block, records: 0, directory: BLANK_DIRECTORY, bytes: BLANK_BYTES };
}

/** Makes one field without content of a message. A message with a record has more than two bytes. */
function blank(message: Buffer): void {
  if (message.length === 0) return;
  message.fill(0);
  message[0] = BLANK_TAG;
  if (message.length <= MOST_SHORT) {
    message[1] = message.length - 2;
    return;
  }
  let rest = message.length - 1 - LONG_LENGTH_BYTES;
  for (let i = 1; i <= LONG_LENGTH_BYTES; i++) {
    message[i] = (rest & 0x7f) | (i < LONG_LENGTH_BYTES ? 0x80 : 0);
    rest >>>= 7;
  }
}
