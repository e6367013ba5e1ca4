import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DatabaseSync } from '@photostructure/sqlite';
import { TestBrowser } from '../support/browser.js';
import { NO_BROWSER } from '../support/chromium.js';
import { makeTemporaryDirectory, startServer, type TestServer } from '../support/server.js';
import { tracesJson } from '../support/telemetry.js';

/**
 * A server that cannot make sessions of received telemetry because of a bug: it still accepts it, and reports
 * the problem.
 */

const NOW_NS = BigInt(Date.now()) * 1_000_000n;

const data = makeTemporaryDirectory();

async function send(server: TestServer, session: string, trace: string): Promise<void> {
  const span = { trace, span: '1', start: NOW_NS, end: NOW_NS + 1n, attributes: { 'session.id': session } };
  const response = await server.post('/v1/traces', tracesJson([span]));
  assert.equal(response.status, 200, await response.text());
}

const sessionIds = async (server: TestServer): Promise<string[]> => {
  const { items } = await server.get<{ items: { 'session.id': string }[] }>('/api/v1/sessions');
  return items.map((item) => item['session.id']);
};

const unfolded = async (server: TestServer): Promise<string | undefined> =>
  /^sojourn_records_unfolded (\d+)$/m.exec(await server.text('/metrics'))?.[1];

describe('a server that cannot make sessions of what it takes', () => {
  let server: TestServer;

  /** Adds a fault to the database of a stopped server, or removes it. */
  const alter = (sql: string): void => {
    const db = new DatabaseSync(join(data, 'sessions.sqlite'));
    db.exec(sql);
    db.close();
  };

  before(async () => {
    server = await startServer({ data });
    await send(server, 'before', '1');
    assert.equal(await server.stop(), 0);
    alter("CREATE TRIGGER fault BEFORE INSERT ON session BEGIN SELECT RAISE(ABORT, 'faulty'); END");
    server = await startServer({ data });
    await send(server, 'during', '2');
  });
  after(async () => {
    await server?.dispose();
    rmSync(data, { recursive: true });
  });

  it('says so in its readiness, which is ready, and in its metrics', async () => {
    const { status, reason } = await server.get<{ status: string; reason?: string }>('/readyz');
    assert.equal(status, 'ready', 'telemetry is taken');
    assert.match(String(reason), /sessions stay as they are until the next start/);
    assert.equal(await unfolded(server), '1');
    assert.deepEqual(await sessionIds(server), ['before']);
  });

  it('says so on its page', { skip: NO_BROWSER }, async () => {
    const browser = await TestBrowser.launch();
    try {
      const opened = await browser.open();
      await opened.page.goto(server.httpUrl);
      await opened.page.getByRole('alert').getByText('sessions stay as they are').waitFor();
      await opened.assertNoTrouble();
    } finally {
      await browser.close();
    }
  });

  it('has lost nothing when it is started without the fault', async () => {
    assert.equal(await server.stop(), 0);
    alter('DROP TRIGGER fault');
    server = await startServer({ data });
    assert.deepEqual((await sessionIds(server)).sort(), ['before', 'during']);
    const { status, reason } = await server.get<{ status: string; reason?: string }>('/readyz');
    assert.deepEqual([status, reason], ['ready', undefined]);
  });
});
