import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { crashPoint } from '../crash-points.js';
import { openCold } from './cold-segment.js';
import { type BlockLog, type BlockRange, DamagedBlockError, type NewBlock, type StoredBlock } from './log.js';
import { diskFiles, type LogFile, type LogFiles } from './log-files.js';
import { encodeFrames, encodeStart, newSalt } from './log-frame.js';
import { LogReader, type TimedBlock } from './log-reader.js';
import {
  listSegments,
  readBytes,
  readFrame,
  SegmentTable,
  saltOf,
  segmentPath,
  writeIndex,
} from './log-segment.js';

/** A segment of this size is closed, bytes. Small, because the last segment is never compacted. */
const SEGMENT_BYTES = 16 * 1024 * 1024;

/** Name of the file that `probe` writes. */
const PROBE = 'probe';

/**
 * The log could not be written, usually because the disk is full. `cause` is the error of the file system.
 */
export class LogWriteError extends Error {
  override readonly name = 'LogWriteError';
  /** Error number of the file system. Set if the error may be temporary. */
  readonly errno: number | undefined;

  constructor(message: string, cause: NodeJS.ErrnoException) {
    super(message, { cause });
    this.errno = cause.errno;
  }
}

export interface SegmentLogOptions {
  /** Directory of the segments. Created if missing; its parent must exist. */
  readonly directory: string;
  readonly files?: LogFiles;
  /** Default: SEGMENT_BYTES. */
  readonly segmentBytes?: number;
  /**
   * Blocks up to this number are known to be durable, because rows were made of them. If one is damaged or
   * missing, reading it is an error. It is never treated as part of an unfinished append.
   */
  readonly durableId?: number;
  /** Called at the start if the rest of an unfinished append was cut off. */
  readonly report?: (message: string) => void;
  /** Called with damage found at the start. */
  readonly warn?: (message: string) => void;
}

/**
 * The log in segment files (log-segment.ts), for its single writer. An append is one write and one sync.
 * Leftovers of an append that failed or did not finish are removed before the next append or at the next
 * start, and are not read until then.
 */
export class SegmentLog implements BlockLog {
  readonly #directory: string;
  readonly #files: LogFiles;
  readonly #segmentBytes: number;
  readonly #reader: LogReader;
  /** The segment being written; undefined if the next append begins a new one. */
  #file: LogFile | undefined;
  #table = new SegmentTable(1, undefined);
  #lastId = 0;
  /** Whether the segment being written may have bytes after its last block. */
  #hasTail = false;
  #missing: BlockRange | undefined;
  /** What the start could not make durable yet, and the last block once it is. */
  #unconfirmed: { readonly finish: () => void; readonly lastId: number; reason?: LogWriteError } | undefined;

  constructor(options: SegmentLogOptions) {
    const { directory, files = diskFiles, segmentBytes = SEGMENT_BYTES } = options;
    this.#directory = directory;
    this.#files = files;
    this.#segmentBytes = segmentBytes;
    this.#reader = new LogReader(directory, files);
    files.makeDirectory(directory);
    this.#open(options.durableId ?? 0, options.report ?? (() => {}), options.warn ?? (() => {}));
  }

  get lastId(): number {
    return this.#lastId;
  }

  /** Blocks at the end of the log that were durable and are lost. */
  get missing(): BlockRange | undefined {
    return this.#missing;
  }

  /** Why nothing can be appended before `confirm` succeeds. */
  get unconfirmed(): LogWriteError | undefined {
    return this.#unconfirmed?.reason;
  }

  confirm(): boolean {
    const unconfirmed = this.#unconfirmed;
    if (unconfirmed === undefined) return false;
    try {
      unconfirmed.finish();
      this.#files.syncDirectory(this.#directory);
    } catch (error) {
      unconfirmed.reason = writeError(error);
      throw unconfirmed.reason;
    }
    this.#unconfirmed = undefined;
    const hasMore = unconfirmed.lastId > this.#lastId;
    this.#lastId = unconfirmed.lastId;
    return hasMore;
  }

  missingTo(id: number): number {
    return this.#file !== undefined && id >= this.#table.first
      ? id
      : this.#reader.missingTo(id, this.#lastId);
  }

  append(blocks: readonly NewBlock[]): void {
    if (blocks.length === 0) return;
    if (this.#unconfirmed?.reason !== undefined) throw this.#unconfirmed.reason;
    try {
      const file = this.#writable();
      const first = this.#lastId + 1;
      const { offsets, end } = this.#table;
      const salt = this.#table.salt!;
      const { buffers, lengths } = encodeFrames(first, salt, blocks);
      this.#hasTail = true;
      try {
        if (offsets.length === 0) file.write([encodeStart(salt), ...buffers], 0);
        else file.write(buffers, end);
      } catch (error) {
        this.#cutTail();
        throw error;
      }
      crashPoint('log.written');
      try {
        file.sync();
      } catch (error) {
        this.#abandon();
        throw error;
      }
      crashPoint('log.synced');
      this.#hasTail = false;
      for (const length of lengths) {
        this.#table.offsets.push(this.#table.end);
        this.#table.end += length;
      }
      this.#table.lastAppend = first;
      this.#lastId += blocks.length;
    } catch (error) {
      throw writeError(error);
    }
  }

  read(id: number): TimedBlock | undefined {
    if (id < 1 || id > this.#lastId) return undefined;
    const { first } = this.#table;
    if (this.#file === undefined || id < first || this.#table.offset(id) === undefined) {
      const block = this.#reader.read(id);
      if (block === undefined) throw new DamagedBlockError(`block ${id} is missing: ${this.#directory}`);
      return block;
    }
    return readFrame(this.#file, segmentPath(this.#directory, first), id, this.#table.offset(id)!);
  }

  readAll(ids: readonly number[]): (StoredBlock | undefined)[] {
    return ids.map((id) => this.read(id));
  }

  probe(bytes: number): void {
    const path = join(this.#directory, PROBE);
    try {
      this.#files.remove(path);
      const file = this.#files.openForWriting(path, { create: true });
      try {
        file.write([Buffer.alloc(bytes)], 0);
        file.sync();
      } finally {
        file.close();
        this.#files.remove(path);
      }
    } catch (error) {
      throw writeError(error);
    }
  }

  /** Closes the segment that is written. The next append begins another one. */
  seal(): void {
    if (this.#file !== undefined && this.#table.offsets.length > 0) this.#closeSegment();
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#reader.close();
  }

  /** Finds the end of the log in its last segment and removes the rest of an unfinished append. */
  #open(durableId: number, report: (message: string) => void, warn: (message: string) => void): void {
    const last = listSegments(this.#files, this.#directory).at(-1);
    /** The last block known to be durable before anything is written. */
    let confirmedId = durableId;
    let finish = (): void => {};
    if (last === undefined) {
      this.#lastId = durableId;
      if (durableId > 0) this.#lack({ first: 1, last: durableId }, this.#directory, warn);
    } else if (last.isCold) {
      // The segment after it is lost. Block numbers are not reused, however much of this segment can be read.
      const lastThere = Math.max(last.first, this.#lastOfCold(last.first));
      this.#lastId = Math.max(durableId, lastThere);
      confirmedId = this.#lastId;
      if (durableId > lastThere) this.#lack({ first: lastThere + 1, last: durableId }, this.#directory, warn);
    } else {
      const { first } = last;
      const path = segmentPath(this.#directory, first);
      const file = this.#files.openForWriting(path);
      const table = new SegmentTable(first, saltOf(file));
      table.extend(file, Number.MAX_SAFE_INTEGER, true);
      // A damaged block was durable if a later append follows. Otherwise it is part of the last append.
      const unfinished = table.gaps.find(({ number }) => number > durableId && number >= table.lastAppend);
      const end = unfinished ?? { at: table.end, number: table.next };
      for (const { number } of table.gaps) {
        if (number < end.number)
          warn(
            `block ${number} of the log is damaged: put ${path} back from a backup, and delete no files of sessions before`,
          );
      }
      table.offsets.length = end.number - first;
      table.end = end.at;
      this.#table = table;
      this.#lastId = Math.max(end.number - 1, durableId);
      if (durableId >= end.number) {
        // The segment stays as it is, and the next append begins another.
        file.close();
        this.#lack({ first: end.number, last: durableId }, path, warn);
      } else if (table.offsets.length === 0) {
        // As far as it can be read, nothing of it was acknowledged. The next append rewrites it.
        const size = file.size();
        file.close();
        if (table.salt === undefined && size > 0) this.#setAside(path, warn);
      } else {
        this.#file = file;
        confirmedId = Math.max(durableId, table.lastAppend - 1);
        finish = () => {
          this.#cutAtStart(file, path, report);
          this.#confirmLastAppend(file, durableId);
        };
      }
    }
    this.#unconfirmed = { finish, lastId: this.#lastId };
    try {
      this.confirm();
    } catch {
      // `unconfirmed` has the reason.
      this.#lastId = Math.min(this.#lastId, confirmedId);
    }
  }

  /** Records that durable blocks at the end are lost. */
  #lack(range: BlockRange, path: string, warn: (message: string) => void): void {
    this.#missing = range;
    warn(`blocks ${range.first} to ${range.last} of the log are damaged or missing: ${path}`);
  }

  /** The number of the last block of a cold segment. */
  #lastOfCold(first: number): number {
    const { file, cold } = openCold(this.#files, this.#directory, first);
    file.close();
    return cold.next - 1;
  }

  /**
   * Keeps a segment whose start and first block are both unreadable, because the rest may have been
   * acknowledged.
   */
  #setAside(path: string, warn: (message: string) => void): void {
    const names = this.#files.list(this.#directory).map((name) => join(this.#directory, name));
    let number = 1;
    while (names.includes(`${path}.${number}`)) number++;
    this.#files.rename(path, `${path}.${number}`);
    warn(
      `nothing can be read of ${path}: it was never finished, or is damaged; it is kept as ${path}.${number}`,
    );
  }

  #cutAtStart(file: LogFile, path: string, report: (message: string) => void): void {
    const bytes = file.size() - this.#table.end;
    if (bytes <= 0) return;
    file.truncate(this.#table.end);
    crashPoint('log.cut');
    file.sync();
    report(`cut ${bytes} bytes of an append that was not finished, and not acknowledged, off ${path}`);
  }

  /**
   * Makes sure that the last append is on disk. The process may have ended before it synced, or after a
   * failed sync. That leaves bytes that can be read but are not on disk and that no later sync writes. So
   * they are written again.
   */
  #confirmLastAppend(file: LogFile, durableId: number): void {
    const { first, lastAppend, end, next } = this.#table;
    if (next - 1 <= durableId) return;
    // The first append of a segment also writes its start.
    const from = lastAppend === first ? 0 : this.#table.offset(lastAppend);
    if (from === undefined) return;
    file.write([readBytes(file, from, end - from)], from);
    file.sync();
    crashPoint('log.confirmed');
  }

  /** The segment for the next append. Nothing follows its last block. */
  #writable(): LogFile {
    if (this.#hasTail) this.#cutTail();
    if (this.#file !== undefined && !this.#hasTail && this.#table.end < this.#segmentBytes) return this.#file;
    this.#closeSegment();
    const first = this.#lastId + 1;
    const path = segmentPath(this.#directory, first);
    // An existing segment of this name has no acknowledged block.
    this.#files.remove(path);
    const file = this.#files.openForWriting(path, { create: true });
    try {
      this.#files.syncDirectory(this.#directory);
    } catch (error) {
      file.close();
      throw error;
    }
    crashPoint('log.segment-created');
    this.#file = file;
    this.#table = new SegmentTable(first, newSalt());
    return file;
  }

  /** Cuts off what follows the last block. If that fails, it is tried again before the next append. */
  #cutTail(): void {
    try {
      this.#file?.truncate(this.#table.offsets.length === 0 ? 0 : this.#table.end);
      this.#hasTail = false;
    } catch {
      // Then the next append begins a new segment, and this one ends where its blocks end.
    }
  }

  /**
   * After a failed sync, nothing written since the previous sync is reliable. So the next append begins a new
   * segment.
   */
  #abandon(): void {
    this.#cutTail();
    this.#closeSegment();
  }

  #closeSegment(): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    this.#hasTail = false;
    file.close();
    if (this.#table.offsets.length === 0) return;
    crashPoint('log.segment-closed');
    try {
      writeIndex(this.#files, this.#directory, this.#table);
    } catch {
      // It only saves readers a walk through the segment.
    }
  }
}

const FULL = new Set(['ENOSPC', 'EDQUOT']);

function writeError(error: unknown): LogWriteError {
  const cause = error as NodeJS.ErrnoException;
  const isFull = FULL.has(cause.code ?? '');
  return new LogWriteError(
    isFull ? `the disk is full (${cause.message})` : `the log cannot be written: ${cause.message}`,
    cause,
  );
}
