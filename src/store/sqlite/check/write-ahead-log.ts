import type { Buffer } from 'node:buffer';

/**
 * Checks a write-ahead log of SQLite (https://sqlite.org/fileformat2.html#walformat). SQLite reads it up to the
 * first frame whose checksum is wrong, and silently leaves out the rest.
 */

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** The last bit of the magic number says in which order the checksum takes bytes. */
const MAGIC = 0x377f0682;

type Sums = readonly [number, number];

/**
 * Offset of the first frame that belongs to the log and does not match its checksum; undefined if there is none.
 * Frames from before the log was begun again have another salt, and do not belong to it.
 */
export function brokenFrame(wal: Buffer): number | undefined {
  if (wal.length === 0) return undefined;
  if (wal.length < HEADER_BYTES || (wal.readUInt32BE(0) & ~1) >>> 0 !== MAGIC) return 0;
  const isBigEndian = (wal.readUInt32BE(0) & 1) === 1;
  const salt = wal.subarray(16, 24);
  let sums = checksum(wal.subarray(0, 24), isBigEndian, [0, 0]);
  if (!isEqual(sums, wal, 24)) return 0;
  const length = FRAME_HEADER_BYTES + wal.readUInt32BE(8);
  for (let at = HEADER_BYTES; at + length <= wal.length; at += length) {
    const frame = wal.subarray(at, at + length);
    if (!frame.subarray(8, 16).equals(salt)) return isLast(wal, at, length, salt) ? undefined : at;
    sums = checksum(frame.subarray(0, 8), isBigEndian, sums);
    sums = checksum(frame.subarray(FRAME_HEADER_BYTES), isBigEndian, sums);
    if (!isEqual(sums, frame, 16)) return at;
  }
  return undefined;
}

/** Whether no frame from here on has the salt of the log. */
function isLast(wal: Buffer, from: number, length: number, salt: Buffer): boolean {
  for (let at = from; at + length <= wal.length; at += length)
    if (wal.subarray(at + 8, at + 16).equals(salt)) return false;
  return true;
}

function isEqual([a, b]: Sums, bytes: Buffer, at: number): boolean {
  return bytes.readUInt32BE(at) === a && bytes.readUInt32BE(at + 4) === b;
}

function checksum(bytes: Buffer, isBigEndian: boolean, [a, b]: Sums): Sums {
  let [s0, s1] = [a, b];
  const read = (at: number): number => (isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  for (let at = 0; at < bytes.length; at += 8) {
    s0 = (s0 + read(at) + s1) >>> 0;
    s1 = (s1 + read(at + 4) + s0) >>> 0;
  }
  return [s0, s1];
}
