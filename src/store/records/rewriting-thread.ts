import { parentPort, workerData } from 'node:worker_threads';
import { removeEmpty } from './empty-segments.js';
import { DamagedBlockError } from './log.js';
import { diskFiles } from './log-files.js';
import { type Rewritten, removeUnfinished, rewriteAll, type SegmentChunks } from './rewriting.js';
import { SegmentLock } from './segment-lock.js';

/**
 * Removes chunks from some segments, then the files that have no record any more, and ends. An error ends it; damaged
 * blocks do so after all others.
 */

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
let damage: DamagedBlockError | undefined;
try {
  for (const rewritten of rewriteAll(diskFiles, directory, segments, lock)) {
    if (rewritten !== undefined) parentPort!.postMessage(rewritten satisfies FromRewriting);
  }
} catch (error) {
  if (!(error instanceof DamagedBlockError)) throw error;
  damage = error;
}
const firsts = segments.map(({ first }) => first);
parentPort!.postMessage(removeEmpty(diskFiles, directory, firsts, lock) satisfies FromRewriting);
if (damage !== undefined) throw damage;
