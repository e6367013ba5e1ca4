import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { summarize } from './latency.js';

const TMPFS = 0x01021994;
const SYNCS = 50;

/** The machine on which the numbers depend. */
export interface Machine {
  readonly date: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Median time of a 4 kB write and `fdatasync` in the data directory, ms: the cost of durability here. */
  readonly syncMs: number;
  /** The data is in memory, not on a disk, so that durability costs nothing. */
  readonly dataInMemory: boolean;
}

/** `directory`: an existing directory on the file system of the server's data. */
export function describeMachine(directory: string, now: Date): Machine {
  return {
    date: now.toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    syncMs: medianSyncMs(directory),
    dataInMemory: process.platform === 'linux' && statfsSync(directory).type === TMPFS,
  };
}

function medianSyncMs(directory: string): number {
  const path = join(directory, 'sync-probe');
  const file = openSync(path, 'w');
  const block = Buffer.alloc(4096, 1);
  const durations: number[] = [];
  try {
    for (let i = 0; i < SYNCS; i++) {
      const began = performance.now();
      writeSync(file, block);
      fdatasyncSync(file);
      durations.push(performance.now() - began);
    }
  } finally {
    closeSync(file);
    rmSync(path);
  }
  return summarize(durations)?.p50 ?? Number.NaN;
}
