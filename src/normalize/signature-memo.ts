/** A run of bytes that tells apart what a function depends on; valid until its owner makes the next one. */
export interface Signature {
  /** Its bytes stand at the front, zeros behind them up to a multiple of 4. */
  readonly words: Int32Array;
  readonly bytes: Buffer;
  readonly length: number;
}

interface Entry<V> {
  readonly bytes: Buffer;
  readonly value: V;
}

/**
 * Remembers the latest results of a function by signature. Text would do as a key too, but making, hashing and comparing it
 * costs several times as much. Holds between `capacity` and twice as many entries, as `BoundedMemo` does.
 */
export class SignatureMemo<V> {
  readonly #capacity: number;
  // By hash. Of two signatures with one hash the later is remembered.
  #young = new Map<number, Entry<V>>();
  #old = new Map<number, Entry<V>>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(signature: Signature, compute: () => V): V {
    const hash = hashOf(signature);
    const young = this.#young.get(hash);
    if (young !== undefined && isOf(young, signature)) return young.value;
    const old = this.#old.get(hash);
    const entry =
      old !== undefined && isOf(old, signature)
        ? old
        : { bytes: Buffer.from(signature.bytes.subarray(0, signature.length)), value: compute() };
    if (this.#young.size >= this.#capacity) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(hash, entry);
    return entry.value;
  }
}

function isOf({ bytes }: Entry<unknown>, signature: Signature): boolean {
  return (
    bytes.length === signature.length &&
    signature.bytes.compare(bytes, 0, bytes.length, 0, signature.length) === 0
  );
}

/** FNV-1a over words, with a last mix for the low bits that maps look at. */
function hashOf({ words, length }: Signature): number {
  let hash = length;
  for (let i = 0; i < (length + 3) >>> 2; i++) hash = Math.imul(hash ^ words[i]!, 16777619);
  return hash ^ (hash >>> 15);
}
