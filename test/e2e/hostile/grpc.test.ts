import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { status as GrpcStatus } from '@grpc/grpc-js';
import {
  CALL_LIMIT_MS,
  closed,
  frame,
  rawRequest,
  rawSpan,
  repeated,
  shareServer,
  TRACE_EXPORT,
} from '../../support/hostile.js';
import { gzipBomb } from '../../support/wire-bytes.js';

interface CallEnd {
  readonly httpStatus: number | undefined;
  readonly grpcStatus: number | undefined;
  readonly message: string;
}

/** Posts bytes over HTTP/2 like gRPC, valid or not. Rejects if the call does not end. */
async function rawCall(
  session: ClientHttp2Session,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<CallEnd> {
  const stream = session.request({
    ':method': 'POST',
    ':path': TRACE_EXPORT,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  const seen: Record<string, unknown> = {};
  stream
    .on('response', (each) => Object.assign(seen, each))
    .on('trailers', (each) => Object.assign(seen, each));
  stream.resume().end(body);
  await once(stream, 'close', { signal: AbortSignal.timeout(CALL_LIMIT_MS) });
  return {
    httpStatus: seen[':status'] as number | undefined,
    grpcStatus: seen['grpc-status'] === undefined ? undefined : Number(seen['grpc-status']),
    message: decodeURIComponent(String(seen['grpc-message'] ?? '')),
  };
}

describe('what is no gRPC is answered with a status', () => {
  const fixture = shareServer();
  let session: ClientHttp2Session;
  before(() => {
    session = connectHttp2(fixture.server.grpcUrl);
  });
  after(() => session?.destroy());

  const GZIP = { 'grpc-encoding': 'gzip' };
  const empty = new Uint8Array();
  const cases: [string, Uint8Array, Record<string, string>, number, RegExp][] = [
    ['no message', empty, {}, GrpcStatus.UNIMPLEMENTED, /no request message/],
    ['half a prefix', Buffer.from([0, 0]), {}, GrpcStatus.UNIMPLEMENTED, /no request message/],
    ['half a message', frame(0, Buffer.alloc(10), 100), {}, GrpcStatus.UNIMPLEMENTED, /no request message/],
    [
      'a message of 4 GiB',
      frame(0, empty, 2 ** 32 - 1),
      {},
      GrpcStatus.RESOURCE_EXHAUSTED,
      /larger than max/,
    ],
    ['two messages', repeated(frame(0, empty), 2), {}, GrpcStatus.UNIMPLEMENTED, /second request message/],
    ['an unknown flag', frame(0x7e, Buffer.from('{}')), {}, GrpcStatus.INVALID_ARGUMENT, /wire type/],
    ['gzip that does not say so', frame(1, gzipSync('')), {}, GrpcStatus.INVALID_ARGUMENT, /wire type/],
    ['what is no gzip', frame(1, Buffer.from('hello')), GZIP, GrpcStatus.INTERNAL, /decompress/],
    [
      'gzip that is cut off',
      frame(1, gzipSync('hello').subarray(0, -9)),
      GZIP,
      GrpcStatus.INTERNAL,
      /decompress/,
    ],
    ['snappy', frame(1, empty), { 'grpc-encoding': 'snappy' }, GrpcStatus.UNIMPLEMENTED, /encoding "snappy"/],
    [
      'a bomb of 1 GiB',
      frame(1, gzipBomb(1024)),
      GZIP,
      GrpcStatus.RESOURCE_EXHAUSTED,
      /decompresses to .* 67108864/,
    ],
    [
      'a time-out that is none',
      frame(0, empty),
      { 'grpc-timeout': 'soon' },
      GrpcStatus.INTERNAL,
      /grpc-timeout/,
    ],
    [
      'JSON',
      frame(0, Buffer.from('{}')),
      { 'content-type': 'application/grpc+json' },
      GrpcStatus.INVALID_ARGUMENT,
      /./,
    ],
    ['a wrong method', frame(0, empty), { ':path': `${TRACE_EXPORT}s` }, GrpcStatus.UNIMPLEMENTED, /Exports/],
    ['a wrong service', frame(0, empty), { ':path': '/v1/traces' }, GrpcStatus.UNIMPLEMENTED, /v1.traces/],
  ];
  for (const [name, body, headers, status, message] of cases) {
    it(name, async () => {
      const end = await rawCall(session, body, headers);
      assert.equal(end.grpcStatus, status, end.message);
      assert.match(end.message, message);
      // The connection still works.
      assert.equal((await rawCall(session, frame(0, rawRequest(rawSpan(name))))).grpcStatus, GrpcStatus.OK);
      fixture.kept.set(name, 1);
    });
  }

  it('another content type, with the status of HTTP', async () => {
    assert.equal((await rawCall(session, empty, { 'content-type': 'text/plain' })).httpStatus, 415);
  });

  it('what is no HTTP/2 ends the connection, and no other', async () => {
    const socket = connectTcp(Number(new URL(fixture.server.grpcUrl).port), '127.0.0.1');
    // It may be reset or ended.
    socket.on('error', () => {});
    socket.resume().write('POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}');
    await closed(socket);
    assert.equal((await rawCall(session, frame(0, new Uint8Array()))).grpcStatus, GrpcStatus.OK);
  });
});
