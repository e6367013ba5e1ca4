import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from './log.js';
import type { Telemetry } from './telemetry.js';

/** The data directory and its disk at one time. */
export interface DiskReading {
  /** Milliseconds of a monotonic clock. */
  readonly atMs: number;
  /** Bytes of the files of the data directory. */
  readonly storeBytes: number;
  /** Bytes that this user can still write on its disk. */
  readonly freeBytes: number;
}

/** The reported state of the disk. */
export interface DiskState extends Omit<DiskReading, 'atMs'> {
  /**
   * Seconds until the disk is full at the recent rate of growth; undefined if the store does not grow, or the
   * rate is not known yet.
   */
  readonly secondsUntilFull: number | undefined;
}

/** Readings are kept this long, ms. The rate of growth is computed from them. */
const KEPT_MS = 24 * 3_600_000;
/** Minimum time for a rate: a short burst of telemetry is not representative. */
const LEAST_MS = 10 * 60_000;

/** Warns below this free space, while there is still time to react. */
const LOW_BYTES = 1024 ** 3;
const LOW_SECONDS = 3 * 86_400;

/** Adds a reading to the earlier ones, and drops outdated ones. Readings in close succession are merged. */
export function withReading(
  readings: readonly DiskReading[],
  reading: DiskReading,
  leastGapMs = 60_000,
): readonly DiskReading[] {
  const kept = readings.filter(({ atMs }) => reading.atMs - atMs <= KEPT_MS);
  const last = kept.at(-1);
  const before = kept.at(-2);
  // The last reading is replaced until it is far enough from the one before it.
  if (last !== undefined && before !== undefined && last.atMs - before.atMs < leastGapMs) kept.pop();
  return [...kept, reading];
}

/** The state from the readings, oldest first; undefined if there is none. */
export function diskState(readings: readonly DiskReading[]): DiskState | undefined {
  const first = readings[0];
  const last = readings.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const { storeBytes, freeBytes } = last;
  const ms = last.atMs - first.atMs;
  const grown = storeBytes - first.storeBytes;
  const secondsUntilFull = ms < LEAST_MS || grown <= 0 ? undefined : (freeBytes / grown) * (ms / 1000);
  return { storeBytes, freeBytes, secondsUntilFull };
}

/** An early warning for the operator; undefined if there is no problem. */
export function diskWarning({ freeBytes, secondsUntilFull }: DiskState): string | undefined {
  if (secondsUntilFull !== undefined && secondsUntilFull < LOW_SECONDS) {
    return `the disk will be full in about ${inWords(secondsUntilFull)} at the present rate (${inGigabytes(freeBytes)} free)`;
  }
  return freeBytes < LOW_BYTES ? `the disk is nearly full (${inGigabytes(freeBytes)} free)` : undefined;
}

function inWords(seconds: number): string {
  const hours = seconds / 3600;
  if (hours < 1) return `${Math.max(1, Math.round(seconds / 60))} min`;
  return hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`;
}

function inGigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e10 ? 2 : 0)} GB`;
}

/** Measures a data directory. Files that disappear meanwhile are ignored. */
export async function readDisk(directory: string, atMs: number): Promise<DiskReading> {
  const { bavail, bsize } = await statfs(directory);
  return { atMs, storeBytes: await bytesOf(directory), freeBytes: bavail * bsize };
}

/** Bytes of the files in a directory and its subdirectories. */
async function bytesOf(directory: string): Promise<number> {
  const sizes = await Promise.all(
    (await readdir(directory, { withFileTypes: true })).map((entry) => {
      const path = join(directory, entry.name);
      const size = entry.isDirectory()
        ? bytesOf(path)
        : stat(path).then((file) => (file.isFile() ? file.size : 0));
      return size.catch(() => 0);
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Interval between measurements, ms. */
const LOOK_EVERY_MS = 10_000;

export interface DiskWatchOptions {
  readonly directory: string;
  readonly log: Logger;
  readonly telemetry: Pick<Telemetry, 'storeBytes' | 'diskFreeBytes' | 'diskFullSeconds'>;
}

/**
 * Measures a data directory periodically, from its construction until `close`, and warns in the log, once,
 * when its disk gets full.
 */
export class DiskWatch {
  readonly #options: DiskWatchOptions;
  readonly #timer: NodeJS.Timeout;
  /** Oldest first. */
  #readings: readonly DiskReading[] = [];
  #hasWarned = false;

  constructor(options: DiskWatchOptions) {
    this.#options = options;
    this.#look();
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  /** Undefined until the first measurement. */
  get state(): DiskState | undefined {
    return diskState(this.#readings);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { directory, log } = this.#options;
    readDisk(directory, performance.now()).then(
      (reading) => this.#report(reading),
      (error: unknown) => log.debug('the disk cannot be measured', { error }),
    );
  }

  #report(reading: DiskReading): void {
    const { directory, log, telemetry } = this.#options;
    this.#readings = withReading(this.#readings, reading);
    const { state } = this;
    if (state === undefined) return;
    telemetry.storeBytes.set(state.storeBytes);
    telemetry.diskFreeBytes.set(state.freeBytes);
    telemetry.diskFullSeconds.set(state.secondsUntilFull ?? Number.POSITIVE_INFINITY);
    const warning = diskWarning(state);
    if (warning !== undefined && !this.#hasWarned) log.warn(warning, { data: directory });
    this.#hasWarned = warning !== undefined;
  }
}
