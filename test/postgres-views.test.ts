import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openAccessStore } from '../src/access/open-access-store.js';
import { otherDatabases } from '../src/store/sqlite/kept-snapshot.js';
import { TEXT_FILE } from '../src/store/sqlite/text/text-file.js';
import { openViewStore } from '../src/views/open-view-store.js';
import type { ViewStore } from '../src/views/view-store.js';
import { withoutPostgres } from './support/postgres.js';
import { TestDatabase } from './support/test-database.js';

/** Saved views over both stores. */

const directory = mkdtempSync(join(tmpdir(), 'sojourn-views-'));
after(() => rmSync(directory, { recursive: true, force: true }));

async function savesViews(open: () => Promise<ViewStore>): Promise<void> {
  const one = await open();
  const other = await open();
  const view = { project: 'shop', name: 'b', query: 'sort=cost', savedAtMs: 1 };
  await one.put(view);
  await one.put({ ...view, name: 'Ä "é"' });
  await one.put({ ...view, name: 'B' });
  await one.put({ ...view, project: 'till' });
  const names = async (store: ViewStore) => (await store.list('shop')).map(({ name }) => name);
  assert.deepEqual(await names(other), ['B', 'b', 'Ä "é"'], 'what one writes the other reads');
  const changed = { ...view, query: 'range=all', savedAtMs: 2 };
  await other.put(changed);
  assert.deepEqual(
    (await one.list('shop')).find(({ name }) => name === 'b'),
    changed,
  );
  assert.deepEqual([await one.remove('shop', 'B'), await other.remove('shop', 'B')], [true, false]);
  await Promise.all([one.close(), other.close()]);
  const again = await open();
  assert.deepEqual(await names(again), ['b', 'Ä "é"'], 'what was saved is there after a restart');
  assert.deepEqual(await again.list('till'), [{ ...view, project: 'till' }], 'projects are apart');
  await again.close();
}

test('views are saved, replaced and deleted by name, in a data directory, whose backups have them', async () => {
  await savesViews(() => openViewStore({ directory }));
  // The index of content is derived, and changes all the time.
  writeFileSync(join(directory, TEXT_FILE), '');
  assert.deepEqual(otherDatabases(directory), ['views.sqlite']);
});

test('views in PostgreSQL', { skip: withoutPostgres }, async () => {
  const { url } = await TestDatabase.create();
  // Brings the tables.
  await (await openAccessStore({ url, directory: '' })).close();
  await savesViews(() => openViewStore({ url, directory: '' }));
});
