import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { CONFORMANCE_SETTINGS } from '../../../../test/conformance/bench.js';
import { retentionConformance } from '../../../../test/conformance/retention.case.js';
import { flipBlock } from '../../../../test/support/flip-block.js';
import {
  HOUR_MS,
  names,
  PROJECT,
  RetainingStore,
  type StoreKind,
} from '../../../../test/support/retaining-store.js';
import type { RetentionPolicy } from '../../contract/retention.js';
import { diskFiles } from '../../records/log-files.js';
import { LogReader } from '../../records/log-reader.js';
import { listSegments } from '../../records/log-segment.js';
import { checkDirectory } from '../check/check-directory.js';
import { connect } from '../database.js';
import { KEPT_FILE, LOG_FOLDER } from '../schema.js';
import { openSqliteStore } from '../store.js';

/** Retention by the writing thread: what goes, what stays, and what becomes of the files. */

const root = mkdtempSync(join(tmpdir(), 'sojourn-retention-'));
const opened: RetainingStore[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});
after(() => rmSync(root, { recursive: true, force: true }));

const SQLITE: StoreKind = {
  open: async (name, { retention, nowNs, events }) => {
    const { nowNs: _, ...settings } = CONFORMANCE_SETTINGS;
    const directory = join(root, name);
    return openSqliteStore({ ...settings, directory, retention, events }, { writer: { nowNs } });
  },
  settled: async () => {},
  flip: async (name, block) => flipBlock(join(root, name, LOG_FOLDER), block),
  recordsIn: async (name, block) => new LogReader(join(root, name, LOG_FOLDER)).read(block)!.records,
};

retentionConformance(SQLITE);

async function open(name: string, retention?: RetentionPolicy): Promise<RetainingStore> {
  const server = await RetainingStore.open(SQLITE, name, retention);
  opened.push(server);
  return server;
}

function logFiles(directory: string): { readonly segments: number; readonly bytes: number } {
  const log = join(directory, 'log');
  const bytes = readdirSync(log).reduce((sum, name) => sum + statSync(join(log, name)).size, 0);
  return { segments: listSegments(diskFiles, log).length, bytes };
}

test('files become smaller by what goes, and are sound', async () => {
  const directory = join(root, 'files');
  let server = await open('files');
  await server.appendAll(names('old', 600), 300, PROJECT, 3_000);
  await server.appendAll(names('kept', 50), 100);
  await server.close();
  const before = { log: logFiles(directory), rows: statSync(join(directory, 'sessions.sqlite')).size };
  server = await open('files', { keepMs: 240 * HOUR_MS, keepMsOf: new Map() });
  const { freedBytes } = await server.pass();
  await server.close();

  const now = { log: logFiles(directory), rows: statSync(join(directory, 'sessions.sqlite')).size };
  assert.ok(freedBytes > before.log.bytes / 2, `${freedBytes} of ${before.log.bytes}`);
  assert.ok(now.rows < before.rows / 2, `${now.rows} of ${before.rows}`);
  assert.ok(now.log.bytes < before.log.bytes / 5, `${now.log.bytes} of ${before.log.bytes}`);
  const { findings } = await checkDirectory(directory, { progress: () => {} });
  assert.deepEqual(findings, []);
});

test('a pass that failed is tried again, also if nothing is received any more', async () => {
  const directory = join(root, 'failed');
  // Looks are a twentieth of the age apart.
  const policy: RetentionPolicy = { keepMs: 20_000, keepMsOf: new Map() };
  let server = await open('failed', policy);
  await server.appendAll(['before'], 1);
  await server.pass();
  await server.close();
  server = await open('failed');
  await server.appendAll(names('old', 5), 1);
  await server.appendAll(['new'], 0);
  await server.close();

  const kept = connect(directory, KEPT_FILE);
  kept.exec(
    "CREATE TRIGGER refuse BEFORE INSERT ON retention_chunk BEGIN SELECT raise(ABORT, 'refused'); END",
  );
  server = await open('failed', policy);
  await server.told(/retention stopped, and is tried again: refused/);
  kept.exec('DROP TRIGGER refuse');
  kept.close();
  const { projects } = await server.pass();
  assert.deepEqual(
    projects.map(({ sessions }) => sessions),
    [5],
  );
  assert.deepEqual(await server.sessionIds(), ['new']);
  await server.close();
});

test('an erasure that cannot go on does not hold up retention, which makes room', async () => {
  const directory = join(root, 'erasure');
  let server = await open('erasure');
  await server.appendAll(['erased-1', 'erased-2', 'new'], 0);
  await server.appendAll(names('old', 5), 300);
  const erase = (session: string) =>
    server.store.erasures!.erase(PROJECT, { kind: 'sessions', sessions: [session] });
  let isDone = server.told(/^erasure .* are gone/);
  await erase('erased-1');
  await isDone;

  const kept = connect(directory, KEPT_FILE);
  kept.exec(
    "CREATE TRIGGER refuse BEFORE UPDATE ON erasure WHEN new.state = 'cleaning' BEGIN SELECT raise(ABORT, 'no room'); END",
  );
  await erase('erased-2');
  await server.told(/an erasure is tried again later: no room/);
  await server.close();
  server = await open('erasure', { keepMs: 240 * HOUR_MS, keepMsOf: new Map() });
  const { projects } = await server.pass();
  assert.deepEqual(
    projects.map(({ sessions }) => sessions),
    [5],
  );
  isDone = server.told(/^erasure .* are gone/);
  kept.exec('DROP TRIGGER refuse');
  kept.close();
  await isDone;
  assert.deepEqual(await server.sessionIds(), ['new']);
  await server.close();
});
