import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { Alert } from '../../src/contract/alert.js';
import { makeTemporaryDirectory, startServer, type TestServer } from '../support/server.js';
import { tracesJson } from '../support/telemetry.js';

/** Alerts from the request to the receiver, with a process that is killed in between. */

describe('alerts', () => {
  const data = makeTemporaryDirectory();
  const flags = ['--webhook-hosts', '127.0.0.1'];
  const received: { type: string; data: { value?: number } }[] = [];
  const receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push(JSON.parse(Buffer.concat(chunks).toString()));
    response.end();
  });
  let server: TestServer;
  let url: string;
  before(async () => {
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    server = await startServer({ data, flags });
    const start = BigInt(Date.now() - 60_000) * 1_000_000n;
    const spans = ['a', 'b', 'c'].map((id, i) => ({
      trace: `${i + 1}`,
      span: '1',
      start,
      end: start + 1n,
      error: i === 0,
      resource: { 'service.name': 'shop' },
      attributes: { 'session.id': id },
    }));
    assert.equal((await server.post('/v1/traces', tracesJson(spans))).status, 200);
    await server.settled();
  });
  after(async () => {
    await server.stop();
    receiver.close();
    receiver.closeAllConnections();
    rmSync(data, { recursive: true, force: true });
  });

  const send = (method: string, path: string, body?: object): Promise<Response> =>
    server.fetch(path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const INPUT = {
    name: 'Errors',
    filters: 'service=shop',
    measure: 'error_share',
    operator: 'above',
    threshold: 0.3,
    window_minutes: 15,
  };

  test('an alert is made, tested, found after a kill, changed and deleted; the audit log says by whom', async () => {
    const made = await send('POST', '/api/v1/alerts', { ...INPUT, channel: { kind: 'webhook', url } });
    assert.equal(made.status, 201, await made.clone().text());
    const { secret, ...alert } = (await made.json()) as Alert;
    assert.match(secret!, /^whsec_[A-Za-z0-9+/]{32}$/);
    assert.equal(alert.state, 'new');
    const path = `/api/v1/alerts/${alert.id}`;
    const tested = await send('POST', `${path}/test`);
    assert.deepEqual(await tested.json(), { arrived: true, value: 1 / 3 });
    assert.deepEqual([received[0]?.type, received[0]?.data.value], ['alert.test', 1 / 3]);

    await server.kill();
    server = await startServer({ data, flags });
    const { state: _, ...kept } = await server.get<Alert>(path);
    const { state: _1, ...before } = alert;
    assert.deepEqual(
      {
        ...kept,
        evaluated_at: undefined,
        value: undefined,
        firing_since: undefined,
        last_message: undefined,
      },
      {
        ...before,
        evaluated_at: undefined,
        value: undefined,
        firing_since: undefined,
        last_message: undefined,
      },
    );
    const changed = await send('PUT', path, {
      ...INPUT,
      measure: 'cost_usd',
      enabled: false,
      channel: { kind: 'slack', url },
    });
    assert.deepEqual(((await changed.json()) as Alert).state, 'off');
    assert.equal((await send('DELETE', path)).status, 204);
    assert.equal((await send('DELETE', path)).status, 404);
    const { items } = await server.get<{ items: { action: string }[] }>('/api/v1/audit');
    assert.deepEqual(
      items.map(({ action }) => action).filter((action) => action.startsWith('alert.')),
      ['alert.deleted', 'alert.changed', 'alert.created'],
    );
  });

  test('addresses of the own network and unknown filters are refused', async () => {
    const refused = async (more: object): Promise<unknown> => {
      const response = await send('POST', '/api/v1/alerts', {
        ...INPUT,
        channel: { kind: 'webhook', url: 'https://hooks.example/' },
        ...more,
      });
      const { errors } = (await response.json()) as { errors?: { field: string }[] };
      return [response.status, errors?.map(({ field }) => field)];
    };
    const to = (url: string) => ({ channel: { kind: 'webhook', url } });
    assert.deepEqual(await refused(to('http://169.254.169.254/latest')), [400, ['channel.url']]);
    assert.deepEqual(await refused(to('https://localhost.example:1/')), [201, undefined]);
    assert.deepEqual(await refused({ filters: 'servise=a' }), [400, ['filters']]);
    assert.deepEqual(await refused({ filters: 'startTime=2026-01-01T00:00:00Z' }), [400, ['filters']]);
    assert.deepEqual(await refused({ measure: 'luck', window_minutes: 0.5 }), [
      400,
      ['measure', 'window_minutes'],
    ]);
  });
});
