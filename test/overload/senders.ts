import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { status as GrpcStatus } from '@grpc/grpc-js';
import type { TestServer } from '../support/server.js';

/** How a request was answered. */
export type SendOutcome = 'accepted' | 'refused' | 'lost';

/** A sender with one connection. */
export interface Sender {
  /** The body as it is sent. */
  encode(body: Buffer): Buffer;
  /**
   * `refused` says when to come again, as the protocol has it; `lost` is any other failure, with `problem` saying
   * which.
   */
  send(body: Buffer): Promise<{ readonly outcome: SendOutcome; readonly problem?: string }>;
  close(): void;
}

const GRPC_HEADERS = {
  ':method': 'POST',
  ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  'content-type': 'application/grpc',
  te: 'trailers',
  'grpc-encoding': 'gzip',
};

/** Before each message: whether it is compressed, and its length. */
const MESSAGE_HEAD_BYTES = 5;
const COMPRESSED = 1;

/** A sender of HTTP. With one connection it sends one request at a time. */
export function httpSender(server: TestServer): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    encode: (body) => gzipSync(body, { level: 1 }),
    send: async (body) => {
      try {
        const outgoing = request(`${server.httpUrl}/v1/traces`, {
          method: 'POST',
          agent,
          headers: {
            'content-type': 'application/x-protobuf',
            'content-encoding': 'gzip',
            'content-length': body.length,
          },
        });
        outgoing.end(body);
        const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
        response.resume();
        await once(response, 'end');
        const { statusCode, headers } = response;
        if (statusCode === 200) return { outcome: 'accepted' };
        const saysWhen = /^\d+$/.test(headers['retry-after'] ?? '');
        if ((statusCode === 429 || statusCode === 503) && saysWhen) return { outcome: 'refused' };
        return { outcome: 'lost', problem: `HTTP ${statusCode}, Retry-After ${headers['retry-after']}` };
      } catch (error) {
        return { outcome: 'lost', problem: `HTTP: ${(error as Error).message}` };
      }
    },
    close: () => agent.destroy(),
  };
}

/**
 * A sender of gRPC with one connection and any number of requests at a time. It writes HTTP/2 itself, because a
 * compressed message that is sent again need not be compressed again; OpenTelemetry's exporters beside it use
 * the library.
 */
export function grpcSender(server: TestServer): Sender {
  const session = connect(server.grpcUrl);
  // Each request tells what became of it.
  session.on('error', () => undefined);
  return {
    encode: (body) => {
      const message = gzipSync(body, { level: 1 });
      const head = Buffer.alloc(MESSAGE_HEAD_BYTES);
      head[0] = COMPRESSED;
      head.writeUInt32BE(message.length, 1);
      return Buffer.concat([head, message]);
    },
    send: (body) =>
      new Promise((resolve) => {
        const call = session.request(GRPC_HEADERS);
        let said: IncomingHttpHeaders = {};
        // An answer without a message has its status in the first headers.
        call.on('response', (headers) => (said = headers));
        call.on('trailers', (headers) => (said = { ...said, ...headers }));
        call.on('error', (error) => resolve({ outcome: 'lost', problem: `gRPC: ${error.message}` }));
        call.on('close', () => resolve(outcomeOf(said)));
        call.resume();
        call.end(body);
      }),
    close: () => session.destroy(),
  };
}

function outcomeOf(said: IncomingHttpHeaders): { outcome: SendOutcome; problem?: string } {
  const status = Number(said['grpc-status'] ?? NaN);
  if (status === GrpcStatus.OK) return { outcome: 'accepted' };
  const details = Buffer.from(String(said['grpc-status-details-bin'] ?? ''), 'base64');
  const saysWhen = details.includes('google.rpc.RetryInfo');
  const isOverload = status === GrpcStatus.RESOURCE_EXHAUSTED || status === GrpcStatus.UNAVAILABLE;
  if (isOverload && saysWhen) return { outcome: 'refused' };
  return { outcome: 'lost', problem: `gRPC ${status} ${said['grpc-message']}, RetryInfo ${saysWhen}` };
}
