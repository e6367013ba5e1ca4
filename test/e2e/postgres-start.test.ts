import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startPostgres, type TestPostgres, withoutPostgres } from '../support/postgres.js';
import { until } from '../support/postgres-exact.js';
import { runCommandWith, startServer } from '../support/server.js';
import { tracesJson } from '../support/telemetry.js';

/** How a server starts where its database is not there yet, or is one that it cannot use. */

const options = { skip: withoutPostgres };
const TRACES = tracesJson([
  { trace: '1', span: '1', start: 1_000n, end: 2_000n, attributes: { 'session.id': 'early' } },
]);
let postgres: TestPostgres;

before(async () => {
  if (withoutPostgres === false) postgres = await startPostgres();
});
after(() => postgres?.stop());

test('a server that starts before its database waits for it, and says so', options, async (t) => {
  const url = await postgres.createDatabase();
  await postgres.kill();
  const server = await startServer({ flags: ['--store', url], until: 'opening' });
  t.after(() => server.dispose());
  assert.equal((await server.fetch('/healthz')).status, 200);
  const readiness = await server.fetch('/readyz');
  assert.equal(readiness.status, 503);
  assert.match(await readiness.text(), /database cannot be reached yet/);
  const refused = await server.post('/v1/traces', TRACES);
  assert.equal(refused.status, 503);
  assert.notEqual(refused.headers.get('retry-after'), null);
  assert.match(await refused.text(), /database cannot be reached yet/);
  assert.equal((await server.fetch('/api/v1/sessions')).status, 503);
  assert.match(server.stderr, /PostgreSQL at 127\.0\.0\.1:\d+ cannot be reached \(connect ECONNREFUSED/);
  assert.equal(server.stderr.includes(new URL(url).password), false);

  await postgres.restart();
  await until('it is not ready', async () => (await server.fetch('/readyz')).status === 200 || undefined);
  assert.equal((await server.post('/v1/traces', TRACES)).status, 200);
  await until('the session is missing', async () => {
    const response = await server.fetch('/api/v1/sessions/early');
    await response.arrayBuffer();
    return response.status === 200 || undefined;
  });
  assert.equal(await server.stop(), 0);
});

test('a server that waits for its database can be stopped', options, async (t) => {
  const url = await postgres.createDatabase();
  await postgres.kill();
  t.after(() => postgres.restart());
  const server = await startServer({ flags: ['--store', url], until: 'opening' });
  t.after(() => server.dispose());
  assert.equal(await server.stop(), 0);
});

test('a server whose database will not do ends at once, and says what to do', options, async () => {
  const url = await postgres.createDatabase();
  const withPassword = (password: string): string => {
    const changed = new URL(url);
    changed.password = password;
    return changed.href;
  };
  for (const [store, expected] of [
    [withPassword('wrong'), /check user and password/],
    [withPassword(''), /asks for a password/],
    [postgres.url('missing'), /CREATE DATABASE "missing"/],
    [await postgres.createDatabase(`TEMPLATE template0 ENCODING 'LATIN1'`), /ENCODING 'UTF8'/],
  ] as const) {
    const place = ['--port', '0', '--grpc-port', '0'];
    // No file of passwords, and no variable, of the person who runs the tests.
    const variables = { SOJOURN_STORE: store, HOME: '/nowhere', PGPASSWORD: '' };
    const { code, stderr } = await runCommandWith(variables, 'serve', ...place);
    assert.equal(code, 1, stderr);
    assert.match(stderr, expected);
    assert.equal(stderr.includes(new URL(url).password), false);
  }
});
