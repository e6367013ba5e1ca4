import { ColdSegment } from './cold-segment.js';
import { type BlockRange, type BlockTimes, DamagedBlockError } from './log.js';
import type { ReadableFile } from './log-files.js';
import { decodeHeader, decodeStart, frameLength, HEADER_BYTES, isIntact, START_BYTES } from './log-frame.js';
import { type ListedSegment, readBytes, SegmentTable, saltOf } from './log-segment.js';

/** Something wrong with a file. */
export interface Finding {
  /** Its path. */
  readonly path: string;
  /** Offset of the first byte that is affected, if known. */
  readonly at?: number;
  /** What is wrong, and what it means. */
  readonly text: string;
  /** Blocks of the log that cannot be read because of it. */
  readonly lost?: LostBlocks;
}

/** Blocks that cannot be read. What is known of their content is not verified. */
export interface LostBlocks extends BlockRange {
  /** Number of their records; undefined if it is not known. */
  readonly records?: number;
  /** Bounds of their times, or of the blocks before and after them; undefined if neither is known. */
  readonly times?: BlockTimes;
}

/** What was found in a segment. */
export interface CheckedSegment {
  readonly first: number;
  readonly isCold: boolean;
  readonly path: string;
  /** The number after its last block. */
  readonly next: number;
  /** Records of the blocks that can be read, and bounds of their times; undefined if there is none. */
  readonly records: number;
  readonly times: BlockTimes | undefined;
  readonly findings: readonly Finding[];
  /** Offset of the end of its last block. */
  readonly end: number;
  /** Bytes that follow its last block and are not part of the log. */
  readonly tailBytes: number;
}

/** The part of a block that this needs. */
type Header = BlockTimes & { readonly records: number };

/** Collects the blocks of a segment in their order. */
class Tally {
  records = 0;
  times: BlockTimes | undefined;
  readonly findings: Finding[] = [];
  readonly #path: string;
  #last: BlockTimes | undefined;
  /** The lost blocks that no readable one has followed yet. */
  #open: { -readonly [K in keyof Finding]: Finding[K] } | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  read(header: Header): void {
    this.#close(header);
    this.records += header.records;
    this.times = spanOf(this.times, header);
    this.#last = header;
  }

  /** `header` is what can be read of a block's header. */
  lost(range: BlockRange, at: number, reason: string, header?: Header): void {
    const { leastNs, greatestNs, records } = header ?? {};
    const times = leastNs === undefined || greatestNs === undefined ? undefined : { leastNs, greatestNs };
    this.#close(undefined);
    this.#open = {
      path: this.#path,
      at,
      text: reason,
      lost: { ...range, ...(records !== undefined && { records }), ...(times !== undefined && { times }) },
    };
  }

  end(): void {
    this.#close(undefined);
  }

  #close(next: BlockTimes | undefined): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    const times = open.lost!.times ?? spanOf(this.#last, next);
    this.findings.push({ ...open, lost: { ...open.lost!, ...(times !== undefined && { times }) } });
  }
}

/** The bounds of both; undefined if there is neither. */
export function spanOf(a: BlockTimes | undefined, b: BlockTimes | undefined): BlockTimes | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    leastNs: a.leastNs < b.leastNs ? a.leastNs : b.leastNs,
    greatestNs: a.greatestNs > b.greatestNs ? a.greatestNs : b.greatestNs,
  };
}

/**
 * Reads all of a segment file and verifies every checksum in it. `next` is the first block of the next segment;
 * undefined for the last one, whose end is where its blocks end.
 * @throws what the file system throws.
 */
export function checkSegment(
  file: ReadableFile,
  path: string,
  { first, isCold }: ListedSegment,
  next: number | undefined,
): CheckedSegment {
  return isCold ? checkCold(file, path, first, next) : checkWarm(file, path, first, next);
}

function checkWarm(
  file: ReadableFile,
  path: string,
  first: number,
  next: number | undefined,
): CheckedSegment {
  const tally = new Tally(path);
  const salt = saltOf(file);
  const table = new SegmentTable(first, salt);
  table.extend(file, next === undefined ? Number.MAX_SAFE_INTEGER : next - 1, true);
  const size = file.size();
  if (decodeStart(readBytes(file, 0, START_BYTES)) === undefined && (size > 0 || next !== undefined)) {
    const blocks = salt === undefined ? 'none of its blocks can be found' : 'its blocks can be read';
    tally.findings.push({ path, at: 0, text: `the start of the segment is damaged: ${blocks}` });
  }
  /** Where the block before ends; undefined if it is damaged. */
  let end: number | undefined = START_BYTES;
  for (const [i, at] of table.offsets.entries()) {
    const number = first + i;
    const header = decodeHeader(readBytes(file, at, HEADER_BYTES));
    const isOwn = header?.number === number && salt !== undefined && header.salt.equals(salt);
    if (isOwn && isIntact(header, readBytes(file, at, frameLength(header)))) {
      tally.read(header);
      if (end !== undefined && end < at) {
        const text = `${at - end} bytes before block ${number} are no block: all blocks around them can be read`;
        tally.findings.push({ path, at: end, text });
      }
      end = at + frameLength(header);
      continue;
    }
    end = undefined;
    tally.lost(
      { first: number, last: number },
      at,
      `block ${number} is damaged: its checksum is not that of its bytes`,
      isOwn ? header : undefined,
    );
  }
  if (next !== undefined && table.next < next) {
    const range = { first: table.next, last: next - 1 };
    tally.lost(range, table.end, `${nameOf(range)} cannot be found in the segment`);
  } else if (next !== undefined && end !== undefined && end < size) {
    const text = `${size - end} bytes after block ${next - 1} are no block: all blocks before them can be read`;
    tally.findings.push({ path, at: end, text });
  }
  tally.end();
  return {
    ...{ first, isCold: false, path, next: next ?? table.next },
    ...{ records: tally.records, times: tally.times, findings: tally.findings },
    end: table.end,
    tailBytes: Math.max(0, size - table.end),
  };
}

function checkCold(
  file: ReadableFile,
  path: string,
  first: number,
  next: number | undefined,
): CheckedSegment {
  const tally = new Tally(path);
  const cold = new ColdSegment(file, path, first);
  const size = file.size();
  if (cold.tableAt === undefined)
    tally.findings.push({ path, at: size, text: 'the table at the end of the segment is damaged' });
  const end = next ?? cold.next;
  let at = 0;
  /** Where the frame before ends; undefined if it is damaged. */
  let frameEnd: number | undefined = 0;
  const between = (until: number, what: string): void => {
    if (frameEnd === undefined || frameEnd >= until) return;
    const text = `${until - frameEnd} bytes before ${what} are no block: all blocks around them can be read`;
    tally.findings.push({ path, at: frameEnd, text });
  };
  for (const [i, place] of cold.frames.entries()) {
    const last = (cold.frames[i + 1]?.first ?? cold.next) - 1;
    at = place.at;
    between(at, `block ${place.first}`);
    frameEnd = undefined;
    for (let number = place.first; number <= last; ) {
      const range = { first: number, last };
      try {
        const frame = cold.frame(at, number);
        for (; number <= last; number++) {
          const block = frame.block(number);
          if (block !== undefined) tally.read(block);
          else tally.lost({ first: number, last: number }, at, `block ${number} is damaged`);
        }
        frameEnd = at + frame.length;
      } catch (error) {
        if (!(error instanceof DamagedBlockError)) throw error;
        tally.lost(
          range,
          at,
          `${nameOf(range)} cannot be read: the checksum of their frame is not that of its bytes`,
        );
        break;
      }
    }
  }
  if (cold.tableAt !== undefined) between(cold.tableAt, 'the table at the end of the segment');
  if (cold.next < end) {
    const range = { first: Math.max(first, cold.next), last: end - 1 };
    tally.lost(range, at, `${nameOf(range)} cannot be found in the segment`);
  }
  tally.end();
  return {
    ...{ first, isCold: true, path, next: Math.max(end, first + 1) },
    ...{ records: tally.records, times: tally.times, findings: tally.findings },
    end: size,
    tailBytes: 0,
  };
}

/** `block 5`, or `blocks 5 to 9`. */
export function nameOf({ first, last }: BlockRange): string {
  return first === last ? `block ${first}` : `blocks ${first} to ${last}`;
}
