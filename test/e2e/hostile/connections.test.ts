import assert from 'node:assert/strict';
import { connect as connectHttp2, constants as http2 } from 'node:http2';
import { describe, it } from 'node:test';
import { encodeTraceRequest } from '../../otlp-oracle.js';
import {
  abortedRequests,
  assertUnharmed,
  closed,
  frame,
  goodSpan,
  isOk,
  MIB,
  openSocket,
  post,
  rawSpan,
  requestOf,
  sendGrpc,
  TRACE_EXPORT,
  until,
  useServer,
} from '../../support/hostile.js';
import { startServer } from '../../support/server.js';
import { field } from '../../support/wire-bytes.js';

describe('senders that disconnect or stall', () => {
  // Stalled connections must not delay the stop for longer than this.
  const fixture = useServer(['--shutdown-timeout', '200ms']);

  it('in the middle of a request leave no resources in use, and delay nobody', async () => {
    const { server, kept } = fixture;
    const body = encodeTraceRequest(requestOf([goodSpan('half')]));
    const head = (more: string): string =>
      `POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n${more}`;
    const sized = `Content-Length: ${body.length}\r\n\r\n`;
    const chunked = 'Transfer-Encoding: chunked\r\n\r\n';
    const half = Buffer.from(body.subarray(0, body.length / 2)).toString('latin1');
    const beginnings = [
      head(''),
      head(sized),
      head(sized) + half,
      `${head(chunked)}${(half.length + 1).toString(16)}\r\n${half}`,
      `${head(chunked)}${half.length.toString(16)}\r\n${half}\r\n`,
      head(`Content-Encoding: gzip\r\n${sized}`) + half,
    ];
    const isCounted = (beginning: string): boolean => beginning.includes('\r\n\r\n');
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        beginnings.map(async (beginning, i) => {
          const socket = await openSocket(server.httpUrl);
          await new Promise((resolve) => socket.write(beginning, 'latin1', resolve));
          if ((round + i) % 2 === 0) socket.resetAndDestroy();
          else socket.destroy();
        }),
      );
      const path = round % 2 === 0 ? 'whole' : 'also whole';
      assert.equal(
        (await post(server, '/v1/traces', encodeTraceRequest(requestOf([goodSpan(path)])))).status,
        200,
      );
    }
    kept.set('whole', 5).set('also whole', 5);
    const expected = 10 * beginnings.filter(isCounted).length;
    await until(
      async () => (await abortedRequests(server)) === expected,
      'every request that was broken off is counted',
    );
  });

  it('just before the end of large bodies block nobody', async () => {
    const { server, kept } = fixture;
    const length = 16 * MIB;
    // More than the server's limits of unfinished bodies, and of bodies that wait for the disk.
    const stalled = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const socket = await openSocket(server.httpUrl);
        const head = `POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n`;
        socket.write(`${head}Content-Length: ${length}\r\n\r\n`);
        await new Promise((resolve) => socket.write(Buffer.alloc(length - 1), resolve));
        return socket;
      }),
    );
    const large = field(1, field(2, field(2, rawSpan('large beside them', field(5, 'x'.repeat(MIB))))));
    // A sender retries a second later, as asked.
    await until(async () => {
      const response = await server.post('/v1/traces', large);
      await response.arrayBuffer();
      assert.ok(response.status === 200 || response.status === 429, `${response.status}`);
      return response.status === 200;
    }, 'others are served');
    for (let i = 0; i < 20; i++) {
      assert.equal(
        (await post(server, '/v1/traces', encodeTraceRequest(requestOf([goodSpan('beside them')])))).status,
        200,
      );
    }
    kept.set('large beside them', 1).set('beside them', 20);
    for (const socket of stalled) socket.destroy();
  });

  it('in the middle of a gRPC call leave no resources in use', async () => {
    const { server, grpc, kept } = fixture;
    const message = frame(0, encodeTraceRequest(requestOf([goodSpan('half')])));
    for (let i = 0; i < 20; i++) {
      const session = connectHttp2(server.grpcUrl);
      const stream = session.request({
        ':method': 'POST',
        ':path': TRACE_EXPORT,
        'content-type': 'application/grpc',
      });
      stream.on('error', () => {});
      session.on('error', () => {});
      await new Promise((resolve) => stream.write(message.subarray(0, message.length / 2), resolve));
      if (i % 2 === 0) stream.close(http2.NGHTTP2_CANCEL);
      session.destroy();
    }
    assert.ok(isOk(await sendGrpc(grpc, encodeTraceRequest(requestOf([goodSpan('grpc')])))));
    kept.set('grpc', 1);
  });

  it('that do not read their answers do no harm', async () => {
    const { server } = fixture;
    const sockets = await Promise.all(Array.from({ length: 20 }, () => openSocket(server.httpUrl)));
    for (const socket of sockets) {
      socket.pause();
      socket.write('GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(50));
    }
    await assertUnharmed(server);
    for (const socket of sockets) socket.destroy();
  });

  it('invalid HTTP is answered with 400, and request smuggling is refused', async () => {
    const { server } = fixture;
    for (const text of [
      'hello\r\n\r\n',
      'POST /v1/traces HTTP/9.9\r\n\r\n',
      'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n',
      'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}',
      'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
      'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(100_000)}\r\n\r\n`,
    ]) {
      const socket = await openSocket(server.httpUrl);
      let answer = '';
      socket.setEncoding('latin1').on('data', (data: string) => {
        answer += data;
      });
      socket.write(text);
      await closed(socket);
      // The connection of a body that is invalid in its middle may just be cut.
      if (!text.includes('zz')) assert.match(answer, /^HTTP\/1\.1 4\d\d /, text.slice(0, 80));
    }
  });

  it('do not keep the server from stopping', async () => {
    const server = await startServer({ flags: ['--shutdown-timeout', '200ms'] });
    try {
      const socket = await openSocket(server.httpUrl);
      socket.write('POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1');
      const session = connectHttp2(server.grpcUrl).on('error', () => {});
      const stream = session.request({
        ':method': 'POST',
        ':path': TRACE_EXPORT,
        'content-type': 'application/grpc',
      });
      stream.on('error', () => {}).write(Buffer.alloc(3));
      await server.text('/healthz');
      assert.equal(await server.stop(), 0);
      session.destroy();
    } finally {
      await server.dispose();
    }
  });
});
