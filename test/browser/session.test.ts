import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { OWNED, TestBrowser, type TestPage, untilEqual } from '../support/browser.js';
import { NO_BROWSER } from '../support/chromium.js';
import { startServer, type TestServer } from '../support/server.js';
import { logsJson, metricsJson, spanId, traceId } from '../support/telemetry.js';

/** The page of one session, as people use it. */

const MS = 1_000_000n;
const START = BigInt(Date.now()) * MS - 3_600_000n * MS;

interface Sent {
  readonly trace: string;
  readonly span: string;
  readonly parent?: string;
  readonly name?: string;
  /** Milliseconds after the common start. */
  readonly from: number;
  readonly to: number;
  readonly attributes?: Record<string, string | number | bigint>;
  readonly error?: string;
  readonly exception?: Record<string, string>;
  readonly link?: { readonly trace: string; readonly span: string };
}

function tracesOf(session: string, service: string, spans: readonly Sent[]): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributesOf({ 'service.name': service, 'host.name': 'host-1' }) },
        scopeSpans: [
          {
            scope: { name: 'test.scope', version: '1.2.3' },
            spans: spans.map((span) => spanOf(session, span)),
          },
        ],
      },
    ],
  });
}

function spanOf(session: string, span: Sent): object {
  const time = (ms: number): string => String(START + BigInt(ms) * MS);
  return {
    traceId: traceId(span.trace),
    spanId: spanId(span.span),
    ...(span.parent !== undefined && { parentSpanId: spanId(span.parent) }),
    name: span.name ?? 'work',
    kind: 2,
    startTimeUnixNano: time(span.from),
    endTimeUnixNano: time(span.to),
    attributes: attributesOf({ 'session.id': session, ...span.attributes }),
    status: span.error === undefined ? {} : { code: 2, message: span.error },
    ...(span.exception !== undefined && {
      events: [
        { name: 'exception', timeUnixNano: time(span.from), attributes: attributesOf(span.exception) },
      ],
    }),
    ...(span.link !== undefined && {
      links: [{ traceId: traceId(span.link.trace), spanId: spanId(span.link.span) }],
    }),
  };
}

function attributesOf(values: Record<string, string | number | bigint>): object[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
  }));
}

function call(input: object[], output: object[], more: Record<string, string | number> = {}) {
  return {
    'user.id': 'user-7',
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.response.model': 'gpt-4o',
    'gen_ai.input.messages': JSON.stringify(input),
    'gen_ai.output.messages': JSON.stringify(output),
    ...more,
  };
}

const said = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });

/** A blue pixel, and a picture that must never be loaded. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPj/HwADAgH/p9xXyQAAAABJRU5ErkJggg==';
const QUESTION = {
  role: 'user',
  parts: [
    { type: 'text', content: 'What is the **answer**? \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645' },
    { type: 'blob', modality: 'image', mime_type: 'image/png', content: PIXEL },
    { type: 'uri', modality: 'image', mime_type: 'image/png', uri: 'https://evil.example/tracker.png' },
    {
      type: 'blob',
      mime_type: 'text/html',
      content: Buffer.from(`<script>${OWNED}</script>`).toString('base64'),
    },
  ],
};

const MARKDOWN = `# Result\n\nThis is **bold**, [a link](https://ok.example/) and [a trap](javascript:${OWNED}).\n\n![pixel](https://evil.example/p.png) <img src=x onerror="${OWNED}"><script>${OWNED}</script>`;

/** A shop: two traces, a failure three levels deep, links, exact numbers, a text of a megabyte. */
const SHOP: readonly Sent[] = [
  { trace: 'a1', span: '1', name: 'GET /cart', from: 0, to: 200 },
  { trace: 'a1', span: '2', parent: '1', name: 'render', from: 20, to: 90 },
  {
    trace: 'b2',
    span: '3',
    name: 'POST /pay',
    from: 1_000,
    to: 1_900,
    error: 'HTTP 500',
    link: { trace: 'a1', span: '2' },
  },
  { trace: 'b2', span: '4', parent: '3', name: 'charge', from: 1_100, to: 1_800, error: 'failed' },
  {
    trace: 'b2',
    span: '5',
    parent: '4',
    name: 'bank',
    from: 1_200,
    to: 1_700,
    error: 'card declined',
    exception: {
      'exception.type': 'PaymentError',
      'exception.message': 'no money',
      'exception.stacktrace': 'PaymentError: no money\n    at pay (pay.js:1)',
    },
    attributes: {
      big: 9223372036854775807n,
      json: '{"b":[1,{"c":12345678901234567890}]}',
      mega: 'x'.repeat(1_000_000),
      deep: '['.repeat(5_000) + ']'.repeat(5_000),
      a: 1,
      b: 2,
      c: 3,
      [`<img src=x onerror="${OWNED}">`]: `"><script>${OWNED}</script>`,
    },
  },
  { trace: 'b2', span: '6', parent: '3', name: 'log', from: 1_850, to: 1_880 },
];

/** An agent: a wrapper with the total, two calls of its own, a tool; the second call fails. */
const AGENT: readonly Sent[] = [
  {
    trace: 'c3',
    span: '10',
    name: 'invoke_agent helper',
    from: 0,
    to: 5_000,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 1_500,
      'gen_ai.usage.output_tokens': 300,
    },
  },
  {
    trace: 'c3',
    span: '11',
    parent: '10',
    name: 'chat gpt-4o',
    from: 100,
    to: 2_000,
    attributes: call(
      [said('system', 'Be brief.'), QUESTION],
      [
        {
          role: 'assistant',
          parts: [
            { type: 'text', content: MARKDOWN },
            { type: 'tool_call', id: 'call-1', name: 'look_up', arguments: { key: 'answer' } },
          ],
          finish_reason: 'tool_call',
        },
      ],
      { 'gen_ai.usage.input_tokens': 1_500, 'gen_ai.usage.output_tokens': 300 },
    ),
  },
  {
    trace: 'c3',
    span: '12',
    parent: '10',
    name: 'chat gpt-4o',
    from: 3_000,
    to: 4_000,
    error: 'Rate limit reached',
    attributes: { 'error.type': 'RateLimitError', ...call([QUESTION], []) },
  },
];

/** One trace of two services: a dozen equal queries, of which one failed, and then a page that links elsewhere. */
const BUSY: readonly Sent[] = [
  { trace: 'd1', span: 'd1', name: 'GET /busy', from: 0, to: 1_000 },
  ...Array.from({ length: 12 }, (_, index) => ({
    trace: 'd1',
    span: `e${index.toString(16)}`,
    parent: 'd1',
    name: 'SELECT',
    from: 20,
    to: 300 + index,
    ...(index === 3 && { error: 'locked' }),
  })),
];
const RENDER: readonly Sent[] = [
  {
    trace: 'd1',
    span: 'd2',
    parent: 'd1',
    name: 'render',
    from: 400,
    to: 980,
    link: { trace: 'b2', span: '5' },
  },
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

/** The visible text of elements. Parts outside of the window may not be rendered yet (`content-visibility: auto`), and have none. */
async function textOf(place: Locator): Promise<string> {
  await place.waitFor();
  await place.first().scrollIntoViewIfNeeded();
  const shown = async (): Promise<string> => (await place.allInnerTexts()).join('\n');
  await untilEqual(async () => (await shown()) !== '', true);
  return shown();
}

/** A visit that only log records report: an error on a page, twice, and a crash. */
const CRASHED = logsJson(
  [0, 700, 2_000].map((ms) => ({
    time: START + BigInt(ms) * MS,
    event: ms === 2_000 ? 'device.crash' : 'exception',
    resource: { 'service.name': 'shop-app' },
    attributes: {
      'session.id': 'crashed',
      'exception.type': ms === 2_000 ? 'OutOfMemoryError' : 'TypeError',
      'exception.message': ms === 2_000 ? 'no room' : `<img src=x onerror="${OWNED}"> is no cart`,
      'exception.stacktrace': 'TypeError: no cart\n    at pay (shop.js:32:17)',
      'url.full': 'https://shop.example/checkout',
    },
  })),
);

const BANK = `trace=${traceId('b2')}&span=${spanId('5')}`;

describe('the page of one session', { skip: NO_BROWSER }, () => {
  before(async () => {
    [browser, server] = await Promise.all([TestBrowser.launch(), startServer()]);
    const shop = SHOP.map((span) => ({ ...span, attributes: { 'user.id': 'user-7', ...span.attributes } }));
    for (const body of [
      tracesOf('shop', 'web', shop),
      tracesOf('agent', 'helper', AGENT),
      tracesOf('busy', 'busy', BUSY),
      tracesOf('busy', 'shop', RENDER),
    ]) {
      assert.equal((await server.post('/v1/traces', body)).status, 200);
    }
    assert.equal((await server.post('/v1/logs', CRASHED)).status, 200);
    const time = START + 500n * MS;
    const stock = logsJson([
      { time, body: 'checked the stock', trace: 'd1', span: 'd2', attributes: { 'session.id': 'busy' } },
    ]);
    assert.equal((await server.post('/v1/logs', stock)).status, 200);
  });
  afterEach(async () => {
    for (const opened of pages.splice(0)) await opened.closeUntroubled();
  });
  after(async () => {
    await browser?.close();
    await server?.dispose();
  });

  it('shows at its top user, duration, first error and reason', async () => {
    const { page } = await open('/sessions/shop');
    const head = page.locator('.session-header');
    await head.getByText('user-7').first().waitFor();
    assert.match(await textOf(head), /Traces\s+2\s+6 spans\s+Errors\s+3/);
    const trouble = page.getByRole('region', { name: 'First error' });
    await trouble.getByText('card declined').waitFor();
    assert.match(await textOf(trouble), /bank in web/);
    const others = await page.getByRole('link', { name: 'All of this user' }).getAttribute('href');
    assert.equal(others, '/users/user-7');
    // The trace of the first error is opened by default.
    await untilEqual(() => page.getByRole('treeitem').count(), 4);
  });

  it('shows exceptions and crashes that log records report', async () => {
    const opened = await open('/sessions/crashed');
    const { page } = opened;
    const head = page.locator('.session-header');
    assert.match(await textOf(head), /Errors\s+3\s+3 exceptions, 1 crash/);
    const trouble = page.getByRole('region', { name: 'First error' });
    await trouble.getByText('is no cart').first().waitFor();
    assert.match(await textOf(trouble), /TypeError in shop-app on https:\/\/shop.example\/checkout/);
    await trouble.getByText('3 exceptions, 1 crash').click();
    await untilEqual(() => trouble.locator('.exception').count(), 2);
    assert.match(await textOf(trouble.locator('.exception').first()), /TypeError\s+×2/);
    await trouble.getByText('Stack trace').first().click();
    await trouble.getByText('at pay (shop.js:32:17)').first().waitFor();
    await trouble.getByRole('button', { name: 'Copy the stack trace' }).first().waitFor();
    await opened.assertAccessible();
  });

  it('shows the prompt that led to the first error', async () => {
    const { page } = await open('/sessions/agent');
    const trouble = page.getByRole('region', { name: 'First error' });
    await trouble.getByText('What is the **answer**?').waitFor();
    await trouble.getByRole('link', { name: 'Show the conversation' }).click();
    await page.locator('.turn-user.is-chosen').waitFor();
  });

  it('opens at a span by its address, with all its details', async () => {
    const opened = await open(`/sessions/shop?${BANK}`);
    const { page } = opened;
    const panel = page.getByRole('complementary', { name: 'Span' });
    const attribute = (name: string) =>
      panel.locator('.attribute', { has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) });
    await attribute('big').waitFor();
    assert.equal(await textOf(attribute('big').locator('pre')), '9223372036854775807');
    assert.match(await textOf(attribute('json').locator('pre')), /^\{\n {2}"b": \[\n.*12345678901234567890/s);
    assert.ok((await textOf(attribute('mega').locator('pre'))).length < 500);
    await panel.getByText('card declined').waitFor();
    await panel.getByText('PaymentError', { exact: true }).waitFor();
    await panel.getByText('Stack trace').click();
    await panel.getByText('at pay (pay.js:1)').waitFor();
    await panel.getByRole('button', { name: /Resource/ }).click();
    await panel.getByText('host-1').waitFor();

    await panel.getByRole('searchbox').fill('12345678');
    await attribute('big').waitFor({ state: 'detached' });
    await untilEqual(() => panel.locator('.attribute', { hasText: 'json' }).count(), 1);
    await opened.assertAccessible();
  });

  it('goes from span to span, and the back button goes back', async () => {
    const { page } = await open(`/sessions/shop?trace=${traceId('b2')}`);
    await page.getByRole('treeitem', { name: /^POST \/pay/ }).click();
    const panel = page.getByRole('complementary', { name: 'Span' });
    await panel.getByRole('heading', { name: 'POST /pay' }).waitFor();
    await panel.getByRole('link', { name: new RegExp(`${traceId('a1')}/${spanId('2')}`) }).click();
    await panel.getByRole('heading', { name: 'render' }).waitFor();
    await untilEqual(() => page.getByRole('treeitem').count(), 2);
    await page.goBack();
    await panel.getByRole('heading', { name: 'POST /pay' }).waitFor();
    await page.goBack();
    await panel.waitFor({ state: 'detached' });
  });

  it('can be browsed with the keyboard alone', async () => {
    const { page } = await open(`/sessions/shop?trace=${traceId('b2')}`);
    const rows = page.getByRole('treeitem');
    await rows.first().waitFor();
    const active = (name: RegExp) =>
      page.locator('.span-row.is-cursor').and(page.getByRole('treeitem', { name }));
    await page.keyboard.press('j');
    await active(/^POST/).waitFor();
    await page.keyboard.press('ArrowDown');
    await active(/^charge/).waitFor();
    const focused = () => page.getByRole('tree').getAttribute('aria-activedescendant');
    await untilEqual(focused, `span-${spanId('4')}`);
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('treeitem', { name: /^bank/ }).waitFor({ state: 'detached' });
    await untilEqual(() => active(/^charge/).getAttribute('aria-expanded'), 'false');
    await page.keyboard.press('ArrowRight');
    await page.getByRole('treeitem', { name: /^bank/ }).waitFor();
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    const heading = page.getByRole('complementary', { name: 'Span' }).getByRole('heading', { level: 2 });
    await heading.getByText('POST /pay').waitFor();
    for (const name of ['bank', 'charge', 'POST /pay']) {
      await page.keyboard.press('e');
      await heading.getByText(name).waitFor();
    }
    await page.keyboard.press('Escape');
    await heading.waitFor({ state: 'detached' });
    await page.keyboard.press('[');
    await page.getByRole('treeitem', { name: /^GET \/cart/ }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('Next error by time').waitFor();
  });

  it('finds, sorts and groups the spans of a trace', async () => {
    const opened = await open(`/sessions/busy?trace=${traceId('d1')}`);
    const { page } = opened;
    const names = async () =>
      (await page.locator('.span-row .span-name').allTextContents()).map((text) => text.trim());
    const group = page.getByRole('treeitem', { name: /^12 ×/ });
    await group.waitFor();
    assert.match(await textOf(group), /12 ×\s+SELECT\s+1 failed/);
    await untilEqual(() => page.getByRole('treeitem').count(), 3);
    await opened.assertAccessible();
    await group.click();
    await untilEqual(() => page.getByRole('treeitem').count(), 15);
    await page.getByLabel('Order of the spans').selectOption('Slowest first');
    await untilEqual(
      async () => (await names()).slice(0, 3),
      ['GET /busybusy', 'rendershop1 event', 'SELECTbusy'],
    );
    await page.getByLabel('Order of the spans').selectOption('As a tree');
    await group.click();
    await untilEqual(() => page.getByRole('treeitem').count(), 3);
    // What is searched for is unfolded.
    await page.keyboard.press('/');
    await page.keyboard.type('select');
    await page.getByRole('status').filter({ hasText: /^12$/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: '1 of 12' }).waitFor();
    await untilEqual(() => page.getByRole('treeitem').count(), 15);
    // No name has these words: the first is the key of an attribute, the second a value.
    await page.keyboard.press('/');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('session.id busy');
    await page
      .getByRole('status')
      .filter({ hasText: /^(\d+ of )?14$/ })
      .waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('list', { name: 'Services, by their own time' }).getByText('shop').click();
    await untilEqual(() => page.locator('.span-row.is-minor').count(), 13);
  });

  it('shows what a trace waited for, zooms into it, and draws it as a flame graph', async () => {
    const opened = await open(`/sessions/busy?trace=${traceId('d1')}`);
    const { page } = opened;
    await page.getByRole('treeitem').first().waitFor();
    await page.keyboard.press('c');
    await untilEqual(() => page.locator('.path-part').count(), 4);
    const ticks = async () => (await page.locator('.tick-label').allTextContents()).join(' ');
    const whole = await ticks();
    await page.keyboard.press('+');
    await untilEqual(async () => (await ticks()) !== whole, true);
    await page.getByRole('button', { name: 'Whole trace' }).click();
    await untilEqual(ticks, whole);
    const axis = (await page.locator('.axis-track').boundingBox())!;
    await page.mouse.move(axis.x + axis.width * 0.5, axis.y + 8);
    await page.mouse.down();
    await page.mouse.move(axis.x + axis.width * 0.6, axis.y + 8, { steps: 3 });
    await page.mouse.up();
    await untilEqual(async () => (await ticks()).includes('500 ms'), true);
    await page.keyboard.press('0');
    await page.keyboard.press('v');
    const flame = page.locator('.flame canvas');
    await flame.waitFor();
    await opened.assertAccessible();
    // The middle of the second level is a span of the shop.
    await flame.click({ position: { x: (await flame.boundingBox())!.width * 0.9, y: 30 } });
    await page
      .getByRole('complementary', { name: 'Span' })
      .getByRole('heading', { name: 'render' })
      .waitFor();
  });

  it('shows log records below their spans', async () => {
    const { page } = await open(`/sessions/busy?trace=${traceId('d1')}`);
    await page.getByRole('button', { name: 'Logs' }).click();
    await page.getByRole('treeitem', { name: /checked the stock/ }).click();
    const panel = page.getByRole('complementary', { name: 'Span' });
    await panel.getByRole('heading', { name: 'render' }).waitFor();
    await panel.getByText('checked the stock').first().waitFor();
  });

  it('follows a link to a span of another session', async () => {
    const { page } = await open(`/sessions/busy?trace=${traceId('d1')}&span=${spanId('d2')}`);
    const panel = page.getByRole('complementary', { name: 'Span' });
    await panel.getByRole('link', { name: traceId('b2') }).click();
    await page.waitForURL(`**/sessions/shop?trace=${traceId('b2')}&span=${spanId('5')}`);
    await panel.getByRole('heading', { name: 'bank' }).waitFor();
    await page.goto(`${server.httpUrl}/traces/${'f'.repeat(32)}`);
    await page.getByRole('heading', { name: 'No such trace' }).waitFor();
    // The browser reports the 404 of the API.
    await pages.pop()!.close();
  });

  it('returns to the unchanged list', async () => {
    const { page } = await open('/?range=all&service=web');
    await page.locator('.row-link').first().click();
    await page.getByRole('treeitem').first().click();
    await page.getByRole('complementary', { name: 'Span' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('complementary', { name: 'Span' }).waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.waitForURL('**/?range=all&service=web');
  });

  it('shows the conversation, as markdown that runs and loads nothing', async () => {
    const opened = await open('/sessions/agent?view=conversation');
    const { page } = opened;
    const answer = page.getByRole('article', { name: 'Assistant' }).first();
    await answer.locator('strong', { hasText: 'bold' }).waitFor();
    assert.equal(await answer.locator('img, script').count(), 0);
    assert.match(await textOf(answer), /<img src=x onerror=.*<script>/s);
    const links = await answer
      .locator('.markdown a')
      .evaluateAll((nodes) => nodes.map((node) => [node.getAttribute('href'), node.getAttribute('rel')]));
    assert.deepEqual(links, [['https://ok.example/', 'noopener noreferrer nofollow']]);
    assert.match(await textOf(answer), /1,500 in · 300 out/);
    const tool = page.getByRole('article', { name: 'Tool call' });
    assert.match(await textOf(tool), /look_up/);
    await tool.locator('summary').click();
    await tool.getByText('"key": "answer"').waitFor();
    await page.locator('pre').getByText('RateLimitError').waitFor();
    const question = page.getByRole('article', { name: 'User' });
    const picture = question.getByRole('img', { name: /^Image, image\/png, \d+ bytes, sent by User$/ });
    await untilEqual(
      () => picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
      1,
    );
    assert.equal(await question.locator('img').count(), 1);
    await question.getByRole('link', { name: 'https://evil.example/tracker.png' }).waitFor();
    assert.match(await textOf(question), /\u0645\u06cc\u200c\u062e/);
    const file = await question.getByRole('link', { name: /^File, text\/html/ }).getAttribute('href');
    await page.goto(server.httpUrl + file!).catch(() => undefined);
    assert.equal(await page.evaluate('window.__owned'), undefined);
    await page.goto(`${server.httpUrl}/sessions/agent?view=conversation`);
    await answer.locator('strong', { hasText: 'bold' }).waitFor();
    await opened.assertAccessible();
    await answer.getByRole('link', { name: 'Span' }).click();
    await page.getByRole('complementary', { name: 'Span' }).getByText('gen_ai.output.messages').waitFor();
  });

  it('continues by itself past thousands of traces without messages', async () => {
    const silent = Array.from({ length: 2_100 }, (_, index): Sent => {
      const from = index * 10;
      return { trace: `d${(index + 1).toString(16)}`, span: '1', from, to: from + 5 };
    });
    const attributes = call([said('user', 'Is anybody there?')], [said('assistant', 'At last.')]);
    const last: Sent = { trace: 'e1', span: '1', name: 'chat', from: 60_000, to: 61_000, attributes };
    const body = tracesOf('sparse', 'web', [...silent, last]);
    assert.equal((await server.post('/v1/traces', body)).status, 200);
    const page = await server.get<{ items: object[]; has_more: boolean }>(
      '/api/v1/sessions/sparse/conversation',
    );
    assert.deepEqual([page.items.length, page.has_more], [0, true]);
    const opened = await open('/sessions/sparse?view=conversation');
    await opened.page.getByText('At last.').waitFor();
  });

  it('explains the numbers, and they add up', async () => {
    const opened = await open('/sessions/agent?view=usage');
    const { page } = opened;
    await page.getByText('adds up to the session’s').waitFor();
    const session = await server.get<{ genai_usage: Record<string, number> }>('/api/v1/sessions/agent');
    const { request_count, total_input_tokens, total_output_tokens } = session.genai_usage;
    const foot = await textOf(page.locator('tfoot'));
    assert.match(foot, new RegExp(`${request_count} calls count`));
    assert.ok(foot.includes(total_input_tokens!.toLocaleString('en-US')));
    assert.ok(foot.includes(String(total_output_tokens)));
    const wrapper = page.getByRole('row', { name: /A sum of calls below it/ });
    await wrapper.getByRole('button', { name: 'Show the one that counts' }).click();
    await page.locator('tr.is-chosen', { hasText: 'Counts' }).waitFor();
    await opened.assertAccessible();
    await page.getByRole('button', { name: /^Counted/ }).click();
    await wrapper.waitFor({ state: 'detached' });
  });

  it('shows usage that only metrics report, as aggregates and not calls', async () => {
    const time = BigInt(Date.now()) * 1_000_000n;
    const point = (metric: string, value: number, more = {}) => ({
      ...{ metric, start: time - 1_000_000_000n, time, value, scope: 'com.anthropic.claude_code' },
      attributes: { 'session.id': 'metered', model: 'claude-sonnet-4-5', ...more },
      resource: { 'service.name': 'claude-code' },
    });
    const points = [
      point('claude_code.token.usage', 1_200, { type: 'input' }),
      point('claude_code.token.usage', 34, { type: 'output' }),
      point('claude_code.cost.usage', 0.25),
    ];
    assert.equal((await server.post('/v1/metrics', metricsJson(points))).status, 200);
    const { page } = await open('/sessions/metered?view=usage');
    await page.getByText('adds up to the session’s').waitFor();
    assert.match(await textOf(page.locator('tfoot')), /^3 sums of calls count.*1,200.*34.*0\.25/s);
    await untilEqual(() => page.getByText(/^Sum · metric/).count(), 3);
  });

  it('shows a total that lacks calls as a minimum, and loads usage page by page', async () => {
    const one = (i: number, more: Record<string, string | number>): Sent => ({
      ...{ trace: `f${1000 + i}`, span: '1', from: i, to: i + 1 },
      attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', ...more },
    });
    const priced = { 'gen_ai.request.model': 'gpt-4o', 'gen_ai.usage.input_tokens': 1_000 };
    const spans = [
      ...Array.from({ length: 600 }, (_, i) => one(i, priced)),
      one(600, { ...priced, 'gen_ai.request.model': 'my-model' }),
      one(601, { 'gen_ai.request.model': 'gpt-4o' }),
      { ...one(602, {}), attributes: { 'acme.usage.prompt_tokens': 12 } },
    ];
    assert.equal((await server.post('/v1/traces', tracesOf('gaps', 'bot', spans))).status, 200);
    const opened = await open('/sessions/gaps?view=usage');
    const { page } = opened;
    const head = await textOf(page.locator('.session-header'));
    // 600 calls of 1,000 tokens at $2.50 per million.
    assert.match(head, /≥ \$1\.50/);
    assert.match(head, /1 call without a price, 1 call without tokens/);
    await page.getByText('in the whole session').waitFor();
    assert.match(await textOf(page.locator('tfoot')), /602 calls count.*601,000.*≥ \$1\.50/s);
    await opened.assertAccessible();
    while (await page.getByRole('button', { name: /^Show more/ }).isVisible()) {
      await page.getByRole('button', { name: /^Show more/ }).click();
      await page.locator('.spinner').waitFor({ state: 'detached' });
    }
    await page.getByText('adds up to the session’s').waitFor();
    await untilEqual(() => page.locator('.usage-table tbody tr').count(), 603);
    await page.getByText('The price list does not have this model').waitFor();
    await page.getByText('acme.usage.prompt_tokens = 12').waitFor();
  });

  it('shows its JSON, and how to get it', async () => {
    const opened = await open('/sessions/shop?view=json');
    const { page } = opened;
    await page.getByText('"session.id": "shop"').waitFor();
    await opened.assertAccessible();
    await page.getByText(`curl '${server.httpUrl}/api/v1/sessions/by-id?id=shop'`).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the JSON' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'session.json');
  });

  it('is saved as a file', async () => {
    const opened = await open('/sessions/shop');
    const { page } = opened;
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await opened.assertAccessible();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Trace' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'session-shop.perfetto.json');
    // It comes compressed, and is saved as it was before.
    const asked = await server.fetch('/api/v1/sessions/shop/export?format=perfetto');
    assert.equal(readFileSync(await download.path(), 'utf8'), await asked.text());
  });

  it('updates while the session continues', async () => {
    const now = Number(BigInt(Date.now()) * MS - START) / 1e6;
    const span = (id: string, from: number): Sent => ({
      trace: 'd4',
      span: id,
      name: `step ${id}`,
      from,
      to: from,
    });
    const send = (each: Sent) => server.post('/v1/traces', tracesOf('live', 'web', [each]));
    assert.equal((await send(span('1', Math.floor(now)))).status, 200);
    const { page } = await open('/sessions/live');
    await page.getByRole('treeitem', { name: /^step 1/ }).waitFor();
    assert.equal((await send(span('2', Math.floor(now) + 5))).status, 200);
    await page.getByRole('treeitem', { name: /^step 2/ }).waitFor();
  });

  it('renders only the visible part of a session of 20,000 spans', async () => {
    const spans = Array.from({ length: 20_000 }, (_, index): Sent => {
      const trace = Math.floor(index / 20);
      const from = trace * 1_000 + (index % 20) * 10;
      const parent = index % 20 === 0 ? {} : { parent: (0x10000 + trace * 20).toString(16) };
      const failed = index === 19_999 ? { error: 'the last' } : {};
      const id = (0x10000 + index).toString(16);
      return { trace: (0xf000 + trace).toString(16), span: id, from, to: from + 500, ...parent, ...failed };
    });
    for (let at = 0; at < spans.length; at += 5_000) {
      const body = tracesOf('heavy', 'web', spans.slice(at, at + 5_000));
      assert.equal((await server.post('/v1/traces', body)).status, 200);
    }
    await server.settled();
    const opened = await open('/sessions/heavy');
    const { page } = opened;
    await page.getByText('1,000 traces').waitFor();
    // The trace of the only error, which is the last.
    await page.locator('.trace-link.is-selected', { hasText: '1 error' }).waitFor();
    assert.ok((await page.locator('.trace-row').count()) < 40);
    // The root, and its equal children as a group.
    await untilEqual(() => page.getByRole('treeitem').count(), 2);
    await page.locator('.trace-rows').evaluate((rows) => rows.scrollTo(0, 0));
    await page.locator('.trace-link').first().getByText('+0 ms').waitFor();
    assert.ok((await page.locator('.trace-row').count()) < 40);
    await page.keyboard.press('e');
    await page.getByRole('complementary', { name: 'Span' }).getByText('the last').waitFor();
  });

  it('is accessible, in light and dark, on a desktop and a phone', async () => {
    for (const [colorScheme, width] of [
      ['light', 1440],
      ['dark', 360],
    ] as const) {
      const opened = await open('/sessions/shop', { colorScheme, viewport: { width, height: 800 } });
      await opened.page.getByRole('treeitem').first().waitFor();
      await opened.page.getByText('card declined').waitFor();
      await opened.assertAccessible();
      const tooWide = await opened.page.evaluate('document.documentElement.scrollWidth - innerWidth');
      assert.equal(tooWide, 0);
    }
  });
});

describe('a session that does not exist', { skip: NO_BROWSER }, () => {
  it('is reported as unknown', async () => {
    const [chromium, empty] = await Promise.all([TestBrowser.launch(), startServer()]);
    const { page } = await chromium.open();
    await page.goto(`${empty.httpUrl}/sessions/nobody`);
    await page.getByRole('heading', { name: 'No such session' }).waitFor();
    await chromium.close();
    await empty.dispose();
  });
});
