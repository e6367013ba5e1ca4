import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeRequest } from '../../test/support/decode-request.js';
import { type Clock, systemClock } from '../clock.js';
import type { Normalizer } from '../normalize/normalizer.js';
import { tracesJsonToProtobuf } from '../otlp/json.js';
import type { RecordBatch } from '../otlp/record-batch.js';
import { isPacked } from '../store/contract/packed-batch.js';
import type { AppendResult } from '../store/contract/store.js';
import { createTelemetry, type Telemetry } from '../telemetry.js';
import { createOtlpHandler, type OtlpHttpOptions } from './http.js';
import { createHttpServer, type HttpServerOptions } from './http-server.js';
import { type DecodeContext, Ingest, type IngestOptions } from './ingest.js';
import { OTLP_METHODS, signalOfPath } from './otlp-paths.js';
import { type UploadLimits, Uploads } from './uploads.js';

const NOTHING = {
  session: undefined,
  identity: undefined,
  usage: undefined,
  lifecycleEvent: undefined,
  visit: undefined,
  exceptions: undefined,
};

/** Finds no facts: log records without a trace stay unbound, data points unused. */
const plainNormalizer: Normalizer = {
  resource() {},
  scope() {},
  serviceName: undefined,
  metricNames: new Set(),
  priceOf: () => undefined,
  record: () => NOTHING,
};

export const MAX_RECORDS = 100;
export const MAX_ATTRIBUTES = 10;

/** A clock that a test advances. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ readonly at: number; readonly call: () => void }>();

  nowMs(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#now + ms, call };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Advances the clock, and runs everything that is due. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.at - b.at);
      if (next === undefined || next.at > end) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.call();
    }
    this.#now = end;
  }

  /** Number of waiting timers. */
  get pending(): number {
    return this.#timers.size;
  }
}

/** Everyone may send, to the default project. */
export const OPEN_ACCESS: OtlpHttpOptions['access'] = {
  admit: async () => ({ project: 'default', lacksScoreScope: false }),
  hasKeyFor: async () => false,
};

/** Limits that no test reaches by accident. */
export const UPLOAD_LIMITS: UploadLimits = {
  maxIncomingBytes: 1 << 24,
  bodyIdleMs: 30_000,
  minBodyRate: 1024,
};

export interface TestIngest {
  readonly ingest: Ingest;
  /** How `ingest` decodes by default. */
  readonly decode: IngestOptions['decode'];
  readonly telemetry: Telemetry;
  /** Batches passed to the store, in order. */
  readonly batches: RecordBatch[];
  readonly contexts: DecodeContext[];
  readonly failures: unknown[];
  /** Rendered value of a metric, with its labels in the table's order; undefined if it has none. */
  metric(nameAndLabels: string): Promise<number | undefined>;
}

/** An ingest with the real decoders and a store that accepts everything, except for `options`. */
export function testIngest(options: Partial<IngestOptions> = {}): TestIngest {
  const telemetry = createTelemetry();
  const batches: RecordBatch[] = [];
  const contexts: DecodeContext[] = [];
  const failures: unknown[] = [];
  const limits = { maxRecords: MAX_RECORDS, maxAttributesPerRecord: MAX_ATTRIBUTES };
  const decode: IngestOptions['decode'] = (signal, encoding, body, context) => {
    contexts.push(context);
    return decodeRequest(signal, encoding, body, plainNormalizer, limits);
  };
  const ingest = new Ingest({
    decode,
    append: async (_project, batch) => {
      assert.ok(!isPacked(batch), 'all is decoded on the calling thread');
      batches.push(batch);
      return { stored: batch.count, replaced: 0, duplicates: 0 };
    },
    telemetry,
    maxPendingBytes: 1 << 20,
    maxAtWorkBytes: 1 << 20,
    maxAttributesPerRecord: MAX_ATTRIBUTES,
    onFailure: (error) => failures.push(error),
    onNotStored: (error) => failures.push(error),
    ...options,
  });
  const metric = async (nameAndLabels: string): Promise<number | undefined> => {
    const line = (await telemetry.render()).split('\n').find((each) => each.startsWith(`${nameAndLabels} `));
    return line === undefined ? undefined : Number(line.slice(nameAndLabels.length));
  };
  return { ingest, decode, telemetry, batches, contexts, failures, metric };
}

/** A store that keeps every append waiting until the test settles it. */
export class HeldStore {
  readonly #events = new EventEmitter();
  readonly #waiting: { resolve(result: AppendResult): void; reject(error: Error): void }[] = [];

  readonly append = (): Promise<AppendResult> =>
    new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#events.emit('append');
    });

  /** Resolves when an append waits. */
  async arrival(): Promise<void> {
    if (this.#waiting.length === 0) await once(this.#events, 'append');
  }

  release(result: AppendResult = { stored: 1, replaced: 0, duplicates: 0 }): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve(result);
  }

  fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

export const TRACE_ID = '5b8efff798038103d269b633813fc60c';
export const SPAN_ID = 'eee19b7ec3c1b174';

/** OTLP/JSON of spans with these trace ids. */
export function spansJson(...traceIds: readonly string[]): string {
  const spans = traceIds.map((traceId) => ({
    traceId,
    spanId: SPAN_ID,
    name: 'GET /',
    startTimeUnixNano: '1790000000000000000',
    endTimeUnixNano: '1790000000500000000',
  }));
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

/** The same in protobuf. */
export function spansProtobuf(...traceIds: readonly string[]): Uint8Array {
  return tracesJsonToProtobuf(spansJson(...traceIds)).bytes;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The client's port of the connection, which identifies connections. */
  readonly clientPort: number | undefined;
}

export interface TestServer extends TestIngest {
  readonly port: number;
  post(
    path: string,
    headers: OutgoingHttpHeaders,
    body?: string | Uint8Array,
    more?: { method?: string; agent?: Agent },
  ): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** A real server with the handler; other paths get 404. Bodies may have 4 KiB, 64 KiB when decompressed. */
export async function testServer(
  ingestOptions: Partial<IngestOptions> = {},
  httpOptions: Partial<OtlpHttpOptions> & Partial<HttpServerOptions> = {},
): Promise<TestServer> {
  const fixture = testIngest(ingestOptions);
  const handle = createOtlpHandler({
    ingest: fixture.ingest,
    uploads: new Uploads(UPLOAD_LIMITS, systemClock),
    telemetry: fixture.telemetry,
    access: OPEN_ACCESS,
    corsOrigins: ['loopback'],
    maxRequestBytes: 4096,
    maxDecompressedBytes: 65_536,
    onFailure: (error) => fixture.failures.push(error),
    ...httpOptions,
  });
  const server = createHttpServer({
    handle: (incoming, response) => {
      if (!handle(incoming, response)) response.writeHead(404).end();
    },
    methodsOf: (path) => (signalOfPath(path) === undefined ? [] : OTLP_METHODS),
    ...httpOptions,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ...fixture,
    port,
    post: async (path, headers, body, { method = 'POST', agent } = {}) => {
      const outgoing = request({ host: '127.0.0.1', port, path, method, headers, ...(agent && { agent }) });
      outgoing.end(body);
      const [incoming] = await once(outgoing, 'response');
      const clientPort = outgoing.socket?.localPort;
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk);
      return {
        status: incoming.statusCode,
        headers: incoming.headers,
        body: Buffer.concat(chunks),
        clientPort,
      };
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
