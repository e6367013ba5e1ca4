import { Buffer } from 'node:buffer';
import type { MarksForm } from './stored-form.js';

/** The most marks that are stored with the other aggregates of a session. */
const MOST_INLINE = 64;

/**
 * Rows are compacted to one beyond this many, and one more for each `MARKS_A_ROW` marks. So the cost of a
 * write does not grow with the number of marks.
 */
const MOST_ROWS = 32;
const MARKS_A_ROW = 512;

const MARK_BYTES = 4;

/** A change of the stored rows of a session. */
export interface MarkRows {
  /** Whether the existing rows are deleted. */
  readonly isReset: boolean;
  /** A row to append, with its number. */
  readonly row?: { readonly no: number; readonly marks: Uint8Array };
}

/**
 * How often each mark of the calls of a session was noted. Marks are 32-bit hashes; a collision costs time
 * and does not change results.
 *
 * Many marks are stored apart from the other aggregates, in rows that each hold the changes since the row
 * before. `change` returns what to write, and `form` then returns what to store with the aggregates. `takeIn`
 * loads the rows; before that, marks cannot be counted or noted.
 */
export class CallMarks {
  /** Undefined if they are stored in rows that were not loaded. */
  #counts: Map<number, number> | undefined = new Map();
  #size = 0;
  /** A digest of the marks and their counts, independent of their order. */
  #digest = 0;
  /** The rows that hold the marks; undefined if there are none. */
  #stored: { rows: number; entries: number } | undefined;
  /** Changes since these rows were written. */
  readonly #changes = new Map<number, number>();

  /** Whether `takeIn` has to be called first. */
  get areApart(): boolean {
    return this.#counts === undefined;
  }

  /** An upper bound of the number of marks: a measure of their memory, also before `takeIn`. */
  get size(): number {
    return this.#counts === undefined ? this.#stored!.entries : this.#size;
  }

  /** Whether they are stored in rows, as of the last `change`. */
  get haveRows(): boolean {
    return this.#stored !== undefined;
  }

  count(mark: number): number {
    return this.#known().get(mark >>> 0) ?? 0;
  }

  /** Adds a mark or removes it. Returns how often it is noted then. */
  note(mark: number, sign: 1 | -1): number {
    const counts = this.#known();
    const key = mark >>> 0;
    const count = (counts.get(key) ?? 0) + sign;
    if (count === 0) counts.delete(key);
    else counts.set(key, count);
    this.#size += sign;
    this.#digest = (this.#digest + sign * mixed(key)) | 0;
    if (this.#stored !== undefined) {
      const change = (this.#changes.get(key) ?? 0) + sign;
      if (change === 0) this.#changes.delete(key);
      else this.#changes.set(key, change);
    }
    return count;
  }

  /**
   * The change of rows to write; undefined if there is none. `hasRows` says whether the session has rows. The
   * next change is relative to this one.
   */
  change(hasRows: boolean): MarkRows | undefined {
    const stored = this.#stored;
    if (this.#counts === undefined) return undefined;
    if (this.#size <= MOST_INLINE) {
      this.#stored = undefined;
      this.#changes.clear();
      return hasRows ? { isReset: true } : undefined;
    }
    if (stored !== undefined && hasRows) {
      if (this.#changes.size === 0) return undefined;
      const entries = stored.entries + sizeOf(this.#changes);
      if (stored.rows < MOST_ROWS + this.#size / MARKS_A_ROW && entries <= 2 * this.#size) {
        this.#stored = { rows: stored.rows + 1, entries };
        const row = { no: stored.rows, marks: bytesOf(this.#changes) };
        this.#changes.clear();
        return { isReset: false, row };
      }
    }
    this.#stored = { rows: 1, entries: this.#size };
    this.#changes.clear();
    return { isReset: hasRows, row: { no: 0, marks: bytesOf(this.#counts) } };
  }

  /** Loads the rows that were written with `form`, in their order. Throws if they do not match its digest. */
  takeIn(rows: readonly Uint8Array[]): void {
    if (this.#counts !== undefined) return;
    const counts = new Map<number, number>();
    for (const row of rows) {
      const marks = Buffer.from(row.buffer, row.byteOffset, row.byteLength);
      const added = marks.readUInt32LE(0);
      for (let i = 1; i * MARK_BYTES < marks.length; i++) {
        const mark = marks.readUInt32LE(i * MARK_BYTES);
        const count = (counts.get(mark) ?? 0) + (i <= added ? 1 : -1);
        if (count === 0) counts.delete(mark);
        else counts.set(mark, count);
      }
    }
    let [size, digest] = [0, 0];
    for (const [mark, count] of counts) {
      size += count;
      digest = (digest + Math.imul(count, mixed(mark))) | 0;
    }
    if (digest !== this.#digest)
      throw new Error('the marks of a session are not those that its row was written with');
    this.#counts = counts;
    this.#size = size;
  }

  /** What to store with the other aggregates; undefined if there are no marks. */
  form(): MarksForm | undefined {
    if (this.#stored !== undefined) return { ...this.#stored, digest: this.#digest };
    if (this.#size === 0) return undefined;
    return bytesOf(this.#known()).toString('base64', MARK_BYTES);
  }

  static ofForm(form: MarksForm | undefined): CallMarks {
    const made = new CallMarks();
    if (form === undefined) return made;
    if (typeof form === 'string') {
      const bytes = Buffer.from(form, 'base64');
      for (let at = 0; at < bytes.length; at += MARK_BYTES) made.note(bytes.readUInt32LE(at), 1);
      return made;
    }
    const { rows, entries, digest } = form;
    made.#counts = undefined;
    made.#stored = { rows, entries };
    made.#digest = digest;
    return made;
  }

  #known(): Map<number, number> {
    if (this.#counts === undefined) throw new Error('the marks of a session are not loaded');
    return this.#counts;
  }
}

function sizeOf(changes: ReadonlyMap<number, number>): number {
  let size = 0;
  for (const count of changes.values()) size += Math.abs(count);
  return size;
}

/**
 * The number of added marks, the added marks, then the removed ones; each as often as its count, as 32-bit
 * little-endian numbers.
 */
function bytesOf(changes: ReadonlyMap<number, number>): Buffer {
  const bytes = Buffer.allocUnsafe((1 + sizeOf(changes)) * MARK_BYTES);
  let at = MARK_BYTES;
  for (const sign of [1, -1]) {
    for (const [mark, count] of changes) {
      for (let i = 0; i < sign * count; i++) at = bytes.writeUInt32LE(mark, at);
    }
    if (sign === 1) bytes.writeUInt32LE(at / MARK_BYTES - 1, 0);
  }
  return bytes;
}

function mixed(mark: number): number {
  const mix = Math.imul(mark ^ (mark >>> 15), 0x2c1b3c6d);
  return Math.imul(mix ^ (mix >>> 12), 0x297a2d39) | 1;
}
