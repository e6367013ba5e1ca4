import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { credentials, Client as GrpcClient, status as GrpcStatus, type ServiceError } from '@grpc/grpc-js';
import type { TestServer } from '../support/server.js';

/** How a request was answered. */
export type SendOutcome = 'accepted' | 'refused' | 'lost';

/** A sender with one connection, which sends one request at a time. */
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

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

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

export function grpcSender(server: TestServer): Sender {
  const client = new GrpcClient(new URL(server.grpcUrl).host, credentials.createInsecure(), {
    // A connection of its own.
    'grpc.use_local_subchannel_pool': 1,
  });
  return {
    encode: asIs,
    send: (body) =>
      new Promise((resolve) => {
        client.makeUnaryRequest(EXPORT, asIs, asIs, body, (error: ServiceError | null) => {
          if (error === null) return resolve({ outcome: 'accepted' });
          const details = error.metadata?.get('grpc-status-details-bin')[0];
          const saysWhen = details?.includes('google.rpc.RetryInfo') === true;
          const isOverload =
            error.code === GrpcStatus.RESOURCE_EXHAUSTED || error.code === GrpcStatus.UNAVAILABLE;
          if (isOverload && saysWhen) return resolve({ outcome: 'refused' });
          resolve({ outcome: 'lost', problem: `gRPC ${error.code} ${error.details}, RetryInfo ${saysWhen}` });
        });
      }),
    close: () => client.close(),
  };
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}
