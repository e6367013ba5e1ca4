/** The key of a hash: eight random bytes, as two 32-bit integers. */
export interface HashKey {
  readonly k0: number;
  readonly k1: number;
}

export function hashKeyOf(bytes: Uint8Array): HashKey {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  return { k0: view.getInt32(0, true), k1: view.getInt32(4, true) };
}

/**
 * HalfSipHash-2-4 with 64 bits of output over the UTF-16 units of a text, as two 32-bit halves. Without the
 * key nobody can construct texts with equal hashes.
 */
export function keyedHash({ k0, k1 }: HashKey, text: string): readonly [low: number, high: number] {
  let v0 = k0;
  let v1 = k1 ^ 0xee;
  let v2 = k0 ^ 0x6c796765;
  let v3 = k1 ^ 0x74656462;
  const { length } = text;

  function rounds(count: number): void {
    for (let i = 0; i < count; i++) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
  }

  function add(word: number): void {
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  }

  let at = 0;
  for (; at + 1 < length; at += 2) add(text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16));
  add(((2 * length) << 24) | (at < length ? text.charCodeAt(at) : 0));
  v2 ^= 0xee;
  rounds(4);
  const low = v1 ^ v3;
  v1 ^= 0xdd;
  rounds(4);
  return [low, v1 ^ v3];
}
