import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DatabaseSync } from '@photostructure/sqlite';
import lz4 from 'lz4-napi';
import { Random } from '../../src/demo/random.js';
import { areEntangled, decodePlaces, encodePlaces } from '../../src/store/records/block.js';
import { closedSegments, compact } from '../../src/store/records/compaction.js';
import type { NewBlock } from '../../src/store/records/log.js';
import { diskFiles } from '../../src/store/records/log-files.js';
import { START_BYTES } from '../../src/store/records/log-frame.js';
import { LogReader } from '../../src/store/records/log-reader.js';
import { newLockCell, SegmentLock } from '../../src/store/records/segment-lock.js';
import { SegmentLog } from '../../src/store/records/segment-log.js';
import { checkBackup } from '../../src/store/sqlite/backup/check-backup.js';
import { type CheckResult, checkDirectory } from '../../src/store/sqlite/check/check-directory.js';
import { makeTemporaryDirectory, runCommand, startServer, type TestServer } from '../support/server.js';
import { answersOf, assertEqualAnswers, STILL, sendOne } from '../support/store-answers.js';

/** Checks and repairs of data directories, by the program as it is. */

const SEED = '20260314';
/** Bytes that are changed in each file. */
const CHANGES = 25;
const EDGES = { progress: () => {} };

const directories: string[] = [];
const servers: TestServer[] = [];
const random = new Random(SEED);

after(async () => {
  for (const server of servers) await server.dispose();
  for (const made of directories) rmSync(made, { recursive: true, force: true });
});

function newDirectory(): string {
  const made = makeTemporaryDirectory();
  directories.push(made);
  return made;
}

async function serve(data: string): Promise<TestServer> {
  const server = await startServer({ data, flags: STILL });
  servers.push(server);
  await server.settled();
  return server;
}

/** Changes a bit of a file. */
function change(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= 1 << random.int(0, 7);
  writeFileSync(path, bytes);
}

let source: string;
let answers: Map<string, string>;

/** A stopped server's directory, its log in several segments, some of them cold. */
before(async () => {
  source = newDirectory();
  const server = await serve(source);
  const { code, stderr } = await runCommand(
    'demo',
    '--endpoint',
    server.httpUrl,
    '--sessions',
    '20',
    '--seed',
    '7',
  );
  assert.equal(code, 0, stderr);
  const first = await sendOne(server);
  for (let i = 0; i < 20; i++) await sendOne(server);
  await server.fetch(`/api/v1/sessions/${first}/invalidate`, { method: 'POST' });
  await server.settled();
  answers = await answersOf(server);
  assert.equal(await server.stop(), 0);
  split(source);
});

/** Divides the log into segments of a few blocks each and compacts two of them. How many blocks there are varies. */
function split(data: string): void {
  const from = join(data, 'log');
  const to = join(data, 'log-split');
  const reader = new LogReader(from);
  const blocks: NewBlock[] = [];
  for (let block = reader.read(1); block !== undefined; block = reader.read(block.id + 1))
    blocks.push({ ...block, data: lz4.compressSync(block.bytes) });
  const sizes = blocks.map((block) => block.data.length).sort((a, b) => a - b);
  const log = new SegmentLog({ directory: to, segmentBytes: 3 * sizes[sizes.length >> 1]! });
  for (const block of blocks) log.append([block]);
  log.close();
  reader.close();
  const closed = closedSegments(diskFiles, to, Number.MAX_SAFE_INTEGER);
  assert.ok(closed.length >= 3, `${closed.length} closed segments`);
  for (const segment of closed.slice(0, 2))
    for (const _ of compact(diskFiles, to, segment, new SegmentLock(newLockCell())));
  rmSync(from, { recursive: true });
  cpSync(to, from, { recursive: true });
  rmSync(to, { recursive: true });
}

function copyOf(directory: string): string {
  const copy = newDirectory();
  cpSync(directory, copy, { recursive: true });
  return copy;
}

const copyOfSource = (): string => copyOf(source);

/**
 * Checks a copy. The driver closes databases when they are collected, and until then those of this process would
 * keep a command or a server from using the directory.
 */
const checkCopyOf = (directory: string): Promise<CheckResult> => checkDirectory(copyOf(directory), EDGES);

describe('a check', () => {
  it('finds nothing in a sound directory, nor does a full one, and changes nothing', async () => {
    const data = copyOfSource();
    const before = contentOf(data);
    for (const args of [[], ['--full', ...STILL]]) {
      const { code, stdout, stderr } = await runCommand('check', '--data', data, ...args);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^\S+ is sound: \d+ block\(s\), [\d,]+ record\(s\)\.\n$/);
    }
    assert.deepEqual(contentOf(data), before);
  });

  it('finds a changed byte wherever it is in the log, the decisions or a backup, and names the file', async () => {
    const data = copyOfSource();
    const backup = newDirectory();
    assert.equal((await runCommand('backup', '--data', data, '--to', backup)).code, 0);
    const inData = filesOf(data).filter((name) => /\.(?:cold|blocks)$|^sojourn\.sqlite$/.test(name));
    assert.equal(new Set(inData.map((name) => name.replace(/.*\./, ''))).size, 3);
    const inBackup = filesOf(backup).filter((name) => !name.startsWith('lock.'));
    for (const [directory, names, check] of [
      [data, inData, async () => checkDirectory(data, EDGES)],
      [backup, inBackup, async () => checkBackup(backup, EDGES)],
    ] as const) {
      assert.deepEqual((await check()).findings, []);
      for (const name of names) {
        const path = join(directory, name);
        const sound = readFileSync(path);
        const places = [0, sound.length - 1];
        while (places.length < CHANGES) places.push(random.int(0, sound.length - 1));
        for (const at of places) {
          change(path, at);
          const { findings } = await check();
          assert.ok(
            findings.some((finding) => finding.path === path),
            `seed ${SEED}: byte ${at} of ${name}: ${JSON.stringify(findings, textOfBigint)}`,
          );
          writeFileSync(path, sound);
        }
      }
      assert.deepEqual((await check()).findings, []);
    }
  });

  it('finds bytes that were put into the log, also between blocks that are whole', async () => {
    const data = copyOfSource();
    for (const name of filesOf(data).filter((name) => /\.(?:cold|blocks)$/.test(name))) {
      const path = join(data, name);
      const sound = readFileSync(path);
      // In a cold segment also between the last block and the table, whose length stands last.
      const table = name.endsWith('.cold') ? [sound.length - 4 - sound.readUInt32LE(sound.length - 4)] : [];
      const places = [START_BYTES, sound.length, ...table];
      while (places.length < CHANGES) places.push(random.int(0, sound.length));
      for (const at of places) {
        const bytes = Buffer.alloc(random.int(1, 40), random.int(0, 255));
        writeFileSync(path, Buffer.concat([sound.subarray(0, at), bytes, sound.subarray(at)]));
        const { findings } = await checkDirectory(data, EDGES);
        assert.ok(
          findings.some((finding) => finding.path === path),
          `seed ${SEED}: ${bytes.length} bytes at ${at} of ${name}: ${JSON.stringify(findings, textOfBigint)}`,
        );
      }
      writeFileSync(path, sound);
    }
    assert.deepEqual((await checkDirectory(data, EDGES)).findings, []);
  });

  it('survives a changed byte anywhere in the rows, and a full one finds wrong rows', async () => {
    const data = copyOfSource();
    const path = join(data, 'sessions.sqlite');
    const sound = readFileSync(path);
    let found = 0;
    for (let i = 0; i < CHANGES; i++) {
      change(path, random.int(0, sound.length - 1));
      found += (await checkDirectory(data, EDGES)).findings.length > 0 ? 1 : 0;
      writeFileSync(path, sound);
    }
    assert.ok(found > 0);
    const db = new DatabaseSync(path);
    db.exec(
      `UPDATE session SET counts = replace(counts, '"span_count":1', '"span_count":2') WHERE span_count = 1`,
    );
    // One group says wrongly whether its records are needed to remove it.
    const { project, key, places } = db
      .prepare('SELECT project, key, places FROM record_group LIMIT 1')
      .get()!;
    const stored = places as Uint8Array;
    const wrong = encodePlaces(decodePlaces(stored), !areEntangled(stored));
    db.prepare('UPDATE record_group SET places = ? WHERE project = ? AND key = ?').run(wrong, project!, key!);
    db.close();
    assert.deepEqual((await checkCopyOf(data)).findings, []);
    const { code, stderr } = await runCommand('check', '--data', data, '--full', ...STILL);
    assert.equal(code, 1);
    assert.match(stderr, /sessions\.sqlite: session 1 \S+: not what the log says: counts/);
    assert.match(stderr, /sessions\.sqlite: group 1 \S+: not what the log says: places/);
  });

  it('names what is missing, and is possible beside a server', async () => {
    const data = copyOfSource();
    const server = await serve(data);
    const { code, stdout } = await runCommand('check', '--data', data);
    assert.equal(code, 0);
    assert.match(stdout, /a server runs here: rows of sessions were not checked/);
    await server.stop();
    const names = readdirSync(join(data, 'log')).filter((name) => /\.(?:cold|blocks)$/.test(name));
    rmSync(join(data, 'log', names[1]!));
    const without = await runCommand('check', '--data', data);
    assert.equal(without.code, 1);
    assert.match(without.stderr, /(blocks? \d+(?: to \d+)?) cannot be found in the segment; lost: \1/);
  });
});

describe('a repair', () => {
  it('brings back everything but what is lost, lists that, and leaves a sound directory', async () => {
    const data = copyOfSource();
    const log = join(data, 'log');
    const names = readdirSync(log).filter((name) => /\.(?:cold|blocks)$/.test(name));
    const warm = join(log, names.findLast((name) => name.endsWith('.blocks') && name !== names.at(-1))!);
    change(warm, Math.floor(statSync(warm).size / 2));
    change(join(data, 'sessions.sqlite'), 40);
    const before = await checkCopyOf(data);
    const { code, stdout, stderr } = await runCommand('repair', '--data', data, ...STILL);
    assert.equal(code, 0, stderr);
    const [, block, records] = /lost: block (\d+), (\d+) record\(s\) of about \S+Z to \S+Z/.exec(stdout)!;
    assert.ok(Number(records) > 0);
    const after = await checkCopyOf(data);
    assert.deepEqual([after.findings, after.records], [[], before.records]);
    assert.equal(after.blocks, before.blocks + 1, 'an empty block has its number');
    const [a, b] = [source, data].map((each) => new LogReader(join(each, 'log'))) as [LogReader, LogReader];
    for (let id = 1; id <= after.blocks; id++) {
      if (id === Number(block)) assert.equal(b.read(id)!.records, 0);
      else assert.deepEqual(b.read(id), a.read(id));
    }
    a.close();
    b.close();
    assert.deepEqual(readdirSync(join(data, 'damaged-1')), [warm.slice(log.length + 1)]);
    const server = await serve(data);
    await answersOf(server);
    await server.stop();
  });

  it('of a directory whose log is lost begins a new one, and says what is missing', async () => {
    const data = copyOfSource();
    rmSync(join(data, 'log'), { recursive: true });
    const without = await runCommand('check', '--data', data);
    assert.equal(without.code, 1);
    assert.match(without.stderr, /blocks 1 to \d+ are missing/);
    const { code, stdout, stderr } = await runCommand('repair', '--data', data, ...STILL);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /blocks 1 to \d+ are missing/);
  });

  it('of keys that cannot be read says that a backup is needed', async () => {
    const data = copyOfSource();
    for (const name of filesOf(data).filter((name) => name.startsWith('access.sqlite')))
      rmSync(join(data, name));
    writeFileSync(join(data, 'access.sqlite'), Buffer.alloc(4096, 'x'));
    const { code, stderr } = await runCommand('repair', '--data', data, ...STILL);
    assert.equal(code, 1);
    assert.match(stderr, /access\.sqlite: it cannot be read[\s\S]*restore a backup, see .*help restore/);
  });

  it('of rows alone loses nothing', async () => {
    const data = copyOfSource();
    change(join(data, 'sessions.sqlite'), 2);
    const { code, stdout, stderr } = await runCommand('repair', '--data', data, ...STILL);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Repaired; all sessions were made again/m);
    assert.equal(existsSync(join(data, 'damaged-1')), false);
    assertEqualAnswers(await answersOf(await serve(data)), answers);
  });

  it('is refused beside a server, and without the key of the installation', async () => {
    const data = copyOfSource();
    const segment = join(
      data,
      'log',
      readdirSync(join(data, 'log')).find((name) => name.endsWith('.blocks'))!,
    );
    change(segment, Math.floor(statSync(segment).size / 2));
    const server = await serve(data);
    assert.match((await runCommand('repair', '--data', data)).stderr, /in use by another Sojourn process/);
    const refusals = new Set<string>();
    for (const path of [...answers.keys()].filter((each) => each.includes('/traces?'))) {
      const response = await server.fetch(path);
      const { type, detail } = (await response.json()) as { type?: string; detail?: string };
      if (response.status !== 200) refusals.add(`${response.status} ${type}: ${detail}`);
    }
    assert.equal(refusals.size, 1, 'all name the same block');
    assert.match(
      [...refusals][0]!,
      /^500 \/problems\/store\.damaged: block \d+ is damaged.*\.blocks, byte \d+/,
    );
    await server.stop();
    for (const ruin of [(file: string) => writeFileSync(file, 'nothing'), rmSync]) {
      ruin(join(data, 'sojourn.sqlite'));
      const { code, stderr } = await runCommand('repair', '--data', data);
      assert.equal(code, 1);
      assert.match(stderr, /cannot be read, and nothing else has the key of the installation/);
      assert.equal(existsSync(join(data, 'damaged-1')), false, 'nothing is left of it');
    }
    const log = contentOf(join(data, 'log'));
    for (const stopped of ['cleanly', 'by a kill']) {
      // A server that is killed leaves no digest.
      if (stopped === 'by a kill') rmSync(join(data, 'sojourn.sqlite.sha256'), { force: true });
      const start = await runCommand('serve', '--data', data, '--port', '0', '--grpc-port', '0');
      assert.equal(start.code, 1, 'a start makes no new one in its place');
      assert.match(
        start.stderr,
        /has telemetry, but sojourn\.sqlite is missing.*sojourn restore.*sojourn repair.*sojourn check/,
      );
      assert.equal(existsSync(join(data, 'sojourn.sqlite')), false);
      assert.deepEqual(contentOf(join(data, 'log')), log);
    }
    assert.match((await runCommand('check', '--data', data)).stderr, /sojourn\.sqlite.*: it is missing/);
  });
});

function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(directory, name)).isFile())
    .sort();
}

function contentOf(directory: string): Map<string, string> {
  const names = filesOf(directory).filter((name) => !/^lock\.|-shm$/.test(name));
  return new Map(
    names
      .map((name): [string, string] => [name, readFileSync(join(directory, name), 'hex')])
      .filter(([name, bytes]) => bytes !== '' || !name.endsWith('-wal')),
  );
}

function textOfBigint(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
