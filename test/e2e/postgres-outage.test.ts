import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type FaultyProxy, startFaultyProxy } from '../support/faulty-proxy.js';
import { startPostgres, type TestPostgres, withoutPostgres } from '../support/postgres.js';
import { until } from '../support/postgres-exact.js';
import { startServer, type TestServer } from '../support/server.js';
import { SplitTraffic, type TelemetryRequest } from '../support/split-traffic.js';

/**
 * A network that swallows everything between a server and PostgreSQL, for longer than a sender may have to wait.
 * SOJOURN_OUTAGE_MS makes it last longer.
 */

const OUTAGE_MS = Number(process.env.SOJOURN_OUTAGE_MS ?? 0);
const ANSWER_LIMIT_MS = 20_000;
const REQUESTS = 5;

let postgres: TestPostgres;
let proxy: FaultyProxy;
let server: TestServer;

before(async () => {
  if (withoutPostgres !== false) return;
  postgres = await startPostgres();
  proxy = await startFaultyProxy(postgres);
  server = await startServer({ flags: ['--store', proxy.through(await postgres.createDatabase())] });
});
after(async () => {
  await server?.dispose();
  await proxy?.stop();
  await postgres?.stop();
});

const send = async ({ signal, body }: TelemetryRequest): Promise<number> => {
  const response = await server.post(`/v1/${signal}`, body);
  const answer = await response.text();
  // The message is text in the protobuf too.
  if (response.status === 503) assert.match(answer, /could not be stored: the database cannot be reached/);
  return response.status;
};

const isReady = async (): Promise<boolean> => (await server.fetch('/readyz')).status === 200;

test('senders get 503 in time, readiness tells it, and everything goes on', {
  skip: withoutPostgres,
}, async () => {
  const traffic = new SplitTraffic('outage');
  const requests = Array.from({ length: 2 * REQUESTS }, () => traffic.next());
  const [before, during] = [requests.slice(0, REQUESTS), requests.slice(REQUESTS)];
  for (const request of before) assert.equal(await send(request), 200);

  proxy.blackhole();
  const endMs = performance.now() + OUTAGE_MS;
  do {
    const beganMs = performance.now();
    const sent = Promise.all(during.map(send));
    await until('the outage is not reported', async () => !(await isReady()) || undefined);
    assert.deepEqual(
      await sent,
      during.map(() => 503),
    );
    const tookMs = performance.now() - beganMs;
    assert.ok(tookMs < ANSWER_LIMIT_MS, `a sender was answered after ${tookMs} ms`);
    assert.equal(await isReady(), false);
  } while (performance.now() < endMs);

  proxy.recover();
  await until('the server is not ready again', async () => (await isReady()) || undefined);
  for (const request of during) {
    await until('telemetry is not taken again', async () => {
      if ((await send(request)) === 200) return true;
      await delay(100);
      return undefined;
    });
  }
  const sent = requests.flatMap(({ spans, logs }) => [...spans, ...logs]);
  const expected = new Set(sent.map(({ attributes }) => attributes?.['session.id']).filter(Boolean));
  await until('sessions are missing', async () => {
    const { items } = await server.get<{ items: { 'session.id': string }[] }>('/api/v1/sessions?limit=1000');
    const listed = new Set(items.map((item) => item['session.id']));
    return [...expected].every((id) => listed.has(String(id))) || undefined;
  });
});
