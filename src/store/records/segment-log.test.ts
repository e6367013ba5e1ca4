import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import lz4 from 'lz4-napi';
import { FaultyFiles, type FileOperation } from '../../../test/support/faulty-files.js';
import { closedSegments, compact, removeLeftovers } from './compaction.js';
import { DamagedBlockError, type NewBlock, type StoredBlock } from './log.js';
import { diskFiles } from './log-files.js';
import { LogReader } from './log-reader.js';
import { newLock } from './segment-lock.js';
import { LogWriteError, SegmentLog, type SegmentLogOptions } from './segment-log.js';

const DIRECTORY = '/log';

/** Small, so that a few blocks make several frames. */
const FRAME_BYTES = 200;

function block(text: string, project = 1): NewBlock {
  const bytes = Buffer.from(text);
  return {
    project,
    records: bytes.length,
    directory: Uint8Array.of(bytes.length % 128, 0),
    data: lz4.compressSync(bytes),
    leastNs: 1n,
    greatestNs: BigInt(bytes.length),
  };
}

function textOf({ bytes }: StoredBlock): string {
  return bytes.toString();
}

function texts(log: { read(id: number): StoredBlock | undefined }, last: number): string[] {
  return Array.from({ length: last }, (_, i) => textOf(log.read(i + 1)!));
}

/** Files without random faults. */
function files(): FaultyFiles {
  return new FaultyFiles(() => 0);
}

function openLog(faulty: FaultyFiles, options: Partial<SegmentLogOptions> = {}): SegmentLog {
  return new SegmentLog({ directory: DIRECTORY, files: faulty, ...options });
}

function segment(first: number): string {
  return `${DIRECTORY}/${String(first).padStart(12, '0')}.blocks`;
}

/** A repeatable sequence of numbers in [0, 1). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('a log on disk', () => {
  const root = mkdtempSync(join(tmpdir(), 'sojourn-log-'));
  after(() => rmSync(root, { recursive: true }));

  test('is read as it was written, by its writer, by readers and after it is reopened', () => {
    const directory = join(root, 'log');
    const log = new SegmentLog({ directory, segmentBytes: 300 });
    const reader = new LogReader(directory);
    const written: string[] = [];
    for (let i = 0; i < 20; i++) {
      const more = Array.from({ length: i % 4 }, (_, j) => `block ${i} ${j} ${'x'.repeat(50)}`);
      log.append(more.map((text) => block(text, i + 1)));
      written.push(...more);
      assert.equal(log.lastId, written.length);
      assert.deepEqual(texts(reader, written.length), written);
    }
    const last = log.read(log.lastId)!;
    assert.deepEqual([last.project, last.records, [...last.directory]], [20, 61, [61, 0]]);
    assert.equal(log.read(0), undefined);
    assert.equal(log.read(log.lastId + 1), undefined);
    assert.equal(reader.read(log.lastId + 1), undefined);
    assert.deepEqual(texts(log, log.lastId), written);
    log.close();

    const again = new SegmentLog({ directory, segmentBytes: 300, durableId: written.length });
    again.probe(65_536);
    again.append([block('more')]);
    written.push('more');
    assert.deepEqual(texts(again, again.lastId), written);
    assert.deepEqual(texts(reader, again.lastId), written);
    again.close();
    reader.close();
    const segments = readdirSync(directory).filter((name) => name.endsWith('.blocks'));
    assert.ok(segments.length > 3, 'several segments');
    assert.equal(segments[0], '000000000001.blocks');
  });

  test('finds the blocks of a closed segment if the file of their offsets is missing or damaged', () => {
    const directory = join(root, 'index');
    const log = new SegmentLog({ directory, segmentBytes: 1 });
    for (const text of ['a', 'b', 'c']) log.append([block(`${text}1`), block(`${text}2`)]);
    const written = texts(log, log.lastId);
    log.close();
    const index = join(directory, '000000000001.index');
    const file = diskFiles.openForWriting(index);
    file.write([Uint8Array.of(255)], 9);
    file.close();
    diskFiles.remove(join(directory, '000000000003.index'));
    const reader = new LogReader(directory);
    assert.deepEqual(texts(reader, 6), written);
    reader.close();
  });
});

describe('a damaged block', () => {
  test('is an error that names block and file, wherever the damage is, and other blocks are read', () => {
    for (const [appends, segmentBytes] of [
      [[3, 1], 1 << 20],
      [[1, 1, 1, 1], 1],
      [[2, 2], 1],
    ] as const) {
      const faulty = files();
      const log = openLog(faulty, { segmentBytes });
      let number = 0;
      for (const count of appends) log.append(Array.from({ length: count }, () => block(`text ${++number}`)));
      log.close();
      const path = faulty
        .list(DIRECTORY)
        .filter((name) => name.endsWith('.blocks'))
        .sort()[0]!;
      const whole = `${DIRECTORY}/${path}`;
      for (let at = 0; at < faulty.bytes(whole).length; at++) {
        faulty.flip(whole, at);
        const again = openLog(faulty, { segmentBytes, durableId: 4 });
        assert.equal(again.lastId, 4);
        const readers = [again, new LogReader(DIRECTORY, faulty)];
        for (const reader of readers) {
          const damaged: number[] = [];
          for (let id = 1; id <= 4; id++) {
            try {
              assert.equal(textOf(reader.read(id)!), `text ${id}`);
            } catch (error) {
              assert.ok(error instanceof DamagedBlockError, String(error));
              assert.ok(
                error.message.includes(`block ${id} `) && error.message.includes(whole),
                error.message,
              );
              damaged.push(id);
            }
          }
          assert.ok(damaged.length <= 1, `byte ${at}: ${damaged}`);
          if (at >= 16) assert.equal(damaged.length, 1, `byte ${at}`);
        }
        again.close();
        faulty.flip(whole, at);
      }
    }
  });

  test('followed by a later append is never treated as an unfinished append', () => {
    const faulty = files();
    const log = openLog(faulty);
    log.append([block('one'), block('two')]);
    log.append([block('three')]);
    log.close();
    const messages: string[] = [];
    faulty.flip(segment(1), faulty.bytes(segment(1)).length - 100);
    const again = openLog(faulty, { warn: (message) => messages.push(message) });
    assert.equal(again.lastId, 3);
    assert.throws(() => again.read(2), /block 2 is damaged: .*000000000001\.blocks, byte \d+/);
    assert.equal(textOf(again.read(3)!), 'three');
    assert.deepEqual(messages, [
      `block 2 of the log is damaged: put ${segment(1)} back from a backup, and delete no files of sessions before`,
    ]);
    again.append([block('four')]);
    assert.equal(textOf(again.read(4)!), 'four');
  });

  test('that rows were made of stays damaged if the end of the log is lost, and its number is not reused', () => {
    const faulty = files();
    const log = openLog(faulty);
    log.append([block('one')]);
    log.append([block('two')]);
    log.close();
    const file = faulty.openForWriting(segment(1));
    file.truncate(file.size() - 1);
    const again = openLog(faulty, { durableId: 2 });
    assert.equal(again.lastId, 2);
    again.append([block('three')]);
    assert.throws(() => again.read(2), DamagedBlockError);
    for (const reader of [again, openLog(faulty, { durableId: 2 }), new LogReader(DIRECTORY, faulty)]) {
      assert.equal(textOf(reader.read(1)!), 'one');
      assert.throws(() => reader.read(2), /block 2 .*000000000001\.blocks/);
      assert.equal(textOf(reader.read(3)!), 'three');
    }
  });

  test('whose segment has a damaged start too does not cause the loss of other blocks', () => {
    const faulty = files();
    const log = openLog(faulty);
    log.append([block('one')]);
    log.append([block('two')]);
    log.close();
    const all = Buffer.from(faulty.bytes(segment(1)));
    faulty.openForWriting(segment(1)).write([new Uint8Array(40)], 0);
    const messages: string[] = [];
    const again = openLog(faulty, { warn: (message) => messages.push(message) });
    assert.equal(again.lastId, 0);
    assert.match(messages.join(), /nothing can be read of .*000000000001\.blocks: .* kept as .*\.blocks\.1$/);
    again.append([block('new')]);
    assert.deepEqual(texts(again, 1), ['new']);
    assert.deepEqual(faulty.bytes(`${segment(1)}.1`).subarray(40), all.subarray(40));
    assert.deepEqual(texts(openLog(faulty), 1), ['new']);
  });

  test('can be appended as a damaged block', () => {
    const log = openLog(files());
    log.append([{ ...block('one'), isDamaged: true }, block('two')]);
    assert.throws(() => log.read(1), DamagedBlockError);
    assert.equal(textOf(log.read(2)!), 'two');
  });

  test('of a later format is refused as such', () => {
    const faulty = files();
    const log = openLog(faulty);
    log.append([block('one')]);
    faulty.bytes(segment(1))[16 + 3] = 9;
    assert.throws(() => log.read(1), /block 1 has format 9, which this version does not know/);
  });
});

describe('an append', () => {
  test('torn at any byte is cut off at the next start, and this is reported', () => {
    const whole = files();
    const log = openLog(whole);
    log.append([block('one')]);
    const kept = whole.bytes(segment(1)).length;
    log.append([block('two'), block('three')]);
    const all = Buffer.from(whole.bytes(segment(1)));
    for (let size = kept; size <= all.length; size++) {
      const faulty = files();
      faulty.openForWriting(segment(1), { create: true }).write([all.subarray(0, size)], 0);
      const messages: string[] = [];
      const again = openLog(faulty, { report: (message) => messages.push(message) });
      const left = texts(again, again.lastId);
      assert.deepEqual(left, ['one', 'two', 'three'].slice(0, left.length));
      assert.equal(messages.length, size > faulty.bytes(segment(1)).length ? 1 : 0);
      again.append([block('new')]);
      assert.deepEqual(texts(openLog(faulty), again.lastId), [...left, 'new']);
    }
  });

  test('written out of order is cut off at its first hole', () => {
    const faulty = files();
    const log = openLog(faulty);
    log.append([block('one')]);
    const kept = faulty.bytes(segment(1)).length;
    log.append([block('two'), block('three'), block('four')]);
    faulty.flip(segment(1), kept + 30);
    const again = openLog(faulty);
    assert.deepEqual(texts(again, again.lastId), ['one']);
    again.append([block('new')]);
    assert.deepEqual(texts(again, again.lastId), ['one', 'new']);
  });

  // The first file opened and written is the offsets of the previous segment, which may fail.
  for (const [operation, count] of [
    ['write', 2],
    ['sync', 1],
    ['open', 2],
    ['syncDirectory', 1],
  ] as const) {
    test(`whose ${operation} fails leaves the log unchanged, and the next append is kept`, () => {
      const faulty = new FaultyFiles(sequence(7));
      const log = openLog(faulty, { segmentBytes: 1 });
      log.append([block('one')]);
      faulty.failOnce(operation, count);
      assert.throws(() => log.append([block('lost'), block('lost')]), LogWriteError);
      assert.equal(log.lastId, 1);
      assert.equal(log.read(2), undefined);
      log.append([block('two')]);
      faulty.powerFails();
      assert.deepEqual(texts(openLog(faulty), 2), ['one', 'two']);
    });
  }

  test('reports a full disk as such', () => {
    const faulty = files();
    const log = openLog(faulty);
    faulty.failOnce('write', 1);
    assert.throws(() => log.append([block('x')]), /^LogWriteError: the disk is full \(ENOSPC/);
    faulty.failOnce('sync', 1);
    assert.throws(() => log.append([block('x')]), /^LogWriteError: the log cannot be written: EIO/);
    faulty.failOnce('write', 1);
    assert.throws(() => log.probe(10), /^LogWriteError: the disk is full/);
  });

  test('cannot inject a block through the bytes of its telemetry', () => {
    // Bytes of a segment of another log, sent as telemetry. LZ4 leaves them unchanged.
    const other = files();
    const forged = openLog(other);
    forged.append([block('one')]);
    forged.append([block('forged', 66), block('forged', 66)]);
    const bytes = other.bytes(segment(1));
    const faulty = files();
    const log = openLog(faulty);
    log.append([block('one')]);
    const kept = faulty.bytes(segment(1)).length;
    log.append([{ ...block('x'), data: bytes }]);
    faulty.flip(segment(1), kept);
    const again = openLog(faulty);
    assert.equal(again.lastId, 1);
  });
});

/** A step of a test run on a log. */
type Step =
  | { readonly type: 'append'; readonly sizes: readonly number[] }
  | { readonly type: 'fault'; readonly operation: FileOperation; readonly count: number }
  | { readonly type: 'compact'; readonly frames: number; readonly end: 'killed' | 'given up' }
  | { readonly type: 'restart'; readonly power: boolean; readonly folded: boolean };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        type: fc.constant('append' as const),
        sizes: fc.array(fc.integer({ min: 0, max: 250 }), { minLength: 1, maxLength: 4 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('fault' as const),
        operation: fc.constantFrom(
          ...(['write', 'sync', 'open', 'truncate', 'remove', 'rename', 'syncDirectory'] as const),
        ),
        count: fc.integer({ min: 1, max: 3 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('compact' as const),
        frames: fc.integer({ min: 0, max: 20 }),
        end: fc.constantFrom('killed' as const, 'given up' as const),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('restart' as const),
        power: fc.boolean(),
        folded: fc.boolean(),
      }),
    },
  ),
  { maxLength: 30 },
);

/** Compacts closed segments, up to this many frames. */
function compactSome(faulty: FaultyFiles, frames: number, end: 'killed' | 'given up'): void {
  let left = frames;
  removeLeftovers(faulty, DIRECTORY);
  for (const segment of closedSegments(faulty, DIRECTORY, 1)) {
    const steps = compact(faulty, DIRECTORY, segment, newLock(), FRAME_BYTES);
    while (left-- > 0 && !steps.next().done);
    if (left >= 0) continue;
    // A killed thread does not run `finally`.
    if (end === 'given up') steps.return({ warmBytes: 0, coldBytes: 0 });
    return;
  }
}

test('whatever fails and whenever it stops, a log has every acknowledged block and no block that was not appended', () => {
  fc.assert(
    fc.property(steps, fc.integer(), fc.integer({ min: 1, max: 1500 }), (all, seed, segmentBytes) => {
      const random = sequence(seed);
      const faulty = new FaultyFiles(random);
      /** Indexed by number minus one. A block found at a start counts, because rows are made of it. */
      let acknowledged: string[] = [];
      const attempted = new Set<string>();
      let made = 0;
      let folded = 0;
      let log = openLog(faulty, { segmentBytes });
      let reader = new LogReader(DIRECTORY, faulty);
      const check = (): void => {
        assert.equal(log.lastId, acknowledged.length);
        assert.deepEqual(texts(log, log.lastId), acknowledged);
        assert.deepEqual(texts(reader, log.lastId), acknowledged);
      };
      const start = (): void => {
        try {
          log = openLog(faulty, { segmentBytes, durableId: folded });
        } catch {
          // A start may fail because the disk is full. The next one succeeds.
          faulty.failNoMore();
          log = openLog(faulty, { segmentBytes, durableId: folded });
        }
        while (log.unconfirmed !== undefined) {
          // The last append is not read and not appended to before it is durable.
          assert.ok(log.lastId >= folded);
          const known = Math.min(log.lastId, acknowledged.length);
          assert.deepEqual(texts(log, known), acknowledged.slice(0, known));
          assert.throws(() => log.append([block('too early')]), LogWriteError);
          const before = log.lastId;
          try {
            assert.equal(log.confirm(), log.lastId > before);
          } catch (error) {
            assert.ok(error instanceof LogWriteError, String(error));
          }
        }
        assert.ok(log.lastId >= acknowledged.length, `${acknowledged.length - log.lastId} blocks are lost`);
        const found = texts(log, log.lastId);
        for (const text of found.slice(acknowledged.length))
          assert.ok(attempted.has(text), 'a block from nowhere');
        acknowledged = [...acknowledged, ...found.slice(acknowledged.length)];
        reader = new LogReader(DIRECTORY, faulty);
      };
      for (const step of all) {
        if (step.type === 'fault') {
          faulty.failOnce(step.operation, step.count);
        } else if (step.type === 'append') {
          const blocks = step.sizes.map((size) => {
            const text = `${++made} `.padEnd(size, String.fromCharCode(33 + Math.floor(random() * 90)));
            attempted.add(text);
            return text;
          });
          try {
            log.append(blocks.map((text) => block(text, (made % 5) + 1)));
            acknowledged.push(...blocks);
          } catch (error) {
            assert.ok(error instanceof LogWriteError, String(error));
          }
          check();
        } else if (step.type === 'compact') {
          try {
            compactSome(faulty, step.frames, step.end);
          } catch (error) {
            assert.match(String(error), /^Error: (ENOSPC|EIO): /);
          }
          check();
        } else {
          if (step.folded) folded = acknowledged.length;
          if (step.power) faulty.powerFails();
          start();
          check();
        }
      }
      faulty.failNoMore();
      faulty.powerFails();
      start();
      check();
      compactSome(faulty, Number.POSITIVE_INFINITY, 'given up');
      faulty.powerFails();
      start();
      check();
      assert.deepEqual(closedSegments(faulty, DIRECTORY, 1), []);
    }),
    { numRuns: Number(process.env.SOJOURN_LOG_RUNS ?? 500) },
  );
});
