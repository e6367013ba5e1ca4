import { DamagedBlockError } from '../../records/log.js';
import type { LogReader, TimedBlock } from '../../records/log-reader.js';
import { type NewPart, PartMaker } from '../../search/text/part-maker.js';
import type { TextFile } from './text-file.js';

/** The steps in which blocks of the log are indexed for content search. */

/** Blocks are indexed when they have this many bytes in all. */
const LEAST_BYTES = 1024 * 1024;

/** Most bytes of the blocks of a new part, and the most blocks that are looked at for it. */
const PART_BYTES = 4 * 1024 * 1024;
const MOST_BLOCKS = 20_000;

/** A block; undefined if it does not exist or is damaged, so that it cannot be found by anybody. */
function readable(log: LogReader, id: number): TimedBlock | undefined {
  try {
    return log.read(id);
  } catch (error) {
    if (error instanceof DamagedBlockError) return undefined;
    throw error;
  }
}

interface MadePart {
  readonly part: NewPart | undefined;
  /** The blocks that were read. */
  readonly ids: readonly number[];
  /** The greatest time of the last of them that has one, ns since 1970. */
  readonly untilNs: bigint;
}

/** Indexes blocks until a part is full. */
function makePart(log: LogReader, blocks: Iterable<number>, documentBytes?: number): MadePart {
  const maker = new PartMaker(documentBytes);
  const ids: number[] = [];
  let bytes = 0;
  let untilNs = 0n;
  for (const id of blocks) {
    const block = readable(log, id);
    if (block !== undefined) {
      maker.add(block);
      bytes += block.bytes.length;
      if (block.records > 0) untilNs = block.greatestNs;
    }
    ids.push(id);
    if (bytes >= PART_BYTES || ids.length >= MOST_BLOCKS) break;
  }
  return { part: maker.part(), ids, untilNs };
}

function* numbersTo(from: number, to: number): Generator<number> {
  for (let id = from; id <= to; id++) yield id;
}

/** Whether blocks have enough text for a part. */
function isEnough(log: LogReader, from: number, to: number, leastBytes: number): boolean {
  let bytes = 0;
  for (let id = from; id <= to; id++) {
    bytes += readable(log, id)?.bytes.length ?? 0;
    if (bytes >= leastBytes || id - from >= MOST_BLOCKS) return true;
  }
  return false;
}

/** Sizes other than those of the store: tests have little telemetry. */
export interface StepSizes {
  readonly leastBytes?: number;
  readonly documentBytes?: number;
}

/**
 * Does a step of indexing blocks up to `to`, which must be acknowledged: a part, or a merge of parts. Returns
 * whether there was anything to do.
 */
export function indexStep(
  file: TextFile,
  log: LogReader,
  to: number,
  { leastBytes = LEAST_BYTES, documentBytes }: StepSizes = {},
): boolean {
  const { cleared } = file;
  const again = file.again(MOST_BLOCKS);
  if (again.length > 0) {
    const { part, ids } = makePart(log, again, documentBytes);
    file.addAgain(part, ids, cleared);
    return true;
  }
  const from = file.indexedTo + 1;
  if (from <= to && isEnough(log, from, to, leastBytes)) {
    const { part, ids, untilNs } = makePart(log, numbersTo(from, to), documentBytes);
    file.add(part, ids.at(-1)!, untilNs, cleared);
    return true;
  }
  if (!file.merge()) return false;
  file.shrink();
  return true;
}
