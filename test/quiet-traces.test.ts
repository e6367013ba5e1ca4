import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { createNormalizer } from '../src/normalize/create.js';
import { quietPatterns } from '../src/normalize/quiet-routes.js';
import { SqliteReader } from '../src/store/sqlite/reader.js';
import { openUnrecovered } from './support/engine.js';
import { type LogSpec, logBatch, type SpanSpec, spanBatch, traceId } from './support/telemetry.js';

/** S25: traces with only quiet requests can be read, and are in no list and no statistics. */

const NOW_NS = 2_000_000_000_000_000_000n;
const TIMEOUT_NS = 1_800_000_000_000n;
const [INTERNAL, SERVER, CLIENT] = [1, 2, 3];
const root = mkdtempSync(join(tmpdir(), 'sojourn-quiet-'));
after(() => rmSync(root, { recursive: true, force: true }));
let directories = 0;

const newDirectory = (): string => join(root, `data-${directories++}`);

const normalizerWith = (quietRoutes: readonly string[]) =>
  createNormalizer({
    userIds: 'keep',
    userIdKey: Buffer.alloc(32, 7),
    clientIp: 'keep',
    geoDatabase: undefined,
    quietRoutes,
  });

interface Sent {
  readonly spans?: readonly SpanSpec[];
  readonly logs?: readonly LogSpec[];
}

async function open(directory: string, quietRoutes: readonly string[]) {
  const normalizer = await normalizerWith(quietRoutes);
  const options = { normalizer, quietRoutes: quietPatterns(quietRoutes).join(), now: () => NOW_NS };
  return { normalizer, ...openUnrecovered(directory, options) };
}

/** Opens the directory under a setting, and sends something. */
async function run(
  directory: string,
  quietRoutes: readonly string[],
  { spans = [], logs = [] }: Sent = {},
): Promise<void> {
  const { normalizer, db, engine } = await open(directory, quietRoutes);
  engine.recover();
  const batches = [spanBatch(normalizer, spans), logBatch(normalizer, logs)].filter(({ count }) => count > 0);
  engine.commit(
    batches.map((batch) => ({ project: 'default', batch })),
    true,
  );
  db.close();
}

async function read<T>(directory: string, ask: (reader: SqliteReader) => Promise<T>): Promise<T> {
  const options = { directory, cacheBytes: 1 << 20, timeoutNs: TIMEOUT_NS };
  const reader = new SqliteReader(options, await normalizerWith([]));
  try {
    return await ask(reader);
  } finally {
    await reader.close();
  }
}

const listed = (directory: string): Promise<string[]> =>
  read(directory, async (reader) => {
    const { sessions } = await reader.sessions('default', { direction: 'older', limit: 1000, nowNs: NOW_NS });
    const { totalSessions } = await reader.statistics('default', { nowNs: NOW_NS });
    assert.equal(totalSessions, sessions.length);
    return sessions.map(({ id }) => id).sort();
  });

function span(trace: string, id: string, more: Partial<SpanSpec> = {}): SpanSpec {
  return { trace, span: id, kind: INTERNAL, start: NOW_NS - 1000n, end: NOW_NS, ...more };
}

const request = (trace: string, path: string, more: Partial<SpanSpec> = {}): SpanSpec =>
  span(trace, '1', {
    kind: SERVER,
    ...more,
    attributes: { 'http.request.method': 'GET', 'url.path': path, ...more.attributes },
  });

test('a health check with all its child spans is in no list, statistics and menu, and can be read', async () => {
  const directory = newDirectory();
  await run(directory, ['default'], {
    spans: [
      request('a', '/healthz', { resource: { 'service.name': 'quiet' } }),
      span('a', '2', { parent: '1', kind: CLIENT }),
      request('b', '/cart', { resource: { 'service.name': 'shop' } }),
    ],
    logs: [{ trace: 'a', span: '1', time: NOW_NS, body: 'GET /healthz 200' }],
  });
  assert.deepEqual(await listed(directory), [traceId('b')]);
  await read(directory, async (reader) => {
    const session = await reader.session('default', traceId('a'));
    assert.equal(session?.spanCount, 2);
    assert.equal(session.isUnlisted, true);
    assert.ok((await reader.trace('default', traceId('a'))) !== undefined);
    assert.equal((await reader.session('default', traceId('b')))?.isUnlisted, undefined);
    assert.deepEqual(
      (await reader.facets('default', { nowNs: NOW_NS, limit: 9 })).services.map(({ value }) => value),
      ['shop'],
    );
  });
});

const LOUD: Readonly<Record<string, Sent>> = {
  'an ancestor of another kind that comes later': { spans: [span('a', '9', { kind: CLIENT })] },
  'another entry': { spans: [span('a', '8', { kind: SERVER, attributes: { 'url.path': '/cart' } })] },
  'a model call': {
    spans: [
      span('a', '8', {
        parent: '1',
        attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 3 },
      }),
    ],
  },
  'a session on another span': {
    spans: [span('a', '8', { parent: '1', attributes: { 'session.id': 's' } })],
  },
  'a session on a log record': { logs: [{ trace: 'a', time: NOW_NS, attributes: { 'session.id': 's' } }] },
  'a span that failed': { spans: [span('a', '8', { parent: '1', error: true })] },
  'a status of 503': {
    spans: [
      request('a', '/healthz', {
        parent: '9',
        end: NOW_NS + 1n,
        attributes: { 'http.response.status_code': 503 },
      }),
    ],
  },
};

for (const [what, more] of Object.entries(LOUD)) {
  test(`a trace is not quiet with ${what}, whichever came first`, async () => {
    const quiet = { spans: [request('a', '/healthz', { parent: '9' })] };
    const lists: string[][] = [];
    for (const order of [
      [quiet, more],
      [more, quiet],
    ]) {
      const directory = newDirectory();
      await run(directory, ['default'], order[0]);
      if (order[0] === quiet) assert.deepEqual(await listed(directory), []);
      await run(directory, ['default'], order[1]);
      lists.push(await listed(directory));
    }
    assert.notDeepEqual(lists[0], []);
    assert.deepEqual(lists[0], lists[1]);
  });
}

test('quietness follows the setting at the next start, even after a stopped start', async () => {
  const directory = newDirectory();
  const paths = ['/healthz', '/status', '/cart'];
  const ids = paths.map((_, i) => traceId(String(i + 1)));
  await run(directory, ['default'], { spans: paths.map((path, i) => request(String(i + 1), path)) });
  assert.deepEqual(await listed(directory), [ids[1], ids[2]]);
  await run(directory, ['default', '/status']);
  assert.deepEqual(await listed(directory), [ids[2]]);
  await run(directory, []);
  assert.deepEqual(await listed(directory), ids);
  const stopped = await open(directory, ['GET']);
  while (stopped.engine.catchUp(1));
  assert.equal(stopped.engine.followSettings(1), true, 'it has begun');
  assert.equal(stopped.engine.followSettings(1), true, 'one of three sessions is done');
  // Another one changes before its turn.
  const touched = spanBatch(stopped.normalizer, [request('3', '/cart', { end: NOW_NS + 5n })]);
  stopped.engine.commit([{ project: 'default', batch: touched }], true);
  stopped.db.close();
  assert.deepEqual(await listed(directory), [ids[1]]);
  await run(directory, ['GET']);
  assert.deepEqual(await listed(directory), []);
  await run(directory, ['GET /cart'], { spans: [request('1', '/healthz', { end: NOW_NS + 1n })] });
  assert.deepEqual(await listed(directory), [ids[0], ids[1]]);
});

const requests = fc.record({
  trace: fc.constantFrom('a', 'b', 'c'),
  span: fc.constantFrom('1', '2', '3'),
  parent: fc.constantFrom(undefined, '1', '2', '9'),
  kind: fc.constantFrom(SERVER, SERVER, SERVER, INTERNAL),
  length: fc.constantFrom(1n, 2n, 3n),
  error: fc.constantFrom(false, false, false, false, true),
  path: fc.constantFrom('/healthz', '/ping', '/cart'),
});

test('the list lacks the traces that are quiet by definition, and no others', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(requests, { minLength: 1, maxLength: 9 }), async (drawn) => {
      const directory = newDirectory();
      // The longest version of each span.
      const kept = new Map(
        drawn.map((each, i) => [
          `${each.trace} ${each.span}`,
          { ...each, length: each.length + BigInt(i) * 9n },
        ]),
      );
      const all = drawn.map((each, i) => ({ ...each, length: each.length + BigInt(i) * 9n }));
      const spanOf = ({ length, path, parent, ...rest }: (typeof all)[number]): SpanSpec => ({
        ...rest,
        ...(parent === undefined ? {} : { parent }),
        start: NOW_NS - 1000n,
        end: NOW_NS - 1000n + length,
        attributes: { 'url.path': path },
      });
      for (const each of all) await run(directory, ['default'], { spans: [spanOf(each)] });
      const loud = ['a', 'b', 'c'].filter((trace) => {
        const spans = [...kept.values()].filter((each) => each.trace === trace);
        const entries = spans.filter(({ parent }) => !spans.some(({ span }) => span === parent));
        const isQuiet =
          entries.length > 0 &&
          entries.every(({ kind, path }) => kind === SERVER && path !== '/cart') &&
          spans.every(({ error }) => !error);
        return spans.length > 0 && !isQuiet;
      });
      assert.deepEqual(await listed(directory), loud.map(traceId).sort());
      rmSync(directory, { recursive: true, force: true });
    }),
    { numRuns: Number(process.env.SOJOURN_QUIET_RUNS ?? 25) },
  );
});
