import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { type ClosedSegment, compact, removeLeftovers } from './compaction.js';
import { DamagedBlockError } from './log.js';
import { diskFiles } from './log-files.js';
import { SegmentLock } from './segment-lock.js';

/**
 * Compacts some segments and ends. Uses a quarter of a core while the process has little to do, otherwise a
 * twentieth.
 */

export interface CompactionThreadOptions {
  /** Directory of the log. */
  readonly directory: string;
  readonly segments: readonly ClosedSegment[];
  /** Of `SegmentLock`. */
  readonly lock: Int32Array<SharedArrayBuffer>;
}

export type FromCompaction =
  /** A segment was compacted. */
  | { readonly kind: 'compacted'; readonly warmBytes: number; readonly coldBytes: number }
  /** A segment stays warm because a block of it cannot be read. */
  | { readonly kind: 'damaged'; readonly first: number; readonly reason: string }
  /** Compaction failed for this reason. The remaining segments are tried again later. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Pause after a frame, as a multiple of the time for the frame. */
const PAUSE = { quiet: 3, busy: 19 } as const;

/** The process is busy if it uses at least this share of a core during a pause. */
const BUSY_SHARE = 0.25;

const { directory, segments, lock }: CompactionThreadOptions = workerData;
const segmentLock = new SegmentLock(lock);

function send(message: FromCompaction): void {
  parentPort!.postMessage(message);
}

/** Pauses for this time. Returns whether the process was busy meanwhile. */
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
      const steps = compact(diskFiles, directory, segment, segmentLock);
      for (;;) {
        const startMs = performance.now();
        const step = steps.next();
        if (step.done) {
          if (step.value !== undefined) send({ kind: 'compacted', ...step.value });
          break;
        }
        isBusy = await pause((performance.now() - startMs) * (isBusy ? PAUSE.busy : PAUSE.quiet));
      }
    } catch (error) {
      // Its records have left, and its file is gone.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      if (!(error instanceof DamagedBlockError)) throw error;
      send({ kind: 'damaged', first: segment.first, reason: error.message });
    }
  }
}

main().catch((error: Error) => send({ kind: 'failed', reason: error.message }));
