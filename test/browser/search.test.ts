import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { TestBrowser, type TestPage, untilEqual } from '../support/browser.js';
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

const START = BigInt(Date.parse('2026-03-01T08:00:00Z')) * 1_000_000n;

/** A page, and two requests of a service, all with the same name. */
const CHECKOUTS = tracesJson(
  [
    { name: 'documentLoad', resource: 'web', attributes: { 'url.full': 'https://shop.example/checkout' } },
    { name: 'POST /checkout', resource: 'checkout', attributes: { 'http.route': '/checkout' } },
    { name: 'POST /checkout', resource: 'checkout', attributes: { 'http.route': '/checkout' } },
  ].map(({ name, resource, attributes }, i) => ({
    trace: `c${i + 1}`,
    span: `c${i + 1}`,
    name,
    kind: name === 'documentLoad' ? 1 : 2,
    start: START,
    end: START + 1_000_000n,
    resource: { 'service.name': resource },
    attributes: { 'session.id': `checkout-${i}`, ...attributes },
  })),
);

/** The words of a text with single spaces between them. */
function words(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

describe('the search of the page', { skip: NO_BROWSER }, () => {
  before(async () => {
    [browser, server] = await Promise.all([TestBrowser.launch(), startServer()]);
    for (const [i, text] of [
      'Where is my parcel?',
      'I want a refund, the coat was torn',
      '我想退款',
      `${'so many words before it '.repeat(4)}zebra`,
    ].entries())
      assert.equal((await server.post('/v1/traces', said(i + 1, text))).status, 200);
    assert.equal((await server.post('/v1/traces', CHECKOUTS)).status, 200);
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

  it('shows the found word on a phone, however much is said before it', async () => {
    const { page } = opened;
    await page.setViewportSize({ width: 360, height: 700 });
    await page.goto(`${server.httpUrl}/?range=all&q=zebra`);
    const mark = page.locator('.match-link mark');
    const { x, width } = (await mark.boundingBox())!;
    const cell = (await page.locator('.cell-match').boundingBox())!;
    assert.ok(x + width <= cell.x + cell.width, `${x + width} of ${cell.x + cell.width}`);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it('says which other things have the name that is typed, each with its sessions', async () => {
    const { page } = opened;
    await page.goto(`${server.httpUrl}/?range=all`);
    await page.locator('.table-body .row-link').nth(2).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('checkout');
    const others = page.getByRole('region', { name: 'Filters of this name' });
    await others.waitFor();
    await untilEqual(
      async () =>
        await others
          .getByRole('button')
          .allInnerTexts()
          .then((texts) => texts.map(words)),
      ['Page /checkout… 1', 'Service checkout 2', 'Route /checkout 2'],
    );
    await opened.assertAccessible();
    await others.getByRole('button', { name: /^Service/ }).click();
    await page.getByRole('button', { name: /Service.*checkout/ }).waitFor();
    assert.match(page.url(), /[?&]service=/);
    assert.doesNotMatch(page.url(), /[?&]q=/);
    assert.equal(await page.locator('.table-body .row-link').count(), 2);

    await page.goto(`${server.httpUrl}/?range=all`);
    await page.locator('.table-body .row-link').nth(2).waitFor();
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.keyboard.type('checkout');
    await page
      .getByRole('dialog', { name: 'Add a filter' })
      .getByRole('button', { name: '/checkout…' })
      .press('Enter');
    await untilEqual(async () => await page.locator('.table-body .row-link').count(), 1);
    assert.match(page.url(), /[?&]url=/);
    await page.goto(`${server.httpUrl}/?range=all`);
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
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await page.getByRole('searchbox').inputValue(), 'refund order');
  });

  it('says what is wrong with a query, and is emptied', async () => {
    const { page } = opened;
    await page.getByRole('searchbox').fill('-refund');
    await page.keyboard.press('Enter');
    const problem = page.getByText(/at least one word to find/);
    await problem.waitFor();
    const field = page.getByRole('searchbox');
    assert.equal(await field.getAttribute('aria-describedby'), await problem.getAttribute('id'));
    assert.equal(await field.inputValue(), '-refund');
    assert.equal(await page.getByRole('button', { name: 'Try again' }).count(), 0);
    await opened.assertAccessible();
    await page.getByRole('searchbox').fill('');
    await page.locator('.table-body .row-link').nth(2).waitFor();
    assert.doesNotMatch(page.url(), /[?&]q=/);
  });
});
