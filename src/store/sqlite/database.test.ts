import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { DatabaseSync } from '@photostructure/sqlite';
import { CONFORMANCE_SETTINGS } from '../../../test/conformance/bench.js';
import { QUIET } from '../../../test/support/engine.js';
import { listedItem } from '../../../test/support/listed-item.js';
import { logBatch, spanBatch } from '../../../test/support/telemetry.js';
import { createNormalizer } from '../../normalize/create.js';
import type { StoreEvents } from '../contract/store.js';
import { rowIdentity } from '../engine/identity.js';
import { type Database, fitLog, installationKey, Meta } from './database.js';
import { DataDirectoryError, lockDirectory } from './directory-lock.js';
import { openReader } from './reader-module.js';
import { KEPT_FILE, KEPT_SAFE_SCHEMA, KEPT_SCHEMA } from './schema.js';
import { SessionFiles } from './session-files.js';
import { SqliteWriter } from './writer.js';

const root = mkdtempSync(join(tmpdir(), 'sojourn-database-'));
after(() => rmSync(root, { recursive: true }));

/** The schema versions that this program writes. */
const SCHEMAS = { 'sojourn.sqlite': 14, 'sessions.sqlite': 16 } as const;
const CACHE_BYTES = 1 << 20;
let directories = 0;

function newDirectory(): string {
  return join(root, `data-${directories++}`);
}

const openForWriting = (directory: string): Database =>
  SessionFiles.open(directory, { cacheBytes: CACHE_BYTES, identity: rowIdentity({ timeoutNs: 1n }) }).db;

function openWriter(directory: string, events: Partial<StoreEvents> = {}): Promise<SqliteWriter> {
  return SqliteWriter.open({
    ...CONFORMANCE_SETTINGS,
    directory,
    cacheBytes: CACHE_BYTES,
    hotRecords: 1000,
    events: { ...QUIET, ...events },
  });
}

test('a directory that cannot exist on any file system is refused at once', {
  skip: process.platform !== 'linux',
}, () => {
  assert.throws(() => lockDirectory('/proc/none/of/these'), DataDirectoryError);
});

test('a directory is created with its parents, locked by one process, and free again when released', () => {
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

test('a directory that cannot be created is refused with the reason', () => {
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

test('a second writer is refused while the first is open, and accepted once it has closed', async () => {
  const directory = newDirectory();
  const first = await openWriter(directory);
  await assert.rejects(openWriter(directory), DataDirectoryError);
  await first.close();
  const second = await openWriter(directory);
  assert.deepEqual(second.installationKey, first.installationKey);
  await second.close();
});

test('deleting the lock file does not let a second process in', {
  skip: process.platform === 'win32',
}, async () => {
  const directory = newDirectory();
  const first = await openWriter(directory);
  rmSync(join(directory, 'lock.sqlite'));
  // Another process, because connections of one process share the database.
  const url = (module: string) => new URL(module, import.meta.url).href;
  const script = `import { lockDirectory } from '${url('./directory-lock.js')}';
    import { SessionFiles } from '${url('./session-files.js')}';
    import { rowIdentity } from '${url('../engine/identity.js')}';
    lockDirectory(process.argv[1]);
    try { SessionFiles.open(process.argv[1], { cacheBytes: 65536, identity: rowIdentity({ timeoutNs: 1n }) }); console.log('in'); } catch (error) { console.log(error.name, error.message); }`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script, directory], {
    encoding: 'utf8',
  });
  assert.match(stdout, /^DataDirectoryError .* is in use by another Sojourn process/);
  await first.close();
});

test('data that cannot be rebuilt is durable with its commit on every platform, and rows of sessions once the write-ahead log is written back', () => {
  const directory = newDirectory();
  lockDirectory(directory).release();
  const db = openForWriting(directory);
  const pragma = (name: string) => Number(Object.values(db.prepare(`PRAGMA ${name}`).get()!)[0]);
  const [FULL, NORMAL] = [2, 1];
  assert.deepEqual([pragma('kept.synchronous'), pragma('main.synchronous')], [FULL, NORMAL]);
  assert.deepEqual([pragma('fullfsync'), pragma('checkpoint_fullfsync')], [1, 1]);
  assert.deepEqual(
    db
      .prepare('PRAGMA database_list')
      .all()
      .map(({ name, file }) => [name, basename(String(file))]),
    [
      ['main', 'sessions.sqlite'],
      ['kept', 'sojourn.sqlite'],
    ],
  );
  db.close();
});

test('the write-ahead log of a small database is small', () => {
  const directory = newDirectory();
  lockDirectory(directory).release();
  const db = openForWriting(directory);
  // Rewrites one small row many times.
  for (let i = 0; i < 2_000; i++) new Meta(db).set('x', 'y'.repeat(2_000 + i));
  const bytes = (file: string) => statSync(join(directory, file)).size;
  assert.ok(bytes('sessions.sqlite-wal') < 6 * 1024 * 1024, String(bytes('sessions.sqlite-wal')));
  db.exec('CREATE TABLE filler (x BLOB); INSERT INTO filler VALUES (zeroblob(40000000))');
  fitLog(db);
  assert.ok(Number(db.prepare('PRAGMA wal_autocheckpoint').get()!.wal_autocheckpoint) > 2_000);
  db.close();
});

for (const [file, schema] of Object.entries(SCHEMAS)) {
  test(`data of a newer version, according to ${file}, is refused and unchanged, and the directory is free again`, async () => {
    const directory = newDirectory();
    await (await openWriter(directory)).close();
    const path = join(directory, file);
    const newer = new DatabaseSync(path);
    newer.exec(`PRAGMA user_version = ${schema + 1}`);
    newer.exec(`UPDATE meta SET value = ${schema + 1} WHERE key = 'safe_schema'`);
    newer.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    newer.close();
    const before = readFileSync(path);
    // One that opened after all would keep the process of the test alive.
    const opening = openWriter(directory).then((writer) => writer.close());
    await assert.rejects(opening, (error) => {
      assert.ok(error instanceof DataDirectoryError);
      assert.ok(error.message.includes(directory));
      assert.match(
        error.message,
        new RegExp(
          `written by a newer version of Sojourn \\(schema ${schema + 1}, this one knows ${schema}\\)`,
        ),
      );
      return true;
    });
    assert.ok(before.equals(readFileSync(path)));
    lockDirectory(directory).release();
  });
}

test('a newer version of sojourn.sqlite that names this one as safe is opened, and stays as it is', async () => {
  const directory = newDirectory();
  await (await openWriter(directory)).close();
  const path = join(directory, KEPT_FILE);
  const change = <T>(work: (db: InstanceType<typeof DatabaseSync>) => T): T => {
    const db = new DatabaseSync(path);
    try {
      return work(db);
    } finally {
      db.close();
    }
  };
  const stored = () =>
    change((db) => [
      Number(db.prepare('PRAGMA user_version').get()?.user_version),
      Number(db.prepare("SELECT value FROM meta WHERE key = 'safe_schema'").get()?.value),
    ]);
  assert.deepEqual(stored(), [KEPT_SCHEMA, KEPT_SAFE_SCHEMA]);

  const newer = (safe: number) =>
    change((db) =>
      db.exec(
        `PRAGMA user_version = ${KEPT_SCHEMA + 2}; UPDATE meta SET value = ${safe} WHERE key = 'safe_schema'`,
      ),
    );
  newer(KEPT_SCHEMA);
  await (await openWriter(directory)).close();
  assert.deepEqual(stored(), [KEPT_SCHEMA + 2, KEPT_SCHEMA]);

  newer(KEPT_SCHEMA + 1);
  await assert.rejects(openWriter(directory), /written by a newer version of Sojourn/);

  // A program of this version that did not write it yet.
  change((db) => db.exec(`PRAGMA user_version = ${KEPT_SCHEMA}; DELETE FROM meta WHERE key = 'safe_schema'`));
  await (await openWriter(directory)).close();
  assert.deepEqual(stored(), [KEPT_SCHEMA, KEPT_SAFE_SCHEMA]);
});

test('the current schemas match their version numbers and reopen unchanged', () => {
  const directory = newDirectory();
  lockDirectory(directory).release();
  const schemaOf = (db: Database, name: string) => ({
    version: Number(db.prepare(`PRAGMA ${name}.user_version`).get()?.user_version),
    mode: db.prepare(`PRAGMA ${name}.journal_mode`).get()?.journal_mode,
    tables: db
      .prepare(
        `SELECT type, name, sql FROM ${name}.sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name`,
      )
      .all(),
  });
  const schemas = () => {
    const db = openForWriting(directory);
    const both = ['kept', 'main'].map((name) => schemaOf(db, name));
    db.close();
    return both;
  };
  const first = schemas();
  assert.deepEqual(
    first.map(({ version, mode }) => [version, mode]),
    Object.values(SCHEMAS).map((schema) => [schema, 'wal']),
  );
  assert.deepEqual(
    first.map(({ tables }) => tables.filter(({ type }) => type === 'table').map(({ name }) => name)),
    [
      ['invalidation', 'meta', 'project'],
      [
        'call_place',
        'chunk_head',
        'chunk_part',
        'chunk_user',
        'facet_value',
        'loose_session',
        'meta',
        'record_group',
        'rollup',
        'session',
        'session_ahead',
        'session_chunk',
        'session_facet',
        'session_group',
        'session_mark',
        'session_state',
        'session_user',
        'timeline',
        'user_hour',
        'user_piece',
        'user_trace',
      ],
    ],
  );
  assert.deepEqual(schemas(), first);
});

test('a sojourn.sqlite from before cold segments keeps its rows and gets the version that allows them', () => {
  const directory = newDirectory();
  lockDirectory(directory).release();
  let db = openForWriting(directory);
  db.exec("INSERT INTO project (name) VALUES ('shop'); PRAGMA kept.user_version = 11");
  db.close();
  db = openForWriting(directory);
  assert.equal(db.prepare('SELECT name FROM project').get()!.name, 'shop');
  const { user_version: version } = db.prepare('PRAGMA kept.user_version').get()!;
  assert.equal(version, SCHEMAS['sojourn.sqlite']);
  db.close();
});

test('sessions are rebuilt from the log if their file is missing, damaged or of an older schema', async () => {
  const directory = newDirectory();
  const writer = await openWriter(directory);
  const normalizer = await createNormalizer({
    ...CONFORMANCE_SETTINGS.normalizer,
    userIdKey: writer.installationKey,
  });
  const span = { trace: 'a', span: '1', start: 1n, end: 2n, error: true, attributes: { 'session.id': 's' } };
  await writer.append('p', spanBatch(normalizer, [span]));
  await writer.append('p', logBatch(normalizer, [{ trace: 'a', time: 2n, event: 'click' }]));
  assert.equal(await writer.invalidate('p', 's'), true);
  await writer.close();
  const file = join(directory, 'sessions.sqlite');
  const age = (): void => {
    const db = new DatabaseSync(file);
    db.exec(`DROP TABLE session; PRAGMA user_version = ${SCHEMAS['sessions.sqlite'] - 1}`);
    db.close();
  };
  const lose = (): void => {
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
  };
  const overwrite = (change: (bytes: Buffer) => Buffer) => (): void =>
    writeFileSync(file, change(readFileSync(file)));
  const damages = [
    overwrite((bytes) => Buffer.alloc(bytes.length, 7)),
    overwrite((bytes) => bytes.fill(7, 100, 4096)),
    overwrite((bytes) => bytes.subarray(0, 8192)),
    overwrite(() => Buffer.from('none')),
  ];
  for (const damage of [age, lose, ...damages]) {
    damage();
    const warnings: string[] = [];
    await (await openWriter(directory, { warning: (message) => warnings.push(message) })).close();
    assert.equal(
      warnings.some((message) => message.startsWith('sessions.sqlite is damaged')),
      damages.includes(damage),
    );
    const reader = await openReader({ directory, cacheBytes: CACHE_BYTES, timeoutNs: 1n });
    const found = await reader.sessions('p', { errors: true, direction: 'older', limit: 9, nowNs: 0n });
    assert.deepEqual(
      found.sessions.map((session) => [session.id, session.invalidated, listedItem(session).span_count]),
      [['s', true, 1]],
    );
    const events = await reader.events('p', 's', { direction: 'forward', limit: 9 });
    assert.equal(events?.events.length, 1);
    await reader.close();
  }
});

test('the key of pseudonyms is created once and kept', () => {
  const directory = newDirectory();
  lockDirectory(directory).release();
  const keyOf = () => {
    const db = openForWriting(directory);
    const key = installationKey(db);
    db.close();
    return Buffer.from(key).toString('hex');
  };
  const key = keyOf();
  assert.equal(key.length, 64);
  assert.equal(keyOf(), key);
});
