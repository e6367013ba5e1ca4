import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { TextIndexing } from './text-indexing.js';
import { TextReader } from './text-reader.js';

test('no reader is the first to open the index: of several that are, SQLite refuses all but one', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'sojourn-text-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const indexing = new TextIndexing({ directory, progress: () => {} }, 0);
  const reader = new TextReader(directory);
  // A reader that is the first one creates this file.
  assert.ok(!readdirSync(directory).includes('search.sqlite-shm'));
  assert.equal((await reader.state()).indexedTo, 0);
  reader.close();
  await indexing.close();
});
