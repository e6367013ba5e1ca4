import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page, Request } from 'playwright-core';
import { TestBrowser, untilEqual } from '../support/browser.js';
import { NO_RUM, type RumSdk, Shop } from '../support/rum.js';
import { startServer, type TestServer } from '../support/server.js';

/**
 * A visit to a shop in a real browser, from the first page to the last, as reported by each RUM SDK with the
 * set-up of its quick start: two pages, a change of the route between them, a login, a request that succeeds
 * and one that fails, an uncaught error and an unhandled rejection. The expectations of the SDKs differ only
 * in what an SDK does not report.
 */

const REFERRER = 'https://search.example/find?q=shop';
const USER_AGENT =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const DEVICE = ['desktop', 'Windows', 'Chrome', '142.0.0.0'];
const USER = 'user-4711';
const REFERRER_PAGE = 'https://search.example/find';
const RELEASE = '3.2.1';
/** The page takes this long to react to a click, ms (rum/pages/shop.js). */
const SLOW_MS = 80;
const FAR_TOO_LONG_MS = 60_000;
/** A page's clock counts from the time it was opened. */
const CLOCK_ERROR_MS = 100;

type Vital = 'lcp' | 'inp' | 'cls' | 'ttfb';
const VITALS: readonly Vital[] = ['lcp', 'inp', 'cls', 'ttfb'];
/** A single click on a page is not always a reported interaction. */
const WITHOUT_INP: readonly Vital[] = ['lcp', 'cls', 'ttfb'];

interface Reported {
  readonly sdk: RumSdk;
  /** The user that it reports after a login. */
  readonly user?: typeof USER;
  /** Number of failed spans, its own and the backend's. */
  readonly errors: number;
  /** Number of exceptions that it reports; undefined for none. There are two. */
  readonly exceptions?: number;
  /** Whether it does not report changes of the route. There are three pages. */
  readonly pageViews?: number;
  readonly referrer?: typeof REFERRER_PAGE;
  /** The vitals that it reports. */
  readonly vitals?: readonly Vital[];
  /** Whether vitals reported when a page is left carry the time of what they measure. */
  readonly datesVitals?: true;
  /**
   * How long the visitor stays on a page before leaving: the SDK sends some data later than that, by a timer
   * of its own.
   */
  readonly lookMs?: number;
}

const SDKS: readonly Reported[] = [
  // Its context manager hides rejections.
  { sdk: 'opentelemetry', errors: 2, exceptions: 1, datesVitals: true },
  // Spans are sent within a second, and not when the page is left.
  { sdk: 'faro', user: USER, errors: 2, exceptions: 2, pageViews: 2, lookMs: 2_500 },
  {
    sdk: 'splunk',
    user: USER,
    errors: 1,
    exceptions: 2,
    referrer: REFERRER_PAGE,
    vitals: ['lcp', 'inp', 'cls'],
  },
  { sdk: 'hyperdx', user: USER, errors: 3, exceptions: 2, referrer: REFERRER_PAGE },
  { sdk: 'logfire', errors: 2 },
  // Errors are sent within two seconds, and not when the page is left.
  {
    sdk: 'dash0',
    user: USER,
    errors: 2,
    exceptions: 2,
    referrer: REFERRER_PAGE,
    vitals: ['lcp', 'inp', 'cls'],
    lookMs: 2_500,
  },
];

describe('visits', { skip: NO_RUM }, () => {
  let browser: TestBrowser;
  before(async () => {
    browser = await TestBrowser.launch();
  });
  after(() => browser.close());

  for (const recording of SDKS) {
    it(`of a page with ${recording.sdk} are one session, from load to unload, with the backend's spans`, async () => {
      await withVisit(browser, recording, async (server, { origin, opened, clicked, leaving, left }) => {
        const { user, errors, exceptions, pageViews = 3, referrer, vitals = VITALS } = recording;
        const expected: Summary = {
          services: ['shop-api', 'shop-web'],
          user,
          device: DEVICE,
          release: RELEASE,
          errors,
          exceptions,
          crashes: undefined,
          pages: [pageViews, `${origin}/products`, `${origin}/thanks`, referrer],
          vitals,
          state: 'timed_out',
        };
        const [session] = await untilSteady(
          server,
          [expected],
          recording.datesVitals === true ? clicked : leaving,
        );
        const start = Date.parse(session!.start_time);
        const end = Date.parse(session!.end_time ?? '');
        assert.ok(
          start > opened - CLOCK_ERROR_MS && end < left + CLOCK_ERROR_MS,
          `${session!.start_time} to ${session!.end_time}`,
        );
        assert.ok(Math.abs(end - start - session!.duration_ms) < 2, `${end - start} ${session!.duration_ms}`);
        assertPlausible(session!.vitals ?? {});
      });
    });
  }

  it('of a page with honeycomb are one session for each page, because its SDK makes an id for each', async () => {
    await withVisit(browser, { sdk: 'honeycomb', errors: 4 }, async (server, { origin, clicked }) => {
      const both = {
        user: undefined,
        device: DEVICE,
        release: RELEASE,
        crashes: undefined,
        state: 'timed_out',
      };
      const second: Summary = {
        ...both,
        services: ['shop-web'],
        errors: 0,
        exceptions: undefined,
        pages: [1, `${origin}/thanks`, `${origin}/thanks`, undefined],
        vitals: WITHOUT_INP,
      };
      const first: Summary = {
        ...both,
        services: ['shop-api', 'shop-web'],
        errors: 4,
        exceptions: 2,
        pages: [2, `${origin}/products`, `${origin}/checkout`, REFERRER_PAGE],
        vitals: WITHOUT_INP,
      };
      const [, session] = await untilSteady(server, [second, first], clicked, WITHOUT_INP);
      assertPlausible(session!.vitals ?? {});
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
  readonly exception_count?: number;
  readonly crash_count?: number;
  readonly release?: string;
  readonly 'user.id'?: string;
  readonly client?: {
    readonly device_type?: string;
    readonly os?: string;
    readonly browser?: string;
    readonly browser_version?: string;
  };
  readonly visit?: {
    readonly page_views: number;
    readonly entry_url?: string;
    readonly exit_url?: string;
    readonly referrer?: string;
  };
  readonly vitals?: Vitals;
}

type Vitals = { readonly [Name in Vital]?: { readonly worst: number; readonly median: number } };

/** Facts that are the same for every visit. */
interface Summary {
  readonly services: readonly string[];
  readonly user: string | undefined;
  readonly device: readonly (string | undefined)[];
  readonly release: string | undefined;
  readonly errors: number;
  readonly exceptions: number | undefined;
  readonly crashes: number | undefined;
  /** Number of pages, the first, the last, and the referrer. */
  readonly pages: readonly (string | number | undefined)[];
  readonly vitals: readonly Vital[];
  readonly state: string;
}

async function sessions(server: TestServer): Promise<readonly Session[]> {
  return (await server.get<{ items: readonly Session[] }>('/api/v1/sessions')).items;
}

function summary(session: Session, asked: readonly Vital[]): Summary {
  const { client, visit, vitals = {} } = session;
  return {
    services: session.services,
    user: session['user.id'],
    device: [client?.device_type, client?.os, client?.browser, client?.browser_version],
    release: session.release,
    errors: session.error_count,
    exceptions: session.exception_count,
    crashes: session.crash_count,
    pages: [visit?.page_views, visit?.entry_url, visit?.exit_url, visit?.referrer],
    vitals: asked.filter((name) => vitals[name] !== undefined),
    state: session.state,
  };
}

/**
 * Resolves to the sessions once they are as expected and stay so after everything received is in them. The
 * last data to arrive is what the last page reports when it is left.
 *
 * @param vitals which of the vitals are expected, or expected to be missing.
 * @param lasts minimum end of the newest session, ms since 1970.
 */
async function untilSteady(
  server: TestServer,
  expected: readonly Summary[],
  lasts: number,
  vitals = VITALS,
): Promise<readonly Session[]> {
  const reachesTheEnd = ([newest]: readonly Session[]): boolean =>
    Date.parse(newest?.end_time ?? '') > lasts - CLOCK_ERROR_MS;
  await untilEqual(
    async () => {
      const all = await sessions(server);
      return { sessions: all.map((session) => summary(session, vitals)), reachesTheEnd: reachesTheEnd(all) };
    },
    { sessions: expected, reachesTheEnd: true },
  );
  await server.settled();
  const steady = await sessions(server);
  assert.deepEqual(
    steady.map((session) => summary(session, vitals)),
    expected,
  );
  return steady;
}

/** Fails for an impossible vital: times are in ms, CLS has no unit. */
function assertPlausible(vitals: Vitals): void {
  const least: Readonly<Record<Vital, number>> = { lcp: 1, inp: SLOW_MS, cls: 0.001, ttfb: 0.1 };
  for (const name of VITALS) {
    const vital = vitals[name];
    if (vital === undefined) continue;
    const { worst, median } = vital;
    const most = name === 'cls' ? 1 : FAR_TOO_LONG_MS;
    assert.ok(worst >= least[name] && worst <= most, `${name} ${worst}`);
    assert.ok(median >= 0 && median <= worst, `${name} ${median} of ${worst}`);
  }
}

/** Times in ms since 1970. */
interface Visit {
  readonly origin: string;
  readonly opened: number;
  /** Just before the click on the last button. */
  readonly clicked: number;
  readonly leaving: number;
  readonly left: number;
}

async function withVisit(
  browser: TestBrowser,
  { sdk, lookMs = 600 }: Reported,
  check: (server: TestServer, visit: Visit) => Promise<void>,
): Promise<void> {
  const shop = await Shop.create(sdk);
  const flags = ['--cors-origins', shop.origin, '--idle-after', '1s', '--timeout-after', '2s'];
  const server = await startServer({ flags });
  const { page, close } = await openTab(browser);
  try {
    await shop.open(server.httpUrl);
    const opened = Date.now();
    const clicked = await visit(page, shop.origin, lookMs);
    const leaving = Date.now();
    await page.goto('about:blank');
    await check(server, { origin: shop.origin, opened, clicked, leaving, left: Date.now() });
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

/** Resolves to the time just before the click on the last button. */
async function visit(page: Page, origin: string, lookMs: number): Promise<number> {
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
  const clicking = Date.now();
  await click('login', 'logged in');
  await look();
  return clicking;
}
