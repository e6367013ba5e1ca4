import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from 'pg';
import { withoutPostgres } from '../support/postgres.js';
import { runCommand, startServer, type TestServer } from '../support/server.js';
import { TestDatabase } from '../support/test-database.js';

/** Sign-ins of the page over two processes and one database: each knows those of the other, and when they end. */

const ME = '/api/v1/me';

describe('sign-ins over two processes and one database', { skip: withoutPostgres }, () => {
  let database: TestDatabase;
  let client: Client;
  let servers: [TestServer, TestServer];
  let admin: string;

  const keys = (...args: readonly string[]) => runCommand('keys', ...args, '--store', database.url);
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

  async function createKey(scope: string): Promise<string> {
    const { code, stdout, stderr } = await keys(
      'create',
      '--name',
      scope,
      '--scope',
      scope,
      '--all-projects',
    );
    assert.equal(code, 0, stderr);
    return stdout.trim();
  }

  before(async () => {
    database = await TestDatabase.create();
    client = new Client({ connectionString: database.url });
    await client.connect();
    admin = await createKey('admin');
    const flags = ['--host', '0.0.0.0', '--sign-in-lifetime', '1h'];
    const start = () => startServer({ database, flags });
    servers = [await start(), await start()];
  });
  after(async () => {
    for (const server of servers ?? []) await server.dispose();
    await client?.end();
    await database?.close();
  });

  /** The cookie of a new sign-in, as a browser sends it. */
  async function signIn(server: TestServer, key: string): Promise<string> {
    const response = await server.fetch('/api/v1/sign-in', { method: 'POST', headers: bearer(key) });
    assert.equal(response.status, 200, await response.text());
    const cookie = response.headers.get('set-cookie')!;
    assert.match(cookie, /HttpOnly; SameSite=Strict/);
    assert.match(cookie, /Max-Age=3600;/);
    return cookie.split(';')[0]!;
  }

  const statuses = (cookie: string) =>
    Promise.all(servers.map(async (server) => (await server.fetch(ME, { headers: { cookie } })).status));

  test('a cookie of one is valid at the other, and ends at both with the sign-out at either', async () => {
    for (const [one, other] of [servers, [...servers].reverse()] as [TestServer, TestServer][]) {
      const [cookie, second] = [await signIn(one, admin), await signIn(one, admin)];
      const answer = await other.fetch(ME, { headers: { cookie } });
      assert.equal(answer.status, 200);
      assert.equal(((await answer.json()) as { name: string }).name, 'admin');
      const signOut = (origin: string) =>
        other.fetch('/api/v1/sign-out', { method: 'POST', headers: { cookie, origin } });
      assert.equal((await signOut('https://elsewhere.example')).status, 403, 'not by pages of others');
      const out = await signOut(other.httpUrl);
      assert.equal(out.status, 204, await out.text());
      assert.deepEqual(await statuses(cookie), [401, 401]);
      assert.deepEqual(await statuses(second), [200, 200], 'another sign-in goes on');
    }
  });

  test('a cookie with a changed signature is none, at either', async () => {
    const cookie = await signIn(servers[0], admin);
    const last = cookie.at(-2) === 'A' ? 'B' : 'A';
    assert.deepEqual(await statuses(`${cookie.slice(0, -2)}${last}${cookie.at(-1)}`), [401, 401]);
    assert.deepEqual(await statuses(cookie), [200, 200]);
  });

  test('all sign-ins of a key end at both when they are ended at one, and when the key is revoked', async () => {
    const reader = await createKey('read');
    const id = reader.slice(4, 16);
    const cookies = [await signIn(servers[0], reader), await signIn(servers[1], reader)];
    const ended = await servers[0].fetch(`/api/v1/sign-ins/key:${id}`, {
      method: 'DELETE',
      headers: bearer(admin),
    });
    assert.equal(ended.status, 204, await ended.text());
    for (const cookie of cookies) assert.deepEqual(await statuses(cookie), [401, 401]);
    const later = await signIn(servers[1], reader);
    assert.deepEqual(await statuses(later), [200, 200]);
    const revoked = await keys('revoke', id);
    assert.equal(revoked.code, 0, revoked.stderr);
    assert.deepEqual(await statuses(later), [401, 401]);
  });

  test('it ends at its time, and the next sign-in removes it from the database', async () => {
    const cookie = await signIn(servers[0], admin);
    const { rows } = await client.query(
      'SELECT encode(hash, $1) AS hash, created_ms, expires_ms FROM sojourn.sign_in ORDER BY created_ms DESC LIMIT 1',
      ['hex'],
    );
    const [{ hash, created_ms: created, expires_ms: expires }] = rows;
    assert.equal(Number(expires) - Number(created), 3_600_000);
    await client.query('UPDATE sojourn.sign_in SET expires_ms = $2 WHERE hash = decode($1, $3)', [
      hash,
      Date.now(),
      'hex',
    ]);
    assert.deepEqual(await statuses(cookie), [401, 401]);
    await signIn(servers[1], admin);
    const left = await client.query('SELECT FROM sojourn.sign_in WHERE hash = decode($1, $2)', [hash, 'hex']);
    assert.equal(left.rows.length, 0);
  });
});
