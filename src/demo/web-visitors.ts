import type { Random } from './random.js';
import { type Attributes, Recorder, Severity, type Source, type SpanContext, SpanKind } from './telemetry.js';
import { BOT, DEVICES, type Device, NETWORKS, type Network } from './visitor-profiles.js';
import { answer } from './web-shop.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** The session cookie's life without activity; a visitor who comes back later begins a new session. */
export const SESSION_LIFE = 30 * MINUTE;

/** A person with a browser, who may come back. */
export interface Visitor {
  readonly device: Device;
  readonly network: Network;
  readonly address: string;
  /** Undefined for a visitor who has no account. */
  readonly userId: string | undefined;
  readonly source: Source;
  /** The latest session and when it went quiet. */
  lastSession: { readonly id: string; readonly end: number } | undefined;
}

export function newVisitor(random: Random, ids: Random): Visitor {
  const device = random.pickWeighted(DEVICES);
  const network = random.pickWeighted(NETWORKS);
  return {
    device,
    network,
    address: `${network.addressPrefix}.${random.int(0, 255)}.${random.int(1, 254)}`,
    userId: random.chance(0.4) ? accountId(random) : undefined,
    source: browserSource(device, network, ids),
    lastSession: undefined,
  };
}

/** Accounts are numbers or, in the shop's older part, e-mail addresses. */
function accountId(random: Random): string {
  return random.chance(0.2) ? `customer${random.int(1000, 9999)}@example.com` : `usr_${random.hex(8)}`;
}

export interface VisitOptions {
  readonly start: number;
  /** Whether the visitor may leave in a way that the browser notices. */
  readonly mayEnd: boolean;
}

/** Records one session of a visitor and remembers it as the visitor's latest. */
export function visit(visitor: Visitor, options: VisitOptions, random: Random, ids: Random): Recorder {
  return new Visit(visitor, random, ids).play(options);
}

/** A crawler's fetch of one page. No script runs, so there is a trace but no session id. */
export function crawl(start: number, random: Random, ids: Random): Recorder {
  const recorder = new Recorder(ids);
  answer(
    {
      method: 'GET',
      path: productPath(random),
      at: start,
      parent: undefined,
      clientAddress: `${BOT.addressPrefix}.${random.int(1, 254)}`,
      userAgent: BOT.userAgent,
    },
    random,
    recorder,
  );
  return recorder;
}

class Visit {
  readonly #visitor: Visitor;
  readonly #random: Random;
  readonly #recorder: Recorder;
  readonly #id: string;
  /** Attributes on all that the browser sends. */
  readonly #common: Attributes;

  constructor(visitor: Visitor, random: Random, ids: Random) {
    this.#visitor = visitor;
    this.#random = random;
    this.#recorder = new Recorder(ids);
    this.#id = ids.hex(32);
    this.#common = { 'session.id': this.#id, 'user.id': visitor.userId };
  }

  play({ start, mayEnd }: VisitOptions): Recorder {
    const random = this.#random;
    this.#event(start, 'session.start', { 'session.previous_id': this.#visitor.lastSession?.id });
    const steps = random.chance(0.3) ? 1 : 2 + Math.floor(random.interval(5));
    let path = random.pick(['/', '/', productPath(random), '/search?q=lamp']);
    let now = this.#viewPage(start, path);
    for (let step = 1; step < Math.min(steps, 40); step++) {
      now += Math.min(random.duration(25 * SECOND), SESSION_LIFE / 2);
      if (random.chance(0.35)) now = this.#act(now, path);
      else {
        path = nextPath(path, random);
        now = this.#viewPage(now, path);
      }
    }
    if (mayEnd && random.chance(0.35)) this.#event(now + random.duration(5 * SECOND), 'session.end', {});
    this.#visitor.lastSession = { id: this.#id, end: now };
    return this.#recorder;
  }

  /** The browser loads a page: the document, then its data. */
  #viewPage(at: number, path: string): number {
    const random = this.#random;
    const load = this.#recorder.context();
    const fetched = this.#request('documentFetch', 'GET', path, at + random.duration(4), load);
    let end = fetched;
    for (const asset of ['app.js', 'app.css']) {
      const assetEnd = fetched + random.duration(60);
      this.#span('resourceFetch', fetched, assetEnd, load, {
        'url.full': `https://shop.example/assets/${asset}`,
        'http.response.body.size': random.int(8_000, 180_000),
      });
      end = Math.max(end, assetEnd);
    }
    end += random.duration(120);
    this.#span('documentLoad', at, end, undefined, { 'url.full': `https://shop.example${path}` }, load);
    this.#event(end, 'browser.web_vital', {
      'browser.web_vital.name': 'lcp',
      'browser.web_vital.value': Math.round((end - at) * 10) / 10,
      'browser.web_vital.rating': end - at < 2500 ? 'good' : 'needs-improvement',
    });
    if (random.chance(0.02)) this.#scriptError(end + random.duration(400), load);
    return end;
  }

  /** The visitor presses something, which asks the shop. */
  #act(at: number, path: string): number {
    const random = this.#random;
    const click = this.#recorder.context();
    const buys = path.startsWith('/checkout');
    const end = this.#request('POST', 'POST', buys ? '/api/orders' : '/api/cart', at + 3, click);
    this.#span(
      'click',
      at,
      end + random.duration(8),
      undefined,
      {
        event_type: 'click',
        target_element: 'BUTTON',
        target_xpath: buys ? '//*[@id="buy"]' : '//*[@id="add"]',
      },
      click,
    );
    return end;
  }

  /** A request of the browser with what happens on the servers; returns when the answer is there. */
  #request(name: string, method: 'GET' | 'POST', path: string, at: number, parent: SpanContext): number {
    const random = this.#random;
    const { address, device } = this.#visitor;
    const fetch = this.#recorder.context(parent);
    const travel = random.duration(device.mobile ? 45 : 20);
    const { status, end } = answer(
      {
        method,
        path: path.replace(/\?.*/, ''),
        at: at + travel,
        parent: fetch,
        clientAddress: address,
        userAgent: device.userAgent,
      },
      random,
      this.#recorder,
    );
    const done = end + travel;
    this.#recorder.span({
      source: this.#visitor.source,
      parent,
      context: fetch,
      name,
      kind: SpanKind.client,
      start: at,
      end: done,
      attributes: {
        ...this.#common,
        'http.request.method': method,
        'url.full': `https://shop.example${path}`,
        'server.address': 'shop.example',
        'http.response.status_code': status,
        'error.type': status >= 400 ? String(status) : undefined,
      },
      error: status >= 400 ? `HTTP ${status}` : undefined,
    });
    return done;
  }

  #scriptError(at: number, span: SpanContext): void {
    const message = "Cannot read properties of undefined (reading 'price')";
    this.#recorder.log({
      source: this.#visitor.source,
      at,
      severity: Severity.error,
      eventName: 'exception',
      attributes: {
        ...this.#common,
        'exception.type': 'TypeError',
        'exception.message': message,
        'exception.stacktrace': `TypeError: ${message}\n    at totals (https://shop.example/assets/app.js:1:20481)`,
      },
      span,
    });
  }

  #span(
    name: string,
    start: number,
    end: number,
    parent: SpanContext | undefined,
    attributes: Attributes,
    context = this.#recorder.context(parent),
  ): void {
    this.#recorder.span({
      source: this.#visitor.source,
      parent,
      context,
      name,
      kind: SpanKind.internal,
      start,
      end,
      attributes: { ...this.#common, ...attributes },
    });
  }

  #event(at: number, eventName: string, attributes: Attributes): void {
    this.#recorder.log({
      source: this.#visitor.source,
      at,
      eventName,
      attributes: { ...this.#common, ...attributes },
    });
  }
}

function productPath(random: Random): string {
  return `/products/${random.int(100, 899)}`;
}

function nextPath(path: string, random: Random): string {
  if (path === '/cart' && random.chance(0.6)) return '/checkout';
  const likely = [productPath(random), productPath(random), '/search?q=chair', '/cart', '/'];
  return random.chance(0.03) ? '/old-campaign' : random.pick(likely);
}

function browserSource(device: Device, network: Network, ids: Random): Source {
  return {
    resource: {
      'service.name': 'shop-web',
      'service.namespace': 'shop',
      'service.version': '4.2.0',
      'service.instance.id': ids.hex(32),
      'deployment.environment.name': 'production',
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.language': 'webjs',
      'browser.brands': device.brands.length > 0 ? device.brands : undefined,
      'browser.language': network.language,
      'browser.mobile': device.mobile,
      'browser.platform': device.platform,
      'user_agent.original': device.userAgent,
    },
    scope: { name: '@opentelemetry/instrumentation-document-load', version: '0.53.0' },
  };
}
