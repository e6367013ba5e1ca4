import { Buffer } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The disk and the clock of a server under test, by the library of disk.c. */

const SOURCE = fileURLToPath(new URL('../../../test/crash/disk.c', import.meta.url));

/** The numbers of the control file, in the order of disk.c. */
const NUMBERS = [
  'clockOffsetNs',
  'isFull',
  'writesToFault',
  'syncsToFault',
  'namesToFault',
  'operationsToKill',
  'writeError',
  'isFrozen',
  'isBusy',
] as const;

export type DiskNumber = (typeof NUMBERS)[number];

/** Error numbers of failing writes; 0 for a short write. */
export const WRITE_ERRORS = { short: 0, EIO: 5, ENOSPC: 28 } as const;

export type DiskLibrary = { readonly path: string } | { readonly missing: string };

/** Compiles the library into a folder. `missing` says why there is none. */
export function compileDisk(folder: string): DiskLibrary {
  if (process.platform !== 'linux') return { missing: 'the library below SQLite is for Linux' };
  const path = join(folder, 'disk.so');
  const made = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', path, SOURCE, '-ldl', '-lpthread'], {
    encoding: 'utf8',
  });
  if (made.error !== undefined) return { missing: 'there is no C compiler here (cc)' };
  if (made.status !== 0) return { missing: `the library below SQLite does not compile here: ${made.stderr}` };
  return { path };
}

/** The disk of one process, which has everything below `root`. */
export class Disk {
  /** Variables of the process. */
  readonly variables: Readonly<Record<string, string>>;
  readonly trace: string;
  readonly #control: number;

  /** `folder` is outside of `root`, and gets files of this disk. */
  constructor(library: string, folder: string, root: string) {
    const control = join(folder, 'control');
    this.trace = join(folder, 'trace');
    writeFileSync(control, Buffer.alloc(8 * NUMBERS.length));
    writeFileSync(this.trace, '');
    this.#control = openSync(control, 'r+');
    this.variables = {
      LD_PRELOAD: library,
      CRASH_DISK_ROOT: root,
      CRASH_DISK_CONTROL: control,
      CRASH_DISK_TRACE: this.trace,
    };
  }

  /** Takes effect at once, also in a running process. */
  set(number: DiskNumber, value: number | bigint): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    writeSync(this.#control, bytes, 0, 8, 8 * NUMBERS.indexOf(number));
  }

  /** Lets no more operations happen. Then the trace has all of them. */
  async freeze(): Promise<void> {
    this.set('isFrozen', 1);
    while (this.#get('isBusy') !== 0n) await setImmediate();
  }

  #get(number: DiskNumber): bigint {
    const bytes = Buffer.alloc(8);
    readSync(this.#control, bytes, 0, 8, 8 * NUMBERS.indexOf(number));
    return bytes.readBigInt64LE();
  }

  /** How much was recorded until now: what was done before is in the first bytes of the trace. */
  get recorded(): number {
    return statSync(this.trace).size;
  }

  close(): void {
    closeSync(this.#control);
  }
}
