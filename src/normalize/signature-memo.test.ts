import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Signature, SignatureMemo } from './signature-memo.js';

function signatureOf(content: Uint8Array): Signature {
  const words = new Int32Array(Math.ceil(content.length / 4) + 1);
  const bytes = Buffer.from(words.buffer);
  bytes.set(content);
  return { words, bytes, length: content.length };
}

test('gives what was computed for the same bytes, whatever else is remembered, and in the same memory', () => {
  const contents = fc.array(fc.uint8Array({ maxLength: 9 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(contents, fc.integer({ min: 1, max: 8 }), (all, capacity) => {
      const memo = new SignatureMemo<string>(capacity);
      const scratch = new Int32Array(4);
      const bytes = Buffer.from(scratch.buffer);
      for (const content of all) {
        bytes.fill(0).set(content);
        const hex = Buffer.from(content).toString('hex');
        assert.equal(
          memo.get({ words: scratch, bytes, length: content.length }, () => hex),
          hex,
        );
      }
    }),
  );
});

test('computes once for what is in use, and remembers undefined too', () => {
  const memo = new SignatureMemo<undefined>(8);
  let computed = 0;
  for (let i = 0; i < 1000; i++) {
    memo.get(signatureOf(Buffer.from('used')), () => {
      computed++;
      return undefined;
    });
    memo.get(signatureOf(Buffer.from(`key ${i}`)), () => undefined);
  }
  assert.equal(computed, 1);
});
