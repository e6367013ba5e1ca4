import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FragileReaderData } from '../../test/support/fragile-reader.js';
import { at, storedSession } from '../../test/support/stored-sessions.js';
import { ApiError } from '../errors.js';
import type { QueryService } from './query-service.js';
import { MAX_WAITING } from './query-thread.js';
import { startQueryThreads } from './thread-pool.js';

const LIMITS = { activeMs: 300_000, timeoutMs: 1_800_000 };

function start(
  options: Partial<FragileReaderData>,
  onCrash: (error: Error) => void = () => {},
): Promise<QueryService> {
  const readerOptions: FragileReaderData = {
    sessions: [
      storedSession({ id: 'a', lastNs: at(0) + 123_456_789n }),
      storedSession({ id: 'b', userId: 'ann@example.com' }),
    ],
    limits: LIMITS,
    ...options,
  };
  const data = {
    readerModule: new URL('../../test/support/fragile-reader.js', import.meta.url).href,
    readerOptions,
    settings: {
      project: 'default',
      ...LIMITS,
      prices: [],
      userIds: { mode: 'keep' as const, key: new Uint8Array(32) },
    },
  };
  return startQueryThreads(data, onCrash);
}

const parse = (bytes: Uint8Array | undefined) => JSON.parse(new TextDecoder().decode(bytes));
const isUnavailable = (error: unknown) => error instanceof ApiError && error.code === 'query.unavailable';

describe('query threads', () => {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const crashes: Error[] = [];
  let queries: QueryService;
  before(async () => {
    const options = { fatalId: 'fatal', failingId: 'failing', blockingId: 'blocking', gate };
    queries = await start(options, (error) => crashes.push(error));
  });
  after(() => queries.close());

  test('every query is answered', async () => {
    assert.equal(parse(await queries.list({})).items.length, 2);
    assert.equal(parse(await queries.get('a')).duration_ms, 123.456789);
    assert.equal(await queries.get('x'), undefined);
    assert.deepEqual(parse(await queries.traces('a', {})), { items: [], has_more: false });
    assert.equal(await queries.trace('0'.repeat(32)), undefined);
    assert.equal(parse(await queries.stats({ startTime: at(0) })).total_sessions, 2);
  });

  test('the user filter follows the settings of user ids', async () => {
    const page = parse(await queries.list({ userId: 'ann@example.com' }));
    assert.equal(page.items[0]['session.id'], 'b');
  });

  test('answers find their questions', async () => {
    const ids = Array.from({ length: 200 }, (_, index) =>
      index % 3 === 0 ? 'a' : index % 3 === 1 ? 'b' : 'x',
    );
    const answers = await Promise.all(ids.map((id) => queries.get(id)));
    const found = answers.map((bytes) => (bytes === undefined ? 'x' : parse(bytes)['session.id']));
    assert.deepEqual(found, ids);
  });

  test('an error for the client keeps its code and fields', async () => {
    await assert.rejects(
      queries.list({ cursor: 'nonsense' }),
      (error) => error instanceof ApiError && error.code === 'cursor.invalid' && error.fields?.length === 1,
    );
  });

  test('a failure of the reader rejects with its message and stack, and the thread lives on', async () => {
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

  test('a thread that dies fails its requests, and the next ones are answered', async () => {
    const results = await Promise.allSettled([queries.get('fatal'), queries.get('a')]);
    for (const result of results) assert.ok(result.status === 'rejected' && isUnavailable(result.reason));
    assert.deepEqual(
      crashes.map(({ message }) => message),
      ['query thread point ended with code 1'],
    );
    assert.ok(await queries.get('a'));
  });

  test('a page does not wait for a long read', async () => {
    const blocked = queries.traces('blocking', {});
    const statistics = queries.stats({});
    assert.equal(parse(await queries.list({})).items.length, 2);
    assert.ok(await queries.get('a'));
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
    assert.equal(await blocked, undefined);
    assert.ok(await statistics);
  });
});

test('more requests than may wait are refused at once, and closing fails those that wait', async () => {
  const queries = await start({ endlessId: 'endless' });
  const waiting = Array.from({ length: MAX_WAITING }, () => queries.get('endless'));
  const failures = Promise.allSettled(waiting);
  await assert.rejects(queries.get('a'), isUnavailable);
  await queries.close();
  for (const result of await failures) {
    assert.ok(result.status === 'rejected' && isUnavailable(result.reason));
  }
  await assert.rejects(queries.get('a'), isUnavailable);
});

test('a reader that cannot be opened is the reason that the start fails with', async () => {
  await assert.rejects(start({ openError: 'no such data' }), /no such data/);
});
