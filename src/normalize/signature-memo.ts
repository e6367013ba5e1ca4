/** One step of a hash over 32-bit words. Every bit of a word reaches the low bits, which tables look at. */
export function mixWord(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}

/** Longest signature, words. A value too long to be one of many is not worth remembering. */
const MAX_WORDS = 1024;

/** A run of words that tells apart what a function depends on. Its owner writes it, looks it up in one memo, and writes the next. */
export class Signature {
  readonly words = new Int32Array(MAX_WORDS);
  /** How many words it has. */
  length = 0;
  /** Of all of its words, as `mixWord` makes it. */
  hash = 0;

  /** Begins a new one with a word that tells apart what else the function depends on. */
  begin(word: number): void {
    this.words[0] = word;
    this.length = 1;
    this.hash = mixWord(0, word);
  }

  /**
   * Adds a word that tells whose bytes they are and how many, then these bytes, zeros behind them up to a whole word. False where there is
   * no room; then it is no signature of anything.
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

/** Places that a signature may have in a table. Others that fall together are forgotten, so that none of them costs more to find. */
const WAYS = 8;
/** Of each place: the hash, and offset and length of the words; a length of 0 is a place that is free. */
const COLUMNS = 4;
const OFFSET = 1;
const LENGTH = 2;
/** Words of all signatures of a table, for each of them that it may hold. */
const WORDS_EACH = 64;
const FIRST_WORDS = 4096;

/** Open-addressing table over words that lie one after the other. */
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

  /** Adds what is not there; false where there is no room. */
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
 * Remembers the latest results of a function by signature. Text would do as a key too, but making, hashing and comparing it
 * costs several times as much. Holds between `capacity` and twice as many entries, as `BoundedMemo` does; fewer of long ones.
 */
export class SignatureMemo<V extends object> {
  /** For the next thing to be looked up. */
  readonly signature = new Signature();
  readonly #capacity: number;
  // Made when something is first remembered: many memos never are used.
  #young: Table<V> | undefined;
  #old: Table<V> | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** What is remembered by the signature that stands in `signature`. */
  recall(): V | undefined {
    const value = this.#young?.find(this.signature);
    if (value !== undefined) return value;
    const old = this.#old?.find(this.signature);
    if (old !== undefined) this.remember(old);
    return old;
  }

  /** Remembers this by the signature that stands in `signature`, which `recall` did not find. */
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
