import { Buffer } from 'node:buffer';
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { DamagedBlockError } from '../records/log.js';
import type { LogReader } from '../records/log-reader.js';

/** Searches the files of a data directory for bytes: databases as they are, the log decompressed. */

/** Bytes of a file that are searched at once. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** A place where bytes were found. */
export interface FoundBytes {
  /** A file of the directory, or `block 12` of the log. */
  readonly where: string;
  readonly offset: number;
  /** Index of the needle. */
  readonly needle: number;
}

/** Whatever one of these is found by, in one pass. */
export class Needles {
  readonly #needles: readonly Buffer[];
  /** Indexes of the needles by their first four bytes. */
  readonly #byStart = new Map<number, number[]>();
  /** A bit for each value of the first two bytes of a needle. */
  readonly #starts = new Uint8Array(65_536);
  readonly longest: number;

  /** Each has at least four bytes. */
  constructor(needles: readonly Uint8Array[]) {
    this.#needles = needles.map((each) => Buffer.from(each));
    this.longest = Math.max(0, ...this.#needles.map(({ length }) => length));
    for (const [i, needle] of this.#needles.entries()) {
      if (needle.length < 4) throw new Error('what is searched for must have at least four bytes');
      const start = needle.readUInt32LE(0);
      this.#byStart.set(start, [...(this.#byStart.get(start) ?? []), i]);
      this.#starts[needle.readUInt16LE(0)] = 1;
    }
  }

  /** The first place of each needle in these bytes. */
  in(bytes: Buffer): Map<number, number> {
    const found = new Map<number, number>();
    if (this.#needles.length === 0) return found;
    const last = bytes.length - 4;
    for (let at = 0; at <= last; at++) {
      if (this.#starts[bytes[at]! | (bytes[at + 1]! << 8)] === 0) continue;
      for (const i of this.#byStart.get(bytes.readUInt32LE(at)) ?? []) {
        const needle = this.#needles[i]!;
        if (found.has(i) || at + needle.length > bytes.length) continue;
        if (bytes.compare(needle, 0, needle.length, at, at + needle.length) !== 0) continue;
        found.set(i, at);
      }
    }
    return found;
  }
}

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
