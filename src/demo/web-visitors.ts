import { account, type Person, pause, type VisitOptions } from './person.js';
import type { Random } from './random.js';
import { type Attributes, Recorder, Severity, type Source, type SpanContext, SpanKind } from './telemetry.js';
import {
  BOT,
  DEVICES,
  type Device,
  NETWORKS,
  type Network,
  REFERRERS,
  WEB_RELEASES,
} from './visitor-profiles.js';
import { answer, productPath } from './web-shop.js';
import { type WebVital, webVital } from './web-vitals.js';

const SECOND = 1_000;
const SHOP = 'https://shop.example';
const MOST_STEPS = 40;

type Release = (typeof WEB_RELEASES)[keyof typeof WEB_RELEASES];

/** A person with a browser. */
class Visitor implements Person {
  readonly device: Device;
  readonly network: Network;
  readonly address: string;
  /** Undefined for a visitor without an account. */
  readonly userId: string | undefined;
  /** The browser as a source, by the release of the loaded page. */
  readonly #sources = new Map<Release, Source>();
  lastSession: Person['lastSession'];

  constructor(random: Random) {
    this.device = random.pickWeighted(DEVICES);
    this.network = random.pickWeighted(NETWORKS);
    this.address = `${this.network.addressPrefix}.${random.int(0, 255)}.${random.int(1, 254)}`;
    this.userId = account(random);
  }

  source(release: Release, ids: Random): Source {
    const known = this.#sources.get(release);
    if (known !== undefined) return known;
    const source = browserSource(this.device, this.network, release, ids);
    this.#sources.set(release, source);
    return source;
  }

  visit(options: VisitOptions, random: Random, ids: Random): Recorder {
    return new Visit(this, options, random, ids).play();
  }
}

export function newVisitor(random: Random): Person {
  return new Visitor(random);
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

interface ScriptError {
  readonly type: string;
  readonly message: string;
  readonly frames: readonly string[];
}

const FAILED_PAGE: ScriptError = {
  type: 'TypeError',
  message: "Cannot read properties of undefined (reading 'price')",
  frames: [`totals (${SHOP}/assets/app.js:1:20481)`, `render (${SHOP}/assets/app.js:1:18022)`],
};
const FAILED_PURCHASE: ScriptError = {
  type: 'TypeError',
  message: 'payment.confirm is not a function',
  frames: [
    `buy (${SHOP}/assets/app.js:1:31877)`,
    `HTMLButtonElement.onclick (${SHOP}/assets/app.js:1:30110)`,
  ],
};

/** A loaded page, until it is left. */
interface LoadedPage {
  readonly id: string;
  /** Worst delay of a response to a click, ms; undefined without a click. */
  slowestClick: number | undefined;
  /** Layout shifts so far. */
  shift: number;
}

/**
 * One session in a browser with OpenTelemetry for the web: it loads a page, changes routes, clicks and
 * leaves. Web vitals are reported when a page has been loaded and when it is left.
 */
class Visit {
  readonly #visitor: Visitor;
  readonly #options: VisitOptions;
  readonly #release: Release;
  readonly #source: Source;
  readonly #random: Random;
  readonly #ids: Random;
  readonly #recorder: Recorder;
  readonly #id: string;
  /** Common attributes of the browser's telemetry. */
  readonly #common: Attributes;
  #page: LoadedPage | undefined;

  constructor(visitor: Visitor, options: VisitOptions, random: Random, ids: Random) {
    this.#visitor = visitor;
    this.#options = options;
    this.#release = options.isNewReleaseOut ? WEB_RELEASES.next : WEB_RELEASES.current;
    this.#source = visitor.source(this.#release, ids);
    this.#random = random;
    this.#ids = ids;
    this.#recorder = new Recorder(ids);
    this.#id = ids.hex(32);
    this.#common = { 'session.id': this.#id, 'user.id': visitor.userId };
  }

  play(): Recorder {
    const random = this.#random;
    const { start, mayEnd } = this.#options;
    this.#event(start, 'session.start', { 'session.previous_id': this.#visitor.lastSession?.id });
    const steps = random.chance(0.3) ? 1 : 2 + Math.floor(random.interval(5));
    let path = random.pick(['/', '/', productPath(random), '/search?q=lamp']);
    let now = this.#loadPage(start, path, random.pick(REFERRERS));
    for (let step = 1; step < Math.min(steps, MOST_STEPS); step++) {
      now += pause(random);
      if (random.chance(0.35)) now = this.#act(now, path);
      else {
        const next = nextPath(path, random);
        const isLoaded = next.startsWith('/old-') || random.chance(0.25);
        if (isLoaded) this.#leavePage(now, path);
        now = isLoaded ? this.#loadPage(now, next, `${SHOP}${path}`) : this.#changeRoute(now, next);
        path = next;
      }
    }
    now += Math.min(pause(random), 20 * SECOND);
    this.#leavePage(now, path);
    if (mayEnd && random.chance(0.35)) {
      now += random.duration(SECOND);
      this.#event(now, 'session.end', {});
    }
    this.#visitor.lastSession = { id: this.#id, end: now };
    return this.#recorder;
  }

  /** The browser loads a page: the document, then its resources. */
  #loadPage(at: number, path: string, referrer: string): number {
    const random = this.#random;
    const { mobile } = this.#visitor.device;
    const load = this.#recorder.context();
    const fetched = this.#request('documentFetch', 'GET', path, at + random.duration(4), load);
    let end = fetched;
    for (const asset of ['app.js', 'app.css']) {
      const assetEnd = fetched + random.duration(mobile ? 350 : 140);
      this.#span('resourceFetch', fetched, assetEnd, load, {
        'url.full': `${SHOP}/assets/${asset}`,
        'http.response.body.size': random.int(8_000, 180_000),
      });
      end = Math.max(end, assetEnd);
    }
    end += random.duration(mobile ? 500 : 200);
    const attributes = {
      'url.full': `${SHOP}${path}`,
      'document.referrer': referrer || undefined,
      'user_agent.original': this.#visitor.device.userAgent,
    };
    this.#span('documentLoad', at, end, undefined, attributes, load);
    this.#navigation(end, path, { 'browser.navigation.same_document': false });
    this.#page = { id: `v5-${Math.round(at)}-${this.#ids.hex(12)}`, slowestClick: undefined, shift: 0 };
    this.#vital(end, 'ttfb', fetched - at);
    this.#vital(end, 'fcp', end - at - random.duration(20));
    this.#vital(end, 'lcp', end - at + random.duration(mobile ? 600 : 250));
    this.#mayFail(end + random.duration(400), load);
    return end;
  }

  /** The page shows another route, and requests its data. */
  #changeRoute(at: number, path: string): number {
    const random = this.#random;
    const click = this.#recorder.context();
    const end = this.#request('GET', 'GET', path, at + 4, click);
    this.#click(at, end, 'A', 'nav-link', click);
    this.#navigation(at + 2, path, {
      'browser.navigation.same_document': true,
      'browser.navigation.type': 'push',
    });
    if (this.#page !== undefined) this.#page.shift += random.chance(0.3) ? random.duration(0.03) : 0;
    this.#mayFail(end + random.duration(200), click);
    return end;
  }

  /**
   * The visitor clicks something that sends a request to the shop. In the new release, buying may fail before
   * the request.
   */
  #act(at: number, path: string): number {
    const random = this.#random;
    const click = this.#recorder.context();
    const buys = path.startsWith('/checkout');
    if (buys && random.chance(this.#release.failedPurchases)) {
      this.#scriptError(at + 5, click, FAILED_PURCHASE);
      this.#click(at, at + 6, 'BUTTON', 'buy', click);
      return at + 6;
    }
    const end = this.#request('POST', 'POST', buys ? '/api/orders' : '/api/cart', at + 3, click);
    this.#click(at, end + random.duration(8), 'BUTTON', buys ? 'buy' : 'add', click);
    return end;
  }

  /** Reports of a page when it is left. */
  #leavePage(at: number, path: string): void {
    const page = this.#page;
    if (page === undefined) return;
    if (page.slowestClick !== undefined) this.#vital(at, 'inp', page.slowestClick);
    this.#vital(at, 'cls', page.shift + (path === '/' ? this.#random.duration(0.04) : 0));
    this.#page = undefined;
  }

  #click(start: number, end: number, element: string, id: string, context: SpanContext): void {
    const random = this.#random;
    const attributes = { event_type: 'click', target_element: element, target_xpath: `//*[@id="${id}"]` };
    this.#span('click', start, end, undefined, attributes, context);
    this.#recorder.log({
      source: this.#source,
      at: start,
      eventName: 'browser.user_action.click',
      attributes: {
        ...this.#common,
        'browser.css_selector': `#${id}`,
        'browser.tag_name': element,
        'browser.mouse_event.button': 'left',
      },
      span: context,
    });
    const delay = random.duration(this.#visitor.device.mobile ? 110 : 50);
    if (this.#page !== undefined) this.#page.slowestClick = Math.max(this.#page.slowestClick ?? 0, delay);
  }

  #navigation(at: number, path: string, attributes: Attributes): void {
    this.#event(at, 'browser.navigation', {
      'url.full': `${SHOP}${path}`,
      'browser.navigation.hash_change': false,
      ...attributes,
    });
  }

  #vital(at: number, name: WebVital, value: number): void {
    this.#event(at, 'browser.web_vital', webVital(name, Math.max(value, 0), `${this.#page?.id}-${name}`));
  }

  /** A request of the browser with the work of the servers; returns the time of the answer. */
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
      source: this.#source,
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

  #mayFail(at: number, span: SpanContext): void {
    if (this.#random.chance(this.#release.failedPages)) this.#scriptError(at, span, FAILED_PAGE);
  }

  #scriptError(at: number, span: SpanContext, { type, message, frames }: ScriptError): void {
    const stack = frames.map((frame) => `\n    at ${frame}`).join('');
    this.#recorder.log({
      source: this.#source,
      at,
      severity: Severity.error,
      eventName: 'exception',
      attributes: {
        ...this.#common,
        'exception.type': type,
        'exception.message': message,
        'exception.stacktrace': `${type}: ${message}${stack}`,
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
      source: this.#source,
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
      source: this.#source,
      at,
      eventName,
      attributes: { ...this.#common, ...attributes },
    });
  }
}

function nextPath(path: string, random: Random): string {
  if (path === '/cart' && random.chance(0.6)) return '/checkout';
  const likely = [productPath(random), productPath(random), '/search?q=chair', '/cart', '/'];
  return random.chance(0.03) ? '/old-campaign' : random.pick(likely);
}

function browserSource(device: Device, network: Network, release: Release, ids: Random): Source {
  return {
    resource: {
      'service.name': 'shop-web',
      'service.namespace': 'shop',
      'service.version': release.version,
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
