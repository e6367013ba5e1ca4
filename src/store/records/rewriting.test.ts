import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import lz4 from 'lz4-napi';
import { FaultyFiles, type FileOperation } from '../../../test/support/faulty-files.js';
import { spanBatch } from '../../../test/support/telemetry.js';
import { AttributeNormalizer } from '../../normalize/attribute-normalizer.js';
import { decodeTraces } from '../../otlp/decode.js';
import { BlockBuilder, type ChunkPlace } from './block.js';
import { checkLog } from './check-log.js';
import { COLD_HEADER_BYTES } from './cold-frame.js';
import { openCold } from './cold-segment.js';
import { closedSegments, compact } from './compaction.js';
import { removeEmpty } from './empty-segments.js';
import { DamagedBlockError, type NewBlock } from './log.js';
import type { LogFiles } from './log-files.js';
import { HEADER_BYTES, START_BYTES } from './log-frame.js';
import { LogReader } from './log-reader.js';
import { coldPath, listSegments, segmentPath } from './log-segment.js';
import { bySegment, type ChunksByBlock, removeUnfinished, rewrite, rewriteAll } from './rewriting.js';
import { newLock } from './segment-lock.js';
import { SegmentLog } from './segment-log.js';

const DIRECTORY = '/log';
const NO_LIMITS = { maxRecords: 1_000_000, maxAttributesPerRecord: 1_000_000 };
const normalizer = new AttributeNormalizer();

/** A chunk: the names of its spans. */
type Names = readonly string[];

interface Written {
  readonly place: ChunkPlace;
  readonly names: Names;
}

/** Appends a block for each list of chunks. */
function writeLog(files: LogFiles, blocks: readonly (readonly Names[])[], segmentBytes: number): Written[] {
  const log = new SegmentLog({ directory: DIRECTORY, files, segmentBytes });
  const written: Written[] = [];
  for (const chunks of blocks) {
    const builder = new BlockBuilder();
    const block = log.lastId + 1;
    for (const names of chunks) {
      const batch = spanBatch(
        normalizer,
        names.map((name, i) => ({ trace: 'a', span: `${i + 1}`, name, start: 5n, end: 6n })),
      );
      const place = builder.add(Array.from(names, (_, index) => ({ batch, index })));
      written.push({ place: { block, ...place }, names });
    }
    const { bytes, directory } = builder.take();
    log.append([
      {
        project: 1,
        records: chunks.flat().length,
        directory,
        data: lz4.compressSync(bytes),
        leastNs: 5n,
        greatestNs: 6n,
      } satisfies NewBlock,
    ]);
  }
  log.close();
  return written;
}

function chunksOf(erased: readonly Written[]): ChunksByBlock {
  const chunks = new Map<number, Set<number>>();
  for (const { place } of erased) {
    chunks.set(place.block, (chunks.get(place.block) ?? new Set()).add(place.offset));
  }
  return chunks;
}

function rewriteChunks(files: LogFiles, erased: readonly Written[]): void {
  removeUnfinished(files, DIRECTORY);
  const segments = bySegment(files, DIRECTORY, chunksOf(erased));
  for (const steps = rewriteAll(files, DIRECTORY, segments, newLock()); !steps.next().done; );
  const firsts = segments.map(({ first }) => first);
  removeEmpty(files, DIRECTORY, firsts, newLock());
}

function compactAll(files: LogFiles): void {
  for (const segment of closedSegments(files, DIRECTORY, Number.POSITIVE_INFINITY)) {
    for (const steps = compact(files, DIRECTORY, segment, newLock(), 500); !steps.next().done; );
  }
}

/** The names of the spans at a place, as every reader decodes them. */
function namesAt(reader: LogReader, { block, offset, tracesLength }: ChunkPlace): string[] {
  const bytes = reader.read(block)!.bytes.subarray(offset, offset + tracesLength);
  const { batch } = decodeTraces(bytes, normalizer, NO_LIMITS);
  return Array.from({ length: batch.count }, (_, i) => {
    const text = Buffer.from(batch.bytes).toString(
      'latin1',
      batch.offset[i]!,
      batch.offset[i]! + batch.length[i]!,
    );
    return /name-\d+-x*/.exec(text)![0];
  });
}

let names = 0;
const chunk = fc
  .array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 3 })
  .map((lengths) => lengths.map((length) => `name-${names++}-${'x'.repeat(length)}`));
const blocks = fc.array(fc.array(chunk, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 });

test('rewriting removes chunks from warm and cold segments, whatever fails or stops meanwhile, and nothing else', () => {
  const fault = fc.record({
    operation: fc.constantFrom<FileOperation>('open', 'write', 'sync', 'rename', 'syncDirectory', 'remove'),
    at: fc.integer({ min: 1, max: 3 }),
    losesPower: fc.boolean(),
  });
  const luck = fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true }));
  fc.assert(
    fc.property(
      blocks,
      fc.array(fc.boolean(), { minLength: 32, maxLength: 32 }),
      fc.constantFrom(1, 400, 1 << 20),
      fc.boolean(),
      fc.array(fault, { maxLength: 3 }),
      luck,
      (blocks, goes, segmentBytes, isCold, faults, stream) => {
        const files = new FaultyFiles(() => stream.next().value!);
        const written = writeLog(files, blocks, segmentBytes);
        files.syncDirectory();
        if (isCold) compactAll(files);
        const erased = written.filter((_, i) => goes[i]);
        // Readers have the files open.
        const before = new LogReader(DIRECTORY, files);
        for (const { place, names } of written) assert.deepEqual(namesAt(before, place), names);
        for (const { operation, at, losesPower } of faults) {
          files.failOnce(operation, at);
          try {
            rewriteChunks(files, erased);
          } catch (error) {
            assert.ok(!(error instanceof DamagedBlockError), String(error));
          }
          files.failNoMore();
          if (losesPower) files.powerFails();
          const reader = new LogReader(DIRECTORY, files);
          for (const each of written) {
            const found = namesAt(reader, each.place);
            if (!erased.includes(each) || found.length > 0) assert.deepEqual(found, each.names);
          }
        }
        rewriteChunks(files, erased);
        for (const reader of [before, new LogReader(DIRECTORY, files)]) {
          for (const each of written) {
            assert.deepEqual(namesAt(reader, each.place), erased.includes(each) ? [] : each.names);
          }
          for (const [i, chunks] of blocks.entries()) {
            const kept = written.filter((each) => each.place.block === i + 1 && !erased.includes(each));
            const { records, bytes } = reader.read(i + 1)!;
            assert.equal(records, kept.flatMap((each) => each.names).length);
            for (const name of chunks.flat()) {
              assert.equal(
                bytes.includes(name),
                kept.some((each) => each.names.includes(name)),
              );
            }
          }
        }
        // The log goes on behind its last segment, and compaction takes the rewritten ones.
        const log = new SegmentLog({ directory: DIRECTORY, files });
        assert.equal(log.lastId, blocks.length);
        log.close();
        compactAll(files);
        const cold = new LogReader(DIRECTORY, files);
        for (const each of written) {
          assert.deepEqual(namesAt(cold, each.place), erased.includes(each) ? [] : each.names);
        }
      },
    ),
    { numRuns: 100 },
  );
});

test('rewriting keeps a damaged block as it is, and refuses to remove a chunk of it', () => {
  const files = new FaultyFiles(() => 0);
  const written = writeLog(files, [[['name-1-']], [['name-2-']], [['name-3-']]], 1 << 20);
  const path = `${DIRECTORY}/000000000001.blocks`;
  files.flip(path, files.bytes(path).indexOf('name-2-'));
  rewriteChunks(files, [written[0]!]);
  const reader = new LogReader(DIRECTORY, files);
  assert.deepEqual(namesAt(reader, written[0]!.place), []);
  assert.throws(() => reader.read(2), DamagedBlockError);
  assert.deepEqual(namesAt(reader, written[2]!.place), ['name-3-']);
  assert.throws(() => rewriteChunks(files, [written[1]!]), DamagedBlockError);
  assert.deepEqual(files.list(DIRECTORY), ['000000000001.blocks']);
});

for (const form of ['warm', 'cold'] as const) {
  test(`what can be removed of ${form} segments is, before damaged blocks are named`, () => {
    const files = new FaultyFiles(() => 0);
    const all = Array.from({ length: 24 }, (_, i) => [[`name-${i + 1}-${'x'.repeat(600)}`]]);
    const written = writeLog(files, all, 300);
    if (form === 'cold') compactAll(files);
    const segments = listSegments(files, DIRECTORY).filter(({ isCold }) => isCold === (form === 'cold'));
    assert.ok(segments.length > 3 && segments.length < all.length / 2, String(segments.length));
    // The first blocks of two segments.
    const damaged = segments.slice(1, 3).map(({ first }) => first);
    for (const first of damaged) {
      if (form === 'cold') files.flip(coldPath(DIRECTORY, first), COLD_HEADER_BYTES + 10);
      else files.flip(segmentPath(DIRECTORY, first), START_BYTES + HEADER_BYTES + 10);
    }
    assert.throws(
      () => rewriteChunks(files, written),
      (error: Error) =>
        error instanceof DamagedBlockError &&
        damaged.every((number) => error.message.includes(`block ${number} is damaged`)),
    );
    const reader = new LogReader(DIRECTORY, files);
    for (const { place } of written) {
      if (damaged.includes(place.block)) assert.throws(() => reader.read(place.block), DamagedBlockError);
      else assert.deepEqual(namesAt(reader, place), []);
    }
  });
}

test('a cold segment whose frames are not all known stays as it is', () => {
  const files = new FaultyFiles(() => 0);
  const all = Array.from({ length: 6 }, (_, i) => [[`name-${i + 1}-${'x'.repeat(600)}`]]);
  const written = writeLog(files, [...all, ...all], 500);
  compactAll(files);
  const path = coldPath(DIRECTORY, 1);
  const { file, cold } = openCold(files, DIRECTORY, 1);
  file.close();
  assert.ok(cold.frames.length > 2);
  files.flip(path, cold.frames[1]!.at);
  files.flip(path, files.bytes(path).length - 1);
  const before = Buffer.from(files.bytes(path));
  assert.throws(() => rewriteChunks(files, [written[0]!]), DamagedBlockError);
  assert.deepEqual(files.bytes(path), before);
});

test('one small file stands for neighbouring segments without records, and the others are removed', () => {
  const files = new FaultyFiles(() => 0);
  const large = 'x'.repeat(2_000);
  const blocks = Array.from({ length: 40 }, (_, i) => [[`name-${i}-${large}`]]);
  const written = writeLog(files, blocks, 1);
  assert.equal(files.list(DIRECTORY).filter((name) => name.endsWith('.blocks')).length, 40);
  const stays = [5, 20, 39];
  const erased = written.filter((_, i) => !stays.includes(i));
  // Not all at once, as passes do.
  rewriteChunks(files, erased.slice(0, 10));
  rewriteChunks(files, erased.slice(10));
  const left = files.list(DIRECTORY).filter((name) => !name.endsWith('.index'));
  assert.deepEqual(left.sort(), [
    '000000000001.cold',
    '000000000006.blocks',
    '000000000007.cold',
    '000000000021.blocks',
    '000000000022.cold',
    '000000000040.blocks',
  ]);
  const size = (name: string): number => files.bytes(`${DIRECTORY}/${name}`).length;
  assert.ok(size('000000000007.cold') < 200, String(size('000000000007.cold')));
  const reader = new LogReader(DIRECTORY, files);
  for (const [i, { place, names }] of written.entries()) {
    assert.deepEqual(namesAt(reader, place), stays.includes(i) ? names : []);
    assert.equal(reader.read(i + 1)!.records, stays.includes(i) ? 1 : 0);
  }
  const { findings, segments } = checkLog(files, DIRECTORY, { durableId: 40, isInUse: false });
  assert.deepEqual(findings, []);
  assert.equal(segments.at(-1)!.next, 41);
});

test('a segment that is compacted while it is rewritten is rewritten in its new form', () => {
  const files = new FaultyFiles(() => 0);
  const written = writeLog(files, [[['name-1-'], ['name-2-']], [['name-3-']], [['name-4-']]], 1);
  const [segment] = bySegment(files, DIRECTORY, chunksOf([written[0]!]));
  const steps = rewrite(files, DIRECTORY, segment!, newLock());
  steps.next();
  compactAll(files);
  while (!steps.next().done);
  const reader = new LogReader(DIRECTORY, files);
  assert.deepEqual(namesAt(reader, written[0]!.place), []);
  assert.deepEqual(namesAt(reader, written[1]!.place), ['name-2-']);
  // And the other way round: compaction gives up what it read before.
  const second = writeLogAgain();
  const [closed] = closedSegments(second.files, DIRECTORY, Number.POSITIVE_INFINITY);
  const compaction = compact(second.files, DIRECTORY, closed!, newLock());
  compaction.next();
  rewriteChunks(second.files, [second.written[0]!]);
  assert.equal(compaction.next().value, undefined);
  assert.deepEqual(namesAt(new LogReader(DIRECTORY, second.files), second.written[0]!.place), []);
});

function writeLogAgain(): { files: FaultyFiles; written: Written[] } {
  const files = new FaultyFiles(() => 0);
  return { files, written: writeLog(files, [[['name-1-'], ['name-2-']], [['name-3-']]], 1) };
}
