import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  type IncomingHttpHeaders,
} from 'node:http2';
import { type TestContext, test } from 'node:test';
import {
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  compressionAlgorithms,
  credentials,
  status as GrpcStatus,
  type ServiceError,
} from '@grpc/grpc-js';
import { AccessError } from '../access/access-error.js';
import { type Clock, systemClock } from '../clock.js';
import { exportResponse } from '../otlp/response.js';
import { ProtoReader } from '../otlp/wire.js';
import { type OtlpGrpcOptions, type OtlpGrpcServer, startGrpc } from './grpc.js';
import type { IngestOptions } from './ingest.js';
import { MESSAGES_AT_ONCE, SLOW_MESSAGE_MS } from './message-turns.js';
import {
  HeldStore,
  ManualClock,
  OPEN_ACCESS,
  spansProtobuf,
  type TestIngest,
  TRACE_ID,
  testIngest,
  UPLOAD_LIMITS,
} from './test-support.js';
import { type UploadLimits, Uploads } from './uploads.js';

const MAX_BYTES = 1 << 20;
const TRACES = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const LOGS = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
const METRICS = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';
const BAD_TRACE_ID = 'ab';

interface Fixture extends TestIngest {
  readonly server: OtlpGrpcServer;
  readonly uploads: Uploads;
  /** Bytes of unfinished messages that the server holds. */
  heldBytes(): number;
  /** A call with an answer in several messages. */
  watch(path: string, body: Uint8Array): ClientReadableStream<Buffer>;
  openReflection(version: string): ClientDuplexStream<Buffer, Buffer>;
  /** The answer to one reflection request. */
  reflect(version: string, question: Buffer): Promise<Buffer>;
  call(path: string, body: Uint8Array, gzip?: boolean): Promise<Buffer>;
  /** The error of a refused call. */
  refused(path: string, body: Uint8Array, gzip?: boolean): Promise<ServiceError>;
}

async function startTest(
  t: TestContext,
  options: Partial<IngestOptions> = {},
  maxConnections = 10,
  limits: Partial<UploadLimits> = {},
  clock: Clock = systemClock,
  access: OtlpGrpcOptions['access'] = OPEN_ACCESS,
): Promise<Fixture> {
  const fixture = testIngest(options);
  const { ingest, telemetry, failures } = fixture;
  let heldBytes = 0;
  const uploads = new Uploads({ ...UPLOAD_LIMITS, ...limits }, clock, (bytes) => {
    heldBytes = bytes;
  });
  const server = await startGrpc({
    host: '127.0.0.1',
    port: 0,
    ingest,
    access,
    addressOf: (peer, forwardedFor) => forwardedFor ?? peer,
    uploads,
    clock,
    telemetry,
    maxDecompressedBytes: MAX_BYTES,
    maxConnections,
    onFailure: (error) => failures.push(error),
  });
  const clientFor = (algorithm: compressionAlgorithms): Client =>
    new Client(`127.0.0.1:${server.port}`, credentials.createInsecure(), {
      'grpc.default_compression_algorithm': algorithm,
    });
  const plain = clientFor(compressionAlgorithms.identity);
  const gzipped = clientFor(compressionAlgorithms.gzip);
  t.after(async () => {
    plain.close();
    gzipped.close();
    await server.close();
  });
  const same = (bytes: Buffer): Buffer => bytes;
  const openReflection = (version: string): ClientDuplexStream<Buffer, Buffer> =>
    plain.makeBidiStreamRequest(
      `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
      same,
      same,
    );
  const reflect = async (version: string, question: Buffer): Promise<Buffer> => {
    const stream = openReflection(version);
    stream.end(question);
    const [answer] = (await once(stream, 'data')) as [Buffer];
    await once(stream.resume(), 'end');
    return answer;
  };
  const watch = (path: string, body: Uint8Array): ClientReadableStream<Buffer> =>
    plain.makeServerStreamRequest(path, same, same, Buffer.from(body));
  const call = (path: string, body: Uint8Array, gzip = false): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      (gzip ? gzipped : plain).makeUnaryRequest(path, same, same, Buffer.from(body), (error, answer) =>
        error ? reject(error) : resolve(answer!),
      );
    });
  const refused = (path: string, body: Uint8Array, gzip = false): Promise<ServiceError> =>
    call(path, body, gzip).then(
      () => assert.fail('was accepted'),
      (error: ServiceError) => error,
    );
  return {
    ...fixture,
    ...{ server, uploads, call, refused, watch, openReflection, reflect },
    heldBytes: () => heldBytes,
  };
}

/** google.rpc.RetryInfo.retry_delay in the trailer, seconds; undefined if it is missing. */
function retryDelay({ metadata }: ServiceError): number | undefined {
  const [trailer] = metadata.get('grpc-status-details-bin');
  if (trailer === undefined) return undefined;
  const field = (message: Uint8Array, number: number): Uint8Array => {
    const reader = new ProtoReader(message);
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === ((number << 3) | 2)) return reader.view();
      reader.skip(tag);
    }
    assert.fail(`no field ${number}`);
  };
  const any = field(trailer as Buffer, 3);
  assert.equal(Buffer.from(field(any, 1)).toString(), 'type.googleapis.com/google.rpc.RetryInfo');
  const duration = new ProtoReader(field(field(any, 2), 1));
  assert.equal(duration.tag(), 1 << 3);
  return duration.varint();
}

test('takes spans, logs and metrics', async (t) => {
  const { call, batches } = await startTest(t);
  assert.equal((await call(TRACES, spansProtobuf(TRACE_ID))).length, 0);
  assert.equal(batches[0]?.count, 1);
  assert.equal((await call(LOGS, new Uint8Array())).length, 0);
  assert.equal((await call(METRICS, new Uint8Array())).length, 0);
});

test('takes gzip', async (t) => {
  const { call, batches, metric } = await startTest(t);
  const body = spansProtobuf(...Array<string>(50).fill(TRACE_ID));
  assert.equal((await call(TRACES, body, true)).length, 0);
  assert.deepEqual(Buffer.from(batches[0]!.bytes), Buffer.from(body));
  assert.equal(
    await metric('sojourn_request_bytes_total{transport="grpc",form="decompressed"}'),
    body.length,
  );
  assert.equal(await metric('sojourn_requests_total{transport="grpc",signal="traces",status="OK"}'), 1);
});

test('reports what it did not keep', async (t) => {
  const { call } = await startTest(t);
  const message = '1 span rejected: 1 invalid trace id (must be 16 bytes, not all zero)';
  assert.deepEqual(
    new Uint8Array(await call(TRACES, spansProtobuf(TRACE_ID, BAD_TRACE_ID))),
    exportResponse('traces', 'protobuf', { rejected: 1, message }),
  );
});

test('refuses requests that are not OTLP, without a retry', async (t) => {
  const { refused, metric } = await startTest(t);
  const error = await refused(TRACES, Buffer.from('hello'));
  assert.equal(error.code, GrpcStatus.INVALID_ARGUMENT);
  assert.equal(retryDelay(error), undefined);
  assert.equal(
    await metric('sojourn_requests_total{transport="grpc",signal="traces",status="INVALID_ARGUMENT"}'),
    1,
  );
});

test('has no other services', async (t) => {
  const { refused } = await startTest(t);
  assert.equal((await refused('/other.Service/Export', new Uint8Array())).code, GrpcStatus.UNIMPLEMENTED);
});

test('refuses messages over the limit, and bombs', async (t) => {
  const { refused, call, batches } = await startTest(t, { maxPendingBytes: 2 * MAX_BYTES });
  const large = Buffer.alloc(MAX_BYTES + 1);
  for (const gzip of [false, true]) {
    const error = await refused(TRACES, large, gzip);
    assert.equal(error.code, GrpcStatus.RESOURCE_EXHAUSTED);
    assert.equal(retryDelay(error), undefined, 'sending it again will not help');
  }
  const bomb = await refused(TRACES, Buffer.alloc(64 << 20), true);
  assert.equal(bomb.code, GrpcStatus.RESOURCE_EXHAUSTED);
  assert.deepEqual(batches, []);
  await call(TRACES, spansProtobuf(TRACE_ID), true);
});

test('says when senders may retry', async (t) => {
  const store = new HeldStore();
  const body = spansProtobuf(TRACE_ID);
  const { call, refused, ingest } = await startTest(t, {
    append: store.append,
    maxPendingBytes: body.length,
  });
  const first = call(TRACES, body);
  await store.arrival();
  const overloaded = await refused(TRACES, body);
  assert.equal(overloaded.code, GrpcStatus.RESOURCE_EXHAUSTED);
  assert.equal(retryDelay(overloaded), 1);

  const drained = ingest.drain();
  const stopping = await refused(TRACES, body);
  assert.equal(stopping.code, GrpcStatus.UNAVAILABLE);
  assert.equal(retryDelay(stopping), 1);
  store.release();
  await Promise.all([first, drained]);
});

test('hides the details of an internal error', async (t) => {
  const { refused, failures } = await startTest(t, {
    decode: () => {
      throw new TypeError('secret');
    },
  });
  const error = await refused(TRACES, new Uint8Array());
  assert.equal(error.code, GrpcStatus.INTERNAL);
  assert.doesNotMatch(error.details, /secret/);
  assert.equal(failures.length, 1);
});

test('draining answers running requests and accepts no more', async (t) => {
  const store = new HeldStore();
  const { call, refused, server } = await startTest(t, { append: store.append });
  const first = call(TRACES, spansProtobuf(TRACE_ID));
  await store.arrival();
  const drained = server.drain();
  store.release();
  assert.equal((await first).length, 0);
  await drained;
  assert.equal((await refused(TRACES, new Uint8Array())).code, GrpcStatus.UNAVAILABLE);
});

test('accepts no more connections than allowed', async (t) => {
  const { call, refused } = await startTest(t, {}, 1);
  await call(TRACES, spansProtobuf(TRACE_ID));
  // The compressing client has a connection of its own.
  assert.equal((await refused(TRACES, spansProtobuf(TRACE_ID), true)).code, GrpcStatus.UNAVAILABLE);
  await call(TRACES, spansProtobuf(TRACE_ID));
});

test('rejects if the port is taken', async (t) => {
  const { server, ingest, telemetry } = await startTest(t);
  const options = {
    host: '127.0.0.1',
    port: server.port,
    ingest,
    access: OPEN_ACCESS,
    addressOf: (peer: string) => peer,
    uploads: new Uploads(UPLOAD_LIMITS, systemClock),
    clock: systemClock,
    telemetry,
    maxDecompressedBytes: MAX_BYTES,
  };
  await assert.rejects(startGrpc(options), /EADDRINUSE/);
});

test('wrong keys count for the address that proxies tell, and for that of the connection without any', async (t) => {
  const asked: { address: string; peer: string }[] = [];
  const { server } = await startTest(t, {}, 10, {}, systemClock, {
    admit: async ({ address, peer }) => {
      asked.push({ address, peer });
      throw new AccessError('invalid', 'there is no such API key');
    },
  });
  const client = session(t, server);
  for (const forwardedFor of [undefined, '203.0.113.7', '203.0.113.7, 10.0.0.1']) {
    const stream = client.request({
      ':method': 'POST',
      ':path': TRACES,
      'content-type': 'application/grpc',
      ...(forwardedFor !== undefined && { 'x-forwarded-for': forwardedFor }),
    });
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    assert.equal(Number(headers['grpc-status']), GrpcStatus.UNAUTHENTICATED);
    stream.resume();
  }
  assert.deepEqual(
    asked.map(({ address }) => address),
    ['127.0.0.1', '203.0.113.7', '203.0.113.7, 10.0.0.1'],
  );
  assert.deepEqual(new Set(asked.map(({ peer }) => peer)), new Set(['127.0.0.1']));
});

interface RawCall {
  readonly stream: ClientHttp2Stream;
  /** Status of the call, once it has one. */
  readonly status: Promise<number>;
}

/** A call whose frames are written by the test. */
function rawCall(session: ClientHttp2Session, path: string): RawCall {
  const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc' });
  stream.on('error', () => {});
  const status = new Promise<number>((resolve) => {
    const take = (headers: IncomingHttpHeaders): void => {
      if (headers['grpc-status'] !== undefined) resolve(Number(headers['grpc-status']));
    };
    stream.on('response', take).on('trailers', take).resume();
  });
  return { stream, status };
}

/** The prefix of a message of this many bytes. */
function prefix(length: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

function session(t: TestContext, server: OtlpGrpcServer): ClientHttp2Session {
  const made = connectHttp2(`http://127.0.0.1:${server.port}`).on('error', () => {});
  t.after(() => made.destroy());
  return made;
}

/** Resolves when the number of held bytes satisfies `isThere`. No time passes for the server meanwhile. */
async function held(fixture: Fixture, isThere: (bytes: number) => boolean): Promise<void> {
  for (;;) {
    // Starting another upload measures all others.
    const nothing = (): number => 0;
    fixture.uploads.beginMeasured(nothing, () => {})?.finish();
    if (isThere(fixture.heldBytes())) return;
    await new Promise(setImmediate);
  }
}

test('a stalled message is ended together with its connection; other connections are not', async (t) => {
  const clock = new ManualClock();
  const fixture = await startTest(t, {}, 10, {}, clock);
  const stalled = session(t, fixture.server);
  const { stream, status } = rawCall(stalled, TRACES);
  await new Promise((resolve) =>
    stream.write(Buffer.concat([prefix(100_000), Buffer.alloc(60_000)]), resolve),
  );
  await held(fixture, (bytes) => bytes >= 60_000);
  const closed = once(stalled, 'close');
  clock.advance(30_000);
  assert.equal(await status, GrpcStatus.UNAVAILABLE);
  assert.equal(fixture.heldBytes(), 0);
  assert.equal((await fixture.call(TRACES, spansProtobuf(TRACE_ID))).length, 0);
  clock.advance(1000);
  await closed;
  assert.equal((await fixture.call(TRACES, spansProtobuf(TRACE_ID))).length, 0);
});

test('a call with a complete message but no end counts and is ended too', async (t) => {
  const clock = new ManualClock();
  const fixture = await startTest(t, {}, 10, {}, clock);
  const body = spansProtobuf(...Array<string>(500).fill(TRACE_ID));
  const { stream, status } = rawCall(session(t, fixture.server), TRACES);
  stream.write(Buffer.concat([prefix(body.length), body]));
  await held(fixture, (bytes) => bytes === body.length);
  clock.advance(30_000);
  assert.equal(await status, GrpcStatus.UNAVAILABLE);
  assert.deepEqual(fixture.batches, []);
});

test('stalled messages make room for others', async (t) => {
  const clock = new ManualClock();
  const fixture = await startTest(t, {}, 30, { maxIncomingBytes: 200_000 }, clock);
  const stalled = Array.from({ length: 4 }, () => {
    const call = rawCall(session(t, fixture.server), TRACES);
    call.stream.write(Buffer.concat([prefix(100_000), Buffer.alloc(60_000)]));
    return call;
  });
  await held(fixture, (bytes) => bytes >= 240_000);
  clock.advance(1500);
  assert.equal((await fixture.call(TRACES, spansProtobuf(TRACE_ID))).length, 0);
  assert.equal(await Promise.race(stalled.map(({ status }) => status)), GrpcStatus.RESOURCE_EXHAUSTED);
});

test('a call for whose message there is no room is refused with a retry delay', async (t) => {
  const fixture = await startTest(t, {}, 10, { maxIncomingBytes: 1000 }, new ManualClock());
  const young = fixture.uploads.begin(() => {});
  young.add(1000);
  const error = await fixture.refused(TRACES, spansProtobuf(TRACE_ID));
  assert.equal(error.code, GrpcStatus.RESOURCE_EXHAUSTED);
  assert.equal(retryDelay(error), 1);
  young.finish();
  await fixture.call(TRACES, spansProtobuf(TRACE_ID));
});

const CHECK = '/grpc.health.v1.Health/Check';
const WATCH = '/grpc.health.v1.Health/Watch';
const SERVING = Buffer.from([8, 1]);
const NOT_SERVING = Buffer.from([8, 2]);

/** An encoded HealthCheckRequest. */
function healthRequest(service: string): Buffer {
  return Buffer.concat([Buffer.from([0x0a, service.length]), Buffer.from(service)]);
}

test('reports its health', async (t) => {
  const { call, refused } = await startTest(t);
  assert.deepEqual(await call(CHECK, new Uint8Array()), SERVING);
  const name = 'opentelemetry.proto.collector.trace.v1.TraceService';
  assert.deepEqual(await call(CHECK, healthRequest(name)), SERVING);
  assert.equal((await refused(CHECK, healthRequest('other.Service'))).code, GrpcStatus.NOT_FOUND);
  assert.equal((await refused(CHECK, Buffer.from('hello'))).code, GrpcStatus.INVALID_ARGUMENT);
  const listed = (await call('/grpc.health.v1.Health/List', new Uint8Array())).toString('latin1');
  assert.ok(listed.includes(name));
});

test('notifies watchers that it stops, and does not wait for them', async (t) => {
  const { server, watch } = await startTest(t);
  const [known, unknown] = [watch(WATCH, new Uint8Array()), watch(WATCH, healthRequest('other.Service'))];
  const [[first], [other]] = await Promise.all([once(known, 'data'), once(unknown, 'data')]);
  assert.deepEqual([first, other], [SERVING, Buffer.from([8, 3])]);
  const last = Promise.all([once(known, 'data'), once(unknown, 'data')]);
  await server.drain();
  assert.deepEqual(await last, [[NOT_SERVING], [NOT_SERVING]]);
});

test('describes itself, in both versions of reflection', async (t) => {
  const { reflect } = await startTest(t);
  for (const version of ['v1', 'v1alpha']) {
    // ServerReflectionRequest.list_services = "*"
    const answer = (await reflect(version, Buffer.from([0x3a, 1, 0x2a]))).toString('latin1');
    for (const service of [
      'grpc.health.v1.Health',
      'grpc.reflection.v1.ServerReflection',
      'grpc.reflection.v1alpha.ServerReflection',
      'opentelemetry.proto.collector.logs.v1.LogsService',
      'opentelemetry.proto.collector.metrics.v1.MetricsService',
      'opentelemetry.proto.collector.trace.v1.TraceService',
    ]) {
      assert.ok(answer.includes(service), service);
    }
  }
});

test('a reflection request that is no message is answered with an error, and the call ends', async (t) => {
  const { openReflection } = await startTest(t);
  for (const question of [Buffer.from('y.io/schemas'), Buffer.from([0x0a, 9])]) {
    const stream = openReflection('v1');
    stream.end(question);
    const [error] = (await once(stream, 'error')) as [ServiceError];
    assert.equal(error.code, GrpcStatus.INVALID_ARGUMENT);
    assert.match(error.details, /not a ServerReflectionRequest/);
  }
});

test('stops although a reflection call is open', async (t) => {
  const { server, openReflection } = await startTest(t);
  const open = openReflection('v1');
  open.write(Buffer.from([0x3a, 1, 0x2a]));
  await once(open, 'data');
  const ended = once(open, 'end');
  await server.drain();
  await ended;
});

test('messages are received in turns; a stalled one keeps others waiting for a second only', async (t) => {
  const clock = new ManualClock();
  const fixture = await startTest(t, {}, 10, {}, clock);
  const sender = session(t, fixture.server);
  const body = spansProtobuf(TRACE_ID);
  const begun = Array.from({ length: MESSAGES_AT_ONCE }, () => {
    const { stream, status } = rawCall(sender, TRACES);
    stream.write(Buffer.concat([prefix(body.length), body.subarray(0, 10)]));
    return { stream, status };
  });
  await held(fixture, (bytes) => bytes >= 10 * MESSAGES_AT_ONCE);
  let isAnswered = false;
  const late = fixture.call(TRACES, spansProtobuf(TRACE_ID)).finally(() => (isAnswered = true));
  const [first, ...others] = begun;
  await fixture.call(CHECK, healthRequest(''));
  assert.equal(isAnswered, false);
  // One that ends makes room at once, and so do those that are slow.
  first!.stream.end(body.subarray(10));
  assert.equal(await first!.status, GrpcStatus.OK);
  await late;
  const more = Array.from({ length: 2 * MESSAGES_AT_ONCE }, () => fixture.call(TRACES, body));
  clock.advance(SLOW_MESSAGE_MS);
  await Promise.all(more);
  for (const { stream } of others) stream.end(body.subarray(10));
  for (const { status } of others) assert.equal(await status, GrpcStatus.OK);
  assert.equal(fixture.heldBytes(), 0);
});

test('a sender is refused before its message is received while sessions are behind', async (t) => {
  let isBehind = true;
  const fixture = await startTest(t, { areSessionsBehind: () => isBehind });
  const { stream, status } = rawCall(session(t, fixture.server), TRACES);
  stream.write(prefix(100_000));
  assert.equal(await status, GrpcStatus.RESOURCE_EXHAUSTED);
  assert.equal(retryDelay(await fixture.refused(TRACES, spansProtobuf(TRACE_ID))), 1);
  isBehind = false;
  await fixture.call(TRACES, spansProtobuf(TRACE_ID));
  assert.equal(fixture.heldBytes(), 0);
});
