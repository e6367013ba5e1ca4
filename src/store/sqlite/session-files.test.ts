import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readlinkSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { openUnrecovered, packSessions } from '../../../test/support/engine.js';
import { plainNormalizer } from '../../../test/support/normalizer.js';
import { type SpanSpec, spanBatch } from '../../../test/support/telemetry.js';
import type { SessionPosition } from '../contract/session.js';
import type { BlockRange } from '../contract/store.js';
import { REPLAY_BLOCKS } from '../engine/engine.js';
import { textOf } from '../engine/identity.js';
import { SqliteReader } from './reader.js';

/** All sessions are made again in a second file while readers use the first. */

const root = mkdtempSync(join(tmpdir(), 'sojourn-session-files-'));
after(() => rmSync(root, { recursive: true }));

const NOW_NS = 1_790_000_000_000_000_000n;
const TIMEOUT_NS = 1_800_000_000_000n;
/** Each commit is a block with a separate session. */
const COMMITS = 40;

const normalizer = await plainNormalizer();

let directories = 0;
const newDirectory = (): string => join(root, `data-${directories++}`);

const idOf = (commit: number): string => `s${String(commit).padStart(3, '0')}`;

function spanOf(commit: number): SpanSpec {
  const start = NOW_NS - BigInt(1_000 - commit) * 1_000_000_000n;
  return {
    trace: (commit + 1).toString(16),
    span: '1',
    start,
    end: start + 1_000_000n,
    attributes: { 'session.id': idOf(commit), 'gen_ai.operation.name': 'chat' },
  };
}

interface OpenOptions {
  readonly keys?: string;
  readonly forms?: string;
}

/** Opens a writer whose tables have these digests. */
function open(directory: string, { keys = '1', forms = '1' }: OpenOptions = {}) {
  const said: string[] = [];
  const damaged: BlockRange[] = [];
  const writer = openUnrecovered(directory, {
    normalizer,
    now: () => NOW_NS,
    tables: textOf({ 'keys of sessions': keys, 'filters and counters': forms }),
    progress: (message) => said.push(message),
    damaged: (blocks) => damaged.splice(0, damaged.length, ...blocks),
  });
  const { engine } = writer;
  return {
    ...writer,
    said,
    damaged,
    commit: (commit: number, fold = false): void => {
      engine.commit([{ project: 'default', batch: spanBatch(normalizer, [spanOf(commit)]) }], fold);
    },
    /** Folds the rest and switches readers. */
    finish: (): void => {
      engine.recover();
      writer.files.adopt();
    },
  };
}

function filled(options: OpenOptions = {}): string {
  const directory = newDirectory();
  const { engine, commit, files } = open(directory, options);
  engine.recover();
  for (let i = 0; i < COMMITS; i++) commit(i, true);
  files.close();
  return directory;
}

function openReader(directory: string): SqliteReader {
  return new SqliteReader({ directory, cacheBytes: 1 << 20, timeoutNs: TIMEOUT_NS }, normalizer);
}

async function idsOf(
  reader: SqliteReader,
  more: { after?: SessionPosition; limit?: number } = {},
): Promise<string[]> {
  const scan = { direction: 'older', limit: 1000, nowNs: NOW_NS, ...more } as const;
  return (await reader.sessions('default', scan)).sessions.map(({ id }) => id);
}

const allIds = (commits = COMMITS): string[] => Array.from({ length: commits }, (_, i) => idOf(i)).reverse();

const filesOf = (directory: string): string[] =>
  readdirSync(directory).filter((name) => /^sessions.*sqlite$/.test(name));

test('readers keep the old sessions until all are made again, and then switch', async () => {
  const directory = filled();
  const reader = openReader(directory);
  const { engine, files, commit, finish, said } = open(directory, { keys: '2' });
  assert.match(said.join(), /changed: keys of sessions; folding all telemetry again, sessions stay/);
  assert.deepEqual(filesOf(directory), ['sessions-2.sqlite', 'sessions.sqlite']);
  const { sessions } = await reader.sessions('default', { direction: 'older', limit: 10, nowNs: NOW_NS });
  const last = sessions.at(-1)!;
  let steps = 0;
  for (; engine.catchUp(REPLAY_BLOCKS.least); steps++) {
    assert.deepEqual(await idsOf(reader), allIds());
    assert.equal((await reader.statistics('default', { nowNs: NOW_NS })).totalSessions, COMMITS);
    assert.equal(
      (await reader.usage('default', idOf(3), { direction: 'forward', limit: 10 }))?.records.length,
      1,
    );
    commit(COMMITS + steps);
  }
  assert.ok(steps > COMMITS / 4);
  const all = COMMITS + steps;
  assert.deepEqual(await idsOf(reader), allIds(), 'what is made is not seen yet');
  const known = await reader.groupVersions('default', idOf(3), { count: 1 });
  finish();
  assert.deepEqual(await idsOf(reader), allIds(all));
  assert.deepEqual(
    await idsOf(reader, { after: last, limit: 5 }),
    allIds().slice(10, 15),
    'a cursor goes on',
  );
  const { versions, stamp } = await reader.groupVersions('default', idOf(3), {
    count: 1,
    stamp: known.stamp,
  });
  assert.deepEqual([versions, stamp === known.stamp], [known.versions, false]);
  files.sweep();
  assert.deepEqual(filesOf(directory), ['sessions-2.sqlite']);
  commit(all, true);
  assert.deepEqual(await idsOf(reader), allIds(all + 1));
  await reader.close();
  files.close();
  const again = open(directory, { keys: '2' });
  assert.deepEqual([again.engine.isBehind, again.said, again.files.isRemaking], [true, [], false]);
  again.engine.recover();
  again.files.close();
});

test('unfinished questions end in the old file, and nothing keeps it open afterwards', {
  skip: process.platform !== 'linux',
}, async () => {
  const directory = filled();
  const reader = openReader(directory);
  const { files, finish } = open(directory, { keys: '2' });
  const held = (): string[] =>
    readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        const path = readlinkSync(`/proc/self/fd/${fd}`);
        return path.startsWith(directory) && path.includes('sessions.sqlite') ? [path] : [];
      } catch {
        return [];
      }
    });
  const underWay = Promise.all([
    idsOf(reader),
    reader.traces('default', idOf(1), { direction: 'forward', limit: 1 }),
  ]);
  finish();
  files.sweep();
  const [ids, traces] = await underWay;
  assert.deepEqual([ids, traces.length], [allIds(), 1]);
  assert.deepEqual(await idsOf(reader), allIds());
  // The garbage collector finalises statements.
  for (let turns = 0; turns < 1000 && held().length > 0; turns++) await setImmediate();
  assert.deepEqual(held(), []);
  await reader.close();
  files.close();
});

test('after a stop at any point the new file is continued or restarted, and readers never see less', async () => {
  let directory = filled();
  const look = async (): Promise<string[]> => {
    const reader = openReader(directory);
    const ids = await idsOf(reader);
    await reader.close();
    return ids;
  };
  /** The files on disk are those that a killed process leaves. */
  const copy = (): void => {
    const before = directory;
    directory = newDirectory();
    cpSync(before, directory, { recursive: true });
  };
  let folded = 0;
  for (let stop = 0; ; stop++) {
    const { engine, files, said } = open(directory, { keys: '2' });
    assert.equal(engine.foldedBlock, folded, 'goes on where it was');
    assert.equal(said.length, 1);
    const isBehind = engine.catchUp(REPLAY_BLOCKS.least);
    folded = engine.foldedBlock;
    copy();
    files.close();
    assert.deepEqual(await look(), allIds(), `${stop}`);
    if (!isBehind) break;
  }
  // The tables change again: the new file is useless, and readers still keep the old sessions.
  const third = open(directory, { keys: '3' });
  assert.equal(third.engine.foldedBlock, 0);
  assert.deepEqual(filesOf(directory), ['sessions-3.sqlite', 'sessions.sqlite']);
  third.engine.recover();
  copy();
  third.files.close();
  assert.deepEqual(await look(), allIds());
  // The tables of the old sessions again: there is nothing to do.
  const first = open(directory);
  assert.deepEqual([first.engine.foldedBlock, first.said, first.files.isRemaking], [COMMITS, [], false]);
  assert.deepEqual(filesOf(directory), ['sessions.sqlite']);
  first.files.close();
  // The new file is named and the old one not yet removed.
  const second = open(directory, { keys: '2' });
  second.finish();
  copy();
  second.files.close();
  assert.deepEqual(filesOf(directory), ['sessions-2.sqlite', 'sessions.sqlite']);
  const last = open(directory, { keys: '2' });
  assert.deepEqual([last.engine.foldedBlock, filesOf(directory)], [COMMITS, ['sessions-2.sqlite']]);
  last.files.close();
  assert.deepEqual(await look(), allIds());
});

test('if current readers would search old rows for other values, they see the new rows from the beginning', async () => {
  const directory = filled();
  const { engine, files, said } = open(directory, { forms: '2' });
  assert.match(said.join(), /changed: filters and counters; folding all telemetry again$/);
  assert.equal(files.isRemaking, false);
  const reader = openReader(directory);
  assert.deepEqual(await idsOf(reader), []);
  engine.catchUp(REPLAY_BLOCKS.least);
  assert.deepEqual(await idsOf(reader), allIds(REPLAY_BLOCKS.least));
  engine.recover();
  assert.deepEqual(await idsOf(reader), allIds());
  await reader.close();
  files.close();
});

test('a session invalidated meanwhile is invalidated in both files, whenever the process ends', async () => {
  const directory = filled();
  const packed = open(directory);
  packed.engine.recover();
  packSessions(packed.db);
  packed.files.close();
  const reader = openReader(directory);
  const invalidated = async (): Promise<unknown[]> => {
    const scan = { direction: 'older', limit: 10, nowNs: NOW_NS } as const;
    const { sessions } = await reader.sessions('default', { ...scan, states: [{ name: 'invalidated' }] });
    const { totalSessions } = await reader.statistics('default', {
      nowNs: NOW_NS,
      states: [{ name: 'invalidated' }],
    });
    const shown = await reader.session('default', idOf(5));
    return [sessions.map(({ id, invalidated }) => [id, invalidated]), totalSessions, shown?.invalidated];
  };
  const expected = [[[idOf(5), true]], 1, true];
  const first = open(directory, { keys: '2' });
  assert.equal(first.files.invalidate('default', 'unknown'), false);
  assert.equal(first.files.invalidate('unknown', idOf(5)), false);
  assert.equal(first.files.invalidate('default', idOf(5)), true);
  assert.equal(first.files.invalidate('default', idOf(5)), true);
  assert.deepEqual(await invalidated(), expected);
  assert.deepEqual(await idsOf(reader), allIds());
  first.files.close();
  const second = open(directory, { keys: '2' });
  // The process ended between the decision and its row.
  second.db.exec(`INSERT INTO invalidation SELECT 1, '${idOf(6)}'`);
  second.files.close();
  const third = open(directory, { keys: '2' });
  const both = [
    [
      [idOf(6), true],
      [idOf(5), true],
    ],
    2,
    true,
  ];
  assert.deepEqual(await invalidated(), both);
  third.finish();
  assert.deepEqual(await invalidated(), both);
  assert.equal(third.files.invalidate('default', idOf(7)), false, 'there are no older rows any more');
  await reader.close();
  third.files.close();
});

test('while parts of a fold are open, readers do not switch and nothing is lost', async () => {
  const directory = filled();
  const { engine, files, commit } = open(directory, { keys: '2' });
  const reader = openReader(directory);
  engine.recover();
  commit(COMMITS);
  commit(COMMITS + 1);
  assert.equal(engine.foldSome(1), true);
  assert.throws(() => files.adopt(), /locked/);
  assert.equal(files.isRemaking, true);
  engine.endFold();
  assert.equal(files.invalidate('default', idOf(5)), true);
  files.adopt();
  assert.deepEqual(await idsOf(reader), allIds(COMMITS + 1));
  engine.fold();
  assert.deepEqual(await idsOf(reader), allIds(COMMITS + 2));
  await reader.close();
  files.close();
});

test('a full disk delays the new file, but no answers', async () => {
  const directory = filled();
  const { engine, files, commit, finish, db } = open(directory, { keys: '2' });
  const reader = openReader(directory);
  const pages = Number(db.prepare('PRAGMA page_count').get()?.page_count);
  db.exec(`PRAGMA max_page_count = ${pages}`);
  for (let i = 0; i < 30; i++) {
    engine.catchUp(REPLAY_BLOCKS.most);
    assert.deepEqual(await idsOf(reader), allIds());
  }
  assert.equal(engine.isHeldUp, true);
  commit(COMMITS);
  db.exec('PRAGMA max_page_count = 1000000');
  finish();
  assert.deepEqual(await idsOf(reader), allIds(COMMITS + 1));
  await reader.close();
  files.close();
});

for (const lost of ['the end of a segment', 'all segments'] as const) {
  test(`rows of telemetry that is no longer in the log, ${lost}, are made again from the remaining log`, async () => {
    const directory = filled();
    const log = join(directory, 'log');
    const segment = join(log, '000000000001.blocks');
    if (lost === 'all segments') rmSync(log, { recursive: true });
    else truncateSync(segment, Math.floor(statSync(segment).size / 2));
    const first = open(directory);
    assert.match(first.said.join('\n'), /missing.*\n.*no longer in the log: all of them are made again/);
    const reader = openReader(directory);
    assert.deepEqual(await idsOf(reader), allIds(), 'until then they are what is listed');
    // What was lost is sent again meanwhile, and afterwards.
    first.commit(COMMITS - 1);
    first.finish();
    const [{ first: from, last: to }] = first.damaged as [BlockRange];
    assert.deepEqual([lost === 'all segments' ? from === 1 : from > 10, to], [true, COMMITS]);
    assert.deepEqual(await idsOf(reader), [idOf(COMMITS - 1), ...allIds(from - 1)]);
    first.commit(COMMITS - 2, true);
    assert.deepEqual((await idsOf(reader)).length, from + 1);
    first.files.close();
    const second = open(directory);
    assert.deepEqual([second.files.isRemaking, second.engine.foldedBlock], [false, COMMITS + 2]);
    second.engine.recover();
    second.files.close();
    // They are left out again the next time.
    const third = open(directory, { keys: '2' });
    third.finish();
    assert.deepEqual(third.damaged, [{ first: from, last: to }]);
    assert.deepEqual((await idsOf(reader)).length, from + 1);
    await reader.close();
    third.files.close();
  });
}

test('rows that name a lost block after the block they are current up to are made again', async () => {
  const directory = newDirectory();
  const { engine, commit, files } = open(directory);
  engine.recover();
  commit(0);
  commit(1);
  engine.commit([{ project: 'default', batch: spanBatch(normalizer, [{ ...spanOf(0), span: '2' }]) }], false);
  // Only the first group, with its span in the third block. The second group waits.
  engine.foldSome(1);
  engine.endFold();
  assert.equal(engine.foldedBlock, 1);
  files.close();
  const segment = join(directory, 'log', '000000000001.blocks');
  truncateSync(segment, statSync(segment).size - 10);
  const again = open(directory);
  assert.match(again.said.join('\n'), /no longer in the log: all of them are made again/);
  again.finish();
  const reader = openReader(directory);
  const scan = { direction: 'older', limit: 10, nowNs: NOW_NS } as const;
  const { sessions } = await reader.sessions('default', scan);
  assert.deepEqual(
    sessions.map(({ id }) => id),
    [idOf(1), idOf(0)],
  );
  // The group continues without the lost records.
  again.commit(0, true);
  again.engine.commit(
    [{ project: 'default', batch: spanBatch(normalizer, [{ ...spanOf(0), span: '3' }]) }],
    true,
  );
  assert.equal(again.engine.canFold, true);
  await reader.close();
  again.files.close();
});
