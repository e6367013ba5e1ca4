import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type AccessStore, isUsable, type KeyRecord } from '../src/access/access-store.js';
import { KeyRing } from '../src/access/key-ring.js';
import { openAccessStore } from '../src/access/open-access-store.js';
import type { SignIn } from '../src/access/sign-in/sign-in-store.js';
import { ACCESS_FILE } from '../src/access/sqlite-access-store.js';
import { withoutPostgres } from './support/postgres.js';
import { TestDatabase } from './support/test-database.js';

/** What both stores of keys and the audit log promise. */

const KEY: KeyRecord = {
  id: 'abcdefghijkl',
  hash: randomBytes(32),
  name: 'Köln "1"',
  scopes: ['read', 'ingest'],
  project: 'shop',
  origins: [],
  requestsPerMinute: undefined,
  createdAtMs: 1_790_000_000_000,
  expiresAtMs: 1_790_000_060_000,
  revokedAtMs: undefined,
  lastUsedAtMs: undefined,
};

const stores: readonly [
  name: string,
  skip: string | false,
  place: () => Promise<() => Promise<AccessStore>>,
][] = [
  [
    'SQLite',
    false,
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'sojourn-access-'));
      after(() => rmSync(directory, { recursive: true, force: true }));
      return () => openAccessStore({ directory });
    },
  ],
  [
    'PostgreSQL',
    withoutPostgres,
    async () => {
      const { url } = await TestDatabase.create();
      return () => openAccessStore({ url, directory: '' });
    },
  ],
];

for (const [name, skip, place] of stores) {
  describe(`keys and the audit log in ${name}`, { skip }, () => {
    /** Two processes with one store. */
    async function two(): Promise<[AccessStore, AccessStore]> {
      const open = await place();
      const both: [AccessStore, AccessStore] = [await open(), await open()];
      after(() => Promise.all(both.map((store) => store.close())));
      return both;
    }

    test('what one process writes, the other reads at once', async () => {
      const [one, other] = await two();
      assert.deepEqual(Buffer.from(one.secret), Buffer.from(other.secret));
      assert.equal(await other.key(KEY.id), undefined);
      await one.addKey(KEY);
      const browserKey: KeyRecord = {
        ...KEY,
        id: 'zzzzzzzzzzzz',
        scopes: ['ingest-browser'],
        project: undefined,
        origins: ['https://a.example', 'https://*.b.example'],
        requestsPerMinute: 60,
        expiresAtMs: undefined,
      };
      await one.addKey(browserKey);
      const plain = (key: KeyRecord | undefined) => key && { ...key, hash: Buffer.from(key.hash) };
      assert.deepEqual(plain(await other.key(KEY.id)), plain(KEY));
      assert.deepEqual((await other.keys()).map(plain), [plain(KEY), plain(browserKey)]);

      assert.equal(await one.revokeKey(KEY.id, 5), true);
      assert.equal((await other.key(KEY.id))?.revokedAtMs, 5);
      assert.equal(await other.revokeKey(KEY.id, 6), false, 'it was revoked before');
      assert.equal(await other.revokeKey('none', 6), false);
      assert.equal((await one.key(KEY.id))?.revokedAtMs, 5);
    });

    test('the latest use of a key stays', async () => {
      const [one, other] = await two();
      await one.addKey(KEY);
      await one.noteUses(
        new Map([
          [KEY.id, 20],
          ['none', 1],
        ]),
      );
      await other.noteUses(new Map([[KEY.id, 10]]));
      await other.noteUses(new Map());
      assert.equal((await one.key(KEY.id))?.lastUsedAtMs, 20);
    });

    test('the audit log is read newest first, page by page, of all projects or one', async () => {
      const [one] = await two();
      const projects = ['a', 'b', undefined, 'a', 'a'];
      for (const [i, project] of projects.entries()) {
        await one.addAudit({
          atMs: 1_000 + i,
          actor: 'key:x',
          action: 'session.invalidated',
          subject: `s${i}`,
          project,
          detail: { nested: { number: i } },
        });
      }
      const all = await one.audit({ limit: 10 });
      assert.deepEqual(
        all.map(({ subject }) => subject),
        ['s4', 's3', 's2', 's1', 's0'],
      );
      const { id, ...first } = all[0]!;
      assert.deepEqual(first, {
        atMs: 1_004,
        actor: 'key:x',
        action: 'session.invalidated',
        subject: 's4',
        project: 'a',
        detail: { nested: { number: 4 } },
      });
      const ofA = await one.audit({ limit: 2, project: 'a' });
      assert.deepEqual(
        ofA.map(({ atMs }) => atMs),
        [1_004, 1_003],
      );
      const next = await one.audit({ limit: 2, project: 'a', before: ofA.at(-1)!.id });
      assert.deepEqual(
        next.map(({ atMs }) => atMs),
        [1_000],
      );
      assert.ok(id > ofA.at(-1)!.id);
    });

    test('sign-ins are found, listed and ended by any process', async () => {
      const [one, other] = await two();
      const signIn = (actor: string, createdAtMs: number): SignIn => ({
        hash: randomBytes(32),
        actor,
        keyId: actor === 'key:k' ? 'k' : undefined,
        scopes: actor === 'key:k' ? [] : ['read', 'admin'],
        createdAtMs,
        expiresAtMs: createdAtMs + 1_000,
      });
      const [first, second, third] = [signIn('user:ann', 10), signIn('key:k', 20), signIn('user:ann', 30)];
      for (const each of [second, first, third]) await one.addSignIn(each);
      const plain = (each: SignIn | undefined) => each && { ...each, hash: Buffer.from(each.hash) };
      assert.deepEqual((await other.signIns()).map(plain), [third, second, first].map(plain));
      assert.deepEqual(plain(await other.signIn(second.hash)), plain(second));
      assert.equal(await other.endSignIn(second.hash), true);
      assert.equal(await one.endSignIn(second.hash), false);
      assert.equal(await one.signIn(second.hash), undefined);
      assert.equal(await other.endSignInsOf('user:ann'), 2);
      assert.deepEqual(await one.signIns(), []);
      assert.equal(await one.endSignInsOf('user:\0'), 0);
    });

    test('keys are made and revoked with an entry of the audit log, which has no key in it', async () => {
      const [one] = await two();
      let nowMs = 1_790_000_000_000;
      const ring = new KeyRing(one, 'cli:ann', () => nowMs);
      const request = { name: 'n', scopes: ['read'], project: 'p', expiresInMs: 1_000 } as const;
      const { text, key } = await ring.create({ ...request, origins: [], requestsPerMinute: undefined });
      assert.ok(isUsable(key, nowMs));
      assert.ok(!isUsable(key, nowMs + 1_000));
      nowMs += 10;
      assert.equal(await ring.revoke(key.id), 'revoked');
      assert.equal(await ring.revoke(key.id), 'was revoked');
      assert.equal(await ring.revoke('nothing'), undefined);
      const entries = await one.audit({ limit: 10 });
      assert.deepEqual(
        entries.map(({ action, actor, subject, project }) => [action, actor, subject, project]),
        [
          ['key.revoked', 'cli:ann', key.id, 'p'],
          ['key.created', 'cli:ann', key.id, 'p'],
        ],
      );
      assert.ok(!JSON.stringify(entries).includes(text));
      assert.ok(!JSON.stringify(await one.keys()).includes(text.slice(16, -6)));
    });
  });
}

test('the file of keys is for its user only', { skip: process.platform === 'win32' }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sojourn-access-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  const store = await openAccessStore({ directory });
  await store.addKey(KEY);
  for (const file of [ACCESS_FILE, `${ACCESS_FILE}-wal`]) {
    assert.equal(statSync(join(directory, file)).mode & 0o077, 0, file);
  }
  await store.close();
});
