/** One step of a hash over 32-bit words. Every bit of a word reaches the low bits, which tables use. */
export function mixWord(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}

/** Maximum length of a signature, words. A longer value rarely repeats, so caching it does not pay. */
const MAX_WORDS = 1024;

/**
 * A sequence of words that identifies the arguments of a function. Its owner writes it, looks it up in one
 * memo, and then writes the next.
 */
export class Signature {
  readonly words = new Int32Array(MAX_WORDS);
  /** Number of words. */
  length = 0;
  /** Hash of all words, by `mixWord`. */
  hash = 0;

  /** Starts a new signature with a word for further arguments. */
  begin(word: number): void {
    this.words[0] = word;
    this.length = 1;
    this.hash = mixWord(0, word);
  }

  /**
   * Adds a word that identifies the bytes and their number, then the bytes, padded with zeros to whole words.
   * Returns false if there is no room; then the signature is invalid.
   */
  add(head: number, data: DataView, start: number, end: number): boolean {
    const { words } = this;
    let { length, hash } = this;
    if (length + 2 + (end - start) / 4 > MAX_WORDS) return false;
    words[length++] = head;
    hash = mixWord(hash, head);
    let at = start;
    for (; at + 4 <= end; at += 4) {
      const word = data.getInt32(at, true);
      words[length++] = word;
      hash = mixWord(hash, word);
    }
    if (at < end) {
      let rest = 0;
      for (let shift = 0; at < end; shift += 8) rest |= data.getUint8(at++) << shift;
      words[length++] = rest;
      hash = mixWord(hash, rest);
    }
    this.length = length;
    this.hash = hash;
    return true;
  }
}

/**
 * Number of slots in which a signature may be. Further collisions are dropped, so that every look-up is
 * short.
 */
const WAYS = 8;
/** Columns of a slot: the hash, and offset and length of the words; a length of 0 marks a free slot. */
const COLUMNS = 4;
const OFFSET = 1;
const LENGTH = 2;
/** Average number of words per signature for which a table has room. */
const WORDS_EACH = 64;
const FIRST_WORDS = 4096;

/** Open-addressing table over words stored one after the other. */
class Table<V> {
  readonly #capacity: number;
  readonly #mask: number;
  readonly #places: Int32Array;
  readonly #values: (V | undefined)[];
  #words = new Int32Array(FIRST_WORDS);
  #used = 0;
  size = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    const places = 2 ** Math.ceil(Math.log2(2 * capacity));
    this.#mask = places - 1;
    this.#places = new Int32Array(places * COLUMNS);
    this.#values = new Array<V | undefined>(places).fill(undefined);
  }

  clear(): void {
    this.#places.fill(0);
    this.#values.fill(undefined);
    this.#used = 0;
    this.size = 0;
  }

  find(signature: Signature): V | undefined {
    const { hash, length } = signature;
    const places = this.#places;
    for (let way = 0; way < WAYS; way++) {
      const place = (hash + way) & this.#mask;
      const at = place * COLUMNS;
      const wordCount = places[at + LENGTH]!;
      if (wordCount === 0) return undefined;
      if (places[at] === hash && wordCount === length && this.#isAt(places[at + OFFSET]!, signature)) {
        return this.#values[place];
      }
    }
    return undefined;
  }

  #isAt(offset: number, { words, length }: Signature): boolean {
    const own = this.#words;
    for (let i = 0; i < length; i++) if (own[offset + i] !== words[i]) return false;
    return true;
  }

  /** Adds a signature that is not in the table. Returns false if there is no room. */
  add(signature: Signature, value: V): boolean {
    const { hash, length, words } = signature;
    if (this.size >= this.#capacity || !this.#makeRoom(length)) return false;
    const places = this.#places;
    let way = 0;
    while (way < WAYS && places[((hash + way) & this.#mask) * COLUMNS + LENGTH] !== 0) way++;
    if (way === WAYS) way = hash & (WAYS - 1);
    else this.size++;
    const place = (hash + way) & this.#mask;
    const at = place * COLUMNS;
    places[at] = hash;
    places[at + OFFSET] = this.#used;
    places[at + LENGTH] = length;
    this.#values[place] = value;
    for (let i = 0; i < length; i++) this.#words[this.#used + i] = words[i]!;
    this.#used += length;
    return true;
  }

  #makeRoom(length: number): boolean {
    const needed = this.#used + length;
    if (needed <= this.#words.length) return true;
    if (needed > Math.max(FIRST_WORDS, this.#capacity * WORDS_EACH)) return false;
    const larger = new Int32Array(2 * this.#words.length);
    larger.set(this.#words);
    this.#words = larger;
    return true;
  }
}

/**
 * Caches the latest results of a function by signature. A text key would cost several times as much to
 * create, hash and compare. Like `BoundedMemo` it holds between `capacity` and twice as many entries, and
 * fewer long ones.
 */
export class SignatureMemo<V extends object> {
  /** The signature for the next look-up. */
  readonly signature = new Signature();
  readonly #capacity: number;
  // Created on first use, because many memos are never used.
  #young: Table<V> | undefined;
  #old: Table<V> | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The cached value for `signature`. */
  recall(): V | undefined {
    const value = this.#young?.find(this.signature);
    if (value !== undefined) return value;
    const old = this.#old?.find(this.signature);
    if (old !== undefined) this.remember(old);
    return old;
  }

  /** Caches a value for `signature`, which `recall` did not find. */
  remember(value: V): void {
    this.#young ??= new Table(this.#capacity);
    if (this.#young.add(this.signature, value)) return;
    const young = this.#old ?? new Table<V>(this.#capacity);
    young.clear();
    this.#old = this.#young;
    this.#young = young;
    young.add(this.signature, value);
  }
}
