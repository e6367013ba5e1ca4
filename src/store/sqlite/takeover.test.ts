import assert from 'node:assert/strict';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { DatabaseSync } from '@photostructure/sqlite';
import { CONFORMANCE_SETTINGS } from '../../../test/conformance/bench.js';
import { QUIET } from '../../../test/support/engine.js';
import type { BlockRange } from '../contract/store.js';
import { DamagedBlockError } from '../records/log.js';
import { LogReader } from '../records/log-reader.js';
import { openDatabase } from './database.js';
import { DataDirectoryError } from './directory-lock.js';
import { openReader } from './reader-module.js';
import { KEPT_SCHEMA } from './schema.js';
import { takeOver } from './takeover.js';
import { type OpenWriterOptions, SqliteWriter } from './writer.js';

const root = mkdtempSync(join(tmpdir(), 'sojourn-takeover-'));
after(() => rmSync(root, { recursive: true }));

/** See `test/data-directories/README.md`. */
const SCHEMA_10 = gunzipSync(
  readFileSync(new URL('../../../../test/data-directories/schema-10.sqlite.gz', import.meta.url)),
);
const CACHE_BYTES = 1 << 20;
const QUIET_WORK = { progress: () => {}, opening: () => {}, warn: () => {}, checkpoint: () => {} };

type Row = Readonly<Record<string, unknown>>;

let directories = 0;

/**
 * A directory of that schema. Rows derived from blocks are rebuilt anyway, so the tables of sessions always
 * have schema 10.
 */
function oldDirectory(schema = 10): string {
  const directory = join(root, `data-${directories++}`);
  mkdirSync(directory);
  writeFileSync(fileOf(directory), SCHEMA_10);
  if (schema < 10) {
    alter(
      directory,
      `ALTER TABLE block DROP COLUMN format; ALTER TABLE block DROP COLUMN checksum;
       ALTER TABLE block DROP COLUMN least_ns; ALTER TABLE block DROP COLUMN greatest_ns;
       PRAGMA user_version = ${schema}`,
    );
  }
  return directory;
}

function fileOf(directory: string): string {
  return join(directory, 'sojourn.sqlite');
}

/**
 * A copy of a directory, as the end of a process leaves it: a connection closed in this process keeps its
 * locks until its statements are collected.
 */
function copyOf(directory: string): string {
  const copy = join(root, `data-${directories++}`);
  cpSync(directory, copy, { recursive: true });
  return copy;
}

function query(directory: string, sql: string): Row[] {
  const db = new DatabaseSync(fileOf(copyOf(directory)));
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
}

function alter(directory: string, sql: string): void {
  const db = new DatabaseSync(fileOf(directory));
  db.exec(sql);
  db.close();
}

/** Opens the writer and waits until sessions are up to the log. It is ready before that. */
async function open(
  directory: string,
  events: Partial<OpenWriterOptions['events']> = {},
): Promise<SqliteWriter> {
  let caughtUp = (): void => {};
  const current = new Promise<void>((resolve) => {
    caughtUp = resolve;
  });
  const writer = await SqliteWriter.open({
    ...CONFORMANCE_SETTINGS,
    directory,
    cacheBytes: CACHE_BYTES,
    hotRecords: 1000,
    events: {
      ...QUIET,
      ...events,
      unfolded: (records) => {
        if (records === 0) caughtUp();
      },
    },
  });
  await current;
  return writer;
}

/** The columns that both schemas have. Aggregates have another form. */
const SESSIONS = `
  SELECT p.name AS project, s.id, s.start_ns, s.last_ns, s.span_count, s.has_errors, s.invalidated, s.user_id, s.device, s.country,
    s.cost_nano_usd, s.unpriced, s.unreported
  FROM session AS s JOIN project AS p ON p.no = s.project ORDER BY 1, 2`;

function sessionsOf(directory: string): Row[] {
  const db = openDatabase(directory, { cacheBytes: CACHE_BYTES, readOnly: true });
  const rows = db.prepare(SESSIONS).all();
  db.close();
  return rows;
}

/**
 * Takes over blocks until this many appends. Returns a copy of the directory as if the process ended there.
 */
function takeOverInPart(directory: string, appends: number): string {
  const db = new DatabaseSync(fileOf(directory));
  let left = appends;
  const checkpoint = (): void => {
    if (--left === 0) throw new Error('stopped');
  };
  try {
    assert.throws(() => takeOver(db, directory, { ...QUIET_WORK, checkpoint }, 1), /stopped/);
  } finally {
    db.close();
  }
  return copyOf(directory);
}

for (const schema of [10, 9, 1]) {
  test(`a directory of schema ${schema} is taken over with the same sessions, keys and decisions, and without the old tables`, async () => {
    const directory = oldDirectory(schema);
    const before = query(directory, SESSIONS);
    const [key] = query(directory, "SELECT value FROM meta WHERE key = 'installation_key'");
    const oldBytes = statSync(fileOf(directory)).size;
    const messages: string[] = [];
    const writer = await open(directory, { progress: (message) => messages.push(message) });
    assert.equal(Buffer.from(writer.installationKey).toString('hex'), key!.value);
    await writer.close();
    assert.match(
      messages[0]!,
      /^bringing the data directory up to date: moving 14 block\(s\) of telemetry into log\/$/,
    );
    assert.deepEqual(sessionsOf(directory), before);
    assert.ok(before.some(({ invalidated }) => invalidated === 1));
    assert.deepEqual(query(directory, 'SELECT project, session FROM invalidation'), [
      { __proto__: null, project: 1, session: 's1' },
    ]);
    assert.deepEqual(query(directory, 'PRAGMA user_version'), [
      { __proto__: null, user_version: KEPT_SCHEMA },
    ]);
    assert.deepEqual(query(directory, 'PRAGMA journal_mode'), [{ __proto__: null, journal_mode: 'wal' }]);
    assert.ok(statSync(fileOf(directory)).size < oldBytes / 3);
    assert.deepEqual(
      readdirSync(directory).filter((name) => /new|journal/.test(name)),
      [],
    );

    const reader = await openReader({ directory, cacheBytes: CACHE_BYTES, timeoutNs: 1n });
    const traces = await reader.traces('p', 's0', { direction: 'forward', limit: 9 });
    assert.equal(traces.length, 4, 'two traces of each of two visits');
    await reader.close();
    messages.length = 0;
    await (await open(directory, { progress: (message) => messages.push(message) })).close();
    assert.deepEqual(messages, [], 'once');
    assert.deepEqual(sessionsOf(directory), before);
  });
}

test('a takeover stopped at any point continues from there', async () => {
  const expected = query(oldDirectory(), SESSIONS);
  for (let appends = 1; appends <= 14; appends += 3) {
    let directory = takeOverInPart(oldDirectory(), appends);
    assert.deepEqual(
      query(directory, 'PRAGMA user_version'),
      [{ __proto__: null, user_version: 10 }],
      'an older version may still run',
    );
    if (appends < 14) directory = takeOverInPart(directory, 1);
    // As if the process was killed while it wrote the new file.
    writeFileSync(join(directory, 'sojourn.sqlite.new'), 'half a file');
    writeFileSync(join(directory, 'sojourn.sqlite.new-journal'), 'a journal');
    await (await open(directory)).close();
    assert.deepEqual(sessionsOf(directory), expected);
    const log = new LogReader(join(directory, 'log'));
    assert.ok(log.read(14));
    assert.equal(log.read(15), undefined);
    log.close();
  }
});

test('telemetry that an older version accepted in between is taken over too, and duplicates count once', async () => {
  const expected = query(oldDirectory(), SESSIONS);
  const directory = takeOverInPart(oldDirectory(), 5);
  alter(
    directory,
    `INSERT INTO block SELECT id + 100, project, directory, data, format, checksum, least_ns, greatest_ns FROM block`,
  );
  await (await open(directory)).close();
  assert.deepEqual(sessionsOf(directory), expected);
  const log = new LogReader(join(directory, 'log'));
  assert.ok(log.read(28));
  log.close();
});

test('a damaged block stays an error, other blocks are in sessions, and the old file is kept', async () => {
  const directory = oldDirectory();
  alter(directory, "UPDATE block SET data = CAST(data || x'00' AS BLOB) WHERE id IN (7, 14)");
  const damaged: (readonly BlockRange[])[] = [];
  const failed: string[] = [];
  await (
    await open(directory, {
      foldFailed: (reason) => failed.push(reason),
      damaged: (blocks) => damaged.push(blocks),
    })
  ).close();
  assert.deepEqual(failed, []);
  assert.deepEqual(
    damaged.at(-1),
    [7, 14].map((block) => ({ first: block, last: block })),
  );
  const sessions = sessionsOf(directory) as { length: number };
  assert.ok(sessions.length > 0);
  const old = new DatabaseSync(`${fileOf(directory)}.old`, { readOnly: true });
  assert.equal(Number(old.prepare('PRAGMA user_version').get()!.user_version), 10);
  assert.ok(Number(old.prepare('SELECT count(*) AS n FROM session').get()!.n) > 0);
  old.close();
  const log = new LogReader(join(directory, 'log'));
  for (let id = 1; id <= 14; id++) {
    if (id === 7 || id === 14) assert.throws(() => log.read(id), DamagedBlockError);
    else assert.equal(log.read(id)!.id, id);
  }
  log.close();
});

test('a log of other telemetry is left alone', async () => {
  const [directory, other] = [oldDirectory(), oldDirectory()];
  alter(other, 'DELETE FROM block WHERE id < 4');
  cpSync(join(takeOverInPart(other, 3), 'log'), join(directory, 'log'), { recursive: true });
  const before = readFileSync(fileOf(directory));
  await assert.rejects(open(directory), (error) => {
    assert.ok(error instanceof DataDirectoryError);
    assert.match(
      error.message,
      /log holds other telemetry than .*sojourn\.sqlite, which is of an older version/,
    );
    return true;
  });
  assert.ok(before.equals(readFileSync(fileOf(directory))));
});

test('rows of sessions made from another log are removed, such as those of a newer version after a backup was restored', async () => {
  const expected = query(oldDirectory(), SESSIONS);
  const newer = oldDirectory();
  await (await open(newer)).close();
  const rows = new DatabaseSync(join(newer, 'sessions.sqlite'));
  rows.exec("UPDATE meta SET value = 99 WHERE key = 'folded_block'; DELETE FROM session WHERE id = 's0'");
  rows.close();
  const directory = oldDirectory();
  cpSync(join(copyOf(newer), 'sessions.sqlite'), join(directory, 'sessions.sqlite'));
  await (await open(directory)).close();
  assert.deepEqual(sessionsOf(directory), expected);
});
