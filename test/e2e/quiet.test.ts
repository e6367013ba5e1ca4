import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { makeTemporaryDirectory, startServer, type TestServer } from '../support/server.js';
import { traceId, tracesJson } from '../support/telemetry.js';

/** `--quiet-routes`, from the command line to the answers. */

interface Page {
  readonly items: readonly { readonly 'session.id': string }[];
}

async function idsOf(server: TestServer, query = ''): Promise<string[]> {
  const { items } = await server.get<Page>(`/api/v1/sessions${query}`);
  return items.map((item) => item['session.id']).sort();
}

test('health checks are kept and not listed, until the setting says otherwise', async () => {
  const data = makeTemporaryDirectory();
  try {
    const first = await startServer({ data });
    const now = BigInt(Date.now()) * 1_000_000n;
    const request = (trace: string, path: string) => ({
      trace,
      span: '1',
      kind: 2,
      start: now,
      end: now + 1000n,
      attributes: { 'http.request.method': 'GET', 'url.path': path },
    });
    const [check, visit] = [traceId('a'), traceId('b')];
    const body = tracesJson([request('a', '/healthz'), request('b', '/cart')]);
    assert.equal((await first.post('/v1/traces', body)).status, 200);
    await first.settled();
    assert.deepEqual(await idsOf(first), [visit]);
    assert.deepEqual(await idsOf(first, '?implicit=true&minSpans=1'), [visit]);
    const statistics = await first.get<{ total_sessions: number }>('/api/v1/sessions/stats?bots=false');
    assert.equal(statistics.total_sessions, 1);
    const session = await first.get<{ span_count: number }>(`/api/v1/sessions/${check}`);
    assert.equal(session.span_count, 1);
    await first.stop();

    const second = await startServer({ data, flags: ['--quiet-routes', 'none'] });
    assert.deepEqual(await idsOf(second), [check, visit]);
    await second.stop();

    const third = await startServer({ data, variables: { SOJOURN_QUIET_ROUTES: 'default,/cart' } });
    assert.deepEqual(await idsOf(third), []);
    await third.stop();
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
});
