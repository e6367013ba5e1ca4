import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inOrder } from './by-rank.js';

test('smaller ranks come first, and equal ranks in the order of the lists', () => {
  assert.deepEqual(
    inOrder([{ 80: ['late'], 10: ['early'] }, undefined, ['plain', 'plain too'], { 50: ['as plain'] }]),
    ['early', 'plain', 'plain too', 'as plain', 'late'],
  );
});

test('of equal values the first stays', () => {
  assert.deepEqual(inOrder([{ 60: ['a'] }, ['b', 'a']]), ['b', 'a']);
  assert.deepEqual(inOrder([]), []);
});
