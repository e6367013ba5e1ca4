import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CopyRefusedError, missingInvalidations, missingProjects, takesKey } from './plan.js';
import type { Decisions } from './sides.js';

function decisions(installationKey: string | undefined, rest: Partial<Decisions> = {}): Decisions {
  return { installationKey, projects: [], invalidations: [], ...rest };
}

const SHOP = { no: 1, name: 'shop' };
const BLOG = { no: 3, name: 'blog' };
const SOURCE = decisions('a', {
  projects: [SHOP, BLOG],
  invalidations: [
    { project: 1, session: 'x' },
    { project: 3, session: 'x' },
  ],
});

test('a target without data takes the key of the source, unless it has it already', () => {
  const empty = { last: 0, hasUnnumbered: false };
  assert.equal(takesKey(SOURCE, { ...empty, decisions: decisions(undefined) }), true);
  assert.equal(takesKey(SOURCE, { ...empty, decisions: decisions('b') }), true);
  assert.equal(takesKey(SOURCE, { ...empty, decisions: decisions('a') }), false);
});

test('a target with data is an earlier copy, or it is refused', () => {
  const filled = { last: 5, hasUnnumbered: false };
  assert.equal(takesKey(SOURCE, { ...filled, decisions: decisions('a') }), false);
  for (const target of [
    { ...filled, decisions: decisions('b') },
    { ...filled, last: 0, decisions: decisions('b', { projects: [SHOP] }) },
    { ...filled, last: 0, hasUnnumbered: true, decisions: decisions('b') },
    { ...filled, hasUnnumbered: true, decisions: decisions('a') },
  ])
    assert.throws(() => takesKey(SOURCE, target), CopyRefusedError);
});

test('a source that was never opened has nothing to copy', () => {
  const target = { last: 0, hasUnnumbered: false, decisions: decisions('b') };
  assert.throws(() => takesKey(decisions(undefined), target), /the source has no data/);
});

test('projects and invalidations are added under their numbers, and others are refused', () => {
  assert.deepEqual(missingProjects(SOURCE, decisions('a')), [SHOP, BLOG]);
  assert.deepEqual(missingProjects(SOURCE, decisions('a', { projects: [SHOP] })), [BLOG]);
  for (const project of [
    { no: 2, name: 'shop' },
    { no: 1, name: 'blog' },
  ])
    assert.throws(() => missingProjects(SOURCE, decisions('a', { projects: [project] })), CopyRefusedError);

  const [first, second] = SOURCE.invalidations;
  assert.deepEqual(missingInvalidations(SOURCE, decisions('a', { invalidations: [first!] })), [second]);
  const other = decisions('a', { invalidations: [{ project: 1, session: 'y' }] });
  assert.throws(() => missingInvalidations(SOURCE, other), /invalidated there/);
});
