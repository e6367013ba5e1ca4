import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { type AttributeKey, declaredKeys } from '../attributes.js';
import { sessionKeysOf } from '../session-id.js';
import { DIALECTS, GENAI_DIALECTS } from './registry.js';

test('names are unique, and the general dialect is the last', () => {
  const names = DIALECTS.map(({ name }) => name);
  assert.deepEqual([...new Set(names)], names);
  assert.equal(GENAI_DIALECTS.at(-1)!.name, 'otel-genai');
});

test('patterns are anchored at one end at least, and keep no place between records', () => {
  for (const { name, recognizedBy, kinds } of GENAI_DIALECTS) {
    for (const value of [...recognizedBy, ...kinds].flatMap((rule) => Object.values(rule))) {
      if (!(value instanceof RegExp)) continue;
      assert.match(value.source, /^\^|\$$/, name);
      assert.equal(value.flags, '', name);
    }
  }
});

test('records are bound by the keys that RULES_VERSION stands for', () => {
  const nameOf = (key: AttributeKey) => declaredKeys()[key]!.name;
  const binding = [
    sessionKeysOf(DIALECTS).map(nameOf),
    DIALECTS.flatMap(({ scopedSessionKeys: scoped }) =>
      scoped === undefined ? [] : [[String(scoped.scopeName), scoped.keys.map(nameOf)]],
    ),
    DIALECTS.flatMap(({ noSessions = [] }) =>
      noSessions.map(({ key, value }) => [nameOf(key), String(value)]),
    ),
  ];
  assert.equal(
    createHash('sha256').update(JSON.stringify(binding)).digest('hex').slice(0, 16),
    'c544b88a80efd551',
    'The session keys of the dialects or their order have changed, which binds stored records to other sessions: raise RULES_VERSION in src/store/engine/engine.ts and update this hash.',
  );
});

test('docs/dialects.md is what the tables say (npm run docs:dialects)', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/dialects.mjs', '--check'], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
});
