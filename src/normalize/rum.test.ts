import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeRequest } from '../../test/support/decode-request.js';
import { haveSameEnvelope, serviceOf } from '../otlp/record-batch.js';
import { encodeRecords } from '../store/records/block.js';
import { createNormalizer } from './create.js';
import type { Identity } from './facts.js';
import { serviceNameOf } from './rum.js';

/** Facts of browsers and apps, read from the bytes that they send. */

const normalizer = await createNormalizer({
  userIds: 'keep',
  userIdKey: Buffer.alloc(32, 1),
  clientIp: 'keep',
  geoDatabase: undefined,
});
const LIMITS = { maxRecords: 100, maxAttributesPerRecord: 100 };

type Value = string | boolean | string[] | { [entry: string]: Value };
type Attributes = Readonly<Record<string, Value>>;

function anyValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { kvlistValue: { values: keyValues(value) } };
}

function keyValues(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

interface Facts {
  readonly session: string | undefined;
  readonly service: string | undefined;
  readonly identity: Identity | undefined;
  readonly mark: object | undefined;
}

function factsOf(signal: 'traces' | 'logs', body: object): Facts {
  const { batch } = decodeRequest(signal, 'json', Buffer.from(JSON.stringify(body)), normalizer, LIMITS);
  assert.equal(batch.count, 1);
  return {
    session: batch.strings[batch.session[0]!],
    service: serviceOf(batch, 0),
    identity: batch.identities[batch.identity[0]!],
    mark: batch.lifecycleEvents[batch.lifecycleEvent[0]!],
  };
}

function ofSpan(kind: number, attributes: Attributes, resource: Attributes = {}): Facts {
  const span = {
    traceId: '1'.repeat(32),
    spanId: '2'.repeat(16),
    kind,
    startTimeUnixNano: '1795000000000000000',
    endTimeUnixNano: '1795000000000000001',
    attributes: keyValues(attributes),
  };
  return factsOf('traces', {
    resourceSpans: [{ resource: { attributes: keyValues(resource) }, scopeSpans: [{ spans: [span] }] }],
  });
}

function ofLog(event: string, attributes: Attributes): Facts {
  const record = {
    timeUnixNano: '1795000000000000000',
    eventName: event,
    attributes: keyValues({ 'session.id': 'now', ...attributes }),
  };
  return factsOf('logs', { resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });
}

const [INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER] = [1, 2, 3, 4, 5] as const;

describe('sessions', () => {
  for (const [sender, attributes, resource] of [
    ['Splunk', { 'splunk.rumSessionId': 'x' }, {}],
    ['HyperDX', {}, { 'rum.sessionId': 'x' }],
    ['Embrace 7', { 'emb.user_session_id': 'x', 'emb.session_part_id': 'part' }, {}],
    ['Embrace 6', { 'emb.session_id': 'x' }, {}],
    ['Datadog', { '_dd.session.id': 'x' }, {}],
  ] as const) {
    test(sender, () => {
      assert.equal(ofSpan(INTERNAL, attributes, resource).session, 'x');
      assert.equal(ofSpan(INTERNAL, { ...attributes, 'session.id': 'own' }, resource).session, 'own');
    });
  }

  test('a part of a session, a tab, a view and a recording are not sessions', () => {
    for (const key of [
      'emb.session_part_id',
      'browser.tab.id',
      'page.load.id',
      '_dd.view.id',
      'sentry.replay_id',
      'sentry.trace.parent_span_id',
      'dash0.session_recording.id',
    ]) {
      assert.equal(ofSpan(INTERNAL, { [key]: 'x' }).session, undefined, key);
    }
  });

  test('the previous one, on spans and on log records of any kind', () => {
    assert.equal(ofSpan(CLIENT, { 'session.previous_id': 'before' }).identity?.previousId, 'before');
    assert.equal(ofLog('click', { 'session.previous_id': 'before' }).identity?.previousId, 'before');
    assert.equal(ofLog('click', { 'session.previous_id': 'before' }).mark, undefined);
  });

  for (const [sender, attributes] of [
    ['Splunk in apps', { 'splunk.rum.previous_session_id': 'before' }],
    ['Embrace', { 'emb.user_session_previous_id': 'before' }],
    ['Embrace, with an empty alias', { 'session.previous_id': '', 'emb.user_session_previous_id': 'before' }],
  ] as const) {
    test(`the previous one, of ${sender}`, () => {
      assert.equal(ofSpan(INTERNAL, attributes).identity?.previousId, 'before');
    });
  }

  test("Faro's is in a map, which other entries do not affect", () => {
    const attributes = {
      a: 'x',
      previousSession: 'before',
      b: ['previousSession'],
      c: { previousSession: 'no' },
    };
    assert.deepEqual(ofLog('session_extend', { 'session.attributes': attributes }).mark, {
      kind: 'start',
      previousId: 'before',
    });
    assert.deepEqual(ofLog('session_start', { 'session.attributes': { a: 'x' } }).mark, { kind: 'start' });
    assert.deepEqual(ofLog('session_start', { 'session.attributes': 'previousSession' }).mark, {
      kind: 'start',
    });
    assert.equal(ofLog('session_resume', { 'session.attributes': attributes }).mark, undefined);
  });
});

describe('services', () => {
  test('a name of its own, else the sender’s attribute', () => {
    const splunk = { 'telemetry.sdk.name': '@splunk/otel-web', app: 'shop' };
    assert.equal(ofSpan(INTERNAL, {}, splunk).service, 'shop');
    assert.equal(ofSpan(INTERNAL, {}, { ...splunk, 'service.name': 'unknown_service' }).service, 'shop');
    assert.equal(ofSpan(INTERNAL, {}, { ...splunk, 'service.name': 'web' }).service, 'web');
    assert.equal(ofSpan(INTERNAL, {}, { app: 'shop' }).service, undefined, 'anybody has an app');
    assert.equal(
      serviceNameOf((name) => ({ 'splunk.rumVersion': '0.9', app: 'old' })[name]),
      'old',
    );
  });

  test('on a record, if the resource does not name one', () => {
    const app = { app: 'shop', 'splunk.rumSessionId': 's' };
    assert.equal(ofSpan(INTERNAL, app).service, 'shop');
    assert.equal(ofSpan(INTERNAL, { app: 'shop', 'splunk.rumVersion': '1.4' }).service, 'shop');
    assert.equal(ofSpan(INTERNAL, app, { 'service.name': 'unknown_service:java' }).service, 'shop');
    assert.equal(ofSpan(INTERNAL, app, { 'service.name': 'web' }).service, 'web');
    assert.equal(ofSpan(INTERNAL, { app: 'shop' }).service, undefined, 'anybody has an app');
    assert.equal(ofSpan(INTERNAL, { ...app, app: 'x'.repeat(300) }).service?.length, 256);
  });

  test('records of one scope may be of several services', () => {
    const span = (id: number, attributes: Attributes) => ({
      traceId: '1'.repeat(32),
      spanId: `${id}`.repeat(16),
      startTimeUnixNano: '1795000000000000000',
      endTimeUnixNano: '1795000000000000001',
      attributes: keyValues({ 'splunk.rumSessionId': 's', ...attributes }),
    });
    const spans = [span(1, { app: 'a' }), span(2, { app: 'b' }), span(3, {}), span(4, { app: 'a' })];
    const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
    const { batch } = decodeRequest('traces', 'json', body, normalizer, LIMITS);
    assert.deepEqual(
      spans.map((_, i) => serviceOf(batch, i)),
      ['a', 'b', undefined, 'a'],
    );
    assert.ok(spans.every((_, i) => haveSameEnvelope(batch, 0, i)));
  });
});

describe('the peer of a call is not the user', () => {
  const CHROME =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
  const attributes: Attributes = {
    'user.id': 'ann',
    'client.address': '8.8.8.8',
    'network.peer.address': '8.8.8.8',
    'user_agent.original': CHROME,
    'geo.country.iso_code': 'DE',
    'device.id': 'from baggage',
    'browser.platform': 'Windows',
  };
  const backend = { 'service.name': 'api', 'os.type': 'linux', 'telemetry.sdk.language': 'java' };

  for (const [name, kind] of [
    ['CLIENT', CLIENT],
    ['PRODUCER', PRODUCER],
  ] as const) {
    test(`of a backend's ${name} span`, () => {
      assert.deepEqual(ofSpan(kind, attributes, backend).identity, { userId: 'ann' });
    });
  }

  test('but the caller of a backend is', () => {
    const { identity } = ofSpan(SERVER, attributes, backend);
    assert.equal(identity?.ip, '8.8.8.8');
    assert.equal(identity?.browser, 'Chrome');
    assert.equal(identity?.countryCode, 'DE');
  });

  test('and a queue is not', () => {
    const { identity } = ofSpan(CONSUMER, { 'user.id': 'ann', 'network.peer.address': '8.8.8.8' }, backend);
    assert.deepEqual(identity, { userId: 'ann' });
  });

  const userSides: readonly (readonly [name: string, resource: Attributes])[] = [
    ["OpenTelemetry's browser SDK", { 'telemetry.sdk.language': 'webjs' }],
    ['its older resource', { 'process.runtime.name': 'browser' }],
    ['client hints', { 'browser.brands': ['Chromium 126'] }],
    ['Splunk', { 'telemetry.sdk.name': '@splunk/otel-web' }],
    ['Faro', { 'telemetry.distro.name': 'faro-web-sdk' }],
    ['HyperDX', { 'rum.sessionId': 's' }],
    ['an iPhone', { 'os.name': 'iOS', 'os.type': 'darwin', 'telemetry.sdk.language': 'swift' }],
    ['an Android phone', { 'os.name': 'Android', 'os.type': 'linux', 'telemetry.sdk.language': 'java' }],
    ['a device by its model', { 'device.model.identifier': 'SM-S901' }],
    ['Flutter', { 'telemetry.sdk.language': 'dart' }],
  ];
  for (const [name, resource] of userSides) {
    test(`while a CLIENT span of ${name} is the user's own`, () => {
      const { identity } = ofSpan(
        CLIENT,
        { 'client.address': '8.8.8.8', 'user_agent.original': CHROME },
        resource,
      );
      assert.equal(identity?.ip, '8.8.8.8');
      assert.equal(identity?.countryCode, 'US');
      assert.equal(identity?.userAgent, CHROME);
      assert.equal(ofSpan(CLIENT, { 'network.peer.address': '8.8.8.8' }, resource).identity?.ip, undefined);
    });
  }

  test('a Mac or a server in Swift is no phone', () => {
    const resource = { 'os.type': 'linux', 'telemetry.sdk.language': 'swift', 'service.name': 'vapor' };
    assert.deepEqual(ofSpan(CLIENT, attributes, resource).identity, { userId: 'ann' });
  });
});

test('a record of a browser that is known by its connection has the same facts when it is read from the store', () => {
  const ids = { traceId: '1'.repeat(32), spanId: '2'.repeat(16) };
  const times = { startTimeUnixNano: '1795000000000000000', endTimeUnixNano: '1795000000000000001' };
  const attributes = keyValues({ 'session.id': 's', component: 'document-load' });
  const span = { ...ids, ...times, name: 'documentLoad', attributes };
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  const limits = { ...LIMITS, connectionAddress: '192.0.2.77' };
  const { batch } = decodeRequest('traces', 'json', Buffer.from(body), normalizer, limits);
  const { spans } = encodeRecords([{ batch, index: 0 }]);
  const again = decodeRequest('traces', 'protobuf', spans, normalizer, LIMITS).batch;
  assert.equal(batch.visits.length, 1);
  assert.deepEqual(again.visits, batch.visits);
  assert.deepEqual(again.identities, batch.identities);
});
