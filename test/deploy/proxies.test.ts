import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { TestBrowser } from '../support/browser.js';
import { NO_BROWSER } from '../support/chromium.js';
import { CERTIFICATE, PROXIES, type RunningProxy, startProxy } from '../support/proxies.js';
import { RawGrpcSender } from '../support/senders.js';
import { startServer, type TestServer } from '../support/server.js';
import { tracesJson } from '../support/telemetry.js';

/** The configurations of docs/behind-a-proxy.md in the real proxies, with the page in a real browser. */

/** Larger than nginx allows by default. */
const LARGE = 'x'.repeat(2 << 20);
const BASE_PATH = '/sojourn';

/** How the proxies are told to remove the path, as the page says. */
const REMOVES_PATH = [
  ['proxy_pass http://127.0.0.1:4318; ', 'proxy_pass http://127.0.0.1:4318/; '],
  ['handle /sojourn/*', 'handle_path /sojourn/*'],
] as const;

const VARIANTS = [
  { title: 'with a name of its own', has: '4317', basePath: '', changes: [] },
  { title: 'below a path', has: '/sojourn', basePath: BASE_PATH, changes: [] },
  {
    title: 'below a path that the proxy removes',
    has: '/sojourn',
    basePath: BASE_PATH,
    changes: REMOVES_PATH,
  },
];

let browser: TestBrowser | undefined;
/** Without a base path, and with one. */
let servers: ReadonlyMap<string, TestServer>;
let lastTrace = 0;

before(async () => {
  if (PROXIES.every(({ missing }) => missing)) return;
  const [plain, below, launched] = await Promise.all([
    startServer(),
    startServer({ flags: ['--base-path', BASE_PATH] }),
    NO_BROWSER ? undefined : TestBrowser.launch(),
  ]);
  servers = new Map([
    ['', plain],
    [BASE_PATH, below],
  ]);
  browser = launched;
});
after(async () => {
  await browser?.close();
  for (const server of servers?.values() ?? []) await server.dispose();
});

function spanOf(session: string, text = ''): string {
  const start = BigInt(Date.now()) * 1_000_000n;
  const id = (++lastTrace).toString(16);
  const attributes = { 'session.id': session, 'app.text': text };
  return tracesJson([{ trace: id, span: id, start, end: start, attributes }]);
}

async function post(url: string, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const sent = request(url, { ca: CERTIFICATE, agent: false, method: 'POST', headers, timeout: 60_000 });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode!;
}

const link = (page: Page, path: string) => page.locator(`.table-body a[href="${path}"]`);

for (const { name, missing } of PROXIES) {
  for (const { title, has, basePath, changes } of VARIANTS) {
    describe(`the ${name} of docs/behind-a-proxy.md, ${title}`, { skip: missing }, () => {
      let proxy: RunningProxy;
      let url: string;
      before(async () => {
        proxy = await startProxy(name, has, servers.get(basePath)!, changes);
        url = proxy.httpUrl + basePath;
      });
      after(() => proxy?.close());

      it('takes telemetry over HTTP, also beyond a megabyte, and over gRPC', async () => {
        assert.equal(await post(`${url}/v1/traces`, spanOf('large', LARGE)), 200);
        if (proxy.grpcUrl === undefined) return;
        const grpc = new RawGrpcSender({ ...proxy, grpcUrl: proxy.grpcUrl }, 'gzip', CERTIFICATE);
        try {
          await grpc.export('traces', new Uint8Array());
        } finally {
          grpc.close();
        }
      });

      it('shows the page, live, and the page of a session after a reload', { skip: NO_BROWSER }, async () => {
        const session = `${name} ${changes.length} a/b`;
        const path = `${basePath}/sessions/${encodeURIComponent(session)}`;
        const opened = await browser!.open({ ignoreHTTPSErrors: true });
        const { page } = opened;
        await page.goto(`${url}/`);
        await page.locator('.live-on').waitFor();
        assert.equal(await post(`${url}/v1/traces`, spanOf(session)), 200);
        await page.locator('.live-new').click();
        await link(page, path).click();
        await page.locator('h1', { hasText: session }).waitFor();
        assert.equal(new URL(page.url()).pathname, path);
        await page.reload();
        await page.locator('h1', { hasText: session }).waitFor();
        await page.getByRole('link', { name: 'Sessions', exact: true }).click();
        await link(page, path).waitFor();
        assert.equal(new URL(page.url()).pathname, `${basePath}/`);
        await opened.closeUntroubled();
      });
    });
  }
}
