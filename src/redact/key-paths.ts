import { RE2JS } from 're2js';
import { mixWord } from '../normalize/signature-memo.js';

/**
 * Which rules apply to the value under a key, decided once for each key. A key within maps is known by its
 * path: all keys from the attribute on.
 */
export class KeyPaths<T extends object> {
  readonly root: KeyPath<T>;
  readonly #decide: (path: string, name: string, parent: T | undefined) => T;
  readonly #capacity: number;
  #slots: (KeyPath<T> | undefined)[];
  #count = 0;

  /** `decide` is called for each path when it is first met, or met again after `capacity` others. */
  constructor(decide: (path: string, name: string, parent: T | undefined) => T, capacity = 8192) {
    this.#decide = decide;
    this.#capacity = capacity;
    this.#slots = new Array(4 * capacity);
    this.root = new KeyPath('', new DataView(new ArrayBuffer(0)), undefined, 0, decide('', '', undefined));
  }

  /** The path of the key in these bytes, within the map at `parent`. */
  child(parent: KeyPath<T>, data: DataView, buffer: Buffer, start: number, end: number): KeyPath<T> {
    const hash = hashOf(parent.hash, data, start, end);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let probe = 0; probe < MOST_PROBES; probe++) {
      const known = this.#slots[slot];
      if (known === undefined) break;
      if (known.hash === hash && known.parent === parent && isSame(known.name, data, start, end))
        return known;
      slot = (slot + 1) & mask;
    }
    return this.#add(parent, buffer.subarray(start, end), hash, slot);
  }

  #add(parent: KeyPath<T>, name: Buffer, hash: number, slot: number): KeyPath<T> {
    const key = name.toString();
    const path = parent === this.root ? key : `${parent.path}.${key}`;
    const copy = new Uint8Array(name);
    const added = new KeyPath(
      path,
      new DataView(copy.buffer),
      parent,
      hash,
      this.#decide(path, key, parent.value),
    );
    // Keys that hostile senders make up must not fill the memory, nor make the search for others slow.
    if (path.length > LONGEST_KNOWN || this.#slots[slot] !== undefined) return added;
    if (this.#count++ >= this.#capacity) {
      this.#slots = new Array(this.#slots.length);
      this.#count = 1;
    }
    this.#slots[slot] = added;
    return added;
  }
}

/** Most places where a key may be. One that is in none of them is decided each time. */
const MOST_PROBES = 16;

/** Of the length, and of the first, middle and last bytes: nearly all keys differ in these. */
function hashOf(parent: number, data: DataView, start: number, end: number): number {
  const length = end - start;
  let hash = mixWord(parent, length);
  if (length < 4) {
    for (let at = start; at < end; at++) hash = mixWord(hash, data.getUint8(at));
    return hash;
  }
  hash = mixWord(hash, data.getInt32(start, true));
  hash = mixWord(hash, data.getInt32(start + ((length - 4) >> 1), true));
  return mixWord(hash, data.getInt32(end - 4, true));
}

const LONGEST_KNOWN = 512;

export class KeyPath<T> {
  readonly path: string;
  readonly name: DataView;
  readonly parent: KeyPath<T> | undefined;
  readonly hash: number;
  readonly value: T;

  constructor(path: string, name: DataView, parent: KeyPath<T> | undefined, hash: number, value: T) {
    this.path = path;
    this.name = name;
    this.parent = parent;
    this.hash = hash;
    this.value = value;
  }
}

function isSame(name: DataView, data: DataView, start: number, end: number): boolean {
  const length = end - start;
  if (name.byteLength !== length) return false;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    if (name.getInt32(i, true) !== data.getInt32(start + i, true)) return false;
  }
  for (; i < length; i++) if (name.getUint8(i) !== data.getUint8(start + i)) return false;
  return true;
}

/**
 * A pattern of keys, in linear time: `*` stands for any characters but dots, `**` for any. Capital letters do
 * not matter.
 */
export function keyPattern(glob: string): (path: string) => boolean {
  const source = glob
    .split(/(\*{2,}|\*)/)
    .map((part) => (part === '*' ? '[^.]*' : part.startsWith('**') ? '.*' : RE2JS.quote(part)))
    .join('');
  const pattern = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE | RE2JS.DOTALL);
  return (path) => pattern.matches(path);
}
