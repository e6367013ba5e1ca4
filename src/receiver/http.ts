import type { IncomingMessage, ServerResponse } from 'node:http';
import { AccessError } from '../access/access-error.js';
import { httpCredentials } from '../access/credentials.js';
import { AccessUnavailableError } from '../access/guard.js';
import type { Admission, SendingPage, TelemetryAccess } from '../access/telemetry-access.js';
import type { Signal } from '../otlp/decode.js';
import { exportResponse, type OtlpEncoding, statusResponse } from '../otlp/response.js';
import { requestIdOf } from '../request-id.js';
import type { AnsweredRequest, Telemetry } from '../telemetry.js';
import {
  BodyTooLargeError,
  CONTENT_ENCODINGS,
  CorruptBodyError,
  type Decompress,
  decompressor,
} from './content-encoding.js';
import { CorsPolicy } from './cors.js';
import { continueIfExpected, expectsContinue } from './http-server.js';
import type { Ingest, IngestOutcome } from './ingest.js';
import { OTLP_METHODS, signalOfPath } from './otlp-paths.js';
import {
  accessRefusal,
  accessUnavailable,
  REFUSALS,
  type Refusal,
  refusalReason,
  uploadRefusal,
} from './refusal.js';
import { type BodyReading, declaredLength, readBody } from './request-body.js';
import type { Uploads } from './uploads.js';

export interface OtlpHttpOptions {
  readonly ingest: Ingest;
  /** Counts bodies while they are received. */
  readonly uploads: Uploads;
  readonly telemetry: Telemetry;
  /** Origins whose pages may send: `loopback`, `*` or exact origins. */
  readonly corsOrigins: readonly string[];
  /** Maximum size of a body as sent, bytes. */
  readonly maxRequestBytes: number;
  /** Maximum size of a body after decompression, bytes. */
  readonly maxDecompressedBytes: number;
  readonly access: Pick<TelemetryAccess, 'admit' | 'hasKeyFor'>;
  /** Address of the sender, for slowing wrong keys; default is the connection's. */
  addressOf?(request: IncomingMessage): string;
  /** The address of the browser that sent a request; default is the connection's. */
  browserAddressOf?(request: IncomingMessage): string | undefined;
  /** Called with the origin of every request, including preflights, that was refused for it. */
  onRefusedOrigin?(origin: string): void;
  /** Called with every internal error that failed a request. */
  onFailure?(error: unknown): void;
  /** Called for every request once its answer was written, or its sender has disconnected. */
  onAnswered?(answered: AnsweredRequest): void;
  /** Whether a body has spans of this server itself. */
  hasOwnSpans?(body: Uint8Array): boolean;
}

/** What is known of a request by its end. */
interface Exchange {
  readonly signal: Signal;
  readonly request: IncomingMessage;
  readonly requestId: string;
  readonly beganMs: number;
  /** Bytes of the decompressed body, once it was read. */
  bytes: number | undefined;
  hasOwnSpans: boolean | undefined;
}

const ALLOW = OTLP_METHODS.join(', ');

const CONTENT_TYPES: Record<OtlpEncoding, string> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** The sender disconnected before it could be answered. */
const ABORTED = 'aborted';

/**
 * OTLP/HTTP on a server of `createHttpServer`. The handler takes requests to `/v1/traces`, `/v1/logs` and
 * `/v1/metrics`, even with extra slashes (`signalOfPath`). For any other path it does nothing and returns
 * false.
 */
export function createOtlpHandler(
  options: OtlpHttpOptions,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const receiver = new OtlpHttpReceiver(options);
  return (request, response) => {
    const [path = ''] = (request.url ?? '').split('?', 1);
    const signal = signalOfPath(path);
    if (signal === undefined) return false;
    receiver.handle(signal, request, response).catch((error: unknown) => {
      options.onFailure?.(error);
      response.destroy();
    });
    return true;
  };
}

class OtlpHttpReceiver {
  readonly #options: OtlpHttpOptions;
  readonly #cors: CorsPolicy;

  constructor(options: OtlpHttpOptions) {
    this.#options = options;
    this.#cors = new CorsPolicy(options.corsOrigins);
  }

  async handle(signal: Signal, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers } = request;
    const requestId = requestIdOf(request);
    response.setHeader('X-Request-Id', requestId);
    const beganMs = performance.now();
    const exchange: Exchange = {
      signal,
      request,
      requestId,
      beganMs,
      bytes: undefined,
      hasOwnSpans: undefined,
    };
    const page = await this.#pageOf(headers.origin);
    this.#cors.setHeaders(page === 'refused' ? undefined : page?.origin, response);
    const encoding = encodingOf(headers['content-type'], page !== undefined && page !== 'refused');
    let outcome: IngestOutcome | typeof ABORTED;
    if (page === 'refused') {
      const origin = headers.origin!;
      const kind = request.method === 'OPTIONS' ? 'preflight' : 'request';
      this.#options.telemetry.refusedOriginRequests.inc({ kind });
      this.#options.onRefusedOrigin?.(origin);
      outcome = {
        kind: 'forbiddenOrigin',
        message: `pages of ${origin} may not send telemetry here; --cors-origins says which may`,
      };
    } else if (request.method === 'OPTIONS') {
      this.#answerOptions(exchange, response);
      return;
    } else {
      outcome = await this.#export(exchange, encoding, page, response);
    }
    if (outcome === ABORTED || response.destroyed || request.socket.destroyed) {
      this.#count(exchange, ABORTED);
    } else if (outcome.kind === 'accepted') {
      this.#count(exchange, 200);
      send(response, 200, encoding, exportResponse(signal, encoding ?? 'json', outcome.partial));
    } else {
      this.#refuse(exchange, encoding, outcome, response);
    }
  }

  /** The page with this origin; undefined if no page sent the request. */
  async #pageOf(origin: string | undefined): Promise<SendingPage | 'refused' | undefined> {
    if (origin === undefined) return undefined;
    if (this.#cors.allows(origin)) return { origin, isAllowed: true };
    const hasKey = await this.#options.access.hasKeyFor(origin).catch(() => false);
    return hasKey ? { origin, isAllowed: false } : 'refused';
  }

  /** Handles a POST. */
  async #export(
    exchange: Exchange,
    encoding: OtlpEncoding | undefined,
    page: SendingPage | undefined,
    response: ServerResponse,
  ): Promise<IngestOutcome | typeof ABORTED> {
    const { signal, request } = exchange;
    const { ingest, uploads, maxRequestBytes } = this.#options;
    const { method, headers } = request;
    if (method !== 'POST') {
      return { kind: 'methodNotAllowed', message: `telemetry is sent by POST, not ${method}` };
    }
    if (encoding === undefined) {
      const supported = Object.values(CONTENT_TYPES).join(' or ');
      return { kind: 'unsupported', message: `Content-Type must be ${supported}` };
    }
    const decompress = decompressor(headers['content-encoding']);
    if (decompress === undefined) {
      const supported = CONTENT_ENCODINGS.join(', ');
      return { kind: 'unsupported', message: `Content-Encoding must be none or one of ${supported}` };
    }
    const admission = await this.#admit(request, page);
    if ('kind' in admission) return admission;
    const { project, lacksScoreScope } = admission;
    const length = declaredLength(request) ?? 0;
    if (length > maxRequestBytes) return this.#tooLarge();
    const refusal = ingest.refusal(length);
    if (refusal !== undefined) return refusal;

    continueIfExpected(request, response);
    const reading = await readBody(request, maxRequestBytes, uploads);
    if (reading.kind === 'aborted') return ABORTED;
    if (reading.kind !== 'read') {
      // The rest of the body may never arrive, so the connection is not kept for it.
      response.setHeader('Connection', 'close');
      return this.#unread(reading);
    }
    let body: Uint8Array | Refusal;
    ingest.hold(reading.bytes.length);
    try {
      body = await this.#decompressed(reading.bytes, decompress);
    } finally {
      ingest.hold(-reading.bytes.length);
    }
    if (!(body instanceof Uint8Array)) return body;
    // Read now, because its memory may be transferred.
    exchange.bytes = body.length;
    exchange.hasOwnSpans = this.#options.hasOwnSpans?.(body);
    const isGone = (): boolean => request.socket.destroyed;
    const browserAddress = this.#browserAddress(request);
    return ingest.export({ project, signal, encoding, body, browserAddress, lacksScoreScope, isGone });
  }

  /** What the request may send, and where to. */
  async #admit(request: IncomingMessage, page: SendingPage | undefined): Promise<Admission | Refusal> {
    const { access, addressOf, telemetry, onFailure } = this.#options;
    const address = addressOf?.(request) ?? request.socket.remoteAddress ?? '';
    try {
      return await access.admit(httpCredentials(request, address), page);
    } catch (error) {
      if (error instanceof AccessUnavailableError) {
        onFailure?.(error.cause);
        return accessUnavailable;
      }
      if (!(error instanceof AccessError)) throw error;
      telemetry.accessRefused.inc({ transport: 'http', reason: error.reason });
      return accessRefusal(error);
    }
  }

  #browserAddress(request: IncomingMessage): string | undefined {
    if (request.headers.origin === undefined) return undefined;
    const { browserAddressOf } = this.#options;
    return browserAddressOf === undefined ? request.socket.remoteAddress : browserAddressOf(request);
  }

  #tooLarge(): Refusal {
    return { kind: 'tooLarge', message: `the body is larger than ${this.#options.maxRequestBytes} bytes` };
  }

  /** The refusal of a body that was not read to its end. */
  #unread(reading: Exclude<BodyReading, { kind: 'read' | 'aborted' }>): Refusal {
    switch (reading.kind) {
      case 'tooLarge':
        return this.#tooLarge();
      case 'noRoom':
        return uploadRefusal('noRoom');
      case 'ended':
        return uploadRefusal(reading.reason);
    }
  }

  async #decompressed(sent: Uint8Array, decompress: Decompress): Promise<Uint8Array | Refusal> {
    const { telemetry, maxDecompressedBytes } = this.#options;
    telemetry.requestBytes.inc({ transport: 'http', form: 'compressed' }, sent.length);
    try {
      const body = await decompress(sent, maxDecompressedBytes);
      telemetry.requestBytes.inc({ transport: 'http', form: 'decompressed' }, body.length);
      return body;
    } catch (error) {
      if (error instanceof BodyTooLargeError) {
        const message = `the body is larger than ${maxDecompressedBytes} bytes when decompressed`;
        return { kind: 'tooLarge', message };
      }
      if (error instanceof CorruptBodyError) {
        return { kind: 'malformed', message: `the body cannot be decompressed: ${error.message}` };
      }
      throw error;
    }
  }

  #answerOptions(exchange: Exchange, response: ServerResponse): void {
    const { request } = exchange;
    this.#count(exchange, 204);
    if (request.headers.origin !== undefined) this.#cors.setPreflightHeaders(request.headers, response);
    response.setHeader('Allow', ALLOW);
    response.writeHead(204).end();
  }

  #refuse(
    exchange: Exchange,
    encoding: OtlpEncoding | undefined,
    refusal: Refusal,
    response: ServerResponse,
  ): void {
    const { request } = exchange;
    const { http: status, grpc: code } = REFUSALS[refusal.kind];
    this.#count(exchange, status);
    this.#options.telemetry.requestsRefused.inc({ transport: 'http', reason: refusalReason(refusal) });
    if (refusal.kind === 'methodNotAllowed') response.setHeader('Allow', ALLOW);
    if (refusal.challenge !== undefined) response.setHeader('WWW-Authenticate', refusal.challenge);
    if (refusal.retryAfterSeconds !== undefined) response.setHeader('Retry-After', refusal.retryAfterSeconds);
    const content = statusResponse(encoding ?? 'json', code, refusal.message);
    // The rest of the body is dropped. If it is small the connection stays usable; otherwise it is closed
    // once the answer has arrived.
    if (!this.#isWorthReading(request)) response.setHeader('Connection', 'close');
    send(response, status, encoding, content);
    request.resume();
  }

  /** Whether the rest of a refused body will surely arrive, and is small. */
  #isWorthReading(request: IncomingMessage): boolean {
    if (request.complete) return true;
    // A client that waits for leave to send its body may or may not send it.
    if (expectsContinue(request)) return false;
    const isChunked = request.headers['transfer-encoding'] !== undefined;
    return !isChunked && (declaredLength(request) ?? 0) <= this.#options.maxRequestBytes;
  }

  #count(exchange: Exchange, status: number | typeof ABORTED): void {
    const { signal, request, requestId, beganMs, bytes, hasOwnSpans } = exchange;
    const { telemetry, onAnswered } = this.#options;
    const durationMs = performance.now() - beganMs;
    telemetry.requests.inc({ transport: 'http', signal, status: String(status) });
    telemetry.requestSeconds.observe({ transport: 'http', signal }, durationMs / 1000);
    onAnswered?.({
      transport: 'http',
      method: request.method ?? '',
      route: `/v1/${signal}`,
      status,
      requestId,
      durationMs,
      bytes,
      traceparent: request.headers.traceparent?.toString(),
      hasOwnSpans,
    });
  }
}

/** The content type of a text sent by `navigator.sendBeacon`. */
const BEACON_TEXT = 'text/plain';

/**
 * The encoding of a media type, whatever its parameters. Text of an allowed page is JSON, because a text
 * beacon cannot have another type. Browsers send text without a preflight, from any page, so it is accepted
 * only from an allowed origin.
 */
function encodingOf(contentType: string | undefined, isAllowedPage: boolean): OtlpEncoding | undefined {
  switch (contentType?.split(';', 1)[0]?.trim().toLowerCase()) {
    case CONTENT_TYPES.protobuf:
      return 'protobuf';
    case CONTENT_TYPES.json:
      return 'json';
    case BEACON_TEXT:
      return isAllowedPage ? 'json' : undefined;
    default:
      return undefined;
  }
}

function send(
  response: ServerResponse,
  status: number,
  encoding: OtlpEncoding | undefined,
  content: Uint8Array,
): void {
  response.writeHead(status, {
    'Content-Type': CONTENT_TYPES[encoding ?? 'json'],
    'Content-Length': content.length,
  });
  response.end(content);
}
