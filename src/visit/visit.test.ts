import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type GroupRecord, storedGroup } from '../../test/support/stored-groups.js';
import { at } from '../../test/support/stored-sessions.js';
import type { LogSpec, SpanSpec } from '../../test/support/telemetry.js';
import type { PageKind, PageView } from '../normalize/facts.js';
import { createPageUrls, type PageUrlMode } from '../normalize/visit/page-url.js';
import type { StoredGroup, StoredPage } from '../store/contract/group.js';
import { listPages } from './page-list.js';
import { MAX_ACTIONS, MAX_REQUESTS, type PageVisit } from './page-visit.js';
import { readVitals } from './reported-vitals.js';
import { Visit } from './visit.js';

const BROWSER = { 'service.name': 'shop-web', 'telemetry.sdk.language': 'webjs' };
const API = { 'service.name': 'shop-api' };
const CLIENT = 3;
const SERVER = 2;

let traces = 0;
const nextTrace = () => (++traces).toString(16);

/** A page that a log record of its own reports. */
function page(second: number, url: string, more: Partial<PageView> = {}, log: Partial<LogSpec> = {}) {
  const view: PageView = {
    kind: 'load',
    source: 'test',
    url: `https://shop.example${url}`,
    ...more,
  };
  return group({
    log: { time: at(second), event: `page ${url}`, resource: BROWSER, ...log },
    facts: { visit: { page: view } },
  });
}

/** Records of one trace, or without a trace if the first is a log record. */
function group(...records: GroupRecord[]): StoredGroup {
  const trace = 'span' in records[0]! ? records[0].span.trace : undefined;
  const stored = storedGroup(trace, records);
  return trace === undefined
    ? { ...stored, position: { ...stored.position, key: `ff${nextTrace().padStart(30, '0')}` } }
    : stored;
}

function span(second: number, fields: Partial<SpanSpec>, seconds = 0.1): { span: SpanSpec } {
  const start = at(second);
  return {
    span: {
      trace: nextTrace(),
      span: '1',
      start,
      end: start + BigInt(Math.round(seconds * 1e9)),
      resource: BROWSER,
      ...fields,
    },
  };
}

const request = (second: number, path: string, status: number, fields: Partial<SpanSpec> = {}) =>
  span(second, {
    kind: CLIENT,
    name: 'HTTP',
    attributes: {
      'http.request.method': 'POST',
      'url.full': `https://shop.example${path}`,
      'http.response.status_code': status,
    },
    ...fields,
  });

function pagesOf(groups: readonly StoredGroup[], sources?: ReadonlyMap<PageKind, string>): StoredPage[] {
  const reports = groups.flatMap(({ facts = [], position }) =>
    facts.flatMap(({ record, visit }) =>
      visit?.page === undefined ? [] : [{ record, timeNs: position.startNs, page: visit.page }],
    ),
  );
  return listPages(reports, sources ?? new Map(reports.map(({ page: { kind, source } }) => [kind, source])));
}

function visit(groups: readonly StoredGroup[], pageUrls: PageUrlMode = 'path'): PageVisit[] {
  const pages = pagesOf(groups);
  const vitals = groups.flatMap((each) => readVitals(each));
  const whole = new Visit(pages, { from: 0, to: pages.length }, vitals, createPageUrls(pageUrls));
  for (const each of groups) whole.take(each);
  return whole.finish();
}

const path = ({ page: { url = '' } }: PageVisit) => url.replace('https://shop.example', '');
const seconds = ({ leftNs, enteredNs }: PageVisit) => Number(leftNs - enteredNs) / 1e9;

describe('the pages of a visit', () => {
  test('are in order of time, each until the next one was entered, the last until its last activity', () => {
    const pages = visit([
      page(30, '/cart', { kind: 'route' }),
      page(0, '/'),
      group(request(42, '/api/cart', 200)),
    ]);
    assert.deepEqual(pages.map(path), ['/', '/cart']);
    assert.deepEqual(pages.map(seconds), [30, 12.1]);
    assert.deepEqual(
      pages.map(({ isEntry, isExit }) => [isEntry, isExit]),
      [
        [true, false],
        [false, true],
      ],
    );
  });

  test('a visitor who was away for more than half an hour left with the last activity', () => {
    const pages = visit([
      page(0, '/'),
      group(request(10, '/api', 200)),
      page(7200, '/cart'),
      page(7200 + 1700, '/pay'),
    ]);
    assert.deepEqual(pages.map(seconds), [10.1, 1700, 0]);
  });

  test('are those of the sources that count; other reports of the same page complete it', () => {
    const groups = [
      page(0.5, '/a', { source: 'events', name: 'Shop', referrer: 'https://search.example/' }),
      page(0, '/a', { source: 'documentLoad' }),
      page(20, '/b', { source: 'documentLoad' }),
      page(19, '/b?x', { source: 'events', name: 'B' }),
      page(60, '/a', { source: 'events', name: 'late' }),
    ];
    const pages = pagesOf(groups, new Map([['load', 'documentLoad']]));
    assert.deepEqual(
      pages.map(({ timeNs, page: { url, name, referrer } }) => [timeNs, url?.slice(20), name, referrer]),
      [
        [at(0), '/a', 'Shop', 'https://search.example/'],
        [at(19), '/b', 'B', undefined],
      ],
    );
  });
});

describe('what happened on a page', () => {
  test('is placed by its time, and by the address that it names', () => {
    const click = (second: number, url?: string) =>
      group({
        log: {
          time: at(second),
          event: 'browser.user_action.click',
          resource: BROWSER,
          attributes: {
            'browser.css_selector': `#at${second}`,
            ...(url && { 'page.url': `https://shop.example${url}` }),
          },
        },
      });
    const pages = visit([
      page(10, '/'),
      page(30, '/cart'),
      page(4000, '/late'),
      click(5),
      click(12),
      click(29, '/cart?from=here#x'),
      click(35, '/'),
      click(40, '/elsewhere'),
      // Left more than half an hour before.
      click(4001, '/'),
    ]);
    assert.deepEqual(
      pages.map((each) => each.actions.map(({ target }) => target)),
      [['#at5', '#at12', '#at35'], ['#at29', '#at40'], ['#at4001']],
    );
    assert.deepEqual(
      pages.map(({ clickCount }) => clickCount),
      [3, 2, 1],
    );
  });

  test('a click that each listener and two instruments report is one', () => {
    const listener = (second: number, name = 'click') =>
      group(span(second, { name, attributes: { event_type: name, target_xpath: '//*[@id="buy"]' } }, 0.01));
    const [first] = visit([
      page(0, '/'),
      group({
        log: {
          time: at(5),
          event: 'browser.user_action.click',
          resource: BROWSER,
          attributes: { 'browser.tag_name': 'A' },
        },
      }),
      listener(5.001),
      listener(5.002),
      listener(5.2),
      listener(5.21, 'mouseup'),
      listener(5.5, 'submit'),
    ]);
    assert.equal(first!.clickCount, 2);
    assert.deepEqual(
      first!.actions.map(({ kind, target, record }) => [kind, target, record.spanId !== undefined]),
      [
        ['click', '//*[@id="buy"]', true],
        ['click', '//*[@id="buy"]', true],
        ['submit', '//*[@id="buy"]', true],
      ],
    );
  });

  test('a click that reports the page that it led to was on the page before', () => {
    const view: PageView = { kind: 'route', source: 'click', url: 'https://shop.example/cart' };
    const click = span(5, { name: 'Navigation: /cart', attributes: { event_type: 'click' } });
    const whole = group({ ...click, facts: { visit: { page: view } } });
    const pages = visit([page(0, '/'), whole]);
    assert.deepEqual(
      pages.map(({ clickCount }) => clickCount),
      [1, 0],
    );
  });

  test('a request is listed once, with the server’s span, on the page that made it', () => {
    const own = request(9.9, '/api/orders?id=1', 500);
    const { trace } = own.span;
    const server = span(10.5, {
      trace,
      span: '2',
      parent: '1',
      kind: SERVER,
      name: 'POST /api/orders',
      resource: API,
      attributes: { 'http.request.method': 'POST', 'http.response.status_code': 500 },
    });
    const database = span(10.6, {
      ...{ trace, span: '3', parent: '2', kind: CLIENT, resource: API, name: 'SELECT' },
      attributes: { 'http.request.method': 'POST' },
    });
    const pages = visit([page(0, '/checkout'), page(10, '/thanks'), group(own, server, database)]);
    assert.deepEqual(
      pages.map(({ requestCount }) => requestCount),
      [1, 0],
    );
    assert.equal(pages[0]!.failedRequestCount, 1);
    const [shown] = pages[0]!.requests;
    assert.deepEqual(
      [
        shown!.method,
        shown!.url,
        shown!.statusCode,
        shown!.hasFailed,
        shown!.server?.name,
        shown!.server?.service,
      ],
      ['POST', 'https://shop.example/api/orders', 500, true, 'POST /api/orders', 'shop-api'],
    );
  });

  test('the address of a request is shown like those of pages', () => {
    const asked = ['url.full', 'http.url'].map((key, second) =>
      group(
        request(1 + second, '', 200, {
          attributes: { 'http.request.method': 'GET', [key]: 'https://bob:secret@shop.example/cart?tok=1#x' },
        }),
      ),
    );
    const urls = (mode: PageUrlMode) =>
      visit([page(0, '/'), ...asked], mode)[0]!.requests.map(({ url }) => url);
    assert.deepEqual(urls('path'), Array(2).fill('https://shop.example/cart'));
    assert.deepEqual(urls('full'), Array(2).fill('https://shop.example/cart?tok=1#x'));
  });

  test('a request that only the server reports counts; the server’s own requests do not', () => {
    const attributes = { 'http.request.method': 'GET', 'url.path': '/api' };
    const root = span(5, { kind: SERVER, name: 'GET /api', resource: API, attributes });
    const { trace } = root.span;
    const onwards = span(5.01, { trace, span: '2', parent: '1', kind: CLIENT, resource: API, attributes });
    const [only] = visit([page(0, '/'), group(root, onwards)]);
    assert.equal(only!.requestCount, 1);
    assert.equal(only!.requests[0]!.server?.name, 'GET /api');
  });

  test('requests of a loading page are not part of the request for the page', () => {
    const root = span(0, {
      kind: SERVER,
      name: 'GET /',
      resource: API,
      attributes: { 'http.request.method': 'GET' },
    });
    const { trace } = root.span;
    const load = span(0.1, { trace, span: '2', parent: '1', name: 'documentLoad' });
    const fetch = request(0.2, '/api', 200, { trace, span: '3', parent: '2' });
    const facts = {
      visit: { page: { kind: 'load', source: 'documentLoad', url: 'https://shop.example/' } },
    } as const;
    const whole = group(root, { ...load, facts }, fetch);
    const pages = [{ record: whole.facts![0]!.record, timeNs: load.span.start, page: facts.visit.page }];
    const sut = new Visit(pages, { from: 0, to: 1 });
    sut.take(whole);
    const [only] = sut.finish();
    assert.equal(only!.requestCount, 2);
  });

  test('an exception that two channels report is one; the report with a stack is shown', () => {
    const attributes = { 'exception.type': 'TypeError', 'exception.message': 'no price' };
    const report = (second: number, channel: 'log' | 'span', more = {}) =>
      group({
        log: {
          time: at(second),
          event: 'exception',
          resource: BROWSER,
          attributes: { ...attributes, ...more },
        },
        facts: { service: 'shop-web', exceptions: [{ channel, key: 7, atNs: at(second) }] },
      });
    const [only] = visit([
      page(0, '/'),
      report(3, 'log'),
      report(3.1, 'span', { 'exception.stacktrace': 'at buy' }),
      report(4, 'log'),
    ]);
    assert.equal(only!.exceptionCount, 2);
    const [{ type, message, stacktrace, count, service } = assert.fail()] = only!.exceptions;
    assert.deepEqual(
      [type, message, stacktrace, count, service],
      ['TypeError', 'no price', 'at buy', 2, 'shop-web'],
    );
  });

  test('web vitals belong to the document, though they are reported when the next one loads', () => {
    const vital = (second: number, id: string, name: 'lcp' | 'cls', value: number) =>
      group({
        log: {
          time: at(second),
          event: 'browser.web_vital',
          resource: BROWSER,
          attributes: { 'browser.web_vital.id': id },
        },
        facts: { visit: { vitals: [{ name, value, id }] } },
      });
    const idAt = (second: number) => `v5-${at(second) / 1_000_000n}-123`;
    const pages = visit([
      page(0, '/'),
      page(10, '/cart', { kind: 'route' }),
      page(20, '/thanks'),
      vital(20.02, idAt(0.3), 'cls', 0.2),
      vital(12, 'none', 'lcp', 900),
      vital(13, 'none', 'lcp', 700),
      vital(25, idAt(20.1), 'cls', 0.01),
    ]);
    assert.deepEqual(
      pages.map(({ vitals }) => Object.fromEntries(vitals)),
      [{ cls: 0.2, lcp: 900 }, {}, { cls: 0.01 }],
    );
  });

  test('a page leads to an agent by the model calls behind its requests', () => {
    const own = request(9.9, '/api/chat', 200);
    const call = span(10.5, { trace: own.span.trace, span: '2', parent: '1', resource: API });
    const pages = visit([
      page(0, '/help'),
      page(10, '/'),
      group(
        own,
        { ...call, usage: { model: 'm' } },
        { span: { ...call.span, span: '3' }, usage: {}, not: 'duplicate' as never },
      ),
    ]);
    assert.deepEqual(
      pages.map(({ agent }) => agent?.callCount),
      [1, undefined],
    );
    assert.equal(pages[0]!.agent?.record.spanId, '2'.padStart(16, '0'));
  });

  test('lists are bounded, counts are not; failed requests come first, then slow ones', () => {
    const many = Array.from({ length: 100 }, (_, index) => [
      group(request(index / 10, `/${index}`, index === 50 ? 404 : 200, { end: at(index / 10 + index) })),
      group(span(index, { name: 'click', attributes: { event_type: 'click' } })),
    ]).flat();
    const [only] = visit([page(0, '/'), ...many]);
    assert.equal(only!.requestCount, 100);
    assert.equal(only!.clickCount, 100);
    assert.equal(only!.requests.length, MAX_REQUESTS);
    assert.equal(only!.actions.length, MAX_ACTIONS);
    assert.match(only!.requests[0]!.url!, /\/50$/);
    assert.match(only!.requests[1]!.url!, /\/99$/);
  });

  test('is the same in any order of the groups, circles of parents and hostile values among them', () => {
    const value = fc.constantFrom(
      '',
      'click',
      '__proto__',
      'https://shop.example/a',
      'x'.repeat(5_000),
      7,
      true,
    );
    const key = fc.constantFrom(
      'event_type',
      'url.full',
      'page.url',
      'http.request.method',
      'http.status_code',
      'exception.message',
      'toString',
    );
    const record = fc.record({
      second: fc.integer({ min: 0, max: 40 }),
      kind: fc.integer({ min: 0, max: 5 }),
      parent: fc.constantFrom('1', '2', '3', undefined),
      isBrowser: fc.boolean(),
      attributes: fc.dictionary(key, value, { maxKeys: 4 }),
      key: fc.integer({ min: 0, max: 3 }),
    });
    const traceOf = fc.array(record, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(traceOf, { maxLength: 8 }), fc.infiniteStream(fc.nat()), (specs, numbers) => {
        const groups = [page(0, '/a'), page(15, '/b'), page(20, '/a')].concat(
          specs.map((records) => {
            const trace = nextTrace();
            return group(
              ...records.map(({ second, kind, parent, isBrowser, attributes, key: kindKey }, index) => ({
                ...span(second, {
                  trace,
                  span: String(index + 1),
                  kind,
                  ...(parent !== undefined && { parent }),
                  resource: isBrowser ? BROWSER : API,
                  attributes,
                }),
                facts: { exceptions: [{ channel: 'span' as const, key: kindKey, atNs: at(second) }] },
              })),
            );
          }),
        );
        const shuffled = groups
          .map((each) => ({ each, order: numbers.next().value as number }))
          .sort((a, b) => a.order - b.order)
          .map(({ each }) => each);
        assert.deepEqual(visit(shuffled), visit(groups));
      }),
    );
  });
});
