import assert from 'node:assert/strict';
import { credentials, Client as GrpcClient, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { Attributes, HrTime, Tracer } from '@opentelemetry/api';
import type { Logger } from '@opentelemetry/api-logs';
import { OTLPLogExporter as GrpcLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPTraceExporter as GrpcTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchLogRecordProcessor,
  LoggerProvider,
  type LogRecordExporter,
  type ReadableLogRecord,
} from '@opentelemetry/sdk-logs';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import type { TestServer } from './server.js';

/** The exporters of OpenTelemetry's JavaScript SDK: protobuf and JSON over HTTP, and gRPC. */
export const TRANSPORTS = ['proto', 'json', 'grpc'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export const COMPRESSIONS = ['none', 'gzip'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

type ExporterConfig = NonNullable<ConstructorParameters<typeof ProtoTraceExporter>[0]>;
type Addresses = Pick<TestServer, 'httpUrl' | 'grpcUrl'>;

export function createTraceExporter(
  server: Addresses,
  transport: Transport,
  compression: Compression,
): SpanExporter {
  const options = settings(compression);
  const url = `${server.httpUrl}/v1/traces`;
  switch (transport) {
    case 'proto':
      return new ProtoTraceExporter({ url, ...options });
    case 'json':
      return new JsonTraceExporter({ url, ...options });
    case 'grpc':
      return new GrpcTraceExporter({ url: server.grpcUrl, ...options });
  }
}

function createLogExporter(
  server: Addresses,
  transport: Transport,
  compression: Compression,
): LogRecordExporter {
  const options = settings(compression);
  const url = `${server.httpUrl}/v1/logs`;
  switch (transport) {
    case 'proto':
      return new ProtoLogExporter({ url, ...options });
    case 'json':
      return new JsonLogExporter({ url, ...options });
    case 'grpc':
      return new GrpcLogExporter({ url: server.grpcUrl, ...options });
  }
}

/** The enumeration of the values is in a package that only the exporters depend on. */
function settings(compression: Compression): Required<Pick<ExporterConfig, 'compression'>> {
  return { compression: compression as NonNullable<ExporterConfig['compression']> };
}

/** The common interface of the SDK's exporters of both signals. */
interface Exporter<Item> {
  export(items: Item[], done: (result: { code: number; error?: Error }) => void): void;
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
}

/** Records everything that passes an exporter, and every failure, which the SDK itself only logs. */
export class WatchedExporter<Item> implements Exporter<Item> {
  /** Acknowledged records. */
  readonly exported: Item[] = [];
  readonly #inner: Exporter<Item>;
  readonly #failures: Error[] = [];

  constructor(inner: Exporter<Item>) {
    this.#inner = inner;
  }

  export(items: Item[], done: (result: { code: number; error?: Error }) => void): void {
    this.#inner.export(items, (result) => {
      if (result.code === 0) this.exported.push(...items);
      else this.#failures.push(result.error ?? new Error('export failed'));
      done(result);
    });
  }

  async forceFlush(): Promise<void> {
    await this.#inner.forceFlush?.();
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown();
  }

  /** Throws if an export has failed. */
  check(): void {
    assert.deepEqual(this.#failures, []);
  }
}

/** A service with OpenTelemetry's SDK in it, with default settings apart from the address. */
export class InstrumentedService {
  readonly tracer: Tracer;
  readonly logger: Logger;
  readonly #tracerProvider: BasicTracerProvider;
  readonly #loggerProvider: LoggerProvider;
  readonly #spans: WatchedExporter<ReadableSpan>;
  readonly #logs: WatchedExporter<ReadableLogRecord>;

  constructor(server: Addresses, resource: Attributes, transport: Transport, compression: Compression) {
    this.#spans = new WatchedExporter(createTraceExporter(server, transport, compression));
    this.#logs = new WatchedExporter(createLogExporter(server, transport, compression));
    this.#tracerProvider = new BasicTracerProvider({
      resource: resourceFromAttributes(resource),
      spanProcessors: [new BatchSpanProcessor(this.#spans)],
    });
    this.#loggerProvider = new LoggerProvider({
      resource: resourceFromAttributes(resource),
      processors: [new BatchLogRecordProcessor({ exporter: this.#logs })],
    });
    this.tracer = this.#tracerProvider.getTracer('checkout-lib', '1.2.3', { schemaUrl: SCHEMA_URL });
    this.logger = this.#loggerProvider.getLogger('checkout-events', '0.1.0');
  }

  /** The spans that the server has acknowledged. */
  get spans(): readonly ReadableSpan[] {
    return this.#spans.exported;
  }

  /** Sends waiting records; rejects if any of them was not accepted. */
  async flush(): Promise<void> {
    await Promise.all([this.#tracerProvider.forceFlush(), this.#loggerProvider.forceFlush()]);
    this.#spans.check();
    this.#logs.check();
  }

  async shutdown(): Promise<void> {
    await Promise.all([this.#tracerProvider.shutdown(), this.#loggerProvider.shutdown()]);
  }
}

export const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.37.0';

/** Nanoseconds since 1970 of the SDK's [seconds, nanoseconds]. */
export function unixNano([seconds, nanos]: HrTime): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}

const GRPC_SERVICES = {
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
} as const;
const GRPC_GZIP = 2;
const GRPC_LIMIT_MS = 60_000;

/** A client of OTLP/gRPC that sends arbitrary bytes. */
export class RawGrpcSender {
  readonly #client: GrpcClient;

  /** `ca` is the certificate that a server with TLS must have. */
  constructor({ grpcUrl }: Addresses, compression: Compression = 'none', ca?: Buffer) {
    const security = ca === undefined ? credentials.createInsecure() : credentials.createSsl(ca);
    this.#client = new GrpcClient(new URL(grpcUrl).host, security, {
      ...(compression === 'gzip' && { 'grpc.default_compression_algorithm': GRPC_GZIP }),
    });
  }

  /** Resolves to the bytes of the answer; rejects with the server's status. */
  export(
    signal: keyof typeof GRPC_SERVICES,
    body: Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Buffer> {
    const path = `/${GRPC_SERVICES[signal]}/Export`;
    const deadline = Date.now() + GRPC_LIMIT_MS;
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes) => bytes,
        body,
        metadata,
        { deadline },
        (error: ServiceError | null, answer?: Buffer) => {
          if (error !== null) reject(error);
          else resolve(answer!);
        },
      );
    });
  }

  close(): void {
    this.#client.close();
  }
}
