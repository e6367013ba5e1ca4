import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crashPoint } from '../../crash-points.js';
import type { ReadableFile } from '../../records/log-files.js';
import { diskFiles } from '../../records/log-files.js';
import {
  BackupError,
  decodeManifest,
  encodeManifest,
  MANIFEST_FILE,
  type Manifest,
  type SourceFile,
  type StoredFile,
} from './manifest.js';

/** Copying and verifying files of a backup. */

/** Bytes read at a time. */
const PIECE_BYTES = 1024 * 1024;

/** Permissions of databases: they have keys. */
export const PRIVATE = 0o600;

/** The folder of segments in a backup. */
export const SEGMENTS_FOLDER = 'log';

/** A manifest that is being written. */
export const UNFINISHED_MANIFEST = `${MANIFEST_FILE}.new`;

/** Files that a lock of a directory leaves behind, and that say nothing about it. */
const OF_NO_MATTER = /^(?:lock\.(?:sqlite(?:-journal)?|pid)|lost\+found)$/;

/** Names in a directory, but for those that a lock leaves behind. Empty if it does not exist. */
export function namesIn(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory).filter((name) => !OF_NO_MATTER.test(name)) : [];
}

/** The manifest of a backup; undefined if there is none. @throws BackupError if it is damaged. */
export function readManifest(directory: string): Manifest | undefined {
  const path = join(directory, MANIFEST_FILE);
  return existsSync(path) ? decodeManifest(readFileSync(path, 'utf8'), path) : undefined;
}

/** Replaces the manifest durably, as a whole. */
export function writeManifest(directory: string, manifest: Manifest): void {
  const path = join(directory, UNFINISHED_MANIFEST);
  const file = openSync(path, 'w');
  try {
    writeSync(file, encodeManifest(manifest));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  crashPoint('backup.manifest-written');
  renameSync(path, join(directory, MANIFEST_FILE));
  crashPoint('backup.manifest-named');
  diskFiles.syncDirectory(directory);
}

/** What tells whether a file is still the same. */
export function sourceFileOf(file: number | string): SourceFile {
  const { ino, size, mtimeNs } =
    typeof file === 'number' ? fstatSync(file, { bigint: true }) : statSync(file, { bigint: true });
  return { inode: String(ino), size: Number(size), changedNs: String(mtimeNs) };
}

/** Whether a file of a backup is there, as far as its length says. */
export function isThere(directory: string, { file, bytes }: StoredFile): boolean {
  const path = join(directory, file);
  return existsSync(path) && statSync(path).size >= bytes;
}

/** A copy of the first bytes of an open file. */
export interface Copy {
  readonly from: number;
  /** How many bytes. */
  readonly bytes: number;
  readonly to: string;
  /** Permissions of a new file. Default: those of any file. */
  readonly mode?: number;
  /** How many of the bytes the target has already. They are read and not written. */
  readonly there?: number;
  /** Called with the digest of the bytes that are there. If it returns false, nothing is copied. */
  readonly isSame?: (sha256: string) => boolean;
  /** Called after each piece with its length, bytes. */
  readonly progress: (bytes: number) => void;
}

/**
 * Copies bytes durably. Returns the SHA-256 of all of them; undefined if nothing was copied, because what is
 * there is not the same.
 */
export function copyBytes({ from, bytes, to, mode, there = 0, isSame, progress }: Copy): string | undefined {
  const hash = createHash('sha256');
  let at = 0;
  for (; at < there; ) at += hashPiece(hash, from, at, there);
  if (isSame !== undefined && !isSame(hash.copy().digest('hex'))) return undefined;
  const target = openSync(to, there > 0 ? 'r+' : 'w', mode);
  try {
    ftruncateSync(target, there);
    while (at < bytes) {
      const read = hashPiece(hash, from, at, bytes, (piece) => {
        for (let written = 0; written < piece.length; )
          written += writeSync(target, piece, written, piece.length - written, at + written);
      });
      at += read;
      progress(read);
    }
    fsyncSync(target);
  } finally {
    closeSync(target);
  }
  return hash.digest('hex');
}

const PIECE = Buffer.allocUnsafeSlow(PIECE_BYTES);

/** Adds the bytes from `at` on, up to `end`, to a digest. Returns how many. @throws if the file is shorter. */
function hashPiece(
  hash: ReturnType<typeof createHash>,
  file: number,
  at: number,
  end: number,
  use?: (piece: Buffer) => void,
): number {
  const read = readSync(file, PIECE, 0, Math.min(PIECE_BYTES, end - at), at);
  if (read === 0) throw new BackupError(`a file ended at byte ${at} while it was read, instead of ${end}`);
  const piece = PIECE.subarray(0, read);
  hash.update(piece);
  use?.(piece);
  return read;
}

/** SHA-256 of the first bytes of a file. @throws if it is shorter. */
export function digestOfFile(
  path: string,
  bytes: number,
  progress: (bytes: number) => void = () => {},
): string {
  const file = openSync(path, 'r');
  try {
    const hash = createHash('sha256');
    for (let at = 0; at < bytes; ) {
      const read = hashPiece(hash, file, at, bytes);
      at += read;
      progress(read);
    }
    return hash.digest('hex');
  } finally {
    closeSync(file);
  }
}

/** An open file, by its descriptor, as one that can be read. */
export function readableFile(file: number): ReadableFile {
  return {
    size: () => fstatSync(file).size,
    read: (buffer, at) => {
      let length = 0;
      for (let read = -1; read !== 0 && length < buffer.length; length += read)
        read = readSync(file, buffer, length, buffer.length - length, at + length);
      return length;
    },
  };
}

/** The first bytes of an open file, as a file. */
export function beginningOf(file: ReadableFile, bytes: number): ReadableFile {
  return {
    size: () => Math.min(bytes, file.size()),
    read: (buffer, at) => file.read(buffer.subarray(0, Math.max(0, bytes - at)), at),
  };
}
