import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import lz4 from 'lz4-napi';
import { FaultyFiles } from '../../../test/support/faulty-files.js';
import { BackgroundCompaction } from './background-compaction.js';
import { closedSegments, compact, NoRoomError, removeLeftovers } from './compaction.js';
import { DamagedBlockError, type NewBlock, type StoredBlock } from './log.js';
import { diskFiles, type LogFiles } from './log-files.js';
import { LogReader } from './log-reader.js';
import { newLock, newLockCell } from './segment-lock.js';
import { SegmentLog } from './segment-log.js';

const DIRECTORY = '/log';
const NEVER = Number.POSITIVE_INFINITY;

/** Contents of blocks. Each is an append of its own. */
const TEXTS = ['one', 'two', 'three '.repeat(40), 'four', 'five'];

function block(text: string): NewBlock {
  const bytes = Buffer.from(text);
  return {
    project: 3,
    records: bytes.length,
    directory: Uint8Array.of(bytes.length % 128, 0),
    data: lz4.compressSync(bytes),
    leastNs: -5n,
    greatestNs: 2n ** 60n,
  };
}

function writeLog(files: LogFiles, directory: string, texts: readonly string[], segmentBytes: number): void {
  const log = new SegmentLog({ directory, files, segmentBytes });
  for (const text of texts) log.append([block(text)]);
  log.close();
}

/** A closed segment with all of TEXTS except the last, which is in its own segment. */
function filled(random: () => number = () => 0): FaultyFiles {
  const faulty = new FaultyFiles(random);
  writeLog(faulty, DIRECTORY, TEXTS.slice(0, -1), 1 << 20);
  const log = new SegmentLog({ directory: DIRECTORY, files: faulty, segmentBytes: 1 });
  log.append([block(TEXTS.at(-1)!)]);
  log.close();
  return faulty;
}

function compactAll(files: LogFiles, directory: string, frameBytes?: number): void {
  removeLeftovers(files, directory);
  for (const segment of closedSegments(files, directory, NEVER)) {
    for (const steps = compact(files, directory, segment, newLock(), frameBytes); !steps.next().done; );
  }
}

function checkAll(source: { read(id: number): StoredBlock | undefined }, texts: readonly string[]): void {
  for (const [i, text] of texts.entries()) {
    const { id, project, records, directory, bytes } = source.read(i + 1)!;
    const { length } = Buffer.from(text);
    assert.deepEqual(
      [id, project, records, [...directory], bytes.toString()],
      [i + 1, 3, length, [length % 128, 0], text],
    );
  }
  assert.equal(source.read(texts.length + 1), undefined);
}

function names(files: LogFiles): string[] {
  return files.list(DIRECTORY).sort();
}

const COLD_ONE = '000000000001.cold';
const WARM_FIVE = '000000000005.blocks';

describe('a cold segment', () => {
  test('has all blocks unchanged, for new readers and for those that have the warm segment open', () => {
    for (const frameBytes of [1, 10, undefined]) {
      const faulty = filled();
      const reader = new LogReader(DIRECTORY, faulty);
      checkAll(reader, TEXTS);
      const log = new SegmentLog({ directory: DIRECTORY, files: faulty });
      checkAll(log, TEXTS);
      compactAll(faulty, DIRECTORY, frameBytes);
      assert.deepEqual(names(faulty), [COLD_ONE, WARM_FIVE]);
      checkAll(reader, TEXTS);
      checkAll(log, TEXTS);
      checkAll(new LogReader(DIRECTORY, faulty), TEXTS);
      checkAll(new SegmentLog({ directory: DIRECTORY, files: faulty }), TEXTS);
    }
  });

  test('with a damaged byte reads as an error that names block, file and offset, or as what was written', () => {
    const faulty = filled();
    compactAll(faulty, DIRECTORY, 10);
    const path = `${DIRECTORY}/${COLD_ONE}`;
    const size = faulty.bytes(path).length;
    let errors = 0;
    for (let at = 0; at < size; at++) {
      faulty.flip(path, at);
      const reader = new LogReader(DIRECTORY, faulty);
      let damaged = 0;
      for (const [i, text] of TEXTS.entries()) {
        try {
          assert.equal(reader.read(i + 1)!.bytes.toString(), text);
        } catch (error) {
          assert.ok(error instanceof DamagedBlockError, String(error));
          assert.match(error.message, new RegExp(`^block ${i + 1} .*000000000001\\.cold, byte \\d+\\)$`));
          damaged++;
        }
      }
      // A frame has at most two of these blocks. The table at the end is rebuilt from the frames.
      assert.ok(damaged <= 2, `byte ${at}: ${damaged}`);
      errors += damaged;
      faulty.flip(path, at);
    }
    assert.ok(errors > size / 2, `${errors} errors`);
  });

  test('of a later format is refused as such', () => {
    const faulty = filled();
    compactAll(faulty, DIRECTORY);
    faulty.bytes(`${DIRECTORY}/${COLD_ONE}`)[3] = 9;
    assert.throws(() => new LogReader(DIRECTORY, faulty).read(2), /block 2 has cold format 9, which this/);
  });

  test('at the end of the log is not written to, and its block numbers are not reused', () => {
    const faulty = filled();
    compactAll(faulty, DIRECTORY);
    faulty.remove(`${DIRECTORY}/${WARM_FIVE}`);
    const log = new SegmentLog({ directory: DIRECTORY, files: faulty });
    assert.equal(log.lastId, 4);
    checkAll(log, TEXTS.slice(0, 4));
    log.append([block('new')]);
    checkAll(log, [...TEXTS.slice(0, 4), 'new']);
    checkAll(new LogReader(DIRECTORY, faulty), [...TEXTS.slice(0, 4), 'new']);
  });
});

describe('compaction', () => {
  test('skips the last segment and segments written recently', () => {
    const faulty = filled();
    assert.deepEqual(closedSegments(faulty, DIRECTORY, 1), [{ first: 1, next: 5 }]);
    assert.deepEqual(closedSegments(faulty, DIRECTORY, 0), []);
  });

  test('leaves a segment with a damaged block warm, so that its other blocks can be read', () => {
    const faulty = filled();
    const warm = `${DIRECTORY}/000000000001.blocks`;
    faulty.flip(warm, faulty.bytes(warm).length - 3);
    assert.throws(() => compactAll(faulty, DIRECTORY), /^DamagedBlockError: block 4 is damaged/);
    assert.deepEqual(names(faulty), ['000000000001.blocks', '000000000001.index', WARM_FIVE]);
    checkAll(
      { read: (id) => (id > 3 ? undefined : new LogReader(DIRECTORY, faulty).read(id)) },
      TEXTS.slice(0, 3),
    );
  });

  test('keeps a warm segment that was restored beside a damaged cold one', () => {
    const faulty = filled();
    const kept = Buffer.from(faulty.bytes(`${DIRECTORY}/000000000001.blocks`));
    compactAll(faulty, DIRECTORY, 10);
    const warm = `${DIRECTORY}/000000000001.blocks`;
    faulty.openForWriting(warm, { create: true }).write([kept], 0);
    faulty.flip(`${DIRECTORY}/${COLD_ONE}`, 40);
    removeLeftovers(faulty, DIRECTORY);
    assert.deepEqual(names(faulty), ['000000000001.blocks', COLD_ONE, WARM_FIVE]);
    faulty.remove(`${DIRECTORY}/${COLD_ONE}`);
    checkAll(new LogReader(DIRECTORY, faulty), TEXTS);
  });

  test('does not start if the disk is nearly full', () => {
    const faulty = filled();
    const before = names(faulty);
    faulty.free = 1_000_000;
    assert.throws(() => compactAll(faulty, DIRECTORY), NoRoomError);
    assert.deepEqual(names(faulty), before);
    checkAll(new LogReader(DIRECTORY, faulty), TEXTS);
  });

  for (const operation of ['open', 'write', 'sync', 'rename', 'syncDirectory', 'remove'] as const) {
    test(`whose ${operation} fails loses nothing, and the next one completes, even if the power fails after either`, () => {
      for (let seed = 0; seed < 20; seed++) {
        let state = seed;
        const random = (): number => {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
          return state / 2 ** 32;
        };
        for (let count = 1; count <= 4; count++) {
          for (const whenPowerFails of ['first', 'second']) {
            const faulty = filled(random);
            faulty.failOnce(operation, count);
            try {
              compactAll(faulty, DIRECTORY, 10);
            } catch (error) {
              assert.match(String(error), /^Error: (ENOSPC|EIO): /);
            }
            checkAll(new LogReader(DIRECTORY, faulty), TEXTS);
            faulty.failNoMore();
            if (whenPowerFails === 'first') faulty.powerFails();
            compactAll(faulty, DIRECTORY, 10);
            checkAll(new LogReader(DIRECTORY, faulty), TEXTS);
            faulty.powerFails();
            checkAll(new LogReader(DIRECTORY, faulty), TEXTS);
            compactAll(faulty, DIRECTORY, 10);
            assert.deepEqual(names(faulty), [COLD_ONE, WARM_FIVE]);
          }
        }
      }
    });
  }
});

describe('on disk', () => {
  const root = mkdtempSync(join(tmpdir(), 'sojourn-compaction-'));
  after(() => rmSync(root, { recursive: true }));
  const texts = Array.from({ length: 60 }, (_, i) => `block ${i} `.repeat(1 + i * 20));

  test('a process killed during compaction leaves every block readable', async () => {
    const directory = join(root, 'killed');
    writeLog(diskFiles, directory, texts, 1_500);
    const address = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
    const program = `
      import { writeSync } from 'node:fs';
      import { closedSegments, compact, removeLeftovers } from ${address('./compaction.js')};
      import { diskFiles } from ${address('./log-files.js')};
      import { newLock } from ${address('./segment-lock.js')};
      const directory = ${JSON.stringify(directory)};
      removeLeftovers(diskFiles, directory);
      for (const segment of closedSegments(diskFiles, directory, Infinity)) {
        for (const steps = compact(diskFiles, directory, segment, newLock(), 2_000); !steps.next().done; ) writeSync(1, '.');
      }
    `;
    const cold = (): number => readdirSync(directory).filter((name) => name.endsWith('.cold')).length;
    for (let kills = 0; kills < 6; kills++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'exit');
      let steps = 0;
      child.stdout!.on('data', (dots: Buffer) => {
        steps += dots.length;
        if (steps > kills * 5) child.kill('SIGKILL');
      });
      await ended;
      checkAll(new LogReader(directory), texts);
      const log = new SegmentLog({ directory, segmentBytes: 1_500 });
      assert.equal(log.lastId, texts.length);
      log.close();
    }
    assert.ok(cold() > 0, 'something was done');
    compactAll(diskFiles, directory);
    checkAll(new LogReader(directory), texts);
    assert.deepEqual(readdirSync(directory).filter((name) => !name.endsWith('.cold')).length, 1);
  });

  test('closed segments are compressed in the background, and this is reported', async () => {
    const directory = join(root, 'background');
    writeLog(diskFiles, directory, texts, 1_500);
    const reader = new LogReader(directory);
    checkAll(reader, texts);
    // Its timers and its thread let a process end.
    const alive = setInterval(() => {}, 1_000);
    const message = await new Promise<string>((resolve) => {
      const compaction = new BackgroundCompaction({
        directory,
        afterMs: 1,
        lock: newLockCell(),
        progress: (text) => void compaction.close().then(() => resolve(text)),
        warn: (text) => void compaction.close().then(() => resolve(text)),
      });
    });
    clearInterval(alive);
    assert.match(message, /^compressed \d+ older segment\(s\) of the log: [\d.]+ MB became [\d.]+ MB$/);
    checkAll(reader, texts);
    reader.close();
  });
});
