import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FairQueue } from './fair-queue.js';

test('clients take turns, however many requests one of them has', () => {
  const queue = new FairQueue<string>();
  for (const item of ['a1', 'a2', 'a3', 'a4']) queue.push('a', 's', item);
  queue.push('b', 's', 'b1');
  queue.push('c', 's', 'c1');
  queue.push('b', 's', 'b2');
  assert.equal(queue.size, 7);
  assert.equal(queue.sizeOf('a'), 4);
  assert.deepEqual(queue.clear(), ['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
  assert.equal(queue.size, 0);
});

test('the sessions of one client take turns as well, and each session keeps its order', () => {
  const queue = new FairQueue<string>();
  for (const item of ['s1', 's2', 's3']) queue.push('a', 's', item);
  for (const item of ['t1', 't2']) queue.push('a', 't', item);
  assert.deepEqual(queue.clear(), ['s1', 't1', 's2', 't2', 's3']);
});

test('a client that returns after its turn is behind all that wait', () => {
  const queue = new FairQueue<string>();
  queue.push('a', 's', 'a1');
  queue.push('b', 's', 'b1');
  queue.push('b', 's', 'b2');
  assert.equal(queue.take(), 'a1');
  queue.push('a', 's', 'a2');
  assert.deepEqual(queue.clear(), ['b1', 'a2', 'b2']);
});

test('removing an item keeps the order of the others', () => {
  const queue = new FairQueue<string>();
  for (const item of ['a1', 'a2', 'a3']) queue.push('a', 's', item);
  queue.push('b', 's', 'b1');
  assert.equal(queue.remove('a', 's', 'a2'), true);
  assert.equal(queue.remove('a', 's', 'a2'), false);
  assert.equal(queue.remove('b', 's', 'b1'), true);
  assert.equal(queue.remove('c', 's', 'a1'), false);
  assert.equal(queue.sizeOf('b'), 0);
  assert.deepEqual(queue.clear(), ['a1', 'a3']);
  assert.equal(queue.take(), undefined);
});
