import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { LOG_FOLDER } from '../schema.js';
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

test('blocks that could not be indexed are tried again, also if no further ones come', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'sojourn-text-'));
  t.after(() => rmSync(directory, { recursive: true }));
  let told!: (message: string) => void;
  const failure = (): Promise<string> =>
    new Promise((resolve) => {
      told = resolve;
    });
  let nowMs = 0;
  const indexing = new TextIndexing(
    { directory, progress: (message) => told(message), nowMs: () => nowMs },
    0,
  );
  // There is no log to read, and then something else is in its place: two reasons, each of which is told once.
  const first = failure();
  indexing.follow(20);
  assert.match(await first, /is tried again: ENOENT/);
  writeFileSync(join(directory, LOG_FOLDER), '');
  const second = failure();
  nowMs += 2_000;
  indexing.follow(20);
  assert.match(await second, /is tried again: ENOTDIR/);
  await indexing.close();
});
