import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

for (const [language, script] of [
  ['TypeScript', 'web-api.mjs'],
  ['Python', 'python-types.mjs'],
] as const) {
  test(`the types of the client in ${language} match the OpenAPI document`, () => {
    const path = fileURLToPath(new URL(`../../scripts/${script}`, import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [path, '--check'], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });
}
