import { join } from 'node:path';
import { crashPoint } from '../crash-points.js';
import { type ColdBlock, encodeColdFrame, FRAME_BYTES } from './cold-frame.js';
import { encodeTable, type FramePlace, openCold } from './cold-segment.js';
import { DamagedBlockError } from './log.js';
import type { LogFiles } from './log-files.js';
import { coldPath, indexPath, listSegments, openWarm, readFrame, segmentPath } from './log-segment.js';
import type { SegmentLock } from './segment-lock.js';

/**
 * Compaction converts closed segments from the warm form into the cold one. A cold file is written under a
 * temporary name and gets its final name when it is complete and durable. The warm file is removed once that
 * name is durable. So whenever the process or the machine stops, one of the two is complete, and leftovers
 * are removed later. Each directory has at most one compaction at a time. It never touches the last segment,
 * the only one that is written.
 */

/** Suffix of a cold file that is being written. */
const UNFINISHED = '.cold.new';

/** Free space required in addition to a whole segment, bytes. Reserved for what is received meanwhile. */
const SPARE_BYTES = 256 * 1024 * 1024;

/** A warm segment that can be compacted. */
export interface ClosedSegment {
  readonly first: number;
  /** Number of the first block of the next segment. */
  readonly next: number;
}

/** The result for a segment. */
export interface Compacted {
  /** Bytes of its files before and after. */
  readonly warmBytes: number;
  readonly coldBytes: number;
}

/** The closed warm segments last written before this time (ms since 1970), oldest first. */
export function closedSegments(files: LogFiles, directory: string, beforeMs: number): ClosedSegment[] {
  const segments = listSegments(files, directory);
  return segments.flatMap(({ first, isCold }, i) => {
    const next = segments[i + 1]?.first;
    if (isCold || next === undefined || files.modifiedMs(segmentPath(directory, first)) >= beforeMs)
      return [];
    return [{ first, next }];
  });
}

/**
 * Removes leftovers of an interrupted compaction. A warm file beside a damaged cold one stays: an operator
 * may have restored it.
 */
export function removeLeftovers(files: LogFiles, directory: string): void {
  const paths = new Set(files.list(directory).map((name) => join(directory, name)));
  for (const path of paths) if (path.endsWith(UNFINISHED)) files.remove(path);
  const replaced = listSegments(files, directory)
    .filter(({ isCold }) => isCold)
    .map(({ first }) => ({ first, paths: warmPaths(directory, first).filter((path) => paths.has(path)) }))
    .filter((warm) => warm.paths.length > 0 && isColdIntact(files, directory, warm.first))
    .flatMap((warm) => warm.paths);
  if (replaced.length === 0) return;
  // The name of a cold file may not be durable yet.
  files.syncDirectory(directory);
  for (const path of replaced) files.remove(path);
}

/**
 * Compacts a closed segment. Yields after each frame. If it is not resumed, the segment stays warm. If it
 * throws, the segment stays warm or has both forms. Undefined if the segment was rewritten meanwhile: then it
 * stays warm.
 * @throws DamagedBlockError if a block cannot be read. Such a segment stays warm, because damage there does
 * not affect neighbouring blocks.
 */
export function* compact(
  files: LogFiles,
  directory: string,
  { first, next }: ClosedSegment,
  lock: SegmentLock,
  frameBytes = FRAME_BYTES,
): Generator<void, Compacted | undefined> {
  const { file: warm, table } = openWarm(files, directory, first, next);
  const path = coldPath(directory, first);
  const newPath = path.replace(/\.cold$/, UNFINISHED);
  let isNamed = false;
  try {
    const warmBytes = warm.size();
    if (files.freeBytes(directory) < warmBytes + SPARE_BYTES) throw new NoRoomError();
    const warmPath = segmentPath(directory, first);
    table.extend(warm, next - 1, false);
    const read = (number: number): ColdBlock => {
      const offset = table.offset(number);
      if (offset === undefined)
        throw new DamagedBlockError(`block ${number} is damaged or missing: ${warmPath}`);
      return readFrame(warm, warmPath, number, offset);
    };
    files.remove(newPath);
    const cold = files.openForWriting(newPath, { create: true });
    let coldBytes = 0;
    try {
      const frames: FramePlace[] = [];
      for (const blocks of framesOf(first, next, frameBytes, read)) {
        const frame = encodeColdFrame(blocks);
        cold.write([frame], coldBytes);
        frames.push({ first: blocks[0]!.id, at: coldBytes });
        coldBytes += frame.length;
        yield;
      }
      const end = encodeTable(frames, next);
      cold.write([end], coldBytes);
      coldBytes += end.length;
      cold.sync();
    } finally {
      cold.close();
    }
    crashPoint('compaction.written');
    return lock.hold(() => {
      if (warm.isRemoved()) return undefined;
      files.rename(newPath, path);
      isNamed = true;
      crashPoint('compaction.renamed');
      files.syncDirectory(directory);
      for (const each of warmPaths(directory, first)) {
        files.remove(each);
        crashPoint('compaction.removing');
      }
      return { warmBytes, coldBytes };
    });
  } finally {
    warm.close();
    if (!isNamed) files.remove(newPath);
  }
}

/** The disk is too full to write a segment again. */
export class NoRoomError extends Error {
  override readonly name = 'NoRoomError';

  constructor() {
    super('the disk has no room for another form of a segment of the log');
  }
}

/** The blocks of each frame. */
function* framesOf(
  first: number,
  next: number,
  frameBytes: number,
  read: (number: number) => ColdBlock,
): Generator<ColdBlock[]> {
  let blocks: ColdBlock[] = [];
  let bytes = 0;
  for (let number = first; number < next; number++) {
    const block = read(number);
    if (blocks.length > 0 && bytes + block.bytes.length > frameBytes) {
      yield blocks;
      blocks = [];
      bytes = 0;
    }
    blocks.push(block);
    bytes += block.bytes.length;
  }
  if (blocks.length > 0) yield blocks;
}

function isColdIntact(files: LogFiles, directory: string, first: number): boolean {
  const { file, cold } = openCold(files, directory, first);
  try {
    return cold.isIntact();
  } finally {
    file.close();
  }
}

function warmPaths(directory: string, first: number): string[] {
  return [segmentPath(directory, first), indexPath(directory, first)];
}
