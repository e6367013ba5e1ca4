import type { IncomingMessage, ServerResponse } from 'node:http';
import { problemDocument, TELEMETRY_HINT } from '../contract/errors.js';
import { PAGE, type WebFile, type WebFiles } from './files.js';

/** Called with every answer. */
export interface WebPageTelemetry {
  readonly httpRequestSeconds: {
    observe(labels: { route: string; status: string }, seconds: number): void;
  };
}

/** The routes of the page itself (web/src/router.tsx). It reads the rest of its address in the browser. */
const PAGE_ROUTES = /^\/(?:(?:sessions|jobs|traces|users|views)\/[^/]+|tools|errors|alerts|send|reference)?$/;

/** Below it, an unknown path is a question to the API, whoever asks. */
const API_PREFIX = '/api/';

/**
 * Telemetry is untrusted. If some of it were ever executed as a script or used as a style, this policy would
 * not let it run, load or send anything.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "media-src 'self'",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  Vary: 'Accept-Encoding',
};

const METHODS: readonly string[] = ['GET', 'HEAD'];

export interface WebPageHandler {
  /**
   * Answers requests for the web page. A browser that opens an unknown address gets the page, which says so, with
   * status 404. Returns false for every other request, without an answer: programs get the API's 404.
   */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** The methods of a path; empty if it is not the page's. */
  methodsOf(path: string): readonly string[];
}

/** `isElsewhere` tells whether another part of the server answers a path. */
export function createWebPageHandler(
  files: WebFiles,
  telemetry: WebPageTelemetry,
  isElsewhere: (path: string) => boolean,
): WebPageHandler {
  const fileAt = (path: string): WebFile | undefined => files.get(PAGE_ROUTES.test(path) ? PAGE : path);
  const isLost = (path: string, request: IncomingMessage): boolean =>
    isNavigation(request) && !path.startsWith(API_PREFIX) && !isElsewhere(path);
  const handle = (request: IncomingMessage, response: ServerResponse): boolean => {
    const [path = ''] = (request.url ?? '').split('?', 1);
    const known = fileAt(path);
    const file = known ?? (isLost(path, request) ? files.get(PAGE) : undefined);
    if (file === undefined) return false;
    const began = performance.now();
    response.once('finish', () => {
      const labels = { route: 'web', status: String(response.statusCode) };
      telemetry.httpRequestSeconds.observe(labels, (performance.now() - began) / 1000);
    });
    if (METHODS.includes(request.method ?? ''))
      answer(known === undefined ? 404 : 200, file, request, response);
    else refuseMethod(path, request, response);
    return true;
  };
  return { handle, methodsOf: (path) => (fileAt(path) === undefined ? [] : METHODS) };
}

/** Whether a browser asks for a page to show, rather than a program for data. */
function isNavigation({ method, headers }: IncomingMessage): boolean {
  return METHODS.includes(method ?? '') && /\btext\/html\b/i.test(headers.accept ?? '');
}

function refuseMethod(path: string, request: IncomingMessage, response: ServerResponse): void {
  const allow = METHODS.join(', ');
  // An exporter that was given the server's bare address posts to it.
  const hint = request.method === 'POST' ? ` ${TELEMETRY_HINT}` : '';
  const detail = `Use ${allow} instead of ${request.method}.${hint}`;
  const { status, type, body } = problemDocument('method.not_allowed', path, detail);
  response.writeHead(status, { Allow: allow, 'Content-Type': type, 'Content-Length': body.length });
  response.end(body);
}

function answer(status: 200 | 404, file: WebFile, request: IncomingMessage, response: ServerResponse): void {
  const [encoding, body] = encodedFor(request.headers['accept-encoding'], file);
  // Each encoding of a file is a different sequence of bytes, so it has a tag of its own.
  const etag = `"${file.etag}${encoding === undefined ? '' : `-${encoding}`}"`;
  const headers = {
    ...HEADERS,
    ETag: etag,
    'Cache-Control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  if (status === 200 && isKnown(etag, request.headers['if-none-match'])) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(status, {
    ...headers,
    'Content-Type': file.type,
    'Content-Length': body.length,
    ...(encoding !== undefined && { 'Content-Encoding': encoding }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** The smallest form that the client accepts. */
function encodedFor(
  accepted: string | string[] | undefined,
  file: WebFile,
): [encoding: 'br' | 'gzip' | undefined, body: Buffer] {
  const codings = String(accepted ?? '')
    .toLowerCase()
    .split(',')
    .map((part) => part.split(';').map((piece) => piece.trim()));
  const takes = (name: string): boolean =>
    codings.some(([coding, quality = 'q=1']) => coding === name && !/^q=0(?:\.0*)?$/.test(quality));
  if (file.br !== undefined && takes('br')) return ['br', file.br];
  if (file.gzip !== undefined && takes('gzip')) return ['gzip', file.gzip];
  return [undefined, file.plain];
}

function isKnown(etag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((part) => part.trim().replace(/^W\//, '') === etag);
}
