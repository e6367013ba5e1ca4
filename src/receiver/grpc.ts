import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import {
  status as GrpcStatus,
  type handleServerStreamingCall,
  logVerbosity,
  Metadata,
  type MethodDefinition,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  setLogVerbosity,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import { AccessError } from '../access/access-error.js';
import { AccessUnavailableError } from '../access/guard.js';
import type { Admission, TelemetryAccess } from '../access/telemetry-access.js';
import type { Clock } from '../clock.js';
import type { Signal } from '../otlp/decode.js';
import { exportResponse } from '../otlp/response.js';
import { ProtoWriter } from '../otlp/wire-writer.js';
import { safeRequestId } from '../request-id.js';
import type { AnsweredRequest, Telemetry } from '../telemetry.js';
import { GrpcConnections } from './grpc-connections.js';
import { GrpcHealth, HEALTH_SERVICE } from './grpc-health.js';
import { answerReflection, REFLECTION_SERVICES, type ReflectionCall } from './grpc-reflection.js';
import type { Ingest, IngestOutcome } from './ingest.js';
import { listenOn } from './listen.js';
import { MessageTurns } from './message-turns.js';
import {
  accessRefusal,
  accessUnavailable,
  REFUSALS,
  type Refusal,
  refusalReason,
  uploadRefusal,
} from './refusal.js';
import { type TlsCertificate, trackConnections } from './tls-certificate.js';
import type { Uploads } from './uploads.js';

export interface OtlpGrpcOptions {
  /** IP address or name to listen on. */
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Default is gRPC without TLS. */
  readonly tls?: TlsCertificate | undefined;
  readonly ingest: Ingest;
  readonly access: Pick<TelemetryAccess, 'admit'>;
  /**
   * Address of a client, for counting its wrong keys.
   * @param forwardedFor the metadata `x-forwarded-for`
   */
  addressOf(peer: string, forwardedFor: string | undefined): string;
  /** Counts messages while they are received. */
  readonly uploads: Uploads;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Maximum size of a message, bytes, both as sent and after decompression: gRPC does not distinguish them. */
  readonly maxDecompressedBytes: number;
  /** Maximum number of connections; default MAX_CONNECTIONS. Tests make it small. */
  readonly maxConnections?: number;
  /** Called with every internal error that failed a request. */
  onFailure?(error: unknown): void;
  /** Called for every request that was read, once its answer is passed on. */
  onAnswered?(answered: AnsweredRequest): void;
  /** Whether a message has spans of this server itself. */
  hasOwnSpans?(body: Uint8Array): boolean;
}

export interface OtlpGrpcServer {
  /** The first of its addresses. */
  readonly address: string;
  /** The port in use. */
  readonly port: number;
  /** Stops accepting requests. Resolves when running ones are answered, which a sender can delay. */
  drain(): Promise<void>;
  /** Ends all connections at once. */
  close(): Promise<void>;
}

const SERVICES: Record<Signal, string> = {
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
};

/** Maximum number of concurrent requests on one connection. Clients keep further ones back. */
const MAX_CONCURRENT_STREAMS = 32;
/** Maximum number of connections. Further ones are closed, and clients retry. */
const MAX_CONNECTIONS = 256;

type Callback = sendUnaryData<Uint8Array>;

/** Starts OTLP/gRPC, with health checking and reflection. Rejects if it cannot listen on the address. */
export async function startGrpc(options: OtlpGrpcOptions): Promise<OtlpGrpcServer> {
  // The library writes to standard error in its own format, and only what it also throws.
  setLogVerbosity(logVerbosity.NONE);
  const connections = new GrpcConnections(options.uploads, options.clock, options.maxDecompressedBytes);
  const admitted: AdmittedCalls = new WeakMap();
  const server = new Server({
    // Applies to a message as sent and as decompressed.
    'grpc.max_receive_message_length': options.maxDecompressedBytes,
    'grpc.max_concurrent_streams': MAX_CONCURRENT_STREAMS,
    interceptors: [admitSenders(options, admitted), watchUploads(connections, options)],
  });
  for (const signal of Object.keys(SERVICES) as Signal[]) {
    const answer = (call: ServerUnaryCall<Buffer, Uint8Array>, callback: Callback): void => {
      answerExport(signal, admitted.get(call.metadata)!, call, callback, options).catch((error: unknown) => {
        options.onFailure?.(error);
        callback({ code: GrpcStatus.INTERNAL, details: 'the server failed on this request' });
      });
    };
    const service = SERVICES[signal];
    server.addService({ Export: method(service, 'Export') }, { Export: answer as UntypedHandleCall });
  }
  const health = new GrpcHealth(Object.values(SERVICES));
  addHealth(server, health);
  const reflections = new Set<ReflectionCall>();
  for (const service of REFLECTION_SERVICES) addReflection(server, service, reflections);

  // The library's own listener has no limit of connections, and its TLS cannot take another certificate. So
  // it gets connections on which TLS is done.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const maxConnections = options.maxConnections ?? MAX_CONNECTIONS;
  const accept = (socket: Socket): void => {
    if (connections.size >= maxConnections) {
      options.telemetry.connectionsRefused.inc();
      socket.destroy();
      return;
    }
    connections.add(socket);
    options.telemetry.connections.inc({ transport: 'grpc' });
    socket.once('close', () => options.telemetry.connections.dec({ transport: 'grpc' }));
    injector.injectConnection(socket);
  };
  const { tls } = options;
  const endConnections: (() => void)[] = [];
  const createListener = (): NetServer => {
    if (tls === undefined) return createServer(accept);
    const listener = createTlsServer({ ...tls.options, ALPNProtocols: ['h2'] }, accept);
    // Includes connections whose handshake is not complete.
    listener.maxConnections = maxConnections;
    tls.add(listener);
    endConnections.push(trackConnections(listener));
    return listener;
  };
  const { servers, address, port } = await listenOn(options.host, options.port, createListener);
  const stopListening = (): void => {
    for (const listener of servers) listener.close();
  };
  return {
    address,
    port,
    drain: () =>
      new Promise((resolve, reject) => {
        stopListening();
        health.stop();
        for (const call of reflections) call.end();
        server.tryShutdown((error) => (error ? reject(error) : resolve()));
      }),
    close: async () => {
      stopListening();
      server.forceShutdown();
      for (const end of endConnections) end();
    },
  };
}

function addHealth(server: Server, health: GrpcHealth): void {
  const definition: ServiceDefinition = {
    Check: method(HEALTH_SERVICE, 'Check'),
    List: method(HEALTH_SERVICE, 'List'),
    Watch: { ...method(HEALTH_SERVICE, 'Watch'), responseStream: true },
  };
  server.addService(definition, {
    Check: ((call, callback) => health.check(call, callback)) as UnaryHandler as UntypedHandleCall,
    List: ((call, callback) => health.list(call, callback)) as UnaryHandler as UntypedHandleCall,
    Watch: ((call) => health.watch(call)) as handleServerStreamingCall<
      Buffer,
      Uint8Array
    > as UntypedHandleCall,
  });
}

/** `calls` contains the open calls. */
function addReflection(server: Server, service: string, calls: Set<ReflectionCall>): void {
  const name = 'ServerReflectionInfo';
  const definition = { ...method(service, name), requestStream: true, responseStream: true };
  const answer = (call: ReflectionCall): void => {
    calls.add(call);
    call.once('finish', () => calls.delete(call)).once('cancelled', () => calls.delete(call));
    answerReflection(call);
  };
  server.addService({ [name]: definition }, { [name]: answer as UntypedHandleCall });
}

type UnaryHandler = (call: ServerUnaryCall<Buffer, Uint8Array>, callback: Callback) => void;

/** Who sends each admitted call, by its metadata. */
type AdmittedCalls = WeakMap<Metadata, Admission>;

const EXPORT_METHODS = new Set(Object.values(SERVICES).map((service) => `/${service}/Export`));

/** Refuses senders without the right key before their message is read. Health and reflection need none. */
function admitSenders(
  { access, addressOf, telemetry, onFailure }: OtlpGrpcOptions,
  admitted: AdmittedCalls,
): ServerInterceptor {
  return (definition, call) => {
    if (!EXPORT_METHODS.has(definition.path)) return new ServerInterceptingCall(call);
    const peer = call.getConnectionInfo().remoteAddress ?? '';
    const refusalOf = (error: unknown): Refusal => {
      if (error instanceof AccessError) {
        telemetry.accessRefused.inc({ transport: 'grpc', reason: error.reason });
        return accessRefusal(error);
      }
      onFailure?.(error instanceof AccessUnavailableError ? error.cause : error);
      return accessUnavailable;
    };
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, nextMetadata) => {
            const header = (name: string): string | undefined => metadata.get(name)[0]?.toString();
            const address = addressOf(peer, metadata.get('x-forwarded-for').join(',') || undefined);
            access.admit({ header, address, peer }).then(
              // Keys for browsers are refused here: no page sends by gRPC.
              (admission) => {
                admitted.set(metadata, admission);
                nextMetadata(metadata);
              },
              (error: unknown) => {
                const refusal = refusalOf(error);
                const code = REFUSALS[refusal.kind].grpc;
                const details = refusal.message;
                call.sendStatus({ code, details, metadata: retryMetadata(code, refusal) });
              },
            );
          },
        }),
    });
  };
}

/**
 * Receives messages in turns, and counts calls as uploads until their request is complete. Ends stalled calls, and
 * refuses new ones if there is no memory or the store is behind.
 */
function watchUploads(
  connections: GrpcConnections,
  { telemetry: { requestsRefused }, ingest, clock }: OtlpGrpcOptions,
): ServerInterceptor {
  const turns = new MessageTurns(clock);
  return ({ path }, call) => {
    const connection = connections.of(call.getConnectionInfo());
    if (connection === undefined) return new ServerInterceptingCall(call);
    const refuse = (refusal: Refusal): void => {
      requestsRefused.inc({ transport: 'grpc', reason: refusalReason(refusal) });
      const code = REFUSALS[refusal.kind].grpc;
      call.sendStatus({ code, details: refusal.message, metadata: retryMetadata(code, refusal) });
    };
    let waiting: ReturnType<typeof connection.expect>;
    let endTurn: (() => void) | undefined;
    let isOver = false;
    const done = (): void => {
      isOver = true;
      endTurn?.();
      if (waiting !== undefined) connection.done(waiting);
    };
    const refuseUpload = (reason: Parameters<typeof uploadRefusal>[0]): void => {
      refuse(uploadRefusal(reason));
      done();
    };
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, nextMetadata) => {
            waiting = connection.expect(refuseUpload);
            if (waiting === undefined) {
              refuseUpload('noRoom');
              return;
            }
            if (!EXPORT_METHODS.has(path)) {
              nextMetadata(metadata);
              return;
            }
            const end = turns.take(() => {
              const refusal = ingest.refusal(0);
              if (refusal === undefined) return nextMetadata(metadata);
              refuse(refusal);
              done();
            });
            if (end === undefined) refuseUpload('noRoom');
            else if (isOver) end();
            else endTurn = end;
          },
          onReceiveMessage: (message, nextMessage) => {
            if (waiting !== undefined) waiting.messageBytes = (message as Buffer).length;
            nextMessage(message);
          },
          onReceiveHalfClose: (nextHalfClose) => {
            done();
            nextHalfClose();
          },
          onCancel: done,
        }),
    });
  };
}

/** A method whose messages are passed on as bytes. */
function method(service: string, name: string): MethodDefinition<Uint8Array, Uint8Array> {
  return {
    path: `/${service}/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: asBuffer,
    requestDeserialize: asBuffer,
    responseSerialize: asBuffer,
    responseDeserialize: asBuffer,
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function answerExport(
  signal: Signal,
  { project, lacksScoreScope }: Admission,
  call: ServerUnaryCall<Buffer, Uint8Array>,
  callback: Callback,
  { ingest, telemetry, onAnswered, hasOwnSpans }: OtlpGrpcOptions,
): Promise<void> {
  const { request: body } = call;
  const beganMs = performance.now();
  // Read now, because the memory of the message may be transferred.
  const bytes = body.length;
  const isOwn = hasOwnSpans?.(body);
  telemetry.requestBytes.inc({ transport: 'grpc', form: 'decompressed' }, body.length);
  const isGone = (): boolean => call.cancelled;
  const outcome: IngestOutcome = await ingest.export({
    project,
    signal,
    encoding: 'protobuf',
    body,
    lacksScoreScope,
    isGone,
  });
  const code = outcome.kind === 'accepted' ? GrpcStatus.OK : REFUSALS[outcome.kind].grpc;
  const status = GrpcStatus[code]!;
  const durationMs = performance.now() - beganMs;
  telemetry.requests.inc({ transport: 'grpc', signal, status });
  telemetry.requestSeconds.observe({ transport: 'grpc', signal }, durationMs / 1000);
  if (outcome.kind !== 'accepted') {
    telemetry.requestsRefused.inc({ transport: 'grpc', reason: refusalReason(outcome) });
  }
  onAnswered?.({
    transport: 'grpc',
    method: `${SERVICES[signal]}/Export`,
    status,
    requestId: safeRequestId(call.metadata.get('x-request-id')[0]),
    durationMs,
    bytes,
    traceparent: call.metadata.get('traceparent')[0]?.toString(),
    hasOwnSpans: isOwn,
  });
  if (outcome.kind === 'accepted') callback(null, exportResponse(signal, 'protobuf', outcome.partial));
  else callback({ code, details: outcome.message, metadata: retryMetadata(code, outcome) });
}

/**
 * The trailer `grpc-status-details-bin`: google.rpc.Status, with a google.rpc.RetryInfo if the sender may
 * retry. Without that, RESOURCE_EXHAUSTED means that it may not (OTLP specification, "OTLP/gRPC Throttling").
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
