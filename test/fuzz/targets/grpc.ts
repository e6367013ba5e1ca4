import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import { status as GrpcStatus } from '@grpc/grpc-js';
import { systemClock } from '../../../src/clock.js';
import type { Signal } from '../../../src/otlp/decode.js';
import { startGrpc } from '../../../src/receiver/grpc.js';
import { OPEN_ACCESS, testIngest, UPLOAD_LIMITS } from '../../../src/receiver/test-support.js';
import { Uploads } from '../../../src/receiver/uploads.js';
import { anyOf, mutateBytes, replaced } from '../mutate-bytes.js';
import { mutateProtobuf } from '../mutate-protobuf.js';
import type { FuzzTarget, Mutator } from '../target.js';
import { randomSeeds } from './otlp-seeds.js';

const MAX_BYTES = 1 << 16;
/** Two bytes before the frames: the method, and the headers. */
const HEAD_BYTES = 2;
const PREFIX_BYTES = 5;
const COLLECTOR = '/opentelemetry.proto.collector';
const METHODS: readonly (readonly [path: string, signal: Signal | undefined])[] = [
  [`${COLLECTOR}.trace.v1.TraceService/Export`, 'traces'],
  [`${COLLECTOR}.logs.v1.LogsService/Export`, 'logs'],
  [`${COLLECTOR}.metrics.v1.MetricsService/Export`, 'metrics'],
  ['/grpc.health.v1.Health/Check', undefined],
  ['/grpc.health.v1.Health/List', undefined],
  ['/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', undefined],
  ['/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo', undefined],
  ['/no.such.Service/Method', undefined],
];
const ENCODINGS = [{}, { 'grpc-encoding': 'gzip' }, { 'grpc-encoding': 'zstd' }, { 'grpc-timeout': '10S' }];
/** What a sender may be told of bytes that are wrong. */
const ANSWERS: readonly number[] = [
  ...[GrpcStatus.OK, GrpcStatus.INVALID_ARGUMENT, GrpcStatus.NOT_FOUND, GrpcStatus.RESOURCE_EXHAUSTED],
  ...[GrpcStatus.UNIMPLEMENTED, GrpcStatus.INTERNAL],
];
const ANSWER_LIMIT_MS = 30_000;

/** Changes the message in the first frame as a message, and keeps the frame right around it. */
const mutateMessage: Mutator = (input, random, other) => {
  const message = mutateProtobuf(
    input.subarray(HEAD_BYTES + PREFIX_BYTES),
    random,
    other.subarray(HEAD_BYTES + PREFIX_BYTES),
  );
  return replaced(input, HEAD_BYTES, input.length, frame(message));
};

/**
 * The body of a gRPC call on the real server: it gets one answer, with a status that its sender understands. A frame
 * with a request is answered like the same bytes elsewhere: it is accepted if it can be decoded.
 */
export async function openGrpc(): Promise<FuzzTarget> {
  const fixture = testIngest({ maxPendingBytes: 1 << 24, maxAtWorkBytes: 1 << 24 });
  const { ingest, telemetry, failures, batches, contexts, decode } = fixture;
  const server = await startGrpc({
    ...{ host: '127.0.0.1', port: 0, ingest, access: OPEN_ACCESS, clock: systemClock, telemetry },
    ...{ uploads: new Uploads(UPLOAD_LIMITS, systemClock), maxDecompressedBytes: MAX_BYTES },
    addressOf: (peer) => peer,
    onFailure: (error) => void failures.push(error),
  });
  let client: ClientHttp2Session | undefined;
  const session = (): ClientHttp2Session => {
    if (client === undefined || client.closed || client.destroyed) {
      client = connect(`http://127.0.0.1:${server.port}`);
      client.on('error', () => {});
    }
    return client;
  };
  const seeds = METHODS.flatMap(([, signal], method) =>
    (signal === undefined ? [Buffer.from([0x0a, 0])] : randomSeeds(signal).slice(0, 8)).map((message) =>
      Uint8Array.from(Buffer.concat([Buffer.of(method, 0), frame(message)])),
    ),
  );
  return {
    seeds,
    mutate: anyOf({ weight: 2, mutate: mutateMessage }, { weight: 1, mutate: mutateBytes }),
    run: async (input) => {
      const [method = 0, encoding = 0] = input;
      const [path, signal] = METHODS[method % METHODS.length]!;
      const headers = ENCODINGS[encoding % ENCODINGS.length]!;
      const body = Buffer.from(input.subarray(HEAD_BYTES));
      const status = await statusOf(session(), path, headers, body);
      assert.deepEqual(failures.splice(0), [], 'an internal failure');
      batches.length = 0;
      assert.ok(ANSWERS.includes(status), `status ${status}`);
      const isOneFrame =
        body.length >= PREFIX_BYTES && body[0] === 0 && body.readUInt32BE(1) === body.length - PREFIX_BYTES;
      if (signal === undefined || !isOneFrame || 'grpc-encoding' in headers) return;
      let expected: number = GrpcStatus.OK;
      try {
        await decode(signal, 'protobuf', Uint8Array.from(body.subarray(PREFIX_BYTES)), contexts[0]!);
      } catch (error) {
        expected =
          (error as Error).name === 'MalformedRequestError'
            ? GrpcStatus.INVALID_ARGUMENT
            : GrpcStatus.RESOURCE_EXHAUSTED;
      }
      contexts.length = 0;
      assert.equal(status, expected, 'the answer to a whole frame');
    },
    close: async () => {
      client?.destroy();
      await server.close();
    },
  };
}

/** A gRPC message with its prefix. */
function frame(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** The `grpc-status` of a call. */
function statusOf(session: ClientHttp2Session, path: string, headers: object, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    const timer = setTimeout(() => {
      stream.close();
      reject(new Error('no answer'));
    }, ANSWER_LIMIT_MS);
    let found: number | undefined;
    const look = (received: IncomingHttpHeaders): void => {
      if (received['grpc-status'] !== undefined) found = Number(received['grpc-status']);
    };
    stream
      .on('response', look)
      .on('trailers', look)
      .on('error', () => {});
    stream.on('close', () => {
      clearTimeout(timer);
      if (found === undefined) reject(new Error('a call without a status'));
      else resolve(found);
    });
    stream.resume();
    stream.end(body);
  });
}
