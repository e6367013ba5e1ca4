import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SessionUsage } from '../src/contract/usage.js';
import type { SessionQueries } from '../src/query/session-queries.js';
import { type RecordedRequest, replay } from './support/replay.js';

/** `GET /api/v1/sessions/{sessionId}/usage` as a list of pages, and that it leaves nothing out. */

type Attributes = Readonly<Record<string, string | number>>;

interface Span {
  readonly trace: number;
  readonly span: number;
  readonly parent?: number;
  readonly at: number;
  readonly attributes: Attributes;
}

const START = 1_795_800_000_000_000_000n;

function request(spans: readonly Span[]): RecordedRequest {
  const hex = (number: number, length: number) => number.toString(16).padStart(length, '0');
  const value = (each: string | number) =>
    typeof each === 'string'
      ? { stringValue: each }
      : Number.isInteger(each)
        ? { intValue: String(each) }
        : { doubleValue: each };
  const body = {
    resourceSpans: [
      {
        resource: {},
        scopeSpans: [
          {
            scope: { name: 'test' },
            spans: spans.map(({ trace, span, parent, at, attributes }) => ({
              traceId: hex(trace, 32),
              spanId: hex(span, 16),
              ...(parent !== undefined && { parentSpanId: hex(parent, 16) }),
              name: 'x',
              startTimeUnixNano: String(START + BigInt(at) * 1_000_000_000n),
              endTimeUnixNano: String(START + BigInt(at) * 1_000_000_000n + 1n),
              attributes: Object.entries(attributes).map(([key, each]) => ({ key, value: value(each) })),
            })),
          },
        ],
      },
    ],
  };
  return { signal: 'traces', encoding: 'json', body: Buffer.from(JSON.stringify(body)) };
}

async function pageOf(queries: SessionQueries, query: { limit?: number; cursor?: string } = {}) {
  return JSON.parse(Buffer.from((await queries.usage('s', query))!).toString()) as SessionUsage;
}

async function withSpans(spans: readonly Span[], check: (queries: SessionQueries) => Promise<void>) {
  const queries = await replay([request(spans)]);
  try {
    await check(queries);
  } finally {
    await queries.close();
  }
}

const call = (more: Attributes = {}): Attributes => ({
  'session.id': 's',
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  ...more,
});
const tokens = (input: number) => ({ 'gen_ai.usage.input_tokens': input });

describe('pages of usage', () => {
  test('have each record once, forwards and backwards, and the totals of the whole session', async () => {
    // Seven traces with an agent and two calls each, the second of which ends last.
    const spans = Array.from({ length: 7 }, (_, i): Span[] => [
      {
        trace: i + 1,
        span: 1,
        at: i,
        attributes: { ...call(tokens(30)), 'gen_ai.operation.name': 'invoke_agent' },
      },
      { trace: i + 1, span: 2, parent: 1, at: i + 1, attributes: call(tokens(10)) },
      { trace: i + 1, span: 3, parent: 1, at: 100, attributes: call(tokens(20)) },
    ]).flat();
    await withSpans(spans, async (queries) => {
      const whole = await pageOf(queries);
      assert.equal(whole.items.length, 21);
      assert.deepEqual(
        whole.items.map(({ time }) => time),
        whole.items.map(({ time }) => time).sort(),
        'by time',
      );
      assert.equal(whole.has_more, false);
      for (const limit of [1, 2, 5, 20, 21]) {
        const found: string[] = [];
        let page = await pageOf(queries, { limit });
        assert.equal(page.prev_cursor, undefined);
        for (;;) {
          assert.ok(page.items.length <= limit);
          assert.deepEqual(page.counted, {
            request_count: 14,
            total_input_tokens: 210,
            total_output_tokens: 0,
          });
          assert.equal(page.genai_usage?.request_count, 14);
          assert.equal(page.verdicts, 'session');
          found.push(...page.items.map((item) => JSON.stringify(item)));
          if (page.next_cursor === undefined) break;
          page = await pageOf(queries, { limit, cursor: page.next_cursor });
        }
        assert.deepEqual(
          found.sort(),
          whole.items.map((item) => JSON.stringify(item)).sort(),
          `limit ${limit}`,
        );
        let count = page.items.length;
        while (page.prev_cursor !== undefined) {
          page = await pageOf(queries, { limit, cursor: page.prev_cursor });
          count += page.items.length;
        }
        assert.equal(count, 21, `back, limit ${limit}`);
      }
    });
  });

  test('say how a call in another trace was decided', async () => {
    const id = { 'gen_ai.response.id': 'chatcmpl-AbCdEfGhIjKlMnOpQrStUvWx' };
    const other = (i: number): Span => ({ trace: i + 2, span: 1, at: i + 2, attributes: call(tokens(1)) });
    const spans: Span[] = [
      { trace: 1, span: 1, at: 0, attributes: call({ ...tokens(10), ...id }) },
      ...Array.from({ length: 5 }, (_, i) => other(i)),
      { trace: 99, span: 1, at: 99, attributes: call({ ...tokens(10), ...id }) },
    ];
    await withSpans(spans, async (queries) => {
      const whole = await pageOf(queries);
      assert.equal(whole.genai_usage?.request_count, 6);
      let page = await pageOf(queries, { limit: 3 });
      while (page.next_cursor !== undefined)
        page = await pageOf(queries, { limit: 3, cursor: page.next_cursor });
      const last = page.items.at(-1)!;
      assert.equal(last.counted, false);
      assert.equal(last.reason, 'same_call_id');
      assert.equal(last.by?.trace_id, '1'.padStart(32, '0'));
    });
  });

  test('do not compare calls of different traces if there are too many, and say so', async () => {
    const id = { 'gen_ai.response.id': 'chatcmpl-AbCdEfGhIjKlMnOpQrStUvWx' };
    const spans: Span[] = [
      { trace: 1, span: 1, at: 0, attributes: call({ ...tokens(10), ...id }) },
      { trace: 2, span: 1, at: 1, attributes: call({ ...tokens(10), ...id }) },
      { trace: 3, span: 1, at: 2, attributes: call(tokens(1)) },
    ];
    for (const [mostTogether, verdicts, counted] of [
      [3, 'session', 2],
      [2, 'trace', 3],
    ] as const) {
      const queries = await replay([request(spans)], { mostTogether });
      const page = await pageOf(queries);
      assert.equal(page.verdicts, verdicts);
      assert.equal(page.items.filter((item) => item.counted).length, counted);
      assert.equal(page.genai_usage?.request_count, 2, 'the sums are right all the same');
      // Nothing on this page can be the same as anything elsewhere.
      const { next_cursor: cursor } = await pageOf(queries, { limit: 2 });
      assert.equal((await pageOf(queries, { cursor: cursor! })).verdicts, 'session');
      await queries.close();
    }
  });

  test('end when the search has reached its limit, and continue from there', async () => {
    // More traces without usage than a page looks at.
    const plain = Array.from(
      { length: 4_500 },
      (_, i): Span => ({
        trace: i + 1,
        span: 1,
        at: i,
        attributes: { 'session.id': 's' },
      }),
    );
    const last: Span = { trace: 9_999, span: 1, at: 9_999, attributes: call(tokens(10)) };
    await withSpans([...plain, last], async (queries) => {
      let page = await pageOf(queries);
      let pages = 1;
      while (page.items.length === 0) {
        assert.equal(page.has_more, true);
        assert.equal(page.genai_usage?.request_count, 1, 'the sums are there at once');
        page = await pageOf(queries, { cursor: page.next_cursor! });
        pages++;
      }
      assert.equal(pages, 3);
      assert.equal(page.items.length, 1);
      assert.equal(page.has_more, false);
      // Back to the beginning, where there is nothing.
      for (let back = page.prev_cursor; back !== undefined; back = page.prev_cursor) {
        page = await pageOf(queries, { cursor: back });
        assert.equal(page.items.length, 0);
      }
    });
  });

  test('are bound to their session', async () => {
    const spans: Span[] = [1, 2, 3].map((trace) => ({
      trace,
      span: 1,
      at: trace,
      attributes: call(tokens(1)),
    }));
    await withSpans(spans, async (queries) => {
      const { next_cursor: cursor } = await pageOf(queries, { limit: 1 });
      await assert.rejects(queries.usage('other', { cursor: cursor! }), /cursor|query/i);
      assert.equal(await queries.usage('other', {}), undefined);
    });
  });
});

describe('usage leaves nothing out', () => {
  const one = async (attributes: Attributes): Promise<SessionUsage['items']> => {
    const queries = await replay([
      request([{ trace: 1, span: 1, at: 0, attributes: { 'session.id': 's', ...attributes } }]),
    ]);
    const { items } = await pageOf(queries);
    await queries.close();
    return items;
  };

  test('a record that no dialect reads', async () => {
    const [item, ...others] = await one({
      'acme.model': 'm',
      'acme.usage.prompt_tokens': 12,
      'acme.note': 'tokens',
    });
    assert.deepEqual(others, []);
    assert.equal(item?.kind, 'other');
    assert.equal(item.counted, false);
    assert.equal(item.reason, 'no_dialect');
    assert.equal(item.dialect, undefined);
    assert.deepEqual(item.numbers, [{ key: 'acme.usage.prompt_tokens', value: 12 }]);
    assert.equal(item.span_id, '1'.padStart(16, '0'));
  });

  test('a record that its dialect does not take for a call', async () => {
    const [item] = await one({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.usage.input_tokens': 12 });
    assert.equal(item?.reason, 'no_call');
    assert.equal(item.dialect, 'otel-genai');
  });

  test('a wrapper with impossible numbers', async () => {
    const [item] = await one({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.usage.input_tokens': -12 });
    assert.equal(item?.reason, 'out_of_range');
    assert.deepEqual(item.numbers, [{ key: 'gen_ai.usage.input_tokens', value: -12 }]);
  });

  test('a call counts, and says how its tokens were read', async () => {
    const said = async (attributes: Attributes) => {
      const [item] = await one(call(attributes));
      assert.equal(item?.counted, true);
      return [item.unreported, item.unpriced];
    };
    assert.deepEqual(await said({}), ['not_reported', 'no_tokens']);
    assert.deepEqual(await said({ 'gen_ai.usage.input_tokens': -1 }), ['out_of_range', 'no_tokens']);
    assert.deepEqual(await said({ 'gen_ai.usage.input_tokens': 2 ** 40 }), ['out_of_range', 'no_tokens']);
    assert.deepEqual(await said({ 'acme.prompt_tokens': 5 }), ['not_read', 'no_tokens']);
    assert.deepEqual(await said({ 'gen_ai.request.max_tokens': 5 }), ['not_reported', 'no_tokens']);
    assert.deepEqual(await said(tokens(5)), [undefined, undefined]);
  });

  test('records unrelated to models are not listed', async () => {
    assert.deepEqual(await one({ 'http.request.method': 'GET', 'order.cost': 5, 'auth.token': 7 }), []);
  });
});

test('totals of many sessions say how many calls they lack', async () => {
  const spans: Span[] = [
    { trace: 1, span: 1, at: 0, attributes: call(tokens(1000)) },
    { trace: 2, span: 1, at: 1, attributes: call({ ...tokens(1000), 'gen_ai.request.model': 'my-model' }) },
    { trace: 3, span: 1, at: 2, attributes: call() },
    {
      trace: 4,
      span: 1,
      at: 7200,
      attributes: { ...call({ 'gen_ai.request.model': 'my-model', ...tokens(5) }), 'session.id': 't' },
    },
  ];
  await withSpans(spans, async (queries) => {
    const json = async (bytes: Promise<Uint8Array | undefined>) =>
      JSON.parse(Buffer.from((await bytes)!).toString()) as Record<string, unknown>;
    const gaps = ({ unpriced_request_count, unreported_request_count }: Record<string, unknown>) => [
      unpriced_request_count,
      unreported_request_count,
    ];
    const first = { startTime: START, endTime: START + 60_000_000_000n };
    assert.deepEqual(gaps(await json(queries.stats({}))), [2, 1]);
    assert.deepEqual(gaps(await json(queries.stats(first))), [1, 1]);
    assert.deepEqual(gaps(await json(queries.top({}))), [2, 1]);
    assert.deepEqual(gaps(await json(queries.top(first))), [1, 1]);
    const { points, models } = (await json(
      queries.timeline({ ...first, endTime: START + 8000_000_000_000n }),
    )) as {
      points: Record<string, number>[];
      models: Record<string, unknown>[];
    };
    const total = points.reduce(
      (sum, point) => [sum[0]! + point.unpriced_request_count!, sum[1]! + point.unreported_request_count!],
      [0, 0],
    );
    assert.deepEqual(total, [2, 1]);
    assert.deepEqual(models.map((model) => [model.model, ...gaps(model)]).sort(), [
      ['gpt-4o', 0, 1],
      ['my-model', 2, 0],
    ]);
    const session = await json(queries.get('s'));
    assert.deepEqual(gaps(session.genai_usage as Record<string, unknown>), [1, 1]);
  });
});
