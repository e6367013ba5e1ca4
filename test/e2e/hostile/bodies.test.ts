import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { status as GrpcStatus } from '@grpc/grpc-js';
import { encodeTraceRequest } from '../../otlp-oracle.js';
import {
  assertKept,
  goodSpan,
  jsonRequest,
  jsonSpan,
  MIB,
  PATHS,
  post,
  rawRequest,
  rawSpan,
  readAnswer,
  repeated,
  requestOf,
  sendGrpc,
  shareServer,
  text,
  useServer,
} from '../../support/hostile.js';
import { RawGrpcSender } from '../../support/senders.js';
import { field, gzipBomb } from '../../support/wire-bytes.js';

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

    it(`${path}: another method than POST, also unusual ones`, async () => {
      for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
        const response = await fixture.server.fetch(path, { method });
        assert.equal(response.headers.get('allow'), 'POST, OPTIONS');
        assert.equal((await readAnswer(path, response)).status, 405);
      }
    });
  }
});

describe('a truncated request', () => {
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
      // A request that is cut at the end of a message is valid.
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

  it('rejects one span if only that span is truncated', async () => {
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
    // A span cut between two of its fields is valid: without times, without a session, without a name.
    assert.equal(taken, 5);
    const { trace_id: trace } = (
      await fixture.server.get<{ items: { trace_id: string }[] }>('/api/v1/sessions/victim/traces')
    ).items[0]!;
    assert.match(trace, /^a5a5/);
    kept.set('victim', 1);
  });
});

describe('oversized requests are refused before they cost anything', () => {
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
