import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { type ClientHttp2Session, connect as connectHttp2, constants as http2 } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { deflateSync, gzipSync } from 'node:zlib';
import { status as GrpcStatus, type ServiceError } from '@grpc/grpc-js';
import { Session, SessionPage } from '../../src/contract/session.js';
import { SessionStatistics } from '../../src/contract/statistics.js';
import { TracePage } from '../../src/contract/trace.js';
import {
  decodePlain,
  encodeLogsRequest,
  encodeMetricsRequest,
  encodeTraceRequest,
  type LogsRequest,
  type MetricsRequest,
  otlpTypes,
  type PlainAnyValue,
  type PlainDataPoint,
  type PlainKeyValue,
  type PlainLogRecord,
  type PlainSpan,
  type TraceRequest,
  toOtlpJson,
} from '../otlp-oracle.js';
import { assertConforms } from '../support/contract-check.js';
import { RawGrpcSender, TRANSPORTS, type Transport } from '../support/senders.js';
import { makeTemporaryDirectory, startServer, type TestServer } from '../support/server.js';
import { field, fixed64, gzipBomb, nested } from '../support/wire-bytes.js';

/** Never a crash, never silence: whatever comes, there is a clear answer, and what was good is there afterwards. */

const MIB = 1 << 20;
/**
 * The most that a server may ever take that is sent what would become tens of gigabytes. It takes 200 MiB for itself, and
 * up to 64 MiB for each of a few requests at a time; garbage is collected when the runtime likes, so that what it holds at
 * any one moment says nothing, and 24 bombs at once with none to hold them back take 1.5 GiB.
 */
const MAX_PEAK_MIB = 1200;

const START = 1_790_000_000_000_000_000n;
const END = START + 500_000_000n;

/** Session ids and how many spans they must have, on the server at hand. */
type Kept = Map<string, number>;

let lastId = 0;

function nextId(length: number): Buffer {
  const id = Buffer.alloc(length, 0xa5);
  id.writeUInt32BE(++lastId, length - 4);
  return id;
}

function text(key: string, stringValue: string): PlainKeyValue {
  return { key, value: { stringValue } };
}

/** A span of a trace of its own. */
function goodSpan(session: string, more: PlainSpan = {}): PlainSpan {
  return {
    traceId: nextId(16),
    spanId: nextId(8),
    name: 'work',
    startTimeUnixNano: String(START),
    endTimeUnixNano: String(END),
    ...more,
    attributes: [text('session.id', session), ...(more.attributes ?? [])],
  };
}

function requestOf(spans: PlainSpan[]): TraceRequest {
  return { resourceSpans: [{ scopeSpans: [{ spans }] }] };
}

/** Parts of a Span message that every span needs, by hand. */
function rawSpan(session: string, ...more: Uint8Array[]): Buffer {
  const sessionId = field(9, field(1, 'session.id'), field(2, field(1, session)));
  const ids = [field(1, nextId(16)), field(2, nextId(8))];
  return Buffer.concat([...ids, fixed64(7, START), fixed64(8, END), sessionId, ...more]);
}

/** A request of Span messages, whatever bytes they are. */
function rawRequest(...spans: readonly Uint8Array[]): Buffer {
  return field(1, field(2, ...spans.map((span) => field(2, span))));
}

function jsonRequest(...spans: readonly string[]): string {
  return `{"resourceSpans":[{"scopeSpans":[{"spans":[${spans.join(',')}]}]}]}`;
}

/** OTLP/JSON of one span. */
function jsonSpan(session: string, more = ''): string {
  const ids = `"traceId":"${nextId(16).toString('hex')}","spanId":"${nextId(8).toString('hex')}"`;
  const times = `"startTimeUnixNano":"${START}","endTimeUnixNano":"${END}"`;
  return `{${ids},${times},"attributes":[{"key":"session.id","value":{"stringValue":"${session}"}}]${more}}`;
}

interface Answer {
  /** Of gRPC: 0 or a code. Of HTTP: a status. */
  readonly status: number;
  /** Of google.rpc.Status or of partial_success; empty where all was accepted. */
  readonly message: string;
  /** Records rejected. */
  readonly rejected: number;
}

interface PartialJson {
  readonly partialSuccess?: { readonly errorMessage?: string } & Readonly<Record<string, string | undefined>>;
}

const COUNTS = {
  '/v1/traces': ['ExportTraceServiceResponse', 'rejectedSpans'],
  '/v1/logs': ['ExportLogsServiceResponse', 'rejectedLogRecords'],
  '/v1/metrics': ['ExportMetricsServiceResponse', 'rejectedDataPoints'],
} as const;
type Path = keyof typeof COUNTS;
const PATHS = Object.keys(COUNTS) as Path[];

/** Reads an answer of OTLP/HTTP, and fails where it is not one that its sender could read. */
async function readAnswer(path: Path, response: Response): Promise<Answer> {
  const { status } = response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const type = response.headers.get('content-type');
  assert.ok(type === 'application/json' || type === 'application/x-protobuf', String(type));
  const read = (message: 'RpcStatus' | (typeof COUNTS)[Path][0]): unknown =>
    type === 'application/json'
      ? JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
      : decodePlain(otlpTypes[message], bytes);
  if (status === 200) {
    const [message, count] = COUNTS[path];
    const partial = (read(message) as PartialJson).partialSuccess ?? {};
    return { status, message: partial.errorMessage ?? '', rejected: Number(partial[count] ?? 0) };
  }
  assert.ok(status >= 400 && status < 500, `${status}: ${Buffer.from(bytes)}`);
  const { code, message } = read('RpcStatus') as { code: number; message: string };
  assert.ok(code >= 1 && code <= 16, String(code));
  assert.match(message, /^[^\p{Cc}]{5,500}$/u, 'a line that says something');
  return { status, message, rejected: 0 };
}

async function post(
  server: TestServer,
  path: Path,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return readAnswer(path, await server.post(path, body, headers));
}

/** Sends a request of spans by one of the transports. */
async function send(
  server: TestServer,
  grpc: RawGrpcSender,
  transport: Transport,
  request: TraceRequest,
): Promise<Answer> {
  switch (transport) {
    case 'proto':
      return post(server, '/v1/traces', encodeTraceRequest(request));
    case 'json':
      return post(server, '/v1/traces', toOtlpJson(request, lastId));
    case 'grpc':
      return sendGrpc(grpc, encodeTraceRequest(request));
  }
}

async function sendGrpc(grpc: RawGrpcSender, body: Uint8Array): Promise<Answer> {
  try {
    const answer = decodePlain(otlpTypes.ExportTraceServiceResponse, await grpc.export('traces', body));
    const partial = (answer as PartialJson).partialSuccess ?? {};
    return {
      status: GrpcStatus.OK,
      message: partial.errorMessage ?? '',
      rejected: Number(partial.rejectedSpans ?? 0),
    };
  } catch (error) {
    const { code, details } = error as ServiceError;
    assert.ok(Number.isInteger(code), String(error));
    return { status: code, message: details, rejected: 0 };
  }
}

function isOk({ status }: Answer): boolean {
  return status === 200 || status === GrpcStatus.OK;
}

interface ListedSession {
  readonly 'session.id': string;
  readonly span_count: number;
}

async function listAll(server: TestServer): Promise<ListedSession[]> {
  const items: ListedSession[] = [];
  let cursor = '';
  do {
    const page = JSON.parse(await server.text(`/api/v1/sessions?limit=1000${cursor}`)) as {
      items: ListedSession[];
      next_cursor?: string;
    };
    items.push(...page.items);
    cursor = page.next_cursor === undefined ? '' : `&cursor=${encodeURIComponent(page.next_cursor)}`;
  } while (cursor !== '');
  return items;
}

async function assertKept(server: TestServer, kept: Kept): Promise<void> {
  await server.settled();
  const listed = (await listAll(server)).map((item) => [item['session.id'], item.span_count] as const);
  assert.deepEqual(new Map(listed), kept);
}

/** The most memory that a process ever had, MiB; undefined where the system does not tell. */
function peakMemoryOf(pid: number): number | undefined {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return undefined;
  }
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

async function assertUnharmed(server: TestServer): Promise<void> {
  assert.equal((await server.fetch('/healthz')).status, 200);
  assert.doesNotMatch(
    server.stderr,
    /"level":"error"/,
    'nothing that comes from outside is a fault of the server',
  );
  const peak = peakMemoryOf(server.pid);
  if (peak === undefined) return;
  assert.ok(peak < MAX_PEAK_MIB, `${peak} MiB`);
}

interface Fixture {
  server: TestServer;
  grpc: RawGrpcSender;
  readonly kept: Kept;
}

/** A server for the tests of a suite: unharmed after each, and holding exactly what they say was kept. */
function useServer(flags: readonly string[] = []): Fixture {
  const fixture = { kept: new Map() } as unknown as Fixture;
  before(() => begin(fixture, flags));
  after(() => end(fixture));
  checkAfterEach(fixture);
  return fixture;
}

const shared = { kept: new Map() } as unknown as Fixture;
after(() => end(shared));

/** The same with one server for all suites that ask for it, which must name their sessions apart. */
function shareServer(): Fixture {
  before(() => shared.server ?? begin(shared));
  checkAfterEach(shared);
  return shared;
}

async function begin(fixture: Fixture, flags: readonly string[] = []): Promise<void> {
  fixture.server = await startServer({ flags });
  fixture.grpc = new RawGrpcSender(fixture.server);
}

async function end(fixture: Fixture): Promise<void> {
  fixture.grpc?.close();
  await fixture.server?.dispose();
}

function checkAfterEach(fixture: Fixture): void {
  afterEach(async () => {
    await assertUnharmed(fixture.server);
    await assertKept(fixture.server, fixture.kept);
  });
}

describe('what is no OTLP is refused with a reason', () => {
  const fixture = shareServer();

  const PROTOBUF_FAULTS: [string, string | Uint8Array, RegExp][] = [
    ['text', 'hello, world', /wire type/],
    ['JSON', '{"resourceSpans":[]}', /wire type|field/],
    ['random bytes', createHash('sha512').update('seed').digest(), /./],
    ['field number 0', Buffer.from([0x02, 0]), /field number 0/],
    ['a group', Buffer.from([0x0b, 0x0c]), /wire type 3/],
    ['a varint of 11 bytes', Buffer.from([0x08, ...Array<number>(10).fill(0xff), 1]), /varint/],
    ['a length of 2^64 - 1', Buffer.from([0x0a, ...Array<number>(9).fill(0xff), 1]), /longer than/],
    ['a length beyond the end', Buffer.from([0x0a, 100, 0]), /longer than/],
    ['a field number of 2^32', Buffer.from([0x82, 0x80, 0x80, 0x80, 0x80, 0x01, 0]), /field number/],
  ];
  const JSON_FAULTS: [string, string | Uint8Array, RegExp][] = [
    ['nothing', '', /not JSON/],
    ['protobuf', encodeTraceRequest(requestOf([goodSpan('never')])), /not JSON/],
    ['a number', '17', /expected an object|must be an object/],
    ['an array', '[]', /expected an object|must be an object/],
    ['NaN', '{"a":NaN}', /not JSON/],
    ['a comma too many', '{"a":1,}', /not JSON/],
    ['two documents', '{}{}', /not JSON/],
    ['UTF-16', Buffer.from('{"resourceSpans":[]}', 'utf16le'), /not JSON/],
    ['100,000 arrays without an end', '['.repeat(100_000), /not JSON/],
    ['100,000 objects without an end', '{"a":'.repeat(100_000), /not JSON/],
    ['line feeds and escapes that end up in the message', '\n\u001b[2J\u2028"', /not JSON/],
  ];
  for (const path of PATHS) {
    it(`${path}: whatever is not protobuf`, async () => {
      for (const [name, body, message] of PROTOBUF_FAULTS) {
        const answer = await post(fixture.server, path, Buffer.from(body));
        assert.equal(answer.status, 400, name);
        assert.match(answer.message, message, name);
      }
    });

    it(`${path}: whatever is not JSON`, async () => {
      for (const [name, body, message] of JSON_FAULTS) {
        const answer = await post(fixture.server, path, body, { 'content-type': 'application/json' });
        assert.equal(answer.status, 400, name);
        assert.match(answer.message, message, name);
      }
    });

    it(`${path}: a type or encoding that is missing, unknown, or not the body's`, async () => {
      const protobuf = encodeTraceRequest(requestOf([]));
      const types = [
        '',
        'text/plain',
        'application/grpc',
        'multipart/form-data; boundary=x',
        'application/json2',
        ';',
      ];
      for (const type of types) {
        const answer = await post(fixture.server, path, protobuf, { 'content-type': type });
        assert.equal(answer.status, 415, type);
        assert.match(answer.message, /Content-Type must be application\/x-protobuf or application\/json/);
      }
      // Bytes without a content type: fetch adds none of its own.
      const init = { method: 'POST', body: new Uint8Array(protobuf) };
      const answer = await readAnswer(path, await fixture.server.fetch(path, init));
      assert.equal(answer.status, 415);

      for (const encoding of ['br', 'gzip, gzip', 'snappy', 'gzip;q=1', '__proto__']) {
        const refused = await post(fixture.server, path, gzipSync(protobuf), {
          'content-encoding': encoding,
        });
        assert.equal(refused.status, 415, encoding);
        assert.match(refused.message, /Content-Encoding must be none or one of gzip, deflate/);
      }
      const body = encodeTraceRequest(requestOf([goodSpan('never')]));
      for (const [encoding, bytes] of [
        ['gzip', body],
        ['gzip', deflateSync(body)],
        ['deflate', gzipSync(body)],
        ['gzip', new Uint8Array()],
        ['gzip', gzipSync(body).subarray(0, -9)],
      ] as const) {
        const refused = await post(fixture.server, path, bytes, { 'content-encoding': encoding });
        assert.equal(refused.status, 400, encoding);
        assert.match(refused.message, /cannot be decompressed/);
      }
      const twice = await post(fixture.server, path, gzipSync(gzipSync(body)), {
        'content-encoding': 'gzip',
      });
      assert.equal(twice.status, 400, 'compressed once more than it says');
      assert.equal(
        (await post(fixture.server, path, gzipSync(body))).status,
        400,
        'compressed, and does not say so',
      );
    });

    it(`${path}: another method than POST, also from where it is unusual`, async () => {
      for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
        const response = await fixture.server.fetch(path, { method });
        assert.equal(response.headers.get('allow'), 'POST, OPTIONS');
        assert.equal((await readAnswer(path, response)).status, 405);
      }
    });
  }
});

describe('a request that is cut off', () => {
  const fixture = shareServer();

  it('is refused wherever the cut is, in protobuf, JSON, gzip and gRPC', async () => {
    const { server, grpc, kept } = fixture;
    const first = encodeTraceRequest(requestOf([goodSpan('first')]));
    const rest = encodeTraceRequest({
      resourceSpans: [
        {
          resource: { attributes: [text('service.name', 'cut')] },
          scopeSpans: [{ scope: { name: 's' }, spans: [goodSpan('rest'), goodSpan('rest')] }],
        },
      ],
    });
    const whole = Buffer.concat([first, rest]);
    for (let length = 0; length < whole.length; length++) {
      // What ends where a message does is a request as good as any.
      const isRequest = length === 0 || length === first.length;
      const cut = whole.subarray(0, length);
      assert.equal((await post(server, '/v1/traces', cut)).status, isRequest ? 200 : 400, `${length}`);
      const answer = await sendGrpc(grpc, cut);
      assert.equal(answer.status, isRequest ? GrpcStatus.OK : GrpcStatus.INVALID_ARGUMENT, `${length}`);
    }
    kept.set('first', 1);
    await assertKept(server, kept);

    const json = jsonRequest(jsonSpan('json'));
    for (let length = 0; length < json.length; length++) {
      assert.equal((await post(server, '/v1/traces', json.slice(0, length))).status, 400, `${length}`);
    }
    const gzip = gzipSync(whole);
    for (let length = 0; length < gzip.length; length++) {
      const answer = await post(server, '/v1/traces', gzip.subarray(0, length), {
        'content-encoding': 'gzip',
      });
      assert.equal(answer.status, 400, `${length}`);
    }
    await assertKept(server, kept);

    assert.deepEqual(await post(server, '/v1/traces', whole), { status: 200, message: '', rejected: 0 });
    kept.set('rest', 2);
  });

  it('costs one span where only that span is cut off', async () => {
    const { server, kept } = fixture;
    const neighbours = [rawSpan('neighbours'), rawSpan('neighbours')] as const;
    const victim = rawSpan('victim', field(5, 'name'), field(15, field(2, 'message')));
    let taken = 0;
    for (let length = 0; length < victim.length; length++) {
      const body = rawRequest(neighbours[0], victim.subarray(0, length), neighbours[1]);
      const { status, rejected, message } = await post(server, '/v1/traces', body);
      assert.equal(status, 200);
      if (rejected === 0) taken++;
      else assert.match(message, /^1 span rejected: 1 (malformed|invalid (trace|span) id .*)$/);
    }
    kept.set('neighbours', 2);
    // Cut between two of its fields it is a span: without times, without a session, without a name.
    assert.equal(taken, 5);
    const { trace_id: trace } = (
      await fixture.server.get<{ items: { trace_id: string }[] }>('/api/v1/sessions/victim/traces')
    ).items[0]!;
    assert.match(trace, /^a5a5/);
    kept.set('victim', 1);
  });
});

describe('what is too large is refused before it costs anything', () => {
  const fixture = useServer();

  const bombs: [string, () => Uint8Array, string][] = [
    ['1 GiB of zeros in gzip', () => gzipBomb(1024), 'gzip'],
    ['1 GiB of zeros in 64 members of gzip', () => repeated(gzipSync(Buffer.alloc(16 * MIB)), 64), 'gzip'],
    ['256 MiB of zeros in deflate', () => deflateSync(Buffer.alloc(256 * MIB), { level: 1 }), 'deflate'],
    ['a bomb of bombs', () => gzipSync(repeated(gzipBomb(64), 1024), { level: 1 }), 'gzip'],
  ];
  for (const [name, make, encoding] of bombs) {
    it(`bombs: ${name}, in both encodings, for every signal`, async () => {
      const bomb = make();
      assert.ok(bomb.length < 8 * MIB, 'it has to get in');
      for (const path of PATHS) {
        for (const type of ['application/json', 'application/x-protobuf']) {
          const headers = { 'content-encoding': encoding, 'content-type': type };
          const answer = await post(fixture.server, path, bomb, headers);
          assert.equal(answer.status, 413);
          assert.match(answer.message, /larger than 67108864 bytes when decompressed/);
        }
      }
    });
  }

  it('many bombs at once', async () => {
    const bomb = gzipBomb(1024);
    const answers = await Promise.all(
      Array.from({ length: 24 }, () =>
        post(fixture.server, '/v1/traces', bomb, { 'content-encoding': 'gzip' }),
      ),
    );
    for (const { status } of answers) assert.equal(status, 413);
  });

  it('a body over the limit, whether or not it says so', async () => {
    const body = new Uint8Array(17 * MIB);
    const declared = await post(fixture.server, '/v1/traces', body);
    assert.equal(declared.status, 413);
    assert.match(declared.message, /larger than 16777216 bytes/);
    const stream = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 17; i++) controller.enqueue(body.subarray(0, MIB));
        controller.close();
      },
    });
    const init = {
      method: 'POST',
      body: stream,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    };
    const streamed = await readAnswer(
      '/v1/traces',
      await fixture.server.fetch('/v1/traces', init as RequestInit),
    );
    assert.equal(streamed.status, 413);
  });

  it('more records, resources or scopes than a request may have', async () => {
    for (const body of [
      field(1, field(2, repeated(field(2), 100_001))),
      field(1, repeated(field(2), 100_001)),
      repeated(field(1), 100_001),
    ]) {
      const answer = await post(fixture.server, '/v1/traces', body);
      assert.equal(answer.status, 413);
      assert.match(answer.message, /more than 100000 (records|resources and scopes)/);
    }
  });

  for (const [name, unit, end] of [
    ['empty objects', '{},', '{}]}'],
    ['arrays in arrays', '[', ''],
    ['numbers', '1,', '1]}'],
    ['distinct members', '', ''],
  ] as const) {
    it(`60 MiB of JSON that would be gigabytes of ${name}`, async () => {
      const content =
        unit === '' ? distinctMembers(60 * MIB) : repeated(Buffer.from(unit), (60 * MIB) / unit.length);
      const body = Buffer.concat([Buffer.from('{"resourceSpans":['), content, Buffer.from(end)]);
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
      const sent = gzipSync(body, { level: 1 });
      for (const path of PATHS) {
        const answer = await post(fixture.server, path, sent, headers);
        assert.equal(answer.status, 413, answer.message);
        assert.match(answer.message, /more than \d+ values in one request/);
      }
    });
  }

  it('messages and bombs over gRPC', async () => {
    const { server } = fixture;
    const gzipped = new RawGrpcSender(server, 'gzip');
    try {
      for (const sender of [fixture.grpc, gzipped]) {
        const answer = await sendGrpc(sender, new Uint8Array(64 * MIB + 1));
        assert.equal(answer.status, GrpcStatus.RESOURCE_EXHAUSTED);
        assert.match(answer.message, /larger than .*67108864/);
      }
      const records = await sendGrpc(gzipped, field(1, field(2, repeated(field(2), 100_001))));
      assert.equal(records.status, GrpcStatus.RESOURCE_EXHAUSTED);
      assert.match(records.message, /more than 100000 records/);
    } finally {
      gzipped.close();
    }
  });
});

function repeated(unit: Uint8Array, count: number): Buffer {
  return Buffer.alloc(unit.length * Math.floor(count), unit);
}

function distinctMembers(length: number): Buffer {
  const members: string[] = [];
  let written = 0;
  for (let i = 0; written < length; i++) {
    const member = `{"${i.toString(36)}":1},`;
    members.push(member);
    written += member.length;
  }
  return Buffer.from(members.join(''));
}

const MANY_ATTRIBUTES = Array.from({ length: 1025 }, (_, i) => text(`key.${i}`, ''));

/** Spans that cannot be kept, and the reason that their sender gets. */
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
  describe(`what cannot be kept costs nothing beside it: ${transport}`, () => {
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

    it('every fault in one request, all of them named with their number', async () => {
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

  it('what is nested 100,000 deep where nobody looks is passed over', async () => {
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

  it('are named with the reason, in both encodings; those beside them are kept', async () => {
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

  it('are counted and not kept where they belong to nothing', async () => {
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

describe('metrics that nobody would send', () => {
  const fixture = shareServer();
  const NAME = 'claude_code.token.usage';
  const own = (session: string): PlainKeyValue[] => [text('session.id', session), text('type', 'input')];
  const good = (session: string): PlainDataPoint => ({
    startTimeUnixNano: String(START),
    timeUnixNano: String(END),
    asInt: '5',
    attributes: own(session),
  });
  const requestOf = (dataPoints: PlainDataPoint[], temporality = 1): MetricsRequest => ({
    resourceMetrics: [
      {
        scopeMetrics: [
          {
            metrics: [
              { name: NAME, sum: { dataPoints, aggregationTemporality: temporality, isMonotonic: true } },
            ],
          },
        ],
      },
    ],
  });
  const NESTED: PlainAnyValue = Array.from({ length: 20 }).reduce<PlainAnyValue>(
    (inner) => ({ arrayValue: { values: [inner] } }),
    {},
  );
  const points: [string, (session: string) => PlainDataPoint, RegExp, number?][] = [
    [
      'without a session',
      (id) => ({ ...good(id), attributes: [text('type', 'input')] }),
      /1 without a session/,
    ],
    ['without a time', (id) => ({ ...good(id), timeUnixNano: '0' }), /1 without a time/],
    ['of the year 2300', (id) => ({ ...good(id), timeUnixNano: String(2n ** 63n) }), /1 time out of range/],
    ['below 0', (id) => ({ ...good(id), asInt: '-1' }), /1 without a value/],
    [
      'infinite',
      (id) => {
        const { asInt: _, ...rest } = good(id);
        return { ...rest, asDouble: Number.POSITIVE_INFINITY };
      },
      /1 without a value/,
    ],
    ['of 2^62 tokens', (id) => ({ ...good(id), asInt: String(2n ** 62n) }), /1 of metrics that/],
    [
      'cumulative without a start',
      (id) => ({ ...good(id), startTimeUnixNano: '0' }),
      /1 cumulative without/,
      2,
    ],
    [
      'with too many attributes',
      (id) => ({ ...good(id), attributes: [...MANY_ATTRIBUTES, ...own(id)] }),
      /1 with more than 1024 attributes/,
    ],
    [
      'with values nested too deep',
      (id) => ({ ...good(id), attributes: [...own(id), { key: 'deep', value: NESTED }] }),
      /1 with values nested too deep/,
    ],
  ];

  for (const [name, make, reason, temporality] of points) {
    it(`a data point ${name}: named with the reason, those beside it kept, in both encodings`, async () => {
      const session = `point ${name}`;
      const request = requestOf([good(session), make(session), good(session)], temporality);
      for (const body of [encodeMetricsRequest(request), toOtlpJson(request, 5)]) {
        const answer = await post(fixture.server, '/v1/metrics', body);
        assert.equal(answer.rejected, 1, answer.message);
        assert.match(answer.message, reason);
      }
      fixture.kept.set(session, 0);
      const { genai_usage: usage } = await fixture.server.get<{ genai_usage: object }>(
        `/api/v1/sessions/${encodeURIComponent(session)}`,
      );
      assert.deepEqual(usage, {
        request_count: 0,
        total_input_tokens: 5,
        total_output_tokens: 0,
        models_used: [],
        providers_used: ['anthropic'],
      });
    });
  }

  it('data points that are no messages cost their neighbours nothing', async () => {
    const session = 'point damaged';
    const whole = encodeMetricsRequest(requestOf([good(session)]));
    const attributes = own(session).map(({ key, value }) =>
      field(7, field(1, key!), field(2, field(1, value!.stringValue!))),
    );
    const point = Buffer.concat([fixed64(2, START), fixed64(3, END), fixed64(6, 5n), ...attributes]);
    const sum = [
      field(1, point),
      field(1, Buffer.from([0])),
      field(1, point.subarray(0, -1)),
      Buffer.from([0x10, 1, 0x18, 1]),
    ];
    const body = field(1, field(2, field(2, field(1, NAME), field(7, ...sum))));
    const answer = await post(fixture.server, '/v1/metrics', body);
    assert.equal(answer.rejected, 2, answer.message);
    assert.match(answer.message, /2 malformed/);
    fixture.kept.set(session, 0);
    for (let length = 1; length < whole.length; length++) {
      const cut = await post(fixture.server, '/v1/metrics', whole.subarray(0, length));
      assert.equal(cut.status, 400, `${length}`);
    }
  });

  it('more data points, resources, scopes or metrics than a request may have', async () => {
    for (const body of [
      field(1, field(2, field(2, field(1, NAME), field(7, repeated(field(1), 100_001))))),
      field(1, field(2, field(2, field(5, repeated(field(1), 100_001))))),
      field(1, field(2, repeated(field(2), 100_001))),
      field(1, repeated(field(2), 100_001)),
      repeated(field(1), 4 * MIB),
    ]) {
      const answer = await post(fixture.server, '/v1/metrics', body);
      assert.equal(answer.status, 413, answer.message);
      assert.match(answer.message, /more than 100000 (data points|resources, scopes and metrics)/);
    }
  });
});

interface SpanJson {
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: unknown }[];
}

for (const transport of TRANSPORTS) {
  describe(`what is odd but OTLP is kept as it is: ${transport}`, () => {
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

    it('times of 1970, to the nanosecond, and of 2200, which stand at 1970', async () => {
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

const TRACE_EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const CALL_LIMIT_MS = 60_000;

interface CallEnd {
  readonly httpStatus: number | undefined;
  readonly grpcStatus: number | undefined;
  readonly message: string;
}

/** Posts bytes over HTTP/2 as gRPC would, right or wrong. Rejects where the call does not come to an end. */
async function rawCall(
  session: ClientHttp2Session,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<CallEnd> {
  const stream = session.request({
    ':method': 'POST',
    ':path': TRACE_EXPORT,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  const seen: Record<string, unknown> = {};
  stream
    .on('response', (each) => Object.assign(seen, each))
    .on('trailers', (each) => Object.assign(seen, each));
  stream.resume().end(body);
  await once(stream, 'close', { signal: AbortSignal.timeout(CALL_LIMIT_MS) });
  return {
    httpStatus: seen[':status'] as number | undefined,
    grpcStatus: seen['grpc-status'] === undefined ? undefined : Number(seen['grpc-status']),
    message: decodeURIComponent(String(seen['grpc-message'] ?? '')),
  };
}

/** A gRPC message with its prefix, which may say what it likes. */
function frame(flag: number, message: Uint8Array, length = message.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

describe('what is no gRPC is answered with a status', () => {
  const fixture = shareServer();
  let session: ClientHttp2Session;
  before(() => {
    session = connectHttp2(fixture.server.grpcUrl);
  });
  after(() => session?.destroy());

  const GZIP = { 'grpc-encoding': 'gzip' };
  const empty = new Uint8Array();
  const cases: [string, Uint8Array, Record<string, string>, number, RegExp][] = [
    ['no message', empty, {}, GrpcStatus.UNIMPLEMENTED, /no request message/],
    ['half a prefix', Buffer.from([0, 0]), {}, GrpcStatus.UNIMPLEMENTED, /no request message/],
    ['half a message', frame(0, Buffer.alloc(10), 100), {}, GrpcStatus.UNIMPLEMENTED, /no request message/],
    [
      'a message of 4 GiB',
      frame(0, empty, 2 ** 32 - 1),
      {},
      GrpcStatus.RESOURCE_EXHAUSTED,
      /larger than max/,
    ],
    ['two messages', repeated(frame(0, empty), 2), {}, GrpcStatus.UNIMPLEMENTED, /second request message/],
    ['an unknown flag', frame(0x7e, Buffer.from('{}')), {}, GrpcStatus.INVALID_ARGUMENT, /wire type/],
    ['gzip that does not say so', frame(1, gzipSync('')), {}, GrpcStatus.INVALID_ARGUMENT, /wire type/],
    ['what is no gzip', frame(1, Buffer.from('hello')), GZIP, GrpcStatus.INTERNAL, /decompress/],
    [
      'gzip that is cut off',
      frame(1, gzipSync('hello').subarray(0, -9)),
      GZIP,
      GrpcStatus.INTERNAL,
      /decompress/,
    ],
    ['snappy', frame(1, empty), { 'grpc-encoding': 'snappy' }, GrpcStatus.UNIMPLEMENTED, /encoding "snappy"/],
    [
      'a bomb of 1 GiB',
      frame(1, gzipBomb(1024)),
      GZIP,
      GrpcStatus.RESOURCE_EXHAUSTED,
      /decompresses to .* 67108864/,
    ],
    [
      'a time-out that is none',
      frame(0, empty),
      { 'grpc-timeout': 'soon' },
      GrpcStatus.INTERNAL,
      /grpc-timeout/,
    ],
    [
      'JSON',
      frame(0, Buffer.from('{}')),
      { 'content-type': 'application/grpc+json' },
      GrpcStatus.INVALID_ARGUMENT,
      /./,
    ],
    ['a wrong method', frame(0, empty), { ':path': `${TRACE_EXPORT}s` }, GrpcStatus.UNIMPLEMENTED, /Exports/],
    ['a wrong service', frame(0, empty), { ':path': '/v1/traces' }, GrpcStatus.UNIMPLEMENTED, /v1.traces/],
  ];
  for (const [name, body, headers, status, message] of cases) {
    it(name, async () => {
      const end = await rawCall(session, body, headers);
      assert.equal(end.grpcStatus, status, end.message);
      assert.match(end.message, message);
      // The connection is as good as before.
      assert.equal((await rawCall(session, frame(0, rawRequest(rawSpan(name))))).grpcStatus, GrpcStatus.OK);
      fixture.kept.set(name, 1);
    });
  }

  it('another content type, with the status of HTTP', async () => {
    assert.equal((await rawCall(session, empty, { 'content-type': 'text/plain' })).httpStatus, 415);
  });

  it('what is no HTTP/2 ends the connection, and no other', async () => {
    const socket = connectTcp(Number(new URL(fixture.server.grpcUrl).port), '127.0.0.1');
    // It may be reset or ended.
    socket.on('error', () => {});
    socket.resume().write('POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}');
    await closed(socket);
    assert.equal((await rawCall(session, frame(0, new Uint8Array()))).grpcStatus, GrpcStatus.OK);
  });
});

describe('senders that go away or stand still', () => {
  // What stands still at the end must not hold up the stop for longer than this.
  const fixture = useServer(['--shutdown-timeout', '200ms']);

  it('in the middle of a request leave nothing behind, and nobody else waits', async () => {
    const { server, kept } = fixture;
    const body = encodeTraceRequest(requestOf([goodSpan('half')]));
    const head = (more: string): string =>
      `POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n${more}`;
    const sized = `Content-Length: ${body.length}\r\n\r\n`;
    const chunked = 'Transfer-Encoding: chunked\r\n\r\n';
    const half = Buffer.from(body.subarray(0, body.length / 2)).toString('latin1');
    const beginnings = [
      head(''),
      head(sized),
      head(sized) + half,
      `${head(chunked)}${(half.length + 1).toString(16)}\r\n${half}`,
      `${head(chunked)}${half.length.toString(16)}\r\n${half}\r\n`,
      head(`Content-Encoding: gzip\r\n${sized}`) + half,
    ];
    const isCounted = (beginning: string): boolean => beginning.includes('\r\n\r\n');
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        beginnings.map(async (beginning, i) => {
          const socket = await openSocket(server.httpUrl);
          await new Promise((resolve) => socket.write(beginning, 'latin1', resolve));
          if ((round + i) % 2 === 0) socket.resetAndDestroy();
          else socket.destroy();
        }),
      );
      const path = round % 2 === 0 ? 'whole' : 'also whole';
      assert.equal(
        (await post(server, '/v1/traces', encodeTraceRequest(requestOf([goodSpan(path)])))).status,
        200,
      );
    }
    kept.set('whole', 5).set('also whole', 5);
    const expected = 10 * beginnings.filter(isCounted).length;
    await until(
      async () => (await abortedRequests(server)) === expected,
      'every request that was broken off is counted',
    );
  });

  it('just before the end of large bodies take nobody’s place', async () => {
    const { server, kept } = fixture;
    const length = 16 * MIB;
    // More than the server holds of unfinished bodies, and than may wait for the disk.
    const stalled = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const socket = await openSocket(server.httpUrl);
        const head = `POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n`;
        socket.write(`${head}Content-Length: ${length}\r\n\r\n`);
        await new Promise((resolve) => socket.write(Buffer.alloc(length - 1), resolve));
        return socket;
      }),
    );
    const large = field(1, field(2, field(2, rawSpan('large beside them', field(5, 'x'.repeat(MIB))))));
    // A sender does as it is told: it comes again a second later.
    await until(async () => {
      const response = await server.post('/v1/traces', large);
      await response.arrayBuffer();
      assert.ok(response.status === 200 || response.status === 429, `${response.status}`);
      return response.status === 200;
    }, 'others are served');
    for (let i = 0; i < 20; i++) {
      assert.equal(
        (await post(server, '/v1/traces', encodeTraceRequest(requestOf([goodSpan('beside them')])))).status,
        200,
      );
    }
    kept.set('large beside them', 1).set('beside them', 20);
    for (const socket of stalled) socket.destroy();
  });

  it('in the middle of a gRPC call leave nothing behind', async () => {
    const { server, grpc, kept } = fixture;
    const message = frame(0, encodeTraceRequest(requestOf([goodSpan('half')])));
    for (let i = 0; i < 20; i++) {
      const session = connectHttp2(server.grpcUrl);
      const stream = session.request({
        ':method': 'POST',
        ':path': TRACE_EXPORT,
        'content-type': 'application/grpc',
      });
      stream.on('error', () => {});
      session.on('error', () => {});
      await new Promise((resolve) => stream.write(message.subarray(0, message.length / 2), resolve));
      if (i % 2 === 0) stream.close(http2.NGHTTP2_CANCEL);
      session.destroy();
    }
    assert.ok(isOk(await sendGrpc(grpc, encodeTraceRequest(requestOf([goodSpan('grpc')])))));
    kept.set('grpc', 1);
  });

  it('that do not read their answers do no harm', async () => {
    const { server } = fixture;
    const sockets = await Promise.all(Array.from({ length: 20 }, () => openSocket(server.httpUrl)));
    for (const socket of sockets) {
      socket.pause();
      socket.write('GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(50));
    }
    await assertUnharmed(server);
    for (const socket of sockets) socket.destroy();
  });

  it('what is no HTTP is answered with 400, and what smuggles is refused', async () => {
    const { server } = fixture;
    for (const text of [
      'hello\r\n\r\n',
      'POST /v1/traces HTTP/9.9\r\n\r\n',
      'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n',
      'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}',
      'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
      'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(100_000)}\r\n\r\n`,
    ]) {
      const socket = await openSocket(server.httpUrl);
      let answer = '';
      socket.setEncoding('latin1').on('data', (data: string) => {
        answer += data;
      });
      socket.write(text);
      await closed(socket);
      // A body that is broken in its middle may only be cut off.
      if (!text.includes('zz')) assert.match(answer, /^HTTP\/1\.1 4\d\d /, text.slice(0, 80));
    }
  });

  it('do not keep the server from stopping', async () => {
    const server = await startServer({ flags: ['--shutdown-timeout', '200ms'] });
    try {
      const socket = await openSocket(server.httpUrl);
      socket.write('POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1');
      const session = connectHttp2(server.grpcUrl).on('error', () => {});
      const stream = session.request({
        ':method': 'POST',
        ':path': TRACE_EXPORT,
        'content-type': 'application/grpc',
      });
      stream.on('error', () => {}).write(Buffer.alloc(3));
      await server.text('/healthz');
      assert.equal(await server.stop(), 0);
      session.destroy();
    } finally {
      await server.dispose();
    }
  });
});

async function openSocket(httpUrl: string): Promise<Socket> {
  const socket = connectTcp(Number(new URL(httpUrl).port), '127.0.0.1');
  // Some tests are about connections that break.
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Resolves when a connection has ended, in whatever way. */
async function closed(socket: Socket): Promise<void> {
  await until(async () => socket.destroyed, 'the connection ends');
}

async function abortedRequests(server: TestServer): Promise<number> {
  const metrics = await server.text('/metrics');
  const line = /^sojourn_requests_total\{transport="http",signal="traces",status="aborted"\} (\d+)$/m;
  return Number(line.exec(metrics)?.[1] ?? 0);
}

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + CALL_LIMIT_MS;
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, what);
    await delay(5);
  }
}

/** Numbers from 0 to 2^32 - 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** One or two flips, cuts, insertions, repetitions or overwritings. */
function mutated(bytes: Uint8Array, random: () => number): Buffer {
  let result = Buffer.from(bytes);
  for (let left = 1 + (random() % 2); left > 0; left--) {
    const at = random() % (result.length + 1);
    const length = random() % 16;
    const [before, rest] = [result.subarray(0, at), result.subarray(at)];
    switch (random() % 6) {
      case 0:
        if (at < result.length) result[at]! ^= 1 << (random() % 8);
        break;
      case 1:
        if (at < result.length) result[at] = random();
        break;
      case 2:
        result = Buffer.from(before);
        break;
      case 3:
        result = Buffer.concat([before, rest.subarray(length)]);
        break;
      case 4:
        result = Buffer.concat([before, Buffer.from(Array.from({ length }, random)), rest]);
        break;
      default:
        result = Buffer.concat([before, rest.subarray(0, length), rest]);
    }
  }
  return result;
}

const FUZZ_SEED = 20_261_124;
const FUZZ_REQUESTS = 2000;
const FUZZ_AT_ONCE = 8;

describe('damaged requests', () => {
  const data = makeTemporaryDirectory();
  let server: TestServer;
  let grpc: RawGrpcSender;
  before(async () => {
    server = await startServer({ data });
    grpc = new RawGrpcSender(server);
  });
  after(async () => {
    grpc?.close();
    await server?.dispose();
    rmSync(data, { recursive: true, force: true });
  });

  const spans = [
    goodSpan('fuzz', {
      kind: 2,
      status: { code: 2, message: 'failed' },
      traceState: 'a=b',
      events: [{ name: 'event', timeUnixNano: String(START), attributes: [text('k', 'v')] }],
      links: [{ traceId: nextId(16), spanId: nextId(8), attributes: [text('k', 'v')] }],
      attributes: [
        text('user.id', 'ann'),
        text('user_agent.original', 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0'),
        text('client.address', '192.0.2.7'),
        text('gen_ai.operation.name', 'chat'),
        text('gen_ai.request.model', 'gpt-4o'),
        { key: 'gen_ai.usage.input_tokens', value: { intValue: '100' } },
        { key: 'list', value: { arrayValue: { values: [{ doubleValue: 0.5 }, { boolValue: true }] } } },
        { key: 'map', value: { kvlistValue: { values: [text('k', 'v')] } } },
      ],
    }),
    goodSpan('fuzz', { parentSpanId: nextId(8) }),
  ];
  const traces: TraceRequest = {
    resourceSpans: [
      {
        resource: { attributes: [text('service.name', 'fuzz')] },
        scopeSpans: [{ scope: { name: 'scope', version: '1' }, spans, schemaUrl: 'https://schema.example' }],
      },
    ],
  };
  const logs: LogsRequest = {
    resourceLogs: [
      {
        scopeLogs: [
          {
            logRecords: [
              {
                timeUnixNano: String(START),
                eventName: 'session.start',
                body: { kvlistValue: { values: [text('session.id', 'fuzz')] } },
                attributes: [text('session.id', 'fuzz'), text('session.previous_id', 'before')],
                traceId: nextId(16),
                spanId: nextId(8),
              },
            ],
          },
        ],
      },
    ],
  };
  const metrics: MetricsRequest = {
    resourceMetrics: [
      {
        resource: { attributes: [text('service.name', 'fuzz')] },
        scopeMetrics: [
          {
            scope: { name: 'com.anthropic.claude_code' },
            metrics: [1, 2].map((aggregationTemporality) => ({
              name: 'claude_code.token.usage',
              sum: {
                aggregationTemporality,
                isMonotonic: true,
                dataPoints: ['input', 'output'].map((type) => ({
                  startTimeUnixNano: String(START),
                  timeUnixNano: String(END),
                  asInt: '7',
                  attributes: [
                    text('session.id', 'fuzz'),
                    text('type', type),
                    text('model', 'claude-sonnet-4-5'),
                  ],
                })),
              },
            })),
          },
        ],
      },
    ],
  };
  const JSON_TYPE = { 'content-type': 'application/json' };
  const GZIP = { 'content-encoding': 'gzip' };
  const bases: [Path, Uint8Array, Record<string, string>][] = [
    ['/v1/traces', encodeTraceRequest(traces), {}],
    ['/v1/traces', encodeTraceRequest(traces), {}],
    ['/v1/traces', Buffer.from(toOtlpJson(traces, 1)), JSON_TYPE],
    ['/v1/traces', gzipSync(encodeTraceRequest(traces)), GZIP],
    ['/v1/logs', encodeLogsRequest(logs), {}],
    ['/v1/logs', Buffer.from(toOtlpJson(logs, 2)), JSON_TYPE],
    ['/v1/metrics', encodeMetricsRequest(metrics), {}],
    ['/v1/metrics', Buffer.from(toOtlpJson(metrics, 3)), JSON_TYPE],
  ];

  it(`${FUZZ_REQUESTS} of them are each answered, and all that was taken can be read, also after a restart`, async () => {
    const random = randomNumbers(FUZZ_SEED);
    // Made beforehand: the answers come in any order, the requests are always the same.
    const requests = Array.from({ length: FUZZ_REQUESTS }, () => {
      const base = bases[random() % bases.length]!;
      return [base[0], mutated(base[1], random), base[2], random() % 4 === 0] as const;
    });
    const seen = { accepted: 0, partly: 0, refused: 0 };
    const queue = requests.entries();
    const sendAll = async (): Promise<void> => {
      for (const [i, [path, body, headers, isGrpc]] of queue) {
        const asGrpc = isGrpc && path === '/v1/traces';
        let answer: Answer;
        try {
          answer = asGrpc ? await sendGrpc(grpc, body) : await post(server, path, body, headers);
        } catch (error) {
          throw new Error(`request ${i} to ${path}: ${body.toString('base64')}`, { cause: error });
        }
        if (!isOk(answer)) {
          seen.refused++;
          if (asGrpc) assert.equal(answer.status, GrpcStatus.INVALID_ARGUMENT, answer.message);
        } else if (answer.rejected > 0) seen.partly++;
        else seen.accepted++;
      }
    };
    await Promise.all(Array.from({ length: FUZZ_AT_ONCE }, sendAll));
    for (const count of Object.values(seen)) assert.ok(count > FUZZ_REQUESTS / 50, JSON.stringify(seen));
    await assertUnharmed(server);

    await server.settled();
    const sessions = await listAll(server);
    assertConforms(SessionPage, { items: sessions, has_more: false });
    assert.ok(sessions.length > 1, `${sessions.length}`);
    const statistics = await server.get<SessionStatisticsJson>('/api/v1/sessions/stats');
    assertConforms(SessionStatistics, statistics);
    assert.equal(statistics.total_sessions, sessions.length);
    for (const session of sessions) {
      const path = `/api/v1/sessions/${encodeURIComponent(session['session.id'])}`;
      assert.deepEqual(JSON.parse(await server.text(path)), session);
      const page = JSON.parse(await server.text(`${path}/traces?limit=5`));
      assertConforms(TracePage, page);
    }
    await assertUnharmed(server);

    assert.equal(await server.stop(), 0);
    await server.dispose();
    server = await startServer({ data });
    assert.deepEqual(await listAll(server), sessions);
  });
});

interface SessionStatisticsJson {
  readonly total_sessions: number;
}
