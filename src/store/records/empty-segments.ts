import { crashPoint } from '../crash-points.js';
import { openCold } from './cold-segment.js';
import { fillLost } from './fill-lost.js';
import { DamagedBlockError } from './log.js';
import type { LogFiles } from './log-files.js';
import {
  coldPath,
  indexPath,
  type ListedSegment,
  listSegments,
  openWarm,
  readFrame,
  segmentPath,
} from './log-segment.js';
import { type Rewritten, UNFINISHED } from './rewriting.js';
import type { SegmentLock } from './segment-lock.js';

/**
 * Segments whose records have all left. One file stands for neighbouring ones: a cold segment under the name of the
 * first, in which each block is empty, a few bytes for thousands of blocks. The other files are removed. So the
 * numbers of all blocks stay. Whenever the process or the machine stops, each block is found, empty.
 */

/** A file that stands for so many blocks is not written again when a neighbour has become empty. */
const MOST_MERGED = 100_000;

/** Reads no block. */
const NOTHING = { read: () => undefined };

/** Removes the files of closed segments without records, of those with these first blocks and of their neighbours. */
export function removeEmpty(
  files: LogFiles,
  directory: string,
  firsts: Iterable<number>,
  lock: SegmentLock,
): Rewritten {
  const touched = new Set(firsts);
  const segments = listSegments(files, directory);
  /** The last segment is being written. */
  const closed = segments.length - 1;
  const known = new Map<number, boolean>();
  const isEmptyAt = (i: number): boolean => {
    const segment = segments[i];
    if (segment === undefined || i >= closed) return false;
    let isEmpty = known.get(i);
    if (isEmpty === undefined) {
      isEmpty = isWithoutRecords(files, directory, segment, segments[i + 1]!.first);
      known.set(i, isEmpty);
    }
    return isEmpty;
  };
  const blocksAt = (i: number): number => segments[i + 1]!.first - segments[i]!.first;
  const isMergeable = (i: number): boolean => isEmptyAt(i) && blocksAt(i) < MOST_MERGED;
  let [bytesBefore, bytesAfter] = [0, 0];
  for (let i = 0; i < closed; i++) {
    if (!touched.has(segments[i]!.first) || !isEmptyAt(i)) continue;
    let from = i;
    while (isMergeable(from - 1)) from--;
    while (isMergeable(i + 1)) i++;
    const run = segments.slice(from, i + 1);
    for (const segment of run) bytesBefore += sizeOf(files, directory, segment);
    lock.hold(() => mergeRun(files, directory, run, segments[i + 1]!.first - 1));
    bytesAfter += sizeOf(files, directory, { first: run[0]!.first, isCold: true });
  }
  return { bytesBefore, bytesAfter };
}

function sizeOf(files: LogFiles, directory: string, { first, isCold }: ListedSegment): number {
  const file = files.openForReading((isCold ? coldPath : segmentPath)(directory, first));
  try {
    return file.size();
  } finally {
    file.close();
  }
}

function mergeRun(files: LogFiles, directory: string, run: readonly ListedSegment[], last: number): void {
  fillLost(files, directory, { first: run[0]!.first, last }, NOTHING, UNFINISHED);
  crashPoint('retention.merged');
  for (const { first } of run.slice(1)) {
    for (const path of [coldPath, segmentPath, indexPath]) files.remove(path(directory, first));
  }
  files.syncDirectory(directory);
}

/** Whether no block up to `next` has a record. Ends at the first block with some. A damaged block may have some. */
function isWithoutRecords(
  files: LogFiles,
  directory: string,
  { first, isCold }: ListedSegment,
  next: number,
): boolean {
  try {
    return isCold ? isColdEmpty(files, directory, first, next) : isWarmEmpty(files, directory, first, next);
  } catch (error) {
    if (error instanceof DamagedBlockError) return false;
    // It was removed or got another form.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function isColdEmpty(files: LogFiles, directory: string, first: number, next: number): boolean {
  const { file, cold } = openCold(files, directory, first);
  try {
    if (cold.next < next) return false;
    return cold.frames.every(({ first: number, at }, i) => {
      const frame = cold.frame(at, number);
      const end = cold.frames[i + 1]?.first ?? cold.next;
      for (let id = number; id < end; id++) if (frame.block(id)?.records !== 0) return false;
      return true;
    });
  } finally {
    file.close();
  }
}

function isWarmEmpty(files: LogFiles, directory: string, first: number, next: number): boolean {
  const { file, table } = openWarm(files, directory, first, next);
  try {
    const path = segmentPath(directory, first);
    for (let id = first; id < next; id++) {
      table.extend(file, id, false);
      const at = table.offset(id);
      if (at === undefined || readFrame(file, path, id, at).records !== 0) return false;
    }
    return true;
  } finally {
    file.close();
  }
}
