import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ScoreList } from '../../src/contract/score.js';
import { TestBrowser, type TestPage } from '../support/browser.js';
import { NO_BROWSER } from '../support/chromium.js';
import { startServer, type TestServer } from '../support/server.js';
import { tracesJson } from '../support/telemetry.js';

/** Feedback on the page. */

describe('thumbs on the page', { skip: NO_BROWSER }, () => {
  let browser: TestBrowser;
  let server: TestServer;
  let opened: TestPage;
  before(async () => {
    [browser, server] = await Promise.all([TestBrowser.launch(), startServer()]);
    const start = BigInt(Date.now()) * 1_000_000n;
    const message = JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: 'Hello.' }] }]);
    const call = {
      'session.id': 's',
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-5',
      'gen_ai.usage.input_tokens': 5,
      'gen_ai.usage.output_tokens': 2,
      'gen_ai.output.messages': message,
    };
    const spans = [{ trace: '1', span: '1', start, end: start + 1_000_000n, attributes: call }];
    const response = await server.post('/v1/traces', tracesJson(spans));
    assert.equal(response.status, 200, await response.text());
    opened = await browser.open();
  });
  after(async () => {
    await browser?.close();
    await server?.dispose();
  });

  const scores = async () => (await server.get<ScoreList>('/api/v1/sessions/s/scores')).items;

  it('are given, turned and taken back, for the session and for an answer', async () => {
    const { page } = opened;
    await page.goto(`${server.httpUrl}/sessions/s?view=conversation`);
    const session = page.getByRole('group', { name: 'Was this session helpful?' });
    await session.getByRole('button', { name: 'Helpful', exact: true }).click();
    await page.locator('.session-score').filter({ hasText: 'true 1' }).waitFor();
    assert.deepEqual(
      (await scores()).map(({ value, target }) => [value, target]),
      [[1, 'session']],
    );

    await session.getByRole('button', { name: 'Not helpful' }).click();
    await page.locator('.session-score').filter({ hasText: 'false 1' }).waitFor();
    assert.deepEqual(
      (await scores()).map(({ value }) => value),
      [0],
    );

    const answer = page.getByRole('group', { name: 'Was this answer helpful?' });
    await answer.getByRole('button', { name: 'Helpful', exact: true }).click();
    await page.locator('.session-score').filter({ hasText: 'true 1' }).waitFor();
    await opened.assertAccessible();

    await session.locator('button[aria-pressed="true"]').click();
    await page.locator('.session-score').filter({ hasText: 'false' }).waitFor({ state: 'detached' });
    assert.deepEqual(
      (await scores()).map(({ target }) => target),
      ['turn'],
    );
  });
});
