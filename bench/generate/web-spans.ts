import { LANGUAGES, USER_AGENTS } from './browsers.js';
import { ADDRESS_LENGTH, SESSION_ID_LENGTH, USER_ID_LENGTH } from './ids.js';
import type { EnvelopeBytes } from './request-writer.js';
import { NUMBER_LENGTH, type SpanTemplate, span, spanAttribute, spanTemplate } from './span-template.js';
import { attribute, field, fixed64Hole, hole, intField, join, type Part } from './template.js';

const ROUTES = [
  'product',
  'category',
  'search',
  'cart',
  'checkout',
  'account',
  'orders',
  'reviews',
  'wishlist',
  'stores',
  'offers',
  'help',
] as const;

const SESSION = spanAttribute('session.id', hole('session', SESSION_ID_LENGTH));
const USER = spanAttribute('user.id', hole('user', USER_ID_LENGTH));
const ADDRESS = spanAttribute('client.address', hole('address', ADDRESS_LENGTH));

function event(name: string, ...attributes: readonly Part[]): Part {
  return field(11, fixed64Hole(1, 'event'), field(2, name), ...attributes);
}

/** Both forms of a template: of a visitor who is logged in, and of one who is not. */
export interface ByLogin {
  readonly known: SpanTemplate;
  readonly anonymous: SpanTemplate;
}

function byLogin(build: (user: Part) => Part): ByLogin {
  return {
    known: spanTemplate(build(USER)),
    anonymous: spanTemplate(build({ bytes: new Uint8Array(), holes: [] })),
  };
}

function browserAttributes(route: string): Part {
  return join(
    SESSION,
    spanAttribute('app.view.name', `/${route}/:id`),
    spanAttribute('app.release.channel', 'production'),
    spanAttribute('browser.page.title', `Northwind Outfitters | ${route}`),
    spanAttribute('browser.window.size', '1512x861'),
    spanAttribute('network.connection.type', 'wifi'),
    spanAttribute('browser.page.referrer', pageUrl(route)),
  );
}

function pageUrl(route: string): Part {
  return field(1, `https://shop.example.com/${route}/`, hole('number', NUMBER_LENGTH), '?ref=nav&variant=b');
}

/** Spans of a web shop, each list by route. */
export const PAGE_LOADS: readonly ByLogin[] = ROUTES.map((route) =>
  byLogin((user) =>
    span(
      'documentLoad',
      1,
      false,
      browserAttributes(route),
      user,
      spanAttribute('url.full', pageUrl(route)),
      spanAttribute('http.response.body.size', 48211),
      spanAttribute('browser.web_vital.lcp', 1834),
      event('fetchStart'),
      event('domainLookupStart'),
      event('connectEnd'),
      event('requestStart'),
      event('responseEnd'),
      event('domInteractive'),
      event('domContentLoadedEventEnd'),
      event('domComplete'),
      event('loadEventEnd'),
    ),
  ),
);

export const RESOURCES: readonly ByLogin[] = ROUTES.map((route, i) =>
  byLogin((user) =>
    span(
      'resourceFetch',
      1,
      true,
      browserAttributes(route),
      user,
      spanAttribute(
        'url.full',
        field(
          1,
          `https://cdn.example.com/assets/v41/${route}/`,
          hole('number', NUMBER_LENGTH),
          i % 2 === 0 ? '-1280x960.webp' : '-main.chunk.js',
        ),
      ),
      spanAttribute('http.request.method', 'GET'),
      spanAttribute('http.response.status_code', 200),
      spanAttribute('http.response.body.size', 20011 + 977 * i),
      spanAttribute('network.protocol.version', '2'),
      event('fetchStart'),
      event('responseEnd'),
    ),
  ),
);

export const FETCHES: readonly ByLogin[] = ROUTES.map((route) =>
  byLogin((user) =>
    span(
      'HTTP GET',
      3,
      true,
      browserAttributes(route),
      user,
      spanAttribute(
        'url.full',
        field(
          1,
          `https://api.example.com/v2/${route}/`,
          hole('number', NUMBER_LENGTH),
          '?expand=prices,stock',
        ),
      ),
      spanAttribute('http.request.method', 'GET'),
      spanAttribute('http.response.status_code', 200),
      spanAttribute('server.address', 'api.example.com'),
      spanAttribute('server.port', 443),
      spanAttribute('http.response.body.size', 5120),
      spanAttribute('network.protocol.version', '2'),
      spanAttribute('browser.page.url', pageUrl(route)),
    ),
  ),
);

const STACK = [
  'at OrderRepository.findOpen (/srv/app/dist/orders/repository.js:118:19)',
  'at async OrderService.load (/srv/app/dist/orders/service.js:64:24)',
  'at async handle (/srv/app/dist/http/routes/orders.js:31:17)',
  'at async Server.dispatch (/srv/app/dist/http/server.js:207:5)',
].join('\n    ');

const EXCEPTION = event(
  'exception',
  attribute(3, 'exception.type', 'TimeoutError'),
  attribute(3, 'exception.message', 'no connection to orders-db within 2000 ms'),
  attribute(
    3,
    'exception.stacktrace',
    `TimeoutError: no connection to orders-db within 2000 ms\n    ${STACK}`,
  ),
);
const ERROR_STATUS = field(15, field(2, 'no connection to orders-db within 2000 ms'), intField(3, 2));

/** By route, browser, then whether the request fails. */
export const HANDLERS: readonly (readonly (readonly ByLogin[])[])[] = ROUTES.map((route) =>
  USER_AGENTS.map((userAgent) =>
    [false, true].map((fails) =>
      byLogin((user) =>
        span(
          `GET /v2/${route}/:id`,
          2,
          true,
          SESSION,
          user,
          ADDRESS,
          spanAttribute('user_agent.original', userAgent),
          spanAttribute('http.request.method', 'GET'),
          spanAttribute('http.route', `/v2/${route}/:id`),
          spanAttribute('url.path', field(1, `/v2/${route}/`, hole('number', NUMBER_LENGTH))),
          spanAttribute('url.query', 'expand=prices,stock'),
          spanAttribute('url.scheme', 'https'),
          spanAttribute('http.response.status_code', fails ? 503 : 200),
          spanAttribute('server.address', 'api.example.com'),
          spanAttribute('network.peer.address', '10.42.7.19'),
          spanAttribute('network.protocol.version', '1.1'),
          ...(fails ? [EXCEPTION, ERROR_STATUS] : []),
        ),
      ),
    ),
  ),
);

export const DATABASE: readonly ByLogin[] = ROUTES.map((route) =>
  byLogin((user) =>
    span(
      `SELECT ${route}`,
      3,
      true,
      SESSION,
      user,
      spanAttribute('db.system.name', 'postgresql'),
      spanAttribute('db.namespace', 'shop'),
      spanAttribute('db.collection.name', route),
      spanAttribute('db.operation.name', 'SELECT'),
      spanAttribute(
        'db.query.text',
        `SELECT id, title, price_cents, currency, stock, updated_at FROM ${route} WHERE id = $1 AND tenant_id = $2 AND deleted_at IS NULL ORDER BY updated_at DESC LIMIT 50`,
      ),
      spanAttribute('db.response.returned_rows', 24),
      spanAttribute('server.address', 'orders-db.internal'),
      spanAttribute('server.port', 5432),
    ),
  ),
);

/** Tokens that a small model call reports. */
export const ASSIST_TOKENS = { input: 1200, output: 180 } as const;

/** A small model call: usage without content. */
export const ASSIST: ByLogin = byLogin((user) =>
  span(
    'chat gpt-4o-mini',
    3,
    true,
    SESSION,
    user,
    spanAttribute('gen_ai.operation.name', 'chat'),
    spanAttribute('gen_ai.provider.name', 'openai'),
    spanAttribute('gen_ai.request.model', 'gpt-4o-mini'),
    spanAttribute('gen_ai.response.model', 'gpt-4o-mini-2024-07-18'),
    spanAttribute('gen_ai.usage.input_tokens', ASSIST_TOKENS.input),
    spanAttribute('gen_ai.usage.output_tokens', ASSIST_TOKENS.output),
    spanAttribute('server.address', 'api.openai.com'),
  ),
);

export const ROUTE_COUNT = ROUTES.length;

/** The spans of a visit, each list by route; `handlers` by route, browser, then whether the request fails. */
export interface WebTemplates {
  readonly pageLoads: readonly ByLogin[];
  readonly resources: readonly ByLogin[];
  readonly fetches: readonly ByLogin[];
  readonly handlers: readonly (readonly (readonly ByLogin[])[])[];
  readonly database: readonly ByLogin[];
}

/** Spans as instrumentations send them. */
export const FULL_SPANS: WebTemplates = {
  pageLoads: PAGE_LOADS,
  resources: RESOURCES,
  fetches: FETCHES,
  handlers: HANDLERS,
  database: DATABASE,
};

const THIN = ROUTES.map((route) => ({
  load: byLogin((user) =>
    span('documentLoad', 1, false, SESSION, user, spanAttribute('url.full', pageUrl(route))),
  ),
  fetch: byLogin((user) =>
    span('HTTP GET', 3, true, SESSION, user, spanAttribute('http.request.method', 'GET')),
  ),
  handlers: [false, true].map((fails) =>
    byLogin((user) =>
      span(
        `GET /v2/${route}/:id`,
        2,
        true,
        SESSION,
        user,
        ADDRESS,
        spanAttribute('http.response.status_code', fails ? 503 : 200),
        ...(fails ? [ERROR_STATUS] : []),
      ),
    ),
  ),
  query: byLogin((user) =>
    span(`SELECT ${route}`, 3, true, SESSION, user, spanAttribute('db.system.name', 'postgresql')),
  ),
}));

/** The same visits in minimal spans, for very many of them. */
export const THIN_SPANS: WebTemplates = {
  pageLoads: THIN.map(({ load }) => load),
  resources: THIN.map(({ fetch }) => fetch),
  fetches: THIN.map(({ fetch }) => fetch),
  handlers: THIN.map(({ handlers }) => USER_AGENTS.map(() => handlers)),
  database: THIN.map(({ query }) => query),
};

function resourceAttribute(key: string, value: string | boolean): Part {
  return attribute(1, key, value);
}

function scope(name: string, version: string): Uint8Array {
  return field(1, field(1, name), field(2, version)).bytes;
}

/** Resource of a browser, by browser and language. */
export const BROWSER_ENVELOPES: readonly (readonly EnvelopeBytes[])[] = USER_AGENTS.map((userAgent) =>
  LANGUAGES.map((language) => ({
    resource: field(
      1,
      resourceAttribute('service.name', 'shop-web'),
      resourceAttribute('service.version', '41.2.0'),
      resourceAttribute('deployment.environment.name', 'production'),
      resourceAttribute('telemetry.sdk.name', 'opentelemetry'),
      resourceAttribute('telemetry.sdk.language', 'webjs'),
      resourceAttribute('telemetry.sdk.version', '2.2.0'),
      resourceAttribute('browser.language', language),
      resourceAttribute('browser.mobile', userAgent.includes('Mobile')),
      resourceAttribute('user_agent.original', userAgent),
    ).bytes,
    scope: scope('@opentelemetry/instrumentation-fetch', '0.208.0'),
  })),
);

/** The server behind the web shop. */
export const API_ENVELOPE: EnvelopeBytes = {
  resource: field(
    1,
    resourceAttribute('service.name', 'shop-api'),
    resourceAttribute('service.version', '7.14.3'),
    resourceAttribute('service.instance.id', '7f9c2ba4-e88f-4f1d-a0d1-93e1a7f3b0c5'),
    resourceAttribute('deployment.environment.name', 'production'),
    resourceAttribute('telemetry.sdk.name', 'opentelemetry'),
    resourceAttribute('telemetry.sdk.language', 'nodejs'),
    resourceAttribute('telemetry.sdk.version', '2.2.0'),
    resourceAttribute('host.name', 'shop-api-5d8f7c9b6-x2k4q'),
  ).bytes,
  scope: scope('@opentelemetry/instrumentation-http', '0.208.0'),
};
