import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib';
import { readWebFiles } from './files.js';
import { createWebPageHandler } from './handler.js';

const HTML = '<!doctype html><title>page</title>';
const SCRIPT = 'console.log(1);';

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

describe('the web page', () => {
  let folder: string;
  let server: Server;
  const measured: { route: string; status: string }[] = [];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sojourn-web-'));
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), HTML);
    writeFileSync(join(folder, 'index.html.br'), brotliCompressSync(HTML));
    writeFileSync(join(folder, 'index.html.gz'), gzipSync(HTML));
    writeFileSync(join(folder, 'assets', 'main-abc.js'), SCRIPT);
    const { handle } = createWebPageHandler(
      await readWebFiles(folder),
      { httpRequestSeconds: { observe: (labels) => void measured.push(labels) } },
      (path) => path === '/metrics',
    );
    server = createServer((request, response) => {
      if (!handle(request, response)) response.writeHead(418).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  async function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
    const { port } = server.address() as AddressInfo;
    const request = httpRequest({ port, host: '127.0.0.1', path, method, headers, agent: false });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return { status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) };
  }

  test('only its routes get the page, with any query', async () => {
    for (const path of [
      '/',
      '/?service=web',
      '/sessions/a%2Fb',
      '/sessions/..',
      '/jobs/er_1',
      '/traces/0af7',
      '/send',
      '/reference',
      '/tools',
      '/errors',
      '/index.html',
    ]) {
      const { status, headers, body } = await get(path);
      assert.equal(status, 200, path);
      assert.equal(headers['content-type'], 'text/html; charset=utf-8');
      assert.equal(body.toString(), HTML);
    }
    const others = [
      '/nothing',
      '/api/v1/sessions',
      '/metrics',
      '/sessions/',
      '/sessions/a/b',
      '/assets/',
      '/v1/traces',
    ];
    for (const path of [...others, '/assets/../index.html', '/index.html.br', '//', '/%2e%2e/package.json']) {
      assert.equal((await get(path)).status, 418, path);
    }
  });

  test('a browser is told that nothing is at an address; programs are left to the API', async () => {
    const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    for (const path of ['/nothing', '/sessions/', '/sessions/a/b', '/assets/old.js']) {
      const { status, body } = await get(path, browser);
      assert.deepEqual([status, body.toString()], [404, HTML], path);
      assert.equal((await get(path, { accept: '*/*' })).status, 418, path);
    }
    for (const path of ['/metrics', '/api/v1/nothing']) assert.equal((await get(path, browser)).status, 418);
    assert.equal((await get('/nothing', browser, 'POST')).status, 418);
  });

  test('no script, style or connection but its own is allowed, nor a frame around it', async () => {
    const { headers } = await get('/');
    const policy = headers['content-security-policy'] as string;
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self';/);
    assert.match(policy, /style-src 'self';/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
  });

  test('the smallest form that the client accepts is sent', async () => {
    const forms = [
      ['gzip, deflate, br', 'br'],
      ['GZIP;q=0.5, br;q=0', 'gzip'],
      ['br;q=0.0', undefined],
      ['identity', undefined],
    ] as const;
    for (const [accepted, encoding] of forms) {
      assert.equal(
        (await get('/', { 'accept-encoding': accepted })).headers['content-encoding'],
        encoding,
        accepted,
      );
    }
    const { headers, body } = await get('/', { 'accept-encoding': 'br' });
    assert.equal(brotliDecompressSync(body).toString(), HTML);
    assert.equal(headers.vary, 'Accept-Encoding');
    const head = await get('/', { 'accept-encoding': 'br' }, 'HEAD');
    assert.deepEqual([head.body.length, head.headers['content-length']], [0, String(body.length)]);
    const script = await get('/assets/main-abc.js', { 'accept-encoding': 'br' });
    assert.equal(script.headers['content-encoding'], undefined, 'compression gains nothing');
  });

  test('files named by their content are cached forever, the page itself is revalidated', async () => {
    const script = await get('/assets/main-abc.js');
    assert.equal(script.headers['cache-control'], 'public, max-age=31536000, immutable');
    const page = await get('/');
    assert.equal(page.headers['cache-control'], 'no-cache');
    const etag = page.headers.etag!;
    const known = await get('/', { 'if-none-match': `"other", W/${etag}` });
    assert.deepEqual([known.status, known.body.length], [304, 0]);
    assert.equal((await get('/', { 'if-none-match': etag, 'accept-encoding': 'br' })).status, 200);
  });

  test('answers are measured', () => {
    assert.deepEqual(measured[0], { route: 'web', status: '200' });
  });

  test('its paths allow no other method, and say so', async () => {
    for (const path of ['/', '/sessions/a', '/assets/main-abc.js']) {
      const { status, headers, body } = await get(path, {}, 'POST');
      assert.deepEqual([status, headers.allow], [405, 'GET, HEAD'], path);
      assert.equal(headers['content-type'], 'application/problem+json; charset=utf-8');
      const { type, detail } = JSON.parse(body.toString());
      assert.equal(type, '/problems/method.not_allowed');
      assert.match(detail, /^Use GET, HEAD instead of POST\. Telemetry is sent to \/v1\/traces, /);
    }
    assert.equal((await get('/other', {}, 'POST')).status, 418);
  });

  test('without a built page no request is answered', async () => {
    assert.equal((await readWebFiles(join(folder, 'missing'))).size, 0);
  });
});
