import { type AddressInfo, createServer } from 'node:net';
import {
  status as GrpcStatus,
  logVerbosity,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  setLogVerbosity,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import type { Signal } from '../otlp/decode.js';
import { exportResponse } from '../otlp/response.js';
import { ProtoWriter } from '../otlp/wire-writer.js';
import type { Telemetry } from '../telemetry.js';
import type { Ingest, IngestOutcome } from './ingest.js';
import { REFUSALS, type Refusal } from './refusal.js';

export interface OtlpGrpcOptions {
  /** IP address or name to listen on. */
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly ingest: Ingest;
  readonly telemetry: Telemetry;
  /** Largest message, bytes, both as sent and after decompression: gRPC does not tell one from the other. */
  readonly maxDecompressedBytes: number;
  /** Most connections at once, where not the usual number. */
  readonly maxConnections?: number;
  /** Told of every request that failed for a reason of the server's own. */
  onFailure?(error: unknown): void;
}

export interface OtlpGrpcServer {
  /** The port in use. */
  readonly port: number;
  /** Takes no more requests; resolves when those under way are answered, which a sender can hold up. */
  drain(): Promise<void>;
  /** Ends all connections at once. */
  close(): Promise<void>;
}

const SERVICES: Record<Signal, string> = {
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
};

/**
 * Requests at once on one connection; clients hold back what is beyond. The library tells of a message when all of it is there, so this and
 * the number of connections are all that bounds what is being received.
 */
const MAX_CONCURRENT_STREAMS = 32;
/** Connections at once; what is beyond is closed, and comes again. */
const MAX_CONNECTIONS = 256;

type Callback = sendUnaryData<Uint8Array>;

/** Starts OTLP/gRPC without TLS. Rejects where the address cannot be listened on. */
export async function startGrpc(options: OtlpGrpcOptions): Promise<OtlpGrpcServer> {
  // The library writes to standard error in a form of its own, and only what it also throws.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    // Holds for a message as sent and as decompressed.
    'grpc.max_receive_message_length': options.maxDecompressedBytes,
    'grpc.max_concurrent_streams': MAX_CONCURRENT_STREAMS,
  });
  for (const signal of Object.keys(SERVICES) as Signal[]) {
    const answer = (call: ServerUnaryCall<Buffer, Uint8Array>, callback: Callback): void => {
      answerExport(signal, call, callback, options).catch((error: unknown) => {
        options.onFailure?.(error);
        callback({ code: GrpcStatus.INTERNAL, details: 'the server failed on this request' });
      });
    };
    server.addService(serviceOf(SERVICES[signal]), { Export: answer as UntypedHandleCall });
  }
  // The library's own listening has no limit of connections.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = createServer((socket) => injector.injectConnection(socket));
  listener.maxConnections = options.maxConnections ?? MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(options.port, options.host, () => {
      listener.off('error', reject);
      resolve();
    });
  });
  return {
    port: (listener.address() as AddressInfo).port,
    drain: () =>
      new Promise((resolve, reject) => {
        listener.close();
        server.tryShutdown((error) => (error ? reject(error) : resolve()));
      }),
    close: async () => {
      listener.close();
      server.forceShutdown();
    },
  };
}

/** A service whose messages are handed on as bytes. */
function serviceOf(name: string): ServiceDefinition {
  return {
    Export: {
      path: `/${name}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: asBuffer,
      requestDeserialize: asBuffer,
      responseSerialize: asBuffer,
      responseDeserialize: asBuffer,
    },
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function answerExport(
  signal: Signal,
  call: ServerUnaryCall<Buffer, Uint8Array>,
  callback: Callback,
  { ingest, telemetry }: OtlpGrpcOptions,
): Promise<void> {
  const { request: body } = call;
  telemetry.requestBytes.inc({ transport: 'grpc', form: 'decompressed' }, body.length);
  const isGone = (): boolean => call.cancelled;
  const outcome: IngestOutcome = await ingest.export({ signal, encoding: 'protobuf', body, isGone });
  const code = outcome.kind === 'accepted' ? GrpcStatus.OK : REFUSALS[outcome.kind].grpc;
  telemetry.requests.inc({ transport: 'grpc', signal, status: GrpcStatus[code]! });
  if (outcome.kind === 'accepted') callback(null, exportResponse(signal, 'protobuf', outcome.partial));
  else callback({ code, details: outcome.message, metadata: retryMetadata(code, outcome) });
}

/**
 * The trailer `grpc-status-details-bin`: google.rpc.Status with a google.rpc.RetryInfo where the sender may try again,
 * without which RESOURCE_EXHAUSTED means that it may not (OTLP specification, "OTLP/gRPC Throttling").
 */
function retryMetadata(code: number, { message, retryAfterSeconds }: Refusal): Metadata {
  const metadata = new Metadata();
  if (retryAfterSeconds === undefined) return metadata;
  const retryInfo = new ProtoWriter();
  const retryDelay = retryInfo.begin(1);
  retryInfo.int64(1, retryAfterSeconds);
  retryInfo.end(retryDelay);

  const status = new ProtoWriter();
  status.int64(1, code);
  status.string(2, message);
  const any = status.begin(3);
  status.string(1, 'type.googleapis.com/google.rpc.RetryInfo');
  status.bytes(2, retryInfo.finish());
  status.end(any);
  metadata.set('grpc-status-details-bin', asBuffer(status.finish()));
  return metadata;
}
