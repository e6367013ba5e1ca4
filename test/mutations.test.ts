import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

/** `npm run mutate` takes half a minute per rule. This checks quickly that each rule is where it looks for it. */

type Mutation = readonly [rule: string, file: string, find: string, replacement: string];

const MODULE = new URL('../../scripts/mutations.mjs', import.meta.url).href;
const { MUTATIONS } = (await import(MODULE)) as { MUTATIONS: readonly Mutation[] };

test('every counting rule occurs once where the mutation check disables it', () => {
  assert.ok(MUTATIONS.length > 50);
  for (const [rule, file, find] of MUTATIONS) {
    const compiled = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
    assert.equal(compiled.split(find).length - 1, 1, `${rule}: "${find}" in ${file}`);
  }
});
