import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openUnrecovered, TestDisk } from '../../../test/support/engine.js';
import { plainNormalizer } from '../../../test/support/normalizer.js';
import { type SpanSpec, spanBatch } from '../../../test/support/telemetry.js';
import { createNormalizer } from '../../normalize/create.js';
import { type Database, openDatabase } from '../sqlite/database.js';
import { type AppendAnswer, CommitQueue } from './commit-queue.js';
import { textOf } from './identity.js';

/** Sessions are brought up to the log and to the settings in slices, while telemetry is accepted. */

const root = mkdtempSync(join(tmpdir(), 'sojourn-catch-up-'));
after(() => rmSync(root, { recursive: true }));

const NOW_NS = 1_790_000_000_000_000_000n;
/** Commits, of one block each, of a directory that is behind: many times more than a step takes. */
const COMMITS = 400;

const normalizer = await plainNormalizer();

let directories = 0;
const newDirectory = (): string => join(root, `data-${directories++}`);

/** Spans of one commit: of a separate session, of a session that all commits share, and of no session. */
function spansOf(commit: number): SpanSpec[] {
  const start = NOW_NS - BigInt(10_000 - commit) * 1_000_000_000n;
  const span = (trace: number, more: Partial<SpanSpec> = {}): SpanSpec => ({
    trace: (commit * 10 + trace).toString(16),
    span: '1',
    start,
    end: start + 1_000_000n,
    attributes: {},
    ...more,
  });
  return [
    span(1, { attributes: { 'session.id': `s${commit}` } }),
    span(2, { attributes: { 'session.id': 'all' } }),
    span(3),
  ];
}

interface OpenOptions {
  readonly settings?: string;
  readonly tables?: string;
  /** Time by which the queue's clock advances each time that it is read, ms. */
  readonly tickMs?: number;
}

function open(
  directory: string,
  { settings = 'test', tables = textOf({ keys: '1' }), tickMs = 0 }: OpenOptions = {},
) {
  const messages: string[] = [];
  const delays: string[] = [];
  const faults: string[] = [];
  const { db, engine, files } = openUnrecovered(directory, {
    normalizer,
    settings,
    tables,
    now: () => NOW_NS,
    progress: (message) => messages.push(message),
    foldDelayed: (reason) => delays.push(reason),
    foldFailed: (reason) => faults.push(reason),
    settingsFailed: (reason) => faults.push(reason),
  });
  const answers: AppendAnswer[] = [];
  let nowMs = 0;
  const queue = new CommitQueue(engine, {
    answer: (more) => answers.push(...more),
    receive: () => {},
    nowMs: () => {
      nowMs += tickMs;
      return nowMs;
    },
  });
  const push = (id: number, spans: SpanSpec[]): void =>
    queue.push({ id, project: 'default', batch: spanBatch(normalizer, spans) });
  const commit = (spans: SpanSpec[], fold: boolean): void => {
    engine.commit([{ project: 'default', batch: spanBatch(normalizer, spans) }], fold);
  };
  return { db, engine, files, queue, push, commit, messages, delays, faults, answers };
}

/** A directory whose blocks are in no session, as left by a process that is killed before it folds. */
function behindBy(commits: number): string {
  const directory = newDirectory();
  const { db, engine, commit } = open(directory);
  engine.recover();
  for (let i = 0; i < commits; i++) commit(spansOf(i), false);
  db.close();
  return directory;
}

/** All derived data that can be compared between directories. */
function rowsOf(db: Database): unknown[][] {
  return [
    'SELECT id, start_ns, last_ns, listing, implicit, sums, earliest, traits, counts, span_count FROM session JOIN session_state USING (no) ORDER BY id',
    'SELECT * FROM rollup ORDER BY 1, 2, 3, 4, 5',
    'SELECT s.id, g.kind, g.start_ns, g.key FROM session_group AS g JOIN session AS s ON s.no = g.session ORDER BY 1, 2, 3, 4',
    'SELECT * FROM timeline ORDER BY 1, 2, 3, 4',
  ].map((sql) => {
    const select = db.prepare(sql);
    select.setReadBigInts(true);
    return select.all();
  });
}

function rowsOfAll(commits: number): unknown[][] {
  const { db, engine, commit } = open(newDirectory());
  engine.recover();
  for (let i = 0; i < commits; i++) commit(spansOf(i), true);
  const rows = rowsOf(db);
  db.close();
  return rows;
}

const count = (db: Database, table: string) =>
  Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);

for (const cause of ['a crash', 'other rules'] as const) {
  test(`after ${cause}, telemetry is accepted while sessions are far behind, and a stop in between loses nothing`, async () => {
    const directory = behindBy(COMMITS);
    let commits = COMMITS;
    let starts = 0;
    for (let isDone = false; !isDone; starts++) {
      if (cause === 'other rules' && starts < 2) {
        const db = openDatabase(directory, { cacheBytes: 1 << 20 });
        db.exec("UPDATE meta SET value = 0 WHERE key = 'rules'");
        db.close();
      }
      const { db, engine, queue, push, answers } = open(directory, { tickMs: 30 });
      assert.equal(engine.isBehind, true);
      queue.leftUnfolded(1);
      // Known and new records are acknowledged although most records on disk are not in sessions.
      push(1, spansOf(0));
      push(2, spansOf(commits++));
      assert.equal(await queue.run(), true);
      assert.deepEqual(
        answers.map((answer) => ('result' in answer ? answer.id : answer.error)),
        [1, 2],
      );
      for (let slice = 0; slice < starts && engine.isBehind; slice++) queue.settle();
      isDone = !engine.isBehind;
      assert.equal(queue.unfolded === 0, isDone);
      // Killed, unless it has finished.
      if (isDone) assert.deepEqual(rowsOf(db), rowsOfAll(commits));
      db.close();
    }
    assert.ok(starts > 3, `${starts}`);
  });
}

test('a stream of commits does not prevent sessions from catching up with the log', async () => {
  const { db, queue, push, engine } = open(behindBy(COMMITS), { tickMs: 1_000 });
  queue.leftUnfolded(1);
  let commits = COMMITS;
  let runs = 0;
  for (; engine.isBehind; runs++) {
    push(runs, spansOf(commits++));
    await queue.run();
    assert.ok(runs <= COMMITS / 4, 'each commit leaves 4 blocks fewer behind than the one before');
  }
  assert.ok(runs > 1);
  assert.deepEqual(rowsOf(db), rowsOfAll(commits));
  db.close();
});

test('work that needs current sessions waits for them, and telemetry does not wait for it', async () => {
  const { db, engine, queue, push, answers } = open(behindBy(COMMITS), { tickMs: 30 });
  queue.leftUnfolded(1);
  let invalidated: boolean | undefined;
  queue.pushBetween(() => {
    assert.equal(engine.isBehind, false);
    invalidated = engine.invalidate('default', `s${COMMITS - 1}`);
  });
  push(1, spansOf(COMMITS));
  assert.equal(await queue.run(), true);
  assert.deepEqual([answers.length, invalidated], [1, undefined]);
  while (engine.isBehind) queue.settle();
  await queue.run();
  assert.equal(invalidated, true);
  db.close();
});

test('a full disk while sessions are behind is reported once, and work continues when it passes', async () => {
  const { db, engine, queue, push, answers, delays } = open(behindBy(COMMITS), { tickMs: 30 });
  queue.leftUnfolded(1);
  const pages = Number(db.prepare('PRAGMA page_count').get()?.page_count);
  db.exec(`PRAGMA max_page_count = ${pages + 1}`);
  for (let i = 0; i < 9; i++) {
    push(i, spansOf(COMMITS + i));
    await queue.run();
  }
  assert.equal(answers.filter((answer) => 'result' in answer).length, 9);
  assert.deepEqual([engine.isHeldUp, delays.length], [true, 1]);
  db.exec('PRAGMA max_page_count = 1000000');
  while (engine.isBehind) queue.settle();
  assert.deepEqual(rowsOf(db), rowsOfAll(COMMITS + 9));
  db.close();
});

for (const finds of ['a commit', 'a probe'] as const) {
  test(`a start on a full disk succeeds, and the last append is available once ${finds} finds room`, () => {
    const directory = behindBy(3);
    const disk = new TestDisk();
    disk.isFull = true;
    const options = { normalizer, settings: 'test', tables: textOf({ keys: '1' }), now: () => NOW_NS };
    const { engine, db } = openUnrecovered(directory, options, disk);
    const commit = (): void => {
      engine.commit([{ project: 'default', batch: spanBatch(normalizer, spansOf(3)) }], true);
    };
    engine.recover();
    assert.deepEqual([engine.foldedBlock, engine.lastBlock], [2, 2]);
    assert.deepEqual(rowsOf(db), rowsOfAll(2));
    assert.throws(commit, /the disk is full/);
    assert.throws(() => engine.probe(), /the disk is full/);
    engine.recover();
    assert.deepEqual(rowsOf(db), rowsOfAll(2));
    disk.isFull = false;
    if (finds === 'a probe') {
      engine.probe();
      engine.recover();
      assert.deepEqual(rowsOf(db), rowsOfAll(3));
    }
    commit();
    assert.deepEqual(rowsOf(db), rowsOfAll(4));
    db.close();
  });
}

test('sessions of older settings are folded again, newest first, while telemetry is accepted', () => {
  const directory = newDirectory();
  const first = open(directory);
  first.engine.recover();
  for (let i = 0; i < 30; i++) first.commit(spansOf(i), true);
  first.db.close();

  const second = open(directory, { settings: 'others' });
  second.engine.recover();
  const ofToday = () =>
    second.db
      .prepare('SELECT no FROM session WHERE settings = 2 ORDER BY no')
      .all()
      .map(({ no }) => Number(no));
  assert.deepEqual(ofToday(), []);
  const last = count(second.db, 'session');
  assert.equal(second.engine.followSettings(5), true);
  assert.equal(second.engine.followSettings(5), true);
  assert.deepEqual(ofToday(), [last - 4, last - 3, last - 2, last - 1, last]);
  second.commit(spansOf(30), true);
  second.db.close();

  // One of them cannot be refolded.
  const third = open(directory, { settings: 'others' });
  third.engine.recover();
  third.db.exec(
    "CREATE TRIGGER fault BEFORE UPDATE ON session WHEN NEW.id = 's7' BEGIN SELECT RAISE(ABORT, 'faulty'); END",
  );
  while (third.engine.followSettings(5));
  const left = third.db.prepare('SELECT id FROM session WHERE settings = 1').all();
  assert.deepEqual(
    left.map(({ id }) => id),
    ['s7'],
  );
  assert.match(third.messages.join('\n'), /a session stays as it was under older settings: faulty/);
  assert.deepEqual([third.faults, third.engine.canFold, third.engine.isBehind], [[], true, false]);
  third.db.exec('DROP TRIGGER fault');
  third.db.close();

  const fourth = open(directory, { settings: 'others' });
  fourth.engine.recover();
  assert.equal(fourth.engine.followSettings(5), false, 'all was gone through');
  assert.deepEqual(rowsOf(fourth.db), rowsOfAll(31));
  fourth.db.close();
});

test('changes are reported by name', () => {
  const directory = newDirectory();
  const changesReported = (settings: string, tables: string): string[] => {
    const store = open(directory, { settings, tables });
    store.engine.recover();
    while (store.engine.followSettings(5));
    store.files.adopt();
    if (count(store.db, 'session') === 0) store.commit(spansOf(0), true);
    assert.deepEqual(rowsOf(store.db), rowsOfAll(1));
    store.db.close();
    return store.messages.filter((message) => message.startsWith('changed'));
  };
  const [before, dearer] = [textOf({ prices: '1', facts: '1' }), textOf({ prices: '2', facts: '1' })];
  const [keys, others] = [textOf({ keys: '1', forms: '1' }), textOf({ keys: '2', forms: '1' })];
  assert.deepEqual(changesReported(before, keys), []);
  assert.deepEqual(changesReported(before, keys), []);
  assert.deepEqual(changesReported(dearer, keys), ['changed: prices; sessions are folded again one by one']);
  assert.deepEqual(changesReported(dearer, others), [
    'changed: keys; folding all telemetry again, sessions stay as they are meanwhile',
  ]);
  assert.deepEqual(changesReported(before, keys), [
    'changed: keys; folding all telemetry again, sessions stay as they are meanwhile',
  ]);
});

test('a session of older settings whose times become acceptable is folded under the current settings', async () => {
  const directory = newDirectory();
  const DAY_NS = 86_400_000_000_000n;
  const spans: SpanSpec[] = [0n, 2n].map((days) => ({
    trace: String(days + 1n),
    span: '1',
    start: NOW_NS + days * DAY_NS,
    end: NOW_NS + days * DAY_NS + 1n,
    attributes: { 'session.id': 's', 'user.id': 'ann@example.com' },
  }));
  for (const [userIds, nowNs] of [
    ['keep', NOW_NS],
    ['pseudonymize', NOW_NS + 3n * DAY_NS],
  ] as const) {
    const reading = await createNormalizer({
      userIds,
      userIdKey: new Uint8Array(32),
      clientIp: 'keep',
      geoDatabase: undefined,
    });
    const { db, engine } = openUnrecovered(directory, {
      normalizer: reading,
      settings: userIds,
      now: () => nowNs,
    });
    engine.recover();
    if (userIds === 'keep') {
      engine.commit([{ project: 'default', batch: spanBatch(reading, spans) }], true);
      assert.equal(count(db, 'session_ahead'), 1);
    } else {
      assert.equal(count(db, 'session_ahead'), 0);
      const { user_id: user, settings } = db.prepare('SELECT user_id, settings FROM session').get()!;
      assert.deepEqual([/^hmac:/.test(String(user)), settings], [true, 2]);
    }
    db.close();
  }
});
