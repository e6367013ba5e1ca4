import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  encodeLogsRequest,
  encodeTraceRequest,
  type LogsRequest,
  logsRequest,
  otlpTypes,
  type PlainAnyValue,
  type PlainKeyValue,
  type PlainLogRecord,
  type PlainSpan,
  rewriteMessage,
  type TraceRequest,
  traceRequest,
} from '../../test/otlp-oracle.js';
import { AttributeNormalizer } from '../normalize/attribute-normalizer.js';
import { type AttributeView, attributeKey, KeyGroup } from '../normalize/attributes.js';
import type { Normalizer, RecordContext, RecordFacts } from '../normalize/normalizer.js';
import {
  type DecodedRequest,
  decodeLogs,
  decodeTraces,
  RejectReason,
  TooManyRecordsError,
  tracesSteps,
} from './decode.js';
import { MalformedRequestError } from './decode-errors.js';
import { tracesJsonToProtobuf } from './json.js';
import { readLogRecords, readSpans } from './read.js';
import {
  NONE,
  RECORD_LOG,
  RECORD_SPAN,
  type RecordBatch,
  resourceOf,
  scopeOf,
  serviceOf,
} from './record-batch.js';
import { ProtoWriter } from './wire-writer.js';

const SESSION_ID = attributeKey('session.id', KeyGroup.session);
const SERVICE_NAME = attributeKey('service.name', KeyGroup.resource);

/** Reads only `session.id` of the record and `service.name` of the resource. */
class PlainNormalizer implements Normalizer {
  serviceName: string | undefined;
  readonly metricNames = new Set<string>();
  readonly priceOf = () => undefined;
  /** Names of the decoded spans, in order. */
  readonly names: string[] = [];

  resource(attributes: AttributeView): void {
    this.serviceName = attributes.text(SERVICE_NAME);
  }

  scope(): void {}

  record(attributes: AttributeView, context: RecordContext): RecordFacts {
    this.names.push(context.spanName());
    return {
      session: attributes.text(SESSION_ID),
      identity: undefined,
      usage: undefined,
      lifecycleEvent: undefined,
      visit: undefined,
      exceptions: undefined,
    };
  }
}

const LIMITS = { maxRecords: 1000, maxAttributesPerRecord: 128 };

/** A decoded record, in the oracle's terms. */
interface DecodedRecord {
  traceId: string | undefined;
  spanId: string | undefined;
  parentId: string | undefined;
  start: bigint;
  end: bigint;
  error: boolean;
  session: string | undefined;
  service: string | undefined;
}

function decodedRecords({ batch }: DecodedRequest): DecodedRecord[] {
  const id = (at: number, length: number): string | undefined =>
    at === NONE ? undefined : Buffer.from(batch.bytes.subarray(at, at + length)).toString('hex');
  const string = (index: number): string | undefined => (index === NONE ? undefined : batch.strings[index]);
  return Array.from({ length: batch.count }, (_, i) => ({
    traceId: id(batch.traceId[i]!, 16),
    spanId: id(batch.spanId[i]!, 8),
    parentId: id(batch.parentId[i]!, 8),
    start: batch.start[i]!,
    end: batch.end[i]!,
    error: batch.error[i] === 1,
    session: string(batch.session[i]!),
    service: serviceOf(batch, i),
  }));
}

/** The text of an attribute as `AttributeView.text` has it; the last of equal keys that has a value counts. */
function attributeText(attributes: PlainKeyValue[] = [], key: string): string | undefined {
  const value = attributes.findLast(
    (a) => (a.key ?? '') === key && Object.keys(a.value ?? {}).length > 0,
  )?.value;
  return value?.stringValue || value?.intValue || value?.boolValue?.toString();
}

const hex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && Buffer.from(bytes).toString('hex');

/** A request made of a batch's envelopes and records, one scope each, as a store returns it. */
function requestOf(batch: RecordBatch): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let i = 0; i < batch.count; i++) {
    const [resource, scope] = [resourceOf(batch, i), scopeOf(batch, i)];
    const record = batch.bytes.subarray(batch.offset[i]!, batch.offset[i]! + batch.length[i]!);
    const writer = new ProtoWriter();
    writer.bytes(2, record);
    const scopeSpans = Buffer.concat([scope, writer.finish()]);
    const inner = new ProtoWriter();
    inner.bytes(2, scopeSpans);
    const outer = new ProtoWriter();
    outer.bytes(1, Buffer.concat([resource, inner.finish()]));
    parts.push(outer.finish());
  }
  return Uint8Array.from(Buffer.concat(parts));
}

const decodeSpans = (bytes: Uint8Array): DecodedRequest => decodeTraces(bytes, new PlainNormalizer(), LIMITS);
const decodeRecords = (bytes: Uint8Array): DecodedRequest => decodeLogs(bytes, new PlainNormalizer(), LIMITS);

const SPAN = { traceId: new Uint8Array(16).fill(1), spanId: new Uint8Array(8).fill(2) } satisfies PlainSpan;
const oneScope = (...spans: PlainSpan[]): Uint8Array =>
  encodeTraceRequest({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
const oneLogScope = (...logRecords: PlainLogRecord[]): Uint8Array =>
  encodeLogsRequest({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });

describe('against protobufjs', () => {
  test('spans decode to the encoded fields, whatever the order of fields and whatever lies between', () => {
    fc.assert(
      fc.property(traceRequest, fc.infiniteStream(fc.nat()), (request, random) => {
        const expected = (request.resourceSpans ?? []).flatMap(({ resource, scopeSpans = [] }) =>
          scopeSpans.flatMap(({ spans = [] }) =>
            spans.map((span) => ({
              traceId: hex(span.traceId),
              spanId: hex(span.spanId),
              parentId: hex(span.parentSpanId),
              // A span without a start begins at its end.
              start: BigInt(span.startTimeUnixNano ?? 0) || BigInt(span.endTimeUnixNano ?? 0),
              end: BigInt(span.endTimeUnixNano ?? 0),
              error: span.status?.code === 2,
              session: attributeText(span.attributes, 'session.id'),
              service: attributeText(resource?.attributes, 'service.name'),
            })),
          ),
        );
        const canonical = encodeTraceRequest(request);
        const rewritten = rewriteMessage(
          otlpTypes.ExportTraceServiceRequest,
          canonical,
          () => random.next().value,
        );
        for (const bytes of [canonical, rewritten]) {
          const decoded = decodeSpans(bytes);
          assert.deepEqual(decodedRecords(decoded), expected);
          assert.equal(decoded.rejected.size, 0);
          assert.equal(decoded.unbound, 0);
          assert.ok(
            decoded.batch.kind.subarray(0, decoded.batch.count).every((kind) => kind === RECORD_SPAN),
          );
          assert.deepEqual(readSpans(requestOf(decoded.batch)), readSpans(canonical));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('log records decode to the encoded fields; those with neither session nor trace are counted', () => {
    const kept = ({ traceId, attributes }: PlainLogRecord): boolean =>
      traceId !== undefined || attributeText(attributes, 'session.id') !== undefined;
    fc.assert(
      fc.property(logsRequest, fc.infiniteStream(fc.nat()), (request, random) => {
        const all = (request.resourceLogs ?? []).flatMap(({ resource, scopeLogs = [] }) =>
          scopeLogs.flatMap(({ logRecords = [] }) => logRecords.map((record) => ({ record, resource }))),
        );
        const expected = all
          .filter(({ record }) => kept(record))
          .map(({ record, resource }) => ({
            traceId: hex(record.traceId),
            spanId: hex(record.spanId),
            parentId: undefined,
            start: BigInt(record.timeUnixNano!),
            end: BigInt(record.timeUnixNano!),
            error: false,
            session: attributeText(record.attributes, 'session.id'),
            service: attributeText(resource?.attributes, 'service.name'),
          }));
        const canonical = encodeLogsRequest(request);
        const keptRequest: LogsRequest = {
          resourceLogs: (request.resourceLogs ?? []).map((resource) => ({
            ...resource,
            scopeLogs: (resource.scopeLogs ?? []).map((scope) => ({
              ...scope,
              logRecords: (scope.logRecords ?? []).filter(kept),
            })),
          })),
        };
        const rewritten = rewriteMessage(
          otlpTypes.ExportLogsServiceRequest,
          canonical,
          () => random.next().value,
        );
        for (const bytes of [canonical, rewritten]) {
          const decoded = decodeRecords(bytes);
          assert.deepEqual(decodedRecords(decoded), expected);
          assert.equal(decoded.rejected.size, 0);
          assert.equal(decoded.unbound, all.length - expected.length);
          assert.ok(decoded.batch.kind.subarray(0, decoded.batch.count).every((kind) => kind === RECORD_LOG));
          assert.deepEqual(
            readLogRecords(requestOf(decoded.batch)),
            readLogRecords(encodeLogsRequest(keptRequest)),
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('the end of a session is kept if it has a session or a trace', () => {
  const end = { timeUnixNano: '5', eventName: 'session.end' };
  const ofTrace = { ...end, traceId: SPAN.traceId };
  const ofSession = { ...end, attributes: [{ key: 'session.id', value: { stringValue: 's' } }] };
  const { batch, unbound } = decodeLogs(
    oneLogScope(end, ofTrace, end, ofSession, { ...ofTrace, eventName: 'click' }),
    new AttributeNormalizer(),
    LIMITS,
  );
  assert.equal(unbound, 2);
  const kept = [...batch.lifecycleEvent.subarray(0, batch.count)].map(
    (lifecycleEvent) => batch.lifecycleEvents[lifecycleEvent]?.kind,
  );
  assert.deepEqual(kept, ['end', 'end', undefined]);
  assert.deepEqual(
    [...batch.session.subarray(0, batch.count)].map((session) => session !== NONE),
    [false, true, false],
  );
});

test('long texts are those of their key and record, however often and in whatever order they are read', () => {
  const asked: (string | undefined)[] = [];
  const normalizer: Normalizer = {
    serviceName: undefined,
    metricNames: new Set<string>(),
    priceOf: () => undefined,
    resource: () => {},
    scope: () => {},
    record: (attributes) => {
      for (const key of [SESSION_ID, SESSION_ID, SERVICE_NAME, SESSION_ID]) asked.push(attributes.text(key));
      return {
        session: undefined,
        identity: undefined,
        usage: undefined,
        lifecycleEvent: undefined,
        visit: undefined,
        exceptions: undefined,
      };
    },
  };
  const [a, b, c, d] = ['a', 'ö', 'c', 'd'].map((letter) => letter.repeat(5000)) as [
    string,
    string,
    string,
    string,
  ];
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const spans = [
    [attribute('session.id', a), attribute('service.name', b)],
    [attribute('session.id', a), attribute('session.id', c), attribute('service.name', d)],
    [attribute('service.name', a)],
  ].map((attributes) => ({ ...SPAN, attributes }));
  decodeTraces(oneScope(...spans), normalizer, LIMITS);
  assert.deepEqual(asked, [a, a, b, a, c, c, d, c, undefined, undefined, a, undefined]);
});

describe('damaged bytes', () => {
  // Each kind of request is also read as the other kind, as one more form of damage.
  const decoders = [
    [decodeSpans, readSpans],
    [decodeRecords, readLogRecords],
  ] as const;
  const requests = fc.oneof(traceRequest.map(encodeTraceRequest), logsRequest.map(encodeLogsRequest));

  /** Decodes a request. If it is accepted, it must also be readable later. */
  function attempt(bytes: Uint8Array, seen: { refused: number; kept: number; rejected: number }): void {
    for (const [decode, read] of decoders) {
      let decoded: DecodedRequest;
      try {
        decoded = decode(bytes);
      } catch (error) {
        if (!(error instanceof MalformedRequestError)) throw error;
        seen.refused++;
        continue;
      }
      const { batch } = decoded;
      assert.equal(read(requestOf(batch)).length, batch.count);
      seen.kept += batch.count;
      seen.rejected += decoded.rejected.size;
    }
  }

  test('any damage ends in a decoded request, whose records can be read, or in MalformedRequestError', () => {
    const seen = { refused: 0, kept: 0, rejected: 0 };
    fc.assert(
      fc.property(requests, fc.infiniteStream(fc.nat()), (bytes, random) => {
        for (const at of random.take(20)) {
          attempt(bytes.subarray(0, at % (bytes.length + 1)), seen);
          if (bytes.length === 0) continue;
          const damaged = bytes.slice();
          damaged[at % bytes.length]! ^= 1 << (at >>> 28);
          attempt(damaged, seen);
          damaged[(at * 7) % bytes.length] = at & 0xff;
          attempt(damaged, seen);
        }
      }),
      { numRuns: 300 },
    );
    for (const count of Object.values(seen)) assert.ok(count > 100, JSON.stringify(seen));
  });

  test('arbitrary bytes', () => {
    const seen = { refused: 0, kept: 0, rejected: 0 };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => attempt(bytes, seen)),
      { numRuns: 2000 },
    );
    assert.ok(seen.refused > 100);
  });

  test('messages nested to any depth are skipped or refused, without recursion', () => {
    let bytes = new Uint8Array();
    for (let i = 0; i < 5000; i++) {
      const writer = new ProtoWriter(bytes.length + 8);
      writer.bytes(1 + (i % 2), bytes);
      bytes = writer.finish() as Uint8Array<ArrayBuffer>;
    }
    attempt(bytes, { refused: 0, kept: 0, rejected: 0 });
  });

  for (const [name, bytes] of [
    ['field number 0', [0x00, 0x00]],
    ['a group', [0x0b, 0x0c]],
    ['a varint of 11 bytes', [0x08, ...new Array(10).fill(0xff), 0x01]],
    ['a length beyond the end', [0x0a, 0x05, 0x00]],
    ['a length of 2^64 - 1', [0x0a, ...new Array(9).fill(0xff), 0x01]],
    ['a scope longer than its resource', [0x0a, 0x02, 0x12, 0x01, 0x00]],
  ] as const) {
    test(`${name} around the records refuses the request`, () => {
      assert.throws(() => decodeSpans(Uint8Array.from(bytes)), MalformedRequestError);
    });
  }
});

describe('a rejected record does not affect its neighbours', () => {
  const nested = (levels: number): PlainAnyValue =>
    levels === 0 ? { boolValue: true } : { arrayValue: { values: [nested(levels - 1)] } };
  const many = (count: number): PlainKeyValue[] =>
    Array.from({ length: count }, (_, i) => ({ key: `k${i}` }));
  const cases: [string, PlainSpan, RejectReason][] = [
    ['no trace id', { spanId: SPAN.spanId }, RejectReason.traceId],
    ['a trace id of zeros', { ...SPAN, traceId: new Uint8Array(16) }, RejectReason.traceId],
    ['a trace id of 15 bytes', { ...SPAN, traceId: SPAN.traceId.subarray(1) }, RejectReason.traceId],
    ['no span id', { traceId: SPAN.traceId }, RejectReason.spanId],
    ['a span id of 16 bytes', { ...SPAN, spanId: SPAN.traceId }, RejectReason.spanId],
    ['a parent id of 1 byte', { ...SPAN, parentSpanId: Uint8Array.of(1) }, RejectReason.spanId],
    ['a time beyond int64', { ...SPAN, startTimeUnixNano: `${2n ** 63n}` }, RejectReason.time],
    ['too many attributes', { ...SPAN, attributes: many(129) }, RejectReason.tooManyAttributes],
    [
      'too many attributes on its events',
      { ...SPAN, attributes: many(64), events: [{ attributes: many(65) }] },
      RejectReason.tooManyAttributes,
    ],
    [
      'a value nested too deep',
      { ...SPAN, attributes: [{ key: 'k', value: nested(17) }] },
      RejectReason.nesting,
    ],
    [
      'a value nested too deep on a link',
      { ...SPAN, links: [{ attributes: [{ value: nested(17) }] }] },
      RejectReason.nesting,
    ],
    ['too many events', { ...SPAN, events: Array(65_537).fill({}) }, RejectReason.tooManyPieces],
    ['too many links', { ...SPAN, links: Array(65_537).fill({}) }, RejectReason.tooManyPieces],
    [
      'an array of too many values, counted with the events',
      {
        ...SPAN,
        attributes: [{ value: { arrayValue: { values: Array(65_536).fill({}) } } }],
        events: [{}],
      },
      RejectReason.tooManyPieces,
    ],
  ];
  for (const [name, span, reason] of cases) {
    test(name, () => {
      const normalizer = new PlainNormalizer();
      const bytes = oneScope({ ...SPAN, name: 'before' }, span, { ...SPAN, name: 'after' });
      const { batch, rejected } = decodeTraces(bytes, normalizer, LIMITS);
      assert.equal(batch.count, 2);
      assert.deepEqual([...rejected], [[reason, 1]]);
      assert.deepEqual(normalizer.names, ['before', 'after']);
    });
  }

  test('a record whose bytes are damaged', () => {
    const writer = new ProtoWriter();
    const starts = [writer.begin(1), writer.begin(2)];
    writer.bytes(2, Uint8Array.of(0x0a, 0x7f));
    for (const start of starts.reverse()) writer.end(start);
    const { batch, rejected } = decodeSpans(
      Uint8Array.from(Buffer.concat([writer.finish(), oneScope(SPAN)])),
    );
    assert.equal(batch.count, 1);
    assert.deepEqual([...rejected], [[RejectReason.malformed, 1]]);
  });

  test('exactly the limits are kept', () => {
    const { batch } = decodeSpans(
      oneScope({
        ...SPAN,
        endTimeUnixNano: `${2n ** 63n - 1n}`,
        attributes: [...many(127), { value: nested(16) }],
        events: Array(65_520).fill({}),
      }),
    );
    assert.equal(batch.count, 1);
  });

  test('too many parts in a resource or scope reject its own records only', () => {
    const values = Array(65_537).fill({});
    const crowds: [PlainKeyValue[], RejectReason][] = [
      [many(129), RejectReason.tooManyAttributes],
      [[{ value: { arrayValue: { values } } }], RejectReason.tooManyPieces],
      [[{ value: nested(17) }], RejectReason.nesting],
    ];
    for (const [attributes, reason] of crowds) {
      const request: TraceRequest = {
        resourceSpans: [
          { resource: { attributes }, scopeSpans: [{ spans: [SPAN, SPAN] }, { scope: {}, spans: [SPAN] }] },
          {
            scopeSpans: [
              { scope: { attributes }, spans: [SPAN] },
              { scope: {}, spans: [SPAN] },
            ],
          },
        ],
      };
      const { batch, rejected } = decodeSpans(encodeTraceRequest(request));
      assert.equal(batch.count, 1);
      assert.deepEqual([...rejected], [[reason, 4]]);
    }
  });

  test('a log record without a time; an observed time is enough', () => {
    const { traceId } = SPAN;
    const { batch, rejected } = decodeRecords(
      oneLogScope({ traceId }, { traceId, observedTimeUnixNano: '7' }),
    );
    assert.equal(batch.count, 1);
    assert.equal(batch.start[0], 7n);
    assert.deepEqual([...rejected], [[RejectReason.noTime, 1]]);
  });

  test('bad ids in JSON are rejected for the reason they would be in protobuf', () => {
    const ids = { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174' };
    const spans = [
      ids,
      { ...ids, traceId: 'no id' },
      { ...ids, spanId: 'abc' },
      { ...ids, parentSpanId: '0' },
    ];
    const { bytes } = tracesJsonToProtobuf(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
    const { batch, rejected } = decodeSpans(bytes);
    assert.equal(batch.count, 1);
    assert.deepEqual(
      new Map(rejected),
      new Map([
        [RejectReason.traceId, 1],
        [RejectReason.spanId, 2],
      ]),
    );
  });
});

test('too many records refuse the request', () => {
  const limits = { ...LIMITS, maxRecords: 2 };
  assert.equal(decodeTraces(oneScope(SPAN, SPAN), new PlainNormalizer(), limits).batch.count, 2);
  assert.throws(
    () => decodeTraces(oneScope(SPAN, SPAN, SPAN), new PlainNormalizer(), limits),
    TooManyRecordsError,
  );
});

test('log records have equal digests if and only if their content is equal, in any request', () => {
  const record: PlainLogRecord = { traceId: SPAN.traceId, timeUnixNano: '1', body: { stringValue: 'a' } };
  const digests = ({ batch }: DecodedRequest): string[] =>
    Array.from({ length: batch.count }, (_, i) =>
      Buffer.from(batch.digest.subarray(16 * i, 16 * i + 16)).toString('hex'),
    );
  const [a, b, c] = digests(
    decodeRecords(oneLogScope(record, { ...record, body: { stringValue: 'b' } }, record)),
  );
  const [alone] = digests(decodeRecords(oneLogScope(record)));
  const [elsewhere] = digests(
    decodeRecords(
      encodeLogsRequest({
        resourceLogs: [{ resource: { droppedAttributesCount: 1 }, scopeLogs: [{ logRecords: [record] }] }],
      }),
    ),
  );
  assert.equal(a, c);
  assert.equal(a, alone);
  assert.equal(new Set([a, b, elsewhere]).size, 3);
});

describe('a flood of tiny fields', () => {
  /** Unknown fields of two bytes each. */
  const flood = (count: number, field = Buffer.from([0x78, 0x00])) => Buffer.alloc(2 * count, field);
  const ids = [bytesField(1, Buffer.alloc(16, 1)), bytesField(2, Buffer.alloc(8, 2))];
  const value = (content: Uint8Array) =>
    bytesField(9, bytesField(1, Buffer.from('k')), bytesField(2, content));
  const spans = (...contents: readonly Uint8Array[][]) =>
    bytesField(1, bytesField(2, ...contents.map((content) => bytesField(2, ...ids, ...content))));

  test('within a record rejects only that record', () => {
    const places: readonly Uint8Array[] = [
      flood(524_289),
      value(flood(524_289, Buffer.from([0x10, 0x01]))),
      bytesField(11, flood(524_289)),
      bytesField(15, flood(524_289)),
    ];
    for (const place of places) {
      const { batch, rejected } = decodeTraces(spans([], [place], []), new PlainNormalizer(), LIMITS);
      assert.equal(batch.count, 2);
      assert.deepEqual([...rejected], [[RejectReason.tooManyPieces, 1]]);
    }
  });

  test('that is not too large is skipped', () => {
    const { batch, rejected } = decodeTraces(spans([flood(500_000)]), new PlainNormalizer(), LIMITS);
    assert.equal(batch.count, 1);
    assert.equal(rejected.size, 0);
  });

  test('around records is skipped in steps', () => {
    const bytes = Buffer.concat([flood(500_000), spans([])]);
    const steps = tracesSteps(bytes, new PlainNormalizer(), LIMITS);
    let count = 0;
    let step = steps.next();
    for (; !step.done; step = steps.next()) count++;
    // The bytes are walked twice: to count records, and to read them.
    assert.equal(count, Math.floor((2 * 500_000) / 65_536));
    assert.equal(step.value.batch.count, 1);
  });
});

/** A length-delimited field. */
function bytesField(number: number, ...content: readonly Uint8Array[]): Buffer {
  const writer = new ProtoWriter();
  writer.bytes(number, Buffer.concat(content));
  return Buffer.from(writer.finish());
}
