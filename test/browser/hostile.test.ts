import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { TestBrowser } from '../support/browser.js';
import { NO_BROWSER } from '../support/chromium.js';
import { startServer, type TestServer } from '../support/server.js';
import { tracesJson } from '../support/telemetry.js';

/** Telemetry is untrusted. Any content is shown as text: it runs nothing, loads nothing and breaks nothing. */

const MARK = 'window.__owned=1';
const CORPUS = [
  `<script>${MARK}</script>`,
  `"><img src=x onerror="${MARK}">`,
  `'><svg/onload=${MARK}>`,
  `</title></style></textarea><script>${MARK}</script>`,
  `javascript:${MARK}`,
  `data:text/html,<script>${MARK}</script>`,
  `<iframe srcdoc="<script>parent.__owned=1</script>">`,
  `<a href="javascript:${MARK}">x</a>`,
  `<math><mtext></form><form><mglyph><style></math><img src onerror=${MARK}>`,
  `\${${MARK}}{{constructor.constructor('${MARK}')()}}`,
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '../../../etc/passwd',
  '..',
  '.',
  'stats',
  'by-id',
  'a/../b//c',
  '%2e%2e%2f',
  '?service=x#hash&a=b',
  'a/b\\c:d|e',
  '\u202egnp.exe\u202c\u2066right\u2069',
  'zero\u200bwidth\ufeff\u0000nul\u001b[31m',
  'ℨ̴̡̛̤̳a̵̢͎l̴g̶o̷'.repeat(8),
  '😀'.repeat(60),
  'w'.repeat(128),
  'line\nfeed\ttab\r\nreturn',
  '<!--',
  ']]>',
  '<style>*{display:none!important}</style>',
  '<base href="https://evil.invalid/">',
  '<meta http-equiv="refresh" content="0;url=https://evil.invalid/">',
  ' ',
  '{"toString":null}',
];
const MS = 1_000_000n;

/** A NUL is stored as another character, and blanks are not names. */
function isName(text: string): boolean {
  return !text.includes('\u0000') && text.trim() !== '';
}

describe('hostile telemetry', { skip: NO_BROWSER }, () => {
  let server: TestServer;
  let browser: TestBrowser;
  before(async () => {
    [server, browser] = await Promise.all([startServer(), TestBrowser.launch()]);
    const start = BigInt(Date.now()) * MS;
    const spans = CORPUS.map((text, index) => ({
      trace: (index + 1).toString(16),
      span: '1',
      name: text,
      start: start - BigInt(index) * MS,
      end: start + 5n * MS,
      error: true,
      attributes: {
        'session.id': text,
        'user.id': text,
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': text,
        'gen_ai.request.model': text,
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.output_tokens': 5,
        'geo.country.iso_code': text,
        'user_agent.original': text,
        'device.type': text,
        [text]: text,
      },
      resource: { 'service.name': text },
    }));
    assert.equal((await server.post('/v1/traces', tracesJson(spans))).status, 200);
  });
  after(async () => {
    await browser?.close();
    await server?.dispose();
  });

  it('is text in the list and in every menu', async () => {
    const opened = await browser.open({ viewport: { width: 1440, height: 2000 } });
    const { page } = opened;
    await page.goto(`${server.httpUrl}/`);
    await page
      .locator('.table-body .row-link')
      .nth(CORPUS.length - 4)
      .waitFor();
    const { items } = await server.get<{ items: unknown[] }>('/api/v1/sessions');
    assert.ok(items.length >= CORPUS.length - 2);
    for (const name of ['Service', 'Model', 'Provider', 'Country']) {
      await page.getByRole('button', { name: 'Filter', exact: true }).click();
      const menu = page.getByRole('dialog', { name: 'Add a filter' });
      await menu.getByRole('button', { name, exact: true }).click();
      await menu.locator('.menu-values li, .menu-none').first().waitFor();
      await page.keyboard.press('Escape');
    }
    assert.equal(await page.evaluate('window.__owned'), undefined);
    await opened.assertNoTrouble();
    await opened.close();
  });

  it('is text in an address, and opens its session', async () => {
    const opened = await browser.open();
    const { page } = opened;
    for (const text of CORPUS.filter(isName)) {
      const query = new URLSearchParams({
        service: text,
        model: text,
        userId: text,
        country: text,
        startTime: text,
      });
      await page.goto(`${server.httpUrl}/?${query}`);
      const link = page.locator('.row-link').first();
      await link.waitFor().catch((error: Error) => assert.fail(`${JSON.stringify(text)}: ${error.message}`));
      // The row that matches the filters: the only one with this service.
      assert.equal(await page.locator('.row-link').count(), 1, text);
      await link.click();
      await page.waitForURL('**/sessions/**');
      await page.locator('main .session h1').first().waitFor();
      assert.equal(await page.evaluate('window.__owned'), undefined);
      await opened.assertNoTrouble();
    }
    await opened.close();
  });

  it('never loads a page that is not ours: addresses of files and foreign hosts', async () => {
    for (const path of ['/sessions/..%2f..%2fpackage.json', '/sessions/%00', '/sessions/%3Cscript%3E']) {
      const response = await server.fetch(path);
      assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
      assert.match(await response.text(), /<div id="root">/);
    }
    assert.equal((await server.fetch('/assets/..%2f..%2fpackage.json')).status, 404);
  });
});
