import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeRequest } from '../../../test/support/decode-request.js';
import { createNormalizer } from '../create.js';
import type { VisitFacts } from '../facts.js';
import type { PageUrlMode } from './page-url.js';

/** Facts of visits, read from the bytes that browsers and apps send. */

const normalizerOf = (pageUrls: PageUrlMode) =>
  createNormalizer({
    userIds: 'keep',
    userIdKey: Buffer.alloc(32, 1),
    clientIp: 'keep',
    geoDatabase: undefined,
    pageUrls,
  });
const normalizer = await normalizerOf('path');
const withFullUrls = await normalizerOf('full');
const LIMITS = { maxRecords: 100, maxAttributesPerRecord: 100 };

type Value = string | boolean | number | { [entry: string]: Value };
type Attributes = Readonly<Record<string, Value>>;

function anyValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: value } : { doubleValue: value };
  return { kvlistValue: { values: keyValues(value) } };
}

function keyValues(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

const WEB: Attributes = { 'telemetry.sdk.language': 'webjs' };
const PHONE: Attributes = { 'os.name': 'Android' };
const TIME = '1795000000000000000';
const IDS = { traceId: '1'.repeat(32), spanId: '2'.repeat(16) };

function visitOf(
  signal: 'traces' | 'logs',
  resource: Attributes,
  record: object,
  reader = normalizer,
): VisitFacts | undefined {
  const attributes = keyValues(resource);
  const body =
    signal === 'traces'
      ? { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans: [record] }] }] }
      : { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords: [record] }] }] };
  const { batch } = decodeRequest(signal, 'json', Buffer.from(JSON.stringify(body)), reader, LIMITS);
  assert.equal(batch.count, 1);
  return batch.visits[batch.visit[0]!];
}

function ofSpan(name: string, attributes: Attributes, resource = WEB, kind = 1): VisitFacts | undefined {
  const times = { startTimeUnixNano: TIME, endTimeUnixNano: TIME };
  return visitOf('traces', resource, { ...IDS, ...times, name, kind, attributes: keyValues(attributes) });
}

function ofEvent(name: string, attributes: Attributes, body?: Value, resource = WEB): VisitFacts | undefined {
  return visitOf('logs', resource, {
    ...IDS,
    timeUnixNano: TIME,
    eventName: name,
    attributes: keyValues(attributes),
    ...(body !== undefined && { body: anyValue(body) }),
  });
}

const URL = 'https://shop.example/products?q=shoes#top';
const PAGE = 'https://shop.example/products';

describe('Pages', () => {
  test('A loaded document of OpenTelemetry, Splunk or Honeycomb', () => {
    const page = { kind: 'load', source: 'documentLoad', url: PAGE };
    assert.deepEqual(ofSpan('documentLoad', { 'url.full': URL }), { page });
    assert.deepEqual(ofSpan('documentLoad', { 'http.url': URL }, {}), { page });
    assert.deepEqual(ofSpan('documentLoad', { 'location.href': URL, 'document.referrer': '' }), { page });
    assert.deepEqual(ofSpan('documentLoad', { 'page.url': URL, 'page.route': '/products' }), {
      page: { ...page, name: '/products' },
    });
    assert.deepEqual(ofSpan('documentFetch', { 'http.url': URL }), undefined);
    assert.deepEqual(ofSpan('resourceFetch', { 'http.url': `${PAGE}/app.js` }), undefined);
  });

  test('A referrer of another site is where the visitor came from, one of the same site is not', () => {
    const from = (referrer: string) =>
      ofSpan('documentLoad', { 'location.href': URL, 'document.referrer': referrer });
    assert.equal(from('https://search.example/find?q=shop')?.page?.referrer, 'https://search.example/find');
    assert.equal(from('https://SHOP.example/')?.page?.referrer, undefined);
    const resource = { ...WEB, 'entry_page.referrer': 'https://search.example/' };
    assert.equal(
      ofSpan('documentLoad', { 'page.url': URL }, resource)?.page?.referrer,
      'https://search.example/',
    );
    assert.equal(ofSpan('routeChange', { 'page.url': URL }, resource)?.page?.referrer, undefined);
  });

  test('A change of route within a document', () => {
    assert.deepEqual(ofSpan('routeChange', { 'location.href': URL, 'prev.href': 'https://shop.example/' }), {
      page: { kind: 'route', source: 'routeChange', url: PAGE },
    });
    assert.deepEqual(ofSpan('Navigation: /checkout?step=1', { 'page.url': URL, 'page.route': '/products' }), {
      page: { kind: 'route', source: 'navigation.click', url: 'https://shop.example/checkout' },
    });
    const navigation = (same: boolean, hash: boolean, url: string) =>
      ofEvent('browser.navigation', {
        'url.full': url,
        'browser.navigation.same_document': same,
        'browser.navigation.hash_change': hash,
      })?.page;
    assert.equal(navigation(false, false, URL)?.kind, 'load');
    assert.equal(navigation(true, false, URL)?.kind, 'route');
    // A fragment is not a page of its own, unless the app keeps its routes there.
    assert.equal(navigation(true, true, URL), undefined);
    assert.deepEqual(navigation(true, true, 'https://shop.example/#/cart?step=2'), {
      kind: 'route',
      source: 'browser.navigation',
      url: 'https://shop.example/',
      name: '/cart',
    });
  });

  test('Page views of Dash0, with fields in the body', () => {
    const view = (type: number) =>
      ofEvent(
        'browser.page_view',
        { 'page.url.full': URL },
        { title: 'Shoes', referrer: 'https://search.example/', type },
      );
    const page = {
      source: 'browser.page_view',
      url: PAGE,
      name: 'Shoes',
      referrer: 'https://search.example/',
    };
    assert.deepEqual(view(0), { page: { kind: 'load', ...page } });
    assert.deepEqual(view(1), { page: { kind: 'route', ...page } });
  });

  test('Events of Faro, whose fields are in a map', () => {
    const faro = (name: string, fields: Attributes, attributes: Attributes = { 'url.full': URL }) =>
      visitOf('logs', WEB, {
        timeUnixNano: TIME,
        body: { stringValue: name },
        attributes: keyValues({
          'session.id': 's',
          'event.name': name,
          'event.attributes': { ...fields },
          ...attributes,
        }),
      })?.page;
    assert.deepEqual(faro('faro.performance.navigation', { name: `${PAGE}/1` }), {
      kind: 'load',
      source: 'faro.performance.navigation',
      url: `${PAGE}/1`,
    });
    assert.deepEqual(faro('faro.navigation', { fromUrl: URL, toUrl: `${PAGE}/2`, sameDocument: 'true' }), {
      kind: 'route',
      source: 'faro.navigation',
      url: `${PAGE}/2`,
    });
    assert.deepEqual(faro('view_changed', { fromView: 'unknown', toView: 'default' })?.kind, 'load');
    assert.deepEqual(faro('view_changed', { fromView: 'default', toView: 'cart' }), {
      kind: 'route',
      source: 'faro.view_changed',
      url: PAGE,
      name: 'cart',
    });
    assert.deepEqual(faro('view_changed', { fromView: 'home', toView: 'cart' }, {}), {
      kind: 'screen',
      source: 'faro.view_changed',
      name: 'cart',
    });
  });

  test('Screens of apps', () => {
    const screenOf = (name: string, attributes: Attributes) => {
      const page = ofSpan(name, attributes, PHONE)?.page;
      return page && [page.kind, page.source, page.name];
    };
    assert.deepEqual(screenOf('Created', { 'activity.name': 'Main', 'screen.name': 'Start' }), [
      'screen',
      'android.activity',
      'Start',
    ]);
    assert.deepEqual(screenOf('Created', { 'fragment.name': 'Cart' }), [
      'screen',
      'android.fragment',
      'Cart',
    ]);
    assert.equal(screenOf('Created', {}), undefined);
    assert.equal(screenOf('Paused', { 'activity.name': 'Main', 'screen.name': 'Start' }), undefined);
    assert.equal(screenOf('AppStart', { 'start.type': 'cold', 'screen.name': 'Start' }), undefined);
    const main = { 'activity.name': 'Main', 'screen.name': 'Start' };
    assert.equal(screenOf('Resumed', main), undefined);
    assert.equal(screenOf('Resumed', { ...main, 'last.screen.name': 'Cart' })?.[2], 'Start');
    assert.equal(screenOf('Cart - view appearing', {})?.[2], 'Cart');
    assert.equal(screenOf('AppStart', { 'start.type': 'hot', 'screen.name': 'Start' })?.[2], 'Start');
    assert.deepEqual(screenOf('emb-screen-view', { 'emb.type': 'ux.view', 'view.name': 'Cart' }), [
      'screen',
      'embrace.view',
      'Cart',
    ]);
    assert.deepEqual(screenOf('detailsView', { 'view.state.end': 'active' })?.[2], 'detailsView');
    assert.deepEqual(
      screenOf('screen name change', { 'screen.name': 'Cart', 'last.screen.name': 'Start' })?.[2],
      'Cart',
    );
    assert.deepEqual(ofEvent('app.screen.view', { 'app.screen.name': 'Cart' }, undefined, PHONE), {
      page: { kind: 'screen', source: 'app.screen', name: 'Cart' },
    });
    // The current screen, on records of what happens there.
    assert.equal(screenOf('click', { 'screen.name': 'Cart' }), undefined);
  });

  test('Calls and the spans of backends are not pages', () => {
    assert.equal(ofSpan('documentLoad', { 'url.full': URL }, WEB, 3), undefined);
    assert.equal(ofSpan('documentLoad', {}, {}), undefined);
    assert.equal(ofSpan('GET /products', { 'url.full': URL }, {}, 2), undefined);
  });

  test('Addresses lose query, fragment and password; by setting only the password', () => {
    const url = 'https://ada:secret@shop.example/cart?token=1#pay';
    const load = (text: string, reader = normalizer) =>
      visitOf(
        'logs',
        WEB,
        {
          ...IDS,
          timeUnixNano: TIME,
          eventName: 'browser.navigation',
          attributes: keyValues({ 'url.full': text }),
        },
        reader,
      )?.page?.url;
    assert.equal(load(url), 'https://shop.example/cart');
    assert.equal(load(url, withFullUrls), 'https://shop.example/cart?token=1#pay');
    assert.equal(load('//ada@shop.example/cart?x'), '//shop.example/cart');
    assert.equal(load('/cart?x=1'), '/cart');
    assert.equal(load('?x=1'), undefined);
    assert.equal(load('data:text/html,<p>secret'), undefined);
    assert.equal(load('about:blank'), undefined);
    assert.equal(load('[object Object]'), undefined);
    assert.equal(load(`https://shop.example/${'a'.repeat(1_000_000)}`)?.length, 1024);
  });
});

test('the connection is on the records that report a visit', () => {
  const attributes = { 'session.id': 's', 'network.connection.type': 'wifi', 'user.id': 'ann' };
  const identityOf = (name: string) => {
    const span = { ...IDS, name, kind: 1, startTimeUnixNano: TIME, endTimeUnixNano: TIME };
    const body = {
      resourceSpans: [
        {
          resource: { attributes: keyValues(WEB) },
          scopeSpans: [{ spans: [{ ...span, attributes: keyValues(attributes) }] }],
        },
      ],
    };
    const { batch } = decodeRequest('traces', 'json', Buffer.from(JSON.stringify(body)), normalizer, LIMITS);
    return batch.identities[batch.identity[0]!];
  };
  assert.deepEqual(identityOf('documentLoad'), { userId: 'ann', connection: 'wifi' });
  assert.deepEqual(identityOf('click'), { userId: 'ann' });
});

describe('Web vitals', () => {
  const lcp = { vitals: [{ name: 'lcp', value: 108.5 }] };

  test('of OpenTelemetry, Dash0, Logfire, Embrace and Faro', () => {
    assert.deepEqual(
      ofEvent('browser.web_vital', { 'browser.web_vital.name': 'lcp', 'browser.web_vital.value': 108.5 }),
      lcp,
    );
    assert.deepEqual(ofEvent('browser.web_vital', {}, { name: 'LCP', value: 108.5, delta: 1 }), lcp);
    assert.deepEqual(ofSpan('web_vital.lcp', { 'web_vital.name': 'LCP', 'web_vital.value': 108.5 }), lcp);
    assert.deepEqual(
      ofEvent('emb-web-vital', { 'emb.web_vital.name': 'LCP', 'emb.web_vital.value': 108.5 }),
      lcp,
    );
    const faro = { 'measurement.name': 'lcp', 'measurement.value': 108.5 };
    assert.deepEqual(ofEvent('', { ...faro, 'measurement.type': 'web-vitals' }), lcp);
    assert.deepEqual(ofEvent('', { ...faro, 'measurement.type': 'custom' }), undefined);
  });

  test('of Honeycomb, Splunk, HyperDX and Sentry, on spans', () => {
    assert.deepEqual(ofSpan('LCP', { 'lcp.value': 108.5, 'lcp.id': 'v5-1' }), {
      vitals: [{ name: 'lcp', value: 108.5, id: 'v5-1' }],
    });
    assert.deepEqual(ofSpan('webvitals', { lcp: 108.5, 'location.href': URL }), lcp);
    assert.deepEqual(ofSpan('other', { lcp: 108.5, 'location.href': URL }), undefined);
    assert.deepEqual(
      ofSpan('/products', { 'sentry.op': 'pageload', lcp: 108.5, cls: 0.01, 'url.full': URL }),
      {
        page: { kind: 'load', source: 'sentry.pageload', url: PAGE, name: '/products' },
        vitals: [
          { name: 'lcp', value: 108.5 },
          { name: 'cls', value: 0.01 },
        ],
      },
    );
  });

  test('Impossible values are not vitals', () => {
    for (const value of [-1, 1e300, 3_600_001, 'NaN', 'fast', true]) {
      assert.equal(
        ofEvent('browser.web_vital', { 'browser.web_vital.name': 'lcp', 'browser.web_vital.value': value }),
        undefined,
        String(value),
      );
    }
    for (const name of ['fcp', 'constructor', '__proto__', '']) {
      assert.equal(
        ofEvent('browser.web_vital', { 'browser.web_vital.name': name, 'browser.web_vital.value': 1 }),
        undefined,
        name,
      );
    }
  });
});
