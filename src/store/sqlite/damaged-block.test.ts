import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openEngine, QUIET } from '../../../test/support/engine.js';
import { flipBlock } from '../../../test/support/flip-block.js';
import { listedItem } from '../../../test/support/listed-item.js';
import { plainNormalizer } from '../../../test/support/normalizer.js';
import { type SpanSpec, spanBatch, traceId } from '../../../test/support/telemetry.js';
import { DamagedBlockError } from '../contract/damaged.js';
import type { SessionReader } from '../contract/reader.js';
import { openReader } from '../contract/reader-source.js';
import type { BlockRange, StoreEvents } from '../contract/store.js';
import { START_BYTES } from '../records/log-frame.js';
import { segmentPath } from '../records/log-segment.js';
import { openSqliteStore } from './store.js';

/** A block is damaged that rows were made of. */

const root = mkdtempSync(join(tmpdir(), 'sojourn-damaged-block-'));
after(() => rmSync(root, { recursive: true }));

const NOW_NS = 1_790_000_000_000_000_000n;
const LIMIT_MS = 30_000;

const normalizer = await plainNormalizer();
const SETTINGS = { userIds: 'keep', clientIp: 'keep', geoDatabase: undefined } as const;

let directories = 0;
const newDirectory = (): string => join(root, `data-${directories++}`);

/** A span of a trace, whose session has its name. */
function span(trace: string, id: string): SpanSpec {
  const start = NOW_NS - 60_000_000_000n;
  return { trace, span: id, start, end: start + 1_000_000n, attributes: { 'session.id': `s-${trace}` } };
}

function damage(directory: string, block: number): void {
  flipBlock(join(directory, 'log'), block);
}

async function open(directory: string) {
  const warnings: string[] = [];
  const failures: string[] = [];
  let damaged: readonly BlockRange[] = [];
  let isBehind = false;
  let unfolded = 0;
  let look = (): void => {};
  const events: StoreEvents = {
    ...QUIET,
    warning: (message) => warnings.push(message),
    foldFailed: (reason) => failures.push(reason),
    damaged: (blocks) => {
      damaged = blocks;
    },
    catchingUp: (progress) => {
      isBehind = progress !== undefined;
      look();
    },
    unfolded: (records) => {
      unfolded = records;
      look();
    },
  };
  const store = await openSqliteStore(
    { directory, implicitSessions: true, timeoutMs: 1_800_000, normalizer: SETTINGS, events },
    { writer: { nowNs: NOW_NS } },
  );
  const reader = await openReader(store.readers, () => {});
  return {
    ...{ store, reader, warnings, failures },
    damaged: () => damaged,
    append: (spec: SpanSpec) => store.writer.append('default', spanBatch(normalizer, [spec])),
    /** Resolves when sessions have all that was accepted. */
    settled: () =>
      new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('sessions are behind')), LIMIT_MS);
        look = () => {
          if (isBehind || unfolded > 0) return;
          clearTimeout(timer);
          resolve();
        };
        look();
      }),
    close: async () => {
      await reader.close();
      await store.close();
    },
  };
}

async function spansOf(reader: SessionReader): Promise<Record<string, number>> {
  const { sessions } = await reader.sessions('default', { direction: 'older', limit: 100, nowNs: NOW_NS });
  return Object.fromEntries(sessions.map((session) => [session.id, listedItem(session).span_count ?? 0]));
}

test('records of a trace with a damaged block are accepted, and what is sent again is there again', async () => {
  const directory = newDirectory();
  const { engine, files } = openEngine(directory, { normalizer, now: () => NOW_NS });
  const commit = (spec: SpanSpec) =>
    engine.commit([{ project: 'default', batch: spanBatch(normalizer, [spec]) }], true);
  for (const spec of [span('a', '1'), span('b', '1'), span('a', '2'), span('c', '1')]) commit(spec);
  files.close();
  damage(directory, 1);

  const { reader, warnings, failures, damaged, append, settled, close } = await open(directory);
  assert.deepEqual(await append(span('a', '3')), { stored: 1, replaced: 0, duplicates: 0 });
  await settled();
  assert.match(warnings.join(), /all sessions are made again without the records.*block 1 is damaged/);
  assert.deepEqual(failures, []);
  assert.deepEqual(damaged(), [{ first: 1, last: 1 }]);
  assert.deepEqual(await spansOf(reader), { 's-a': 2, 's-b': 1, 's-c': 1 });
  await append(span('a', '1'));
  await settled();
  assert.deepEqual(await spansOf(reader), { 's-a': 3, 's-b': 1, 's-c': 1 });
  await close();
});

test('damage after the block that sessions are up to, in a group that is ahead of it, does not stop folding', async () => {
  const directory = newDirectory();
  const { engine, files } = openEngine(directory, { normalizer, now: () => NOW_NS });
  const commit = (spec: SpanSpec) =>
    engine.commit([{ project: 'default', batch: spanBatch(normalizer, [spec]) }], false);
  engine.commit([{ project: 'default', batch: spanBatch(normalizer, [span('a', '1')]) }], true);
  commit(span('a', '2'));
  commit(span('b', '1'));
  commit(span('a', '3'));
  // The first group with its spans in blocks 2 and 4. The second one waits, so block 2 is the last one before it.
  engine.foldSome(1);
  engine.endFold();
  assert.ok(engine.foldedBlock < 4);
  commit(span('a', '4'));
  files.close();
  damage(directory, 4);

  const { reader, failures, damaged, settled, close } = await open(directory);
  await settled();
  assert.deepEqual(failures, []);
  assert.deepEqual(damaged(), [{ first: 4, last: 4 }]);
  assert.deepEqual(await spansOf(reader), { 's-a': 3, 's-b': 1 });
  await close();
});

test('a block that is gone from the end of the log is an error that names it', async () => {
  const directory = newDirectory();
  const { reader, append, settled, close } = await open(directory);
  await append(span('a', '1'));
  await settled();
  truncateSync(segmentPath(join(directory, 'log'), 1), START_BYTES);
  await assert.rejects(reader.trace('default', traceId('a')), (error) => {
    assert.ok(error instanceof DamagedBlockError);
    assert.match(error.message, /^block 1 is missing/);
    return true;
  });
  await close();
});
