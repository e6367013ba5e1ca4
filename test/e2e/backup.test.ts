import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import lz4 from 'lz4-napi';
import { closedSegments, compact } from '../../src/store/records/compaction.js';
import { diskFiles } from '../../src/store/records/log-files.js';
import { LogReader } from '../../src/store/records/log-reader.js';
import { newLockCell, SegmentLock } from '../../src/store/records/segment-lock.js';
import { SegmentLog } from '../../src/store/records/segment-log.js';
import type { Manifest } from '../../src/store/sqlite/backup/manifest.js';
import {
  type CommandResult,
  makeTemporaryDirectory,
  runCommand,
  startServer,
  type TestServer,
} from '../support/server.js';
import { answersOf, assertEqualAnswers, STILL, sendOne } from '../support/store-answers.js';

/** Backups of data directories, by the program as it is. */

const PROGRAM = fileURLToPath(new URL('../../app/sojourn.js', import.meta.url));
const DEMO_SESSIONS = 20;
const KILLS = 4;
/** Sessions that are sent beside a backup at most. */
const MOST_SENT = 400;

const directories: string[] = [];
const servers: TestServer[] = [];

function newDirectory(): string {
  const made = makeTemporaryDirectory();
  directories.push(made);
  return made;
}

async function serve(data: string, flags: readonly string[] = []): Promise<TestServer> {
  const server = await startServer({ data, flags: [...STILL, ...flags] });
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

async function succeeds(...args: readonly string[]): Promise<CommandResult> {
  const result = await runCommand(...args);
  assert.equal(result.code, 0, result.stderr);
  return result;
}

async function fails(pattern: RegExp, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await runCommand(...args);
  assert.equal(code, 1, stderr);
  assert.match(stderr, pattern);
}

/** Brings the backup up to date. Returns what was copied, bytes. */
async function backUp(data: string, to: string): Promise<{ files: number; bytes: number }> {
  const { stdout } = await succeeds('backup', '--data', data, '--to', to);
  const [, files, megabytes] = /Copied (\d+) file\(s\) with ([\d.]+) MB/.exec(stdout)!;
  return { files: Number(files), bytes: Number(megabytes) * 1e6 };
}

/** Appends a block to the log of a stopped server; with `segmentBytes: 1` in a segment of its own. */
function grow(data: string, segmentBytes?: number): void {
  const log = new SegmentLog({
    directory: join(data, 'log'),
    ...(segmentBytes !== undefined && { segmentBytes }),
  });
  const [last] = log.readAll([log.lastId]);
  log.append([{ ...last!, data: lz4.compressSync(last!.bytes), leastNs: 1n, greatestNs: 2n }]);
  log.close();
}

async function restored(from: string): Promise<string> {
  const data = join(newDirectory(), 'restored');
  await succeeds('restore', '--from', from, '--data', data);
  return data;
}

function manifestOf(backup: string): Manifest {
  return JSON.parse(readFileSync(join(backup, 'backup.json'), 'utf8')).backup;
}

/** The blocks up to the last one of the first directory are the same in both. Returns how many. */
function assertBeginsWith(whole: string, beginning: string): number {
  const [a, b] = [beginning, whole].map((data) => new LogReader(join(data, 'log'))) as [LogReader, LogReader];
  let id = 1;
  for (let block = a.read(id); block !== undefined; block = a.read(++id)) assert.deepEqual(block, b.read(id));
  a.close();
  b.close();
  return id - 1;
}

/** Starts a command and kills it after some time, ms. Resolves to whether it had ended before. */
async function killed(args: readonly string[], afterMs: number): Promise<boolean> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: 'ignore' });
  const closed = once(child, 'close');
  await Promise.race([closed, delay(afterMs, undefined, { ref: false })]);
  child.kill('SIGKILL');
  await closed;
  return child.signalCode === null;
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** Files of a directory and below, with their bytes. */
function filesOf(directory: string): Map<string, Buffer> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  return new Map(
    names
      .filter((name) => statSync(join(directory, name)).isFile() && !name.startsWith('lock.'))
      .map((name) => [name, readFileSync(join(directory, name))]),
  );
}

/** A stopped server's directory with all kinds of data, and what the server answered. */
async function makeSource(): Promise<{ data: string; answers: Map<string, string> }> {
  const data = newDirectory();
  const server = await serve(data);
  await succeeds('demo', '--endpoint', server.httpUrl, '--sessions', String(DEMO_SESSIONS), '--seed', '7');
  const first = await sendOne(server);
  for (let i = 0; i < 50; i++) await sendOne(server);
  const verdict = await server.fetch(`/api/v1/sessions/${first}/invalidate`, { method: 'POST' });
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

async function copyOfSource(): Promise<string> {
  const data = newDirectory();
  cpSync((await theSource()).data, data, { recursive: true });
  return data;
}

describe('a backup', () => {
  it('beside full ingest has all that was acknowledged before, and the next one only adds what is new', async () => {
    const data = newDirectory();
    const backup = join(newDirectory(), 'below', 'backup');
    const server = await serve(data);
    await succeeds('demo', '--endpoint', server.httpUrl, '--sessions', String(DEMO_SESSIONS), '--seed', '7');
    const acknowledged: string[] = [];
    let isSending = true;
    const send = async () => {
      while (isSending && acknowledged.length < MOST_SENT) acknowledged.push(await sendOne(server));
    };
    const sending = Promise.all([send(), send(), send()]);
    while (acknowledged.length < 20) await delay(5);
    const before = [...acknowledged];
    await backUp(data, backup);
    const early = await restored(backup);
    isSending = false;
    await sending;
    await server.settled();
    const answers = await answersOf(server);
    const { bytes: copied } = await backUp(data, backup);
    const bytes = statSync(join(data, 'log', '000000000001.blocks')).size;
    assert.ok(copied < bytes / 2, `${copied} of ${bytes} bytes`);
    assert.deepEqual(await backUp(data, backup), { files: 0, bytes: 0 });
    assert.equal(await server.stop(), 0);

    const blocks = assertBeginsWith(data, early);
    assert.ok(blocks > 0 && blocks < assertBeginsWith(data, await restored(backup)));
    const restoredEarly = await serve(early);
    for (const id of before) await restoredEarly.text(`/api/v1/sessions/${id}`);
    await restoredEarly.stop();
    const late = await serve(await restored(backup));
    assertEqualAnswers(await answersOf(late), answers);
  });

  it('that is killed at any time leaves the former one, and the next one is complete', async () => {
    const data = await copyOfSource();
    const backup = newDirectory();
    let former: Manifest | undefined;
    const wholeMs = await timeOf(() => backUp(data, newDirectory()));
    for (let i = 0; i < KILLS; i++) {
      await killed(
        ['backup', '--data', data, '--to', backup],
        (wholeMs * (0.4 + i / 2)) / KILLS + wholeMs / 3,
      );
      const found = existsSync(join(backup, 'backup.json')) ? manifestOf(backup) : undefined;
      if (found !== undefined && found.run > 0) {
        assertBeginsWith(data, await restored(backup));
        former = found;
      } else assert.equal(former, undefined);
      grow(data);
    }
    await backUp(data, backup);
    const { segments, databases, run } = manifestOf(backup);
    assert.ok(run > (former?.run ?? 0));
    assert.deepEqual(
      [...filesOf(backup).keys()],
      ['backup.json', ...segments.map(({ file }) => file), ...databases.map(({ file }) => file)].sort(),
    );
    const last = await restored(backup);
    assert.equal(assertBeginsWith(data, last), assertBeginsWith(last, data));
  });

  it('follows segments that are compressed or rewritten, and keeps nothing of their former files', async () => {
    const data = await copyOfSource();
    const backup = newDirectory();
    await backUp(data, backup);
    grow(data, 1);
    for (const segment of closedSegments(diskFiles, join(data, 'log'), Number.MAX_SAFE_INTEGER))
      for (const _ of compact(diskFiles, join(data, 'log'), segment, new SegmentLock(newLockCell())));
    await backUp(data, backup);
    assert.deepEqual(
      readdirSync(join(backup, 'log')).map((name) => name.replace(/\.\d+\./, '.')),
      readdirSync(join(data, 'log')).filter((name) => !name.endsWith('.index')),
    );
    const path = join(data, 'log', '000000000001.cold');
    writeFileSync(`${path}.new`, readFileSync(path));
    renameSync(`${path}.new`, path);
    assert.equal((await backUp(data, backup)).files, 1);
  });

  it('of a damaged directory says so, and keeps sound copies of what is damaged now', async () => {
    const data = await copyOfSource();
    const backup = newDirectory();
    await backUp(data, backup);
    const path = join(data, 'log', '000000000001.blocks');
    const sound = readFileSync(path);
    const bytes = Buffer.from(sound);
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    writeFileSync(path, bytes);
    const result = await runCommand('backup', '--data', data, '--to', backup);
    assert.equal(result.code, 1);
    assert.match(
      result.stderr,
      /000000000001\.blocks, byte \d+: block \d+ is damaged.*the backup keeps its earlier copy/,
    );
    const again = await restored(backup);
    assert.deepEqual(readFileSync(join(again, 'log', '000000000001.blocks')), sound);

    const other = newDirectory();
    await fails(
      /the backup is complete, but the data directory is damaged/,
      'backup',
      '--data',
      data,
      '--to',
      other,
    );
    assert.deepEqual(
      manifestOf(other).segments.map(({ damagedBlocks }) => damagedBlocks),
      [1],
    );
  });

  it('is refused where it would mix with something else', async () => {
    const { data } = await theSource();
    await fails(/not be inside/, 'backup', '--data', data, '--to', join(data, 'backup'));
    await fails(/is not a data directory/, 'backup', '--data', newDirectory(), '--to', newDirectory());
    const full = newDirectory();
    writeFileSync(join(full, 'a'), '');
    await fails(/has other files/, 'backup', '--data', data, '--to', full);
    const backup = newDirectory();
    await backUp(data, backup);
    const other = newDirectory();
    await (await serve(other)).stop();
    await fails(/of another installation/, 'backup', '--data', other, '--to', backup);
    await fails(/is a backup: restore it/, 'serve', '--port', '0', '--grpc-port', '0', '--data', backup);
  });
});

describe('a restore', () => {
  it('that is killed at any time can be repeated, and no server starts before', async () => {
    const { data, answers } = await theSource();
    const backup = newDirectory();
    await backUp(data, backup);
    const target = join(newDirectory(), 'target');
    const args = ['restore', '--from', backup, '--data', target];
    const wholeMs = await timeOf(() => restored(backup));
    for (let i = 0; i < KILLS; i++) {
      if (await killed(args, wholeMs / 2 + (wholeMs * i) / 2 / KILLS)) break;
      if (existsSync(join(target, 'restoring')))
        await fails(
          /has not ended: run it again/,
          'serve',
          '--port',
          '0',
          '--grpc-port',
          '0',
          '--data',
          target,
        );
    }
    const isWhole = existsSync(join(target, 'sojourn.sqlite')) && !existsSync(join(target, 'restoring'));
    if (!isWhole) await succeeds(...args);
    assertEqualAnswers(await answersOf(await serve(target)), answers);
  });

  it('is refused into a directory with files, and from what is damaged or no backup', async () => {
    const { data } = await theSource();
    const backup = newDirectory();
    await backUp(data, backup);
    await fails(/is not empty/, 'restore', '--from', backup, '--data', await copyOfSource());
    await fails(/is not a backup/, 'restore', '--from', data, '--data', newDirectory());
    const [segment] = manifestOf(backup).segments;
    const path = join(backup, segment!.file);
    const bytes = readFileSync(path);
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    writeFileSync(path, bytes);
    const target = newDirectory();
    await fails(/\.blocks is damaged: its checksum/, 'restore', '--from', backup, '--data', target);
    await fails(
      /the backup is damaged, and so is what was restored/,
      ...['restore', '--from', backup, '--data', target, '--accept-damage'],
    );
    await (await serve(target)).stop();
    writeFileSync(join(backup, 'backup.json'), `${readFileSync(join(backup, 'backup.json'), 'utf8')} `);
    await fails(/backup\.json is damaged/, 'restore', '--from', backup, '--data', newDirectory());
  });
});
