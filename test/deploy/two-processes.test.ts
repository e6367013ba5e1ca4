import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { EventStream } from '../support/event-stream.js';
import { type Nginx, startComposeNginx, type Upstream, withoutNginx } from '../support/nginx.js';
import { startPostgres, type TestPostgres, withoutPostgres } from '../support/postgres.js';
import { InstrumentedService } from '../support/senders.js';
import { startServer, type TestServer } from '../support/server.js';

/** What deploy/compose/docker-compose.yml starts, without Docker: PostgreSQL, two processes, nginx. */

const SENT = 20;

function upstreamOf({ httpUrl, grpcUrl }: TestServer): Upstream {
  return { http: new URL(httpUrl).host, grpc: new URL(grpcUrl).host };
}

describe('two processes over PostgreSQL behind nginx', { skip: withoutPostgres || withoutNginx }, () => {
  let postgres: TestPostgres;
  let servers: [TestServer, TestServer];
  let nginx: Nginx;
  let httpUrl: string;
  let grpcUrl: string;

  before(async () => {
    postgres = await startPostgres();
    const variables = { SOJOURN_STORE: await postgres.createDatabase() };
    servers = [await startServer({ variables }), await startServer({ variables })];
    ({ nginx, httpUrl, grpcUrl } = await startComposeNginx([upstreamOf(servers[0]), upstreamOf(servers[1])]));
  });
  after(async () => {
    await nginx?.dispose();
    for (const server of servers ?? []) await server.dispose();
    await postgres?.stop();
  });

  /** Sends a session of one span; resolves when it is acknowledged. */
  async function send(session: string, transport: 'proto' | 'grpc'): Promise<void> {
    const service = new InstrumentedService(
      { httpUrl, grpcUrl },
      { 'service.name': 'shop' },
      transport,
      'gzip',
    );
    service.tracer.startSpan('buy a book', { attributes: { 'session.id': session } }, ROOT_CONTEXT).end();
    await service.flush();
    await service.shutdown();
  }

  async function listed(url: string): Promise<string[]> {
    const response = await fetch(`${url}/api/v1/sessions?limit=100`);
    assert.equal(response.status, 200);
    const { items } = (await response.json()) as { items: { 'session.id': string }[] };
    return items.map((item) => item['session.id']).sort();
  }

  it('both show what either has taken in; the event stream has it too', async () => {
    const stream = await EventStream.open(`${httpUrl}/api/v1/sessions/stream`);
    const names = Array.from({ length: SENT }, (_, i) => `both-${i}`);
    try {
      await Promise.all(names.map((name, i) => send(name, i % 2 === 0 ? 'proto' : 'grpc')));
      const received = new Set<string>();
      while (received.size < SENT) {
        received.add((JSON.parse((await stream.next()).data) as { 'session.id': string })['session.id']);
      }
      assert.deepEqual([...received].sort(), [...names].sort());
    } finally {
      stream.close();
    }
    for (const server of servers) assert.deepEqual(await listed(server.httpUrl), [...names].sort());
    // nginx has used both.
    for (const server of servers) {
      const stored = /^sojourn_records_stored_total\S* (\d+)$/m.exec(await server.text('/metrics'));
      assert.ok(Number(stored?.[1]) > 0);
    }
  });

  it('goes on when one process is killed: nothing acknowledged is lost, and no sender gets an error', async () => {
    // Not the one that makes the sessions: the other one would wait until its lease has passed.
    const metrics = await servers[0].text('/metrics');
    const [killed, left] = /^sojourn_lane_held\S* 1$/m.test(metrics) ? [servers[1], servers[0]] : servers;
    const ended = killed.kill();
    for (let i = 0; i < SENT; i++) await send(`after-${i}`, 'proto');
    await ended;
    await left.settled();
    const found = (await listed(httpUrl)).filter((name) => name.startsWith('after-'));
    assert.equal(found.length, SENT);
  });
});
