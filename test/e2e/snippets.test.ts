import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { TestBrowser, untilEqual } from '../support/browser.js';
import { NO_BROWSER } from '../support/chromium.js';
import { startServer, type TestServer } from '../support/server.js';

/** The instructions of the web page for newcomers work. */

interface Snippet {
  readonly id: string;
  code(address: string): string;
}

interface Item {
  readonly 'session.id': string;
  readonly span_count: number;
}

const MODULE = new URL('../../web-node/web/src/send/snippets.js', import.meta.url).href;
const { SNIPPETS } = (await import(MODULE)) as { SNIPPETS: Snippet[] };
const codeOf = (id: string, address: string): string =>
  SNIPPETS.find((each) => each.id === id)!.code(address);
const HAS_SHELL = ['bash', 'curl', 'openssl'].every(
  (tool) => spawnSync(tool, ['--help']).error === undefined,
);

describe('the ways to send a first session', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.dispose());

  async function run(command: string, ...args: string[]): Promise<void> {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
  }

  async function spansOf(session: string): Promise<number> {
    const { items } = await server.get<{ items: Item[] }>('/api/v1/sessions?userId=ann&service=shop');
    return items.find((each) => each['session.id'] === session)?.span_count ?? 0;
  }

  it('curl', { skip: !HAS_SHELL && 'bash, curl or openssl is missing' }, async () => {
    const before = await spansOf('visit-1');
    await run('bash', '-c', codeOf('curl', server.httpUrl));
    assert.equal(await spansOf('visit-1'), before + 1);
  });

  it('Node.js', async () => {
    // Beside the packages that it imports.
    const file = fileURLToPath(new URL('../../snippet.mjs', import.meta.url));
    writeFileSync(file, codeOf('node', server.httpUrl));
    try {
      await run(process.execPath, file);
    } finally {
      rmSync(file);
    }
    assert.equal(await spansOf('visit-node'), 1);
  });

  it('browser', { skip: NO_BROWSER }, async () => {
    // Within reach of the packages that it imports.
    const folder = mkdtempSync(fileURLToPath(new URL('../../snippet-', import.meta.url)));
    const browser = await TestBrowser.launch();
    const site = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end(`<!doctype html><title>shop</title><script type="module">${script}</script>`);
    }).listen(0, '127.0.0.1');
    let script = '';
    try {
      writeFileSync(join(folder, 'index.js'), codeOf('browser', server.httpUrl));
      const bundle = await build({
        root: folder,
        configFile: false,
        logLevel: 'error',
        build: { write: false, rolldownOptions: { input: join(folder, 'index.js') } },
      });
      script = (bundle as { output: { code: string }[] }).output[0]!.code;
      const { page } = await browser.open();
      const { port } = site.address() as AddressInfo;
      await page.goto(`http://localhost:${port}/`);
      const session = await page.evaluate("sessionStorage.getItem('session')");
      await untilEqual(async () => {
        const { items } = await server.get<{ items: Item[] }>('/api/v1/sessions');
        return items.find((each) => each['session.id'] === session)?.span_count;
      }, 1);
    } finally {
      await browser.close();
      site.close();
      rmSync(folder, { recursive: true });
    }
  });
});
