import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type AttributeView, declaredKeys, KeyGroup } from './attributes.js';
import type { ClientIpPolicy } from './client-ip.js';
import type { Identity } from './facts.js';
import { openGeo } from './geo.js';
import { createIdentityReader, type IdentityRole } from './identity.js';
import { mixWord, type Signature } from './signature-memo.js';
import { createUserIds } from './user-id.js';

type Attributes = Readonly<Record<string, string | number | boolean | string[]>>;

/** Attributes of one record as the wire reader returns them. */
function view(attributes: Attributes): AttributeView {
  const values = new Map(Object.entries(attributes));
  const value = (key: number) => values.get(declaredKeys()[key]!.name);
  const typed = <T>(key: number, type: string) =>
    typeof value(key) === type ? (value(key) as T) : undefined;
  return {
    groups: declaredKeys().reduce((bits, key) => (values.has(key.name) ? bits | key.groups : bits), 0),
    has: (key) => value(key) !== undefined,
    text: (key) => (Array.isArray(value(key)) || value(key) === '' ? undefined : value(key)?.toString()),
    utf8: () => undefined,
    number: (key) => typed<number>(key, 'number'),
    boolean: (key) => typed<boolean>(key, 'boolean'),
    sign: (to) => sign(to, JSON.stringify([...values])),
    entryText: () => undefined,
    strings: (key) => (Array.isArray(value(key)) ? (value(key) as string[]) : undefined),
  };
}

function sign(to: Signature, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    to.words[to.length++] = text.charCodeAt(i);
    to.hash = mixWord(to.hash, text.charCodeAt(i));
  }
  return true;
}

const userIds = createUserIds({ mode: 'auto', key: Buffer.alloc(32, 1) });
const geo = await openGeo();

interface Levels {
  readonly record?: Attributes;
  readonly scope?: Attributes;
  readonly resource?: Attributes;
  readonly peer?: string;
  readonly clientIp?: ClientIpPolicy;
  /** The record's side of a call; by its attributes if left out. */
  readonly role?: IdentityRole;
  readonly proxies?: number;
}

function identityOf({
  record = {},
  scope = {},
  resource = {},
  peer,
  clientIp = 'keep',
  role = 'unknown',
  proxies,
}: Levels): Identity | undefined {
  const reader = createIdentityReader({ userIds, geo, clientIp, trustedProxies: proxies });
  const read = (attributes: Attributes, as: IdentityRole) => reader.read(view(attributes), as);
  return reader.finish(read(record, role), read(scope, 'envelope'), read(resource, 'envelope'), peer);
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
  Record<string, readonly (readonly [title: string, levels: Levels, expected: Identity | undefined])[]>
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
      'an e-mail address if there is no id',
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
    ['a name, if there is nothing else', { record: { 'user.name': 'Alice' } }, { userId: 'Alice' }],
    ['a full name', { record: { 'user.full_name': 'Alice Smith' } }, { userId: 'Alice Smith' }],
    [
      'Faro, Dash0: a hash before names',
      { record: { 'user.hash': 'h1', 'user.name': 'alice', 'user.full_name': 'Alice Smith' } },
      { userId: 'h1' },
    ],
    ['Sentry', { record: { 'user.id': 'u6', 'user.email': 'a@example.com' } }, { userId: 'u6' }],
    [
      'Embrace',
      { resource: { 'emb.user.identifier': 'u6', 'emb.user.username': 'alice' } },
      { userId: 'u6' },
    ],
    ['Splunk in apps, of session_start', { record: { 'enduser.anon_id': 'a1' } }, { anonymousId: 'a1' }],
    [
      'no users: what stands for none',
      { record: { 'user.id': '00000000-0000-0000-0000-000000000000', 'user.email': '[object Object]' } },
      undefined,
    ],
    ['HyperDX', { record: { userId: 'u8', userName: 'Alice' } }, { userId: 'u8' }],
    [
      'anonymous, kept apart from one who is known',
      { record: { 'user.anonymous_id': 'a1', 'enduser.pseudo.id': 'a2' }, resource: { 'enduser.id': 'u9' } },
      { userId: 'u9', anonymousId: 'a1' },
    ],
    ['an installation', { resource: { 'app.installation.id': 'i1' } }, { anonymousId: 'i1' }],
    ['none', { record: { 'http.route': '/' } }, undefined],
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
    [
      'the peer if there is nothing better',
      { record: { 'network.peer.address': '8.8.8.8' } },
      { ip: '8.8.8.8', ...US },
    ],
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
    ['private', { record: { 'client.address': '10.1.2.3:55' } }, { localIp: '10.1.2.3' }],
    [
      'private, and a public one in a header',
      {
        record: {
          'client.address': '10.1.2.3',
          'http.request.header.x_forwarded_for': ['8.8.8.8, 10.0.0.1'],
        },
      },
      { ip: '8.8.8.8', ...US },
    ],
    [
      'private before a public one in a list',
      { record: { 'http.request.header.x-forwarded-for': ['192.168.1.5, 8.8.8.8, 10.0.0.1'] } },
      { ip: '8.8.8.8', ...US },
    ],
    [
      'Forwarded',
      {
        record: {
          'client.address': '127.0.0.1',
          'http.request.header.forwarded': ['for="[2620:0:861:ed1a::1]:4711";proto=https, for=10.0.0.1'],
        },
      },
      { ip: '2620:0:861:ed1a::1', ...US },
    ],
    [
      'Cloudflare, whose own address is public too',
      {
        record: {
          'client.address': '81.2.69.142',
          'network.peer.address': '81.2.69.142',
          'http.request.header.cf-connecting-ip': ['8.8.8.8'],
        },
        role: 'called',
      },
      { ip: '8.8.8.8', ...US },
    ],
    [
      'Akamai',
      { record: { 'client.address': '10.0.0.9', 'http.request.header.true_client_ip': ['8.8.8.8'] } },
      { ip: '8.8.8.8', ...US },
    ],
    [
      'the load balancer is no client, even if there is nothing better',
      {
        record: {
          'client.address': '10.0.0.9',
          'network.peer.address': '10.0.0.9',
          'http.request.header.x-forwarded-for': ['unknown'],
        },
        role: 'called',
      },
      undefined,
    ],
    [
      'one proxy: what stands before its entry is hearsay',
      {
        record: {
          'client.address': '8.8.8.8',
          'http.request.header.x-forwarded-for': ['8.8.8.8, 81.2.69.142'],
        },
        proxies: 1,
      },
      { ip: '81.2.69.142', ...GB },
    ],
    [
      'two proxies',
      {
        record: { 'http.request.header.x-forwarded-for': ['1.1.1.1, 8.8.8.8', '81.2.69.142'] },
        proxies: 2,
      },
      { ip: '8.8.8.8', ...US },
    ],
    [
      'more proxies than entries',
      { record: { 'http.request.header.x-forwarded-for': ['8.8.8.8'] }, proxies: 3 },
      { ip: '8.8.8.8', ...US },
    ],
    [
      'the peer is a proxy where there are some',
      {
        record: { 'client.address': '81.2.69.142', 'network.peer.address': '81.2.69.142' },
        proxies: 1,
        role: 'called',
      },
      undefined,
    ],
    [
      'no proxies: headers are hearsay, the peer is the client',
      {
        record: {
          'client.address': '8.8.8.8',
          'network.peer.address': '81.2.69.142',
          'http.request.header.x-forwarded-for': ['8.8.8.8'],
        },
        proxies: 0,
        role: 'called',
      },
      { ip: '81.2.69.142', ...GB },
    ],
    ...(
      ['rpc.system.name', 'rpc.system', 'db.system.name', 'messaging.system', 'network.transport'] as const
    ).map(
      (name) =>
        [
          `a backend's call with ${name}`,
          {
            record: {
              [name]: 'x',
              'user.id': 'u1',
              'network.peer.address': '8.8.8.8',
              'client.address': '8.8.8.8',
              'user_agent.original': CHROME,
              'geo.country.iso_code': 'DE',
              'http.route': '/',
              'net.host.name': 'a',
            },
            role: 'caller',
          },
          { userId: 'u1' },
        ] as const,
    ),
    [
      'the peer of a gRPC server',
      { record: { 'rpc.system': 'grpc', 'network.peer.address': '8.8.8.8' }, role: 'called' },
      { ip: '8.8.8.8', ...US },
    ],
    [
      'the broker that a consumer takes from',
      { record: { 'messaging.system': 'kafka', 'network.peer.address': '8.8.8.8' }, role: 'consumer' },
      undefined,
    ],
    [
      "a browser's own call",
      {
        record: {
          'http.user_agent': CHROME,
          'network.peer.address': '8.8.8.8',
          'client.address': '81.2.69.142',
        },
        role: 'ownCall',
      },
      { ...ON_CHROME, ip: '81.2.69.142', ...GB },
    ],
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
      {
        deviceType: 'desktop',
        os: 'macOS',
        browser: 'Firefox',
        browserVersion: '127.0',
        osVersion: '10.15',
      },
    ],
    [
      'Faro knows nothing',
      {
        resource: {
          'browser.name': 'unknown',
          'browser.version': 'unknown',
          'browser.platform': 'unknown unknown',
        },
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
      { userAgent: 'okhttp/4.12.0', deviceType: 'mobile', os: 'Android', deviceModel: 'Pixel 7' },
    ],
    [
      'iPad app',
      { resource: { 'os.name': 'iOS', 'device.model.identifier': 'iPad13,4' } },
      { deviceType: 'tablet', os: 'iOS', deviceModel: 'iPad13,4' },
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
      'HTTP library of an app',
      { record: { 'user_agent.original': 'okhttp/4.12.0', 'url.path': '/' } },
      { userAgent: 'okhttp/4.12.0', deviceType: 'unknown' },
    ],
    [
      'iPhone app that calls its system darwin',
      { resource: { 'os.type': 'darwin', 'device.model.identifier': 'iPhone15,2' } },
      { deviceType: 'mobile', os: 'iOS', deviceModel: 'iPhone15,2' },
    ],
    [
      'iPhone app, and the user agent of its page',
      { record: { 'user_agent.original': IPHONE, 'os.type': 'darwin', 'browser.platform': 'MacIntel' } },
      ON_IPHONE,
    ],
    [
      'Android, whose platform is a processor',
      { resource: { 'browser.platform': 'Linux armv81', 'browser.mobile': true } },
      { deviceType: 'mobile', os: 'Android' },
    ],
    [
      'a Linux desktop',
      { resource: { 'browser.platform': 'Linux x86_64', 'browser.mobile': false } },
      { deviceType: 'desktop', os: 'Linux' },
    ],
    [
      'Faro without a version',
      { resource: { 'browser.name': 'Firefox', 'browser.platform': 'Linux unknown' } },
      { deviceType: 'desktop', os: 'Linux', browser: 'Firefox' },
    ],
    [
      'a phone with HarmonyOS',
      { resource: { 'os.name': 'HarmonyOS', 'device.model.identifier': 'NOH-AN00' } },
      { deviceType: 'mobile', os: 'HarmonyOS', deviceModel: 'NOH-AN00' },
    ],
    [
      'a headless browser by its client hints',
      {
        resource: {
          'browser.brands': ['HeadlessChrome 126', 'Chromium 126'],
          'browser.platform': 'Linux',
          'browser.mobile': false,
        },
      },
      { deviceType: 'bot', os: 'Linux', browser: 'Chrome Headless', browserVersion: '126' },
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
      'not mixed with look-up',
      { record: { 'client.address': '8.8.8.8', 'geo.locality.name': 'Berlin' } },
      { ip: '8.8.8.8', city: 'Berlin' },
    ],
    [
      'a time zone is no place',
      { record: { 'client.address': '8.8.8.8', 'geo.timezone': 'Europe/Berlin' } },
      { ip: '8.8.8.8', ...US },
    ],
    ['a time zone alone', { record: { 'geo.timezone': 'Europe/Berlin' } }, { timezone: 'Europe/Berlin' }],
    ['UK', { record: { 'geo.country.iso_code': 'uk' } }, GB],
    ['a name has a code', { record: { 'client.geo.country_name': 'united kingdom' } }, GB],
    [
      'a name that CLDR has otherwise',
      { record: { 'geo.country_name': 'Turkey' } },
      { countryCode: 'TR', countryName: 'Türkiye' },
    ],
    [
      'a name without its accents',
      { record: { 'geo.country_name': "Cote d'Ivoire" } },
      { countryCode: 'CI', countryName: 'Côte d’Ivoire' },
    ],
    ['a name of no country', { record: { 'geo.country_name': 'Atlantis' } }, { countryName: 'Atlantis' }],
    [
      'a code before a name',
      { record: { 'geo.country.iso_code': 'DE', 'geo.country_name': 'France' } },
      { countryCode: 'DE', countryName: 'Germany' },
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
    test(`${subject}: ${title}`, () => assert.deepEqual(identityOf(levels), expected && { ...expected }));
  }
}

test('long values are cut', () => {
  const identity = identityOf({
    record: {
      'user_agent.original': `Mozilla/5.0 ${'x'.repeat(5000)}`,
      'geo.locality.name': 'y'.repeat(5000),
    },
  });
  assert.equal(identity?.userAgent?.length, 1024);
  assert.equal(identity?.city?.length, 256);
});

test('equal input gives the same frozen object', () => {
  const reader = createIdentityReader({ userIds, geo, clientIp: 'keep' });
  const read = () =>
    reader.read(
      view({ 'user.id': 'u', 'client.address': '8.8.8.8', 'user_agent.original': CHROME }),
      'unknown',
    );
  const identity = reader.finish(read(), undefined, undefined);
  assert.ok(Object.isFrozen(identity));
  assert.equal(reader.finish(read(), undefined, undefined), identity);
  assert.notEqual(reader.finish(undefined, read(), undefined), undefined);
});

test('values of a record do not affect the next one', () => {
  const reader = createIdentityReader({ userIds, geo, clientIp: 'keep' });
  const [a, b] = ['a', 'b'].map((id) => reader.read(view({ 'user.id': id }), 'unknown'));
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
  const names = declaredKeys().flatMap((key) => (key.groups & KeyGroup.identity ? [key.name] : []));
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
  const used = createIdentityReader({ userIds, geo, clientIp: 'keep' });
  fc.assert(
    fc.property(attributes, attributes, attributes, (record, scope, resource) => {
      const [a, b, c] = [record, scope, resource].map((each, i) =>
        used.read(view(each), i === 0 ? 'unknown' : 'envelope'),
      );
      const identity = used.finish(a, b, c);
      assert.deepEqual(identityOf({ record, scope, resource }), identity);
      for (const [field, text] of Object.entries(identity ?? {})) {
        assert.ok(text.length >= 1 && text.length <= (field === 'userAgent' ? 1024 : 256), field);
        assert.ok(!text.includes('\0'));
      }
    }),
    { numRuns: 1000 },
  );
});

test('the release of a page or app, and that of a backend', () => {
  const web = { 'telemetry.sdk.language': 'webjs', 'service.version': '4.2.0' };
  assert.deepEqual(identityOf({ resource: web }), { release: '4.2.0' });
  assert.deepEqual(identityOf({ resource: { 'service.version': '1.0' } }), { serviceRelease: '1.0' });
  // The release of the calling page, if the backend passes it on.
  assert.deepEqual(
    identityOf({ record: { 'app.version': '4.3.0' }, resource: { 'service.version': '1.0' } }),
    {
      release: '4.3.0',
    },
  );
  assert.deepEqual(identityOf({ record: { 'app.version': '4.3.0' }, resource: web }), { release: '4.3.0' });
  assert.equal(identityOf({ resource: { 'service.version': 'undefined' } }), undefined);
  assert.equal(
    identityOf({ resource: { 'service.version': 'a'.repeat(1000) } })?.serviceRelease?.length,
    128,
  );
});

test('the version of a system is that beside its name', () => {
  const android = { 'os.name': 'Android', 'os.version': '14', 'device.model.name': 'Pixel 8' };
  assert.deepEqual(identityOf({ resource: { ...android, 'device.model.identifier': 'shiba' } }), {
    deviceType: 'mobile',
    os: 'Android',
    osVersion: '14',
    deviceModel: 'Pixel 8',
  });
  // A backend's own system is not the user's device.
  assert.equal(identityOf({ resource: { 'os.name': 'Linux', 'os.version': '6.8' } }), undefined);
  assert.equal(
    identityOf({ record: { 'user_agent.os.name': 'iOS' }, resource: android })?.osVersion,
    undefined,
  );
});

test('the connection', () => {
  assert.equal(identityOf({ resource: { 'network.effectiveType': '4G' } })?.connection, '4g');
  assert.equal(identityOf({ resource: { 'network.effectiveType': 'unknown' } })?.connection, undefined);
  const wifi = { 'network.connection.type': 'wifi' };
  assert.deepEqual(identityOf({ resource: wifi }), { connection: 'wifi' });
  const phone = { 'os.name': 'Android', 'user.id': 'ann' };
  const cell = { ...phone, 'network.connection.type': 'cell', 'network.connection.subtype': 'lte' };
  assert.equal(identityOf({ resource: { ...phone, ...wifi } })?.connection, 'wifi');
  assert.equal(identityOf({ resource: cell })?.connection, 'cell', 'whatever a resource like it had');
  assert.equal(identityOf({ resource: phone })?.connection, undefined);
  assert.equal(identityOf({ record: wifi }), undefined, 'a record that reports no visit is not read');
});
