import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { TestBrowser } from '../support/browser.js';
import { NO_BROWSER } from '../support/chromium.js';
import { runCommand, startServer, type TestServer } from '../support/server.js';
import { SCHEMES, troublesOfLayout, type View, viewsOf, WIDTHS } from '../support/views.js';

/** Every view of the page, in light and dark, on a desktop, a tablet and a phone. */

const HEIGHT = 900;

let browser: TestBrowser;
let server: TestServer;
let views: readonly View[];

/** Resolves when a page has been drawn with this width, in CSS pixels. */
async function hasWidth(page: Page, width: number): Promise<void> {
  await page.waitForFunction(`innerWidth === ${width}`);
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}

describe('every view', { skip: NO_BROWSER }, () => {
  before(async () => {
    [browser, server] = await Promise.all([TestBrowser.launch(), startServer()]);
    const traffic = ['--sessions', '150', '--days', '0.9', '--seed', '7'];
    const sent = await runCommand('demo', '--endpoint', server.httpUrl, ...traffic);
    assert.equal(sent.code, 0, sent.stderr);
    await server.settled();
    views = await viewsOf(server);
  });
  after(async () => {
    await browser?.close();
    await server?.dispose();
  });

  it('fits its screen, cuts and covers no control, and is accessible, whatever the width and the colours', async (t) => {
    for (const { name, path, ready } of views) {
      await t.test(name, async () => {
        const opened = await browser.open({ viewport: { width: WIDTHS[0], height: HEIGHT } });
        const { page } = opened;
        const answer = await page.goto(server.httpUrl + path);
        await page.locator(ready).first().waitFor();
        const troubles: string[] = [];
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: HEIGHT });
          await hasWidth(page, width);
          for (const trouble of await troublesOfLayout(page)) troubles.push(`${width} px: ${trouble}`);
        }
        assert.deepEqual(troubles, []);
        // The narrow page in dark, then the wide one in light: colours and widths do not depend on each other.
        await page.emulateMedia({ colorScheme: SCHEMES[1] });
        await opened.assertAccessible();
        await page.emulateMedia({ colorScheme: SCHEMES[0] });
        await page.setViewportSize({ width: WIDTHS[0], height: HEIGHT });
        await opened.assertAccessible();
        // Of what does not exist, the browser itself logs the status.
        if (answer?.status() === 200 && !name.startsWith('unknown')) await opened.assertNoTrouble();
        await opened.close();
      });
    }
  });
});
