import { type BlockSource, DamagedBlockError, type StoredBlock } from './log.js';
import type { LogFile, LogFiles } from './log-files.js';
import { diskFiles } from './log-files.js';
import { listSegments, readFrame, readIndex, SegmentTable, saltOf, segmentPath } from './log-segment.js';

/** Segments whose file and offsets a reader keeps at hand: some 50 kB each. */
const OPEN_SEGMENTS = 32;

interface OpenSegment {
  readonly file: LogFile;
  readonly table: SegmentTable;
}

/**
 * Reads blocks by number while another thread may append. It is asked only for blocks that were acknowledged: what lies behind them may be an append that
 * is not finished, and is not looked at.
 */
export class LogReader implements BlockSource {
  readonly #directory: string;
  readonly #files: LogFiles;
  /** First blocks of the segments, ascending, as of the last look. */
  #firsts: number[] = [];
  /** By first block; the latest used last. */
  readonly #open = new Map<number, OpenSegment>();

  constructor(directory: string, files: LogFiles = diskFiles) {
    this.#directory = directory;
    this.#files = files;
  }

  read(id: number): StoredBlock | undefined {
    let at = this.#segmentOf(id);
    // Behind what is known there may be a newer segment.
    if (at === this.#firsts.length - 1 && (at < 0 || !this.#isKnown(this.#firsts[at]!, id))) {
      this.#firsts = listSegments(this.#files, this.#directory);
      at = this.#segmentOf(id);
    }
    const first = this.#firsts[at];
    if (first === undefined) return undefined;
    const next = this.#firsts[at + 1];
    const { file, table } = this.#segment(first, next);
    if (table.offset(id) === undefined) table.extend(file, id, false);
    const offset = table.offset(id);
    const path = segmentPath(this.#directory, first);
    if (offset !== undefined) return readFrame(file, path, id, offset);
    if (next === undefined && file.size() <= table.end) return undefined;
    throw new DamagedBlockError(`block ${id} is damaged or missing: ${path}`);
  }

  close(): void {
    for (const { file } of this.#open.values()) file.close();
    this.#open.clear();
  }

  /** The place, among the segments, of the one that has this block; -1 where it is before all of them. */
  #segmentOf(id: number): number {
    let low = 0;
    let high = this.#firsts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#firsts[middle]! <= id) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #isKnown(first: number, id: number): boolean {
    return this.#open.get(first)?.table.offset(id) !== undefined;
  }

  #segment(first: number, next: number | undefined): OpenSegment {
    let segment = this.#open.get(first);
    if (segment === undefined) {
      const file = this.#files.openForReading(segmentPath(this.#directory, first));
      const salt = saltOf(file);
      const index =
        next === undefined ? undefined : readIndex(this.#files, this.#directory, first, salt, next - first);
      segment = { file, table: index ?? new SegmentTable(first, salt) };
    } else {
      this.#open.delete(first);
    }
    this.#open.set(first, segment);
    if (this.#open.size > OPEN_SEGMENTS) this.#forget(this.#open.keys().next().value!);
    return segment;
  }

  #forget(first: number): void {
    this.#open.get(first)?.file.close();
    this.#open.delete(first);
  }
}
