import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { continueIfExpected, createHttpServer } from './http-server.js';

/** Far more than the buffers of both sides. */
const LARGE = 32 << 20;

let server: Server;
let port: number;
before(async () => {
  server = createHttpServer({
    handle: (request, response) => {
      if (request.url === '/refuse') {
        // Like a simple handler: the body is not read.
        response.writeHead(413, { Connection: 'close', 'Content-Length': 7 }).end('refused');
        return;
      }
      continueIfExpected(request, response);
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk)).on('error', () => {});
      request.on('end', () =>
        response.end(`${request.url} ${request.headers.host} ${Buffer.concat(chunks).length}`),
      );
    },
    methodsOf: (path) => (path === '/known' ? ['GET', 'HEAD'] : []),
    lingerIdleMs: 300,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
after(() => {
  server.close();
  server.closeAllConnections();
});

interface Received {
  readonly text: string;
  /** How the connection broke; undefined if it was closed properly. */
  readonly error: string | undefined;
}

async function received(socket: Socket): Promise<Received> {
  let text = '';
  let error: string | undefined;
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', (fault: NodeJS.ErrnoException) => {
    error = fault.code;
  });
  await once(socket, 'close');
  return { text, error };
}

/** Writes everything before it reads anything. */
async function exchange(...pieces: readonly (string | Buffer)[]): Promise<Received> {
  const socket = connect({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  socket.pause();
  let error: string | undefined;
  const onError = (fault: NodeJS.ErrnoException): void => {
    error = fault.code;
  };
  socket.on('error', onError);
  for (const piece of pieces) {
    await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
  }
  const rest = received(socket);
  socket.resume();
  const { text, error: later } = await rest;
  return { text, error: error ?? later };
}

for (const [name, head] of [
  ['that says so', `POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: ${LARGE}\r\n\r\n`],
  ['of HTTP/1.0', `POST /refuse HTTP/1.0\r\nContent-Length: ${LARGE}\r\n\r\n`],
  [
    'that is closed after it',
    `POST /refuse HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${LARGE}\r\n\r\n`,
  ],
] as const) {
  test(`a refusal arrives at a sender that reads only after it has sent everything, ${name}`, async () => {
    const { text, error } = await exchange(head, Buffer.alloc(LARGE));
    assert.match(text, /^HTTP\/1\.1 413 [\s\S]*\r\n\r\nrefused$/);
    assert.equal(error, undefined);
  });
}

/** The problem document that is all of an answer's body. */
function problemIn(text: string): { type: string; instance: string; detail: string } {
  assert.match(text, /\r\nContent-Type: application\/problem\+json; charset=utf-8\r\n/);
  return JSON.parse(text.slice(text.indexOf('\r\n\r\n')));
}

test('a refusal arrives also if the head itself is too large', async () => {
  const { text, error } = await exchange(
    'GET /a?b HTTP/1.1\r\nHost: a\r\n',
    `X: ${'x'.repeat(4 << 20)}\r\n\r\n`,
  );
  assert.match(text, /^HTTP\/1\.1 431 [\s\S]*\r\nX-Request-Id: [\w-]{36}\r\n/);
  assert.equal(error, undefined);
  const { type, instance, detail } = problemIn(text);
  assert.deepEqual([type, instance], ['/problems/headers.too_large', '/a']);
  assert.match(detail, /more than 16384 bytes/);
});

test('a sender that stops in the middle is disconnected after a while', async () => {
  // Its own side stays open, like that of a hanging sender.
  const connected = once(server, 'connection') as Promise<[Socket]>;
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.write('POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhalf');
  const [[serverSide], [answer]] = await Promise.all([connected, once(socket, 'data')]);
  assert.match(String(answer), /^HTTP\/1\.1 413 /);
  if (!serverSide.destroyed) await once(serverSide, 'close');
  socket.destroy();
});

test('a request in absolute form is answered', async () => {
  const { text } = await exchange(
    'POST http://localhost:4318/a?b HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}',
  );
  assert.match(text, /^HTTP\/1\.1 200 [\s\S]*\/a\?b localhost:4318 2$/);
});

test('HTTP/1.0 without a Host is answered', async () => {
  const { text } = await exchange('POST /a HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}');
  assert.match(text, /^HTTP\/1\.1 200 [\s\S]*\/a undefined 2$/);
});

test('only the handler gives leave to send a body', async () => {
  const expecting = 'Host: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n';
  const taken = connect(port, '127.0.0.1');
  taken.write(`POST /a HTTP/1.1\r\n${expecting}`);
  const [interim] = await once(taken, 'data');
  assert.equal(String(interim), 'HTTP/1.1 100 Continue\r\n\r\n');
  taken.write('{}');
  const [answer] = await once(taken, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 200 /);
  taken.destroy();

  const refused = connect(port, '127.0.0.1');
  refused.write(`POST /refuse HTTP/1.1\r\n${expecting}`);
  assert.match((await received(refused)).text, /^HTTP\/1\.1 413 /, 'and no 100 before it');
});

test('a method that Node.js does not know is answered with the methods of the path', async () => {
  const known = await exchange('BREW /known?x HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.match(known.text, /^HTTP\/1\.1 405 Method Not Allowed\r\n[\s\S]*\r\nAllow: GET, HEAD\r\n/);
  assert.match(known.text, /"detail":"Use GET, HEAD instead of BREW\."/);
  assert.equal(known.error, undefined);
  assert.match((await exchange('BREW /unknown HTTP/1.1\r\nHost: a\r\n\r\n')).text, /^HTTP\/1\.1 404 /);
  assert.match((await exchange('CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n')).text, /^HTTP\/1\.1 404 /);
});

test('invalid HTTP is answered once, with 400', async () => {
  const { text, error } = await exchange('hello\r\n\r\n', 'and more\r\n'.repeat(10_000));
  assert.match(text, /^HTTP\/1\.1 400 Bad Request\r\nConnection: close\r\n/);
  assert.equal(problemIn(text).type, '/problems/request.invalid');
  assert.equal(error, undefined);
});
