import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Alert } from '../../src/contract/alert.js';
import { TestBrowser, type TestPage } from '../support/browser.js';
import { NO_BROWSER } from '../support/chromium.js';
import { startServer, type TestServer } from '../support/server.js';
import { tracesJson } from '../support/telemetry.js';

/** Alerts on the page, as an admin makes them. */

describe('alerts on the page', { skip: NO_BROWSER }, () => {
  const receiver = createServer((request, response) => {
    request.resume();
    response.end();
  });
  let browser: TestBrowser;
  let server: TestServer;
  let opened: TestPage;
  let url: string;
  before(async () => {
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    [browser, server] = await Promise.all([
      TestBrowser.launch(),
      startServer({ flags: ['--webhook-hosts', '127.0.0.1'] }),
    ]);
    const start = BigInt(Date.now()) * 1_000_000n;
    const spans = [
      {
        trace: '1',
        span: '1',
        start,
        end: start,
        resource: { 'service.name': 'shop' },
        attributes: { 'session.id': 's' },
      },
    ];
    const response = await server.post('/v1/traces', tracesJson(spans));
    assert.equal(response.status, 200, await response.text());
    opened = await browser.open();
  });
  after(async () => {
    await browser?.close();
    await server?.dispose();
    receiver.close();
    receiver.closeAllConnections();
  });

  it('are made from the filters of the list, tested, changed and deleted', async () => {
    const { page } = opened;
    await page.goto(`${server.httpUrl}/?service=shop`);
    await page.getByRole('link', { name: 'Alert under these filters' }).click();
    const form = page.getByRole('form', { name: 'New alert' });
    assert.equal(
      await form.getByLabel('Filters, as in the address of the list').inputValue(),
      'service=shop',
    );
    await form.getByLabel('Name').fill('Too many');
    await form.getByLabel('Measure').selectOption('Sessions');
    await form.getByLabel('At this address').fill('http://10.0.0.1/');
    await opened.assertAccessible();
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Use another address').waitFor();
    await form.getByLabel('At this address').fill(url);
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/^whsec_/).waitFor();
    await page.getByRole('button', { name: 'Done' }).click();

    const item = page.getByRole('listitem').filter({ hasText: 'Too many' });
    await item.getByText('Sessions above 0.05 over 15 min').waitFor();
    await item.getByRole('button', { name: 'Send a test' }).click();
    await item.getByText('The test arrived.').waitFor();
    await opened.assertAccessible();

    await item.getByRole('button', { name: 'Change' }).click();
    const change = page.getByRole('form', { name: 'Change the alert' });
    await change.getByLabel('Threshold').fill('7');
    await change.getByRole('button', { name: 'Save' }).click();
    await item.getByText('Sessions above 7 over 15 min').waitFor();
    const { items } = await server.get<{ items: Alert[] }>('/api/v1/alerts');
    assert.deepEqual([items[0]?.filters, items[0]?.threshold], ['service=shop', 7]);

    await item.getByRole('button', { name: 'Delete' }).click();
    await item.getByRole('button', { name: 'Delete for good' }).click();
    await item.waitFor({ state: 'detached' });
  });
});
