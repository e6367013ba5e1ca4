import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openEngine } from '../../../test/support/engine.js';
import { createNormalizer, FACTS_VERSION } from '../../normalize/create.js';
import { RULES_VERSION, sessionIdentity, textOf } from '../engine/identity.js';
import { Meta, openDatabase } from './database.js';
import { DataDirectoryError } from './directory-lock.js';
import { refuseNewerRows } from './newer-rows.js';

const root = mkdtempSync(join(tmpdir(), 'sojourn-newer-rows-'));
after(() => rmSync(root, { recursive: true }));

const OPTIONS = { userIds: 'keep', clientIp: 'keep', geoDatabase: undefined } as const;
const normalizer = await createNormalizer({ ...OPTIONS, userIdKey: new Uint8Array(32) });

test('sessions made by newer rules are refused, naming the versions, and others are accepted', () => {
  const directory = join(root, 'data');
  openEngine(directory, { normalizer, settings: textOf(sessionIdentity(OPTIONS)), now: () => 1n }).db.close();
  const db = openDatabase(directory, { cacheBytes: 1 << 20 });
  const meta = new Meta(db);
  const refuse = () => refuseNewerRows(directory, db, 'sessions.sqlite');
  const withFacts = (facts: number) => textOf({ ...sessionIdentity(OPTIONS), facts: String(facts) });
  refuse();
  for (const rules of [RULES_VERSION - 1, RULES_VERSION]) {
    meta.set('rules', rules);
    refuse();
  }
  meta.set('rules', RULES_VERSION + 1);
  assert.throws(refuse, DataDirectoryError);
  assert.throws(
    refuse,
    new RegExp(`rules ${RULES_VERSION + 1}, .* knows ${RULES_VERSION} .*sessions\\.sqlite`),
  );
  meta.set('rules', RULES_VERSION);
  for (const settings of [
    withFacts(FACTS_VERSION - 1),
    '["of an older form", 99]',
    withFacts(FACTS_VERSION),
  ]) {
    meta.set('settings', settings);
    refuse();
  }
  meta.set('settings', withFacts(FACTS_VERSION + 1));
  assert.throws(refuse, new RegExp(`facts ${FACTS_VERSION + 1};`));
  db.close();
});
