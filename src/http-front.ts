import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { AnswersUnderWay } from './answers.js';
import { pathOf } from './api/problem.js';
import type { ReadyState } from './api/server-routes.js';
import { problemDocument } from './contract/errors.js';
import { statusResponse } from './otlp/response.js';
import { isLoopbackName, refuseHost, requestAllowed } from './receiver/host-check.js';
import { closeHttpServer, createHttpServer } from './receiver/http-server.js';
import { type Listening, listenOn } from './receiver/listen.js';
import { signalOfPath } from './receiver/otlp-paths.js';

/** What is behind the port: a request is answered by it, and it knows the methods of each path. */
export interface HttpHandlers {
  handle(request: IncomingMessage, response: ServerResponse): void;
  methodsOf(path: string): readonly string[];
}

export interface HttpFrontOptions {
  readonly host: string;
  readonly port: number;
  /** Other names of this server, while it listens on loopback only. */
  readonly allowedHosts: readonly string[];
  readonly version: string;
  /** What `/readyz` says while nothing is behind the port. */
  ready(): ReadyState;
}

/** When a request that came too early is sent again, s. */
const RETRY_SECONDS = 5;

/** gRPC's UNAVAILABLE, which OTLP/HTTP has in its answers too. */
const UNAVAILABLE = 14;

/**
 * The one port for all that speaks HTTP. It may be opened before there is anything behind it: probes are answered then, and everything else is told to come again. So a start that takes
 * minutes is not taken for one that failed, and ended.
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

  /** Opens the port, unless it is open. Rejects where it cannot be listened on. */
  listen(): Promise<Listening<Server>> {
    const { host, port } = this.#options;
    this.#listening ??= listenOn(host, port, () => this.#server());
    return this.#listening;
  }

  /** From now on these answer. */
  serve(handlers: HttpHandlers): Promise<Listening<Server>> {
    this.#handlers = handlers;
    return this.listen();
  }

  /** Resolves when no answer is under way; connections get no further request. */
  drain(): Promise<void> {
    return this.#answers.drain();
  }

  /** Ends all connections; called again, it is the same end. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const listening = await this.#listening?.catch(() => undefined);
    await Promise.all((listening?.servers ?? []).map(closeHttpServer));
  }

  #server(): Server {
    const { host, allowedHosts } = this.#options;
    const checkHost = isLoopbackName(host);
    return createHttpServer({
      handle: (request, response) => {
        this.#answers.add(response);
        if (checkHost && !requestAllowed(request, allowedHosts)) refuseHost(pathOf(request.url), response);
        else if (this.#handlers === undefined) this.#answerEarly(request, response);
        else this.#handlers.handle(request, response);
      },
      methodsOf: (path) => this.#handlers?.methodsOf(path) ?? [],
    });
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

const JSON_TYPE = 'application/json; charset=utf-8';

function send(response: ServerResponse, status: number, type: string, body: string | Uint8Array): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    // Whatever body comes is of no interest.
    Connection: 'close',
  });
  response.end(body);
}
