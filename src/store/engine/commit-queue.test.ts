import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { openEngine } from '../../../test/support/engine.js';
import { plainNormalizer } from '../../../test/support/normalizer.js';
import { type SpanSpec, spanBatch } from '../../../test/support/telemetry.js';
import { type AppendAnswer, CommitQueue } from './commit-queue.js';
import type { EngineOptions } from './engine.js';

const root = mkdtempSync(join(tmpdir(), 'sojourn-commit-queue-'));
after(() => rmSync(root, { recursive: true }));

const NOW_NS = 1_790_000_000_000_000_000n;
const normalizer = await plainNormalizer();

/** A span large enough for its block to be compressed on another thread. */
function largeSpan(session: string, trace: number): SpanSpec {
  return {
    trace: trace.toString(16),
    span: '1',
    start: NOW_NS - 1_000_000_000n,
    end: NOW_NS,
    attributes: { 'session.id': session, text: `${trace} `.repeat(10_000) },
  };
}

function open(name: string, options: Partial<EngineOptions> = {}) {
  const { db, engine, disk } = openEngine(join(root, name), { normalizer, now: () => NOW_NS, ...options });
  const answers: AppendAnswer[] = [];
  /** For each answer, the number of records that were not in sessions yet. */
  const unfoldedWhenAnswered: number[] = [];
  let nowMs = 0;
  let clock = (): number => nowMs;
  const queue = new CommitQueue(engine, {
    answer: (more) => {
      answers.push(...more);
      for (const _ of more) unfoldedWhenAnswered.push(queue.unfolded);
    },
    receive: () => {},
    nowMs: () => clock(),
  });
  const useClock = (other: () => number): void => {
    clock = other;
  };
  const passTime = (ms: number): void => {
    nowMs += ms;
  };
  const push = (id: number, ...spans: SpanSpec[]) =>
    queue.push({ id, project: 'default', batch: spanBatch(normalizer, spans) });
  const spansOf = (session: string) =>
    JSON.parse(
      String(
        db.prepare('SELECT sums FROM session JOIN session_state USING (no) WHERE id = ?').get(session)
          ?.sums ?? '{}',
      ),
    ).spans;
  return { db, disk, engine, queue, answers, unfoldedWhenAnswered, passTime, useClock, push, spansOf };
}

test('work that follows from work between commits is done without another append', async () => {
  const { queue, push } = open('follows');
  const between = (): Promise<void> =>
    new Promise((resolve) => {
      queue.pushBetween(resolve);
      void queue.run();
    });
  push(1, largeSpan('s', 1));
  const run = queue.run();
  const steps = (async () => {
    // The first step is done in the run of the append, and the second one is pushed when that ends.
    for (let step = 0; step < 3; step++) await between();
    return 'done';
  })();
  await run;
  assert.equal(await Promise.race([steps, turn()]), 'done');
});

test('appends that arrive while blocks are compressed wait their turn and are answered in order', async () => {
  const { db, queue, answers, push, spansOf } = open('turn');
  push(1, largeSpan('s', 1), largeSpan('s', 2));
  const run = queue.run();
  push(2, largeSpan('s', 3));
  assert.equal(queue.run(), run, 'it is the same run');
  push(3, largeSpan('s', 1), largeSpan('s', 4));
  assert.equal(await run, false, 'nothing is behind');
  assert.deepEqual(
    answers.map((answer) => [answer.id, 'result' in answer && answer.result.stored]),
    [
      [1, 2],
      [2, 1],
      [3, 1],
    ],
  );
  assert.equal(spansOf('s'), 4);
  db.close();
});

function smallSpan(session: string, trace: number): SpanSpec {
  return { ...largeSpan(session, trace), attributes: { 'session.id': session } };
}

/** More records than are folded with every commit. */
function many(session: string, firstTrace: number): SpanSpec[] {
  return Array.from({ length: 300 }, (_, i) => smallSpan(session, firstTrace + i));
}

/** How long folding is put off under load, ms. */
const FOLD_DUE_MS = 150;

test('an idle store answers once the records are in sessions, few or many', async () => {
  const { db, queue, unfoldedWhenAnswered, passTime, push } = open('idle');
  push(1, smallSpan('s', 1));
  await queue.run();
  passTime(FOLD_DUE_MS);
  push(2, ...many('s', 1000));
  await queue.run();
  assert.deepEqual(unfoldedWhenAnswered, [0, 0]);
  db.close();
});

test('under load the answer does not wait for the fold, which follows when senders pause', async () => {
  const { db, queue, unfoldedWhenAnswered, push, spansOf } = open('load');
  push(1, ...many('s', 1));
  push(2, ...many('t', 1000));
  assert.equal(await queue.run(), true);
  // Others wait while this one, with few records, is committed.
  push(3, smallSpan('s', 3000));
  const run = queue.run();
  push(4, smallSpan('s', 3001));
  assert.equal(await run, true);
  assert.deepEqual(unfoldedWhenAnswered, [600, 600, 601, 602]);
  queue.foldNext();
  while (queue.isSettling) queue.foldNext();
  assert.equal(queue.unfolded, 0);
  assert.equal(spansOf('s') + spansOf('t'), 602);
  db.close();
});

test('under load records are folded between commits, no faster than they arrive, and none waits for long', async () => {
  const MS_A_RECORD = 0.1;
  const { db, engine, queue, answers, push, useClock } = open('pace');
  let taken = 0;
  let passedMs = 0;
  /** Only folding, and pauses between commits, take time. */
  const now = (): number => passedMs + (taken - engine.unfolded) * MS_A_RECORD;
  useClock(now);
  const lists = db.prepare('SELECT count(*) AS n FROM session');
  const waits: number[] = [];
  const ages: number[] = [];
  const commits: { readonly block: number; readonly ms: number }[] = [];
  for (let id = 1; id <= 60; id++) {
    passedMs += 5;
    push(id, ...Array.from({ length: 300 }, (_, i) => smallSpan(`s${id}.${i % 10}`, id * 1000 + i)));
    taken += 300;
    const beganMs = now();
    await queue.run();
    commits.push({ block: engine.lastBlock, ms: now() });
    waits.push(now() - beganMs);
    ages.push(now() - commits.find(({ block }) => block > engine.foldedBlock)!.ms);
  }
  assert.equal(answers.length, 60);
  // The time to fold its own records, and the shortest part.
  assert.ok(Math.max(...waits) <= 300 * MS_A_RECORD * 2 + 40, `${Math.max(...waits)} ms for a commit`);
  assert.ok(Math.max(...ages) <= 400, `${Math.max(...ages)} ms old`);
  assert.ok(Number(lists.get()?.n) > 300);
  db.close();
});

test('a fold that fails after its answer is reported, and repeated by a later commit', async () => {
  const delays: string[] = [];
  const { db, queue, answers, push, spansOf } = open('late-fold', {
    foldDelayed: (reason) => delays.push(reason),
  });
  push(1, smallSpan('s', 1));
  await queue.run();
  const pages = Number(db.prepare('PRAGMA page_count').get()?.page_count);
  db.exec(`PRAGMA max_page_count = ${pages}`);
  push(2, ...many('s', 1000));
  push(3, ...many('t', 2000));
  assert.equal(await queue.run(), true, 'sessions are behind');
  queue.foldNext();
  assert.match(delays.join(), /full/);
  assert.equal(queue.isSettling, false);
  assert.equal(queue.unfolded, 600);
  db.exec('PRAGMA max_page_count = 1000000');
  queue.settle();
  assert.equal(queue.unfolded, 0);
  assert.deepEqual(
    answers.map((answer) => 'result' in answer && answer.result.stored),
    [1, 300, 300],
  );
  assert.equal(spansOf('s') + spansOf('t'), 601);
  db.close();
});

test('other work never runs in the middle of a commit', async () => {
  const { db, engine, queue, answers, push } = open('between');
  push(1, largeSpan('s', 1));
  await queue.run();
  let invalidated: boolean | undefined;
  push(2, largeSpan('s', 2));
  const run = queue.run();
  // The commit is in progress, so it is too early.
  assert.throws(() => engine.invalidate('default', 's'), /has not been written/);
  queue.pushBetween(() => {
    invalidated = engine.invalidate('default', 's');
  });
  await run;
  assert.equal(invalidated, true);
  assert.deepEqual(
    answers.map(({ id }) => id),
    [1, 2],
  );
  db.close();
});

test('records that could not be folded stay counted as missing from sessions', async () => {
  const { db, queue, answers, push } = open('fault');
  push(1, largeSpan('s', 1));
  await queue.run();
  assert.equal(queue.unfolded, 0);
  db.exec("CREATE TRIGGER fault BEFORE INSERT ON session BEGIN SELECT RAISE(ABORT, 'faulty'); END");
  push(2, largeSpan('t', 2), largeSpan('t', 3));
  assert.equal(await queue.run(), false, 'there is nothing to be gained by trying again');
  push(3, largeSpan('s', 4));
  await queue.run();
  queue.settle();
  assert.equal(queue.unfolded, 3);
  assert.deepEqual(
    answers.map((answer) => 'result' in answer && answer.result.stored),
    [1, 2, 1],
  );
  db.close();
});

test('a failed commit is answered with its reason, and the next one continues', async () => {
  const { db, disk, queue, answers, push, spansOf } = open('failure');
  push(1, largeSpan('s', 1));
  await queue.run();
  disk.isFull = true;
  push(2, ...Array.from({ length: 40 }, (_, i) => largeSpan('s', 100 + i)));
  await queue.run();
  disk.isFull = false;
  push(3, ...Array.from({ length: 40 }, (_, i) => largeSpan('s', 100 + i)));
  await queue.run();
  assert.match(String('error' in answers[1]! && answers[1].error), /full/);
  assert.deepEqual(answers[2], { id: 3, result: { stored: 40, replaced: 0, duplicates: 0 } });
  assert.equal(spansOf('s'), 41);
  db.close();
});

test('records of a trace that is damaged on disk do not prevent other records from being accepted', async () => {
  const before = open('damage');
  before.push(1, largeSpan('s', 1));
  await before.queue.run();
  before.push(2, largeSpan('t', 2));
  await before.queue.run();
  before.db.close();
  const segment = join(root, 'damage', 'log', '000000000001.blocks');
  const bytes = readFileSync(segment);
  bytes[100]! ^= 1;
  writeFileSync(segment, bytes);

  const { db, queue, answers, push, spansOf } = open('damage');
  push(3, largeSpan('u', 3));
  push(4, { ...largeSpan('s', 1), span: '2' });
  push(5, { ...largeSpan('t', 2), span: '2' });
  await queue.run();
  assert.deepEqual(
    answers.map((answer) => ('result' in answer ? answer.result.stored : answer.error.slice(0, 18))),
    [1, 'block 1 is damaged', 1],
  );
  assert.deepEqual([spansOf('s'), spansOf('t'), spansOf('u')], [1, 2, 1]);
  db.close();
});
