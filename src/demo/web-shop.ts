import type { Random } from './random.js';
import {
  type Attributes,
  exceptionEvent,
  type Recorder,
  Severity,
  type Source,
  type SpanContext,
  SpanKind,
} from './telemetry.js';

/** A request as the shop's servers see it. */
export interface ShopRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly at: number;
  /** The trace context from the browser; undefined without tracing. */
  readonly parent: SpanContext | undefined;
  readonly clientAddress: string;
  readonly userAgent: string;
}

export interface ShopResponse {
  readonly status: number;
  readonly end: number;
}

const STOREFRONT = server('storefront', '4.2.0', 'nodejs', '@opentelemetry/instrumentation-http', '0.207.0');
const CATALOG = server('catalog', '1.18.3', 'go', 'otelhttp', '0.63.0');
const CHECKOUT = server('checkout', '2.7.1', 'java', 'io.opentelemetry.tomcat-10.0', '2.20.0');

/** How the shop answers a path: its route, and the work of a second service. */
interface Route {
  readonly prefix: string;
  readonly route: string;
  readonly backend?: Backend;
}

interface Backend {
  readonly source: Source;
  readonly host: string;
  readonly route: string;
  /** Query of the service's database. */
  readonly query: string;
  readonly table: string;
  readonly failure: { readonly type: string; readonly message: string; readonly frame: string };
}

const FAILED_QUERY = {
  type: '*pgconn.ConnectError',
  message: 'failed to connect to `host=catalog-db`: dial error (timeout: context deadline exceeded)',
  frame: 'catalog/store.(*Products).Find(products.go:84)',
};
const FAILED_PAYMENT = {
  type: 'java.net.SocketTimeoutException',
  message: 'Read timed out while waiting for the payment provider',
  frame: 'shop.checkout.PaymentClient.charge(PaymentClient.java:112)',
};

/** First match wins. */
const ROUTES: readonly Route[] = [
  { prefix: '/products/', route: '/products/:id', backend: products('/v1/products/{id}') },
  { prefix: '/search', route: '/search', backend: products('/v1/products') },
  { prefix: '/api/cart', route: '/api/cart', backend: orders('/carts/{id}/items', 'INSERT', 'cart_items') },
  { prefix: '/api/orders', route: '/api/orders', backend: orders('/orders', 'INSERT', 'orders') },
  { prefix: '/cart', route: '/cart', backend: orders('/carts/{id}', 'SELECT', 'carts') },
  { prefix: '/checkout', route: '/checkout', backend: orders('/carts/{id}', 'SELECT', 'carts') },
  { prefix: '/old-', route: '*' },
  { prefix: '/', route: '/' },
];

const FAILURE_RATE = 0.03;

/** Records the servers' part of a request: spans of the shop and of the services behind it. */
export function answer(request: ShopRequest, random: Random, recorder: Recorder): ShopResponse {
  const { prefix, route, backend } = ROUTES.find((each) => request.path.startsWith(each.prefix))!;
  const storefront = recorder.context(request.parent);
  let now = request.at + random.duration(2);
  let status = prefix === '/old-' ? 404 : 200;
  if (backend !== undefined) {
    const response = askBackend(backend, now, storefront, random, recorder);
    now = response.end;
    if (response.status >= 500) status = 502;
  }
  const end = now + random.duration(3);
  recorder.span({
    source: STOREFRONT,
    parent: request.parent,
    context: storefront,
    name: `${request.method} ${route}`,
    kind: SpanKind.server,
    start: request.at,
    end,
    attributes: {
      'http.request.method': request.method,
      'http.route': route,
      'http.response.status_code': status,
      'url.scheme': 'https',
      'url.path': request.path,
      'server.address': 'shop.example',
      'client.address': request.clientAddress,
      'user_agent.original': request.userAgent,
      'network.protocol.version': '2',
      'error.type': status >= 500 ? String(status) : undefined,
    },
    error: status >= 500 ? 'Bad gateway' : undefined,
  });
  return { status, end };
}

function askBackend(
  backend: Backend,
  at: number,
  caller: SpanContext,
  random: Random,
  recorder: Recorder,
): ShopResponse {
  const call = recorder.context(caller);
  const service = recorder.context(call);
  const started = at + random.duration(1);
  const fails = random.chance(FAILURE_RATE);
  const queried = started + random.duration(1) + random.duration(fails ? 900 : 6);
  recorder.span({
    source: backend.source,
    parent: service,
    name: `${backend.query} ${backend.table}`,
    kind: SpanKind.client,
    start: started,
    end: queried,
    attributes: {
      'db.system.name': 'postgresql',
      'db.operation.name': backend.query,
      'db.collection.name': backend.table,
      'error.type': fails ? 'timeout' : undefined,
    },
    error: fails ? 'timeout' : undefined,
  });

  const end = queried + random.duration(2);
  const status = fails ? 500 : 200;
  const { type, message, frame } = backend.failure;
  const http: Attributes = {
    'http.request.method': 'GET',
    'http.response.status_code': status,
    'error.type': fails ? '500' : undefined,
  };
  recorder.span({
    source: backend.source,
    parent: call,
    context: service,
    name: `GET ${backend.route}`,
    kind: SpanKind.server,
    start: started,
    end,
    attributes: { ...http, 'http.route': backend.route, 'client.address': '10.4.0.17' },
    events: fails ? [exceptionEvent(queried, type, message, `${type}: ${message}\n  at ${frame}`)] : [],
    error: fails ? message : undefined,
  });
  recorder.log({
    source: backend.source,
    at: end,
    severity: fails ? Severity.error : Severity.info,
    body: fails ? `request failed: ${message}` : `GET ${backend.route} ${status}`,
    attributes: fails ? { 'exception.type': type, 'exception.message': message } : {},
    span: service,
  });
  recorder.span({
    source: STOREFRONT,
    parent: caller,
    context: call,
    name: 'GET',
    kind: SpanKind.client,
    start: at,
    end: end + random.duration(1),
    attributes: { ...http, 'server.address': backend.host, 'server.port': 8080 },
    error: fails ? 'Internal server error' : undefined,
  });
  return { status, end: end + 1 };
}

function products(route: string): Backend {
  const source = CATALOG;
  return { source, host: 'catalog', route, query: 'SELECT', table: 'products', failure: FAILED_QUERY };
}

function orders(route: string, query: string, table: string): Backend {
  return { source: CHECKOUT, host: 'checkout', route, query, table, failure: FAILED_PAYMENT };
}

function server(
  name: string,
  version: string,
  language: string,
  scope: string,
  scopeVersion: string,
): Source {
  return {
    resource: {
      'service.name': name,
      'service.namespace': 'shop',
      'service.version': version,
      'service.instance.id': `${name}-6d5f7c9b8-x2k4q`,
      'deployment.environment.name': 'production',
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.language': language,
    },
    scope: { name: scope, version: scopeVersion },
  };
}

/** The page of one of the shop's products. */
export function productPath(random: Random): string {
  return `/products/${random.int(100, 899)}`;
}
