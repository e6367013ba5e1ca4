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
 * The file operations that the log uses. They are synchronous and throw what `node:fs` throws. Tests use an
 * implementation that loses unsynced data, tears writes and fails on demand.
 */
export interface LogFiles {
  /** Creates a directory durably if it is missing. Its parent must exist. */
  makeDirectory(path: string): void;
  /** The names in a directory, in any order. */
  list(directory: string): string[];
  /** Opens a file for reading. */
  openForReading(path: string): LogFile;
  /** Opens a file for reading and writing. With `create`, the file must not exist yet. */
  openForWriting(path: string, options?: { readonly create: boolean }): LogFile;
  /** Removes a file if it exists. */
  remove(path: string): void;
  /** Renames a file. Replaces the file `newPath`, if there is one. */
  rename(path: string, newPath: string): void;
  /** Makes the names in a directory durable. */
  syncDirectory(path: string): void;
  /** When a file was last written, ms since 1970. */
  modifiedMs(path: string): number;
  /** Free space on the disk of a directory, bytes. */
  freeBytes(directory: string): number;
}

/** A file that can be read. */
export interface ReadableFile {
  size(): number;
  /** Reads from this offset into `buffer`, up to the end of the file. Returns the number of bytes read. */
  read(buffer: Uint8Array, at: number): number;
}

/** An open file. */
export interface LogFile extends ReadableFile {
  /** Writes all buffers in sequence. If it throws, some bytes may have been written. */
  write(buffers: readonly Uint8Array[], at: number): void;
  truncate(size: number): void;
  /** Whether the file was removed since it was opened. It can still be read. */
  isRemoved(): boolean;
  /**
   * Makes content and size durable. After a failure any bytes may be missing on disk: they must be written
   * again.
   */
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
    // Windows cannot open directories, and does not need this.
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
      // Usually one call writes everything.
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
    // On macOS this is F_FULLFSYNC, the only call that reaches the disk there.
    fdatasyncSync(this.#fd);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
