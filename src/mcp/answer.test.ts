import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Part, partsWithin } from './answer.js';

/** A list without an end, whose parts have so many lines. */
function endless(linesOf: (part: number) => number) {
  let reads = 0;
  return {
    get reads() {
      return reads;
    },
    read: async (cursor: string | undefined): Promise<Part> => {
      const part = Number(cursor ?? 0);
      reads++;
      return { lines: Array<string>(linesOf(part)).fill('a line'), next: String(part + 1) };
    },
  };
}

test('parts are read until the answer has its length', async () => {
  const list = endless(() => 10);
  const { lines, next } = await partsWithin(1_000, undefined, list.read, 'a title');
  // 70 characters a part, of 4,000; the part that does not fit is left to the next call.
  assert.deepEqual([lines.length, next, list.reads], [571, '57', 58]);
});

test('parts with hardly anything end the answer soon, which goes on at its cursor', async () => {
  const empty = endless(() => 0);
  assert.deepEqual(await partsWithin(1_000, undefined, empty.read, 'a title'), {
    lines: ['a title'],
    next: '5',
  });
  assert.equal((await partsWithin(1_000, '5', empty.read)).next, '10');
  assert.equal(empty.reads, 10);
  const mixed = endless((part) => (part % 2 === 0 ? 10 : 1));
  assert.equal((await partsWithin(1_000, undefined, mixed.read)).next, '10');
});
