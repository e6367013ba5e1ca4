import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page, Request } from 'playwright-core';
import { TestBrowser, untilEqual } from '../support/browser.js';
import { NO_RUM, type RumSdk, Shop } from '../support/rum.js';
import { startServer, type TestServer } from '../support/server.js';

/**
 * A visit to a shop in a real browser, from the first page to the last, as each RUM SDK tells it when it is set up as its quick start says:
 * two pages, a change of the route between them, a login, a request that succeeds and one that fails, an error that nobody catches and a
 * rejection that nobody handles. What is expected differs by SDK only in what the SDK does not tell.
 */

const REFERRER = 'https://search.example/find?q=shop';
const USER_AGENT =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const USER = 'user-4711';

interface Told {
  readonly sdk: RumSdk;
  /** What it says of the user once there is a login. */
  readonly user?: typeof USER;
  /** How many of its and the backend's spans have failed. */
  readonly errors: number;
  /** How long the visitor looks at a page before leaving: the SDK sends some things later than that by a timer of its own. */
  readonly lookMs?: number;
}

const SDKS: readonly Told[] = [
  { sdk: 'opentelemetry', errors: 2 },
  // Spans are sent within a second, and not when the page is left.
  { sdk: 'faro', user: USER, errors: 2, lookMs: 2_500 },
  { sdk: 'splunk', user: USER, errors: 1 },
  { sdk: 'hyperdx', user: USER, errors: 3 },
  { sdk: 'logfire', errors: 2 },
  // Errors are sent within two seconds, and not when the page is left.
  { sdk: 'dash0', user: USER, errors: 2, lookMs: 2_500 },
];

describe('visits', { skip: NO_RUM }, () => {
  let browser: TestBrowser;
  before(async () => {
    browser = await TestBrowser.launch();
  });
  after(() => browser.close());

  for (const told of SDKS) {
    it(`of a page with ${told.sdk} are one session, from load to unload, with the backend's spans`, async () => {
      await withVisit(browser, told, async (server, { opened, left }) => {
        const expected = [
          {
            services: ['shop-api', 'shop-web'],
            user: told.user,
            device: ['desktop', 'Windows', 'Chrome', '142.0.0.0'],
            errors: told.errors,
            state: 'timed_out',
          },
        ];
        await untilSteady(server, async () => (await sessions(server)).map(summary), expected);
        const [session] = await sessions(server);
        assert.ok(session !== undefined);
        const start = Date.parse(session.start_time);
        const end = Date.parse(session.end_time ?? '');
        assert.ok(start >= opened && end <= left, `${session.start_time} to ${session.end_time}`);
        assert.ok(Math.abs(end - start - session.duration_ms) < 2, `${end - start} ${session.duration_ms}`);
      });
    });
  }

  it('of a page with honeycomb are one session for each page, for its SDK makes an id for each', async () => {
    await withVisit(browser, { sdk: 'honeycomb', errors: 4 }, async (server) => {
      const device = ['desktop', 'Windows', 'Chrome', '142.0.0.0'];
      const expected = [
        { services: ['shop-web'], user: undefined, device, errors: 0, state: 'timed_out' },
        { services: ['shop-api', 'shop-web'], user: undefined, device, errors: 4, state: 'timed_out' },
      ];
      await untilSteady(server, async () => (await sessions(server)).map(summary), expected);
    });
  });
});

interface Session {
  readonly start_time: string;
  readonly end_time?: string;
  readonly duration_ms: number;
  readonly services: readonly string[];
  readonly state: string;
  readonly error_count: number;
  readonly 'user.id'?: string;
  readonly client?: {
    readonly device_type?: string;
    readonly os?: string;
    readonly browser?: string;
    readonly browser_version?: string;
  };
}

async function sessions(server: TestServer): Promise<readonly Session[]> {
  return (await server.get<{ items: readonly Session[] }>('/api/v1/sessions')).items;
}

function summary({ services, client, state, error_count, ...session }: Session): unknown {
  return {
    services,
    user: session['user.id'],
    device: [client?.device_type, client?.os, client?.browser, client?.browser_version],
    errors: error_count,
    state,
  };
}

/** Resolves when the answer is as expected and stays so once all that was received is in the sessions. */
async function untilSteady<T>(server: TestServer, ask: () => Promise<T>, expected: T): Promise<void> {
  await untilEqual(ask, expected);
  await server.settled();
  assert.deepEqual(await ask(), expected);
}

/** Times in ms since 1970. */
interface Visit {
  readonly opened: number;
  readonly left: number;
}

async function withVisit(
  browser: TestBrowser,
  { sdk, lookMs = 600 }: Told,
  check: (server: TestServer, visit: Visit) => Promise<void>,
): Promise<void> {
  const shop = await Shop.create(sdk);
  const flags = ['--cors-origins', shop.origin, '--idle-after', '1s', '--timeout-after', '2s'];
  const server = await startServer({ flags });
  const { page, close } = await openTab(browser);
  try {
    await shop.open(server.httpUrl);
    const opened = Date.now();
    await visit(page, shop.origin, lookMs);
    await check(server, { opened, left: Date.now() });
  } finally {
    await close();
    await shop.close();
    await server.dispose();
  }
}

async function openTab(browser: TestBrowser): Promise<{ page: Page; close: () => Promise<void> }> {
  const tab = await browser.open({ userAgent: USER_AGENT });
  return { page: tab.page, close: () => tab.close() };
}

async function visit(page: Page, origin: string, lookMs: number): Promise<void> {
  const sent = new Set<Request>();
  page.on('request', (request) => sent.add(request));
  page.on('requestfinished', (request) => sent.delete(request));
  page.on('requestfailed', (request) => sent.delete(request));
  const becomes = (state: string): Promise<unknown> => page.getByText(state, { exact: true }).waitFor();
  const click = async (id: string, state: string): Promise<void> => {
    await page.click(`#${id}`);
    await becomes(state);
  };
  const look = async (): Promise<void> => {
    await page.evaluate((ms) => new Promise((resolve) => setTimeout(resolve, ms)), lookMs);
    await untilEqual(() => sent.size, 0);
  };
  await page.goto(`${origin}/products?q=shoes#top`, { referer: REFERRER });
  await becomes('ready');
  await click('login', 'logged in');
  await click('add', 'added');
  await click('checkout', 'checkout');
  await click('pay', 'pay 500');
  await click('break', 'broken');
  await click('reject', 'rejected');
  await look();
  await page.goto(`${origin}/thanks`);
  await becomes('ready');
  await look();
  await page.goto('about:blank');
}
