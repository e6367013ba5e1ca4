import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type AttributeView, declaredKeys, KeyGroup } from './attributes.js';
import type { ClientIpPolicy } from './client-ip.js';
import type { Who } from './facts.js';
import { openGeo } from './geo.js';
import type { Signature } from './signature-memo.js';
import { createUserIds } from './user-id.js';
import { createWhoReader } from './who.js';

type Attributes = Readonly<Record<string, string | number | boolean | string[]>>;

/** Attributes of one record as the wire reader gives them. */
function view(attributes: Attributes): AttributeView {
  const values = new Map(Object.entries(attributes));
  const value = (key: number) => values.get(declaredKeys()[key]!.name);
  const typed = <T>(key: number, type: string) =>
    typeof value(key) === type ? (value(key) as T) : undefined;
  return {
    groups: declaredKeys().reduce((bits, key) => (values.has(key.name) ? bits | key.groups : bits), 0),
    has: (key) => value(key) !== undefined,
    text: (key) => (Array.isArray(value(key)) || value(key) === '' ? undefined : value(key)?.toString()),
    number: (key) => typed<number>(key, 'number'),
    boolean: (key) => typed<boolean>(key, 'boolean'),
    signature: () => signatureOf(JSON.stringify([...values])),
    strings: (key) => (Array.isArray(value(key)) ? (value(key) as string[]) : undefined),
  };
}

function signatureOf(text: string): Signature {
  const words = new Int32Array(Buffer.byteLength(text) / 4 + 1);
  const bytes = Buffer.from(words.buffer);
  return { words, bytes, length: bytes.write(text) };
}

const userIds = createUserIds({ mode: 'auto', key: Buffer.alloc(32, 1) });
const geo = await openGeo();

interface Levels {
  readonly record?: Attributes;
  readonly scope?: Attributes;
  readonly resource?: Attributes;
  readonly peer?: string;
  readonly clientIp?: ClientIpPolicy;
}

function whoOf({ record = {}, scope = {}, resource = {}, peer, clientIp = 'keep' }: Levels): Who | undefined {
  const reader = createWhoReader({ userIds, geo, clientIp });
  const [a, b, c] = [record, scope, resource].map((attributes) => reader.read(view(attributes)));
  return reader.finish(a, b, c, peer);
}

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';
const ON_CHROME = {
  userAgent: CHROME,
  deviceType: 'desktop',
  os: 'Windows',
  browser: 'Chrome',
  browserVersion: '126.0.0.0',
} as const;
const ON_IPHONE = {
  userAgent: IPHONE,
  deviceType: 'mobile',
  os: 'iOS',
  browser: 'Mobile Safari',
  browserVersion: '17.5',
} as const;
const US = { countryCode: 'US', countryName: 'United States' } as const;
const GB = { countryCode: 'GB', countryName: 'United Kingdom' } as const;

const cases: Readonly<
  Record<string, readonly (readonly [title: string, levels: Levels, expected: Who | undefined])[]>
> = {
  'user id': [
    ['today', { record: { 'user.id': 'u1', 'enduser.id': 'u2' } }, { userId: 'u1' }],
    ['a number', { record: { 'user.id': 42 } }, { userId: '42' }],
    ['deprecated', { record: { 'enduser.id': 'u2' } }, { userId: 'u2' }],
    ['Langfuse', { record: { 'langfuse.user.id': 'u3' } }, { userId: 'u3' }],
    ['Vercel', { record: { 'ai.telemetry.metadata.userId': 'u4' } }, { userId: 'u4' }],
    ['Mastra', { record: { 'mastra.metadata.userId': 'u4' } }, { userId: 'u4' }],
    ['Traceloop', { record: { 'traceloop.association.properties.user_id': 'u5' } }, { userId: 'u5' }],
    ['Datadog', { record: { 'usr.id': 'u6', 'usr.email': 'a@example.com' } }, { userId: 'u6' }],
    [
      'record before resource',
      { record: { 'user.id': 'near' }, resource: { 'user.id': 'far' } },
      { userId: 'near' },
    ],
    [
      'scope before resource',
      { scope: { 'user.id': 'near' }, resource: { 'user.id': 'far' } },
      { userId: 'near' },
    ],
    [
      'Claude Code: account before device',
      { record: { 'user.id': 'device', 'user.account_uuid': 'account' } },
      { userId: 'account' },
    ],
    [
      'Claude Code without account',
      { record: { 'user.id': 'device', 'user.email': 'a@example.com' } },
      { userId: 'device' },
    ],
    [
      'an e-mail address for want of an id',
      { record: { 'user.email': 'Alice@Example.com' } },
      { userId: userIds.normalize('alice@example.com')! },
    ],
    [
      'LiteLLM without end user',
      { record: { 'metadata.user_api_key_end_user_id': 'None', 'metadata.user_api_key_user_id': 'u7' } },
      { userId: 'u7' },
    ],
    ['blank', { record: { 'user.id': '  ' } }, undefined],
    ['trimmed', { record: { 'user.id': ' ann ' } }, { userId: 'ann' }],
    [
      'what a scrubber left is passed over',
      { record: { 'user.id': '[Filtered]', 'enduser.id': '***', 'langfuse.user.id': 'ann' } },
      { userId: 'ann' },
    ],
    [
      'metadata of the Vercel AI SDK',
      { record: { 'ai.telemetry.metadata.user_id': 'ann' } },
      { userId: 'ann' },
    ],
    ['Google ADK', { record: { 'gcp.vertex.agent.user_id': 'ann' } }, { userId: 'ann' }],
    [
      "OpenInference's metadata",
      { record: { metadata: '{"user_id": "ann", "langgraph_step": 1}' } },
      { userId: 'ann' },
    ],
    ['a number in it', { record: { metadata: '{"user_id": 42}' } }, { userId: '42' }],
    ['none in it', { record: { metadata: '{"user_id": null, "user_ids": ["ann"]}' } }, undefined],
    ['metadata that is no JSON', { record: { metadata: 'user_id=ann' } }, undefined],
    [
      'an id of its own before that in the metadata',
      { record: { 'user.id': 'ann', metadata: '{"user_id": "bob"}' } },
      { userId: 'ann' },
    ],
    ['none', { record: { 'http.route': '/', 'user.name': 'Alice' } }, undefined],
  ],
  'client address': [
    [
      'what a scrubber left is passed over',
      {
        record: {
          'client.address': "[Scrubbed due to 'session']",
          'http.client_ip': '8.8.8.8',
          'user_agent.original': '[Filtered]',
        },
      },
      { ip: '8.8.8.8', ...US },
    ],
    [
      'a scrubbed place',
      { record: { 'geo.country_name': '[Filtered]', 'geo.locality.name': '***' } },
      undefined,
    ],
    [
      'today',
      { record: { 'client.address': '8.8.8.8', 'http.client_ip': '81.2.69.142' } },
      { ip: '8.8.8.8', ...US },
    ],
    [
      'a name is none',
      { record: { 'client.address': 'host.example', 'http.client_ip': '81.2.69.142' } },
      { ip: '81.2.69.142', ...GB },
    ],
    [
      'captured header',
      { record: { 'http.request.header.x-forwarded-for': ['8.8.8.8, 10.0.0.1'] } },
      { ip: '8.8.8.8', ...US },
    ],
    ['peer for want of better', { record: { 'network.peer.address': '8.8.8.8' } }, { ip: '8.8.8.8', ...US }],
    [
      'never the peer before a client further out',
      { record: { 'network.peer.address': '10.0.0.1' }, resource: { 'client.address': '8.8.8.8' } },
      { ip: '8.8.8.8', ...US },
    ],
    [
      'peer of an old server',
      { record: { 'http.url': 'http://a/', 'net.host.name': 'a', 'net.peer.ip': '8.8.8.8' } },
      { ip: '8.8.8.8', ...US },
    ],
    [
      'peer of a call out',
      { record: { 'url.full': 'http://a/', 'network.peer.address': '8.8.8.8' } },
      undefined,
    ],
    ['peer of an old call out', { record: { 'http.url': 'http://a/', 'net.peer.ip': '8.8.8.8' } }, undefined],
    [
      'peer of a model call',
      { record: { 'gen_ai.provider.name': 'openai', 'network.peer.address': '8.8.8.8' } },
      undefined,
    ],
    [
      'peer of a database call',
      { record: { 'db.system': 'redis', 'net.sock.peer.addr': '8.8.8.8' } },
      undefined,
    ],
    ['exporter, when passed', { peer: '::ffff:8.8.8.8' }, { ip: '8.8.8.8', ...US }],
    [
      'exporter last',
      { record: { 'client.address': '81.2.69.142' }, peer: '8.8.8.8' },
      { ip: '81.2.69.142', ...GB },
    ],
    ['private', { record: { 'client.address': '10.1.2.3:55' } }, { ip: '10.1.2.3' }],
    [
      'truncated',
      { record: { 'client.address': '8.8.8.8' }, clientIp: 'truncate' },
      { ip: '8.8.8.0', ...US },
    ],
    [
      'dropped, and its place with it',
      { record: { 'client.address': '8.8.8.8' }, clientIp: 'drop' },
      undefined,
    ],
    ['dropped, exporter as well', { peer: '8.8.8.8', clientIp: 'drop' }, undefined],
  ],
  device: [
    ['user agent', { record: { 'user_agent.original': CHROME } }, ON_CHROME],
    ['deprecated', { record: { 'http.user_agent': CHROME } }, ON_CHROME],
    ['Datadog', { record: { 'http.useragent': CHROME } }, ON_CHROME],
    ['captured header', { record: { 'http.request.header.user-agent': [CHROME] } }, ON_CHROME],
    ['Faro web tracing', { resource: { 'process.runtime.version': CHROME } }, ON_CHROME],
    ['version of a runtime', { resource: { 'process.runtime.version': '20.20.0' } }, undefined],
    [
      'record before resource, nothing mixed',
      {
        record: { 'user_agent.original': GOOGLEBOT.replace('compatible', 'Linux x86_64; compatible') },
        resource: { 'user_agent.original': CHROME },
      },
      {
        userAgent: GOOGLEBOT.replace('compatible', 'Linux x86_64; compatible'),
        deviceType: 'bot',
        os: 'Linux',
      },
    ],
    [
      'record before explicit resource',
      {
        record: { 'user_agent.original': IPHONE },
        resource: {
          'browser.name': 'Chrome',
          'browser.version': '126',
          'os.name': 'Windows',
          'device.type': 'desktop',
        },
      },
      ON_IPHONE,
    ],
    [
      'explicit before parsed',
      {
        record: {
          'user_agent.original': CHROME,
          'browser.name': 'Vivaldi',
          'browser.version': '6.8',
          'os.name': 'Windows 11',
        },
      },
      { ...ON_CHROME, browser: 'Vivaldi', browserVersion: '6.8', os: 'Windows' },
    ],
    [
      'no version of another browser',
      { record: { 'user_agent.original': CHROME, 'browser.name': 'Vivaldi' } },
      { userAgent: CHROME, deviceType: 'desktop', os: 'Windows', browser: 'Vivaldi' },
    ],
    [
      'client hints of a desktop',
      {
        resource: {
          'browser.brands': ['Not/A)Brand 8', 'Chromium 126', 'Google Chrome 126'],
          'browser.platform': 'macOS',
          'browser.mobile': false,
        },
      },
      { deviceType: 'desktop', os: 'macOS', browser: 'Chrome', browserVersion: '126' },
    ],
    [
      'client hints of a phone',
      {
        resource: {
          'browser.brands': [' Not A;Brand 99', 'Microsoft Edge 126', 'Chromium 126'],
          'browser.platform': 'Android',
          'browser.mobile': true,
        },
      },
      { deviceType: 'mobile', os: 'Android', browser: 'Edge', browserVersion: '126' },
    ],
    [
      'client hints of a tablet',
      {
        resource: {
          'browser.brands': ['Chromium 126'],
          'browser.platform': 'Android',
          'browser.mobile': false,
        },
      },
      { deviceType: 'tablet', os: 'Android', browser: 'Chromium', browserVersion: '126' },
    ],
    [
      'Faro',
      {
        resource: {
          'browser.name': 'Firefox',
          'browser.version': '127.0',
          'browser.platform': 'Mac OS 10.15',
          'browser.mobile': false,
          'browser.brands': '',
        },
      },
      { deviceType: 'desktop', os: 'macOS', browser: 'Firefox', browserVersion: '127.0' },
    ],
    [
      'Faro knows nothing',
      {
        resource: { 'browser.name': 'unknown', 'browser.version': 'unknown', 'browser.platform': 'unknown' },
      },
      undefined,
    ],
    [
      'Honeycomb',
      {
        record: { 'browser.name': 'Chrome', 'browser.version': '126.0.0.0', 'device.type': 'tablet' },
        resource: { 'user_agent.original': CHROME },
      },
      { ...ON_CHROME, deviceType: 'tablet' },
    ],
    [
      'a bot with client hints',
      {
        resource: { 'user_agent.original': GOOGLEBOT, 'browser.mobile': true, 'browser.platform': 'Android' },
      },
      { userAgent: GOOGLEBOT, deviceType: 'bot', os: 'Android' },
    ],
    [
      'synthetic traffic',
      { record: { 'user_agent.original': CHROME, 'user_agent.synthetic.type': 'test' } },
      { ...ON_CHROME, deviceType: 'bot' },
    ],
    [
      'Android app',
      {
        record: { 'user_agent.original': 'okhttp/4.12.0' },
        resource: { 'os.name': 'Android', 'os.type': 'linux', 'device.model.name': 'Pixel 7' },
      },
      { userAgent: 'okhttp/4.12.0', deviceType: 'mobile', os: 'Android' },
    ],
    [
      'iPad app',
      { resource: { 'os.name': 'iOS', 'device.model.identifier': 'iPad13,4' } },
      { deviceType: 'tablet', os: 'iOS' },
    ],
    [
      'host of a service',
      { resource: { 'os.type': 'linux', 'os.name': 'Debian GNU/Linux', 'service.name': 'api' } },
      undefined,
    ],
    [
      'host of a service beside its client',
      {
        record: { 'user_agent.original': 'claude-cli/2.1.0 (external, cli)' },
        resource: { 'os.type': 'linux' },
      },
      { userAgent: 'claude-cli/2.1.0 (external, cli)', deviceType: 'unknown' },
    ],
    [
      'Claude Code',
      { resource: { 'service.name': 'claude-code', 'os.type': 'darwin' } },
      { deviceType: 'desktop', os: 'macOS' },
    ],
    [
      'HTTP library of a client',
      { record: { 'user_agent.original': 'curl/8.7.1', 'url.path': '/' } },
      { userAgent: 'curl/8.7.1', deviceType: 'bot' },
    ],
    [
      "a service's own HTTP library",
      { record: { 'user_agent.original': 'python-requests/2.32.3', 'url.full': 'http://a/' } },
      undefined,
    ],
    ['fetch of a page', { record: { 'http.user_agent': CHROME, 'http.url': 'http://a/' } }, ON_CHROME],
  ],
  place: [
    [
      'explicit',
      {
        record: {
          'geo.country.iso_code': 'de',
          'geo.locality.name': 'Berlin',
          'geo.region.iso_code': 'DE-BE',
          'geo.postal_code': '10115',
        },
      },
      { countryCode: 'DE', countryName: 'Germany', region: 'DE-BE', city: 'Berlin', postalCode: '10115' },
    ],
    [
      'Collector',
      {
        record: {
          'geo.country_iso_code': 'DE',
          'geo.city_name': 'Berlin',
          'geo.region_name': 'Land Berlin',
          'geo.timezone': 'Europe/Berlin',
        },
      },
      {
        countryCode: 'DE',
        countryName: 'Germany',
        region: 'Land Berlin',
        city: 'Berlin',
        timezone: 'Europe/Berlin',
      },
    ],
    [
      'Elastic',
      { record: { 'client.geo.country_iso_code': 'DE', 'client.geo.city_name': 'Berlin' } },
      { countryCode: 'DE', countryName: 'Germany', city: 'Berlin' },
    ],
    [
      'Sentry',
      { record: { 'user.geo.country_code': 'DE', 'user.geo.city': 'Berlin' } },
      { countryCode: 'DE', countryName: 'Germany', city: 'Berlin' },
    ],
    [
      'wins over look-up on any level',
      { record: { 'client.address': '8.8.8.8' }, resource: { 'geo.country.iso_code': 'DE' } },
      { ip: '8.8.8.8', countryCode: 'DE', countryName: 'Germany' },
    ],
    [
      'completed by look-up',
      { record: { 'client.address': '8.8.8.8', 'geo.locality.name': 'Reno' } },
      { ip: '8.8.8.8', ...US, city: 'Reno' },
    ],
    [
      'nearest level, nothing mixed',
      {
        record: { 'geo.country.iso_code': 'DE' },
        resource: { 'geo.country.iso_code': 'US', 'geo.locality.name': 'Ashburn' },
      },
      { countryCode: 'DE', countryName: 'Germany' },
    ],
    ['no such country', { record: { 'geo.country.iso_code': 'Germany' } }, undefined],
  ],
};

for (const [subject, rows] of Object.entries(cases)) {
  for (const [title, levels, expected] of rows) {
    test(`${subject}: ${title}`, () => assert.deepEqual(whoOf(levels), expected && { ...expected }));
  }
}

test('long values are cut', () => {
  const who = whoOf({
    record: {
      'user_agent.original': `Mozilla/5.0 ${'x'.repeat(5000)}`,
      'geo.locality.name': 'y'.repeat(5000),
    },
  });
  assert.equal(who?.userAgent?.length, 1024);
  assert.equal(who?.city?.length, 256);
});

test('equal input gives the same frozen object', () => {
  const reader = createWhoReader({ userIds, geo, clientIp: 'keep' });
  const read = () =>
    reader.read(view({ 'user.id': 'u', 'client.address': '8.8.8.8', 'user_agent.original': CHROME }));
  const who = reader.finish(read(), undefined, undefined);
  assert.ok(Object.isFrozen(who));
  assert.equal(reader.finish(read(), undefined, undefined), who);
  assert.notEqual(reader.finish(undefined, read(), undefined), undefined);
});

test('what a record says does not stick to the next one', () => {
  const reader = createWhoReader({ userIds, geo, clientIp: 'keep' });
  const [a, b] = ['a', 'b'].map((id) => reader.read(view({ 'user.id': id })));
  assert.equal(reader.finish(undefined, undefined, a)?.userId, 'a');
  assert.equal(reader.finish(b, undefined, a)?.userId, 'b');
  assert.equal(reader.finish(undefined, undefined, a)?.userId, 'a');
  assert.equal(reader.finish(undefined, undefined, b)?.userId, 'b');
  assert.equal(reader.finish(undefined, b, a)?.userId, 'b');
  assert.equal(reader.finish(undefined, undefined, undefined), undefined);
  assert.equal(reader.finish(undefined, undefined, undefined, '8.8.8.8')?.ip, '8.8.8.8');
  assert.equal(reader.finish(undefined, undefined, undefined), undefined);
});

test('any attributes give fields within their bounds, the same with a used reader and a new one', () => {
  const names = declaredKeys().flatMap((key) => (key.groups & KeyGroup.who ? [key.name] : []));
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '8.8.8.8',
      '10.0.0.1',
      CHROME,
      GOOGLEBOT,
      'okhttp/4',
      'DE',
      'Android',
      '__proto__',
      'unknown',
      '',
    ),
    fc.boolean(),
    fc.integer(),
    fc.array(fc.string(), { maxLength: 3 }),
  );
  const attributes = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6, noNullPrototype: true });
  const used = createWhoReader({ userIds, geo, clientIp: 'keep' });
  fc.assert(
    fc.property(attributes, attributes, attributes, (record, scope, resource) => {
      const [a, b, c] = [record, scope, resource].map((each) => used.read(view(each)));
      const who = used.finish(a, b, c);
      assert.deepEqual(whoOf({ record, scope, resource }), who);
      for (const [field, text] of Object.entries(who ?? {})) {
        assert.ok(text.length >= 1 && text.length <= (field === 'userAgent' ? 1024 : 256), field);
        assert.ok(!text.includes('\0'));
      }
    }),
    { numRuns: 1000 },
  );
});
