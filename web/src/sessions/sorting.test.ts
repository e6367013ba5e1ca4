import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSorted, nextSorting, readSorting } from './sorting.js';

test('the usual order has no parameter, and what is unknown is ignored', () => {
  assert.deepEqual(readSorting({ sort: 'start', order: 'desc' }), {});
  assert.deepEqual(readSorting({ sort: 'nothing', order: 'up' }), {});
  assert.deepEqual(readSorting({ sort: 'cost', order: 'asc' }), { sort: 'cost', order: 'asc' });
  assert.equal(isSorted(readSorting({ order: 'asc' })), true);
});

test('a click sorts by greatest, then by least, then as usual', () => {
  const first = nextSorting({}, 'cost');
  assert.deepEqual(first, { sort: 'cost' });
  const second = nextSorting(first, 'cost');
  assert.deepEqual(second, { sort: 'cost', order: 'asc' });
  assert.deepEqual(nextSorting(second, 'cost'), {});
  assert.deepEqual(nextSorting(second, 'tokens'), { sort: 'tokens' });
  assert.deepEqual(nextSorting({}, 'start'), { order: 'asc' });
});
