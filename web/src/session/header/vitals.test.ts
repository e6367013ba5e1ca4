import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ratingOf } from './vitals.js';

test('vitals are judged by the thresholds of web.dev, which are still of the better side', () => {
  assert.equal(ratingOf('lcp', 2500), 'good');
  assert.equal(ratingOf('lcp', 4000), 'needs improvement');
  assert.equal(ratingOf('lcp', 4001), 'poor');
  assert.equal(ratingOf('cls', 0.1), 'good');
  assert.equal(ratingOf('inp', 501), 'poor');
  assert.equal(ratingOf('ttfb', 801), 'needs improvement');
});
