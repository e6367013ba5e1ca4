import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BlockSet } from './block-set.js';

test('it has the blocks that were added, and no others', () => {
  const BLOCK = fc.oneof(
    fc.integer({ min: 1, max: 200 }),
    fc.integer({ min: 4090, max: 4100 }),
    fc.maxSafeInteger().map(Math.abs),
  );
  fc.assert(
    fc.property(fc.array(BLOCK), fc.array(BLOCK), (added, others) => {
      const blocks = new BlockSet();
      for (const block of added) blocks.add(block);
      const expected = new Set(added);
      assert.equal(blocks.size, expected.size);
      for (const block of [...added, ...others]) assert.equal(blocks.has(block), expected.has(block));
    }),
  );
});
