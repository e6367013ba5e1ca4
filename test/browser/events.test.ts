import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { OWNED, TestBrowser, type TestPage, untilEqual } from '../support/browser.js';
import { NO_BROWSER } from '../support/chromium.js';
import { startServer, type TestServer } from '../support/server.js';
import { type LogSpec, logsJson, spanId, traceId, tracesJson } from '../support/telemetry.js';

/** The events of a session, as people use them on its page. */

const MS = 1_000_000n;
const START = BigInt(Date.now()) * MS - 3_600_000n * MS;
const RESOURCE = { 'service.name': 'web', 'host.name': 'host-1' };

function at(ms: number): bigint {
  return START + BigInt(ms) * MS;
}

function log(session: string, ms: number, more: Partial<LogSpec>): LogSpec {
  const { attributes, ...rest } = more;
  return { time: at(ms), attributes: { 'session.id': session, ...attributes }, resource: RESOURCE, ...rest };
}

const VISIT: readonly LogSpec[] = [
  log('visit', 0, { event: 'session.start' }),
  log('visit', 1_500, {
    event: 'browser.web_vital',
    severity: 9,
    body: { name: 'lcp', value: 2411, [`<img src=x onerror="${OWNED}">`]: `"><script>${OWNED}</script>` },
    attributes: { page: '/cart' },
  }),
  log('visit', 2_000, { event: 'click', severity: 9, body: 'Pay now' }),
  log('visit', 3_000, {
    event: 'exception',
    severity: 17,
    attributes: {
      'exception.type': 'TypeError',
      'exception.message': 'cart is undefined',
      'exception.stacktrace': 'TypeError: cart is undefined\n    at pay (pay.js:1)',
    },
  }),
  log('visit', 4_000, { severity: 13, severityText: 'Warning', body: 'slow answer' }),
];

let browser: TestBrowser;
let server: TestServer;
const pages: TestPage[] = [];

async function open(path: string, options: Parameters<TestBrowser['open']>[0] = {}): Promise<TestPage> {
  const opened = await browser.open(options);
  pages.push(opened);
  await opened.page.goto(server.httpUrl + path);
  return opened;
}

async function send(path: string, body: string): Promise<void> {
  assert.equal((await server.post(path, body)).status, 200);
}

describe('the events of a session on its page', { skip: NO_BROWSER }, () => {
  before(async () => {
    [browser, server] = await Promise.all([TestBrowser.launch(), startServer()]);
    await send('/v1/logs', logsJson(VISIT));
    const span = { trace: 'a1', start: at(0), end: at(1_000), resource: RESOURCE };
    const attributes = { 'session.id': 'shop' };
    const thrown = { 'exception.type': 'PaymentError', 'exception.message': 'no money' };
    await send(
      '/v1/traces',
      tracesJson([
        { ...span, span: '1', name: 'POST /pay', attributes },
        {
          ...span,
          span: '2',
          parent: '1',
          name: 'charge',
          attributes,
          events: [
            { name: 'fetchStart', time: at(10) },
            { name: 'exception', time: at(500), attributes: thrown },
          ],
        },
      ]),
    );
    const inSpan = { trace: 'a1', span: '2', resource: RESOURCE };
    await send(
      '/v1/logs',
      logsJson([
        { ...inSpan, time: at(400), severity: 13, body: 'card is old', event: 'card.checked' },
        { ...inSpan, time: at(600), severity: 9, body: 'gave up' },
      ]),
    );
    await send(
      '/v1/logs',
      logsJson(
        Array.from({ length: 1_500 }, (_, index) =>
          log('long', index * 100, { event: index % 100 === 99 ? 'rare' : 'tick', body: `tick ${index}` }),
        ),
      ),
    );
    await server.settled();
  });
  afterEach(async () => {
    for (const opened of pages.splice(0)) await opened.closeUntroubled();
  });
  after(async () => {
    await browser?.close();
    await server?.dispose();
  });

  it('are the default view of a session of log records alone, and are opened one by one', async () => {
    const opened = await open('/sessions/visit');
    const { page } = opened;
    const list = page.getByRole('region', { name: 'List of events' });
    const lines = list.locator('.event-line');
    await untilEqual(() => lines.count(), 5);
    const tabs = page.getByRole('navigation', { name: 'Parts of the session' });
    assert.deepEqual(await tabs.getByRole('link').allInnerTexts(), ['Events', 'JSON']);
    const texts = await lines.allInnerTexts();
    assert.match(texts[0]!, /\+0 ms\s+session\.start/);
    assert.match(texts[3]!, /\+3 s\s+ERROR\s+exception\s+TypeError: cart is undefined/);
    assert.match(texts[4]!, /Warning\s+log record\s+slow answer/);

    await lines.nth(1).click();
    const details = list.locator('.event-details');
    const body = details.getByRole('list', { name: 'Body of browser.web_vital' });
    await body.getByText('lcp').waitFor();
    await body.getByText('2411').waitFor();
    await details.locator('.attribute', { hasText: 'page' }).getByText('/cart').waitFor();
    await details.getByRole('button', { name: /^Resource/ }).click();
    await details.getByText('host-1').waitFor();
    await details.getByRole('button', { name: 'Copy the event as JSON' }).waitFor();
    await opened.assertAccessible();
    assert.match(page.url(), /view=events&event=[0-9a-f]{32}$/);

    // The address opens it.
    await page.reload();
    await body.getByText('lcp').waitFor();
    await page.keyboard.press('Escape');
    await details.waitFor({ state: 'detached' });
  });

  it('show an exception with its stack', async () => {
    const { page } = await open('/sessions/visit');
    await page.locator('.event-line', { hasText: 'TypeError' }).click();
    await page.getByRole('region', { name: 'List of events' }).getByText('Stack trace').click();
    await page.getByRole('region', { name: 'List of events' }).getByText('at pay (pay.js:1)').waitFor();
  });

  it('are filtered by severity and name, which the address keeps, and loaded ones can be searched', async () => {
    const { page } = await open('/sessions/visit');
    const lines = page.locator('.event-line');
    await untilEqual(() => lines.count(), 5);
    await page.getByRole('combobox', { name: 'Least severity' }).selectOption('WARN');
    await untilEqual(() => lines.count(), 2);
    assert.match(page.url(), /severity=WARN/);
    await page.reload();
    await untilEqual(() => lines.count(), 2);
    await page.getByRole('combobox', { name: 'Least severity' }).selectOption('');
    await untilEqual(() => lines.count(), 5);

    const name = page.getByRole('combobox', { name: 'Only events of this name' });
    await name.fill('click');
    await name.press('Enter');
    await untilEqual(() => lines.count(), 1);
    await name.fill('session.start');
    await name.press('Enter');
    await untilEqual(() => lines.count(), 2);
    assert.match(page.url(), /name=click&name=session\.start/);
    await page.getByRole('button', { name: 'Remove filter name click' }).click();
    await untilEqual(() => lines.count(), 1);
    await page.getByRole('button', { name: 'Remove filter name session.start' }).click();
    await untilEqual(() => lines.count(), 5);

    await page.getByRole('button', { name: 'Latest first' }).click();
    await lines.first().getByText('slow answer').waitFor();
    await page.getByRole('searchbox', { name: 'Search the events that are loaded' }).fill('PAY NOW');
    await untilEqual(() => lines.count(), 1);
    await page.getByText('1 of 5 loaded events').waitFor();

    await page.goto(`${server.httpUrl}/sessions/visit?view=events&name=none`);
    await page.getByText('No event of this session is like that.').waitFor();
  });

  it('can be browsed with the keyboard alone', async () => {
    const { page } = await open('/sessions/visit');
    await page.locator('.event-line').first().waitFor();
    const focused = () => page.evaluate('document.activeElement.dataset.event');
    await page.keyboard.press('j');
    await untilEqual(focused, '0');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('j');
    await untilEqual(focused, '2');
    await page.keyboard.press('k');
    await untilEqual(focused, '1');
    await page.keyboard.press('Enter');
    await page.locator('.event-details').getByText('lcp').waitFor();
    await untilEqual(focused, '1');
    await page.keyboard.press('End');
    await untilEqual(focused, '4');
    await page.keyboard.press('Escape');
    await page.locator('.event-details').waitFor({ state: 'detached' });
  });

  it('are loaded page by page, and only visible ones are rendered', async () => {
    const { page } = await open('/sessions/long');
    const list = page.getByRole('region', { name: 'List of events' });
    await page.getByText(/^\d+\+ events$/).waitFor();
    const toEnd = () => list.evaluate((rows) => rows.scrollTo(0, rows.scrollHeight));
    await untilEqual(async () => {
      await toEnd();
      return page.getByText('1,500 events', { exact: true }).count();
    }, 1);
    await toEnd();
    await list.getByText('tick 1499').waitFor();
    assert.ok((await list.locator('.event-line').count()) < 80);

    await page.goto(`${server.httpUrl}/sessions/long?view=events&name=rare`);
    await page.getByText('15 events', { exact: true }).waitFor();
    // An address opens an event some pages further.
    const { items } = await server.get<{ items: { id: string; body: string }[] }>(
      '/api/v1/sessions/long/events?order=desc&limit=1',
    );
    await page.goto(`${server.httpUrl}/sessions/long?view=events&event=${items[0]!.id}`);
    await list.locator('.event-details').getByText('tick 1499').waitFor();
  });

  it('are marked on the timeline at their spans, and link there and back', async () => {
    const opened = await open('/sessions/shop');
    const { page } = opened;
    const row = page.getByRole('treeitem', { name: /^charge/ });
    const marks = row.locator('.event-mark');
    await untilEqual(() => marks.count(), 3);
    assert.equal(await page.getByRole('treeitem', { name: /^POST/ }).locator('.event-mark').count(), 0);
    await row.locator('.event-mark.tone-warning').click();
    const panel = page.getByRole('complementary', { name: 'Span' });
    await panel.getByRole('heading', { name: 'charge' }).waitFor();
    await panel.locator('.event-line[aria-expanded="true"]', { hasText: 'card.checked' }).waitFor();
    await panel.locator('.event-details').getByText('card is old').waitFor();
    await opened.assertAccessible();
    await row.locator('.event-mark.tone-error').click();
    await panel.locator('.events .is-chosen').getByText('PaymentError').waitFor();

    await page.getByRole('link', { name: 'Events', exact: true }).click();
    const lines = page.locator('.events-view .event-line');
    await untilEqual(() => lines.count(), 2);
    await page.getByRole('button', { name: 'Span events' }).click();
    await untilEqual(() => lines.count(), 4);
    await lines.filter({ hasText: 'PaymentError: no money' }).click();
    await page.getByRole('link', { name: 'Show on the time line' }).click();
    await page.waitForURL(`**/sessions/shop?trace=${traceId('a1')}&span=${spanId('2')}&event=**`);
    await panel.locator('.events .is-chosen').getByText('PaymentError').waitFor();
  });

  it('update while the session continues', async () => {
    const now = Number(BigInt(Date.now()) * MS - START) / 1e6;
    await send('/v1/logs', logsJson([log('live', Math.floor(now), { body: 'first' })]));
    const { page } = await open('/sessions/live');
    await page.getByText('1 event', { exact: true }).waitFor();
    await send('/v1/logs', logsJson([log('live', Math.floor(now) + 5, { body: 'second' })]));
    await page.getByText('2 events', { exact: true }).waitFor();
  });

  it('are accessible, in light and dark, on a desktop and a phone', async () => {
    for (const [colorScheme, width] of [
      ['light', 1440],
      ['dark', 360],
    ] as const) {
      const opened = await open('/sessions/visit', { colorScheme, viewport: { width, height: 800 } });
      const { page } = opened;
      await page.locator('.event-line', { hasText: 'exception' }).click();
      await page.locator('.event-details').getByText('Stack trace').waitFor();
      await opened.assertAccessible();
      const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      assert.equal(tooWide, 0);
    }
  });
});
