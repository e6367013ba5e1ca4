import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSqliteAccessStore } from '../../access/sqlite-access-store.js';
import { lockDirectory } from './directory-lock.js';

const permissions = (path: string): number => statSync(path).mode & 0o777;

test('a data directory that is made is for its user only; one that exists stays as it is', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sojourn-lock-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const made = join(folder, 'parent', 'data');
  lockDirectory(made).release();
  assert.equal(permissions(made), 0o700);

  const byKeys = join(folder, 'keys');
  await openSqliteAccessStore(byKeys).close();
  assert.equal(permissions(byKeys), 0o700);

  const existing = join(folder, 'existing');
  mkdirSync(existing);
  chmodSync(existing, 0o750);
  lockDirectory(existing).release();
  assert.equal(permissions(existing), 0o750);
});
