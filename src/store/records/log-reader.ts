import type { ColdFrame } from './cold-frame.js';
import { type ColdSegment, openCold } from './cold-segment.js';
import { type BlockSource, type BlockTimes, DamagedBlockError, type StoredBlock } from './log.js';
import type { LogFile, LogFiles } from './log-files.js';
import { diskFiles } from './log-files.js';
import {
  type ListedSegment,
  listSegments,
  openWarm,
  placeOf,
  readFrame,
  segmentPath,
  type WarmSegment,
} from './log-segment.js';

/** Segments whose file and offsets a reader keeps open: about 50 kB each. */
const OPEN_SEGMENTS = 32;

/** Memory for decompressed frames of cold segments, bytes. The last one read is kept at any size. */
const FRAME_CACHE_BYTES = 16 * 1024 * 1024;

/** How often a read retries if the form of a segment changed meanwhile. */
const LOOKS = 3;

/** A block of a segment file. */
export type TimedBlock = StoredBlock & BlockTimes;

type OpenSegment = WarmSegment | { readonly file: LogFile; readonly cold: ColdSegment };

/**
 * Reads blocks by number while another thread may append and a third may compact segments. It may only be
 * asked for acknowledged blocks. What follows them may be an unfinished append, and is not read.
 */
export class LogReader implements BlockSource {
  readonly #directory: string;
  readonly #files: LogFiles;
  /** Ascending, as of the last listing. */
  #segments: ListedSegment[] = [];
  /** By first block, least recently used first. */
  readonly #open = new Map<number, OpenSegment>();
  /** By path and offset, least recently used first. */
  readonly #frames = new Map<string, ColdFrame>();
  #frameBytes = 0;

  constructor(directory: string, files: LogFiles = diskFiles) {
    this.#directory = directory;
    this.#files = files;
  }

  read(id: number): TimedBlock | undefined {
    for (let look = 1; ; look++) {
      try {
        return this.#read(id);
      } catch (error) {
        // The file existed when the directory was listed, and has another form now.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || look === LOOKS) throw error;
        this.#list();
      }
    }
  }

  close(): void {
    for (const { file } of this.#open.values()) file.close();
    this.#open.clear();
    this.#frames.clear();
    this.#frameBytes = 0;
  }

  #read(id: number): TimedBlock | undefined {
    let at = placeOf(id, this.#segments);
    // There may be a newer segment than those known.
    if (at === this.#segments.length - 1 && (at < 0 || !this.#isKnown(this.#segments[at]!.first, id))) {
      this.#list();
      at = placeOf(id, this.#segments);
    }
    const listed = this.#segments[at];
    if (listed === undefined) return undefined;
    const open = this.#open.get(listed.first);
    if (open?.file.isRemoved() === true) {
      // It could still be read, but keeps its disk space while it is open.
      this.#forget(listed.first);
      this.#list();
      return this.#read(id);
    }
    const next = this.#segments[at + 1]?.first;
    const segment = this.#segment(listed, next);
    return 'cold' in segment
      ? this.#readCold(segment.cold, listed.first, id, next)
      : this.#readWarm(segment, listed.first, id, next);
  }

  #readWarm(
    { file, table }: WarmSegment,
    first: number,
    id: number,
    next: number | undefined,
  ): TimedBlock | undefined {
    if (table.offset(id) === undefined) table.extend(file, id, false);
    const offset = table.offset(id);
    const path = segmentPath(this.#directory, first);
    if (offset !== undefined) return readFrame(file, path, id, offset);
    if (next === undefined && file.size() <= table.end) return undefined;
    throw new DamagedBlockError(`block ${id} is damaged or missing: ${path}`);
  }

  #readCold(cold: ColdSegment, first: number, id: number, next: number | undefined): TimedBlock | undefined {
    if (next === undefined && id >= cold.next) return undefined;
    const at = cold.offset(id);
    const name = `${first} ${at}`;
    let frame = this.#frames.get(name);
    if (frame === undefined) {
      frame = cold.frame(at, id);
      this.#frameBytes += frame.size;
    } else {
      this.#frames.delete(name);
    }
    this.#frames.set(name, frame);
    for (const [oldest, { size }] of this.#frames) {
      if (this.#frameBytes <= FRAME_CACHE_BYTES || oldest === name) break;
      this.#frames.delete(oldest);
      this.#frameBytes -= size;
    }
    const block = frame.block(id);
    if (block === undefined) throw cold.damage(id, at);
    return block;
  }

  /** Lists the segments and closes files that have been replaced. */
  #list(): void {
    this.#segments = listSegments(this.#files, this.#directory);
    const warm = new Set(this.#segments.filter(({ isCold }) => !isCold).map(({ first }) => first));
    for (const [first, segment] of [...this.#open]) {
      if (!('cold' in segment) && !warm.has(first)) this.#forget(first);
    }
  }

  /**
   * The last block of a run of missing blocks that begins with `id`, in a log that ends with `last`. Returns
   * `id` if that block exists, damaged or not.
   */
  missingTo(id: number, last: number): number {
    this.#list();
    const at = placeOf(id, this.#segments);
    const listed = this.#segments[at];
    const next = this.#segments[at + 1]?.first;
    const end = (next ?? last + 1) - 1;
    if (listed === undefined) return end;
    const segment = this.#segment(listed, next);
    if ('cold' in segment) return id < segment.cold.next ? id : end;
    segment.table.extend(segment.file, end, false);
    return segment.table.offset(id) === undefined ? end : id;
  }

  #isKnown(first: number, id: number): boolean {
    const segment = this.#open.get(first);
    if (segment === undefined) return false;
    return 'cold' in segment ? id < segment.cold.next : segment.table.offset(id) !== undefined;
  }

  #segment({ first, isCold }: ListedSegment, next: number | undefined): OpenSegment {
    let segment = this.#open.get(first);
    if (segment === undefined) {
      segment = isCold
        ? openCold(this.#files, this.#directory, first)
        : openWarm(this.#files, this.#directory, first, next);
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
    for (const [name, { size }] of this.#frames) {
      if (!name.startsWith(`${first} `)) continue;
      this.#frames.delete(name);
      this.#frameBytes -= size;
    }
  }
}
