import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { KEPT_CHANGES, KEPT_TABLES, KEPT_VERSION } from '../../src/store/postgres/schema.js';
import { startPostgres, type TestPostgres, withoutPostgres } from '../support/postgres.js';
import {
  makeTemporaryDirectory,
  runCommand,
  runCommandWith,
  type ServerOptions,
  startServer,
  type TestServer,
} from '../support/server.js';
import { answersOf, assertEqualAnswers, STILL, sendOne } from '../support/store-answers.js';

/** Copies of stores and migrations of databases, by the program as it is. */

const PROGRAM = fileURLToPath(new URL('../../app/sojourn.js', import.meta.url));

const DEMO_SESSIONS = 30;
const KILLS = 6;
const directories: string[] = [];
const servers: TestServer[] = [];

function newDirectory(): string {
  const made = makeTemporaryDirectory();
  directories.push(made);
  return made;
}

/** `store`: a directory, or the URL of a database. */
async function serve(store: string): Promise<TestServer> {
  const options: ServerOptions = store.startsWith('postgres:')
    ? { variables: { SOJOURN_STORE: store } }
    : { data: store };
  const server = await startServer({ ...options, flags: STILL });
  servers.push(server);
  await server.settled();
  return server;
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.dispose();
});
after(async () => {
  for (const server of servers.splice(0)) await server.dispose();
  for (const made of directories) rmSync(made, { recursive: true, force: true });
});

/** The summary of a copy that succeeds. */
async function copied(from: string, to: string) {
  const { code, stdout, stderr } = await runCommandWith({ SOJOURN_TO: to }, 'copy', '--from', from);
  assert.equal(code, 0, stderr);
  const number = (pattern: RegExp): number => Number(pattern.exec(stdout)![1]!.replaceAll(',', ''));
  return {
    blocks: number(/^Copied (\S+) block/),
    allBlocks: number(/^(?:Both sides are equal|What was copied is equal on both sides): (\S+) block/m),
    records: number(/^(?:Both sides are equal|What was copied is equal on both sides): .*? (\S+) record/m),
    digest: /digest ([0-9a-f]{64})$/m.exec(stdout)![1]!,
    isInUse: /^A server runs on/m.test(stdout),
    lost: /damaged or missing .*: (.*)$/m.exec(stdout)?.[1],
    stderr,
  };
}

async function refused(from: string, to: string): Promise<string> {
  const { code, stdout, stderr } = await runCommand('copy', '--from', from, '--to', to);
  assert.equal(code, 1, stdout);
  assert.equal(stdout, '');
  return stderr;
}

/** Starts a copy and kills it after some time, ms. */
async function killedCopy(from: string, to: string, afterMs: number): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, 'copy', '--from', from, '--to', to], { stdio: 'ignore' });
  const closed = once(child, 'close');
  await Promise.race([closed, delay(afterMs, undefined, { ref: false })]);
  child.kill('SIGKILL');
  await closed;
}

/** A stopped server's directory with all kinds of data, and what the server answered. */
async function makeSource(): Promise<{ data: string; answers: Map<string, string> }> {
  const data = newDirectory();
  const server = await serve(data);
  const { code, stderr } = await runCommand(
    ...['demo', '--endpoint', server.httpUrl, '--sessions', String(DEMO_SESSIONS), '--seed', '7'],
  );
  assert.equal(code, 0, stderr);
  // Small blocks, so that a copy has more than one step.
  for (let i = 0; i < 300; i++) await sendOne(server);
  const verdict = await server.fetch('/api/v1/sessions/own-1/invalidate', { method: 'POST' });
  assert.equal(verdict.status, 204);
  await server.settled();
  const answers = await answersOf(server);
  assert.equal(await server.stop(), 0);
  return { data, answers };
}

let made: ReturnType<typeof makeSource> | undefined;

/** The same for all tests, which do not write there. */
function theSource(): ReturnType<typeof makeSource> {
  made ??= makeSource();
  return made;
}

describe('a copy between directories', () => {
  it('has the same answers, and the digest of any other copy', async () => {
    const { data, answers } = await theSource();
    const target = join(newDirectory(), 'below', 'copy');
    const first = await copied(data, target);
    assert.ok(first.blocks > 300);
    assert.equal(first.isInUse, false);
    const server = await serve(target);
    assertEqualAnswers(await answersOf(server), answers);
    await server.stop();
    assert.deepEqual({ ...(await copied(data, target)), stderr: '' }, { ...first, blocks: 0, stderr: '' });
  });

  it('beside a server has all but its last append, and the rest once that is stopped', async () => {
    const data = newDirectory();
    const target = newDirectory();
    const server = await serve(data);
    const acknowledged: string[] = [];
    let isSending = true;
    const sending = (async () => {
      while (isSending) acknowledged.push(await sendOne(server));
    })();
    while (acknowledged.length < 20) await delay(5);
    const sentBefore = acknowledged.length;
    const during = await copied(data, target);
    assert.equal(during.isInUse, true);
    assert.ok(during.records >= sentBefore - 1, `${during.records} of ${sentBefore}`);
    isSending = false;
    await sending;
    const answers = await answersOf(server);
    assert.equal(await server.stop(), 0);

    const rest = await copied(data, target);
    assert.equal(rest.isInUse, false);
    assert.equal(rest.records, acknowledged.length);
    assert.equal(rest.blocks, rest.allBlocks - during.allBlocks);
    assertEqualAnswers(await answersOf(await serve(target)), answers);
  });

  it('keeps a damaged block, names it, and the rest is as it was', async () => {
    const data = newDirectory();
    cpSync((await theSource()).data, data, { recursive: true });
    const log = join(data, 'log');
    const segment = join(log, readdirSync(log).find((name) => name.endsWith('.blocks'))!);
    const bytes = readFileSync(segment);
    // In the middle of the second half, where blocks are small.
    const at = Math.floor(statSync(segment).size * 0.9);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(segment, bytes);
    const target = newDirectory();
    const { lost, allBlocks } = await copied(data, target);
    assert.match(lost!, /^\d+$/);
    const again = await copied(target, newDirectory());
    assert.equal(again.lost, lost);
    assert.equal(again.allBlocks, allBlocks);
  });

  it('is refused where the target has data of its own, or is in use, or there is no source', async () => {
    const { data } = await theSource();
    const other = newDirectory();
    const server = await serve(other);
    await sendOne(server);
    assert.match(await refused(data, other), /in use by another Sojourn process \(pid \d+\)/);
    await server.stop();
    assert.match(await refused(data, other), /the target has other data: it was filled by another/);

    const copy = newDirectory();
    await copied(data, copy);
    const diverged = await serve(copy);
    await sendOne(diverged);
    await diverged.stop();
    assert.match(await refused(data, copy), /the target has other data: it has \d+ blocks/);
    assert.match(await refused(join(other, 'none'), newDirectory()), /is not a data directory/);
  });
});

describe('a copy to PostgreSQL and back', { skip: withoutPostgres }, () => {
  let postgres: TestPostgres;
  before(async () => {
    postgres = await startPostgres();
  });
  after(() => postgres?.stop());

  it('has the same answers, byte for byte, and the same digest', async () => {
    const { data, answers } = await theSource();
    const url = await postgres.createDatabase();
    const up = await copied(data, url);
    const server = await serve(url);
    assertEqualAnswers(await answersOf(server), answers);
    assert.match(await refused(data, url), /a server runs on the database that is to be filled/);
    const beside = await copied(url, newDirectory());
    assert.equal(beside.isInUse, true);
    assert.equal(beside.digest, up.digest);
    assert.equal(await server.stop(), 0);

    const target = newDirectory();
    const down = await copied(url, target);
    assert.equal(down.isInUse, false);
    assert.equal(down.digest, up.digest);
    assertEqualAnswers(await answersOf(await serve(target)), answers);

    const third = await copied(url, await postgres.createDatabase());
    assert.equal(third.digest, up.digest);
  });

  it('that is killed at any time continues, in both directions', async () => {
    const { data } = await theSource();
    const url = await postgres.createDatabase();
    const target = newDirectory();
    const whole = await copied(data, newDirectory());
    for (const [from, to] of [
      [data, url],
      [url, target],
    ] as const) {
      for (let i = 1; i <= KILLS; i++) await killedCopy(from, to, 250 + i * 40);
      const { allBlocks, digest } = await copied(from, to);
      assert.equal(allBlocks, whole.allBlocks);
      assert.equal(digest, whole.digest);
    }
  });

  it('of a database in use has the rest once its servers are gone, however they ended', async () => {
    const url = await postgres.createDatabase();
    const target = newDirectory();
    const [first, second] = [await serve(url), await serve(url)];
    for (let i = 0; i < 8; i++) await sendOne(i % 2 === 0 ? first : second);
    await first.settled();
    const during = await copied(url, target);
    assert.equal(during.isInUse, true);
    await Promise.all([first.kill(), second.kill()]);
    // What a server appended, and no server has numbered any more.
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(
      `INSERT INTO sojourn.log_block (lane, project, records, least_ns, greatest_ns, checksum, directory, data)
        SELECT lane, project, records, least_ns, greatest_ns, checksum, directory, data FROM sojourn.log_block WHERE number = 1`,
    );
    await client.end();
    const rest = await copied(url, target);
    assert.equal(rest.isInUse, false);
    assert.equal(rest.allBlocks, during.allBlocks + 1);
    // A resent batch changes nothing.
    const up = await answersOf(await serve(url));
    assertEqualAnswers(await answersOf(await serve(target)), up);
  });

  it('is refused where the database took in telemetry by itself', async () => {
    const { data } = await theSource();
    const url = await postgres.createDatabase();
    const server = await serve(url);
    await sendOne(server);
    await server.stop();
    assert.match(await refused(data, url), /the target has other data/);
    const empty = await postgres.createDatabase();
    assert.match(await refused(empty, newDirectory()), /has no tables of Sojourn/);
  });

  it('gives new projects numbers of their own afterwards', async () => {
    const { data } = await theSource();
    const url = await postgres.createDatabase();
    await copied(data, url);
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(
      `INSERT INTO sojourn.project (name) VALUES ('another') RETURNING no > (SELECT min(no) FROM sojourn.project) AS is_new`,
    );
    await client.end();
    assert.deepEqual(rows, [{ is_new: true }]);
  });
});

describe('migrate', { skip: withoutPostgres }, () => {
  let postgres: TestPostgres;
  before(async () => {
    postgres = await startPostgres();
  });
  after(() => postgres?.stop());

  it('creates the tables, once, and a server has nothing to do then', async () => {
    const url = await postgres.createDatabase();
    const first = await runCommand('migrate', '--store', url);
    assert.equal(first.code, 0, first.stderr);
    assert.match(
      first.stdout,
      new RegExp(`^Created the tables in postgres://\\S+: version ${KEPT_VERSION}\\.\n$`),
    );
    assert.ok(!first.stdout.includes(new URL(url).password));
    const again = await runCommandWith({ SOJOURN_STORE: url }, 'migrate');
    assert.match(
      again.stdout,
      new RegExp(`^Nothing to do: the tables in \\S+ have version ${KEPT_VERSION}\\.\n$`),
    );
    await sendOne(await serve(url));
  });

  it('brings the tables of each earlier version to this one', async () => {
    for (let from = 1; from < KEPT_VERSION; from++) {
      const url = await postgres.createDatabase();
      const client = new Client({ connectionString: url });
      await client.connect();
      const changes = KEPT_CHANGES.filter(({ version }) => version <= from).map(({ text }) => text);
      await client.query(`CREATE SCHEMA sojourn; SET search_path TO sojourn; ${KEPT_TABLES} ${changes.join('')}
        INSERT INTO setting (key, value) VALUES ('installation_key', '${'ab'.repeat(32)}'), ('version', '${from}'), ('safe_version', '1')`);
      const { code, stdout, stderr } = await runCommand('migrate', '--store', url);
      assert.equal(code, 0, stderr);
      assert.match(
        stdout,
        new RegExp(`^Brought the tables in \\S+ from version ${from} to version ${KEPT_VERSION}\\.\n$`),
      );
      const { rows } = await client.query(`SELECT value FROM setting WHERE key = 'safe_version'`);
      assert.deepEqual(rows, [{ value: '1' }], 'programs of that version go on');
      await client.end();
      await sendOne(await serve(url));
    }
  });

  it('by several processes at once creates them once', async () => {
    const url = await postgres.createDatabase();
    const results = await Promise.all([1, 2, 3].map(() => runCommand('migrate', '--store', url)));
    assert.deepEqual(
      results.map(({ code }) => code),
      [0, 0, 0],
    );
    assert.equal(results.filter(({ stdout }) => stdout.startsWith('Created')).length, 1);
  });

  it('refuses tables of a newer version, unless they say that this one is safe', async () => {
    const url = await postgres.createDatabase();
    await runCommand('migrate', '--store', url);
    const client = new Client({ connectionString: url });
    await client.connect();
    const set = (key: string, value: number) =>
      client.query('UPDATE sojourn.setting SET value = $2 WHERE key = $1', [key, String(value)]);
    try {
      await set('version', KEPT_VERSION + 1);
      const safe = await runCommand('migrate', '--store', url);
      assert.equal(safe.code, 0, safe.stderr);
      assert.match(
        safe.stdout,
        new RegExp(`Nothing to do: the tables in \\S+ have version ${KEPT_VERSION + 1}\\.`),
      );
      await sendOne(await serve(url));

      await set('safe_version', KEPT_VERSION + 1);
      const unsafe = await runCommand('migrate', '--store', url);
      assert.equal(unsafe.code, 1);
      assert.match(
        unsafe.stderr,
        new RegExp(
          `^sojourn: cannot migrate \\S+: the database was made by a newer version of Sojourn \\(tables of version ${KEPT_VERSION + 1}; this one knows ${KEPT_VERSION}\\): start that version\n$`,
        ),
      );
      await client.query(`DELETE FROM sojourn.setting WHERE key = 'safe_version'`);
      assert.equal((await runCommand('migrate', '--store', url)).code, 1);
      assert.match(await refused(url, newDirectory()), /newer version of Sojourn/);
      const { rows } = await client.query(`SELECT value FROM sojourn.setting WHERE key = 'version'`);
      assert.deepEqual(rows, [{ value: String(KEPT_VERSION + 1) }]);
    } finally {
      await client.end();
    }
  });

  it('says what is wrong with the database', async () => {
    const latin = await postgres.createDatabase(
      `TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'`,
    );
    assert.match((await runCommand('migrate', '--store', latin)).stderr, /has the encoding LATIN1/);
    const { code, stderr } = await runCommand(
      'migrate',
      '--store',
      'postgres://nobody:secret@127.0.0.1:1/none',
    );
    assert.equal(code, 1);
    assert.match(stderr, /^sojourn: cannot migrate postgres:\/\/nobody@127\.0\.0\.1:1\/none: .*ECONNREFUSED/);
  });
});
