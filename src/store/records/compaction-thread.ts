import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { type ClosedSegment, compact, removeLeftovers } from './compaction.js';
import { DamagedBlockError } from './log.js';
import { diskFiles } from './log-files.js';

/** Brings some segments into their cold form and ends. Takes a quarter of a core while the process has little to do, and a twentieth of one otherwise. */

export interface CompactionThreadOptions {
  /** Of the log. */
  readonly directory: string;
  readonly segments: readonly ClosedSegment[];
}

export type FromCompaction =
  /** A segment is in its cold form. */
  | { readonly kind: 'compacted'; readonly warmBytes: number; readonly coldBytes: number }
  /** A segment stays warm because a block of it cannot be read. */
  | { readonly kind: 'damaged'; readonly first: number; readonly reason: string }
  /** What is left is tried again later, for this reason. */
  | { readonly kind: 'failed'; readonly reason: string };

/** The pause after a frame, as a multiple of the time that the frame took. */
const PAUSE = { quiet: 3, busy: 19 } as const;

/** The share of a core that the process uses during a pause, from which on it is busy. */
const BUSY_SHARE = 0.25;

const { directory, segments }: CompactionThreadOptions = workerData;

function send(message: FromCompaction): void {
  parentPort!.postMessage(message);
}

/** Pauses for so long; returns whether the process was busy meanwhile. */
async function pause(ms: number): Promise<boolean> {
  const before = process.cpuUsage();
  const startMs = performance.now();
  await sleep(ms);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 > BUSY_SHARE * (performance.now() - startMs);
}

async function main(): Promise<void> {
  let isBusy = true;
  removeLeftovers(diskFiles, directory);
  for (const segment of segments) {
    try {
      const steps = compact(diskFiles, directory, segment);
      for (;;) {
        const startMs = performance.now();
        const step = steps.next();
        if (step.done) {
          send({ kind: 'compacted', ...step.value });
          break;
        }
        isBusy = await pause((performance.now() - startMs) * (isBusy ? PAUSE.busy : PAUSE.quiet));
      }
    } catch (error) {
      if (!(error instanceof DamagedBlockError)) throw error;
      send({ kind: 'damaged', first: segment.first, reason: error.message });
    }
  }
}

main().catch((error: Error) => send({ kind: 'failed', reason: error.message }));
