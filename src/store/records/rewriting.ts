import type { Buffer } from 'node:buffer';
import lz4 from 'lz4-napi';
import { crashPoint } from '../crash-points.js';
import { blankBlock, hasOnly, withoutChunks } from './blank-chunks.js';
import { coldFrameLength, encodeColdFrame } from './cold-frame.js';
import { type ColdSegment, encodeTable, type FramePlace, openCold } from './cold-segment.js';
import { DamagedBlockError } from './log.js';
import type { LogFile, LogFiles } from './log-files.js';
import { encodeFrames } from './log-frame.js';
import {
  coldPath,
  indexPath,
  type ListedSegment,
  listSegments,
  openWarm,
  placeOf,
  readBytes,
  readCompressed,
  segmentPath,
  uncompressed,
  type WarmSegment,
} from './log-segment.js';
import type { SegmentLock } from './segment-lock.js';

/**
 * Rewriting removes chunks of blocks from closed segments. A segment is written again, in its form, under a
 * temporary name, and replaces its file when it is complete and durable. So whenever the process or the machine
 * stops, the file is as before or as it should be. What other blocks have is copied as it is, damaged or not.
 */

/** Suffix of a file that is being written. */
export const UNFINISHED = '.rewritten';

/** Free space required in addition to a whole segment, bytes. Reserved for what is received meanwhile. */
const SPARE_BYTES = 64 * 1024 * 1024;

/** Bytes that are copied at once. */
const COPY_BYTES = 4 * 1024 * 1024;

/** So much damage is described one by one in an error. */
const MOST_NAMED = 20;

/** Offsets of chunks by the number of their block. */
export type ChunksByBlock = ReadonlyMap<number, ReadonlySet<number>>;

/** A segment that has some of the chunks. */
export interface SegmentChunks {
  /** Number of its first block. */
  readonly first: number;
  readonly chunks: ChunksByBlock;
}

export interface Rewritten {
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** The disk is too full to write a segment again. */
export class NoRoomToRewriteError extends Error {
  override readonly name = 'NoRoomToRewriteError';

  constructor() {
    super('the disk has no room to write a segment of the log again');
  }
}

/** The chunks by segment, in the order of the segments. */
export function bySegment(files: LogFiles, directory: string, chunks: ChunksByBlock): SegmentChunks[] {
  const segments = listSegments(files, directory);
  const found = new Map<number, Map<number, ReadonlySet<number>>>();
  for (const [block, offsets] of chunks) {
    const first = segments[placeOf(block, segments)]?.first;
    // A block of a lost segment has nothing to remove.
    if (first === undefined) continue;
    let of = found.get(first);
    if (of === undefined) {
      of = new Map();
      found.set(first, of);
    }
    of.set(block, offsets);
  }
  return [...found].sort(([a], [b]) => a - b).map(([first, of]) => ({ first, chunks: of }));
}

/** Removes what an interrupted rewriting has left. No other may run. */
export function removeUnfinished(files: LogFiles, directory: string): void {
  for (const name of files.list(directory)) {
    if (name.endsWith(UNFINISHED)) files.remove(`${directory}/${name}`);
  }
}

/**
 * Removes chunks from a segment that is not written any more. Yields after each block or frame that it writes
 * again. If it is not resumed or throws another error, the segment is as before. Removing them again changes nothing.
 * @throws UnreadableBlocksError if blocks with some of the chunks cannot be read: then those of all others are removed;
 * DamagedBlockError if the segment cannot be written again: then none is.
 */
export function* rewrite(
  files: LogFiles,
  directory: string,
  { first, chunks }: SegmentChunks,
  lock: SegmentLock,
): Generator<void, Rewritten> {
  for (;;) {
    const segments = listSegments(files, directory);
    const at = segments.findIndex((segment) => segment.first === first);
    const segment = segments[at];
    if (segment === undefined) return { bytesBefore: 0, bytesAfter: 0 };
    const done = yield* rewriteAs(files, directory, segment, segments[at + 1]?.first, chunks, lock);
    if (done !== undefined) return done;
    // It was compacted meanwhile.
  }
}

/**
 * Removes chunks from these segments, one after the other. Yields after each block or frame that it writes again, with
 * the sizes of a segment after its last one.
 * @throws UnreadableBlocksError at the end, if blocks with some of the chunks cannot be read: then those of all others
 * are removed.
 */
export function* rewriteAll(
  files: LogFiles,
  directory: string,
  segments: readonly SegmentChunks[],
  lock: SegmentLock,
): Generator<Rewritten | undefined, void> {
  const damage: Damage[] = [];
  for (const segment of segments) {
    try {
      const steps = rewrite(files, directory, segment, lock);
      let step = steps.next();
      for (; !step.done; step = steps.next()) yield undefined;
      yield step.value;
    } catch (error) {
      if (!(error instanceof DamagedBlockError)) throw error;
      const blocks = error instanceof UnreadableBlocksError ? error.blocks : [...segment.chunks.keys()];
      damage.push({ message: error.message, blocks });
    }
  }
  refuse(damage);
}

/** Listed chunks are still in some blocks, which cannot be read. */
export class UnreadableBlocksError extends DamagedBlockError {
  /** These blocks. */
  readonly blocks: readonly number[];

  constructor(message: string, blocks: readonly number[]) {
    super(message);
    this.blocks = blocks;
  }
}

/** Why listed chunks of some blocks stay. */
interface Damage {
  readonly message: string;
  readonly blocks: readonly number[];
}

/** @throws UnreadableBlocksError if there is any damage */
function refuse(damage: readonly Damage[]): void {
  if (damage.length === 0) return;
  const named = damage
    .slice(0, MOST_NAMED)
    .map(({ message }) => message)
    .join('; ');
  const others = damage.length - MOST_NAMED;
  throw new UnreadableBlocksError(
    others > 0 ? `${named}; and ${others} more` : named,
    damage.flatMap(({ blocks }) => blocks),
  );
}

/** Undefined if the segment got another form meanwhile. */
function* rewriteAs(
  files: LogFiles,
  directory: string,
  { first, isCold }: ListedSegment,
  next: number | undefined,
  chunks: ChunksByBlock,
  lock: SegmentLock,
): Generator<void, Rewritten | undefined> {
  const path = isCold ? coldPath(directory, first) : segmentPath(directory, first);
  const newPath = path + UNFINISHED;
  const source = isCold ? openCold(files, directory, first) : openWarm(files, directory, first, next);
  const { file } = source;
  let isNamed = false;
  try {
    const bytesBefore = file.size();
    if (files.freeBytes(directory) < bytesBefore + SPARE_BYTES) throw new NoRoomToRewriteError();
    files.remove(newPath);
    const made = files.openForWriting(newPath, { create: true });
    let bytesAfter: number;
    const damage: Damage[] = [];
    try {
      const copy = new Copy(file, made);
      if ('cold' in source) yield* rewriteCold(source.cold, next, copy, chunks, damage);
      else yield* rewriteWarm(source, path, next, copy, chunks, damage);
      bytesAfter = copy.length;
      made.sync();
    } finally {
      made.close();
    }
    crashPoint('rewriting.written');
    isNamed = lock.hold(() => {
      if (file.isRemoved()) return false;
      if (!isCold) {
        // The offsets beside it would be wrong. Readers find them by walking through the segment.
        files.remove(indexPath(directory, first));
        files.syncDirectory(directory);
        crashPoint('rewriting.unindexed');
      }
      files.rename(newPath, path);
      crashPoint('rewriting.renamed');
      files.syncDirectory(directory);
      return true;
    });
    if (!isNamed) return undefined;
    refuse(damage);
    return { bytesBefore, bytesAfter };
  } finally {
    file.close();
    if (!isNamed) files.remove(newPath);
  }
}

/** Adds what is damaged, and copied as it is, to `damage`. */
function* rewriteWarm(
  { file, table }: WarmSegment,
  path: string,
  next: number | undefined,
  copy: Copy,
  chunks: ChunksByBlock,
  damage: Damage[],
): Generator<void, void> {
  table.extend(file, next === undefined ? Number.MAX_SAFE_INTEGER : next - 1, false);
  const { salt } = table;
  if (salt === undefined) throw new DamagedBlockError(`nothing can be read of ${path}`);
  let copiedTo = 0;
  for (const number of [...chunks.keys()].sort((a, b) => a - b)) {
    const at = table.offset(number);
    if (at === undefined) {
      damage.push({ message: `block ${number} is damaged or missing: ${path}`, blocks: [number] });
      continue;
    }
    const offsets = chunks.get(number)!;
    const block = unlessDamaged(damage, [number], () => {
      const stored = readCompressed(file, path, number, at);
      return hasOnly(number, stored.directory, offsets)
        ? blankBlock(stored)
        : withoutChunks(uncompressed(stored), offsets);
    });
    if (block === undefined) continue;
    copy.asIs(copiedTo, at);
    const { buffers } = encodeFrames(number, salt, [{ ...block, data: lz4.compressSync(block.bytes) }]);
    copy.write(buffers);
    copiedTo = table.offset(number + 1) ?? table.end;
    yield;
  }
  copy.asIs(copiedTo, table.end);
}

/** Adds what is damaged, and copied as it is, to `damage`. */
function* rewriteCold(
  cold: ColdSegment,
  next: number | undefined,
  copy: Copy,
  chunks: ChunksByBlock,
  damage: Damage[],
): Generator<void, void> {
  // The frames after a damaged one are there, but unknown: a copy would lack them.
  if (cold.tableAt === undefined && next !== undefined && cold.next < next)
    throw cold.damage(cold.next, cold.frames.at(-1)?.at ?? 0);
  const places: FramePlace[] = [];
  for (const [i, { first, at }] of cold.frames.entries()) {
    places.push({ first, at: copy.length });
    const following = cold.frames[i + 1];
    const numbers: number[] = [];
    for (let number = first; number < (following?.first ?? cold.next); number++) numbers.push(number);
    const listed = numbers.find((number) => chunks.has(number));
    const blocks =
      listed === undefined
        ? undefined
        : unlessDamaged(
            damage,
            numbers.filter((number) => chunks.has(number)),
            () => {
              const frame = cold.frame(at, listed);
              return numbers.map((number) => {
                const block = frame.block(number);
                if (block === undefined) throw cold.damage(number, at);
                const offsets = chunks.get(number);
                return offsets === undefined ? block : withoutChunks(block, offsets);
              });
            },
          );
    if (blocks === undefined) {
      copy.asIs(at, following?.at ?? at + coldFrameLength(cold.header(at, first)));
      continue;
    }
    copy.write([encodeColdFrame(blocks)]);
    yield;
  }
  copy.write([encodeTable(places, cold.next)]);
}

/** Undefined if a block is damaged: listed chunks of these blocks stay then, which is added to `damage`. */
function unlessDamaged<T>(damage: Damage[], blocks: readonly number[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DamagedBlockError)) throw error;
    damage.push({ message: error.message, blocks });
    return undefined;
  }
}

/** Writes a file in sequence, partly from another one. */
class Copy {
  readonly #from: LogFile;
  readonly #to: LogFile;
  length = 0;

  constructor(from: LogFile, to: LogFile) {
    this.#from = from;
    this.#to = to;
  }

  write(buffers: readonly Uint8Array[]): void {
    this.#to.write(buffers, this.length);
    for (const { length } of buffers) this.length += length;
  }

  /** Copies the bytes between two offsets. */
  asIs(from: number, to: number): void {
    for (let at = from; at < to; at += COPY_BYTES) {
      const bytes: Buffer = readBytes(this.#from, at, Math.min(COPY_BYTES, to - at));
      this.write([bytes]);
    }
  }
}
