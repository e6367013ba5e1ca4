import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { EventStream } from '../support/event-stream.js';
import { freePort, type Nginx, startComposeNginx, withoutNginx } from '../support/nginx.js';
import { type Compression, InstrumentedService, RawGrpcSender, type Transport } from '../support/senders.js';
import { startServer, type TestServer } from '../support/server.js';

/**
 * deploy/compose/nginx.conf in a real nginx, in front of a running server. The first of its two processes is broken:
 * over HTTP it ends each connection once it has got a request, and for gRPC it is not there. Besides addresses and
 * paths one thing is changed: nginx always tries that process, and never leaves it out for some seconds.
 */

/** Larger than nginx allows by default, and than the buffers in which it keeps a body. */
const LARGE_TEXT = Array.from({ length: 250_000 }, (_, at) => (at * 2_654_435_761).toString(36)).join(' ');

describe('deploy/compose/nginx.conf', { skip: withoutNginx }, () => {
  let server: TestServer;
  let crashing: Server;
  let nginx: Nginx;
  let httpUrl: string;
  let grpcUrl: string;

  before(async () => {
    server = await startServer({ flags: ['--allowed-hosts', 'sojourn.example'] });
    crashing = createServer((socket) => {
      socket.on('error', () => {}).once('data', () => socket.destroy());
    }).listen(0, '127.0.0.1');
    await once(crashing, 'listening');
    const crashingPort = (crashing.address() as AddressInfo).port;
    const broken = { http: `127.0.0.1:${crashingPort}`, grpc: `127.0.0.1:${await freePort()}` };
    const working = { http: new URL(server.httpUrl).host, grpc: new URL(server.grpcUrl).host };
    ({ nginx, httpUrl, grpcUrl } = await startComposeNginx(
      [broken, working],
      [['max_fails=2 fail_timeout=5s', 'max_fails=0']],
    ));
  });
  after(async () => {
    await nginx?.dispose();
    crashing?.close();
    await server?.dispose();
  });

  async function send(
    session: string,
    transport: Transport,
    compression: Compression,
    text: string,
  ): Promise<void> {
    const service = new InstrumentedService(
      { httpUrl, grpcUrl },
      { 'service.name': 'shop' },
      transport,
      compression,
    );
    const attributes = { 'session.id': session, 'app.text': text };
    service.tracer.startSpan('buy a book', { attributes }, ROOT_CONTEXT).end();
    await service.flush();
    await service.shutdown();
  }

  async function fetchJson<T>(path: string): Promise<T> {
    const response = await fetch(httpUrl + path);
    assert.equal(response.status, 200, path);
    return (await response.json()) as T;
  }

  it('shows the page', async () => {
    const response = await fetch(httpUrl);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(await response.text(), /<div id="root">/);
  });

  for (const transport of ['proto', 'json', 'grpc'] as const) {
    for (const compression of ['none', 'gzip'] as const) {
      it(`takes telemetry: ${transport}, ${compression}, small and beyond a megabyte; the API has it`, async () => {
        const session = `${transport}-${compression}`;
        await send(session, transport, compression, 'short');
        await send(session, transport, compression, LARGE_TEXT);
        const { span_count } = await fetchJson<{ span_count: number }>(`/api/v1/sessions/${session}`);
        assert.equal(span_count, 2);
      });
    }
  }

  it('gives telemetry to the other process when one fails: no sender has to try again', async () => {
    const sender = new RawGrpcSender({ httpUrl, grpcUrl });
    try {
      for (let count = 0; count < 6; count++) {
        const headers = { 'content-type': 'application/json' };
        const { status } = await fetch(`${httpUrl}/v1/traces`, { method: 'POST', headers, body: '{}' });
        assert.equal(status, 200);
        await sender.export('traces', new Uint8Array());
      }
    } finally {
      sender.close();
    }
  });

  it('passes the event stream on as it comes', async () => {
    const stream = await EventStream.open(`${httpUrl}/api/v1/sessions/stream`);
    try {
      await send('live', 'proto', 'none', 'short');
      for (;;) {
        const { data } = await stream.next();
        if ((JSON.parse(data) as { 'session.id': string })['session.id'] === 'live') break;
      }
    } finally {
      stream.close();
    }
  });

  it('passes on the name that was asked for, which the server checks', async () => {
    const statusFor = async (host: string): Promise<number | undefined> => {
      const sent = request(`${httpUrl}/api/v1/sessions`, { headers: { host }, agent: false });
      sent.end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    };
    assert.equal(await statusFor('sojourn.example:4318'), 200);
    assert.equal(await statusFor('evil.example'), 403);
  });
});
