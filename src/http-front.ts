import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { AnswersUnderWay } from './answers.js';
import { pathOf } from './api/problem.js';
import type { ReadyState } from './api/server-routes.js';
import { problemDocument } from './contract/errors.js';
import { statusResponse } from './otlp/response.js';
import { refuseHost, requestAllowed } from './receiver/host-check.js';
import { closeHttpServer, createHttpServer } from './receiver/http-server.js';
import { type Listening, listenOn } from './receiver/listen.js';
import { signalOfPath } from './receiver/otlp-paths.js';
import type { TlsCertificate } from './receiver/tls-certificate.js';
import { isLoopbackName } from './setting-kinds.js';
import type { Telemetry } from './telemetry.js';

/** Answers requests at the port, and knows the methods of each path. */
export interface HttpHandlers {
  handle(request: IncomingMessage, response: ServerResponse): void;
  methodsOf(path: string): readonly string[];
}

export interface HttpFrontOptions {
  readonly host: string;
  readonly port: number;
  /**
   * Other names of this server in the Host header. Checked on loopback, and elsewhere if there are any: on other
   * addresses a server does not know by which names it is reached.
   */
  readonly allowedHosts: readonly string[];
  /** Path in front of all paths, such as `/sojourn`; empty for none. Handlers get paths without it. */
  readonly basePath: string;
  readonly tls?: TlsCertificate | undefined;
  readonly version: string;
  readonly telemetry: Pick<Telemetry, 'connections' | 'refusedHostRequests'>;
  /** The answer of `/readyz` while there are no handlers. */
  ready(): ReadyState;
}

/** Value of `Retry-After` for requests that come too early, s. */
const RETRY_SECONDS = 5;

/** gRPC status UNAVAILABLE, which OTLP/HTTP answers also use. */
const UNAVAILABLE = 14;

/**
 * The port for all HTTP requests. It may be opened before there are handlers. Until then it answers probes,
 * and everything else with 503 and `Retry-After`. So a start that takes minutes is not mistaken for a failed
 * one and ended.
 */
export class HttpFront {
  readonly #options: HttpFrontOptions;
  readonly #answers = new AnswersUnderWay();
  #handlers: HttpHandlers | undefined;
  #listening: Promise<Listening<Server>> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: HttpFrontOptions) {
    this.#options = options;
  }

  /** Opens the port if it is not open yet. Rejects if that fails. */
  listen(): Promise<Listening<Server>> {
    const { host, port } = this.#options;
    this.#listening ??= listenOn(host, port, () => this.#server());
    return this.#listening;
  }

  /** Answers requests with these handlers from now on. */
  serve(handlers: HttpHandlers): Promise<Listening<Server>> {
    this.#handlers = handlers;
    return this.listen();
  }

  /** Resolves when all answers are complete. Connections accept no further requests. */
  drain(): Promise<void> {
    return this.#answers.drain();
  }

  /** Ends all connections. Further calls return the same promise. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const listening = await this.#listening?.catch(() => undefined);
    await Promise.all((listening?.servers ?? []).map(closeHttpServer));
  }

  #server(): Server {
    const { host, allowedHosts, basePath, tls, telemetry } = this.#options;
    const checkHost = isLoopbackName(host) || allowedHosts.length > 0;
    const server = createHttpServer({
      tls,
      handle: (request, response) => {
        request.url = withoutBasePath(request.url ?? '', basePath);
        this.#answers.add(response);
        if (checkHost && !requestAllowed(request, allowedHosts)) {
          telemetry.refusedHostRequests.inc();
          refuseHost(pathOf(request.url), response);
        } else if (this.#handlers === undefined) this.#answerEarly(request, response);
        else this.#handlers.handle(request, response);
      },
      methodsOf: (path) => this.#handlers?.methodsOf(withoutBasePath(path, basePath)) ?? [],
    });
    server.on('connection', (socket) => {
      telemetry.connections.inc({ transport: 'http' });
      socket.once('close', () => telemetry.connections.dec({ transport: 'http' }));
    });
    return server;
  }

  #answerEarly(request: IncomingMessage, response: ServerResponse): void {
    const path = pathOf(request.url);
    const { version } = this.#options;
    const { reason = 'the server is starting' } = this.#options.ready();
    if (path === '/healthz') send(response, 200, JSON_TYPE, JSON.stringify({ status: 'ok', version }));
    else if (path === '/readyz') {
      send(response, 503, JSON_TYPE, JSON.stringify({ status: 'unavailable', reason }));
    } else {
      response.setHeader('Retry-After', RETRY_SECONDS);
      if (signalOfPath(path) === undefined) {
        const { status, type, body } = problemDocument('query.unavailable', path, `Not yet: ${reason}.`);
        send(response, status, type, body);
      } else {
        const isJson = /^application\/json\b/i.test(request.headers['content-type'] ?? '');
        const body = statusResponse(isJson ? 'json' : 'protobuf', UNAVAILABLE, `not yet: ${reason}`);
        send(response, 503, isJson ? JSON_TYPE : 'application/x-protobuf', body);
      }
    }
  }
}

/** The rest of a path, with its query, after the base path; other paths as they are. */
function withoutBasePath(path: string, basePath: string): string {
  if (basePath === '' || !path.startsWith(basePath)) return path;
  const rest = path.slice(basePath.length);
  if (rest.startsWith('/')) return rest;
  return rest === '' || rest.startsWith('?') ? `/${rest}` : path;
}

const JSON_TYPE = 'application/json; charset=utf-8';

function send(response: ServerResponse, status: number, type: string, body: string | Uint8Array): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    // The body of the request is not read.
    Connection: 'close',
  });
  response.end(body);
}
