import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { ExceptionPage } from '../src/contract/exception.js';
import type { Session } from '../src/contract/session.js';
import { formatRfc3339 } from '../src/contract/timestamp.js';
import type { VisitPages } from '../src/contract/visit.js';
import { VisitPageItem } from '../src/contract/visit.js';
import type { SessionQueries } from '../src/query/session-queries.js';
import { assertConforms } from './support/contract-check.js';
import { oneByOne, type RecordedRequest, replay } from './support/replay.js';
import { type LogSpec, logsJson, type SpanSpec, tracesJson } from './support/telemetry.js';

/** `GET /api/v1/sessions/{sessionId}/pages` over a store, from the browser's telemetry to the answer. */

type Page = (typeof VisitPages)['static'];

const START = 1_795_800_000_000_000_000n;
const at = (seconds: number) => START + BigInt(Math.round(seconds * 1_000)) * 1_000_000n;
const BROWSER = { 'service.name': 'shop-web', 'telemetry.sdk.language': 'webjs' };
const SHOP = 'https://shop.example';

const traces = (...spans: SpanSpec[]): RecordedRequest => ({
  signal: 'traces',
  encoding: 'json',
  body: Buffer.from(tracesJson(spans)),
});
const logs = (...records: LogSpec[]): RecordedRequest => ({
  signal: 'logs',
  encoding: 'json',
  body: Buffer.from(logsJson(records)),
});

function load(trace: string, second: number, path: string): SpanSpec {
  return {
    ...{
      trace,
      span: '1',
      name: 'documentLoad',
      start: at(second),
      end: at(second + 0.5),
      resource: BROWSER,
    },
    attributes: { 'session.id': 's', 'url.full': SHOP + path },
  };
}

const vital = (second: number, name: string, value: number): RecordedRequest =>
  logs({
    time: at(second),
    event: 'browser.web_vital',
    resource: BROWSER,
    attributes: { 'session.id': 's', 'browser.web_vital.name': name, 'browser.web_vital.value': value },
  });

/** A visit of three pages, whose checkout fails, with a backend that reports no session. */
const VISIT: RecordedRequest[] = [
  traces(load('1', 0, '/products?q=lamp#top')),
  logs({
    time: at(12),
    event: 'browser.navigation',
    resource: BROWSER,
    attributes: {
      'session.id': 's',
      'url.full': `${SHOP}/checkout`,
      'browser.navigation.same_document': true,
    },
  }),
  traces(
    {
      ...{ trace: '2', span: '1', kind: 3, name: 'POST', start: at(14), end: at(14.2), resource: BROWSER },
      error: true,
      attributes: {
        'session.id': 's',
        'http.request.method': 'POST',
        'url.full': `${SHOP}/api/orders?token=secret`,
        'http.response.status_code': 500,
      },
    },
    {
      ...{ trace: '2', span: '2', parent: '1', kind: 2, name: 'POST /api/orders', error: true },
      ...{ start: at(14.05), end: at(14.15), resource: { 'service.name': 'shop-api' } },
      attributes: { 'http.request.method': 'POST', 'http.response.status_code': 500 },
    },
  ),
  logs({
    time: at(14.3),
    event: 'exception',
    resource: BROWSER,
    attributes: {
      'session.id': 's',
      'exception.type': 'TypeError',
      'exception.message': 'order is undefined',
      'exception.stacktrace': 'at pay (app.js:1:2)',
    },
  }),
  // The same exception before that, on the span of the request and without a stack trace.
  logs({
    ...{ time: at(14.1), event: 'exception', resource: BROWSER, trace: '2', span: '1' },
    attributes: {
      'session.id': 's',
      'exception.type': 'TypeError',
      'exception.message': 'order is undefined',
    },
  }),
  vital(3, 'lcp', 2600),
  vital(4, 'ttfb', 18.90000000037253),
  // Reported on a route, but measured of its document.
  vital(13, 'inp', 96.00000000001),
  traces(load('3', 20, '/thanks')),
];

async function pagesOf(queries: SessionQueries, query: { limit?: number; cursor?: string } = {}) {
  const page = JSON.parse(Buffer.from((await queries.pages('s', query))!).toString()) as Page;
  for (const item of page.items) assertConforms(VisitPageItem, item);
  return page;
}

async function pagesAfter(requests: readonly RecordedRequest[]): Promise<Page> {
  const queries = await replay(requests);
  try {
    return await pagesOf(queries);
  } finally {
    await queries.close();
  }
}

describe('the pages of a visit', () => {
  test('show why the checkout failed: page, request, server, exception', async () => {
    const { items } = await pagesAfter(VISIT);
    assert.deepEqual(
      items.map(({ kind, url, duration_ms, entry, exit, vitals }) => [
        kind,
        url,
        duration_ms,
        entry,
        exit,
        vitals,
      ]),
      [
        ['load', `${SHOP}/products`, 12_000, true, undefined, { lcp: 2600, inp: 96, ttfb: 18.9 }],
        ['route', `${SHOP}/checkout`, 8_000, undefined, undefined, undefined],
        ['load', `${SHOP}/thanks`, 500, undefined, true, undefined],
      ],
    );
    const [, checkout = assert.fail()] = items;
    assert.equal(checkout.failed_request_count, 1);
    const [request] = checkout.requests;
    assert.equal(request?.url, `${SHOP}/api/orders`);
    assert.deepEqual(
      [request?.server?.service, request?.server?.span_id],
      ['shop-api', '2'.padStart(16, '0')],
    );
    const traced = { trace_id: '2'.padStart(32, '0'), span_id: '1'.padStart(16, '0') };
    const [{ record, ...exception } = assert.fail()] = checkout.exceptions;
    assert.deepEqual(exception, {
      type: 'TypeError',
      message: 'order is undefined',
      stacktrace: 'at pay (app.js:1:2)',
      service: 'shop-web',
      count: 2,
      channels: ['log'],
      first_time: formatRfc3339(at(14.1)),
      last_time: formatRfc3339(at(14.3)),
      name: 'exception',
      span: traced,
    });
    assert.equal(record.trace_id, traced.trace_id);
  });

  test('are the same for any order and batches of the telemetry, and if it is sent again', async () => {
    const records = await oneByOne(VISIT);
    const expected = await pagesAfter(VISIT);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...records, ...records], { minLength: 2 * records.length }),
        async (all) => {
          assert.equal(JSON.stringify(await pagesAfter(all)), JSON.stringify(expected));
        },
      ),
      { numRuns: 8 },
    );
  });

  test('are as many as the session says, for any reports of them', async () => {
    const report = fc.record({
      second: fc.integer({ min: 0, max: 50 }),
      path: fc.constantFrom('/', '/cart', '/pay'),
      by: fc.constantFrom(
        'documentLoad',
        'browser.navigation',
        'browser.navigation_timing',
        'route',
        'screen',
      ),
      inTrace: fc.boolean(),
    });
    const record = (
      { second, path, by, inTrace }: { second: number; path: string; by: string; inTrace: boolean },
      index: number,
    ) => {
      const trace = (index + 1).toString(16);
      if (by === 'documentLoad') return traces(load(trace, second, path));
      const isScreen = by === 'screen';
      return logs({
        time: at(second),
        event: isScreen ? 'app.screen.view' : by === 'route' ? 'browser.navigation' : by,
        resource: BROWSER,
        ...(inTrace && { trace }),
        attributes: {
          'session.id': 's',
          ...(isScreen ? { 'app.screen.name': path } : { 'url.full': SHOP + path }),
          'browser.navigation.same_document': by === 'route',
        },
      });
    };
    await fc.assert(
      fc.asyncProperty(fc.array(report, { minLength: 1, maxLength: 12 }), async (reports) => {
        const queries = await replay(reports.map(record));
        const session = JSON.parse(Buffer.from((await queries.get('s'))!).toString()) as Session;
        const { items } = await pagesOf(queries);
        assert.equal(items.length, session.visit?.page_views);
        assert.deepEqual(
          items.map(({ entered_at }) => entered_at),
          items.map(({ entered_at }) => entered_at).sort(),
        );
        await queries.close();
      }),
      { numRuns: 25 },
    );
  });

  test('show an exception like the list of exceptions, even if its resource has another service name', async () => {
    const resource = {
      'service.name': 'unknown_service',
      'splunk.rumVersion': '2.0.0',
      app: 'shop-web',
    };
    const queries = await replay([
      traces(load('1', 0, '/'), {
        ...{ trace: '2', span: '1', name: 'onerror', start: at(1), end: at(1), resource },
        attributes: {
          'session.id': 's',
          error: true,
          'error.object': 'TypeError',
          'error.message': 'no price',
          'error.stack': 'at buy (app.js:1:2)',
        },
      }),
    ]);
    const { items } = JSON.parse(
      Buffer.from((await queries.exceptions('s', {}))!).toString(),
    ) as ExceptionPage;
    const [page] = (await pagesOf(queries)).items;
    assert.equal(items[0]?.service, 'shop-web');
    assert.deepEqual(page?.exceptions, items);
    await queries.close();
  });

  test('are empty without reports', async () => {
    const queries = await replay([
      traces({ trace: '1', span: '1', start: at(0), end: at(1), attributes: { 'session.id': 's' } }),
    ]);
    assert.deepEqual(await pagesOf(queries), { items: [], has_more: false });
    assert.equal(await queries.pages('other', {}), undefined);
    await queries.close();
  });

  test('come page by page, forwards and backwards, reading groups only for their pages', async () => {
    const count = 23;
    const queries = await replay([
      traces(
        ...Array.from({ length: count }, (_, index) =>
          load((index + 1).toString(16), index * 10, `/${index}`),
        ),
      ),
      traces(
        ...Array.from(
          { length: count },
          (_, index): SpanSpec => ({
            ...{
              trace: `f${index + 1}`,
              span: '1',
              name: 'click',
              start: at(index * 10 + 5),
              end: at(index * 10 + 6),
            },
            resource: BROWSER,
            attributes: { 'session.id': 's', event_type: 'click', target_xpath: `#${index}` },
          }),
        ),
      ),
    ]);
    const whole = await pagesOf(queries);
    assert.equal(whole.items.length, count);
    assert.deepEqual(
      whole.items.map(({ actions }) => actions.map(({ target }) => target)),
      Array.from({ length: count }, (_, index) => [`#${index}`]),
    );
    let page = await pagesOf(queries, { limit: 5 });
    const forth = [...page.items];
    while (page.next_cursor !== undefined) {
      page = await pagesOf(queries, { limit: 5, cursor: page.next_cursor });
      forth.push(...page.items);
    }
    assert.deepEqual(forth, whole.items);
    const back = [...page.items];
    while (page.prev_cursor !== undefined) {
      page = await pagesOf(queries, { limit: 7, cursor: page.prev_cursor });
      back.unshift(...page.items);
    }
    assert.deepEqual(back, whole.items);
    await queries.close();
  });
});
