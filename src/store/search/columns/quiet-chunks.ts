import { Listing } from '../../contract/listing.js';
import type { ChangeSet } from '../../engine/changes.js';
import { CHUNK_SESSIONS } from './bits.js';
import { COLUMNS_FORMAT } from './chunk.js';

/** Calls of `sweep` in a window. At the end of a window the quiet chunks are determined. */
const SWEEPS_A_WINDOW = 30;

/** After this many calls without any write all chunks are quiet. */
const SILENT_SWEEPS = 3;

/**
 * A chunk with at most this many writes in a window is quiet. Not 0, because some sessions go on for days.
 */
const QUIET_WRITES = 64;

/** A chunk is packed again when more than this number of its sessions have changed. */
const MOST_LOOSE = 64;

/** A chunk that has columns, as a store keeps it. */
export interface StoredChunk {
  readonly no: number;
  /** `COLUMNS_FORMAT` when it was packed. */
  readonly format: number;
}

/**
 * Decides which chunks are packed (docs/decisions/010-filtered-statistics.md), and which sessions of packed
 * chunks are loose. A store keeps the same in tables. After a rollback, `load` must be called.
 */
export class QuietChunks {
  /** Chunks with columns of any format: other programs may read those of theirs. */
  readonly #covered = new Set<number>();
  /** Chunks with columns of today's format. */
  readonly #packed = new Set<number>();
  readonly #loose = new Map<number, Loose>();
  /** Number of writes to the sessions of a chunk in the current window. */
  readonly #writes = new Map<number, number>();
  /** Chunks to pack, the next one last. */
  #due: number[] = [];
  #sweeps = 0;
  #hasWritten = false;
  #silentSweeps = 0;

  /** Replaces what is known of the tables: the chunks with columns, and the numbers of loose sessions. */
  load(chunks: Iterable<StoredChunk>, loose: Iterable<number>): void {
    this.#covered.clear();
    this.#packed.clear();
    this.#loose.clear();
    for (const { no, format } of chunks) {
      this.#covered.add(no);
      if (format === COLUMNS_FORMAT) this.#packed.add(no);
    }
    for (const no of loose) this.#noteLoose(no, 1);
    this.#due = this.#due.filter((chunk) => !this.#packed.has(chunk));
  }

  /**
   * Notes that the row of a session is written or deleted. Returns whether the session becomes loose: the
   * same transaction must note it in the table of loose sessions.
   */
  changed(no: number): boolean {
    const chunk = chunkOf(no);
    this.#writes.set(chunk, (this.#writes.get(chunk) ?? 0) + 1);
    this.#hasWritten = true;
    if (!this.#covered.has(chunk) || this.#loose.get(chunk)?.numbers.has(no) === true) return false;
    this.#noteLoose(no, 1);
    return true;
  }

  /**
   * Must be called once a second. `last` returns the greatest number of a session, undefined without sessions.
   */
  sweep(last: () => number | undefined): void {
    this.#silentSweeps = this.#hasWritten ? 0 : this.#silentSweeps + 1;
    this.#hasWritten = false;
    if (this.#silentSweeps === SILENT_SWEEPS) this.#writes.clear();
    else if (++this.#sweeps < SWEEPS_A_WINDOW) return;
    this.#sweeps = 0;
    this.#due = this.#dueChunks(last());
    this.#writes.clear();
  }

  /** Makes all chunks with unpacked sessions due, whether they are quiet and complete or not. */
  hurry(last = -1): void {
    const chunks = [...Array(chunkOf(last) + 1).keys()];
    this.#due = chunks.filter(
      (chunk) => !this.#packed.has(chunk) || (this.#loose.get(chunk)?.changed ?? 0) > 0,
    );
  }

  /** Whether there is a chunk to pack. */
  get isDue(): boolean {
    return this.#due.length > 0;
  }

  /** Takes the next chunk to pack. */
  next(): number | undefined {
    return this.#due.pop();
  }

  /** Notes that a chunk was packed, without these sessions, which do not fit the columns. */
  packed(chunk: number, unfit: readonly number[]): void {
    this.#loose.delete(chunk);
    for (const no of unfit) this.#noteLoose(no, 0);
    this.#covered.add(chunk);
    this.#packed.add(chunk);
  }

  #noteLoose(no: number, changed: 0 | 1): void {
    const chunk = chunkOf(no);
    let loose = this.#loose.get(chunk);
    if (loose === undefined) {
      loose = { numbers: new Set(), changed: 0 };
      this.#loose.set(chunk, loose);
    }
    loose.numbers.add(no);
    loose.changed += changed;
  }

  #dueChunks(last = -1): number[] {
    const isQuiet = (chunk: number): boolean => (this.#writes.get(chunk) ?? 0) <= QUIET_WRITES;
    const again = [...this.#loose].flatMap(([chunk, { changed }]) =>
      changed > MOST_LOOSE && this.#packed.has(chunk) ? [chunk] : [],
    );
    // Chunks whose session numbers are all assigned.
    const complete = [...Array(chunkOf(last + 1)).keys()].filter((chunk) => !this.#packed.has(chunk));
    // The newest chunk is packed first, because most reads are of recent sessions.
    return [...again, ...complete].filter(isQuiet);
  }
}

/** The sessions of a packed chunk that are read by their rows. */
interface Loose {
  readonly numbers: Set<number>;
  /** Number of them that could be packed again. The others do not fit. */
  changed: number;
}

/** The chunk of a session number. */
export function chunkOf(no: number): number {
  return Math.floor(no / CHUNK_SESSIONS);
}

/** The sessions whose columns a change set changes. */
export function* changedNumbers({
  goneSessions,
  newSessions,
  changedSessions,
  listings,
}: ChangeSet): Generator<number> {
  yield* goneSessions;
  for (const { no } of newSessions) yield no;
  for (const { no } of changedSessions) yield no;
  for (const { no, listing } of listings) {
    // Whether an open session has timed out depends only on its times.
    if (listing !== Listing.timedOut) yield no;
  }
}
