import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FragileReaderData } from '../../../test/support/fragile-reader.js';
import { at, storedSession } from '../../../test/support/stored-sessions.js';
import { ApiError } from '../../contract/errors.js';
import { readerSource } from '../../store/contract/reader-source.js';
import type { QueryPool, QueryService } from '../query-service.js';
import { startQueryThreads } from './pool.js';
import { type After, type DropReason, MAX_WAITING, MAX_WAITING_OF_CLIENT } from './query-thread.js';

const LIMITS = { activeMs: 300_000, timeoutMs: 1_800_000 };

interface Edges {
  readonly crashes: Error[];
  readonly dropped: DropReason[];
  readonly after: After;
  readonly queryTimeoutMs: number;
}

/** Longer than any test. */
const NEVER_MS = 600_000;
const noTimer: After = () => () => {};

function start(options: Partial<FragileReaderData>, edges: Partial<Edges> = {}): Promise<QueryPool> {
  const { crashes = [], dropped = [], after: timer = noTimer, queryTimeoutMs = NEVER_MS } = edges;
  const readerOptions: FragileReaderData = {
    sessions: [
      storedSession({ id: 'a', lastNs: at(0) + 123_456_789n }),
      storedSession({ id: 'b', userId: 'ann@example.com' }),
    ],
    limits: LIMITS,
    ...options,
  };
  const data = {
    readers: readerSource<typeof import('../../../test/support/fragile-reader.js')>(
      new URL('../../../test/support/fragile-reader.js', import.meta.url),
      readerOptions,
    ),
    settings: {
      ...LIMITS,
      prices: [],
      userIds: { mode: 'keep' as const, key: new Uint8Array(32) },
      capabilities: {
        ...{ knownRecords: true, filteredCounts: true, changes: true, localFiles: true },
        contentSearch: true,
      },
      queryTimeoutMs,
    },
  };
  const events = {
    crashed: (error: Error) => void crashes.push(error),
    dropped: (reason: DropReason) => void dropped.push(reason),
    waiting: () => {},
  };
  return startQueryThreads(data, { events, after: timer });
}

const sharedNumber = () => new Int32Array(new SharedArrayBuffer(4));

function open(gate: Int32Array): void {
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
}

/** Resolves when a thread has read, or started to read, this number of sessions. */
async function readsOf(reads: Int32Array, count: number): Promise<void> {
  while (Atomics.load(reads, 0) < count) await new Promise((resolve) => setImmediate(resolve));
}

const parse = (bytes: Uint8Array | undefined) => JSON.parse(new TextDecoder().decode(bytes));
const isUnavailable = (error: unknown) => error instanceof ApiError && error.code === 'query.unavailable';
const isTimeout = (error: unknown) => error instanceof ApiError && error.code === 'query.timeout';

describe('query threads', () => {
  const gate = sharedNumber();
  const crashes: Error[] = [];
  let pool: QueryPool;
  let queries: QueryService;
  before(async () => {
    pool = await start({ fatalId: 'fatal', failingId: 'failing', blockingId: 'blocking', gate }, { crashes });
    queries = pool.for({ project: 'default', address: '127.0.0.1' });
  });
  after(() => pool.close());

  test('every query is answered', async () => {
    assert.equal(parse(await queries.list({})).items.length, 2);
    assert.equal(parse(await queries.get('a')).duration_ms, 123.456789);
    assert.equal(await queries.get('x'), undefined);
    assert.deepEqual(parse(await queries.traces('a', {})), { items: [], has_more: false });
    assert.equal(await queries.trace('0'.repeat(32)), undefined);
    assert.equal(parse(await queries.stats({ startTime: at(0) })).total_sessions, 2);
  });

  test('the user filter uses the settings of user ids', async () => {
    const page = parse(await queries.list({ userId: 'ann@example.com' }));
    assert.equal(page.items[0]['session.id'], 'b');
  });

  test('each request gets its own answer', async () => {
    const ids = Array.from({ length: 200 }, (_, index) =>
      index % 3 === 0 ? 'a' : index % 3 === 1 ? 'b' : 'x',
    );
    const answers = await Promise.all(ids.map((id) => queries.get(id)));
    const found = answers.map((bytes) => (bytes === undefined ? 'x' : parse(bytes)['session.id']));
    assert.deepEqual(found, ids);
  });

  test('an error of the client keeps its code and fields', async () => {
    await assert.rejects(
      queries.list({ cursor: 'nonsense' }),
      (error) => error instanceof ApiError && error.code === 'cursor.invalid' && error.fields?.length === 1,
    );
  });

  test('a failure of the reader rejects with its message and stack, and the thread continues', async () => {
    await assert.rejects(
      queries.get('failing'),
      (error) =>
        !(error instanceof ApiError) &&
        error instanceof Error &&
        error.message === 'the disk is on fire' &&
        error.stack!.includes('fragile-reader'),
    );
    assert.ok(await queries.get('a'));
  });

  test('when a thread dies its requests fail, and the next ones are answered', async () => {
    const results = await Promise.allSettled([queries.get('fatal'), queries.get('a')]);
    for (const result of results) assert.ok(result.status === 'rejected' && isUnavailable(result.reason));
    assert.deepEqual(
      crashes.map(({ message }) => message),
      ['query thread point ended with code 1'],
    );
    assert.ok(await queries.get('a'));
  });

  test('lists and statistics do not wait for a long read', async () => {
    const blocked = queries.traces('blocking', {});
    assert.equal(parse(await queries.list({})).items.length, 2);
    assert.ok(await queries.get('a'));
    assert.ok(await queries.stats({}));
    assert.ok(await queries.timeline({}));
    assert.ok(await queries.top({}));
    assert.ok(await queries.facets());
    open(gate);
    assert.equal(await blocked, undefined);
  });
});

test('clients take turns at long reads, and so do the sessions of one client', async () => {
  const gate = sharedNumber();
  const pool = await start({ blockingId: 'blocking', gate });
  const answered: string[] = [];
  const greedy = pool.for({ project: 'default', address: '10.0.0.1' });
  const modest = pool.for({ project: 'default', address: '10.0.0.2' });
  const note = (name: string) => () => void answered.push(name);
  const all = [greedy.traces('blocking', {}).then(note('first'))];
  for (const limit of [1, 2, 3, 4]) all.push(greedy.traces('a', { limit }).then(note(`a${limit}`)));
  all.push(greedy.traces('b', { limit: 1 }).then(note('b1')));
  all.push(modest.traces('a', { limit: 1 }).then(note('modest')));
  open(gate);
  await Promise.all(all);
  // The greedy client came first and has its second turn. From then on it waits for the other.
  assert.deepEqual(answered, ['first', 'a1', 'modest', 'b1', 'a2', 'a3', 'a4']);
  await pool.close();
});

test('a request that a client repeats before its turn is computed once', async () => {
  const gate = sharedNumber();
  const reads = sharedNumber();
  const pool = await start({ blockingId: 'blocking', gate, reads });
  const queries = pool.for({ project: 'default', address: '10.0.0.1' });
  const other = pool.for({ project: 'default', address: '10.0.0.2' });
  const first = queries.traces('blocking', {});
  const same = Array.from({ length: 30 }, () => queries.traces('a', {}));
  const ofOther = other.traces('a', {});
  open(gate);
  await first;
  const answers = await Promise.all([...same, ofOther]);
  for (const answer of answers) assert.deepEqual(parse(answer), { items: [], has_more: false });
  assert.equal(Atomics.load(reads, 0), 3);
  await pool.close();
});

describe('a client that goes away', () => {
  test('has its request dropped before its turn', async () => {
    const gate = sharedNumber();
    const reads = sharedNumber();
    const dropped: DropReason[] = [];
    const pool = await start({ blockingId: 'blocking', gate, reads }, { dropped });
    const gone = new AbortController();
    const queries = pool.for({ project: 'default', address: '10.0.0.1' });
    const leaving = pool.for({ project: 'default', address: '10.0.0.1', gone: gone.signal });
    const first = queries.traces('blocking', {});
    const shared = queries.traces('a', { limit: 1 });
    const left = [
      leaving.traces('a', { limit: 1 }),
      leaving.traces('a', { limit: 2 }),
      leaving.traces('b', {}),
    ];
    gone.abort();
    for (const answer of left) await assert.rejects(answer, isUnavailable);
    await assert.rejects(leaving.get('a'), isUnavailable);
    open(gate);
    await first;
    // Another client waits for the same answer.
    assert.ok(await shared);
    assert.ok(await queries.traces('b', { limit: 5 }));
    assert.equal(Atomics.load(reads, 0), 3);
    assert.deepEqual(dropped, Array(4).fill('client_gone'));
    await pool.close();
  });

  test('stops its current read', async () => {
    const reads = sharedNumber();
    const pool = await start({ loopingId: 'looping', reads });
    const gone = new AbortController();
    const left = pool
      .for({ project: 'default', address: '10.0.0.1', gone: gone.signal })
      .traces('looping', {});
    await readsOf(reads, 1);
    gone.abort();
    await assert.rejects(left, isUnavailable);
    assert.ok(await pool.for({ project: 'default', address: '10.0.0.2' }).traces('a', {}));
    await pool.close();
  });
});

test('a thread that does not close is ended', async () => {
  const reads = sharedNumber();
  const timers = new Set<() => void>();
  const timer: After = (_ms, call) => {
    timers.add(call);
    return () => timers.delete(call);
  };
  const pool = await start({ blockingId: 'blocking', gate: sharedNumber(), reads }, { after: timer });
  const blocked = pool.for({ project: 'default', address: '10.0.0.1' }).traces('blocking', {});
  await readsOf(reads, 1);
  const refused = assert.rejects(blocked, isUnavailable);
  const closed = pool.close();
  await refused;
  for (const call of timers) call();
  await closed;
  assert.equal(timers.size, 0);
});

test('a read that takes too long is stopped, and the next one is answered', async () => {
  const dropped: DropReason[] = [];
  const pool = await start({ loopingId: 'looping' }, { dropped, queryTimeoutMs: 5 });
  const queries = pool.for({ project: 'default', address: '10.0.0.1' });
  await assert.rejects(queries.traces('looping', {}), isTimeout);
  assert.ok(await queries.traces('a', {}));
  assert.deepEqual(dropped, ['timeout']);
  await pool.close();
});

test('a thread whose read does not stop is ended, and waiting requests go to the next one', async () => {
  const reads = sharedNumber();
  const crashes: Error[] = [];
  const dropped: DropReason[] = [];
  const timers = new Set<() => void>();
  const times: number[] = [];
  const timer: After = (ms, call) => {
    times.push(ms);
    timers.add(call);
    return () => timers.delete(call);
  };
  const pool = await start(
    { blockingId: 'blocking', gate: sharedNumber(), reads },
    { crashes, dropped, after: timer },
  );
  const queries = pool.for({ project: 'default', address: '10.0.0.1' });
  const stuck = queries.traces('blocking', {});
  const next = queries.traces('a', {});
  await readsOf(reads, 1);
  assert.deepEqual(times, [2 * NEVER_MS]);
  for (const call of timers) call();
  await assert.rejects(stuck, isTimeout);
  assert.ok(await next);
  assert.equal(timers.size, 0);
  assert.equal(crashes.length, 1);
  assert.deepEqual(dropped, ['timeout']);
  await pool.close();
});

test('requests above the limit are refused at once, and closing rejects those that wait', async () => {
  const dropped: DropReason[] = [];
  const pool = await start({ endlessId: 'endless' }, { dropped });
  const waiting: Promise<unknown>[] = [];
  const fill = (address: string) => {
    const queries = pool.for({ project: 'default', address });
    for (let i = 0; i < MAX_WAITING_OF_CLIENT; i++) waiting.push(queries.get(i === 0 ? 'endless' : `${i}`));
    return queries;
  };
  await assert.rejects(fill('10.0.0.1').get('a'), isUnavailable);
  for (let i = 1; i < MAX_WAITING / MAX_WAITING_OF_CLIENT; i++) fill(`10.0.1.${i}`);
  const late = pool.for({ project: 'default', address: '10.0.0.3' });
  const failures = Promise.allSettled(waiting);
  await assert.rejects(late.get('a'), isUnavailable);
  assert.deepEqual(dropped, ['too_many', 'too_many']);
  await pool.close();
  for (const result of await failures) {
    assert.ok(result.status === 'rejected' && isUnavailable(result.reason));
  }
  await assert.rejects(late.get('a'), isUnavailable);
});

test('if a reader cannot be opened, the start fails with its error', async () => {
  await assert.rejects(start({ openError: 'no such data' }), /no such data/);
});
