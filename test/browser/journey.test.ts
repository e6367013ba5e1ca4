import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { OWNED, TestBrowser, type TestPage, untilEqual } from '../support/browser.js';
import { NO_BROWSER } from '../support/chromium.js';
import { startServer, type TestServer } from '../support/server.js';
import { type LogSpec, logsJson, type SpanSpec, spanId, traceId, tracesJson } from '../support/telemetry.js';

/** A session on one axis, as people work in it: from a click over the agent to the model, and back. */

const START = BigInt(Date.now() - 7_200_000) * 1_000_000n;
const at = (seconds: number) => START + BigInt(Math.round(seconds * 1_000)) * 1_000_000n;
const BROWSER = { 'service.name': 'shop-web', 'telemetry.sdk.language': 'webjs' };
const API = { 'service.name': 'shop-api' };
const AGENT = { 'service.name': 'shop-agent' };
const OF_SESSION = { 'session.id': 'chat' };

function load(trace: string, second: number, path: string): SpanSpec {
  return {
    ...{ trace, span: '1', name: 'documentLoad', resource: BROWSER },
    ...{ start: at(second), end: at(second + 0.5) },
    attributes: { ...OF_SESSION, 'url.full': `https://shop.example${path}` },
  };
}

const said = (role: string, content: string) =>
  JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);

/** A click, its request, the server's work for it, the agent, and a model call. */
function question(trace: string, second: number, text: string, failed = false): SpanSpec[] {
  const http = { 'http.request.method': 'POST', 'http.response.status_code': failed ? 502 : 200 };
  return [
    {
      ...{ trace, span: '1', name: 'click', resource: BROWSER, start: at(second), end: at(second + 0.01) },
      attributes: {
        ...OF_SESSION,
        event_type: 'click',
        target_element: 'BUTTON',
        target_xpath: '//*[@id="ask"]',
      },
    },
    {
      ...{ trace, span: '2', parent: '1', name: 'POST', kind: 3, resource: BROWSER, error: failed },
      ...{ start: at(second + 0.1), end: at(second + 3) },
      attributes: { ...OF_SESSION, ...http, 'url.full': 'https://shop.example/api/chat' },
    },
    {
      ...{ trace, span: '3', parent: '2', name: 'POST /api/chat', kind: 2, resource: API, error: failed },
      ...{ start: at(second + 0.2), end: at(second + 2.9) },
      attributes: http,
    },
    {
      ...{ trace, span: '4', parent: '3', name: 'invoke_agent helper', resource: AGENT },
      ...{ start: at(second + 0.3), end: at(second + 2.8) },
    },
    {
      ...{ trace, span: '5', parent: '4', name: 'chat gpt-4o', kind: 3, resource: AGENT },
      ...{ start: at(second + 0.4), end: at(second + 2.4) },
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.response.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 1_200,
        'gen_ai.usage.output_tokens': 80,
        'gen_ai.input.messages': said('user', text),
        'gen_ai.output.messages': said('assistant', `An answer to ${text}`),
      },
    },
  ];
}

const EXCEPTION: LogSpec = {
  ...{ trace: 'a4', span: '4', time: at(3_602), event: 'exception', resource: AGENT },
  attributes: { ...OF_SESSION, 'exception.type': 'ToolError', 'exception.message': 'out of stock' },
};

/** More things than have room: each a server's span of its own. */
const MANY = Array.from(
  { length: 10_000 },
  (_, index): SpanSpec => ({
    ...{ trace: (0x10_000 + (index >> 7)).toString(16), span: (index + 1).toString(16), kind: 2 },
    ...{ name: `GET /items/${index}`, start: at(index / 10), end: at(index / 10 + 0.05), resource: API },
    error: index === 5_000,
    attributes: { 'session.id': 'many' },
  }),
);

let browser: TestBrowser;
let server: TestServer;
const pages: TestPage[] = [];

async function open(path: string, options: Parameters<TestBrowser['open']>[0] = {}): Promise<TestPage> {
  const opened = await browser.open(options);
  pages.push(opened);
  await opened.page.goto(server.httpUrl + path);
  return opened;
}

describe('the journey of a session', { skip: NO_BROWSER }, () => {
  before(async () => {
    [browser, server] = await Promise.all([TestBrowser.launch(), startServer()]);
    const spans = [
      load('a1', 0, '/help'),
      ...question('a2', 4, `Where is my order? <img src=x onerror="${OWNED}">`),
      load('a3', 3_598, '/orders'),
      ...question('a4', 3_600, 'Please cancel it', true),
    ];
    assert.equal((await server.post('/v1/traces', tracesJson(spans))).status, 200);
    assert.equal((await server.post('/v1/logs', logsJson([EXCEPTION]))).status, 200);
    assert.equal((await server.post('/v1/traces', tracesJson(MANY))).status, 200);
  });
  afterEach(async () => {
    for (const opened of pages.splice(0)) await opened.closeUntroubled();
  });
  after(async () => {
    await browser?.close();
    await server?.dispose();
  });

  it('has lanes from pages to model calls, and says how long nothing happened', async () => {
    const opened = await open('/sessions/chat?view=journey');
    const { page } = opened;
    const lanes = page.getByRole('region', { name: 'Lanes' });
    for (const [lane, count] of [
      ['Pages', 2],
      ['Clicks and actions', 2],
      ['Requests of pages', 2],
      ['Services', 4],
      ['Conversation', 4],
      ['Model calls', 2],
      ['Errors and events', 1],
    ] as const) {
      const row = lanes.getByRole('region', { name: `${lane}: ${count}`, exact: true });
      await untilEqual(() => row.getByRole('button').count(), count);
    }
    await page.getByText('1 idle time folded, 59m').waitFor();
    await page.getByRole('button', { name: 'Fold idle times' }).click();
    await untilEqual(() => page.locator('.lanes-fold').count(), 0);
    await opened.assertAccessible();
  });

  it('leads from a click to the model call, and from the call back to the click; with keys too', async () => {
    const opened = await open(`/sessions/chat?view=journey&trace=${traceId('a2')}&span=${spanId('1')}`);
    const { page } = opened;
    const chosen = page.getByRole('region', { name: 'Chosen' });
    await chosen.getByRole('heading', { name: /Action Click .*ask/ }).waitFor();
    const effects = chosen.getByRole('region', { name: 'Led to' });
    await effects
      .getByText('1 request, 2 service spans, 2 turns, 1 model call; the model calls cost $0.0038')
      .waitFor();
    await untilEqual(() => page.locator('.lane-block.is-related').count(), 7);
    await opened.assertAccessible();
    await effects.getByRole('button', { name: /^Model call gpt-4o/ }).click();
    await chosen.getByRole('heading', { name: /Model call gpt-4o/ }).waitFor();
    assert.match(page.url(), new RegExp(`span=${spanId('5')}`));
    await chosen
      .getByRole('region', { name: 'Caused by' })
      .getByRole('button', { name: /^Action Click/ })
      .waitFor();
    // Up to the turn before it, on by time to what came next, and to its details.
    await page.locator('.lane-block.is-chosen').focus();
    await page.keyboard.press('ArrowUp');
    await chosen.getByRole('heading', { name: /User Where is my order\? <img/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await chosen.getByRole('heading', { name: /Model call/ }).waitFor();
    await page.keyboard.press('ArrowRight');
    await chosen.getByRole('heading', { name: /Assistant An answer/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.turn.is-chosen').first().waitFor();
    await page.goBack();
    await chosen.waitFor();
    await page.keyboard.press('Escape');
    await untilEqual(() => chosen.count(), 0);
    assert.match(page.url(), /view=journey$/);
  });

  it('is there as text, with causes, idle times and links', async () => {
    const opened = await open('/sessions/chat?view=journey');
    const { page } = opened;
    await page.getByText('All of it as a list (17)').click();
    const rows = page.locator('.journey-list li');
    await untilEqual(() => rows.count(), 17);
    const texts = await rows.allInnerTexts();
    assert.match(texts[2]!, /Request POST \/api\/chat.*200.*caused by action Click/s);
    assert.ok(texts.some((text) => /^59m \d+s idle/.test(text)));
    assert.ok(texts.some((text) => /ToolError: out of stock.*caused by service invoke_agent/s.test(text)));
    await opened.assertAccessible();
    await rows.nth(0).getByRole('link', { name: 'Page' }).click();
    await page.locator('.page-card.is-chosen').waitFor();
  });

  it('draws 10,000 things as few, says so, and still leads to each of them', async () => {
    const opened = await open('/sessions/many?view=journey');
    const { page } = opened;
    await page.getByText('10,000 service spans.').waitFor();
    await page.getByText(/drawn as \d+; zoom in for single ones/).waitFor();
    assert.ok((await page.locator('.lane-block').count()) < 600);
    await page.keyboard.press('e');
    await page.getByRole('heading', { name: 'Service GET /items/5000' }).waitFor();
    await page.getByRole('status').getByText('Service GET /items/5000, shop-api').waitFor();
    await page.locator('.lane-block.is-chosen').click();
    await page.locator('.lane-block.is-chosen:not(.is-several)').waitFor();
    assert.ok((await page.locator('.lane-block').count()) < 600);
    await opened.assertAccessible();
  });

  it('fits a narrow window', async () => {
    const opened = await open('/sessions/chat?view=journey', { viewport: { width: 360, height: 740 } });
    const { page } = opened;
    await page.locator('.lane-block').first().waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('region', { name: 'Chosen' }).waitFor();
    await opened.until('document.documentElement.scrollWidth <= 360');
    await opened.assertAccessible();
  });
});
