import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { startPostgres, type TestPostgres, withoutPostgres } from './postgres.js';

const GONE_LIMIT_MS = 30_000;
const { findPostgres } = (await import(pathToFileURL('scripts/postgres.mjs').href)) as {
  findPostgres(places?: readonly string[]): { folder: string; version: number } | undefined;
};

/** The rows of one statement, over a connection of its own. */
async function query(connectionString: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString });
  // The statement fails, too.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

const settings = async (url: string, ...names: string[]): Promise<unknown[]> =>
  (
    await query(
      url,
      `SELECT setting FROM unnest('{${names.join(',')}}'::text[]) WITH ORDINALITY AS n (name, i)
      JOIN pg_settings USING (name) ORDER BY i`,
    )
  ).map(({ setting }) => setting);

async function withPostgres(
  options: Parameters<typeof startPostgres>[0],
  use: (postgres: TestPostgres) => Promise<void>,
): Promise<void> {
  const postgres = await startPostgres(options);
  try {
    await use(postgres);
  } finally {
    await postgres.stop();
  }
}

test('databases are empty, and of a role without further rights', { skip: withoutPostgres }, () =>
  withPostgres({}, async (postgres) => {
    const [first, second] = [await postgres.createDatabase(), await postgres.createDatabase()];
    await query(first, 'CREATE SCHEMA own; CREATE TABLE own.item (id int); CREATE TABLE item (id int)');
    const tables = `SELECT count(*)::int AS count FROM pg_class WHERE relname = 'item'`;
    assert.deepEqual(await query(first, tables), [{ count: 2 }]);
    assert.deepEqual(await query(second, tables), [{ count: 0 }]);
    const role = 'SELECT current_user AS name, rolsuper AS super FROM pg_roles WHERE rolname = current_user';
    assert.deepEqual(await query(second, role), [{ name: 'sojourn', super: false }]);
    assert.deepEqual(await query(postgres.superuserUrl('postgres'), role), [
      { name: 'postgres', super: true },
    ]);
    await assert.rejects(
      query(postgres.url('postgres').replace(/:[0-9a-f]{32}@/, ':wrong@'), role),
      /password/,
    );
  }),
);

test('a database can have another encoding and order', { skip: withoutPostgres }, () =>
  withPostgres({}, async (postgres) => {
    const url = await postgres.createDatabase(`TEMPLATE template0 ENCODING 'LATIN1'`);
    assert.deepEqual(await query(url, 'SHOW server_encoding'), [{ server_encoding: 'LATIN1' }]);
  }),
);

test('answers over its Unix socket too', { skip: withoutPostgres }, () =>
  withPostgres({}, async (postgres) => {
    const url = new URL(postgres.url('postgres'));
    url.searchParams.set('host', postgres.socketDirectory);
    assert.deepEqual(await query(url.href, 'SELECT inet_server_addr() AS address'), [{ address: null }]);
  }),
);

test('never runs as root', { skip: withoutPostgres || process.platform !== 'linux' }, () =>
  withPostgres({}, async (postgres) => {
    const uid = Number(/^Uid:\t(\d+)/m.exec(readFileSync(`/proc/${postgres.pid}/status`, 'utf8'))![1]);
    assert.notEqual(uid, 0);
    assert.equal(statSync(postgres.dataDirectory).uid, uid);
  }),
);

test('settings apply; a durable server syncs to disk', { skip: withoutPostgres }, async () => {
  await withPostgres({ settings: { work_mem: '7MB', application_name: "it's" } }, async (postgres) => {
    const url = postgres.url('postgres');
    assert.deepEqual(await settings(url, 'fsync', 'synchronous_commit', 'work_mem', 'max_connections'), [
      'off',
      'on',
      '7168',
      '100',
    ]);
    assert.deepEqual(await query(url, 'SHOW application_name'), [{ application_name: "it's" }]);
  });
  await withPostgres({ durable: true }, async (postgres) => {
    const url = postgres.url('postgres');
    assert.deepEqual(await settings(url, 'fsync', 'synchronous_commit', 'full_page_writes'), [
      'on',
      'on',
      'on',
    ]);
  });
});

test('servers beside each other do not meet', { skip: withoutPostgres }, async () => {
  const servers = await Promise.all([startPostgres(), startPostgres(), startPostgres()]);
  try {
    assert.equal(new Set(servers.map(({ port }) => port)).size, 3);
    const places = await Promise.all(
      servers.map((each) => query(each.superuserUrl('postgres'), 'SHOW data_directory')),
    );
    assert.deepEqual(
      places.map(([row]) => row),
      servers.map(({ dataDirectory }) => ({ data_directory: dataDirectory })),
    );
  } finally {
    await Promise.all(servers.map((each) => each.stop()));
  }
});

test('what was committed survives a crash, and nothing else does', { skip: withoutPostgres }, async () => {
  for (const durable of [false, true]) {
    await withPostgres({ durable }, async (postgres) => {
      const url = await postgres.createDatabase();
      await query(url, 'CREATE TABLE item (id int); INSERT INTO item VALUES (1)');
      const open = new Client({ connectionString: url });
      const closed = new Promise((resolve) => open.once('end', resolve));
      open.on('error', () => {});
      await open.connect();
      await open.query('BEGIN; INSERT INTO item VALUES (2)');
      await postgres.kill();
      await closed;
      assert.equal(postgres.pid, undefined);
      await assert.rejects(query(url, 'SELECT 1'), /ECONNREFUSED/);
      await postgres.restart();
      assert.deepEqual(await query(url, 'SELECT id FROM item'), [{ id: 1 }]);
      assert.match(postgres.log, /was not properly shut down; automatic recovery in progress/);
    });
  }
});

test('a backend that is busy when the server is killed ends, too', { skip: withoutPostgres }, () =>
  withPostgres({}, async (postgres) => {
    const url = await postgres.createDatabase();
    await query(url, 'CREATE TABLE item (id int)');
    // In one statement without a look at whether the server is still there.
    const busy = query(
      url,
      `DO $$ BEGIN
      PERFORM count(*) FROM generate_series(1, 200000000);
      INSERT INTO item VALUES (1);
    END $$`,
    );
    const failed = assert.rejects(busy);
    await delay(50);
    await postgres.kill();
    await failed;
    await postgres.restart();
    assert.deepEqual(await query(url, 'SELECT id FROM item'), []);
  }),
);

test('a restart ends connections cleanly, and keeps port and data', { skip: withoutPostgres }, () =>
  withPostgres({}, async (postgres) => {
    const url = await postgres.createDatabase();
    const open = new Client({ connectionString: url });
    const messages: string[] = [];
    open.on('error', ({ message }) => messages.push(message));
    await open.connect();
    const closed = new Promise((resolve) => open.once('end', resolve));
    await postgres.restart();
    await closed;
    assert.match(messages[0]!, /terminating connection due to administrator command/);
    assert.deepEqual(await query(url, 'SELECT 1 AS one'), [{ one: 1 }]);
    assert.doesNotMatch(postgres.log, /was not properly shut down/);
  }),
);

test('a server that cannot start says why', { skip: withoutPostgres }, async () => {
  await assert.rejects(startPostgres({ settings: { no_such_setting: 1 } }), /no_such_setting/);
});

test('a stopped server leaves nothing', { skip: withoutPostgres }, async () => {
  const postgres = await startPostgres();
  const pid = postgres.pid!;
  await postgres.stop();
  assert.equal(existsSync(postgres.socketDirectory), false);
  assert.throws(() => process.kill(pid, 0), /ESRCH/);
  await postgres.stop();
});

/** How a test process may end while its servers run. */
const ENDS: readonly [name: string, end: string][] = [
  ['is killed', `process.kill(process.pid, 'SIGKILL');`],
  ['ends without stopping it', ''],
  ['fails', `throw new Error('failed');`],
];

for (const [name, end] of ENDS) {
  test(`a server is gone when the test process ${name}`, { skip: withoutPostgres }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sojourn-test-'));
    try {
      const module = fileURLToPath(new URL('postgres.js', import.meta.url));
      const program = `
        import { writeFileSync } from 'node:fs';
        const { startPostgres } = await import(${JSON.stringify(pathToFileURL(module).href)});
        const servers = [await startPostgres(), await startPostgres()];
        await servers[1].kill();
        await servers[1].restart();
        writeFileSync(process.argv[2], JSON.stringify(servers.map((each) => [each.pid, each.socketDirectory])));
        ${end}`;
      const script = join(folder, 'test.mjs');
      writeFileSync(script, program);
      const list = join(folder, 'servers.json');
      const child = spawn(process.execPath, [script, list], { stdio: 'ignore' });
      await once(child, 'exit');
      const servers = JSON.parse(readFileSync(list, 'utf8')) as [pid: number, directory: string][];
      const deadline = performance.now() + GONE_LIMIT_MS;
      for (const [pid, directory] of servers) {
        while (existsSync(directory) || isRunning(pid)) {
          assert.ok(performance.now() < deadline, `${directory} or process ${pid} is still there`);
          await delay(10);
        }
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

function isRunning(pid: number): boolean {
  const status = `/proc/${pid}/status`;
  if (process.platform === 'linux')
    return existsSync(status) && !/^State:\tZ/m.test(readFileSync(status, 'utf8'));
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('where there is no PostgreSQL, or one too old, none is found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sojourn-test-'));
  try {
    assert.equal(findPostgres([folder]), undefined);
    const fake = (text: string): void => {
      for (const name of ['initdb', 'postgres'])
        writeFileSync(join(folder, name), `#!/bin/sh\necho '${text}'\n`, { mode: 0o755 });
    };
    fake('postgres (PostgreSQL) 13.9');
    assert.equal(findPostgres([folder]), undefined);
    fake('postgres (PostgreSQL) 17beta1');
    assert.deepEqual(findPostgres(['/nonexistent', folder]), { folder, version: 17 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
