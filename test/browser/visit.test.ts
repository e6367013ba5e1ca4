import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { OWNED, TestBrowser, type TestPage, untilEqual } from '../support/browser.js';
import { NO_BROWSER } from '../support/chromium.js';
import { startServer, type TestServer } from '../support/server.js';
import { type LogSpec, logsJson, type SpanSpec, spanId, traceId, tracesJson } from '../support/telemetry.js';

/** A visit of a person, as people look at it: the pages, and what failed on them. */

const START = BigInt(Date.now() - 3_600_000) * 1_000_000n;
const at = (seconds: number) => START + BigInt(Math.round(seconds * 1_000)) * 1_000_000n;
const BROWSER = { 'service.name': 'shop-web', 'telemetry.sdk.language': 'webjs' };
const API = { 'service.name': 'shop-api' };
const SHOP = 'https://shop.example';

function load(session: string, trace: string, second: number, path: string, title?: string): SpanSpec {
  return {
    ...{
      trace,
      span: '1',
      name: 'documentLoad',
      start: at(second),
      end: at(second + 0.5),
      resource: BROWSER,
    },
    attributes: {
      'session.id': session,
      'url.full': SHOP + path,
      ...(title !== undefined && { 'document.title': title }),
    },
  };
}

function click(session: string, trace: string, second: number, target: string): SpanSpec {
  return {
    ...{ trace, span: '1', name: 'click', start: at(second), end: at(second + 0.01), resource: BROWSER },
    attributes: {
      'session.id': session,
      event_type: 'click',
      target_element: 'BUTTON',
      target_xpath: `//*[@id="${target}"]`,
    },
  };
}

function request(session: string, trace: string, second: number, path: string, status: number): SpanSpec[] {
  const error = status >= 500;
  const http = { 'http.request.method': 'POST', 'http.response.status_code': status };
  return [
    {
      ...{ trace, span: '1', name: 'POST', kind: 3, error, resource: BROWSER },
      ...{ start: at(second), end: at(second + 0.2) },
      attributes: { ...http, 'session.id': session, 'url.full': SHOP + path },
    },
    {
      ...{ trace, span: '2', parent: '1', name: `POST ${path}`, kind: 2, error, resource: API },
      ...{ start: at(second + 0.05), end: at(second + 0.15) },
      attributes: http,
    },
  ];
}

const EXCEPTION: LogSpec = {
  ...{ time: at(14.5), event: 'exception', resource: BROWSER },
  attributes: {
    'session.id': 'visit',
    'exception.type': 'TypeError',
    'exception.message': `order is undefined <img src=x onerror="${OWNED}">`,
    'exception.stacktrace': 'TypeError: order is undefined\n    at pay (https://shop.example/app.js:1:20)',
  },
};

const vital = (name: string, value: number): LogSpec => ({
  ...{ time: at(3), event: 'browser.web_vital', resource: BROWSER },
  attributes: { 'session.id': 'visit', 'browser.web_vital.name': name, 'browser.web_vital.value': value },
});

let browser: TestBrowser;
let server: TestServer;
const pages: TestPage[] = [];

async function open(path: string, options: Parameters<TestBrowser['open']>[0] = {}): Promise<TestPage> {
  const opened = await browser.open(options);
  pages.push(opened);
  await opened.page.goto(server.httpUrl + path);
  return opened;
}

async function send(spans: readonly SpanSpec[], logs: readonly LogSpec[] = []): Promise<void> {
  assert.equal((await server.post('/v1/traces', tracesJson(spans))).status, 200);
  if (logs.length > 0) assert.equal((await server.post('/v1/logs', logsJson(logs))).status, 200);
}

/** The visible text of an element. */
async function textOf(place: Locator): Promise<string> {
  await place.waitFor();
  return (await place.allInnerTexts()).join('\n');
}

describe('the visit of a session', { skip: NO_BROWSER }, () => {
  before(async () => {
    [browser, server] = await Promise.all([TestBrowser.launch(), startServer()]);
    await send(
      [
        load('visit', 'a1', 0, '/products', 'Lamps'),
        click('visit', 'a2', 4, 'add'),
        load('visit', 'a3', 12, '/checkout'),
        click('visit', 'a4', 13, 'pay'),
        ...request('visit', 'a5', 14, '/api/orders', 500),
        ...['b1', 'b2', 'b3', 'b4', 'b5'].flatMap((trace) =>
          request('visit', trace, 15, `/api/${trace}`, 200),
        ),
        load('visit', 'a6', 20, '/thanks'),
      ],
      [EXCEPTION, vital('lcp', 2_600), vital('cls', 0.3), vital('ttfb', 120)],
    );
  });
  afterEach(async () => {
    for (const opened of pages.splice(0)) await opened.closeUntroubled();
  });
  after(async () => {
    await browser?.close();
    await server?.dispose();
  });

  it('is the default view of a visit: its pages in order, with duration, entry and exit', async () => {
    const opened = await open('/sessions/visit');
    const { page } = opened;
    await page
      .getByRole('link', { name: 'Visit', exact: true })
      .and(page.locator('[aria-current]'))
      .waitFor();
    const cards = page.getByRole('list', { name: 'Pages of the visit' }).getByRole('article');
    await untilEqual(() => cards.count(), 3);
    assert.match(await textOf(cards.nth(0)), /\/products\s+Lamps\s+Entry.*12 s/s);
    assert.match(await textOf(cards.nth(1)), /\/checkout.*8 s/s);
    assert.match(await textOf(cards.nth(2)), /\/thanks\s+Exit/s);
    await opened.assertAccessible();
    // The other views are a click away, and the way back too.
    await page.getByRole('link', { name: 'Timeline' }).click();
    await page.getByRole('treeitem').first().waitFor();
    await page.getByRole('link', { name: 'Visit', exact: true }).click();
    await untilEqual(() => cards.count(), 3);
  });

  it('rates the speed of a page, in words besides the colours', async () => {
    const { page } = await open('/sessions/visit?view=visit');
    const vitals = page.getByRole('article', { name: /products/ }).getByRole('list', { name: 'Web vitals' });
    assert.match(
      await textOf(vitals),
      /LCP\s+2\.6 s\s+needs improvement.*CLS\s+0\.3\s+poor.*TTFB\s+120 ms\s+good/s,
    );
  });

  it('does not change the content above it', async () => {
    const { page } = await open('/sessions/visit?view=timeline');
    const head = page.locator('.session-header');
    await head.getByLabel('Web vitals').waitFor();
    const before = await head.boundingBox();
    await page.getByRole('link', { name: 'Visit', exact: true }).click();
    await page.getByRole('article', { name: /products/ }).waitFor();
    assert.deepEqual(await head.boundingBox(), before);
  });

  it('shows why the checkout failed: the error with its stack, the request, and the span of the server', async () => {
    const opened = await open('/sessions/visit?view=visit');
    const { page } = opened;
    const checkout = page.getByRole('article', { name: /checkout/ });
    const errors = checkout.getByRole('region', { name: 'Errors' });
    assert.match(await textOf(errors), /TypeError.*order is undefined <img src=x/s);
    await errors.getByText('Stack trace').click();
    await errors.getByText('at pay (https://shop.example/app.js:1:20)').waitFor();
    const requests = checkout.getByRole('region', { name: 'Requests' });
    assert.match(await textOf(requests), /^500\s+POST \/api\/orders.*5 requests that did not fail/s);
    await checkout.getByText('1 click').click();
    await checkout.getByText('//*[@id="pay"]').waitFor();
    await opened.assertAccessible();
    await requests.getByRole('link', { name: 'shop-api' }).first().click();
    const panel = page.getByRole('complementary', { name: 'Span' });
    assert.match(await textOf(panel), /POST \/api\/orders/);
    assert.match(page.url(), new RegExp(`trace=${traceId('a5')}&span=${spanId('2')}`));
  });

  it('has an address for each page, and for the page of a span; keys move from one to the next', async () => {
    const { page } = await open('/sessions/visit?view=visit&page=3');
    const chosen = page.locator('.page-card.is-chosen');
    assert.match(await textOf(chosen), /\/thanks/);
    await page.keyboard.press('[');
    await page
      .getByRole('article', { name: /checkout/, includeHidden: false })
      .and(chosen)
      .waitFor();
    assert.match(page.url(), /view=visit&page=2/);
    await page.keyboard.press('[');
    await page
      .getByRole('article', { name: /products/ })
      .and(chosen)
      .waitFor();
    // The next page with a failure.
    await page.keyboard.press('e');
    await page
      .getByRole('article', { name: /checkout/ })
      .and(chosen)
      .waitFor();
    const { page: other } = await open(
      `/sessions/visit?view=visit&span=${spanId('2')}&trace=${traceId('a5')}`,
    );
    assert.match(await textOf(other.locator('.page-card.is-chosen')), /\/checkout/);
  });

  it('links to the agent that a page led to', async () => {
    const ask = request('helped', 'c2', 5, '/api/chat', 200);
    const call: SpanSpec = {
      ...{ trace: 'c2', span: '3', parent: '2', name: 'chat gpt-4o', resource: API },
      ...{ start: at(5.06), end: at(5.1) },
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.input.messages': JSON.stringify([
          { role: 'user', parts: [{ type: 'text', content: 'Where is my lamp?' }] },
        ]),
      },
    };
    await send([load('helped', 'c1', 0, '/help'), ...ask, call]);
    const { page } = await open('/sessions/helped?view=visit');
    await page.getByText('Led to an agent: 1 model call.').waitFor();
    await page.getByRole('link', { name: 'Show the conversation' }).click();
    await page.locator('.turn.is-chosen').first().waitFor();
    await page.locator('.turn').getByText('Where is my lamp?').waitFor();
    // A session with a conversation starts with the timeline.
    const { page: other } = await open('/sessions/helped');
    await other.getByRole('link', { name: 'Timeline' }).and(other.locator('[aria-current]')).waitFor();
    await other.getByRole('link', { name: 'Visit', exact: true }).waitFor();
  });

  it('is not offered if no pages are reported, and can be used on a phone and in the dark', async () => {
    await send([
      { trace: 'd1', span: '1', start: at(0), end: at(1), attributes: { 'session.id': 'backend' } },
    ]);
    const { page } = await open('/sessions/backend');
    await page.getByRole('treeitem').first().waitFor();
    assert.equal(await page.getByRole('link', { name: 'Visit', exact: true }).count(), 0);
    await page.goto(`${server.httpUrl}/sessions/backend?view=visit`);
    await page.getByText('No telemetry of this session reports a page or screen.').waitFor();
    const phone = await open('/sessions/visit?view=visit', {
      viewport: { width: 360, height: 740 },
      colorScheme: 'dark',
    });
    await phone.page.getByRole('article', { name: /thanks/ }).waitFor();
    await phone.until('document.documentElement.scrollWidth <= document.documentElement.clientWidth');
    await phone.assertAccessible();
  });

  it('is loaded page by page if it is long', async () => {
    const many = Array.from({ length: 120 }, (_, index) =>
      load('long', (0xe000 + index).toString(16), index * 10, `/p${index}`),
    );
    await send(many);
    const { page } = await open('/sessions/long?view=visit&page=110');
    assert.match(await textOf(page.locator('.page-card.is-chosen')), /\/p109/);
    await page.getByRole('button', { name: 'More pages' }).waitFor({ state: 'detached' });
    await untilEqual(() => page.getByRole('article').count(), 120);
  });
});
