import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  encodeLogsRequest,
  encodeTraceRequest,
  type LogsRequest,
  logsRequest,
  type PlainAnyValue,
  type PlainKeyValue,
  type PlainResource,
  type PlainScope,
  type TraceRequest,
  traceRequest,
} from '../../test/otlp-oracle.js';
import { MalformedRequestError } from './decode-errors.js';
import { type AttributeValue, readLogRecords, readSpans } from './read.js';
import { ProtoWriter } from './wire-writer.js';

/** The object without its undefined members. */
function given<T extends object>(object: T): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

const hex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && Buffer.from(bytes).toString('hex');
const nanos = (text: string | undefined): bigint | undefined =>
  text === undefined ? undefined : BigInt(text);

function expectedValue(value: PlainAnyValue | undefined): AttributeValue {
  if (value?.stringValue !== undefined) return value.stringValue;
  if (value?.boolValue !== undefined) return value.boolValue;
  if (value?.intValue !== undefined) {
    const number = Number(value.intValue);
    return Number.isSafeInteger(number) ? number : BigInt(value.intValue);
  }
  if (value?.doubleValue !== undefined) {
    return Number.isFinite(value.doubleValue) ? value.doubleValue : `${value.doubleValue}`;
  }
  if (value?.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(expectedValue);
  if (value?.kvlistValue !== undefined) {
    const map = Object.create(null);
    for (const entry of value.kvlistValue.values ?? []) map[entry.key ?? ''] = expectedValue(entry.value);
    return map;
  }
  if (value?.bytesValue !== undefined) return Buffer.from(value.bytesValue).toString('base64');
  return null;
}

function expectedAttributes(attributes: PlainKeyValue[] = []): object[] {
  return attributes.map(({ key, value }) => ({ key: key ?? '', value: expectedValue(value) }));
}

function expectedSurroundings(
  resource: PlainResource | undefined,
  resourceSchema: string | undefined,
  scope: PlainScope | undefined,
  scopeSchema: string | undefined,
): object {
  const scopeGiven = { ...scope, ...given({ schemaUrl: scopeSchema }) };
  return given({
    resource: given({
      attributes: expectedAttributes(resource?.attributes),
      dropped_attributes_count: resource?.droppedAttributesCount,
      schema_url: resourceSchema,
    }),
    instrumentation_scope:
      Object.keys(scopeGiven).length === 0
        ? undefined
        : given({
            name: scope?.name,
            version: scope?.version,
            attributes: expectedAttributes(scope?.attributes),
            dropped_attributes_count: scope?.droppedAttributesCount,
            schema_url: scopeSchema,
          }),
  });
}

function expectedSpans(request: TraceRequest): object[] {
  return (request.resourceSpans ?? []).flatMap(({ resource, schemaUrl, scopeSpans = [] }) =>
    scopeSpans.flatMap(({ scope, schemaUrl: scopeSchema, spans = [] }) =>
      spans.map((span) =>
        given({
          trace_id: hex(span.traceId),
          span_id: hex(span.spanId),
          parent_span_id: hex(span.parentSpanId),
          trace_state: span.traceState,
          name: span.name ?? '',
          kind: span.kind ?? 0,
          start_time_unix_nano: nanos(span.startTimeUnixNano) ?? 0n,
          end_time_unix_nano: nanos(span.endTimeUnixNano) ?? 0n,
          attributes: expectedAttributes(span.attributes),
          dropped_attributes_count: span.droppedAttributesCount,
          events: (span.events ?? []).map((event) =>
            given({
              name: event.name ?? '',
              time_unix_nano: nanos(event.timeUnixNano) ?? 0n,
              attributes: expectedAttributes(event.attributes),
              dropped_attributes_count: event.droppedAttributesCount,
            }),
          ),
          dropped_events_count: span.droppedEventsCount,
          links: (span.links ?? []).map((link) =>
            given({
              trace_id: hex(link.traceId) ?? '',
              span_id: hex(link.spanId) ?? '',
              trace_state: link.traceState,
              attributes: expectedAttributes(link.attributes),
              dropped_attributes_count: link.droppedAttributesCount,
              flags: link.flags,
            }),
          ),
          dropped_links_count: span.droppedLinksCount,
          status: given({ code: span.status?.code ?? 0, message: span.status?.message }),
          flags: span.flags,
          ...expectedSurroundings(resource, schemaUrl, scope, scopeSchema),
        }),
      ),
    ),
  );
}

function expectedLogRecords(request: LogsRequest): object[] {
  return (request.resourceLogs ?? []).flatMap(({ resource, schemaUrl, scopeLogs = [] }) =>
    scopeLogs.flatMap(({ scope, schemaUrl: scopeSchema, logRecords = [] }) =>
      logRecords.map((record) =>
        given({
          time_unix_nano: nanos(record.timeUnixNano),
          observed_time_unix_nano: nanos(record.observedTimeUnixNano),
          severity_number: record.severityNumber,
          severity_text: record.severityText,
          body: expectedValue(record.body) ?? undefined,
          attributes: expectedAttributes(record.attributes),
          dropped_attributes_count: record.droppedAttributesCount,
          flags: record.flags,
          trace_id: hex(record.traceId),
          span_id: hex(record.spanId),
          event_name: record.eventName,
          ...expectedSurroundings(resource, schemaUrl, scope, scopeSchema),
        }),
      ),
    ),
  );
}

/** A trace request with one span and the fields that `write` adds to it. */
function spanWith(write: (writer: ProtoWriter) => void): Uint8Array {
  const writer = new ProtoWriter();
  const starts = [writer.begin(1), writer.begin(2), writer.begin(2)];
  write(writer);
  for (const start of starts.reverse()) writer.end(start);
  return writer.finish();
}

const readValue = (value: PlainAnyValue): AttributeValue =>
  readSpans(
    encodeTraceRequest({
      resourceSpans: [{ scopeSpans: [{ spans: [{ attributes: [{ key: 'k', value }] }] }] }],
    }),
  )[0]!.attributes[0]!.value;

test('spans read as they were encoded', () => {
  fc.assert(
    fc.property(traceRequest, (request) => {
      assert.deepEqual(readSpans(encodeTraceRequest(request)), expectedSpans(request));
    }),
    { numRuns: 500 },
  );
});

test('log records read as they were encoded', () => {
  fc.assert(
    fc.property(logsRequest, (request) => {
      assert.deepEqual(readLogRecords(encodeLogsRequest(request)), expectedLogRecords(request));
    }),
    { numRuns: 500 },
  );
});

test('damaged bytes are read or refused with MalformedRequestError, and all truncations end', () => {
  let refused = 0;
  let read = 0;
  const attempt = (bytes: Uint8Array): void => {
    try {
      readSpans(bytes);
      readLogRecords(bytes);
      read++;
    } catch (error) {
      if (!(error instanceof MalformedRequestError)) throw error;
      refused++;
    }
  };
  fc.assert(
    fc.property(traceRequest, fc.infiniteStream(fc.nat()), (request, random) => {
      const bytes = encodeTraceRequest(request);
      for (const at of random.take(20)) {
        attempt(bytes.subarray(0, at % (bytes.length + 1)));
        const damaged = bytes.slice();
        if (bytes.length > 0) damaged[at % bytes.length]! ^= 1 << (at >>> 28);
        attempt(damaged);
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(refused > 100);
  assert.ok(read > 100);
});

describe('values', () => {
  test('integers are numbers if these are exact', () => {
    assert.equal(readValue({ intValue: '9007199254740991' }), 9007199254740991);
    assert.equal(readValue({ intValue: '9007199254740992' }), 9007199254740992n);
    assert.equal(readValue({ intValue: '-9007199254740991' }), -9007199254740991);
    assert.equal(readValue({ intValue: '-9007199254740992' }), -9007199254740992n);
    assert.equal(readValue({ intValue: '9223372036854775807' }), 9223372036854775807n);
    assert.equal(readValue({ intValue: '-9223372036854775808' }), -9223372036854775808n);
  });

  test('a key __proto__ is data', () => {
    const map = readValue({
      kvlistValue: {
        values: [
          {
            key: '__proto__',
            value: { kvlistValue: { values: [{ key: 'a', value: { boolValue: true } }] } },
          },
        ],
      },
    });
    assert.equal(JSON.stringify(map), '{"__proto__":{"a":true}}');
    assert.equal(({} as { a?: boolean }).a, undefined);
  });

  test('values nested deeper than 16 are null', () => {
    const nested = (levels: number): PlainAnyValue =>
      levels === 0 ? { intValue: '1' } : { arrayValue: { values: [nested(levels - 1)] } };
    const wrapped = (levels: number, inner: AttributeValue): AttributeValue =>
      levels === 0 ? inner : [wrapped(levels - 1, inner)];
    assert.deepEqual(readValue(nested(16)), wrapped(16, 1));
    assert.deepEqual(readValue(nested(17)), wrapped(17, null));
    assert.deepEqual(readValue(nested(40)), wrapped(17, null));
  });

  test('invalid UTF-8 reads as U+FFFD', () => {
    const [span] = readSpans(spanWith((writer) => writer.bytes(5, Uint8Array.of(0x61, 0xff, 0x62))));
    assert.equal(span!.name, 'a\ufffdb');
  });
});

test('known fields of a wrong wire type, and unknown fields, are skipped', () => {
  const [span] = readSpans(
    spanWith((writer) => {
      writer.uint32(5, 1);
      writer.string(7, 'x');
      writer.string(1000, 'unknown');
      writer.string(5, 'name');
    }),
  );
  assert.equal(span!.name, 'name');
  assert.equal(span!.start_time_unix_nano, 0n);
});

test('an id of zeros is a missing id', () => {
  const [span] = readSpans(spanWith((writer) => writer.bytes(4, new Uint8Array(8))));
  assert.equal(span!.parent_span_id, undefined);
});

test('the parts of a status that is sent in pieces are merged', () => {
  const [span] = readSpans(
    spanWith((writer) => {
      const first = writer.begin(15);
      writer.uint32(3, 2);
      writer.end(first);
      const second = writer.begin(15);
      writer.string(2, 'why');
      writer.end(second);
    }),
  );
  assert.deepEqual(span!.status, { code: 2, message: 'why' });
});

test('an attribute whose value is sent twice keeps the last non-empty one', () => {
  const [span] = readSpans(
    spanWith((writer) => {
      const attribute = writer.begin(9);
      writer.bytes(2, Uint8Array.of(0x18, 1));
      writer.bytes(2, Uint8Array.of(0x18, 2));
      writer.bytes(2, Uint8Array.of());
      writer.end(attribute);
    }),
  );
  assert.deepEqual(span!.attributes, [{ key: '', value: 2 }]);
});

test('the resource and scope apply to records before them, and are shared', () => {
  const writer = new ProtoWriter();
  const resourceSpans = writer.begin(1);
  const scopeSpans = writer.begin(2);
  for (const name of ['a', 'b']) {
    const span = writer.begin(2);
    writer.string(5, name);
    writer.end(span);
  }
  const scope = writer.begin(1);
  writer.string(1, 'tracer');
  writer.end(scope);
  writer.end(scopeSpans);
  const resource = writer.begin(1);
  const attribute = writer.begin(1);
  writer.string(1, 'service.name');
  writer.end(attribute);
  writer.end(resource);
  writer.end(resourceSpans);

  const [a, b] = readSpans(writer.finish());
  assert.deepEqual(a!.resource, { attributes: [{ key: 'service.name', value: null }] });
  assert.deepEqual(a!.instrumentation_scope, { name: 'tracer', attributes: [] });
  assert.equal(a!.resource, b!.resource);
  assert.equal(a!.instrumentation_scope, b!.instrumentation_scope);
});
