import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { Session } from '../../../src/contract/session.js';
import { SessionStatistics } from '../../../src/contract/statistics.js';
import { TracePage } from '../../../src/contract/trace.js';
import {
  encodeLogsRequest,
  type LogsRequest,
  type PlainAnyValue,
  type PlainLogRecord,
  type PlainSpan,
  toOtlpJson,
} from '../../otlp-oracle.js';
import { assertConforms } from '../../support/contract-check.js';
import {
  END,
  goodSpan,
  isOk,
  jsonRequest,
  jsonSpan,
  type ListedSession,
  MANY_ATTRIBUTES,
  nextId,
  post,
  rawRequest,
  rawSpan,
  repeated,
  requestOf,
  START,
  send,
  sendGrpc,
  shareServer,
  text,
} from '../../support/hostile.js';
import { TRANSPORTS } from '../../support/senders.js';
import { field, nested } from '../../support/wire-bytes.js';

/** Spans that are rejected, and the reason that their sender gets. */
const BAD_SPANS: [name: string, faults: PlainSpan, reason: RegExp][] = [
  ['no trace id', { traceId: new Uint8Array() }, /invalid trace id/],
  [
    'a trace id of zeros',
    { traceId: new Uint8Array(16) },
    /invalid trace id \(must be 16 bytes, not all zero\)/,
  ],
  ['a trace id of 15 bytes', { traceId: nextId(15) }, /invalid trace id/],
  ['a trace id of 17 bytes', { traceId: nextId(17) }, /invalid trace id/],
  ['a trace id of 1 kB', { traceId: nextId(1024) }, /invalid trace id/],
  ['no span id', { spanId: new Uint8Array() }, /invalid span id/],
  ['a span id of zeros', { spanId: new Uint8Array(8) }, /invalid span id \(must be 8 bytes, not all zero\)/],
  ['a span id of 16 bytes', { spanId: nextId(16) }, /invalid span id/],
  ['a parent id of 4 bytes', { parentSpanId: nextId(4) }, /invalid span id/],
  ['a start in 2300', { startTimeUnixNano: '10413792000000000000' }, /time out of range .*2262-04-11/],
  ['an end in 2262', { endTimeUnixNano: String(2n ** 63n) }, /time out of range/],
  ['the last time there is', { endTimeUnixNano: String(2n ** 64n - 1n) }, /time out of range/],
  ['1,026 attributes', { attributes: MANY_ATTRIBUTES }, /more than 1024 attributes/],
  [
    '1,026 attributes, most of them of an event',
    { events: [{ name: 'e', attributes: MANY_ATTRIBUTES }] },
    /more than 1024 attributes/,
  ],
];

for (const transport of TRANSPORTS) {
  describe(`rejected records do not affect others: ${transport}`, () => {
    const fixture = shareServer();

    for (const [name, faults, reason] of BAD_SPANS) {
      it(name, async () => {
        const { server, grpc, kept } = fixture;
        const session = `${transport}: ${name}`;
        const spans = [goodSpan(session), goodSpan('bad', faults), goodSpan(session)];
        const answer = await send(server, grpc, transport, requestOf(spans));
        assert.ok(isOk(answer), answer.message);
        assert.equal(answer.rejected, 1);
        assert.match(answer.message, /^1 span rejected: 1 /);
        assert.match(answer.message, reason);
        kept.set(session, 2);
      });
    }

    it('every error in one request, all of them named with their number', async () => {
      const { server, grpc, kept } = fixture;
      const session = `${transport}: among faults`;
      const spans = BAD_SPANS.flatMap(([, faults]) => [goodSpan(session), goodSpan('bad', faults)]);
      const answer = await send(server, grpc, transport, requestOf(spans));
      assert.equal(answer.rejected, BAD_SPANS.length);
      assert.equal(
        answer.message,
        '14 spans rejected: 5 invalid trace id (must be 16 bytes, not all zero), 4 invalid span id (must be 8 bytes, not all zero), 3 time out of range (must be before 2262-04-11), 2 with more than 1024 attributes',
      );
      kept.set(session, BAD_SPANS.length);
    });
  });
}

describe('records that no library would write', () => {
  const fixture = shareServer();
  const value = (...content: Uint8Array[]): Buffer => field(9, field(1, 'deep'), field(2, ...content));
  const million = repeated(field(9, field(1, 'a')), 1_000_000);
  const RAW_FAULTS: [string, Uint8Array, RegExp][] = [
    ['arrays 17 deep', value(nested([1, 5], 17)), /values nested too deep/],
    ['arrays 5,000 deep', value(nested([1, 5], 5000)), /values nested too deep/],
    ['maps 5,000 deep', value(nested([2, 1, 6], 5000)), /values nested too deep/],
    ['a million attributes', million, /more than 1024 attributes/],
    [
      'an event with a million attributes',
      field(11, repeated(field(3, field(1, 'a')), 1_000_000)),
      /attributes/,
    ],
    ['a million events', repeated(field(11), 1_000_000), /more than 65536 events, links and values/],
    ['a million links', repeated(field(13), 1_000_000), /more than 65536 events, links and values/],
    [
      'an array of a million values',
      value(field(5, repeated(field(1), 1_000_000))),
      /more than 65536 events, links/,
    ],
    [
      'a map of a million values',
      value(field(6, repeated(field(1), 1_000_000))),
      /more than 65536 events, links/,
    ],
    ['a group within a span', Buffer.from([0x9b, 0x06, 0x9c, 0x06]), /malformed/],
    ['an attribute that is longer than its span', Buffer.from([0x4a, 100, 0]), /malformed/],
  ];
  for (const [name, fault, reason] of RAW_FAULTS) {
    it(`${name}: rejected over HTTP and gRPC, its neighbours kept`, async () => {
      const { server, grpc, kept } = fixture;
      const body = rawRequest(rawSpan(name), rawSpan('bad', fault), rawSpan(name));
      for (const answer of [await post(server, '/v1/traces', body), await sendGrpc(grpc, body)]) {
        assert.ok(isOk(answer), answer.message);
        assert.equal(answer.rejected, 1);
        assert.match(answer.message, reason);
      }
      kept.set(name, 2);
    });
  }

  it('a resource or scope with a million attributes costs its own spans and no others', async () => {
    const { server, kept } = fixture;
    const attribute = field(1, field(1, 'a'));
    for (const [name, crowded] of [
      ['resource', field(1, field(1, repeated(attribute, 1_000_000)), field(2, field(2, rawSpan('bad'))))],
      [
        'scope',
        field(1, field(2, field(1, repeated(field(3, field(1, 'a')), 1_000_000)), field(2, rawSpan('bad')))),
      ],
    ] as const) {
      const answer = await post(
        server,
        '/v1/traces',
        Buffer.concat([crowded, rawRequest(rawSpan(`beside ${name}`))]),
      );
      assert.equal(answer.status, 200);
      assert.equal(answer.rejected, 1);
      assert.match(answer.message, /more than 1024 attributes/);
      kept.set(`beside ${name}`, 1);
    }
  });

  const deep = (open: string, close: string, levels: number): string =>
    `,"attributes":[{"key":"deep","value":${open.repeat(levels)}{"intValue":"1"}${close.repeat(levels)}}]`;
  const JSON_FAULTS: [string, string, RegExp][] = [
    ['arrays 5,000 deep', deep('{"arrayValue":{"values":[', ']}}', 5000), /nested (too deep|deeper than 16)/],
    [
      'maps 5,000 deep',
      deep('{"kvlistValue":{"values":[{"value":', '}]}}', 5000),
      /nested (too deep|deeper)/,
    ],
    [
      'an integer that is none',
      ',"droppedEventsCount":"many"',
      /spans\[1\]\.droppedEventsCount: expected an int/,
    ],
    [
      'an integer beyond 64 bits',
      deep('', '', 0).replace('"1"', '"9223372036854775808"'),
      /intValue: expected -92/,
    ],
    [
      'attributes that are no list',
      ',"attributes":{"__proto__":[]}',
      /spans\[1\]\.attributes: expected an array/,
    ],
    ['a name that is no text', ',"name":{"toString":1}', /spans\[1\]\.name: expected a string/],
  ];
  for (const [name, more, reason] of JSON_FAULTS) {
    it(`JSON, ${name}: rejected, with the place; its neighbours kept`, async () => {
      const { server, kept } = fixture;
      const session = `json ${name}`;
      const body = jsonRequest(jsonSpan(session), jsonSpan('bad', more), jsonSpan(session));
      const answer = await post(server, '/v1/traces', body);
      assert.equal(answer.status, 200);
      assert.equal(answer.rejected, 1);
      assert.match(answer.message, reason);
      kept.set(session, 2);
    });
  }

  it('100,000 nested levels in an unread field are skipped', async () => {
    const { server, kept } = fixture;
    const json = `{"unknown":${'[{"a":'.repeat(50_000)}0${'}]'.repeat(50_000)},${jsonRequest(jsonSpan('unread fields')).slice(1)}`;
    assert.deepEqual(await post(server, '/v1/traces', json), { status: 200, message: '', rejected: 0 });
    const protobuf = Buffer.concat([
      rawRequest(rawSpan('unread fields', field(999, nested([1], 50_000)))),
      nested([999], 50_000),
    ]);
    assert.deepEqual(await post(server, '/v1/traces', protobuf), { status: 200, message: '', rejected: 0 });
    kept.set('unread fields', 2);
  });
});

describe('log records that cannot be kept', () => {
  const fixture = shareServer();
  const attributes = [text('session.id', 'logs')];
  const faults: [PlainLogRecord, RegExp][] = [
    [{ attributes }, /1 without a time/],
    [{ attributes, timeUnixNano: String(2n ** 63n) }, /1 time out of range/],
    [
      { attributes, timeUnixNano: String(START), traceId: nextId(15) },
      /1 invalid trace id \(must be 16 bytes, or em/,
    ],
    [
      { attributes, timeUnixNano: String(START), spanId: nextId(9) },
      /1 invalid span id \(must be 8 bytes, or empty\)/,
    ],
    [{ attributes: MANY_ATTRIBUTES, timeUnixNano: String(START) }, /1 with more than 1024 attributes/],
  ];

  it('are named with the reason, in both encodings; their neighbours are kept', async () => {
    const { server, kept } = fixture;
    const good = { timeUnixNano: String(START), attributes };
    for (const [fault, reason] of faults) {
      const request: LogsRequest = { resourceLogs: [{ scopeLogs: [{ logRecords: [good, fault, good] }] }] };
      for (const body of [encodeLogsRequest(request), toOtlpJson(request, 3)]) {
        const answer = await post(server, '/v1/logs', body);
        assert.equal(answer.rejected, 1);
        assert.match(answer.message, reason);
      }
    }
    // A session of log records alone.
    kept.set('logs', 0);
  });

  it('are counted and not kept without a session and a trace', async () => {
    const request: LogsRequest = {
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: String(START) }] }] }],
    };
    assert.deepEqual(await post(fixture.server, '/v1/logs', encodeLogsRequest(request)), {
      status: 200,
      message: '',
      rejected: 0,
    });
    assert.match(await fixture.server.text('/metrics'), /^sojourn_log_records_unbound_total 1$/m);
  });
});

interface SpanJson {
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: unknown }[];
}

for (const transport of TRANSPORTS) {
  describe(`unusual but valid OTLP is kept as it is: ${transport}`, () => {
    const fixture = shareServer();

    /** Sends a span of a session of its own; resolves to what the server says about both. */
    async function keep(
      name: string,
      more: PlainSpan = {},
      session = `${transport}: ${name}`,
    ): Promise<{ session: Record<string, unknown>; span: SpanJson }> {
      const { server, grpc, kept } = fixture;
      const answer = await send(
        server,
        grpc,
        transport,
        requestOf([goodSpan(`${transport}: ${name}`, more)]),
      );
      assert.ok(isOk(answer) && answer.rejected === 0 && answer.message === '', answer.message);
      kept.set(session, 1);
      const path = `/api/v1/sessions/${encodeURIComponent(session)}`;
      const one = await server.get<Record<string, unknown>>(path);
      assertConforms(Session, JSON.parse(await server.text(path)));
      assertConforms(TracePage, JSON.parse(await server.text(`${path}/traces`)));
      const { items } = await server.get<{ items: { spans: SpanJson[] }[] }>(`${path}/traces`);
      return { session: one, span: items[0]!.spans[0]! };
    }

    it('times of 1970, to the nanosecond, and of 2200, which start at 1970', async () => {
      for (const [year, ns, written] of [
        ['0', '0', '1970-01-01T00:00:00.000000000Z'],
        ['1970', '1', '1970-01-01T00:00:00.000000001Z'],
        ['2200', '7258118400000000007', '1970-01-01T00:00:00.000000000Z'],
        ['last', String(2n ** 63n - 1n), '1970-01-01T00:00:00.000000000Z'],
      ] as const) {
        const { session, span } = await keep(year, { startTimeUnixNano: ns, endTimeUnixNano: ns });
        assert.equal(session.start_time, written);
        assert.equal(session.duration_ms, 0);
        assert.equal(session.times_set_aside, 2);
        assert.equal(BigInt(Reflect.get(span, 'start_time_unix_nano') as bigint), BigInt(ns));
        const filter = `startTime=${written}&endTime=${written}`;
        const { items } = await fixture.server.get<{ items: ListedSession[] }>(`/api/v1/sessions?${filter}`);
        assert.deepEqual(
          items.find((item) => item['session.id'] === session['session.id']),
          session,
        );
      }
    });

    it('a span from 1970 to 2262', async () => {
      const { session } = await keep('all time', {
        startTimeUnixNano: '1',
        endTimeUnixNano: String(2n ** 63n - 1n),
      });
      assert.equal(session.duration_ms, 0);
      assert.equal(session.times_set_aside, 2);
      const statistics = await fixture.server.get('/api/v1/sessions/stats');
      assertConforms(SessionStatistics, statistics);
    });

    it('a span that ends before it starts, as one that ends at its start', async () => {
      const times = { startTimeUnixNano: String(END), endTimeUnixNano: String(START) };
      const { session, span: read } = await keep('backwards', times);
      assert.equal(session.duration_ms, 0);
      assert.deepEqual(
        [Reflect.get(read, 'start_time_unix_nano'), Reflect.get(read, 'end_time_unix_nano')],
        [String(END), String(START)],
      );
    });

    it('a session id of 10 kB, by its digest', async () => {
      const long = 'ü'.repeat(5000);
      const id = `sha256:${createHash('sha256').update(`${transport}: ${long}`).digest('hex')}`;
      const { session, span } = await keep(long, {}, id);
      assert.equal(session['session.id'], id);
      assert.deepEqual(span.attributes, [{ key: 'session.id', value: `${transport}: ${long}` }]);
    });

    it('keys that mean something to JavaScript, numbers at their ends, and odd text', async () => {
      const values: [string, PlainAnyValue, unknown][] = [
        ['__proto__', { stringValue: 'polluted' }, 'polluted'],
        [
          'constructor',
          { kvlistValue: { values: [text('prototype', 'x'), text('__proto__', 'y')] } },
          undefined,
        ],
        ['toString', { boolValue: false }, false],
        ['hasOwnProperty', { stringValue: '' }, ''],
        ['', { stringValue: 'no key' }, 'no key'],
        ['max', { intValue: String(2n ** 63n - 1n) }, '9223372036854775807'],
        ['min', { intValue: String(-(2n ** 63n)) }, '-9223372036854775808'],
        ['beyond 2^53', { intValue: String(2n ** 53n + 1n) }, '9007199254740993'],
        ['not a number', { doubleValue: Number.NaN }, 'NaN'],
        ['infinite', { doubleValue: Number.NEGATIVE_INFINITY }, '-Infinity'],
        ['tiny', { doubleValue: 5e-324 }, 5e-324],
        ['huge', { doubleValue: Number.MAX_VALUE }, Number.MAX_VALUE],
        ['no value', {}, null],
        [
          'odd text',
          { stringValue: '\u0000\u001b[2J\r\n\u2028\u{1f600}"\\' },
          '\u0000\u001b[2J\r\n\u2028\u{1f600}"\\',
        ],
        ['bytes', { bytesValue: Uint8Array.of(0, 255) }, 'AP8='],
      ];
      const attributes = values.map(([key, value]) => ({ key, value }));
      const { span } = await keep('odd values', { attributes, name: '__proto__' });
      assert.equal(span.name, '__proto__');
      const read = span.attributes.slice(1);
      assert.deepEqual(
        read.map(({ key }) => key),
        values.map(([key]) => key),
      );
      for (const [i, [key, , expected]] of values.entries()) {
        if (key !== 'constructor') assert.deepEqual(read[i]!.value, expected, key);
      }
      const map = read[1]!.value as object;
      assert.deepEqual(Object.entries(map).sort(), [
        ['__proto__', 'y'],
        ['prototype', 'x'],
      ]);
    });
  });
}

describe('odd bytes', () => {
  const fixture = shareServer();

  it('invalid UTF-8 is read as U+FFFD, in protobuf and in JSON', async () => {
    const { server, kept } = fixture;
    const invalid = Buffer.from([0x61, 0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0x62]);
    const key = field(9, field(1, invalid), field(2, field(1, invalid)));
    await post(server, '/v1/traces', rawRequest(rawSpan('bad text', field(5, invalid), key)));
    kept.set('bad text', 1);
    const { items } = await server.get<{ items: { spans: SpanJson[] }[] }>(
      '/api/v1/sessions/bad%20text/traces',
    );
    const span = items[0]!.spans[0]!;
    for (const read of [span.name, span.attributes[1]!.key, span.attributes[1]!.value]) {
      assert.match(String(read), /^a\ufffd+b$/);
    }
    const json = Buffer.from(jsonRequest(jsonSpan('bad JSON', ',"name":"aXb"')));
    json[json.indexOf('aXb') + 1] = 0xff;
    await post(server, '/v1/traces', json, { 'content-type': 'application/json' });
    kept.set('bad JSON', 1);
  });

  it('members of JSON named as the insides of JavaScript are members that OTLP does not know', async () => {
    const { server, kept } = fixture;
    const hostile =
      '"__proto__":{"spans":[1],"attributes":1,"traceId":1},"constructor":{"prototype":{"name":1}}';
    const span = `{${hostile},${jsonSpan('polluted').slice(1)}`;
    const body = `{${hostile},"resourceSpans":[{${hostile},"scopeSpans":[{${hostile},"spans":[${span}]}]}]}`;
    assert.deepEqual(await post(server, '/v1/traces', body), { status: 200, message: '', rejected: 0 });
    kept.set('polluted', 1);
    for (const path of ['__proto__', 'constructor', 'toString']) {
      assert.equal((await server.fetch(`/api/v1/sessions/${path}`)).status, 404);
      assert.equal((await server.fetch(`/api/v1/sessions?${path}=1`)).status, 400);
    }
    assert.deepEqual(await post(server, '/v1/traces', jsonRequest(jsonSpan('polluted'))), {
      status: 200,
      message: '',
      rejected: 0,
    });
    kept.set('polluted', 2);
  });
});
