import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writevSync,
} from 'node:fs';
import { dirname } from 'node:path';

/**
 * The file operations below the log. They are synchronous and throw what `node:fs` throws. Tests put another implementation in their
 * place, which loses what was not synced, tears writes and fails on demand.
 */
export interface LogFiles {
  /** Makes a directory, durably, where it is missing; the one above it exists. */
  makeDirectory(path: string): void;
  /** The names in a directory, in any order. */
  list(directory: string): string[];
  /** Opens a file for reading. */
  openForReading(path: string): LogFile;
  /** Opens a file for reading and writing. With `create`, the file must not exist yet. */
  openForWriting(path: string, options?: { readonly create: boolean }): LogFile;
  /** Removes a file; it need not exist. */
  remove(path: string): void;
  /** Gives a file a name that no other file has. */
  rename(path: string, newPath: string): void;
  /** Makes the names in a directory durable. */
  syncDirectory(path: string): void;
  /** When a file was last written, ms since 1970. */
  modifiedMs(path: string): number;
  /** What the disk of a directory has room for, bytes. */
  freeBytes(directory: string): number;
}

/** An open file. */
export interface LogFile {
  size(): number;
  /** Fills as much of `buffer` as the file has from this offset on; returns how many bytes these are. */
  read(buffer: Uint8Array, at: number): number;
  /** Writes all of the buffers one behind the other, or throws; some of it may be written then. */
  write(buffers: readonly Uint8Array[], at: number): void;
  truncate(size: number): void;
  /** Whether the file was removed since it was opened: what is open can be read on. */
  isRemoved(): boolean;
  /** Makes content and size durable. A failure says nothing about which bytes are: they must be written again to be sure. */
  sync(): void;
  close(): void;
}

/** The files of the operating system. */
export const diskFiles: LogFiles = {
  makeDirectory: (path) => {
    if (mkdirSync(path, { recursive: true }) !== undefined) diskFiles.syncDirectory(dirname(path));
  },
  list: (directory) => readdirSync(directory),
  openForReading: (path) => new DiskFile(openSync(path, 'r')),
  openForWriting: (path, options) => new DiskFile(openSync(path, options?.create ? 'wx+' : 'r+')),
  remove: (path) => rmSync(path, { force: true }),
  rename: renameSync,
  syncDirectory: (path) => {
    // Windows neither opens directories nor needs it.
    if (process.platform === 'win32') return;
    const directory = openSync(path, 'r');
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
  },
  modifiedMs: (path) => statSync(path).mtimeMs,
  freeBytes: (directory) => {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  },
};

class DiskFile implements LogFile {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  size(): number {
    return fstatSync(this.#fd).size;
  }

  read(buffer: Uint8Array, at: number): number {
    let length = 0;
    while (length < buffer.length) {
      const read = readSync(this.#fd, buffer, length, buffer.length - length, at + length);
      if (read === 0) break;
      length += read;
    }
    return length;
  }

  write(buffers: readonly Uint8Array[], at: number): void {
    let left = buffers;
    let position = at;
    while (left.length > 0) {
      let written = writevSync(this.#fd, left, position);
      position += written;
      // As a rule all is written at once.
      let i = 0;
      while (i < left.length && written >= left[i]!.length) written -= left[i++]!.length;
      left = written === 0 ? left.slice(i) : [left[i]!.subarray(written), ...left.slice(i + 1)];
    }
  }

  truncate(size: number): void {
    ftruncateSync(this.#fd, size);
  }

  isRemoved(): boolean {
    return fstatSync(this.#fd).nlink === 0;
  }

  sync(): void {
    // On macOS this is F_FULLFSYNC, which alone reaches the disk there.
    fdatasyncSync(this.#fd);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
