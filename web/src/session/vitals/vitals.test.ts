import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ratingOf, VITALS, type VitalName } from './vitals.js';

const vital = (name: VitalName) => VITALS.find((each) => each.name === name)!;

test('vitals are rated by the limits of web.dev, which belong to the better side', () => {
  for (const each of VITALS) {
    const [good, needsImprovement] = each.limits;
    assert.deepEqual(
      [good, good * 1.01, needsImprovement, needsImprovement * 1.01].map((value) => ratingOf(each, value)),
      ['good', 'needs improvement', 'needs improvement', 'poor'],
    );
  }
  assert.equal(ratingOf(vital('lcp'), 2500), 'good');
  assert.equal(ratingOf(vital('ttfb'), 801), 'needs improvement');
});

test('shifts have at most three decimal places, times have a unit', () => {
  assert.equal(vital('cls').format(0.10000000149), '0.1');
  assert.equal(vital('lcp').format(2600), '2.6 s');
});
