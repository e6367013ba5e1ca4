import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { declaredKeys } from '../attributes.js';
import { DIALECTS } from './registry.js';

test('names are unique, and the general dialect is the last', () => {
  const names = DIALECTS.map(({ name }) => name);
  assert.deepEqual([...new Set(names)], names);
  assert.equal(names.at(-1), 'otel-genai');
});

test('patterns are anchored at one end at least, and keep no place between records', () => {
  for (const { name, recognizedBy, kinds } of DIALECTS) {
    for (const value of [...recognizedBy, ...kinds].flatMap((rule) => Object.values(rule))) {
      if (!(value instanceof RegExp)) continue;
      assert.match(value.source, /^\^|\$$/, name);
      assert.equal(value.flags, '', name);
    }
  }
});

test('records are bound by the keys that RULES_VERSION stands for', () => {
  const keys = [
    DIALECTS.flatMap(({ sessionKeys }) => sessionKeys),
    DIALECTS.flatMap(({ looseSessionKeys }) => looseSessionKeys ?? []),
  ];
  const names = keys.map((some) => some.map((key) => declaredKeys()[key]!.name));
  assert.equal(
    createHash('sha256').update(JSON.stringify(names)).digest('hex').slice(0, 16),
    '8f7bda44bd8b77e9',
    'The session keys of the dialects or their order have changed, which binds stored records to other sessions: raise RULES_VERSION in src/store/engine/engine.ts and update this hash.',
  );
});

test('docs/dialects.md is what the tables say (npm run docs:dialects)', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/dialects.mjs', '--check'], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
});
