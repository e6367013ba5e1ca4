import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import lz4 from 'lz4-napi';
import { spanBatch } from '../../../test/support/telemetry.js';
import { AttributeNormalizer } from '../../normalize/attribute-normalizer.js';
import { BlockBuilder } from './block.js';
import { DamagedBlockError } from './log.js';
import { diskFiles } from './log-files.js';
import { HEADER_BYTES, START_BYTES } from './log-frame.js';
import { LogReader } from './log-reader.js';
import { listSegments, segmentPath } from './log-segment.js';
import { Rewriter } from './rewriter.js';
import { bySegment } from './rewriting.js';
import { newLockCell } from './segment-lock.js';
import { SegmentLog } from './segment-log.js';

const directory = mkdtempSync(join(tmpdir(), 'sojourn-rewriter-'));
after(() => rmSync(directory, { recursive: true, force: true }));

test('the thread removes what it can behind a damaged block, and rejects with the block', async () => {
  const log = new SegmentLog({ directory, segmentBytes: 1 });
  const chunks = new Map<number, Set<number>>();
  for (let i = 1; i <= 5; i++) {
    const batch = spanBatch(new AttributeNormalizer(), [{ trace: 'a', span: `${i}`, start: 5n, end: 6n }]);
    const builder = new BlockBuilder();
    const { offset } = builder.add([{ batch, index: 0 }]);
    const taken = builder.take();
    const data = lz4.compressSync(Buffer.from(taken.bytes));
    log.append([{ project: 1, records: 1, directory: taken.directory, data, leastNs: 5n, greatestNs: 6n }]);
    if (i < 5) chunks.set(i, new Set([offset]));
  }
  log.close();
  assert.equal(listSegments(diskFiles, directory).length, 5);
  const damaged = segmentPath(directory, 2);
  const bytes = readFileSync(damaged);
  bytes[START_BYTES + HEADER_BYTES + 3]! ^= 1;
  writeFileSync(damaged, bytes);

  const rewriter = new Rewriter({ directory, lock: newLockCell() });
  await assert.rejects(
    rewriter.rewrite(async () => bySegment(diskFiles, directory, chunks)),
    (error: Error) => error instanceof DamagedBlockError && /^block 2 is damaged/.test(error.message),
  );
  const reader = new LogReader(directory, diskFiles);
  assert.deepEqual(
    [1, 3, 4, 5].map((block) => reader.read(block)?.records),
    [0, 0, 0, 1],
  );
  assert.throws(() => reader.read(2), DamagedBlockError);
  reader.close();
});
