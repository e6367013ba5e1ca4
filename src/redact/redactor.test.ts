import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createUserIds } from '../normalize/user-id.js';
import { transcodeJson } from '../otlp/decode-request.js';
import { readLogRecords, readSpans } from '../otlp/read.js';
import type { RedactedRequest } from '../otlp/redaction.js';
import { finish } from '../otlp/steps.js';
import { ProtoWriter } from '../otlp/wire-writer.js';
import { REDACTED_BY } from './marks.js';
import { planOf } from './plan.js';
import { parseRules, type RedactionPolicy, rulesOfSets, SET_NAMES } from './policy.js';
import { createRedactor } from './redactor.js';

const KEY = new Uint8Array(32).fill(7);
const ALL_SETS = rulesOfSets(SET_NAMES);
const pseudonymOf = (id: string): string => createUserIds({ mode: 'pseudonymize', key: KEY }).normalize(id)!;

function policy(rules: object[] = [], more: Partial<RedactionPolicy> = {}): RedactionPolicy {
  return { rules: parseRules(JSON.stringify({ rules }), 'test'), userIds: 'keep', content: true, ...more };
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** AnyValue of OTLP/JSON. */
function anyValue(value: Json): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { kvlistValue: { values: keyValues(value as { [name: string]: Json }) } };
}

function keyValues(attributes: { readonly [name: string]: Json }): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

type Attributes = { readonly [name: string]: Json };

interface Sent {
  readonly attributes?: Attributes;
  readonly name?: string;
  readonly more?: object;
  readonly resource?: Attributes;
  readonly scope?: object;
}

const IDS = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

function spanRequest({
  attributes = {},
  name = 'GET /',
  more = {},
  resource = {},
  scope = {},
}: Sent): Uint8Array {
  const span = {
    ...IDS,
    name,
    startTimeUnixNano: '1700000000000000000',
    endTimeUnixNano: '1700000001000000000',
    attributes: keyValues(attributes),
    ...more,
  };
  const request = {
    resourceSpans: [
      { resource: { attributes: keyValues(resource) }, scopeSpans: [{ scope, spans: [span] }] },
    ],
  };
  return transcodeJson('traces', Buffer.from(JSON.stringify(request))).bytes;
}

function logRequest(record: object): Uint8Array {
  const logRecord = { ...IDS, timeUnixNano: '1700000000000000000', ...record };
  const request = { resourceLogs: [{ scopeLogs: [{ logRecords: [logRecord] }] }] };
  return transcodeJson('logs', Buffer.from(JSON.stringify(request))).bytes;
}

function redact(
  rules: RedactionPolicy,
  bytes: Uint8Array,
  signal: 'traces' | 'logs' | 'data points' = 'traces',
): RedactedRequest {
  return finish(createRedactor(planOf(rules, KEY)).steps(signal, bytes));
}

const spanIn = (bytes: Uint8Array) => readSpans(bytes)[0]!;
const attributesIn = (bytes: Uint8Array): Record<string, unknown> =>
  Object.fromEntries(spanIn(bytes).attributes.map(({ key, value }) => [key, plain(value)]));

/** Maps and lists of `read.ts` as plain values; integers as numbers. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return JSON.parse(JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? Number(inner) : inner)));
}

test('a request without a match stays the same bytes', () => {
  const bytes = spanRequest({ attributes: { 'session.id': '79de31b8294eba2a52c7cba510000863', n: 1 } });
  const { bytes: left, fired } = redact(policy([], { rules: ALL_SETS, userIds: 'auto' }), bytes);
  assert.equal(left, bytes);
  assert.equal(fired.size, 0);
});

test('actions on whole values: mask, hash, truncate, drop; other attributes stay', () => {
  const rules = policy([
    { name: 'name', key: 'customer.name', action: 'mask' },
    { name: 'number', key: 'customer.number', action: 'hash' },
    { name: 'note', key: 'customer.note', action: 'truncate', length: 5 },
    { name: 'age', key: 'customer.age', action: 'drop' },
  ]);
  const { bytes, fired } = redact(
    rules,
    spanRequest({
      attributes: {
        'customer.name': 'Ann Example',
        'customer.number': 4711,
        'customer.note': 'long note',
        'customer.age': 42,
        'customer.kind': 'private',
      },
    }),
  );
  assert.deepEqual(attributesIn(bytes), {
    'customer.name': '[redacted:name]',
    'customer.number': pseudonymOf('4711'),
    'customer.note': 'long ',
    'customer.kind': 'private',
    [REDACTED_BY]: ['age', 'name', 'note', 'number'],
  });
  assert.deepEqual(Object.fromEntries(fired), { name: 1, number: 1, note: 1, age: 1 });
});

test('patterns of keys reach into maps at any depth, and * does not cross a dot', () => {
  const rules = policy([
    { name: 'street', key: 'user.address.street', action: 'mask' },
    { name: 'header', key: 'http.request.header.*', action: 'mask' },
    { name: 'deep', key: '**.PIN', action: 'drop' },
  ]);
  const { bytes } = redact(
    rules,
    spanRequest({
      attributes: {
        'user.address': { street: 'Main St', city: 'Rome' },
        'http.request.header.x-a': ['1', '2'],
        'http.request.header.x.y': 'kept',
        a: { b: [{ pin: 1, ok: 2 }] },
      },
    }),
  );
  const { [REDACTED_BY]: names, ...attributes } = attributesIn(bytes);
  assert.deepEqual(JSON.parse(JSON.stringify(attributes)), {
    'user.address': { street: '[redacted:street]', city: 'Rome' },
    'http.request.header.x-a': '[redacted:header]',
    'http.request.header.x.y': 'kept',
    a: { b: [{ ok: 2 }] },
  });
  assert.deepEqual(names, ['deep', 'header', 'street']);
});

test('rules apply in their order', () => {
  const mask = { name: 'order', pattern: 'KD-[0-9]+', action: 'mask' };
  const hash = { name: 'all-digits', pattern: '[0-9]{4,}', action: 'hash' };
  const sent = spanRequest({ attributes: { text: 'KD-12345' } });
  assert.equal(attributesIn(redact(policy([mask, hash]), sent).bytes).text, '[redacted:order]');
  assert.equal(attributesIn(redact(policy([hash, mask]), sent).bytes).text, `KD-${pseudonymOf('12345')}`);
});

test('JSON paths reach into structured values and into JSON in a text', () => {
  const rules = policy([
    { name: 'said', key: 'gen_ai.input.messages', json: '$[*].parts[*].content', action: 'mask' },
    { name: 'ssn', key: 'input', json: '$..ssn', action: 'drop' },
  ]);
  const messages = [{ role: 'user', parts: [{ type: 'text', content: 'My secret plan' }] }];
  const redacted = [{ role: 'user', parts: [{ type: 'text', content: '[redacted:said]' }] }];
  for (const value of [messages, JSON.stringify(messages)]) {
    const { bytes } = redact(rules, spanRequest({ attributes: { 'gen_ai.input.messages': value as Json } }));
    const left = attributesIn(bytes)['gen_ai.input.messages'];
    assert.deepEqual(
      typeof left === 'string' ? JSON.parse(left) : JSON.parse(JSON.stringify(left)),
      redacted,
    );
  }
  const { bytes } = redact(rules, spanRequest({ attributes: { input: '{"a":{"ssn":1,"b":2},"ssn":"x"}' } }));
  assert.equal(attributesIn(bytes).input, '{"a":{"b":2}}');
});

test('JSON in a text stays JSON, whatever is found in it', () => {
  const rules = policy([], { rules: ALL_SETS });
  for (const [text, expected] of [
    ['{"card":4111111111111111,"n":1}', { card: '[redacted:cards]', n: 1 }],
    ['{"to":"ann\\u0040shop.example"}', { to: '[redacted:email]' }],
    ['[{"tel":"\\u002B49 30 1234567"}]', [{ tel: '[redacted:phone]' }]],
    ['{"args":"{\\"mail\\":\\"ann@shop.example\\"}"}', { args: '{"mail":"[redacted:email]"}' }],
    ['{"a":"{\\"c\\":4111111111111111}"}', { a: '{"c":"[redacted:cards]"}' }],
  ] as const) {
    const { bytes } = redact(rules, spanRequest({ attributes: { text } }));
    const left = attributesIn(bytes).text as string;
    assert.deepEqual(JSON.parse(left), expected, left);
  }
});

test('numbers, bytes and arrays are looked at too', () => {
  const rules = policy([], { rules: ALL_SETS });
  const raw = Buffer.from('mail ann@shop.example').toString('base64');
  const { bytes } = redact(
    rules,
    spanRequest({
      attributes: {
        card: 4111111111111111,
        list: ['a', 'ann@shop.example'],
        deep: { x: [4111111111111111] },
      },
      more: {
        attributes: [
          { key: 'card', value: { intValue: '4111111111111111' } },
          { key: 'double', value: { doubleValue: 4111111111111111 } },
          { key: 'deep', value: anyValue({ x: [4111111111111111, 5] }) },
          { key: 'list', value: anyValue(['a', 'ann@shop.example']) },
          { key: 'bytes', value: { bytesValue: raw } },
        ],
      },
    }),
  );
  const attributes = attributesIn(bytes);
  assert.equal(attributes.card, '[redacted:cards]');
  assert.equal(attributes.double, '[redacted:cards]');
  assert.deepEqual(attributes.list, ['a', '[redacted:email]']);
  assert.ok(!Buffer.from(bytes).includes('ann@shop'));
  assert.ok(!JSON.stringify(attributes.deep).includes('4111'));
});

test('ids of sessions and users are hashed where others are masked, so that they stay apart', () => {
  const rules = policy([], { rules: ALL_SETS });
  const { bytes } = redact(
    rules,
    spanRequest({ attributes: { 'session.id': 'Ann@shop.example', mail: 'Ann@shop.example' } }),
  );
  const attributes = attributesIn(bytes);
  assert.equal(attributes['session.id'], pseudonymOf('ann@shop.example'));
  assert.equal(attributes.mail, '[redacted:email]');
});

test('user ids in records are those of sessions', () => {
  const attributes = {
    'user.id': 'Ann@Shop.example',
    'enduser.id': 'u-17',
    metadata: '{"user_id":"bob@shop.example"}',
  };
  const auto = attributesIn(redact(policy([], { userIds: 'auto' }), spanRequest({ attributes })).bytes);
  assert.equal(auto['user.id'], pseudonymOf('ann@shop.example'));
  assert.equal(auto['enduser.id'], 'u-17');
  assert.deepEqual(JSON.parse(auto.metadata as string), { user_id: pseudonymOf('bob@shop.example') });
  const all = attributesIn(
    redact(policy([], { userIds: 'pseudonymize' }), spanRequest({ attributes })).bytes,
  );
  assert.equal(all['enduser.id'], pseudonymOf('u-17'));
});

test('without content, messages go and what is counted stays', () => {
  const rules = policy([], { content: false });
  const { bytes } = redact(
    rules,
    spanRequest({
      attributes: {
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 12,
        'gen_ai.input.messages': '[{"role":"user","content":"hi"}]',
        'gen_ai.prompt.0.content': 'hi',
        'gen_ai.tool.call.arguments': '{"a":1}',
      },
      more: {
        events: [{ name: 'gen_ai.content.prompt', attributes: keyValues({ 'gen_ai.prompt': 'hi' }) }],
      },
    }),
  );
  const { [REDACTED_BY]: names, ...attributes } = attributesIn(bytes);
  assert.deepEqual(Object.keys(attributes), ['gen_ai.request.model', 'gen_ai.usage.input_tokens']);
  assert.deepEqual(names, ['content']);
  assert.ok(!Buffer.from(bytes).includes('gen_ai.prompt'));
  for (const named of [
    { eventName: 'gen_ai.user.message' },
    { attributes: keyValues({ 'event.name': 'gen_ai.user.message' }) },
  ]) {
    const log = logRequest({ body: anyValue({ content: 'my words' }), ...named });
    assert.ok(!Buffer.from(redact(rules, log, 'logs').bytes).includes('my words'));
  }
});

const SECRETS = [
  'ann@shop.example',
  'ann%40shop.example',
  '4111 1111 1111 1111',
  '378282246310005',
  'DE89370400440532013000',
  '+49 30 1234567',
  '(555) 123-4567',
  'AKIAIOSFODNN7EXAMPLE',
  'Bearer Zx9Kq2Lm8Np4Rt6Vw1Yb3',
];
/** Words around a match that neither belong to it nor to another. */
const words = fc.constantFrom('', 'x: ', 'the ', '[', '{"a":"', 'ü ', '(redacted) ', '"');
const secretTexts = fc
  .tuple(words, fc.constantFrom(...SECRETS), fc.constantFrom('', ' end', '"', '"}', ' ü', ')'))
  .map(([before, secret, behind]) => ({
    text: `${before}${secret}${behind}`,
    secret: secret.replace('Bearer ', ''),
  }));

/** Requests that have a text at some place. */
const PLACES: Readonly<Record<string, (text: string) => readonly ['traces' | 'logs', Uint8Array]>> = {
  attribute: (text) => ['traces', spanRequest({ attributes: { text } })],
  key: (text) => ['traces', spanRequest({ attributes: { [text]: 1 } })],
  'nested value': (text) => ['traces', spanRequest({ attributes: { a: [{ b: { c: [text] } }] } })],
  'nested key': (text) => ['traces', spanRequest({ attributes: { a: { [text]: { [text]: 1 } } } })],
  'span name': (text) => ['traces', spanRequest({ name: text })],
  status: (text) => ['traces', spanRequest({ more: { status: { code: 2, message: text } } })],
  'trace state': (text) => ['traces', spanRequest({ more: { traceState: text } })],
  event: (text) => [
    'traces',
    spanRequest({
      more: { events: [{ timeUnixNano: '1', name: text, attributes: keyValues({ a: text }) }] },
    }),
  ],
  link: (text) => [
    'traces',
    spanRequest({ more: { links: [{ ...IDS, traceState: text, attributes: keyValues({ a: text }) }] } }),
  ],
  resource: (text) => ['traces', spanRequest({ resource: { a: text } })],
  scope: (text) => [
    'traces',
    spanRequest({ scope: { name: text, version: text, attributes: keyValues({ a: text }) } }),
  ],
  'log body': (text) => ['logs', logRequest({ body: anyValue(text) })],
  'structured body': (text) => ['logs', logRequest({ body: anyValue({ a: [text], [text]: 1 }) })],
  'log attribute': (text) => [
    'logs',
    logRequest({ attributes: keyValues({ a: text, b: 1 }), severityText: text }),
  ],
  'event name': (text) => ['logs', logRequest({ eventName: text })],
};

test('nothing that a set matches is in any byte that is left, wherever it was; and once is enough', () => {
  const rules = policy([], { rules: ALL_SETS });
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(PLACES)), secretTexts, (place, { text, secret }) => {
      const [signal, bytes] = PLACES[place]!(text);
      assert.ok(Buffer.from(bytes).includes(secret));
      const once = redact(rules, bytes, signal);
      assert.ok(!Buffer.from(once.bytes).includes(secret), `${place}: ${text}`);
      assert.equal(once.rejected.size, 0);
      const again = redact(rules, once.bytes, signal);
      assert.deepEqual(Buffer.from(again.bytes), Buffer.from(once.bytes));
      assert.equal(again.fired.size, 0);
    }),
    { numRuns: 2_000 },
  );
});

test('a pattern of the operator is applied at the same places', () => {
  const rules = policy([{ name: 'customer', pattern: '\\bKD-[0-9]{6}\\b', action: 'hash' }]);
  for (const [place, request] of Object.entries(PLACES)) {
    const [signal, bytes] = request('see KD-123456.');
    const once = redact(rules, bytes, signal);
    assert.ok(!Buffer.from(once.bytes).includes('KD-123456'), place);
    assert.ok(Buffer.from(once.bytes).includes(pseudonymOf('KD-123456')), place);
    assert.deepEqual(redact(rules, once.bytes, signal).bytes, once.bytes);
  }
});

test('a field that OTLP does not know is left out if something in it looks like a match', () => {
  const withUnknown = (text: string): Uint8Array => {
    const writer = new ProtoWriter();
    const resource = writer.begin(1);
    const scope = writer.begin(2);
    const span = writer.begin(2);
    writer.bytes(1, Buffer.from(IDS.traceId, 'hex'));
    writer.bytes(2, Buffer.from(IDS.spanId, 'hex'));
    writer.string(99, text);
    writer.end(span);
    writer.end(scope);
    writer.end(resource);
    return writer.finish();
  };
  const rules = policy([], { rules: ALL_SETS });
  assert.ok(!Buffer.from(redact(rules, withUnknown('ann@shop.example')).bytes).includes('ann@'));
  const harmless = withUnknown('nothing to see');
  assert.equal(redact(rules, harmless).bytes, harmless);
});

test('what a rule cannot be applied to is masked whole, counted and named', () => {
  const rules = policy([
    { name: 'customer', pattern: 'KD-[0-9]{6}', action: 'mask' },
    { name: 'said', key: 'messages', json: '$.content', action: 'mask' },
  ]);
  const long = spanRequest({ attributes: { text: `${'x'.repeat(300_000)} KD-123456` } });
  const { bytes, failed } = redact(rules, long);
  assert.equal(attributesIn(bytes).text, '[redacted:customer]');
  assert.deepEqual([...failed], [['customer', 1]]);
  const broken = redact(rules, spanRequest({ attributes: { messages: '{"content":"my words' } }));
  assert.equal(attributesIn(broken.bytes).messages, '[redacted:said]');
  assert.deepEqual([...broken.failed], [['said', 1]]);
  const deep = redact(
    rules,
    spanRequest({ attributes: { messages: `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}` } }),
  );
  assert.ok(deep.failed.size <= 1);
});

test('values nested too deep reject their record, and damaged records are left out', () => {
  const rules = policy([], { rules: ALL_SETS });
  let value: Json = 'ann@shop.example';
  for (let i = 0; i < 15; i++) value = [value];
  assert.ok(!Buffer.from(redact(rules, spanRequest({ attributes: { value } })).bytes).includes('ann@'));
  const writer = new ProtoWriter();
  const resource = writer.begin(1);
  const scope = writer.begin(2);
  writer.bytes(2, Buffer.from([0x4a, 0x7f, 0x0a, ...Buffer.from('ann@shop.example')]));
  writer.end(scope);
  writer.end(resource);
  const { bytes, rejected } = redact(rules, writer.finish());
  assert.deepEqual([...rejected], [['malformed_record', 1]]);
  assert.ok(!Buffer.from(bytes).includes('ann@'));
});

test('any bytes are either refused, or left without what the sets match', () => {
  const rules = policy([], { rules: ALL_SETS, userIds: 'auto' });
  const valid = Buffer.from(
    spanRequest({
      attributes: { a: 'ann@shop.example', b: { c: ['+49 30 1234567'] } },
      resource: { d: 'x' },
    }),
  );
  fc.assert(
    fc.property(fc.nat(valid.length - 1), fc.nat(255), fc.nat(valid.length), (at, byte, cut) => {
      const damaged = Buffer.from(valid.subarray(0, Math.max(cut, 1)));
      damaged[at % damaged.length] = byte;
      try {
        const { bytes } = redact(rules, damaged);
        assert.deepEqual(redact(rules, bytes).fired.size, 0);
      } catch (error) {
        assert.equal((error as Error).name, 'MalformedRequestError');
      }
    }),
    { numRuns: 3_000 },
  );
});

test('a log record is read back as it was, but for what was found', () => {
  const rules = policy([], { rules: ALL_SETS });
  const { bytes } = redact(
    rules,
    logRequest({
      severityNumber: 9,
      body: anyValue('mail to ann@shop.example'),
      attributes: keyValues({ a: true }),
    }),
    'logs',
  );
  const { body } = readLogRecords(bytes)[0]!;
  assert.equal(body, 'mail to [redacted:email]');
});

test('of an attribute only what counts stays, also on the wire: not a value before another one, nor another kind of it', () => {
  const secret = 'api_key=Zx9Kq2Lm8Np4Rt6Vw1Yb3';
  const field = (number: number, ...parts: (string | Buffer)[]): Buffer => {
    const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
    assert.ok(content.length < 128 * 128);
    const length =
      content.length < 128 ? [content.length] : [(content.length & 127) | 128, content.length >> 7];
    return Buffer.concat([Buffer.of((number << 3) | 2, ...length), content]);
  };
  const text = (value: string): Buffer => field(1, value);
  const whole = Buffer.of(3 << 3, 7);
  const span = field(2, field(1, Buffer.alloc(16, 1)), field(2, Buffer.alloc(8, 2)), field(5, 'name'));
  for (const [values, left] of [
    [[field(2, text(secret)), field(2, text('plain'))], 'plain'],
    [[field(2, text(secret)), field(2, whole)], 7],
    [[field(2, text(secret), whole)], 7],
    [[field(2, text('plain'), field(9, secret))], 'plain'],
    [[field(2, text('plain')), field(2)], 'plain'],
  ] as const) {
    const attribute = field(1, field(1, 'owner'), ...values);
    const request = field(1, field(1, attribute), field(2, span));
    const { bytes } = redact(policy([], { rules: ALL_SETS }), Uint8Array.from(request));
    assert.equal(Buffer.from(bytes).includes('Zx9Kq2Lm8Np4Rt6Vw1Yb3'), false);
    assert.ok(Buffer.from(bytes).includes(typeof left === 'string' ? left : whole), String(left));
  }
});
