import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashKeyOf, keyedHash } from './keyed-hash.js';

const KEY = hashKeyOf(Uint8Array.from({ length: 8 }, (_, i) => i));

/** The hash as bytes, least first, as the vectors of the reference implementation have it. */
function bytesOf(text: string): string {
  const bytes = Buffer.alloc(8);
  for (const [i, half] of keyedHash(KEY, text).entries()) bytes.writeInt32LE(half, 4 * i);
  return bytes.toString('hex');
}

test('the hash is HalfSipHash-2-4 with 64 bits of output', () => {
  // vectors_hsip64 of the reference implementation, for the bytes 0, 1, 2, …
  const textOf = (bytes: number) =>
    Buffer.from(Array.from({ length: bytes }, (_, i) => i)).toString('utf16le');
  const vectors = [
    '218d1f59b9b83cc8',
    '064f39ef7c50eb57',
    'd5e78a175be52ea1',
    'ce3e91358aa2bc25',
    'edfee820bce4858c',
  ];
  assert.deepEqual(
    vectors.map((_, i) => bytesOf(textOf(2 * i))),
    vectors,
  );
});

test('another key is another hash', () => {
  const other = hashKeyOf(Uint8Array.from({ length: 8 }, (_, i) => i + 1));
  assert.notDeepEqual(keyedHash(KEY, 'req_1'), keyedHash(other, 'req_1'));
});
