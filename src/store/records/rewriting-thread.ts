import { parentPort, workerData } from 'node:worker_threads';
import { removeEmpty } from './empty-segments.js';
import { diskFiles } from './log-files.js';
import { type Rewritten, removeUnfinished, rewrite, type SegmentChunks } from './rewriting.js';
import { SegmentLock } from './segment-lock.js';

/** Removes chunks from some segments, then the files that have no record any more, and ends. An error ends it. */

export interface RewritingThreadOptions {
  /** Directory of the log. */
  readonly directory: string;
  readonly segments: readonly SegmentChunks[];
  /** Of `SegmentLock`. */
  readonly lock: Int32Array<SharedArrayBuffer>;
}

/** Sent when something was rewritten and is durable. */
export type FromRewriting = Rewritten;

const { directory, segments, lock: cell }: RewritingThreadOptions = workerData;
const lock = new SegmentLock(cell);
removeUnfinished(diskFiles, directory);
for (const segment of segments) {
  const steps = rewrite(diskFiles, directory, segment, lock);
  let step = steps.next();
  while (!step.done) step = steps.next();
  parentPort!.postMessage(step.value satisfies FromRewriting);
}
const firsts = segments.map(({ first }) => first);
parentPort!.postMessage(removeEmpty(diskFiles, directory, firsts, lock) satisfies FromRewriting);
