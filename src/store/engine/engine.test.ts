import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { crash, openEngine, type TestDisk } from '../../../test/support/engine.js';
import { type SpanSpec, spanBatch } from '../../../test/support/telemetry.js';
import { createNormalizer } from '../../normalize/create.js';
import type { Normalizer } from '../../normalize/normalizer.js';
import type { UserIdMode } from '../../normalize/user-id.js';
import type { PageUrlMode } from '../../normalize/visit/page-url.js';
import { Session } from '../../sessionize/session.js';
import { traitsOfText } from '../contract/session-item.js';
import type { BlockRange } from '../contract/store.js';
import type { Database } from '../sqlite/database.js';
import type { Engine } from './engine.js';

const root = mkdtempSync(join(tmpdir(), 'sojourn-engine-'));
after(() => rmSync(root, { recursive: true }));

const NOW_NS = 2_000_000_000_000_000_000n;
let directories = 0;

interface Store {
  readonly faults: readonly string[];
  /** Failures of the listener. */
  readonly failures: readonly string[];
  /** Reasons why sessions are behind. */
  readonly delays: readonly string[];
  /** Reports of damaged blocks. */
  readonly damaged: readonly (readonly BlockRange[])[];
  readonly disk: TestDisk;
  readonly engine: Engine;
  readonly db: Database;
  readonly normalizer: Normalizer;
  commit(spans: readonly SpanSpec[], fold: boolean): void;
}

async function open(
  directory: string,
  userIds: UserIdMode = 'keep',
  pageUrls: PageUrlMode = 'path',
): Promise<Store> {
  const normalizer = await createNormalizer({
    userIds,
    pageUrls,
    userIdKey: Buffer.alloc(32, 1),
    clientIp: 'keep',
    geoDatabase: undefined,
  });
  const faults: string[] = [];
  const failures: string[] = [];
  const delays: string[] = [];
  const damaged: (readonly BlockRange[])[] = [];
  const { db, engine, disk } = openEngine(directory, {
    normalizer,
    settings: userIds,
    pageUrls,
    now: () => NOW_NS,
    foldFailed: (reason) => faults.push(reason),
    listenerFailed: (reason) => failures.push(reason),
    foldDelayed: (reason) => delays.push(reason),
    damaged: (blocks) => damaged.push(blocks),
  });
  const commit = (spans: readonly SpanSpec[], fold: boolean): void => {
    engine.commit([{ project: 'default', batch: spanBatch(normalizer, spans) }], fold);
  };
  return { engine, db, disk, normalizer, commit, faults, failures, delays, damaged };
}

function newDirectory(): string {
  return join(root, `data-${directories++}`);
}

function span(i: number, attributes: SpanSpec['attributes'] = {}): SpanSpec {
  return {
    trace: (i + 1).toString(16),
    span: '1',
    start: NOW_NS - 1_000_000_000n,
    end: NOW_NS,
    attributes: { 'session.id': `s${i}`, ...attributes },
  };
}

const spans = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => span(from + i));
const count = (db: Database, table: string) =>
  Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);

test('acknowledged records are in sessions even if the disk was full when sessions should have been written', async () => {
  for (const room of [2, 6, 20]) {
    const { engine, db, commit, delays } = await open(newDirectory());
    commit(spans(0, 50), true);
    commit(spans(50, 450), false);
    const pages = Number(db.prepare('PRAGMA page_count').get()?.page_count);
    db.exec(`PRAGMA max_page_count = ${pages + room}`);
    assert.throws(() => engine.fold(), /full/);
    assert.equal(engine.isBehind, true);
    // The log has room, and accepts known and new records.
    commit(spans(450, 451), true);
    commit(spans(440, 451), false);
    commit(spans(440, 451), true);
    assert.match(delays.join(), /full/);
    assert.throws(() => engine.fold(), /full/, 'and again, with nothing half done');
    assert.equal(count(db, 'session'), 50);
    db.exec('PRAGMA max_page_count = 1000000');
    commit(spans(451, 452), true);
    assert.equal(engine.isBehind, false);
    assert.equal(count(db, 'session'), 452);
    assert.equal(count(db, 'session_group'), 452);
    const all = db.prepare('SELECT count AS n FROM rollup WHERE level = 2 AND dimension = 0').get()?.n;
    assert.equal(Number(all), 452);
    db.close();
  }
});

/** All derived data that does not depend on the order of arrival. Numbers of sessions do. */
function rowsOf(db: Database): string[][] {
  const tables = [
    'SELECT * FROM record_group',
    'SELECT s.id, g.kind, g.start_ns, g.key, g.events FROM session_group AS g JOIN session AS s ON s.no = g.session',
    'SELECT id, start_ns, listing, last_ns, counts, cost_nano_usd, span_count, implicit, invalidated, traits FROM session',
    'SELECT * FROM rollup',
    'SELECT * FROM timeline',
    'SELECT v.kind, v.value, v.count, f.start_ns, s.id FROM session_facet AS f JOIN facet_value AS v ON v.no = f.facet JOIN session AS s ON s.no = f.session',
  ];
  const text = (_: string, value: unknown) =>
    value instanceof Uint8Array
      ? Buffer.from(value).toString('hex')
      : typeof value === 'bigint'
        ? String(value)
        : value;
  return tables.map((sql) => {
    const select = db.prepare(sql);
    select.setReadBigInts(true);
    const rows = select.all().map((row) => JSON.stringify(row, text));
    return rows.sort();
  });
}

/**
 * Spans of sessions that share calls, of traces without a session, and of traces that move when a span with a
 * session arrives.
 */
function* movingCommits(): Generator<SpanSpec[]> {
  const call = (id: string, tokens: number) => ({
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': tokens,
    'gen_ai.response.id': id,
  });
  const shared = call('msg_01XFDUDYJgAACzvnptvVoYEL', 7);
  yield [span(1, shared), { ...span(2), attributes: shared }, { ...span(3), attributes: {} }];
  yield [{ ...span(3), span: '2', parent: '1', attributes: {} }, { ...span(4), attributes: shared }, span(5)];
  yield [
    { ...span(3), span: '3', attributes: { 'session.id': 's5' } },
    { ...span(2), span: '2', attributes: {} },
  ];
  yield [{ ...span(1), end: NOW_NS + 1n }, span(5, call('msg_013Zva2CMHLNnXjNJJKqJ2EF', 9))];
}

test('a fold stopped after any of its parts loses nothing and counts nothing twice', async () => {
  const whole = await open(newDirectory());
  for (const spans of movingCommits()) whole.commit(spans, true);
  const expected = rowsOf(whole.db);
  whole.db.close();
  // What was folded by then is on disk or lost with the process. The rest follows.
  for (const isEnded of [false, true]) {
    for (let stop = 0; stop < 12; stop++) {
      const directory = newDirectory();
      let store = await open(directory);
      let parts = 0;
      for (const spans of movingCommits()) {
        store.commit(spans, false);
        for (let part = 0; part < 3; part++) {
          store.engine.foldSome(1);
          if (parts++ !== stop) continue;
          if (isEnded) store.engine.endFold();
          crash(store.db);
          store = await open(directory);
        }
      }
      while (store.engine.foldSome(1));
      store.engine.endFold();
      assert.deepEqual(store.faults, []);
      assert.equal(store.engine.foldedBlock, store.engine.lastBlock, `stopped after part ${stop}`);
      assert.equal(store.engine.unfolded, 0);
      assert.deepEqual(rowsOf(store.db), expected);
      store.db.close();
    }
  }
});

test('a project whose first records were refused keeps its number, and no other gets it', async () => {
  const { engine, db, disk, normalizer } = await open(newDirectory());
  const take = (project: string): void => {
    engine.commit([{ project, batch: spanBatch(normalizer, [span(1)]) }], true);
  };
  disk.isFull = true;
  assert.throws(() => take('a'), /the disk is full/);
  disk.isFull = false;
  take('b');
  take('a');
  const sessions = db
    .prepare('SELECT p.name, s.id FROM session AS s JOIN project AS p ON p.no = s.project ORDER BY p.name')
    .all();
  assert.deepEqual(
    sessions.map(({ name, id }) => [name, id]),
    [
      ['a', 's1'],
      ['b', 's1'],
    ],
  );
  db.close();
});

test('records that the log refused are not kept, and those that it accepted are', async () => {
  const { engine, db, disk, commit } = await open(newDirectory());
  commit(spans(0, 10), true);
  disk.isFull = true;
  assert.throws(() => commit(spans(10, 20), true), /the disk is full/);
  assert.throws(() => commit(spans(10, 20), false), /the disk is full/);
  assert.throws(() => engine.probe(), /the disk is full/);
  disk.isFull = false;
  commit(spans(5, 30), true);
  assert.equal(count(db, 'session'), 30);
  const all = db.prepare('SELECT count AS n FROM rollup WHERE level = 2 AND dimension = 0').get()?.n;
  assert.equal(Number(all), 30);
  db.close();
});

test('a session whose invalidation is durable is invalidated even if its row was lost', async () => {
  const directory = newDirectory();
  const first = await open(directory);
  first.commit(spans(0, 3), true);
  first.db.exec("INSERT INTO invalidation (project, session) VALUES (1, 's1')");
  const second = await open(directory);
  const rows = second.db.prepare('SELECT id FROM session WHERE invalidated = 1 AND listing = 0').all();
  assert.deepEqual(
    rows.map(({ id }) => id),
    ['s1'],
  );
  second.db.close();
  first.db.close();
});

test('a session whose row is invalidated at a start has the current settings', async () => {
  const directory = newDirectory();
  const first = await open(directory);
  first.commit([span(0, { 'user.id': 'ann@example.com' })], true);
  first.db.exec("INSERT INTO invalidation (project, session) VALUES (1, 's0')");
  first.db.close();
  const second = await open(directory, 'pseudonymize');
  const row = second.db.prepare('SELECT user_id, invalidated FROM session').get()!;
  assert.match(String(row.user_id), /^hmac:/);
  assert.equal(row.invalidated, 1);
  second.db.close();
});

test('a session that the operator invalidated is invalidated once rows can be written again', async () => {
  const { engine, db, commit } = await open(newDirectory());
  commit(spans(0, 3), true);
  db.exec("CREATE TRIGGER fault BEFORE UPDATE ON session BEGIN SELECT RAISE(ABORT, 'faulty'); END");
  assert.throws(() => engine.invalidate('default', 's1'), /faulty/);
  db.exec('DROP TRIGGER fault');
  while (engine.followSettings(100));
  const rows = db.prepare('SELECT id FROM session WHERE invalidated = 1').all();
  assert.deepEqual(
    rows.map(({ id }) => id),
    ['s1'],
  );
  db.close();
});

test('sessions are made again without damaged blocks, which are reported at each start', async () => {
  const directory = newDirectory();
  const first = await open(directory);
  for (let i = 0; i < 100; i++) first.commit([span(i)], i % 10 === 9);
  first.db.close();
  const segment = join(directory, 'log', '000000000001.blocks');
  const bytes = readFileSync(segment);
  for (const part of [3, 7]) bytes[Math.floor((bytes.length * part) / 10)]! ^= 1;
  writeFileSync(segment, bytes);
  const second = await open(directory);
  assert.equal(count(second.db, 'session'), 100, 'what was made before stays');
  assert.deepEqual(second.damaged, []);
  second.db.close();
  for (const end of ['', '-wal', '-shm']) rmSync(join(directory, `sessions.sqlite${end}`), { force: true });
  for (let start = 0; start < 2; start++) {
    const { engine, db, damaged, faults, commit } = await open(directory);
    assert.equal(damaged.at(-1)?.length, 2);
    assert.deepEqual([faults, engine.canFold, engine.isBehind], [[], true, false]);
    assert.equal(count(db, 'session'), 98 + start);
    commit([span(200 + start)], true);
    db.close();
  }
});

test('a session that shares nothing is removed by its rows: its records are not read, damaged or not', async () => {
  const directory = newDirectory();
  const first = await open(directory);
  first.commit([...spans(0, 3), { ...span(3), trace: '3', span: '2' }], true);
  first.commit(spans(4, 100), true);
  first.db.close();
  const segment = join(directory, 'log', '000000000001.blocks');
  const bytes = readFileSync(segment);
  bytes[130]! ^= 1;
  writeFileSync(segment, bytes);
  const { db, engine } = await open(directory);
  const part = engine.erase('default', ['s0', 's1'], () => {});
  assert.deepEqual([part?.sessions, part?.spans, part?.chunks.length], [['s0', 's1'], 2, 2]);
  for (const table of ['session', 'session_state', 'session_group'])
    assert.equal(count(db, table), 98, table);
  assert.equal(count(db, 'record_group'), 97);
  // Two sessions have records of its trace.
  assert.throws(() => engine.erase('default', ['s2'], () => {}), /damaged/);
  db.close();
});

test('a damaged block that was durable at an earlier start is not treated as an unfinished write, even if no row names it', async () => {
  const directory = newDirectory();
  const first = await open(directory);
  for (let i = 0; i < 3; i++) first.commit([span(i)], true);
  first.db.close();
  (await open(directory)).db.close();
  for (const end of ['', '-wal', '-shm']) rmSync(join(directory, `sessions.sqlite${end}`), { force: true });
  const segment = join(directory, 'log', '000000000001.blocks');
  const bytes = readFileSync(segment);
  bytes[bytes.length - 20]! ^= 1;
  writeFileSync(segment, bytes);
  const { db, damaged } = await open(directory);
  assert.deepEqual(damaged.at(-1), [{ first: 3, last: 3 }]);
  assert.equal(count(db, 'session'), 2);
  assert.equal(readFileSync(segment).length, bytes.length);
  db.close();
});

test('of two versions of a span that differ in one byte the right one counts, even if the later one is folded after a crash', async () => {
  const directory = newDirectory();
  const version = (service: string, name: string): SpanSpec => ({
    ...span(0),
    name,
    resource: { 'service.name': service },
  });
  const first = await open(directory);
  first.commit([version('api', 'work')], true);
  first.db.close();
  const second = await open(directory);
  // By its digest, it is the greater one.
  second.commit([version('web', 'walk')], false);
  second.db.close();
  const { db } = await open(directory);
  assert.match(String(db.prepare('SELECT counts FROM session').get()!.counts), /"services":\["web"\]/);
  db.close();
});

test('records that cannot be folded stop neither later records nor the next start', async () => {
  const directory = newDirectory();
  const first = await open(directory);
  first.commit(spans(0, 2), true);
  first.db.exec(
    "CREATE TRIGGER fault BEFORE INSERT ON session WHEN NEW.id = 's2' BEGIN SELECT RAISE(ABORT, 'faulty'); END",
  );
  first.commit(spans(2, 4), true);
  assert.match(first.faults.join(), /faulty/);
  first.commit(spans(4, 6), true);
  first.engine.fold();
  assert.equal(first.engine.invalidate('default', 's0'), true);
  assert.deepEqual([count(first.db, 'session'), first.faults.length], [2, 1]);
  first.db.close();

  const second = await open(directory);
  assert.match(second.faults.join(), /faulty/, 'it starts all the same');
  second.commit(spans(6, 7), true);
  second.db.exec('DROP TRIGGER fault');
  second.db.close();

  const third = await open(directory);
  assert.deepEqual([count(third.db, 'session'), third.faults], [7, []], 'nothing was lost');
  const rows = third.db.prepare('SELECT sums FROM session_state ORDER BY no').all();
  assert.deepEqual(
    rows.map(({ sums }) => JSON.parse(String(sums).split('\n')[0]!).spans),
    new Array(7).fill(1),
    'and nothing is there twice',
  );
  third.db.close();
});

test('durable records are acknowledged even if the listener of sessions fails', async () => {
  const { engine, db, commit, failures } = await open(newDirectory());
  engine.listener = () => {
    throw new Error('nobody listens');
  };
  commit(spans(0, 2), true);
  assert.deepEqual(failures, ['nobody listens']);
  engine.listener = undefined;
  commit(spans(2, 3), true);
  assert.equal(count(db, 'session'), 3);
  db.close();
});

test('a question about an unknown project does not create it', async () => {
  const { engine, db, commit } = await open(newDirectory());
  commit(spans(0, 1), true);
  assert.equal(engine.invalidate('other', 's0'), false);
  assert.equal(count(db, 'project'), 1);
  db.close();
});

test('staged records are not visible to other work and not lost by it', async () => {
  const { engine, db, normalizer, commit } = await open(newDirectory());
  const batches = (from: number, to: number) => [
    { project: 'default', batch: spanBatch(normalizer, spans(from, to)) },
  ];
  const raw = (bytes: Uint8Array) => Uint8Array.from(bytes);
  commit(spans(0, 2), true);
  engine.stage(batches(2, 4), raw);
  for (const other of [
    () => engine.fold(),
    () => engine.invalidate('default', 's0'),
    () => commit([], true),
  ]) {
    assert.throws(other, /has not been written/);
  }
  engine.giveUp();
  engine.fold();
  assert.equal(count(db, 'session'), 2);
  commit(spans(2, 4), true);
  assert.equal(count(db, 'session'), 4, 'what was given up is new when it is sent again');
  db.close();
});

test('a repeated trace is read once, however many spans it has', { timeout: 30_000 }, async () => {
  const { engine, db, normalizer } = await open(newDirectory());
  const trace = Array.from({ length: 5000 }, (_, i) => ({ ...span(0), span: (i + 1).toString(16) }));
  const batch = () => spanBatch(normalizer, trace);
  engine.commit([{ project: 'default', batch: batch() }], true);
  const [again] = engine.commit([{ project: 'default', batch: batch() }], true);
  assert.deepEqual(again, { stored: 0, replaced: 0, duplicates: 5000 });
  db.close();
});

test('a session folded under other settings is folded again when it is invalidated', async () => {
  const directory = newDirectory();
  const first = await open(directory);
  first.commit([span(0, { 'user.id': 'ann@example.com' })], true);
  first.db.close();
  const second = await open(directory, 'pseudonymize');
  assert.equal(second.engine.invalidate('default', 's0'), true);
  const { user_id: userId } = second.db.prepare('SELECT user_id FROM session').get()!;
  assert.match(String(userId), /^hmac:/);
  second.db.close();
});

test('query strings of pages are removed from all sessions at the next start after they are turned off, and come back', async () => {
  const directory = newDirectory();
  const page = {
    name: 'documentLoad',
    attributes: { 'session.id': 's', 'url.full': 'https://shop.example/a?x=1' },
  };
  for (const mode of ['full', 'path', 'path', 'full', 'path'] as const) {
    const { db, engine, commit } = await open(directory, 'keep', mode);
    if (count(db, 'session') === 0) {
      commit([{ ...span(0), ...page }], true);
      assert.equal(engine.invalidate('default', 's'), true);
    }
    const { sums, earliest, traits, invalidated } = db
      .prepare('SELECT sums, earliest, traits, invalidated FROM session JOIN session_state USING (no)')
      .get()!;
    const { visit } = Session.decode('s', String(sums), String(earliest), traitsOfText(String(traits)));
    const url = mode === 'full' ? 'https://shop.example/a?x=1' : 'https://shop.example/a';
    assert.equal(visit.entered.first?.page.url, url);
    assert.deepEqual(visit.places, [
      mode === 'full' ? '/a?x=1 https://shop.example' : '/a https://shop.example',
    ]);
    assert.equal(String(sums).includes('x=1'), mode === 'full');
    assert.equal(Number(invalidated), 1, 'a mark of the operator stays');
    db.close();
  }
});

test('times that were too far ahead are accepted once the clock reaches them, without new telemetry (S21)', async () => {
  const directory = newDirectory();
  const normalizer = await createNormalizer({
    userIds: 'keep',
    userIdKey: Buffer.alloc(32, 1),
    clientIp: 'keep',
    geoDatabase: undefined,
  });
  const YEAR_NS = 365n * 86_400_000_000_000n;
  let now = NOW_NS;
  const { db, engine } = openEngine(directory, { normalizer, now: () => now });
  const at = (trace: string, session: string, start: bigint): SpanSpec => ({
    trace,
    span: '1',
    start,
    end: start + 1000n,
    attributes: { 'session.id': session },
  });
  const commit = (...spans: SpanSpec[]): void => {
    engine.commit([{ project: 'default', batch: spanBatch(normalizer, spans) }], true);
  };
  commit(
    at('a', 'mixed', NOW_NS),
    at('b', 'mixed', NOW_NS + YEAR_NS),
    at('c', 'ahead', NOW_NS + YEAR_NS),
    at('d', 'right', NOW_NS),
  );
  const select = db.prepare('SELECT id, start_ns, last_ns FROM session ORDER BY id');
  select.setReadBigInts(true);
  const rows = () =>
    Object.fromEntries(select.all().map(({ id, start_ns, last_ns }) => [String(id), [start_ns, last_ns]]));
  const waiting = () => Number(db.prepare('SELECT count(*) AS n FROM session_ahead').get()!.n);
  const inside = [NOW_NS, NOW_NS + 1000n];
  assert.deepEqual(rows(), { ahead: [0n, 1000n], mixed: inside, right: inside });
  assert.equal(waiting(), 2);
  engine.closeTimedOut();
  assert.deepEqual(rows(), { ahead: [0n, 1000n], mixed: inside, right: inside });
  now += YEAR_NS;
  engine.closeTimedOut();
  const later = [now, now + 1000n];
  assert.deepEqual(rows(), { ahead: later, mixed: [inside[0], later[1]], right: inside });
  assert.equal(waiting(), 0);
  const starts = db
    .prepare('SELECT bucket, count FROM rollup WHERE level = 1 AND dimension = 0 ORDER BY bucket')
    .all();
  const dayOf = (ns: bigint): number => Number(ns / 86_400_000_000_000n);
  assert.deepEqual(
    starts.map(({ bucket, count }) => [Number(bucket), Number(count)]),
    [
      [dayOf(NOW_NS), 2],
      [dayOf(now), 1],
    ],
    'statistics follow',
  );
  db.close();
});
