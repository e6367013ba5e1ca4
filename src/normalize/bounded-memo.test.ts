import assert from 'node:assert/strict';
import test from 'node:test';
import { BoundedMemo } from './bounded-memo.js';

test('computes once and remembers undefined too', () => {
  const memo = new BoundedMemo<string | undefined>(4);
  const computed: string[] = [];
  const compute = (key: string) => {
    computed.push(key);
    return undefined;
  };
  memo.get('a', compute);
  memo.get('a', compute);
  assert.deepEqual(computed, ['a']);
});

test('never holds more than its limit, and keeps what is used', () => {
  const memo = new BoundedMemo<number>(8);
  let computed = 0;
  const compute = () => ++computed;
  memo.get('used', compute);
  for (let i = 0; i < 1000; i++) {
    memo.get(`key ${i}`, compute);
    memo.get('used', () => assert.fail('forgot what is in use'));
    assert.ok(memo.size <= memo.limit);
  }
});
