import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { TestBrowser, type TestPage, untilEqual } from '../support/browser.js';
import { NO_BROWSER } from '../support/chromium.js';
import { startServer, type TestServer } from '../support/server.js';
import { spanId, traceId } from '../support/telemetry.js';

/** What holds on every page: addresses, time zone, numbers, keys, and a server that does not answer. */

const MS = 1_000_000n;
const START = BigInt(Date.now()) * MS - 3_600_000n * MS;
const SESSIONS = 260;

let browser: TestBrowser;
let server: TestServer;
const pages: TestPage[] = [];

interface SentSpan {
  readonly session: string;
  readonly trace: string;
  readonly span: string;
  readonly parent?: string;
  readonly from?: number;
  readonly to?: number;
  readonly isError?: boolean;
  readonly cost?: number;
}

function bodyOf(spans: readonly SentSpan[]): string {
  const time = (ms: number): string => String(START + BigInt(ms) * MS);
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [text('service.name', 'web')] },
        scopeSpans: [
          {
            spans: spans.map(({ session, trace, span, parent, from = 0, to = from + 1, isError, cost }) => ({
              traceId: traceId(trace),
              spanId: spanId(span),
              ...(parent !== undefined && { parentSpanId: spanId(parent) }),
              name: cost === undefined ? `work ${span}` : 'chat gpt-4o',
              kind: 3,
              startTimeUnixNano: time(from),
              endTimeUnixNano: time(to),
              status: isError === true ? { code: 2, message: `failed in ${span}` } : {},
              attributes: [
                text('session.id', session),
                ...(cost === undefined
                  ? []
                  : [
                      text('gen_ai.operation.name', 'chat'),
                      text('gen_ai.provider.name', 'openai'),
                      text('gen_ai.request.model', 'gpt-4o'),
                      text(
                        'gen_ai.output.messages',
                        JSON.stringify([
                          { role: 'assistant', parts: [{ type: 'text', content: `Answer ${span}` }] },
                        ]),
                      ),
                      { key: 'gen_ai.usage.input_tokens', value: { intValue: String(cost) } },
                      { key: 'gen_ai.usage.output_tokens', value: { intValue: '1' } },
                    ]),
              ],
            })),
          },
        ],
      },
    ],
  });
}

const MANY = Array.from({ length: SESSIONS }, (_, index) => {
  const name = index.toString(16).padStart(3, '0');
  return { session: `many-${name}`, trace: `a${name}`, span: `1${name}`, from: index * 10 };
});
/** The trace with the first error is the second one. */
const FAILED = [
  { session: 'failed', trace: 'b1', span: 'b1', from: 100, to: 9_000, isError: true },
  { session: 'failed', trace: 'b1', span: 'b2', parent: 'b1', from: 200, to: 8_000, isError: true },
  { session: 'failed', trace: 'b2', span: 'b3', from: 300, to: 700, isError: true },
  { session: 'failed', trace: 'b2', span: 'b4', parent: 'b3', from: 300, to: 600, isError: true },
];
const AGENT = [50_000, 900_000, 1_000].map((cost, index) => ({
  session: 'agent',
  trace: 'c1',
  span: `c${index + 1}`,
  from: index * 100,
  cost,
}));

async function open(path: string, options: Parameters<TestBrowser['open']>[0] = {}): Promise<TestPage> {
  const opened = await browser.open(options);
  pages.push(opened);
  await opened.page.goto(server.httpUrl + path);
  return opened;
}

describe('every page', { skip: NO_BROWSER }, () => {
  before(async () => {
    [browser, server] = await Promise.all([TestBrowser.launch(), startServer()]);
    for (const spans of [MANY, FAILED, AGENT]) {
      assert.equal((await server.post('/v1/traces', bodyOf(spans))).status, 200);
    }
  });
  afterEach(async () => {
    for (const opened of pages.splice(0)) await opened.closeUntroubled();
  });
  after(async () => {
    await browser?.close();
    await server?.dispose();
  });

  it('says which time zone its times are in, and shows numbers in the reader’s locale', async () => {
    const { page } = await open(`/sessions/failed?trace=${traceId('b2')}&span=${spanId('b3')}`, {
      locale: 'de-AT',
      timezoneId: 'Asia/Tokyo',
    });
    await page.getByText('Asia/Tokyo (GMT+9)').first().waitFor();
    const start = page.locator('.panel-facts').getByText('GMT+9').first();
    assert.match(String(await start.textContent()), /\.\d{9} GMT\+9$/);
    await page.locator('.key-figures').getByText('8,9 s').waitFor();
  });

  it('goes to the first error by the key for errors, then to the next by time', async () => {
    const { page } = await open('/sessions/failed');
    await page.getByRole('region', { name: 'First error' }).getByText('failed in b4').waitFor();
    const heading = page.getByRole('complementary', { name: 'Span' }).getByRole('heading', { level: 2 });
    for (const name of ['work b4', 'work b3', 'work b2', 'work b1', 'work b4']) {
      await page.keyboard.press('e');
      await heading.getByText(name).waitFor();
    }
  });

  it('links what cost most to its dearest turn', async () => {
    const { page } = await open('/?range=all');
    await page
      .getByRole('region', { name: 'Greatest sessions' })
      .getByRole('link', { name: /agent/ })
      .click();
    await page.waitForURL(`**/sessions/agent?view=conversation&trace=${traceId('c1')}&span=${spanId('c2')}`);
    await page.locator('.turn.is-chosen').getByText('Answer c2').waitFor();
  });

  it('links the dearest turns of all sessions', async () => {
    const { page } = await open('/?range=all');
    const card = page.getByRole('region', { name: 'Greatest sessions' });
    await card.getByRole('button', { name: 'Dearest turns' }).click();
    await card.getByRole('link').first().click();
    await page.waitForURL(`**/sessions/agent?view=conversation&trace=${traceId('c1')}&span=${spanId('c2')}`);
    await page.locator('.turn.is-chosen').getByText('Answer c2').waitFor();
  });

  it('reaches the end of the list by its key, whatever is loaded', async () => {
    const { page } = await open('/?range=all');
    await page.locator('.row-link').first().waitFor();
    await page.keyboard.press('End');
    await page.getByText('many-000').waitFor();
    await untilEqual(
      () => page.getByRole('table', { name: 'Sessions' }).getAttribute('aria-rowcount'),
      String(SESSIONS + 3),
    );
  });

  it('folds the head of a session into a line as one scrolls', async () => {
    const { page } = await open('/sessions/agent?view=conversation', {
      viewport: { width: 1024, height: 300 },
    });
    await page.locator('.turn').first().waitFor();
    const summary = page.locator('.session-summary');
    await untilEqual(() => summary.count(), 0);
    await page.evaluate('window.scrollTo(0, 400)');
    await summary.getByText('agent').waitFor();
    assert.ok(await page.getByRole('link', { name: 'Timeline' }).isVisible());
  });

  it('says that nothing is at an unknown address, also at one below a page', async () => {
    for (const path of ['/nothing', '/sessions/a/b']) {
      const opened = await browser.open();
      const answer = await opened.page.goto(server.httpUrl + path);
      assert.equal(answer?.status(), 404);
      await opened.page.getByRole('heading', { name: 'Nothing is at this address' }).waitFor();
      // The browser itself reports the status of the page.
      await opened.close();
    }
  });

  it('has the ways to send telemetry, also once some has arrived', async () => {
    const opened = await open('/');
    await opened.page.getByRole('link', { name: 'Send' }).click();
    await opened.page.getByRole('tab', { name: 'Python' }).click();
    await opened.page.getByText('pip install opentelemetry-sdk').waitFor();
    await opened.assertAccessible();
  });

  it('has a reference of the API, made of its own document', async () => {
    const opened = await open('/');
    const { page } = opened;
    await page.getByRole('link', { name: 'API', exact: true }).click();
    await page.getByRole('searchbox', { name: 'Search operations' }).fill('list sessions newest');
    const operation = page.locator('#listSessions');
    await operation.getByText('/api/v1/sessions').first().waitFor();
    await operation.getByText('minDurationMs').waitFor();
    await operation.getByRole('link', { name: 'SessionPage' }).first().click();
    await page.waitForURL('**/reference#schema-SessionPage');
    await opened.assertAccessible();
  });

  it('says so while the server does not answer, and recovers', async () => {
    const opened = await browser.open();
    const { page } = opened;
    await page.goto(`${server.httpUrl}/sessions/failed`);
    await page.getByRole('treeitem').first().waitFor();
    await page.route('**/api/**', (route) => route.abort());
    await page.route('**/readyz', (route) => route.abort());
    const note = page.getByRole('alert').filter({ hasText: 'The server does not answer' });
    await note.waitFor();
    await page.unroute('**/api/**');
    await page.unroute('**/readyz');
    await note.waitFor({ state: 'detached' });
    // The browser logs each request that failed.
    await opened.close();
  });
});
