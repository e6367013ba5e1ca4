import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { mixWord, type Signature, SignatureMemo } from './signature-memo.js';

interface Value {
  readonly of: string;
}

function sign(to: Signature, words: readonly number[], hashOf = mixWord): void {
  to.begin(0);
  for (const word of words) {
    to.words[to.length++] = word;
    to.hash = hashOf(to.hash, word);
  }
}

function lookUp(memo: SignatureMemo<Value>, words: readonly number[], hashOf = mixWord): [Value, boolean] {
  sign(memo.signature, words, hashOf);
  const known = memo.recall();
  if (known !== undefined) return [known, true];
  const value = { of: words.join() };
  memo.remember(value);
  return [value, false];
}

const signatures = fc.array(fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 5 }), {
  minLength: 1,
  maxLength: 200,
});

test('gives what was computed for the same words, whatever else is remembered', () => {
  fc.assert(
    fc.property(signatures, fc.integer({ min: 1, max: 8 }), fc.boolean(), (all, capacity, collide) => {
      const memo = new SignatureMemo<Value>(capacity);
      // All with one hash is the worst that a sender can bring about.
      const hashOf = collide ? () => 7 : mixWord;
      for (const words of all) assert.equal(lookUp(memo, words, hashOf)[0].of, words.join());
    }),
  );
});

test('computes once for what is in use', () => {
  const memo = new SignatureMemo<Value>(8);
  let computed = 0;
  for (let i = 0; i < 1000; i++) {
    if (!lookUp(memo, [-1])[1]) computed++;
    lookUp(memo, [i]);
  }
  assert.equal(computed, 1);
});

test('remembers what was looked up last, and forgets the rest', () => {
  const memo = new SignatureMemo<Value>(64);
  for (let i = 0; i < 1000; i++) lookUp(memo, [i]);
  assert.ok(lookUp(memo, [999])[1]);
  assert.ok(!lookUp(memo, [0])[1]);
});

test('long signatures push each other out: a table of few places holds few words', () => {
  const memo = new SignatureMemo<Value>(1024);
  const long = (i: number) => [i, ...new Array<number>(1000).fill(i)];
  for (let i = 0; i < 1000; i++) lookUp(memo, long(i));
  assert.ok(lookUp(memo, long(999))[1]);
  assert.ok(!lookUp(memo, long(1))[1]);
});
