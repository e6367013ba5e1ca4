import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openEngine } from '../../../test/support/engine.js';
import { listedItem } from '../../../test/support/listed-item.js';
import { type SpanSpec, spanBatch, traceId } from '../../../test/support/telemetry.js';
import { createNormalizer } from '../../normalize/create.js';
import { MOST_GROUPS } from '../../sessionize/elsewhere.js';
import type { StoredUsage } from '../contract/usage.js';
import { SqliteReader } from '../sqlite/reader.js';

/** U24: a model call that several sessions report counts in one of them. */

const root = mkdtempSync(join(tmpdir(), 'sojourn-shared-'));
after(() => rmSync(root, { recursive: true }));

const PROJECT = 'default';
const TIMEOUT_NS = 1_800_000_000_000n;
const BASE_NS = 1_900_000_000_000_000_000n;
const ID = 'msg_01XFDUDYJgAACzvnptvVoYEL';
const normalizer = await createNormalizer({
  userIds: 'keep',
  userIdKey: Buffer.alloc(32),
  clientIp: 'keep',
  geoDatabase: undefined,
});

interface CallSpec extends Partial<SpanSpec> {
  readonly session?: string;
  readonly id?: string | undefined;
  readonly input?: number;
  readonly more?: SpanSpec['attributes'];
}

/** A call of 100 and 10 tokens in a separate trace. */
function call(trace: string, { session, id = ID, input = 100, more = {}, ...spec }: CallSpec = {}): SpanSpec {
  return {
    trace,
    span: '1',
    start: BASE_NS,
    end: BASE_NS + 1_000_000_000n,
    ...spec,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': input,
      'gen_ai.usage.output_tokens': 10,
      'gen_ai.response.id': id,
      ...(session !== undefined && { 'session.id': session }),
      ...more,
    },
  };
}

class Store {
  readonly #directory = mkdtempSync(join(root, 'data-'));
  #open = this.#reopen();

  #reopen(hotRecords = 100_000) {
    return openEngine(this.#directory, { normalizer, now: () => BASE_NS, timeoutNs: TIMEOUT_NS, hotRecords });
  }

  commit(...spans: SpanSpec[]): void {
    this.#open.engine.commit([{ project: PROJECT, batch: spanBatch(normalizer, spans) }], true);
  }

  /** Clears the memory. */
  restart(): void {
    this.#open.db.close();
    this.#open = this.#reopen(1);
  }

  rows(sql: string) {
    return this.#open.db.prepare(sql).all();
  }

  async read<T>(read: (reader: SqliteReader) => Promise<T>): Promise<T> {
    const reader = new SqliteReader(
      { directory: this.#directory, cacheBytes: 1 << 20, timeoutNs: TIMEOUT_NS },
      normalizer,
    );
    try {
      return await read(reader);
    } finally {
      await reader.close();
    }
  }

  /** Calls and input tokens of each listed session. */
  async listed(): Promise<Record<string, readonly [number, bigint] | undefined>> {
    const { sessions } = await this.read((reader) =>
      reader.sessions(PROJECT, { direction: 'older', limit: 1000, nowNs: BASE_NS }),
    );
    return Object.fromEntries(
      sessions.map((session) => {
        const { genai_usage: usage } = listedItem(session);
        return [session.id, usage && ([usage.request_count, BigInt(usage.total_input_tokens)] as const)];
      }),
    );
  }

  usage(session: string): Promise<StoredUsage | undefined> {
    return this.read((reader) => reader.usage(PROJECT, session, { direction: 'forward', limit: 100 }));
  }

  close(): void {
    this.#open.db.close();
  }
}

async function withStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
  const store = new Store();
  try {
    return await use(store);
  } finally {
    store.close();
  }
}

const EXPLICIT = call('a', { session: 's', start: BASE_NS + 5n });
const IMPLICIT = call('b');

test('it counts in the session known by an id, in any order of arrival, also after a restart', async () => {
  for (const spans of [
    [EXPLICIT, IMPLICIT],
    [IMPLICIT, EXPLICIT],
  ]) {
    for (const between of [(store: Store) => store.restart(), () => {}]) {
      await withStore(async (store) => {
        for (const span of spans) {
          store.commit(span);
          between(store);
        }
        assert.deepEqual(await store.listed(), { s: [1, 100n] });
      });
    }
  }
});

test('the other session is not listed but can be read, and names the session in which the call counts', async () => {
  await withStore(async (store) => {
    store.commit(EXPLICIT, IMPLICIT);
    const { session, records } = (await store.usage(traceId('b')))!;
    assert.equal(session.genai, undefined);
    assert.equal(session.spanCount, 1);
    assert.deepEqual(
      records.map((each) =>
        each.usage === undefined ? [] : [each.reason, each.by?.traceId, each.bySession],
      ),
      [['counted_in_other_session', traceId('a'), 's']],
    );
    const statistics = await store.read((reader) => reader.statistics(PROJECT, { nowNs: BASE_NS }));
    assert.equal(statistics.totalSessions, 1);
    const { points } = await store.read((reader) =>
      reader.timeline(PROJECT, { nowNs: BASE_NS, startToNs: 2n * BASE_NS, stepFor: () => 60_000_000_000n }),
    );
    assert.deepEqual(
      [...points.values()].map(({ calls, inputTokens }) => [calls, inputTokens]),
      [[1, 100n]],
    );
  });
});

test('a session with other content stays listed, without the call', async () => {
  await withStore(async (store) => {
    const server: SpanSpec = { trace: 'b', span: '2', start: BASE_NS, end: BASE_NS + 2n };
    store.commit(EXPLICIT, { ...IMPLICIT, parent: '2' }, server);
    assert.deepEqual(await store.listed(), { s: [1, 100n], [traceId('b')]: undefined });
    // Spans below a call are part of it.
    const client: SpanSpec = { trace: 'c', span: '2', parent: '1', start: BASE_NS, end: BASE_NS + 2n };
    store.commit(call('c'), client);
    assert.deepEqual(Object.keys(await store.listed()).sort(), [traceId('b'), 's'].sort());
  });
});

test('of two sessions known by ids, it counts in the one with the earlier record', async () => {
  await withStore(async (store) => {
    store.commit(
      call('a', { session: 's', start: BASE_NS + 2n }),
      call('b', { session: 'r', start: BASE_NS + 1n }),
    );
    assert.deepEqual(await store.listed(), { r: [1, 100n], s: undefined });
    store.commit(call('c', { session: 'q' }));
    assert.deepEqual(await store.listed(), { q: [1, 100n], r: undefined, s: undefined });
  });
});

test('a session counts it again when the report of the other session changes', async () => {
  await withStore(async (store) => {
    store.commit(EXPLICIT, IMPLICIT);
    store.restart();
    // A later version of the span reports another call.
    store.commit({
      ...call('a', { session: 's', id: 'msg_013Zva2CMHLNnXjNJJKqJ2EF' }),
      end: BASE_NS + 2_000_000_000n,
    });
    assert.deepEqual(await store.listed(), { s: [1, 100n], [traceId('b')]: [1, 100n] });
    assert.equal((await store.usage(traceId('b')))?.records[0]?.reason, undefined);
  });
});

test('it moves when its trace gets a session', async () => {
  await withStore(async (store) => {
    store.commit(call('a', { start: BASE_NS }), call('b', { start: BASE_NS + 1n }));
    assert.deepEqual(await store.listed(), { [traceId('a')]: [1, 100n] }, 'the earlier');
    store.commit({ trace: 'b', span: '9', start: BASE_NS, end: BASE_NS, attributes: { 'session.id': 's' } });
    assert.deepEqual(await store.listed(), { s: [1, 100n] });
  });
});

test('the counted call includes values that only the other session reports', async () => {
  await withStore(async (store) => {
    store.commit(EXPLICIT, call('b', { more: { 'gen_ai.usage.cache_creation.input_tokens': 40 } }));
    const [counted] = (await store.usage('s'))!.records;
    assert.equal(counted?.usage?.cacheWriteTokens, 40);
  });
});

test('usage that only an agent reports does not count if another session reports the call', async () => {
  const silent = { 'gen_ai.usage.input_tokens': 0, 'gen_ai.usage.output_tokens': 0 };
  const agent = (session: string): SpanSpec[] => [
    call('a', { session, id: undefined, span: 'a', more: { 'gen_ai.operation.name': 'invoke_agent' } }),
    call('a', { session, parent: 'a', start: BASE_NS + 1n, more: silent }),
  ];
  const seen: unknown[] = [];
  for (const session of [undefined, 'r']) {
    const other = [call('b', session === undefined ? {} : { session })];
    for (const batches of [
      [agent('s'), other],
      [other, agent('s')],
    ]) {
      await withStore(async (store) => {
        for (const spans of batches) store.commit(...spans);
        const { records } = (await store.usage('s'))!;
        const reasons = records.map(({ usage, reason, ...by }) => [
          usage?.kind,
          reason,
          { bySession: undefined, ...by }.bySession,
        ]);
        seen.push([await store.listed(), reasons]);
      });
    }
  }
  const own = [
    { s: [1, 100n] },
    [
      ['wrapper', 'wrapper_of', undefined],
      ['rest', 'wrapper_of', undefined],
      ['call', undefined, undefined],
    ],
  ];
  const others = [
    { r: [1, 100n], s: undefined },
    [
      ['wrapper', 'wrapper_of', undefined],
      ['rest', 'wrapper_of', 'r'],
      ['call', 'counted_in_other_session', 'r'],
    ],
  ];
  assert.deepEqual(seen, [own, own, others, others]);
});

test('the same holds if the call of the rest is in another session of the trace', async () => {
  const silent = { 'gen_ai.usage.input_tokens': 0, 'gen_ai.usage.output_tokens': 0 };
  const agent = [
    call('a', { session: 's', id: undefined, span: 'a', more: { 'gen_ai.operation.name': 'invoke_agent' } }),
    call('a', { session: 't', parent: 'a', start: BASE_NS + 1n, more: silent }),
  ];
  const other = [call('b', { session: 'r' })];
  for (const batches of [
    [agent, other],
    [other, agent],
  ]) {
    await withStore(async (store) => {
      for (const spans of batches) store.commit(...spans);
      const { records } = (await store.usage('s'))!;
      assert.deepEqual(
        records.map(({ usage, reason, ...by }) => [
          usage?.kind,
          reason,
          { bySession: undefined, ...by }.bySession,
        ]),
        [
          ['wrapper', 'wrapper_of', undefined],
          ['rest', 'wrapper_of', 'r'],
        ],
      );
      assert.deepEqual(await store.listed(), { r: [1, 100n], s: undefined, t: undefined });
    });
  }
});

test('calls that contradict each other, or end at another time, count in each', async () => {
  await withStore(async (store) => {
    const later = BASE_NS + 120_000_000_000n;
    store.commit(EXPLICIT, call('b', { input: 101 }), call('c', { start: later, end: later }));
    assert.deepEqual(await store.listed(), {
      s: [1, 100n],
      [traceId('b')]: [1, 101n],
      [traceId('c')]: [1, 100n],
    });
  });
});

test('an id that may not be unique only joins calls with the same tokens and time', async () => {
  await withStore(async (store) => {
    const weak = { id: 'chatcmpl-417' };
    const after = { start: BASE_NS + 1_000_000_001n, end: BASE_NS + 1_000_000_002n };
    store.commit(
      call('a', { session: 's', scope: 'one', ...weak }),
      call('b', { scope: 'two', ...weak }),
      call('c', { scope: 'two', ...weak, ...after }),
    );
    assert.deepEqual(await store.listed(), { s: [1, 100n], [traceId('c')]: [1, 100n] });
  });
});

test('an id that too many traces report is ignored, whichever of them comes last', async () => {
  const count = MOST_GROUPS + 2;
  const all = Array.from({ length: count }, (_, i) => call((i + 1).toString(16)));
  for (const spans of [all, all.toReversed()]) {
    await withStore(async (store) => {
      for (const span of spans.slice(1)) store.commit(span);
      assert.equal(Object.keys(await store.listed()).length, 1);
      store.restart();
      store.commit(spans[0]!);
      assert.equal(Object.keys(await store.listed()).length, count);
      // With one trace less, the id counts again.
      store.commit({
        ...call(spans[5]!.trace, { id: 'msg_013Zva2CMHLNnXjNJJKqJ2EF' }),
        end: BASE_NS + 2_000_000_000n,
      });
      assert.equal(Object.keys(await store.listed()).length, 2);
    });
  }
});

test('the result for a call with too many neighbours next to a call with few does not depend on the order', async () => {
  // A moment is 2^34 ns. The crowd is one moment before the one call, which is one moment before the other.
  const callAt = (trace: string, moment: bigint, more: CallSpec = {}): SpanSpec => {
    const start = ((BASE_NS >> 34n) + moment) << 34n;
    return call(trace, { start, end: start + 1n, ...more });
  };
  const crowd = Array.from({ length: MOST_GROUPS + 4 }, (_, i) => callAt((i + 1).toString(16), 0n));
  const [between, beyond] = [callAt('f1', 1n), callAt('f2', 2n)];
  // Another version of the span, with other numbers in its call.
  const changed = { ...callAt('f1', 1n, { input: 101 }), end: between.end + 1n };
  const after = (spans: readonly SpanSpec[]) =>
    withStore(async (store) => {
      for (const span of spans) store.commit(span);
      const listed = await store.listed();
      return [listed[traceId('f1')], listed[traceId('f2')]];
    });
  for (const spans of [
    [...crowd, between, beyond],
    [beyond, ...crowd, between],
    [between, beyond, ...crowd],
  ]) {
    assert.deepEqual(await after(spans), [[1, 100n], undefined]);
  }
  for (const spans of [
    [...crowd, between, changed, beyond],
    [...crowd, between, beyond, changed],
    [beyond, between, ...crowd, changed],
  ]) {
    assert.deepEqual(await after(spans), [
      [1, 101n],
      [1, 100n],
    ]);
  }
});

test('thousands of traces with one id do not take quadratic time', { timeout: 60_000 }, async () => {
  await withStore(async (store) => {
    const spans = Array.from({ length: 3_000 }, (_, i) => call((i + 1).toString(16)));
    for (let at = 0; at < spans.length; at += 500) store.commit(...spans.slice(at, at + 500));
    assert.equal(Object.keys(await store.listed()).length, 1_000, 'a page');
  });
});

test('U16: in a session with many calls, a call reported again is recognised after a restart, and only changed marks are written', async () => {
  await withStore(async (store) => {
    const id = (number: number) => `msg_01XFDUDYJgAACzvnptv${String(number).padStart(5, '0')}`;
    const calls = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) =>
        call((from + i + 1).toString(16), { session: 's', id: id(from + i) }),
      );
    const rows = () => store.rows('SELECT length(marks) AS bytes FROM session_mark ORDER BY session, no');
    store.commit(...calls(0, 10));
    assert.deepEqual(rows(), [], 'few marks have no rows');
    store.commit(...calls(10, 290));
    store.restart();
    store.commit(...calls(300, 1));
    store.restart();
    store.commit(...calls(301, 1));
    const [whole, ...changes] = rows().map(({ bytes }) => Number(bytes));
    assert.equal(changes.length, 2);
    assert.ok(changes.every((bytes) => bytes * 100 < whole!));
    assert.deepEqual(await store.listed(), { s: [302, 30_200n] });
    store.restart();
    store.commit(call('fffff', { session: 's', id: id(7) }));
    assert.deepEqual(await store.listed(), { s: [302, 30_200n] }, 'reported twice');
    const { records, isComparedByTrace } = (await store.read((reader) =>
      reader.usage(PROJECT, 's', { direction: 'backward', limit: 1000 }),
    ))!;
    assert.equal(isComparedByTrace, undefined);
    assert.deepEqual(
      records
        .filter(({ reason }) => reason !== undefined)
        .map(({ record, reason }) => [record.traceId, reason]),
      [[traceId('fffff'), 'same_call_id']],
    );
  });
});
