import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { openCold } from './cold-segment.js';
import { type BlockLog, type BlockRange, DamagedBlockError, type NewBlock, type StoredBlock } from './log.js';
import { diskFiles, type LogFile, type LogFiles } from './log-files.js';
import { encodeFrames, encodeStart, newSalt } from './log-frame.js';
import { LogReader } from './log-reader.js';
import {
  listSegments,
  readBytes,
  readFrame,
  SegmentTable,
  saltOf,
  segmentPath,
  writeIndex,
} from './log-segment.js';

/** A segment that is longer gets no more blocks, bytes: small, since what is in the last segment is never compressed further. */
const SEGMENT_BYTES = 16 * 1024 * 1024;

/** The file of `probe`. */
const PROBE = 'probe';

/** The log could not be written, as a rule because the disk is full. `cause` is the error of the file system. */
export class LogWriteError extends Error {
  override readonly name = 'LogWriteError';
  /** Number of the error of the file system: it may pass. */
  readonly errno: number | undefined;

  constructor(message: string, cause: NodeJS.ErrnoException) {
    super(message, { cause });
    this.errno = cause.errno;
  }
}

export interface SegmentLogOptions {
  /** Where the segments lie; made where it is missing, the directory above it must be there. */
  readonly directory: string;
  readonly files?: LogFiles;
  /** SEGMENT_BYTES where it is left out. */
  readonly segmentBytes?: number;
  /**
   * Blocks up to this number are known to have been durable, because rows were made of them. One that is damaged or missing is an error when it is read, and never taken
   * for the rest of an append that was under way when the process or the machine stopped.
   */
  readonly durableId?: number;
  /** Given what was cut off at the start: the rest of an append that was not finished. */
  readonly tell?: (message: string) => void;
  /** Given what was found to be damaged at the start. */
  readonly warn?: (message: string) => void;
}

/**
 * The log in segment files (log-segment.ts), as its one writer has it. An append is one write and one sync. What an append left behind that failed or never ended is
 * taken back before the next one, or at the next start; until then it is not read.
 */
export class SegmentLog implements BlockLog {
  readonly #directory: string;
  readonly #files: LogFiles;
  readonly #segmentBytes: number;
  readonly #reader: LogReader;
  /** The segment that is written; undefined where the next append begins a new one. */
  #file: LogFile | undefined;
  #table = new SegmentTable(1, undefined);
  #lastId = 0;
  /** Whether the segment that is written may have bytes behind its last block. */
  #hasTail = false;
  #missing: BlockRange | undefined;
  /** What the start has yet to make durable, and the last block once it has. */
  #unconfirmed: { readonly finish: () => void; readonly lastId: number; reason?: LogWriteError } | undefined;

  constructor(options: SegmentLogOptions) {
    const { directory, files = diskFiles, segmentBytes = SEGMENT_BYTES } = options;
    this.#directory = directory;
    this.#files = files;
    this.#segmentBytes = segmentBytes;
    this.#reader = new LogReader(directory, files);
    files.makeDirectory(directory);
    this.#open(options.durableId ?? 0, options.tell ?? (() => {}), options.warn ?? (() => {}));
  }

  get lastId(): number {
    return this.#lastId;
  }

  /** Blocks at the end of the log that were durable and are no longer there. */
  get missing(): BlockRange | undefined {
    return this.#missing;
  }

  /** Why nothing can be appended before `confirm`. */
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
      try {
        file.sync();
      } catch (error) {
        this.#abandon();
        throw error;
      }
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

  read(id: number): StoredBlock | undefined {
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

  close(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#reader.close();
  }

  /** Finds the end of the log in its last segment, and takes back what is left there of an append that did not end. */
  #open(durableId: number, tell: (message: string) => void, warn: (message: string) => void): void {
    const last = listSegments(this.#files, this.#directory).at(-1);
    /** The last block of which it is known, before anything is written, that it is durable. */
    let confirmedId = durableId;
    let finish = (): void => {};
    if (last === undefined) {
      this.#lastId = durableId;
      if (durableId > 0) this.#lack({ first: 1, last: durableId }, this.#directory, warn);
    } else if (last.isCold) {
      // The one that was written after it is gone. Whatever can be read of this one, its number is not given again.
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
      // A damaged block was durable where an append came after it. Otherwise it is of the append that was the last.
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
        // The segment is left as it is, and the next append begins another.
        file.close();
        this.#lack({ first: end.number, last: durableId }, path, warn);
      } else if (table.offsets.length === 0) {
        // Nothing of it was acknowledged, as far as it can be read: the next append makes it anew.
        const size = file.size();
        file.close();
        if (table.salt === undefined && size > 0) this.#setAside(path, warn);
      } else {
        this.#file = file;
        confirmedId = Math.max(durableId, table.lastAppend - 1);
        finish = () => {
          this.#cutAtStart(file, path, tell);
          this.#confirmLastAppend(file, durableId);
        };
      }
    }
    this.#unconfirmed = { finish, lastId: this.#lastId };
    try {
      this.confirm();
    } catch {
      // `unconfirmed` says why.
      this.#lastId = Math.min(this.#lastId, confirmedId);
    }
  }

  /** Notes that blocks at the end are gone that were durable. */
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

  /** Keeps a segment of which neither the start nor the first block can be read, since what follows them may have been acknowledged. */
  #setAside(path: string, warn: (message: string) => void): void {
    const names = this.#files.list(this.#directory).map((name) => join(this.#directory, name));
    let number = 1;
    while (names.includes(`${path}.${number}`)) number++;
    this.#files.rename(path, `${path}.${number}`);
    warn(
      `nothing can be read of ${path}: it was never finished, or is damaged; it is kept as ${path}.${number}`,
    );
  }

  #cutAtStart(file: LogFile, path: string, tell: (message: string) => void): void {
    const bytes = file.size() - this.#table.end;
    if (bytes <= 0) return;
    file.truncate(this.#table.end);
    file.sync();
    tell(`cut ${bytes} bytes of an append that was not finished, and not acknowledged, off ${path}`);
  }

  /**
   * Makes sure that the last append is on the disk. The process may have ended before it synced it, or after a sync that failed, which leaves bytes that
   * can be read and are not on the disk, and that no later sync writes: so they are written again.
   */
  #confirmLastAppend(file: LogFile, durableId: number): void {
    const { first, lastAppend, end, next } = this.#table;
    if (next - 1 <= durableId) return;
    // The start of the segment was written with its first append.
    const from = lastAppend === first ? 0 : this.#table.offset(lastAppend);
    if (from === undefined) return;
    file.write([readBytes(file, from, end - from)], from);
    file.sync();
  }

  /** The segment for the next append, which ends with the last block. */
  #writable(): LogFile {
    if (this.#hasTail) this.#cutTail();
    if (this.#file !== undefined && !this.#hasTail && this.#table.end < this.#segmentBytes) return this.#file;
    this.#closeSegment();
    const first = this.#lastId + 1;
    const path = segmentPath(this.#directory, first);
    // One of this name has no block that was acknowledged.
    this.#files.remove(path);
    const file = this.#files.openForWriting(path, { create: true });
    try {
      this.#files.syncDirectory(this.#directory);
    } catch (error) {
      file.close();
      throw error;
    }
    this.#file = file;
    this.#table = new SegmentTable(first, newSalt());
    return file;
  }

  /** Takes back what is behind the last block. Where that fails, another attempt is made before the next append. */
  #cutTail(): void {
    try {
      this.#file?.truncate(this.#table.offsets.length === 0 ? 0 : this.#table.end);
      this.#hasTail = false;
    } catch {
      // The next append begins a new segment then, which ends this one where its blocks end.
    }
  }

  /** After a sync that failed nothing that was written since the one before can be relied on: the next append begins a new segment. */
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
    try {
      writeIndex(this.#files, this.#directory, this.#table);
    } catch {
      // It spares readers a walk through the segment, no more.
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
