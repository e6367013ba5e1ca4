import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CONFORMANCE_SETTINGS } from '../../../test/conformance/store.case.js';
import { QUIET } from '../../../test/support/engine.js';
import { logBatch, spanBatch } from '../../../test/support/telemetry.js';
import { createNormalizer } from '../../normalize/create.js';
import { DataDirectoryError, fitLog, lockDirectory, Meta, openForWriting } from './database.js';
import { openReader } from './reader-module.js';
import { SqliteWriter } from './writer.js';

const root = mkdtempSync(join(tmpdir(), 'sojourn-database-'));
after(() => rmSync(root, { recursive: true }));

/** Version of the schema that this program writes. */
const SCHEMA = 11;
const CACHE_BYTES = 1 << 20;
let directories = 0;

function newDirectory(): string {
  return join(root, `data-${directories++}`);
}

function openWriter(directory: string): Promise<SqliteWriter> {
  return SqliteWriter.open({
    ...CONFORMANCE_SETTINGS,
    directory,
    cacheBytes: CACHE_BYTES,
    hotRecords: 1000,
    events: QUIET,
  });
}

test('a directory that no file system makes is refused at once', {
  skip: process.platform !== 'linux',
}, () => {
  assert.throws(() => lockDirectory('/proc/none/of/these'), DataDirectoryError);
});

test('a directory is made with its parents, held by one, and free again when released', () => {
  const directory = join(newDirectory(), 'deep', 'er');
  const lock = lockDirectory(directory);
  assert.throws(
    () => lockDirectory(directory),
    (error) => {
      assert.ok(error instanceof DataDirectoryError);
      assert.ok(error.message.includes(directory));
      assert.match(error.message, new RegExp(`in use by another Sojourn process \\(pid ${process.pid}\\)`));
      assert.match(error.message, /--data/);
      return true;
    },
  );
  lock.release();
  lockDirectory(directory).release();
});

test('a directory that cannot be made is refused with the reason', () => {
  const file = join(root, 'a-file');
  writeFileSync(file, '');
  assert.throws(
    () => lockDirectory(join(file, 'data')),
    (error) => {
      assert.ok(error instanceof DataDirectoryError);
      assert.match(
        error.message,
        /cannot use the data directory .*a-file is a file, not a directory; choose another with --data/,
      );
      return true;
    },
  );
});

test('a lock file that is not a database is refused with the reason', () => {
  const directory = newDirectory();
  lockDirectory(directory).release();
  writeFileSync(join(directory, 'lock.sqlite'), 'x'.repeat(4096));
  assert.throws(
    () => lockDirectory(directory),
    (error) => {
      assert.ok(error instanceof DataDirectoryError);
      assert.match(error.message, /cannot use the data directory .*not a database/);
      return true;
    },
  );
});

test('a second writer is refused while the first is open and let in when it has closed', async () => {
  const directory = newDirectory();
  const first = await openWriter(directory);
  await assert.rejects(openWriter(directory), DataDirectoryError);
  await first.close();
  const second = await openWriter(directory);
  assert.deepEqual(second.installationKey, first.installationKey);
  await second.close();
});

test('a lock file that somebody deleted does not let a second process in', {
  skip: process.platform === 'win32',
}, async () => {
  const directory = newDirectory();
  const first = await openWriter(directory);
  rmSync(join(directory, 'lock.sqlite'));
  // Another process: those of one process share the database.
  const url = new URL('./database.js', import.meta.url).href;
  const script = `import { lockDirectory, openForWriting } from '${url}';
    lockDirectory(process.argv[1]);
    try { openForWriting(process.argv[1], 65536); console.log('in'); } catch (error) { console.log(error.name, error.message); }`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script, directory], {
    encoding: 'utf8',
  });
  assert.match(stdout, /^DataDirectoryError .* is in use by another Sojourn process/);
  await first.close();
});

test('a commit is on the disk on every platform, and the log is small beside a small database', () => {
  const directory = newDirectory();
  lockDirectory(directory).release();
  const db = openForWriting(directory, CACHE_BYTES);
  const pragma = (name: string) => Number(Object.values(db.prepare(`PRAGMA ${name}`).get()!)[0]);
  assert.deepEqual([pragma('synchronous'), pragma('fullfsync'), pragma('checkpoint_fullfsync')], [2, 1, 1]);
  // Rewrites one small row again and again.
  for (let i = 0; i < 2_000; i++) new Meta(db).set('x', 'y'.repeat(2_000 + i));
  const bytes = (file: string) => statSync(join(directory, file)).size;
  assert.ok(bytes('sojourn.sqlite-wal') < 6 * 1024 * 1024, String(bytes('sojourn.sqlite-wal')));
  db.exec('CREATE TABLE filler (x BLOB); INSERT INTO filler VALUES (zeroblob(40000000))');
  fitLog(db);
  assert.ok(pragma('wal_autocheckpoint') > 2_000);
  db.close();
});

test('data of a newer version is refused, left as it is, and the directory is free again', async () => {
  const directory = newDirectory();
  await (await openWriter(directory)).close();
  const newer = openForWriting(directory, CACHE_BYTES);
  newer.exec(`PRAGMA user_version = ${SCHEMA + 1}; PRAGMA wal_checkpoint(TRUNCATE)`);
  newer.close();
  const file = join(directory, 'sojourn.sqlite');
  const before = readFileSync(file);
  await assert.rejects(openWriter(directory), (error) => {
    assert.ok(error instanceof DataDirectoryError);
    assert.ok(error.message.includes(directory));
    assert.match(
      error.message,
      new RegExp(
        `written by a newer version of Sojourn \\(schema ${SCHEMA + 1}, this one knows ${SCHEMA}\\)`,
      ),
    );
    return true;
  });
  assert.ok(before.equals(readFileSync(file)));
  lockDirectory(directory).release();
});

test("today's schema is what its number says and opens again unchanged", () => {
  const directory = newDirectory();
  lockDirectory(directory).release();
  const schemaOf = () => {
    const db = openForWriting(directory, CACHE_BYTES);
    const version = db.prepare('PRAGMA user_version').get()?.user_version;
    const tables = db
      .prepare(`SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name`)
      .all();
    const mode = db.prepare('PRAGMA journal_mode').get()?.journal_mode;
    db.close();
    return { version, tables, mode };
  };
  const first = schemaOf();
  assert.equal(first.version, SCHEMA);
  assert.equal(first.mode, 'wal');
  assert.deepEqual(
    first.tables.filter(({ type }) => type === 'table').map(({ name }) => name),
    [
      'block',
      'call_place',
      'chunk_head',
      'chunk_part',
      'chunk_user',
      'facet_value',
      'invalidation',
      'loose_session',
      'meta',
      'project',
      'record_group',
      'rollup',
      'session',
      'session_ahead',
      'session_chunk',
      'session_facet',
      'session_group',
      'session_user',
      'timeline',
      'user_hour',
      'user_piece',
      'user_trace',
    ],
  );
  assert.deepEqual(schemaOf(), first);
});

test('data of the first version is filled in with what came later', async () => {
  const directory = newDirectory();
  const writer = await openWriter(directory);
  const normalizer = await createNormalizer({
    ...CONFORMANCE_SETTINGS.normalizer,
    userIdKey: writer.installationKey,
  });
  const span = { trace: 'a', span: '1', start: 1n, end: 2n, error: true, attributes: { 'session.id': 's' } };
  await writer.append('p', spanBatch(normalizer, [span]));
  await writer.append('p', logBatch(normalizer, [{ trace: 'a', time: 2n, event: 'click' }]));
  await writer.close();
  const first = openForWriting(directory, CACHE_BYTES);
  first.exec(`
    DROP TABLE facet_value; DROP TABLE session_facet; DROP TABLE timeline;
    DROP TABLE call_place; DROP TABLE session_user; DROP TABLE session_ahead;
    DROP TABLE user_trace; DROP TABLE user_hour; DROP TABLE user_piece;
    DROP TABLE session_chunk; DROP TABLE chunk_head; DROP TABLE chunk_part; DROP TABLE loose_session; DROP TABLE chunk_user;
    ALTER TABLE session DROP COLUMN cost_nano_usd;
    ALTER TABLE session DROP COLUMN span_count; ALTER TABLE session DROP COLUMN has_errors;
    ALTER TABLE session DROP COLUMN unpriced; ALTER TABLE session DROP COLUMN unreported;
    ALTER TABLE session DROP COLUMN device; ALTER TABLE session DROP COLUMN country;
    ALTER TABLE session_group DROP COLUMN events;
    ALTER TABLE block DROP COLUMN format; ALTER TABLE block DROP COLUMN checksum;
    ALTER TABLE block DROP COLUMN least_ns; ALTER TABLE block DROP COLUMN greatest_ns;
    UPDATE meta SET value = 1 WHERE key = 'rules';
    PRAGMA user_version = 1;
  `);
  first.close();
  await (await openWriter(directory)).close();
  const reader = await openReader({ directory, cacheBytes: CACHE_BYTES, timeoutNs: 1n });
  const found = await reader.sessions('p', { errors: true, direction: 'older', limit: 9, nowNs: 0n });
  assert.deepEqual(
    found.sessions.map(({ id }) => id),
    ['s'],
  );
  const { points } = await reader.timeline('p', {
    startFromNs: 0n,
    startToNs: 9n,
    nowNs: 0n,
    stepFor: () => 60_000_000_000n,
  });
  assert.equal(points.get(0n)?.sessionsWithErrors, 1);
  const events = await reader.events('p', 's', { direction: 'forward', limit: 9 });
  assert.equal(events?.events.length, 1);
  await reader.close();
});

test('commits are durable: a write waits for the disk', () => {
  const directory = newDirectory();
  lockDirectory(directory).release();
  const db = openForWriting(directory, CACHE_BYTES);
  const FULL = 2;
  assert.equal(db.prepare('PRAGMA synchronous').get()?.synchronous, FULL);
  db.close();
});

test('the key of pseudonyms is made once and kept', () => {
  const directory = newDirectory();
  lockDirectory(directory).release();
  const keyOf = () => {
    const db = openForWriting(directory, CACHE_BYTES);
    const key = new Meta(db).installationKey();
    db.close();
    return Buffer.from(key).toString('hex');
  };
  const key = keyOf();
  assert.equal(key.length, 64);
  assert.equal(keyOf(), key);
});
