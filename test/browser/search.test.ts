import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { TestBrowser, type TestPage } from '../support/browser.js';
import { NO_BROWSER } from '../support/chromium.js';
import { startServer, type TestServer } from '../support/server.js';
import { chatSpan, tracesJson } from '../support/telemetry.js';

/** The search field of the list, as people use it. */

let browser: TestBrowser;
let server: TestServer;
let opened: TestPage;

/** A session of one call of a model. */
function said(number: number, text: string): string {
  const messages = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: text }] }]);
  return tracesJson([
    chatSpan(number, { 'session.id': `session-${number}`, 'gen_ai.input.messages': messages }),
  ]);
}

describe('the search of the page', { skip: NO_BROWSER }, () => {
  before(async () => {
    [browser, server] = await Promise.all([TestBrowser.launch(), startServer()]);
    for (const [i, text] of [
      'Where is my parcel?',
      'I want a refund, the coat was torn',
      '我想退款',
    ].entries())
      assert.equal((await server.post('/v1/traces', said(i + 1, text))).status, 200);
    await server.settled();
    opened = await browser.open({});
    await opened.page.goto(`${server.httpUrl}/?range=all`);
  });
  after(async () => {
    await browser.close();
    await server.dispose();
  });

  it('finds the session in which something was said, shows the words, and leads there', async () => {
    const { page } = opened;
    await page.locator('.table-body .row-link').nth(2).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('REFUND');
    await page.keyboard.press('Enter');
    const match = page.locator('.table-body .match-link');
    await match.waitFor();
    assert.equal(await page.locator('.table-body .row-link').count(), 1);
    assert.equal(await match.textContent(), 'userI want a refund, the coat was torn');
    assert.equal(await match.locator('mark').textContent(), 'refund');
    assert.match(page.url(), /[?&]q=REFUND/);
    if (process.env.SOJOURN_SCREENSHOTS !== undefined)
      await page.screenshot({ path: `${process.env.SOJOURN_SCREENSHOTS}/search.png` });
    await match.click();
    await page.getByText('the coat was torn').first().waitFor();
    assert.match(page.url(), /view=conversation&span=[0-9a-f]{16}|span=[0-9a-f]{16}&view=conversation/);
    await page.goBack();
    assert.equal(await page.getByRole('searchbox').inputValue(), 'REFUND');
  });

  it('says how to search while the field is empty, by examples that go into it', async () => {
    const { page } = opened;
    await page.getByRole('searchbox').fill('');
    await page.keyboard.press('Escape');
    const help = page.getByRole('region', { name: 'How to search' });
    await help.waitFor({ state: 'detached' });
    await page.getByRole('searchbox').blur();
    await page.keyboard.press('/');
    await help.getByRole('button', { name: 'in:assistant' }).click();
    assert.equal(await page.getByRole('searchbox').inputValue(), 'refund in:assistant');
    assert.ok(
      await page.getByRole('searchbox').evaluate((field) => field === field.ownerDocument.activeElement),
    );
    await help.waitFor({ state: 'detached' });
    await page.getByRole('searchbox').fill('');
    await help.waitFor();
    await page.keyboard.press('Tab');
    await help.getByRole('button').first().press('Enter');
    assert.equal(await page.getByRole('searchbox').inputValue(), 'refund order');
  });

  it('says what is wrong with a query, and is emptied', async () => {
    const { page } = opened;
    await page.getByRole('searchbox').fill('-refund');
    await page.keyboard.press('Enter');
    await page
      .getByText(/at least one word to find/)
      .first()
      .waitFor();
    assert.equal(await page.getByRole('button', { name: 'Try again' }).count(), 0);
    await page.getByRole('searchbox').fill('');
    await page.locator('.table-body .row-link').nth(2).waitFor();
    assert.doesNotMatch(page.url(), /[?&]q=/);
  });
});
