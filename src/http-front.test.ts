import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { HttpFront } from './http-front.js';
import { urlOf } from './receiver/listen.js';
import { createTelemetry } from './telemetry.js';

const front = new HttpFront({
  host: '127.0.0.1',
  port: 0,
  allowedHosts: [],
  basePath: '',
  version: '1.2.3',
  telemetry: createTelemetry(),
  ready: () => ({ ready: false, reason: 'half of it is done' }),
});
after(() => front.close());

test('before there are handlers, probes are answered and other requests are asked to retry; then the same port answers', async () => {
  const url = urlOf(await front.listen(), 'http');
  const health = await fetch(`${url}/healthz`);
  assert.deepEqual([health.status, await health.json()], [200, { status: 'ok', version: '1.2.3' }]);
  const ready = await fetch(`${url}/readyz`);
  assert.deepEqual(
    [ready.status, await ready.json()],
    [503, { status: 'unavailable', reason: 'half of it is done' }],
  );
  for (const type of ['application/json', 'application/x-protobuf']) {
    const headers = { 'Content-Type': type };
    const sent = await fetch(`${url}/v1/traces`, { method: 'POST', headers, body: 'x'.repeat(100_000) });
    assert.deepEqual([sent.status, sent.headers.get('retry-after')], [503, '5']);
    assert.ok(sent.headers.get('content-type')?.startsWith(type));
    assert.match(await sent.text(), /not yet: half of it is done/);
  }
  const list = await fetch(`${url}/api/v1/sessions`);
  const { code, type, detail } = (await list.json()) as Record<string, string>;
  assert.deepEqual([list.status, list.headers.get('retry-after'), code], [503, '5', undefined]);
  assert.deepEqual([type, detail], ['/problems/query.unavailable', 'Not yet: half of it is done.']);
  assert.equal((await fetch(url, { headers: { Host: 'elsewhere.example' } })).status, 503);

  const http = await front.serve({
    handle: (request, response) => void response.end(`answer to ${request.url}`),
    methodsOf: () => ['GET'],
  });
  assert.equal(urlOf(http, 'http'), url);
  assert.equal(await (await fetch(`${url}/healthz`)).text(), 'answer to /healthz');
});

/** The status for a request that names its server so. `fetch` would not send this header. */
async function statusFor(port: number, host: string): Promise<number | undefined> {
  const sent = request({ host: '127.0.0.1', port, path: '/healthz', headers: { host }, agent: false });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

for (const [allowedHosts, elsewhere] of [
  [[], 200],
  [['sojourn.test'], 403],
] as const) {
  test(`on all addresses, with ${allowedHosts.length} allowed hosts, a foreign name gets ${elsewhere}`, async () => {
    const open = new HttpFront({
      host: '0.0.0.0',
      port: 0,
      allowedHosts,
      basePath: '',
      version: '1.2.3',
      telemetry: createTelemetry(),
      ready: () => ({ ready: true }),
    });
    try {
      const { port } = await open.listen();
      assert.equal(await statusFor(port, 'elsewhere.example'), elsewhere);
      assert.equal(await statusFor(port, 'sojourn.test:4318'), 200);
      assert.equal(await statusFor(port, 'localhost'), 200);
    } finally {
      await open.close();
    }
  });
}

test('below a base path the same requests are answered as without it, and no others', async () => {
  const below = new HttpFront({
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    basePath: '/tools/sojourn',
    version: '1.2.3',
    telemetry: createTelemetry(),
    ready: () => ({ ready: false }),
  });
  try {
    const url = urlOf(await below.listen(), 'http');
    const status = async (path: string): Promise<number> => (await fetch(url + path)).status;
    assert.deepEqual([await status('/tools/sojourn/healthz'), await status('/healthz')], [200, 200]);
    await below.serve({
      handle: (request, response) => void response.end(request.url),
      methodsOf: (path) => (path === '/known' ? ['GET'] : []),
    });
    for (const [path, seen] of [
      ['/tools/sojourn/sessions/a%2Fb?x=1', '/sessions/a%2Fb?x=1'],
      ['/tools/sojourn', '/'],
      ['/tools/sojourn?x=1', '/?x=1'],
      ['/tools/sojourn/tools/sojourn/a', '/tools/sojourn/a'],
      ['/tools/sojourner', '/tools/sojourner'],
      ['/api/v1/sessions', '/api/v1/sessions'],
    ]) {
      assert.equal(await (await fetch(url + path)).text(), seen, path);
    }
    // Node.js does not know this method, so the handlers are not asked.
    const { port } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('BREW /tools/sojourn/known HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 405 .*\r\n(?:.*\r\n)*Allow: GET\r\n/);
    socket.destroy();
  } finally {
    await below.close();
  }
});
