import { Buffer } from 'node:buffer';
import { basename, dirname } from 'node:path';
import type { LogFile, LogFiles } from '../../src/store/records/log-files.js';

/** Operations that can be made to fail. */
export type FileOperation = 'write' | 'sync' | 'open' | 'truncate' | 'remove' | 'rename' | 'syncDirectory';

/** Small, so that a few bytes make several pages. */
const PAGE_BYTES = 64;

/** Contents of a file: as programs see them, and as they are on the disk. */
interface Inode {
  cached: Buffer;
  durable: Buffer;
  /** Pages that differ on the disk and are still to be written there. */
  readonly dirty: Set<number>;
  isSizeDirty: boolean;
}

/**
 * Files in memory below the log, with the worst behaviour that a file system may have. A failed write leaves
 * any part of it. A failed sync drops any of the pages that were to be written: they can still be read, and
 * no later sync writes them. When the power fails, any of the pages, sizes and names that were not synced are
 * lost, each independently.
 */
export class FaultyFiles implements LogFiles {
  /** Names as programs see them, and as they are on the disk. */
  #names = new Map<string, Inode>();
  #durableNames = new Map<string, Inode>();
  /** What `freeBytes` says. */
  free = Number.MAX_SAFE_INTEGER;
  readonly #random: () => number;
  /** How many times from now on each operation succeeds before it fails once. */
  readonly #failing = new Map<FileOperation, number>();

  /** `random` returns numbers from 0 to less than 1; equal sequences make equal faults. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Makes the operation fail the `count`-th time from now, counted from 1, and then never again. */
  failOnce(operation: FileOperation, count: number): void {
    this.#failing.set(operation, count - 1);
  }

  failNoMore(): void {
    this.#failing.clear();
  }

  /** The machine stops and starts again: unsynced data may be lost. */
  powerFails(): void {
    const names = new Map<string, Inode>();
    for (const name of new Set([...this.#names.keys(), ...this.#durableNames.keys()])) {
      const [now, durable] = [this.#names.get(name), this.#durableNames.get(name)];
      const inode = this.#isLucky() ? now : durable;
      if (inode !== undefined) names.set(name, inode);
    }
    for (const inode of new Set(names.values())) {
      const size = inode.isSizeDirty && this.#isLucky() ? inode.cached.length : inode.durable.length;
      const bytes = Buffer.alloc(size);
      inode.durable.copy(bytes);
      for (const page of inode.dirty) if (this.#isLucky()) copyPage(inode.cached, bytes, page);
      inode.cached = bytes;
      inode.durable = Buffer.from(bytes);
      inode.dirty.clear();
      inode.isSizeDirty = false;
    }
    this.#names = names;
    this.#durableNames = new Map(names);
  }

  /** Changes a byte of a file, on the disk too. */
  flip(path: string, at: number): void {
    const inode = this.#names.get(path)!;
    inode.cached[at]! ^= 0x10;
    inode.durable = Buffer.from(inode.cached);
  }

  bytes(path: string): Buffer {
    return this.#names.get(path)!.cached;
  }

  makeDirectory(): void {}

  list(directory: string): string[] {
    return [...this.#names.keys()]
      .filter((path) => dirname(path) === directory)
      .map((path) => basename(path));
  }

  openForReading(path: string): LogFile {
    return this.#open(path);
  }

  openForWriting(path: string, options?: { readonly create: boolean }): LogFile {
    this.#mayFail('open');
    if (options?.create === true) {
      if (this.#names.has(path)) throw Object.assign(new Error(`EEXIST: ${path}`), { code: 'EEXIST' });
      const empty = Buffer.alloc(0);
      this.#names.set(path, { cached: empty, durable: empty, dirty: new Set(), isSizeDirty: false });
    }
    return this.#open(path);
  }

  remove(path: string): void {
    this.#mayFail('remove');
    this.#names.delete(path);
  }

  rename(path: string, newPath: string): void {
    this.#mayFail('rename');
    this.#names.set(newPath, this.#names.get(path)!);
    this.#names.delete(path);
  }

  syncDirectory(): void {
    this.#mayFail('syncDirectory');
    this.#durableNames = new Map(this.#names);
  }

  modifiedMs(): number {
    return 0;
  }

  freeBytes(): number {
    return this.free;
  }

  #open(path: string): LogFile {
    const inode = this.#names.get(path);
    if (inode === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
    return {
      size: () => inode.cached.length,
      read: (buffer, at) => inode.cached.copy(buffer, 0, at, at + buffer.length),
      write: (buffers, at) => this.#write(inode, Buffer.concat(buffers), at),
      truncate: (size) => {
        this.#mayFail('truncate');
        resize(inode, size);
      },
      isRemoved: () => ![...this.#names.values()].includes(inode),
      sync: () => this.#sync(inode),
      close: () => {},
    };
  }

  #write(inode: Inode, bytes: Buffer, at: number): void {
    let length = bytes.length;
    let failure: unknown;
    try {
      this.#mayFail('write');
    } catch (error) {
      length = Math.floor(this.#random() * length);
      failure = error;
    }
    if (at + length > inode.cached.length) resize(inode, at + length);
    bytes.copy(inode.cached, at, 0, length);
    const end = Math.ceil((at + length) / PAGE_BYTES);
    for (let page = Math.floor(at / PAGE_BYTES); page < end; page++) inode.dirty.add(page);
    if (failure !== undefined) throw failure;
  }

  #sync(inode: Inode): void {
    try {
      this.#mayFail('sync');
    } catch (error) {
      for (const page of inode.dirty) if (this.#isLucky()) inode.dirty.delete(page);
      throw error;
    }
    const durable = Buffer.alloc(inode.cached.length);
    inode.durable.copy(durable);
    for (const page of inode.dirty) copyPage(inode.cached, durable, page);
    inode.durable = durable;
    inode.dirty.clear();
    inode.isSizeDirty = false;
  }

  #mayFail(operation: FileOperation): void {
    const left = this.#failing.get(operation);
    if (left === undefined) return;
    if (left > 0) {
      this.#failing.set(operation, left - 1);
      return;
    }
    this.#failing.delete(operation);
    const code = operation === 'sync' ? 'EIO' : 'ENOSPC';
    throw Object.assign(new Error(`${code}: ${operation}`), { code });
  }

  #isLucky(): boolean {
    return this.#random() < 0.5;
  }
}

function resize(inode: Inode, size: number): void {
  const bytes = Buffer.alloc(size);
  inode.cached.copy(bytes);
  inode.cached = bytes;
  inode.isSizeDirty = true;
  for (const page of inode.dirty) if (page * PAGE_BYTES >= size) inode.dirty.delete(page);
}

function copyPage(from: Buffer, to: Buffer, page: number): void {
  const start = page * PAGE_BYTES;
  from.copy(to, start, start, Math.min(start + PAGE_BYTES, from.length));
}
