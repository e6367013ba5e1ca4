import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitting, moved, readChoice, USUAL, withColumn, withWidth } from './column-choice.js';

test('columns are hidden, shown in their usual place, and moved', () => {
  const without = withColumn(USUAL, 'user', false);
  assert.equal(without.shown.includes('user'), false);
  assert.deepEqual(withColumn(without, 'user', true), USUAL);
  const first = moved(USUAL, 'state', -1);
  assert.deepEqual(first.shown.slice(0, 2), ['state', 'title']);
  assert.equal(moved(first, 'state', -1), first);
});

test('widths are bounded, kept and taken back', () => {
  const narrow = withWidth(USUAL, 'title', 3);
  assert.deepEqual(narrow.widths, { title: 40 });
  assert.deepEqual(readChoice(JSON.parse(JSON.stringify(narrow))), narrow);
  assert.deepEqual(withWidth(narrow, 'title', undefined), USUAL);
});

test('a kept choice that is damaged, or of another version, does no harm', () => {
  assert.equal(readChoice(null), USUAL);
  assert.equal(readChoice('x'), USUAL);
  const odd = { shown: ['cost', 'gone', 'cost', 7], widths: { gone: 3, cost: 'wide' } };
  assert.deepEqual(readChoice(odd), { shown: ['cost'], widths: {} });
});

test('a narrower page leaves out what matters least, and keeps the order', () => {
  const all = fitting(USUAL, 2_000).map(({ id }) => id);
  assert.deepEqual(all, USUAL.shown);
  const some = fitting(USUAL, 1_024).map(({ id }) => id);
  assert.ok(some.length < all.length && some.includes('title') && some.includes('cost'));
  assert.deepEqual(
    some,
    all.filter((id) => some.includes(id)),
  );
});
