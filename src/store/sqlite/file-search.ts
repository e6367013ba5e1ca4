import { Buffer } from 'node:buffer';
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { FoundBytes, Needles } from '../engine/needles.js';
import { DamagedBlockError } from '../records/log.js';
import type { LogReader } from '../records/log-reader.js';

/** Searches the files of a data directory for bytes: databases as they are, the log decompressed. */

/** Bytes of a file that are searched at once. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** The databases of a data directory and what SQLite puts beside them. */
export function databaseFiles(directory: string): string[] {
  return readdirSync(directory).filter((name) => /\.sqlite(-wal|-journal)?$/.test(name));
}

/** Searches a file. */
export function* searchFile(directory: string, name: string, needles: Needles): Generator<FoundBytes> {
  let fd: number;
  try {
    fd = openSync(join(directory, name), 'r');
  } catch (error) {
    // SQLite removes files beside its databases.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    const known = new Set<number>();
    const piece = Buffer.allocUnsafe(PIECE_BYTES + needles.longest);
    for (let start = 0; ; start += PIECE_BYTES) {
      const length = readSync(fd, piece, 0, piece.length, start);
      for (const [needle, at] of needles.in(piece.subarray(0, length))) {
        if (known.has(needle)) continue;
        known.add(needle);
        yield { where: name, offset: start + at, needle };
      }
      if (length <= PIECE_BYTES) return;
    }
  } finally {
    closeSync(fd);
  }
}

/** Searches blocks of the log. Those that cannot be read are passed to `unreadable`. */
export function* searchLog(
  reader: LogReader,
  blocks: Iterable<number>,
  needles: Needles,
  unreadable: (error: DamagedBlockError) => void,
): Generator<FoundBytes> {
  for (const block of blocks) {
    try {
      const stored = reader.read(block);
      if (stored === undefined) continue;
      for (const [needle, offset] of needles.in(stored.bytes))
        yield { where: `block ${block}`, offset, needle };
    } catch (error) {
      if (!(error instanceof DamagedBlockError)) throw error;
      unreadable(error);
    }
  }
}
