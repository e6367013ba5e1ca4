import {
  createServer,
  type IncomingMessage,
  maxHeaderSize,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { API_ERRORS, type ErrorCode, problemDocument } from '../contract/errors.js';
import { requestIdOf } from '../request-id.js';
import { toOriginForm } from './request-target.js';
import { type TlsCertificate, trackConnections } from './tls-certificate.js';

export interface HttpServerOptions {
  /**
   * Answers a request, whose target is in origin form. If the client expects a `100 Continue`, it has not
   * been sent yet: see `continueIfExpected`.
   */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /**
   * The methods of a path, for requests with a method that Node.js does not know; empty if there is no such
   * path.
   */
  methodsOf(path: string): readonly string[];
  /** Default is HTTP without TLS. */
  readonly tls?: TlsCertificate | undefined;
  /**
   * How long the rest of a refused request is read and dropped, ms: without a byte, and in total. Tests make
   * it short.
   */
  readonly lingerIdleMs?: number;
  readonly lingerMs?: number;
}

/** Sends the interim answer that a client waits for before it sends its body. */
export function continueIfExpected(request: IncomingMessage, response: ServerResponse): void {
  if (expectsContinue(request)) response.writeContinue();
}

/** Whether the client waits for a `100 Continue` before it sends its body. */
export function expectsContinue({ headers, httpVersion }: IncomingMessage): boolean {
  // RFC 9110, section 10.1.1: ignored in HTTP/1.0.
  return httpVersion !== '1.0' && headers.expect?.toLowerCase() === '100-continue';
}

const LINGER_IDLE_MS = 2_000;
const LINGER_MS = 30_000;

/**
 * How long an idle connection is kept, ms. Exporters send every 5 s (OpenTelemetry's batch processors) to 60
 * s (metrics). If a connection closes while they write to it, they may lose a batch, because not all of them
 * retry. Load balancers keep theirs for 60 s.
 */
const KEEP_ALIVE_MS = 75_000;

/**
 * Creates a server of node:http whose refusals always arrive, even at a client that sends all of a large body
 * before it reads.
 */
export function createHttpServer(options: HttpServerOptions): Server {
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    toOriginForm(request);
    options.handle(request, response);
  };
  const { tls } = options;
  const server = tls === undefined ? createServer(handle) : serverWithTls(tls, handle);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  // With this listener Node.js leaves the interim answer to the handler, which may refuse after the headers
  // alone.
  server.on('checkContinue', handle);
  const { lingerIdleMs = LINGER_IDLE_MS, lingerMs = LINGER_MS } = options;
  const linger = (socket: Socket, request: IncomingMessage | undefined): void =>
    // Connections with invalid HTTP, which the server no longer tracks, must not delay a stop.
    lingerThenDestroy(socket, request, lingerIdleMs, request === undefined ? lingerIdleMs : lingerMs);

  // The latest exchange of each connection.
  const latest = new WeakMap<Duplex, { request: IncomingMessage; response: ServerResponse }>();
  const remember = (request: IncomingMessage, response: ServerResponse): void => {
    latest.set(request.socket, { request, response });
  };
  server.prependListener('request', remember);
  server.prependListener('checkContinue', remember);
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    // Node.js calls this to close a connection after its last answer, even if the request has not been read
    // completely.
    const destroySoon = socket.destroySoon.bind(socket);
    socket.destroySoon = () => {
      const request = latest.get(socket)?.request;
      if (request === undefined || request.complete) destroySoon();
      else linger(socket, request);
    };
  });

  const broken = new WeakSet<Duplex>();
  const refuse = (socket: Duplex, code: ErrorCode, path: string, detail: string, headers = ''): void => {
    const { status, type, body } = problemDocument(code, path, detail);
    const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nX-Request-Id: ${requestIdOf({ headers: {} })}\r\n`;
    const retry = API_ERRORS[code].retryable ? 'Retry-After: 1\r\n' : '';
    socket.write(`${head}${headers}${retry}Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`);
    socket.write(body);
  };
  const refuseMethod = (socket: Duplex, method: string, target: string): void => {
    const [path = ''] = target.split('?', 1);
    const methods = options.methodsOf(path);
    const code = methods.length === 0 ? 'route.not_found' : 'method.not_allowed';
    const detail =
      methods.length === 0 ? 'Nothing is at this path.' : `Use ${methods.join(', ')} instead of ${method}.`;
    refuse(socket, code, path, detail, methods.length === 0 ? '' : `Allow: ${methods.join(', ')}\r\n`);
  };

  server.on('clientError', (error: ParserError, socket) => {
    // Called again with everything received after the error.
    if (broken.has(socket)) return;
    broken.add(socket);
    const exchange = latest.get(socket);
    const isAnswering = exchange !== undefined && !exchange.response.writableFinished;
    if (!socket.writable || error.code === 'ECONNRESET' || (isAnswering && exchange.response.headersSent)) {
      socket.destroy();
      return;
    }
    const unknown = error.code === 'HPE_INVALID_METHOD' ? requestLineOf(error.rawPacket) : undefined;
    if (unknown === undefined) refuse(socket, ...refusalOf(error));
    else refuseMethod(socket, unknown.method, unknown.target);
    linger(socket as Socket, undefined);
  });
  // CONNECT is for proxies. Without a listener the connection would be cut without an answer.
  server.on('connect', (request, socket) => {
    refuseMethod(socket, 'CONNECT', request.url ?? '');
    linger(socket as Socket, undefined);
  });
  return server;
}

const endConnections = new WeakMap<Server, () => void>();

function serverWithTls(
  tls: TlsCertificate,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const server = createTlsServer(tls.options, handle);
  tls.add(server);
  endConnections.set(server, trackConnections(server));
  return server;
}

/** Stops a server whose answers had enough time. Its remaining connections are idle or stuck, and are cut. */
export function closeHttpServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
    endConnections.get(server)?.();
  });
}

interface ParserError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
}

/** The path of a request whose rest may be missing or invalid. */
const START_OF_PATH = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40} (\/[\x21\x22\x24-\x3e\x40-\x7e]{0,2000})/;

/** What a request is told that Node.js refuses before any handler: the error, its path as far as it is known, and why. */
function refusalOf({ code, rawPacket }: ParserError): [code: ErrorCode, path: string, detail: string] {
  const path = START_OF_PATH.exec(rawPacket?.subarray(0, 2100).toString('latin1') ?? '')?.[1] ?? '/';
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return [
        'headers.too_large',
        path,
        `The request line and the headers have more than ${maxHeaderSize} bytes together. Send a shorter address, or fewer headers.`,
      ];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return ['request.timeout', path, 'The request was not complete in time.'];
    default:
      return ['request.invalid', path, 'The request is not valid HTTP.'];
  }
}

const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}) (\/[\x21-\x7e]{0,2000}) HTTP\/1\.[01]\r?\n/;

/**
 * Method and target of a request that is valid except for a method that Node.js does not know; undefined for
 * anything else.
 */
function requestLineOf(packet: Buffer | undefined): { method: string; target: string } | undefined {
  const match = REQUEST_LINE.exec(packet?.subarray(0, 2100).toString('latin1') ?? '');
  return match === null ? undefined : { method: match[1]!, target: match[2]! };
}

/**
 * Ends a connection after the written answer, and reads and drops what the other side still sends. Closing
 * with unread data would reset the connection, and the other side might never see the answer (RFC 9112,
 * section 9.6). Ends with the request, after `idleMs` without a byte, or after `maxMs`.
 */
function lingerThenDestroy(
  socket: Socket,
  request: IncomingMessage | undefined,
  idleMs: number,
  maxMs: number,
): void {
  let read = socket.bytesRead;
  let idleTimer: NodeJS.Timeout;
  const abort = (): void => {
    socket.destroy();
  };
  /** Written data is sent first. */
  const close = (): void => {
    if (socket.writableFinished) socket.destroy();
    else socket.once('finish', abort);
  };
  const check = (): void => {
    if (socket.bytesRead === read) {
      abort();
      return;
    }
    read = socket.bytesRead;
    idleTimer = setTimeout(check, idleMs).unref();
  };
  const timer = setTimeout(abort, maxMs).unref();
  idleTimer = setTimeout(check, idleMs).unref();
  socket.once('close', () => {
    clearTimeout(timer);
    clearTimeout(idleTimer);
  });
  socket.on('error', () => {});
  socket.once('end', close);
  request
    ?.on('error', () => {})
    .once('end', close)
    .resume();
  socket.end();
  socket.resume();
}
