import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  Client,
  compressionAlgorithms,
  credentials,
  status as GrpcStatus,
  type ServiceError,
} from '@grpc/grpc-js';
import { exportResponse } from '../otlp/response.js';
import { ProtoReader } from '../otlp/wire.js';
import { type OtlpGrpcServer, startGrpc } from './grpc.js';
import type { IngestOptions } from './ingest.js';
import { HeldStore, spansProtobuf, type TestIngest, TRACE_ID, testIngest } from './test-support.js';

const MAX_BYTES = 1 << 20;
const TRACES = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const LOGS = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
const METRICS = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';
const BAD_TRACE_ID = 'ab';

interface Fixture extends TestIngest {
  readonly server: OtlpGrpcServer;
  call(path: string, body: Uint8Array, gzip?: boolean): Promise<Buffer>;
  /** The error that a call is answered with. */
  refused(path: string, body: Uint8Array, gzip?: boolean): Promise<ServiceError>;
}

async function startTest(
  t: TestContext,
  options: Partial<IngestOptions> = {},
  maxConnections = 10,
): Promise<Fixture> {
  const fixture = testIngest(options);
  const { ingest, telemetry, failures } = fixture;
  const server = await startGrpc({
    host: '127.0.0.1',
    port: 0,
    ingest,
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
  const call = (path: string, body: Uint8Array, gzip = false): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const same = (bytes: Buffer): Buffer => bytes;
      (gzip ? gzipped : plain).makeUnaryRequest(path, same, same, Buffer.from(body), (error, answer) =>
        error ? reject(error) : resolve(answer!),
      );
    });
  const refused = (path: string, body: Uint8Array, gzip = false): Promise<ServiceError> =>
    call(path, body, gzip).then(
      () => assert.fail('was accepted'),
      (error: ServiceError) => error,
    );
  return { ...fixture, server, call, refused };
}

/** google.rpc.RetryInfo.retry_delay in the trailer, seconds; undefined where there is none. */
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

test('tells what it did not keep', async (t) => {
  const { call } = await startTest(t);
  const message = '1 span rejected: 1 invalid trace id (must be 16 bytes, not all zero)';
  assert.deepEqual(
    new Uint8Array(await call(TRACES, spansProtobuf(TRACE_ID, BAD_TRACE_ID))),
    exportResponse('traces', 'protobuf', { rejected: 1, message }),
  );
});

test('refuses what is no OTLP, and is not asked again', async (t) => {
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

test('tells senders when to come again', async (t) => {
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

test('hides the details of a fault of its own', async (t) => {
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

test('draining answers what is under way and takes no more', async (t) => {
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

test('takes no more connections than it may have', async (t) => {
  const { call, refused } = await startTest(t, {}, 1);
  await call(TRACES, spansProtobuf(TRACE_ID));
  // The client that compresses has a connection of its own.
  assert.equal((await refused(TRACES, spansProtobuf(TRACE_ID), true)).code, GrpcStatus.UNAVAILABLE);
  await call(TRACES, spansProtobuf(TRACE_ID));
});

test('rejects where the port is taken', async (t) => {
  const { server, ingest, telemetry } = await startTest(t);
  const options = {
    host: '127.0.0.1',
    port: server.port,
    ingest,
    telemetry,
    maxDecompressedBytes: MAX_BYTES,
  };
  await assert.rejects(startGrpc(options), /EADDRINUSE/);
});
