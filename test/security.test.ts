import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Whether there is such a file or folder; `*` at the beginning of a name stands for any text. */
function isThere(path: string): boolean {
  const name = basename(path);
  if (!name.startsWith('*')) return existsSync(path);
  return readdirSync(dirname(path)).some((each) => each.endsWith(name.slice(1)));
}

test('every risk of the table in SECURITY.md has its test, and the test is there', () => {
  const rows = readFileSync(`${ROOT}SECURITY.md`, 'utf8')
    .split('\n')
    .filter((line) => /^\| API\d+ /.test(line));
  assert.equal(rows.length, 10);
  const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { scripts: object };
  for (const row of rows) {
    const lastCell = row.split('|').at(-2)!;
    const tests = [...lastCell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
    assert.notEqual(tests.length, 0, row);
    for (const name of tests) {
      const script = /^npm run (\S+)$/.exec(name)?.[1];
      if (script !== undefined) assert.ok(script in scripts, name);
      else assert.ok(isThere(join(ROOT, name)), name);
    }
  }
});
