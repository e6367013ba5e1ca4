import assert from 'node:assert/strict';
import { test } from 'node:test';
import { together } from './together.js';

test('results are in the order of the reads', async () => {
  let end = (_: number): void => {};
  const late = new Promise<number>((resolve) => {
    end = resolve;
  });
  const both = together([late, Promise.resolve('b')]);
  end(1);
  assert.deepEqual(await both, [1, 'b']);
});

test('the first failure is thrown when all have ended', async () => {
  const order: string[] = [];
  let end = (): void => {};
  const late = new Promise<void>((resolve) => {
    end = resolve;
  }).then(() => order.push('late'));
  const thrown = assert.rejects(together([Promise.reject(new Error('failed')), late]), /failed/);
  const both = thrown.then(() => order.push('together'));
  end();
  await both;
  assert.deepEqual(order, ['late', 'together']);
});
