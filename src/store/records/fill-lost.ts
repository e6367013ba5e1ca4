import { Buffer } from 'node:buffer';
import { type ColdBlock, encodeColdFrame, FRAME_BYTES } from './cold-frame.js';
import { encodeTable, type FramePlace } from './cold-segment.js';
import { type BlockRange, type BlockSource, DamagedBlockError } from './log.js';
import type { LogFiles } from './log-files.js';
import type { TimedBlock } from './log-reader.js';
import { coldPath, indexPath, segmentPath } from './log-segment.js';

/** Most blocks in a frame: empty ones take little room, but not none. */
const MOST_BLOCKS = 65_536;

const EMPTY = Buffer.alloc(0);

/** Reads blocks with the bounds of their times. */
export interface TimedSource extends BlockSource {
  read(id: number): TimedBlock | undefined;
}

/**
 * Writes blocks of a damaged log again, as a cold segment that replaces the one with the same first block. A block
 * that cannot be read becomes an empty one: it keeps its number and has no records. Whenever the process or the
 * machine stops, the segment is the old one or the new one. `unfinished`: suffix of the file until it is complete.
 */
export function fillLost(
  files: LogFiles,
  directory: string,
  { first, last }: BlockRange,
  source: TimedSource,
  unfinished = '.new',
): void {
  const path = coldPath(directory, first);
  const newPath = path + unfinished;
  files.remove(newPath);
  const file = files.openForWriting(newPath, { create: true });
  try {
    const frames: FramePlace[] = [];
    let at = 0;
    let blocks: ColdBlock[] = [];
    let bytes = 0;
    const writeFrame = (): void => {
      const frame = encodeColdFrame(blocks);
      file.write([frame], at);
      frames.push({ first: blocks[0]!.id, at });
      at += frame.length;
      blocks = [];
      bytes = 0;
    };
    let project = 1;
    for (let id = first; id <= last; id++) {
      const block = readable(source, id) ?? emptyBlock(id, project);
      ({ project } = block);
      if (blocks.length === MOST_BLOCKS || (blocks.length > 0 && bytes + block.bytes.length > FRAME_BYTES))
        writeFrame();
      blocks.push(block);
      bytes += block.bytes.length;
    }
    writeFrame();
    file.write([encodeTable(frames, last + 1)], at);
    file.sync();
  } finally {
    file.close();
  }
  files.rename(newPath, path);
  files.syncDirectory(directory);
  for (const warm of [segmentPath(directory, first), indexPath(directory, first)]) files.remove(warm);
}

function readable(source: TimedSource, id: number): TimedBlock | undefined {
  try {
    return source.read(id);
  } catch (error) {
    if (error instanceof DamagedBlockError) return undefined;
    throw error;
  }
}

function emptyBlock(id: number, project: number): ColdBlock {
  return { id, project, records: 0, directory: EMPTY, bytes: EMPTY, leastNs: 0n, greatestNs: 0n };
}
