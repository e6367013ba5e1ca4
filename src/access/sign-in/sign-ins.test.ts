import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { AccessStore, KeyRecord } from '../access-store.js';
import type { Credentials } from '../credentials.js';
import { openSqliteAccessStore } from '../sqlite-access-store.js';
import { SignIns } from './sign-ins.js';

const HOUR = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), 'sojourn-sign-ins-'));
const store: AccessStore = openSqliteAccessStore(folder);
let nowMs = Date.UTC(2026, 10, 30);
const audited: string[] = [];
const signIns = signInsOf(store);
after(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

function signInsOf(used: AccessStore): SignIns {
  return new SignIns({
    store: used,
    lifetimeMs: HOUR,
    path: '/sojourn/',
    randomBytes,
    nowMs: () => nowMs,
    audit: async ({ action, actor, subject }) => void audited.push(`${action} ${actor} ${subject}`),
  });
}

async function addKey(id: string, more: Partial<KeyRecord> = {}): Promise<void> {
  await store.addKey({
    id,
    hash: new Uint8Array(32),
    name: 'dashboards',
    scopes: ['read', 'ingest'],
    project: 'shop',
    origins: [],
    requestsPerMinute: undefined,
    createdAtMs: nowMs,
    expiresAtMs: undefined,
    revokedAtMs: undefined,
    lastUsedAtMs: undefined,
    ...more,
  });
}

/** What a browser sends back of `Set-Cookie`. */
function cookieIn(setCookie: string): string {
  return setCookie.split(';', 1)[0]!;
}

function asked(cookie: string | undefined, by = signIns): ReturnType<SignIns['authenticate']> {
  const header: Credentials['header'] = (name) => (name === 'cookie' ? cookie : undefined);
  return by.authenticate({ header, address: '127.0.0.1', peer: '127.0.0.1' });
}

test('a sign-in by a key reads and administers like the key, sends nothing, and ends with the key', async () => {
  await addKey('abc');
  const set = await signIns.begin({ keyId: 'abc' }, true);
  assert.match(
    set,
    /^sojourn_session=\S+; Path=\/sojourn\/; Max-Age=3600; HttpOnly; SameSite=Strict; Secure$/,
  );
  const expected = {
    actor: 'key:abc',
    name: 'dashboards',
    via: 'session',
    scopes: ['read'],
    project: 'shop',
  };
  assert.deepEqual(await asked(cookieIn(set)), expected);
  await store.revokeKey('abc', nowMs);
  assert.equal(await asked(cookieIn(set)), undefined);
});

test('it ends when the key expires', async () => {
  await addKey('brief', { expiresAtMs: nowMs + 1_000 });
  const cookie = cookieIn(await signIns.begin({ keyId: 'brief' }, false));
  assert.notEqual(await asked(cookie), undefined);
  nowMs += 1_000;
  assert.equal(await asked(cookie), undefined);
});

test('a user signs in for a while, in every process', async () => {
  const cookie = cookieIn(await signIns.begin({ user: 'alice', scopes: ['read', 'admin'] }, false));
  const other = openSqliteAccessStore(folder);
  try {
    const identity = await asked(cookie, signInsOf(other));
    assert.deepEqual([identity?.actor, identity?.scopes], ['user:alice', ['read', 'admin']]);
    nowMs += HOUR - 1;
    assert.notEqual(await asked(cookie), undefined);
    nowMs += 1;
    assert.equal(await asked(cookie), undefined);
  } finally {
    await other.close();
  }
});

test('signing out ends this sign-in and no other; all of someone can be ended', async () => {
  const begin = async (user: string): Promise<string> =>
    cookieIn(await signIns.begin({ user, scopes: ['read'] }, false));
  const [first, second, third, other] = [
    await begin('bob'),
    await begin('bob'),
    await begin('bob'),
    await begin('carol'),
  ];
  const live = async (): Promise<boolean[]> =>
    Promise.all([first, second, third, other].map(async (each) => (await asked(each)) !== undefined));
  audited.length = 0;
  assert.match(await signIns.end(first, 'user:bob', false), /^sojourn_session=; .*Max-Age=0/);
  assert.deepEqual(await live(), [false, true, true, true]);
  await signIns.end(first, 'user:bob', false);
  assert.equal(await signIns.revoke('user:bob', 'user:root'), 2);
  assert.equal(await signIns.revoke('user:bob', 'user:root'), 0);
  assert.deepEqual(await live(), [false, false, false, true]);
  assert.deepEqual(audited, ['sign_in.ended user:bob user:bob', 'sign_in.ended user:root user:bob']);
});

test('those that hold are listed, the latest first, and one ends by its id', async () => {
  for (const { id } of await signIns.list()) await signIns.revoke(id, 'user:root');
  await addKey('listed');
  await addKey('gone');
  await signIns.begin({ keyId: 'gone' }, false);
  nowMs += 1;
  const cookie = cookieIn(await signIns.begin({ keyId: 'listed' }, false));
  nowMs += 1;
  await signIns.begin({ user: 'alice', scopes: ['read'] }, false);
  await signIns.begin({ user: 'alice', scopes: ['read'] }, false);
  await store.revokeKey('gone', nowMs);
  const listed = await signIns.list();
  assert.deepEqual(
    listed.map(({ identity, createdAtMs, expiresAtMs }) => [
      identity.actor,
      identity.project,
      nowMs - createdAtMs,
      expiresAtMs - createdAtMs,
    ]),
    [
      ['user:alice', undefined, 0, HOUR],
      ['user:alice', undefined, 0, HOUR],
      ['key:listed', 'shop', 1, HOUR],
    ],
  );
  const [one, other, byKey] = listed as [(typeof listed)[0], (typeof listed)[0], (typeof listed)[0]];
  assert.ok(!cookie.includes(byKey.id));
  audited.length = 0;
  assert.equal(await signIns.revoke(one.id, 'user:root'), 1);
  assert.equal(await signIns.revoke(one.id, 'user:root'), 0);
  assert.deepEqual(
    (await signIns.list()).map(({ id }) => id),
    [other.id, byKey.id],
  );
  assert.equal(await signIns.revoke(byKey.id, 'user:root'), 1);
  assert.equal(await asked(cookie), undefined);
  nowMs += HOUR;
  assert.deepEqual(await signIns.list(), []);
  assert.deepEqual(audited, ['sign_in.ended user:root user:alice', 'sign_in.ended user:root key:listed']);
});

test('a cookie cannot be made or changed', async () => {
  const cookie = cookieIn(await signIns.begin({ user: 'dora', scopes: ['read'] }, false));
  const [name, id, signature] = cookie.split(/[=.]/) as [string, string, string];
  const flipped = `${id.startsWith('A') ? 'B' : 'A'}${id.slice(1)}`;
  for (const wrong of [
    undefined,
    '',
    name,
    `${name}=${id}`,
    `${name}=${flipped}.${signature}`,
    `x${cookie}`,
  ]) {
    assert.equal(await asked(wrong), undefined, wrong);
  }
});

test('sign-ins that have expired are forgotten', async () => {
  await countOf();
  await signIns.begin({ user: 'erin', scopes: ['read'] }, false);
  nowMs += 2 * HOUR;
  await signIns.begin({ user: 'fay', scopes: ['read'] }, false);
  assert.equal(await countOf(), 1);
});

/** How many there are: ends them. */
async function countOf(): Promise<number> {
  let count = 0;
  for (const user of ['alice', 'bob', 'carol', 'dora', 'erin', 'fay']) {
    const ended = await store.endSignInsOf(`user:${user}`);
    count += ended;
  }
  return count;
}
