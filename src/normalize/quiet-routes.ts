import { type AttributeKey, type AttributeView, attributeKey, KeyGroup } from './attributes.js';

/**
 * Quiet requests: health checks, scrapes, preflights. A trace of nothing else is quiet (SPEC S25): it can be
 * read by its id, and is in no list and no statistics.
 */

/** Represents `DEFAULT_QUIET_ROUTES` in a list of patterns. */
export const DEFAULTS_WORD = 'default';

/** The default patterns. */
export const DEFAULT_QUIET_ROUTES: readonly string[] = [
  // Sent by browsers before a request to another origin.
  'OPTIONS',
  // By convention of Kubernetes, Google, Rails, ASP.NET Core and many others.
  '/health',
  '/health/*',
  '/healthz',
  '/healthz/*',
  '/livez',
  '/livez/*',
  '/readyz',
  '/readyz/*',
  '/ping',
  '/up',
  // Spring Boot, Quarkus, Prometheus.
  '/actuator/health',
  '/actuator/health/*',
  '/actuator/prometheus',
  '/q/health',
  '/q/health/*',
  '/q/metrics',
  '/-/healthy',
  '/-/ready',
  '/metrics',
  // gRPC: the path of a call is its service and method.
  '/grpc.health.v1.Health/*',
  '/favicon.ico',
];

/** Maximum length of a pattern, UTF-16 units. */
const MAX_PATTERN_LENGTH = 256;

/** HTTP methods. A path without its slash must not be read as a method. */
const METHOD = /^(?:CONNECT|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT|QUERY|TRACE)$/i;
const PATH = /^\/[^\s*?#]*\*?$/;

interface Pattern {
  /** In upper case; undefined for any method. */
  readonly method: string | undefined;
  /** With a trailing `*` for any rest; undefined for any path. */
  readonly path: string | undefined;
}

/**
 * The canonical form of a pattern: a method (`OPTIONS`), a path (`/healthz`, `/internal/*`), or both (`GET
 * /status`). Undefined if it is invalid.
 */
export function routePattern(text: string): string | undefined {
  const pattern = parsePattern(text);
  return pattern && [pattern.method, pattern.path].filter((part) => part !== undefined).join(' ');
}

function parsePattern(text: string): Pattern | undefined {
  if (text.length > MAX_PATTERN_LENGTH) return undefined;
  const [first = '', second, ...rest] = text.trim().split(/\s+/);
  if (rest.length > 0) return undefined;
  if (second === undefined && PATH.test(first)) return { method: undefined, path: first };
  if (!METHOD.test(first) || (second !== undefined && !PATH.test(second))) return undefined;
  return { method: first.toUpperCase(), path: second };
}

/** Patterns with the defaults in place of their word, each once, in an order that depends only on the set. */
export function quietPatterns(patterns: readonly string[]): readonly string[] {
  const all = patterns.flatMap((pattern) => (pattern === DEFAULTS_WORD ? DEFAULT_QUIET_ROUTES : [pattern]));
  return [...new Set(all)].sort();
}

const key = (name: string) => attributeKey(name, KeyGroup.route);

/** OpenTelemetry's names, current ones before former ones. */
const METHOD_KEYS = [key('http.request.method'), key('http.method')];
const STATUS_KEYS = [key('http.response.status_code'), key('http.status_code')];
const PATH_KEYS = [key('url.path'), key('http.target'), key('url.full'), key('http.url')];
const ROUTE = key('http.route');
const RPC_SERVICE = key('rpc.service');
const RPC_METHOD = key('rpc.method');

/** No pattern matches a longer path. */
const MAX_PATH_LENGTH = 2048;

/** Decides which requests are quiet. */
export class QuietRoutes {
  /** Methods that are quiet for any path. */
  readonly #methods = new Set<string>();
  /** Whole paths, with their method and a space in front if they have one. */
  readonly #paths = new Set<string>();
  /** Prefixes of paths. */
  readonly #beginnings: { readonly method: string | undefined; readonly text: string }[] = [];

  /** `patterns` as returned by `routePattern`; others are ignored. */
  constructor(patterns: readonly string[]) {
    for (const { method, path } of patterns.flatMap((text) => parsePattern(text) ?? [])) {
      if (path === undefined) this.#methods.add(method!);
      else if (path.endsWith('*')) this.#beginnings.push({ method, text: path.slice(0, -1) });
      else this.#paths.add(method === undefined ? path : `${method} ${path}`);
    }
  }

  /**
   * Whether the attributes of a server's span are those of a quiet request. A request that failed at the
   * server (5xx) is not quiet.
   */
  isQuiet(attributes: AttributeView): boolean {
    const method = firstText(attributes, METHOD_KEYS)?.toUpperCase();
    const isMatch =
      (method !== undefined && this.#methods.has(method)) ||
      this.#hasPath(pathOf(firstText(attributes, PATH_KEYS)), method) ||
      this.#hasPath(attributes.has(ROUTE) ? attributes.text(ROUTE) : undefined, method) ||
      this.#hasPath(callOf(attributes), undefined);
    return isMatch && !hasFailed(attributes);
  }

  #hasPath(path: string | undefined, method: string | undefined): boolean {
    if (path === undefined || path.length > MAX_PATH_LENGTH) return false;
    const bare = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
    if (this.#paths.has(bare) || (method !== undefined && this.#paths.has(`${method} ${bare}`))) return true;
    for (const beginning of this.#beginnings) {
      if (!path.startsWith(beginning.text)) continue;
      if (beginning.method === undefined || beginning.method === method) return true;
    }
    return false;
  }
}

function firstText(attributes: AttributeView, keys: readonly AttributeKey[]): string | undefined {
  for (const each of keys) {
    const text = attributes.has(each) ? attributes.text(each) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The path of a path with a query, or of a whole URL. */
function pathOf(target: string | undefined): string | undefined {
  if (target === undefined) return undefined;
  const origin = target.startsWith('/') ? 0 : /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(target)?.[0].length;
  if (origin === undefined) return undefined;
  const end = target.slice(origin).search(/[?#]/);
  return end < 0 ? target.slice(origin) : target.slice(origin, origin + end);
}

/** A gRPC call as a path. Since semconv 1.37 `rpc.method` is the whole name. */
function callOf(attributes: AttributeView): string | undefined {
  const method = attributes.has(RPC_METHOD) ? attributes.text(RPC_METHOD) : undefined;
  const service = attributes.has(RPC_SERVICE) ? attributes.text(RPC_SERVICE) : undefined;
  if (service !== undefined) return `/${service}/${method ?? ''}`;
  return method?.includes('/') ? `/${method}` : undefined;
}

function hasFailed(attributes: AttributeView): boolean {
  return STATUS_KEYS.some((each) => attributes.has(each) && (attributes.number(each) ?? 0) >= 500);
}
