import { Buffer } from 'node:buffer';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

/** What a disk may have after a power failure, made from the trace of disk.c. */

const KINDS = ['', 'create', 'write', 'truncate', 'sync', 'rename', 'remove', 'makeDirectory'] as const;
const HEAD_BYTES = 32;
/** What a disk writes as a whole, bytes. */
const SECTOR_BYTES = 512;

interface Operation {
  readonly kind: (typeof KINDS)[number];
  readonly failed: boolean;
  readonly path: string;
  readonly other: string;
  readonly inode: bigint;
  readonly at: number;
  /** Of a write. */
  readonly bytes: Buffer;
  /** Where its record ends in the trace. */
  readonly end: number;
}

/** Reads a trace, or the whole records of its beginning. */
export function readTrace(path: string): Operation[] {
  const trace = readFileSync(path);
  const operations: Operation[] = [];
  for (let start = 0; start + HEAD_BYTES <= trace.length; ) {
    const kind = KINDS[trace[start]!]!;
    const pathAt = start + HEAD_BYTES;
    const otherAt = pathAt + trace.readUInt16LE(start + 2);
    const bytesAt = otherAt + trace.readUInt16LE(start + 4);
    const end = bytesAt + (kind === 'write' ? Number(trace.readBigUInt64LE(start + 24)) : 0);
    if (end > trace.length) break;
    operations.push({
      kind,
      failed: trace[start + 1] === 1,
      path: trace.toString('utf8', pathAt, otherAt),
      other: trace.toString('utf8', otherAt, bytesAt),
      inode: trace.readBigUInt64LE(start + 8),
      at: Number(trace.readBigUInt64LE(start + 16)),
      bytes: trace.subarray(bytesAt, end),
      end,
    });
    start = end;
  }
  return operations;
}

/** What becomes of a change that was not synced. */
type Fate = 'kept' | 'lost' | 'torn';

/** How a disk treats what it may lose. */
export interface Luck {
  /** Of a change that was not synced when the power failed. */
  fate(): Fate;
  /** Of each sector of a torn write. */
  isSectorKept(): boolean;
  /** Whether a sync that reported success does nothing. */
  isSyncLost(): boolean;
}

/** Nothing is lost: the files as programs see them. */
export const GOOD_LUCK: Luck = { fate: () => 'kept', isSectorKept: () => true, isSyncLost: () => false };

type Change = { readonly at: number; readonly bytes: Buffer } | { readonly size: number };

class Inode {
  #bytes: Buffer;
  #size: number;
  readonly changes: Change[] = [];

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.#bytes = bytes;
    this.#size = bytes.length;
  }

  get durable(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  /** Makes changes durable, each according to its fate, and forgets them. */
  settle(luck: Luck): void {
    for (const change of this.changes.splice(0)) {
      const fate = luck.fate();
      if (fate === 'lost') continue;
      if ('size' in change) this.#resize(change.size);
      else if (fate === 'kept') this.#write(change.at, change.bytes);
      else this.#tear(change.at, change.bytes, luck);
    }
  }

  #tear(at: number, bytes: Buffer, luck: Luck): void {
    for (let start = 0; start < bytes.length; ) {
      const end = Math.min(bytes.length, start + SECTOR_BYTES - ((at + start) % SECTOR_BYTES));
      if (luck.isSectorKept()) this.#write(at + start, bytes.subarray(start, end));
      start = end;
    }
  }

  #write(at: number, bytes: Buffer): void {
    if (at + bytes.length > this.#size) this.#resize(at + bytes.length);
    bytes.copy(this.#bytes, at);
  }

  #resize(size: number): void {
    if (size > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(size, 2 * this.#bytes.length));
      this.durable.copy(larger);
      this.#bytes = larger;
    } else if (size < this.#size) this.#bytes.fill(0, size, this.#size);
    this.#size = size;
  }
}

/** What a name of a directory stands for. */
const DIRECTORY = 'directory';
type Named = Inode | typeof DIRECTORY;

interface NameChange {
  readonly directory: string;
  /** What each path names from then on; undefined: nothing. */
  readonly names: readonly (readonly [path: string, named: Named | undefined])[];
}

/** The files below a directory at one time, by absolute path. */
export interface Snapshot {
  readonly root: string;
  readonly directories: readonly { readonly path: string; readonly inode: bigint }[];
  readonly files: readonly { readonly path: string; readonly inode: bigint; readonly bytes: Buffer }[];
}

/** No process may be changing them. */
export function takeSnapshot(root: string): Snapshot {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const paths = (is: 'isFile' | 'isDirectory'): string[] =>
    entries.filter((entry) => entry[is]()).map((entry) => join(entry.parentPath, entry.name));
  return {
    root,
    directories: [root, ...paths('isDirectory')].map((path) => ({ path, inode: inodeOf(path) })),
    files: paths('isFile')
      .filter((path) => !isOfProcess(path))
      .map((path) => ({ path, inode: inodeOf(path), bytes: readFileSync(path) })),
  };
}

/** Files as they were when the recording began, and as operations changed them. */
export class SimulatedDisk {
  readonly #root: string;
  readonly #inodes = new Map<bigint, Inode>();
  /** As programs see them, and as they are on the disk. */
  readonly #names = new Map<string, Named>();
  readonly #durableNames = new Map<string, Named>();
  readonly #nameChanges: NameChange[] = [];
  readonly #directories: { readonly path: string; readonly inode: bigint }[];

  /** All of the snapshot is durable. */
  constructor({ root, directories, files }: Snapshot) {
    this.#root = root;
    this.#directories = [...directories];
    for (const { path } of directories) this.#nameAtFirst(path, DIRECTORY);
    for (const { path, inode, bytes } of files) {
      const made = new Inode(Buffer.from(bytes));
      this.#inodes.set(inode, made);
      this.#nameAtFirst(path, made);
    }
  }

  #nameAtFirst(path: string, named: Named): void {
    this.#names.set(path, named);
    this.#durableNames.set(path, named);
  }

  apply({ kind, failed, path, other, inode, at, bytes }: Operation, luck: Luck): void {
    switch (kind) {
      case 'create': {
        const made = new Inode();
        this.#inodes.set(inode, made);
        this.#change(path, [[path, made]]);
        return;
      }
      case 'write':
        this.#inodes.get(inode)?.changes.push({ at, bytes });
        return;
      case 'truncate':
        this.#inodes.get(inode)?.changes.push({ size: at });
        return;
      case 'sync':
        // A failed sync forgets what was to be written: no later one writes it.
        if (failed) this.#inodes.get(inode)?.settle(luck);
        else if (!luck.isSyncLost()) this.#sync(inode);
        return;
      case 'rename':
        this.#change(path, [
          [other, this.#names.get(path)],
          [path, undefined],
        ]);
        return;
      case 'remove':
        this.#change(path, [[path, undefined]]);
        return;
      case 'makeDirectory':
        this.#directories.push({ path, inode });
        this.#change(path, [[path, DIRECTORY]]);
        return;
      case '':
        throw new Error('the trace has an unknown record');
    }
  }

  /** The power fails. */
  fail(luck: Luck): void {
    const all = [...this.#inodes.values(), ...this.#names.values(), ...this.#durableNames.values()];
    for (const each of new Set(all)) if (each !== DIRECTORY) each.settle(luck);
    for (const { names } of this.#nameChanges.splice(0)) if (luck.fate() === 'kept') this.#makeDurable(names);
  }

  /** The files that are durable and can be reached, by path relative to the root. */
  files(): Map<string, Buffer> {
    const files = new Map<string, Buffer>();
    for (const [path, named] of this.#durableNames)
      if (named !== DIRECTORY && this.#isReached(dirname(path)))
        files.set(relative(this.#root, path), named.durable);
    return files;
  }

  #isReached(directory: string): boolean {
    return (
      directory === this.#root ||
      (this.#durableNames.get(directory) === DIRECTORY && this.#isReached(dirname(directory)))
    );
  }

  #sync(inode: bigint): void {
    const directory = this.#directories.find((each) => each.inode === inode);
    if (directory === undefined) {
      this.#inodes.get(inode)?.settle(GOOD_LUCK);
      return;
    }
    const left = this.#nameChanges.splice(0);
    for (const change of left) {
      if (change.directory === directory.path) this.#makeDurable(change.names);
      else this.#nameChanges.push(change);
    }
  }

  #change(path: string, names: NameChange['names']): void {
    for (const [name, named] of names) setName(this.#names, name, named);
    this.#nameChanges.push({ directory: dirname(path), names });
  }

  #makeDurable(names: NameChange['names']): void {
    for (const [name, named] of names) setName(this.#durableNames, name, named);
  }
}

/** Locks, and what SQLite shares in memory: disk.c leaves them out too. */
function isOfProcess(path: string): boolean {
  const name = basename(path);
  return name.startsWith('lock.') || name.endsWith('-shm');
}

/** Writes files by path relative to this directory, which must not exist. */
export function writeFiles(files: ReadonlyMap<string, Buffer>, directory: string): void {
  mkdirSync(directory);
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), bytes);
  }
}

function setName(names: Map<string, Named>, path: string, named: Named | undefined): void {
  if (named === undefined) names.delete(path);
  else names.set(path, named);
}

function inodeOf(path: string): bigint {
  return statSync(path, { bigint: true }).ino;
}
