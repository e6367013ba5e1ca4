import { Buffer } from 'node:buffer';

/** A place where bytes were found. */
export interface FoundBytes {
  /** A file of the directory, a column of a table, or `block 12` of the log. */
  readonly where: string;
  readonly offset: number;
  /** Index of the needle. */
  readonly needle: number;
}

/** Whatever one of these is found by, in one pass. */
export class Needles {
  readonly #needles: readonly Buffer[];
  /** Indexes of the needles by their first four bytes. */
  readonly #byStart = new Map<number, number[]>();
  /** A bit for each value of the first two bytes of a needle. */
  readonly #starts = new Uint8Array(65_536);
  readonly longest: number;

  /** Each has at least four bytes. */
  constructor(needles: readonly Uint8Array[]) {
    this.#needles = needles.map((each) => Buffer.from(each));
    this.longest = Math.max(0, ...this.#needles.map(({ length }) => length));
    for (const [i, needle] of this.#needles.entries()) {
      if (needle.length < 4) throw new Error('what is searched for must have at least four bytes');
      const start = needle.readUInt32LE(0);
      this.#byStart.set(start, [...(this.#byStart.get(start) ?? []), i]);
      this.#starts[needle.readUInt16LE(0)] = 1;
    }
  }

  /** The first place of each needle in these bytes. */
  in(bytes: Buffer): Map<number, number> {
    const found = new Map<number, number>();
    if (this.#needles.length === 0) return found;
    const last = bytes.length - 4;
    for (let at = 0; at <= last; at++) {
      if (this.#starts[bytes[at]! | (bytes[at + 1]! << 8)] === 0) continue;
      for (const i of this.#byStart.get(bytes.readUInt32LE(at)) ?? []) {
        const needle = this.#needles[i]!;
        if (found.has(i) || at + needle.length > bytes.length) continue;
        if (bytes.compare(needle, 0, needle.length, at, at + needle.length) !== 0) continue;
        found.set(i, at);
      }
    }
    return found;
  }
}
