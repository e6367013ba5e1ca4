import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import lz4 from 'lz4-napi';
import { FaultyFiles, type FileOperation } from '../../../test/support/faulty-files.js';
import { closedSegments, compact } from './compaction.js';
import type { NewBlock } from './log.js';
import { findLogEnd } from './log-end.js';
import { LogReader } from './log-reader.js';
import { newLock } from './segment-lock.js';
import { SegmentLog } from './segment-log.js';

const DIRECTORY = '/log';

function block(text: string): NewBlock {
  const data = lz4.compressSync(Buffer.from(text));
  return { project: 1, records: 1, directory: Uint8Array.of(1, 0), data, leastNs: 1n, greatestNs: 2n };
}

test('the end of a log that another process writes is all but the last append, and then all', () => {
  const files = new FaultyFiles(() => 0);
  const log = new SegmentLog({ directory: DIRECTORY, files, segmentBytes: 250 });
  assert.deepEqual(findLogEnd(DIRECTORY, files), { last: 0, acknowledged: 0 });
  let before = 0;
  for (const count of [1, 3, 1, 2, 4, 1]) {
    log.append(Array.from({ length: count }, (_, i) => block(`block ${log.lastId + i} ${'x'.repeat(60)}`)));
    assert.deepEqual(findLogEnd(DIRECTORY, files), { last: log.lastId, acknowledged: before });
    before = log.lastId;
  }
  for (const segment of closedSegments(files, DIRECTORY, Number.MAX_SAFE_INTEGER))
    for (const _ of compact(files, DIRECTORY, segment, newLock()));
  assert.equal(findLogEnd(DIRECTORY, files).last, log.lastId);
});

test('whatever fails while a log is written, what counts as acknowledged is acknowledged, and can be read', () => {
  const step = fc.record({
    count: fc.integer({ min: 1, max: 3 }),
    failing: fc.option(
      fc.record({
        operation: fc.constantFrom<FileOperation>('write', 'sync', 'truncate', 'open', 'syncDirectory'),
        at: fc.integer({ min: 1, max: 2 }),
      }),
      { nil: undefined },
    ),
  });
  const luck = fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), luck, (steps, stream) => {
      const files = new FaultyFiles(() => stream.next().value!);
      const log = new SegmentLog({ directory: DIRECTORY, files, segmentBytes: 300 });
      const written: string[] = [];
      let attempts = 0;
      let lastAppend = 0;
      for (const { count, failing } of steps) {
        if (failing !== undefined) files.failOnce(failing.operation, failing.at);
        const texts = Array.from({ length: count }, (_, i) => `${attempts} ${i} ${'x'.repeat(50)}`);
        attempts++;
        try {
          log.append(texts.map(block));
          lastAppend = written.length + 1;
          written.push(...texts);
        } catch {
          // Its sender was not answered.
        }
        const { acknowledged } = findLogEnd(DIRECTORY, files);
        assert.ok(acknowledged <= log.lastId, `${acknowledged} of ${log.lastId}`);
        assert.ok(acknowledged >= lastAppend - 1, `${acknowledged} before ${lastAppend}`);
        const reader = new LogReader(DIRECTORY, files);
        const read = Array.from({ length: acknowledged }, (_, i) => reader.read(i + 1)!.bytes.toString());
        assert.deepEqual(read, written.slice(0, acknowledged));
      }
    }),
    { numRuns: 300 },
  );
});
