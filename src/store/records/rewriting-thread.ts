import { parentPort, workerData } from 'node:worker_threads';
import { removeEmpty } from './empty-segments.js';
import { diskFiles } from './log-files.js';
import {
  type Rewritten,
  removeUnfinished,
  rewriteAll,
  type SegmentChunks,
  UnreadableBlocksError,
} from './rewriting.js';
import { SegmentLock } from './segment-lock.js';

/**
 * Removes chunks from some segments, then the files that have no record any more, and ends. Blocks that cannot be
 * read are told after all others; another error ends it.
 */

export interface RewritingThreadOptions {
  /** Directory of the log. */
  readonly directory: string;
  readonly segments: readonly SegmentChunks[];
  /** Of `SegmentLock`. */
  readonly lock: Int32Array<SharedArrayBuffer>;
}

/**
 * Sent when something was rewritten and is durable; and last, if listed chunks stay in blocks that cannot be read, with
 * the reason.
 */
export type FromRewriting = Rewritten | { readonly unreadable: string; readonly blocks: readonly number[] };

const { directory, segments, lock: cell }: RewritingThreadOptions = workerData;
const lock = new SegmentLock(cell);
removeUnfinished(diskFiles, directory);
let damage: UnreadableBlocksError | undefined;
try {
  for (const rewritten of rewriteAll(diskFiles, directory, segments, lock)) {
    if (rewritten !== undefined) parentPort!.postMessage(rewritten satisfies FromRewriting);
  }
} catch (error) {
  if (!(error instanceof UnreadableBlocksError)) throw error;
  damage = error;
}
const firsts = segments.map(({ first }) => first);
parentPort!.postMessage(removeEmpty(diskFiles, directory, firsts, lock) satisfies FromRewriting);
if (damage !== undefined) {
  const { message, blocks } = damage;
  parentPort!.postMessage({ unreadable: message, blocks } satisfies FromRewriting);
}
