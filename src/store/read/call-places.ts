import { Buffer } from 'node:buffer';
import { type CallKey, MOST_GROUPS } from '../../sessionize/elsewhere.js';
import type { ByteString } from '../../sessionize/records.js';
import type { Reads } from './reads.js';

/** The groups of a moment by the number of a key, each group once. */
interface Moment {
  readonly groups: Map<number, Set<ByteString>>;
  /** Rows that it was read from. */
  rows: number;
}

/** Moments that are kept from one snapshot to the next, and are asked for what is new in them. */
const MOST_KEPT = 4_096;

// An entry of a row: the number of a key, whether the group has it or has it no longer, and the group's key with its length before it (engine/call-index.ts).
const NUMBER_BYTES = 8;
const HEAD_BYTES = NUMBER_BYTES + 2;

/** Which groups have a key of a call (U24), as the index of the writing side has it. Only moments that were loaded are known. */
export class CallPlaces {
  readonly #moments = new Map<number, Moment>();
  #version: number | undefined;

  /** Makes what the keys can meet known, as of this snapshot. `version` is that of the snapshot. */
  async load(reads: Reads, version: number, keys: Iterable<CallKey>): Promise<void> {
    const isNew = version !== this.#version;
    if (isNew && this.#moments.size > MOST_KEPT) this.#moments.clear();
    const asked = new Set<number>(isNew ? this.#moments.keys() : []);
    for (const { moment } of keys) {
      for (let at = moment - 1; at <= moment + 1; at++) if (!this.#moments.has(at)) asked.add(at);
    }
    const known = [...asked].map((moment) => ({ moment, rows: this.#moments.get(moment)?.rows ?? 0 }));
    const rows = known.length === 0 ? [] : await reads.callPlaces(known);
    this.#version = version;
    for (const at of asked) if (!this.#moments.has(at)) this.#moments.set(at, { groups: new Map(), rows: 0 });
    for (const { moment, entries } of rows) {
      const at = this.#moments.get(moment)!;
      addEntries(at, entries);
      at.rows++;
    }
  }

  /** The other groups with a key of the same moment or one next to it, sorted; where they are more than MOST_GROUPS, some of them that are more than that. */
  others({ number, moment }: CallKey, group: ByteString): ByteString[] {
    let found: Set<ByteString> | undefined;
    for (let at = moment - 1; at <= moment + 1; at++) {
      for (const each of this.#moments.get(at)?.groups.get(number) ?? NONE) {
        if (each === group) continue;
        found ??= new Set();
        found.add(each);
        if (found.size > MOST_GROUPS) return [...found];
      }
    }
    return found === undefined ? [] : [...found].sort();
  }
}

const NONE: ReadonlySet<ByteString> = new Set();

function addEntries({ groups }: Moment, bytes: Uint8Array): void {
  const entries = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < entries.length; ) {
    const number = entries.readDoubleLE(i);
    const end = i + HEAD_BYTES + entries[i + NUMBER_BYTES + 1]!;
    const group = entries.toString('latin1', i + HEAD_BYTES, end);
    const known = groups.get(number);
    if (entries[i + NUMBER_BYTES] !== 1) known?.delete(group);
    else if (known === undefined) groups.set(number, new Set([group]));
    else known.add(group);
    i = end;
  }
}
