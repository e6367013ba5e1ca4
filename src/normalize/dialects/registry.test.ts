import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { DIALECTS, GENAI_DIALECTS } from './registry.js';

test('names are unique, and the general dialect is the last', () => {
  const names = DIALECTS.map(({ name }) => name);
  assert.deepEqual([...new Set(names)], names);
  assert.equal(GENAI_DIALECTS.at(-1)!.name, 'otel-genai');
});

test('patterns are anchored at one end at least, and are stateless', () => {
  for (const { name, recognizedBy, kinds } of GENAI_DIALECTS) {
    for (const value of [...recognizedBy, ...kinds].flatMap((rule) => Object.values(rule))) {
      if (!(value instanceof RegExp)) continue;
      assert.match(value.source, /^\^|\$$/, name);
      assert.equal(value.flags, '', name);
    }
  }
});

test('docs/dialects.md is up to date (npm run docs:dialects)', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/dialects.mjs', '--check'], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
});
