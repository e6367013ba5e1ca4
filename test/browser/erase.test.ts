import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { TestBrowser, type TestPage } from '../support/browser.js';
import { NO_BROWSER } from '../support/chromium.js';
import { startServer, type TestServer } from '../support/server.js';
import { tracesJson } from '../support/telemetry.js';

/** Erasing on the page, as an admin does it. */

const START_NS = BigInt(Date.now()) * 1_000_000n;

describe('erasing on the page', { skip: NO_BROWSER }, () => {
  let browser: TestBrowser;
  let server: TestServer;
  let opened: TestPage;
  before(async () => {
    [browser, server] = await Promise.all([TestBrowser.launch(), startServer()]);
    const spans = ['alone', 'first', 'second', 'other'].map((id, i) => ({
      trace: String(i + 1),
      span: '1',
      start: START_NS,
      end: START_NS,
      attributes: { 'session.id': id, 'user.id': id === 'other' ? 'bob' : 'ann' },
    }));
    const response = await server.post('/v1/traces', tracesJson(spans));
    assert.equal(response.status, 200, await response.text());
    opened = await browser.open();
  });
  after(async () => {
    await browser?.close();
    await server?.dispose();
  });

  const statusOf = async (id: string): Promise<number> =>
    (await server.fetch(`/api/v1/sessions/${id}`)).status;

  it('asks before it erases a session, and shows the job and its receipt', async () => {
    const { page } = opened;
    await page.goto(`${server.httpUrl}/sessions/alone`);
    await page.getByRole('button', { name: 'Erase…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Erase for good?' });
    await dialog.getByText('1 span in 1 trace').waitFor();
    await opened.assertAccessible();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await statusOf('alone'), 200);

    await page.getByRole('button', { name: 'Erase…' }).click();
    await dialog.getByRole('button', { name: 'Erase', exact: true }).click();
    await page.getByRole('status').filter({ hasText: 'Done' }).waitFor();
    await page.getByRole('link', { name: 'The signed receipt' }).waitFor();
    await opened.assertAccessible();
    assert.equal(await statusOf('alone'), 404);
    // The address of the job can be opened again.
    await page.reload();
    await page.getByText('1 session, with 1 span in 1 trace').waitFor();
  });

  it('erases all of a user', async () => {
    const { page } = opened;
    await page.goto(`${server.httpUrl}/sessions/first`);
    await page.getByRole('button', { name: 'Erase…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Erase for good?' });
    await dialog.getByLabel('All of ann: 2 sessions').check();
    await dialog.getByRole('button', { name: 'Erase', exact: true }).click();
    await page.getByRole('status').filter({ hasText: 'Done' }).waitFor();
    await page.getByRole('link', { name: 'All sessions' }).click();
    await page.locator('.table-body .row-link[title="other"]').waitFor();
    assert.equal(await page.locator('.table-body .row-link').count(), 1);
    assert.equal(await statusOf('second'), 404);
  });
});
