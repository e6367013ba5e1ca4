import { parentPort, workerData } from 'node:worker_threads';
import { diskFiles } from './log-files.js';
import { removeUnfinished, rewrite, type SegmentChunks } from './rewriting.js';
import { SegmentLock } from './segment-lock.js';

/** Removes chunks from some segments and ends. Reports each segment. An error ends it. */

export interface RewritingThreadOptions {
  /** Directory of the log. */
  readonly directory: string;
  readonly segments: readonly SegmentChunks[];
  /** Of `SegmentLock`. */
  readonly lock: Int32Array<SharedArrayBuffer>;
}

/** A segment without its chunks is durable. */
export interface FromRewriting {
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

const { directory, segments, lock }: RewritingThreadOptions = workerData;
removeUnfinished(diskFiles, directory);
for (const segment of segments) {
  const steps = rewrite(diskFiles, directory, segment, new SegmentLock(lock));
  let step = steps.next();
  while (!step.done) step = steps.next();
  parentPort!.postMessage(step.value satisfies FromRewriting);
}
