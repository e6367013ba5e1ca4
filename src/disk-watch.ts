import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** The data directory and its disk at one time. */
export interface DiskReading {
  /** Milliseconds, of any clock that only goes on. */
  readonly atMs: number;
  /** Bytes of the files of the data directory. */
  readonly storeBytes: number;
  /** Bytes that this user can still write on its disk. */
  readonly freeBytes: number;
}

/** What is told of the disk. */
export interface DiskState extends Omit<DiskReading, 'atMs'> {
  /** Seconds until the disk is full if the store goes on to grow as it did lately; undefined where it does not grow, or is not known long enough. */
  readonly secondsUntilFull: number | undefined;
}

/** The rate is that of the time kept, a day at most. */
const KEPT_MS = 24 * 3_600_000;
/** A rate over less time says nothing: a burst of telemetry is no habit. */
const LEAST_MS = 10 * 60_000;

/** Warned of while there is still time to do something. */
const LOW_BYTES = 1024 ** 3;
const LOW_SECONDS = 3 * 86_400;

/** Adds a reading to those before it, and drops what is too old to matter. Readings that follow each other closely are one. */
export function withReading(
  readings: readonly DiskReading[],
  reading: DiskReading,
  leastGapMs = 60_000,
): readonly DiskReading[] {
  const kept = readings.filter(({ atMs }) => reading.atMs - atMs <= KEPT_MS);
  const last = kept.at(-1);
  const before = kept.at(-2);
  // The last one moves on until it is far enough from the one before it.
  if (last !== undefined && before !== undefined && last.atMs - before.atMs < leastGapMs) kept.pop();
  return [...kept, reading];
}

/** The state by the readings, oldest first; undefined where there is none. */
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

/** What an operator should hear of it in good time; undefined where all is well. */
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

/** Measures a data directory. Files that go while it looks count as nothing. */
export async function readDisk(directory: string, atMs: number): Promise<DiskReading> {
  const { bavail, bsize } = await statfs(directory);
  return { atMs, storeBytes: await bytesOf(directory), freeBytes: bavail * bsize };
}

/** Bytes of the files in a directory and in those below it. */
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
