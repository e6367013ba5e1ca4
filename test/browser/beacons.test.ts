import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { TestBrowser, untilEqual } from '../support/browser.js';
import { NO_BROWSER } from '../support/chromium.js';
import { startServer, type TestServer } from '../support/server.js';
import { spanId, traceId } from '../support/telemetry.js';

/** Telemetry that a browser sends while it leaves a page, to a server of another origin. */

/** The ways of sending; each gets the address and OTLP/JSON. */
const WAYS: Readonly<Record<string, string>> = {
  'a beacon of a text': 'navigator.sendBeacon(url, body)',
  'a beacon of JSON': "navigator.sendBeacon(url, new Blob([body], { type: 'application/json' }))",
  'fetch with keepalive':
    "fetch(url, { method: 'POST', body, keepalive: true, headers: { 'content-type': 'application/json' } })",
  'fetch with keepalive, which does not ask first':
    "fetch(url, { method: 'POST', body, keepalive: true, mode: 'no-cors' })",
};

function bodyOf(session: string, index: number): string {
  const span = {
    traceId: traceId(`${index + 1}`),
    spanId: spanId('1'),
    name: 'pagehide',
    startTimeUnixNano: '1795000000000000000',
    endTimeUnixNano: '1795000000100000000',
    attributes: [{ key: 'session.id', value: { stringValue: session } }],
  };
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
}

/** An empty page at an origin of its own. */
async function startPage(): Promise<{ origin: string; server: Server }> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Shop</title>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe('telemetry sent while a page is left', { skip: NO_BROWSER }, () => {
  let shop: Awaited<ReturnType<typeof startPage>>;
  let stranger: Awaited<ReturnType<typeof startPage>>;
  let server: TestServer;
  let browser: TestBrowser;

  before(async () => {
    [shop, stranger] = await Promise.all([startPage(), startPage()]);
    [server, browser] = await Promise.all([
      startServer({ flags: ['--cors-origins', shop.origin] }),
      TestBrowser.launch(),
    ]);
  });
  after(async () => {
    await browser?.close();
    await server?.dispose();
    for (const page of [shop, stranger]) page?.server.close();
  });

  /** Opens a page that sends in every way when it is left, and leaves it. */
  async function leave(origin: string, prefix: string): Promise<void> {
    const { page } = await browser.open();
    await page.goto(origin);
    const sends = Object.entries(WAYS).map(([way, code], index) => {
      const body = JSON.stringify(bodyOf(`${prefix}: ${way}`, index));
      return `{ const url = '${server.httpUrl}/v1/traces'; const body = ${body}; ${code}; }`;
    });
    await page.evaluate(`addEventListener('pagehide', () => { ${sends.join('\n')} }); undefined`);
    await page.goto('about:blank');
  }

  const sessions = async (): Promise<string[]> => {
    const { items } = await server.get<{ items: { 'session.id': string }[] }>('/api/v1/sessions');
    return items.map((item) => item['session.id']).sort();
  };
  const arrived = Object.keys(WAYS)
    .map((way) => `shop: ${way}`)
    .sort();

  it('arrives from an allowed page, by any way of sending', async () => {
    await leave(shop.origin, 'shop');
    await untilEqual(sessions, arrived);
  });

  it('is refused from another page, as the log and the metrics report', async () => {
    await leave(stranger.origin, 'stranger');
    const refused = async (kind: string): Promise<number> => {
      const metric = new RegExp(`^sojourn_refused_origin_requests_total\\{kind="${kind}"\\} (\\d+)$`, 'm');
      return Number(metric.exec(await server.text('/metrics'))?.[1] ?? 0);
    };
    await untilEqual(() => refused('request'), 2);
    await untilEqual(() => refused('preflight'), 2);
    await server.settled();
    assert.deepEqual(await sessions(), arrived);
    const logged = server.stderr.split('\n').filter((line) => line.includes('"setting"'));
    assert.deepEqual(
      logged.map((line) => JSON.parse(line).setting),
      [`--cors-origins=${shop.origin},${stranger.origin}`],
    );
  });
});
