import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  decodePlain,
  encodeLogsRequest,
  encodeTraceRequest,
  logsRequest,
  otlpTypes,
  type PlainAnyValue,
  toOtlpJson,
  traceRequest,
} from '../../test/otlp-oracle.js';
import { decodeRequest } from '../../test/support/decode-request.js';
import type { Normalizer } from '../normalize/normalizer.js';
import { RejectReason } from './decode.js';
import { MalformedRequestError, TooManyRecordsError } from './decode-errors.js';
import { logsJsonToProtobuf, tracesJsonToProtobuf } from './json.js';
import { MAX_JSON_VALUES } from './json-text.js';

const IDS = { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174' };

/** Transcodes a request with these spans and returns the resulting spans, as protobufjs reads them. */
function spans(...members: object[]): {
  kept: Record<string, unknown>[];
  malformed: number;
  firstFault: string | undefined;
} {
  const { bytes, malformed, firstFault } = tracesJsonToProtobuf(
    JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: members }] }] }),
  );
  const request = decodePlain(otlpTypes.ExportTraceServiceRequest, bytes) as {
    resourceSpans: { scopeSpans: { spans: Record<string, unknown>[] }[] }[];
  };
  return { kept: request.resourceSpans[0]!.scopeSpans[0]!.spans, malformed, firstFault };
}

const NO_NORMALIZER: Normalizer = {
  serviceName: undefined,
  metricNames: new Set(),
  priceOf: () => undefined,
  resource() {},
  scope() {},
  record: () => ({
    session: undefined,
    identity: undefined,
    usage: undefined,
    lifecycleEvent: undefined,
    visit: undefined,
    exceptions: undefined,
  }),
};

/** The result of a request in JSON: the number of kept spans, and the others by reason. */
function rejectedOf(request: object): { count: number; rejected: [RejectReason, number][] } {
  const limits = { maxRecords: 100, maxAttributesPerRecord: 128 };
  const body = Buffer.from(JSON.stringify(request));
  const { batch, rejected } = decodeRequest('traces', 'json', body, NO_NORMALIZER, limits);
  return { count: batch.count, rejected: [...rejected] };
}

/** The value of a span's only attribute after transcoding. */
function transcodedValue(value: object): unknown {
  const { kept, firstFault } = spans({ ...IDS, attributes: [{ key: 'k', value }] });
  assert.equal(firstFault, undefined);
  return (kept[0]!.attributes as { value: unknown }[])[0]!.value;
}

describe('against protobufjs', () => {
  test('any trace request, in any of its JSON texts, becomes its canonical protobuf', () => {
    fc.assert(
      fc.property(traceRequest, fc.nat(), (request, variant) => {
        const { bytes, malformed, firstFault } = tracesJsonToProtobuf(toOtlpJson(request, variant));
        assert.equal(firstFault, undefined);
        assert.equal(malformed, 0);
        assert.deepEqual(bytes, encodeTraceRequest(request));
      }),
      { numRuns: 500 },
    );
  });

  test('any logs request, in any of its JSON texts, becomes its canonical protobuf', () => {
    fc.assert(
      fc.property(logsRequest, fc.nat(), (request, variant) => {
        const { bytes, malformed, firstFault } = logsJsonToProtobuf(
          Buffer.from(toOtlpJson(request, variant)),
        );
        assert.equal(firstFault, undefined);
        assert.equal(malformed, 0);
        assert.deepEqual(bytes, encodeLogsRequest(request));
      }),
      { numRuns: 500 },
    );
  });
});

describe('values', () => {
  test('64-bit integers keep every digit where they are text', () => {
    for (const intValue of ['9223372036854775807', '-9223372036854775808', '9007199254740993', '-1', '0']) {
      assert.deepEqual(transcodedValue({ intValue }), { intValue });
    }
    assert.deepEqual(transcodedValue({ intValue: 42 }), { intValue: '42' });
    assert.deepEqual(transcodedValue({ intValue: -(2 ** 63) }), { intValue: '-9223372036854775808' });
  });

  test('doubles may be numbers, decimal text, or the names of the special values', () => {
    assert.deepEqual(transcodedValue({ doubleValue: 'NaN' }), { doubleValue: Number.NaN });
    assert.deepEqual(transcodedValue({ doubleValue: '-Infinity' }), {
      doubleValue: Number.NEGATIVE_INFINITY,
    });
    assert.deepEqual(transcodedValue({ doubleValue: '1.5e3' }), { doubleValue: 1500 });
    assert.deepEqual(transcodedValue({ doubleValue: 0 }), { doubleValue: 0 });
  });

  test('a set value is written even if it is a default', () => {
    assert.deepEqual(transcodedValue({ stringValue: '' }), { stringValue: '' });
    assert.deepEqual(transcodedValue({ boolValue: false }), { boolValue: false });
    assert.deepEqual(transcodedValue({ arrayValue: {} }), { arrayValue: { values: [] } });
  });

  test('severities may be named', () => {
    const { bytes } = logsJsonToProtobuf(
      JSON.stringify({
        resourceLogs: [{ scopeLogs: [{ logRecords: [{ severityNumber: 'SEVERITY_NUMBER_WARN3' }] }] }],
      }),
    );
    assert.deepEqual(
      bytes,
      encodeLogsRequest({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ severityNumber: 15 }] }] }] }),
    );
  });

  test('a lone surrogate becomes U+FFFD', () => {
    assert.deepEqual(transcodedValue({ stringValue: '\ud800' }), { stringValue: '\ufffd' });
  });

  test('null elements of lists are messages without fields', () => {
    assert.deepEqual(transcodedValue({ arrayValue: { values: [null, { intValue: 1 }] } }), {
      arrayValue: { values: [{}, { intValue: '1' }] },
    });
  });
});

describe('an error within one record', () => {
  const cases: [string, object, string][] = [
    ['a time that is no integer', { startTimeUnixNano: '12.5' }, 'startTimeUnixNano: expected an integer'],
    ['a negative time', { endTimeUnixNano: -1 }, 'endTimeUnixNano: expected 0 to 18446744073709551615'],
    [
      'a time beyond 64 bits',
      { endTimeUnixNano: '18446744073709551616' },
      'endTimeUnixNano: expected 0 to 18446744073709551615',
    ],
    ['a name that is no string', { name: 7 }, 'name: expected a string'],
    ['a kind of no known name', { kind: 'SERVER' }, 'kind: expected a number or name of the enumeration'],
    ['a count out of range', { droppedEventsCount: 2 ** 32 }, 'droppedEventsCount: expected 0 to 4294967295'],
    ['an id that is no string', { traceId: 5 }, 'traceId: expected a string'],
    ['attributes that are no array', { attributes: {} }, 'attributes: expected an array'],
    [
      'an attribute that is no object',
      { attributes: [{ key: 'a' }, 'b'] },
      'attributes[1]: expected an object',
    ],
    [
      'an array value that is no object',
      { attributes: [{ value: { arrayValue: [] } }] },
      'attributes[0].value.arrayValue: expected an object',
    ],
    [
      'an integer beyond int64',
      { attributes: [{ value: { intValue: '9223372036854775808' } }] },
      'attributes[0].value.intValue: expected -9223372036854775808 to 9223372036854775807',
    ],
    [
      'a fraction as integer',
      { attributes: [{ value: { intValue: 0.5 } }] },
      'attributes[0].value.intValue: expected an integer',
    ],
    [
      'a boolean as text',
      { attributes: [{ value: { boolValue: 'true' } }] },
      'attributes[0].value.boolValue: expected true or false',
    ],
    [
      'bytes that are not base64',
      { attributes: [{ value: { bytesValue: '%%' } }] },
      'attributes[0].value.bytesValue: expected base64',
    ],
    [
      'a link without a proper id',
      { links: [{ ...IDS, spanId: 'xyz' }] },
      'links[0].spanId: expected 16 hex digits',
    ],
    ['an event of a wrong type', { events: [[]] }, 'events[0]: expected an object'],
  ];
  for (const [name, fault, message] of cases) {
    test(`${name} rejects that record alone, and is reported`, () => {
      const { kept, malformed, firstFault } = spans(
        { ...IDS, name: 'a' },
        { ...IDS, ...fault },
        { ...IDS, name: 'c' },
      );
      assert.deepEqual(
        kept.map((span) => span.name),
        ['a', 'c'],
      );
      assert.equal(malformed, 1);
      assert.equal(firstFault, `resourceSpans[0].scopeSpans[0].spans[1].${message}`);
    });
  }

  test('a record that is not an object is rejected alone', () => {
    const { kept, malformed, firstFault } = spans('x' as unknown as object, { ...IDS, name: 'b' });
    assert.deepEqual(
      kept.map((span) => span.name),
      ['b'],
    );
    assert.equal(malformed, 1);
    assert.equal(firstFault, 'resourceSpans[0].scopeSpans[0].spans[0]: expected an object');
  });

  test('an id that is not hex or has a wrong length is neither an id nor a missing id for the decoder', () => {
    for (const bad of ['zz8efff798038103d269b633813fc60c', 'abc', '00', 'W47/95gDgQPSabYzgT/GDA==']) {
      for (const field of ['traceId', 'spanId', 'parentSpanId']) {
        const { kept, malformed } = spans({ ...IDS, [field]: bad });
        assert.equal(malformed, 0);
        assert.equal((kept[0]![field] as Uint8Array).length, 1);
      }
    }
  });

  test('values may nest 16 deep; one 17 deep is left empty, and the decoder rejects it', () => {
    const nested = (levels: number, kind: 'arrayValue' | 'kvlistValue'): PlainAnyValue => {
      let value: PlainAnyValue = { intValue: '1' };
      for (let i = 0; i < levels; i++) {
        value =
          kind === 'arrayValue'
            ? { arrayValue: { values: [value] } }
            : { kvlistValue: { values: [{ value }] } };
      }
      return value;
    };
    for (const kind of ['arrayValue', 'kvlistValue'] as const) {
      for (const [levels, reasons] of [
        [16, []],
        [17, [[RejectReason.nesting, 1]]],
        [18, [[RejectReason.nesting, 1]]],
      ] as const) {
        assert.deepEqual(
          rejectedOf({
            resourceSpans: [
              { scopeSpans: [{ spans: [{ ...IDS, attributes: [{ value: nested(levels, kind) }] }] }] },
            ],
          }).rejected,
          reasons,
        );
      }
    }
  });

  test('a resource or scope nested too deep rejects only its own records', () => {
    let value: PlainAnyValue = {};
    for (let i = 0; i < 17; i++) value = { arrayValue: { values: [value] } };
    const attributes = [{ key: 'k', value }];
    const scopeSpans = [{ scope: {}, spans: [IDS, IDS] }];
    const rejected = rejectedOf({
      resourceSpans: [
        { resource: { attributes }, scopeSpans },
        { scopeSpans: [{ scope: { attributes }, spans: [IDS] }, ...scopeSpans] },
      ],
    });
    assert.deepEqual(rejected, { count: 2, rejected: [[RejectReason.nesting, 3]] });
  });

  test('a hundred thousand levels are refused like seventeen', () => {
    const depth = 100_000;
    const json = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"value":${'{"arrayValue":{"values":['.repeat(depth)}${']}}'.repeat(depth)}}]}]}]}]}`;
    const { bytes, malformed } = tracesJsonToProtobuf(json);
    assert.equal(malformed, 0);
    assert.ok(bytes.length < 200);
  });
});

describe('an error around the records refuses the request and names the place', () => {
  const cases: [string, unknown, string][] = [
    [
      'spans',
      { resourceSpans: [{ scopeSpans: [{}, {}, { spans: 'x' }] }] },
      'resourceSpans[0].scopeSpans[2].spans: expected an array',
    ],
    ['resourceSpans', { resourceSpans: {} }, 'resourceSpans: expected an array'],
    ['an element', { resourceSpans: [7] }, 'resourceSpans[0]: expected an object'],
    [
      'a scope',
      { resourceSpans: [{}, { scopeSpans: [{ scope: { name: 1 } }] }] },
      'resourceSpans[1].scopeSpans[0].scope.name: expected a string',
    ],
    [
      'a resource',
      { resourceSpans: [{ resource: { attributes: [{ key: 1 }] } }] },
      'resourceSpans[0].resource.attributes[0].key: expected a string',
    ],
    [
      'a schema URL after the scopes',
      { resourceSpans: [{ scopeSpans: [{}], schemaUrl: 1 }] },
      'resourceSpans[0].schemaUrl: expected a string',
    ],
    ['the whole', [], 'expected an object'],
  ];
  for (const [name, request, message] of cases) {
    test(name, () => {
      assert.throws(() => tracesJsonToProtobuf(JSON.stringify(request)), new MalformedRequestError(message));
    });
  }

  test('logs are named as such', () => {
    assert.throws(
      () => logsJsonToProtobuf('{"resourceLogs":[{"scopeLogs":[{"logRecords":1}]}]}'),
      new MalformedRequestError('resourceLogs[0].scopeLogs[0].logRecords: expected an array'),
    );
  });

  test('text that is not JSON', () => {
    for (const text of ['', '{', '{"resourceSpans":[}', '\u0000']) {
      assert.throws(() => tracesJsonToProtobuf(text), MalformedRequestError);
    }
  });
});

test('an empty request, or one of another signal, has no records', () => {
  assert.equal(tracesJsonToProtobuf('{}').bytes.length, 0);
  assert.equal(tracesJsonToProtobuf('{"resourceSpans":null}').bytes.length, 0);
  assert.equal(tracesJsonToProtobuf('{"resourceLogs":[{}]}').bytes.length, 0);
});

test('null is no request', () => {
  assert.throws(() => tracesJsonToProtobuf('null'), /expected an object/);
});

test('a byte order mark is passed over, and invalid UTF-8 becomes U+FFFD', () => {
  assert.equal(tracesJsonToProtobuf('\ufeff{}').bytes.length, 0);
  const body = Buffer.concat([
    Buffer.from('{"resourceSpans":[{"schemaUrl":"'),
    Buffer.from([0xff]),
    Buffer.from('"}]}'),
  ]);
  assert.deepEqual(
    tracesJsonToProtobuf(body).bytes,
    encodeTraceRequest({ resourceSpans: [{ schemaUrl: '\ufffd' }] }),
  );
});

test('a text with more values than a request may have is refused before it is parsed', () => {
  const listOf = (count: number): string => `{"x":[${'0,'.repeat(count - 1)}0]}`;
  // Includes the object and the list around them.
  assert.equal(tracesJsonToProtobuf(listOf(MAX_JSON_VALUES - 2)).bytes.length, 0);
  for (const text of [listOf(MAX_JSON_VALUES - 1), '['.repeat(MAX_JSON_VALUES + 1)]) {
    assert.throws(() => tracesJsonToProtobuf(text), TooManyRecordsError);
  }
  const quoted = JSON.stringify('\\"[{,'.repeat(MAX_JSON_VALUES / 2));
  assert.equal(tracesJsonToProtobuf(`{"x":${quoted},${quoted}:"y"}`).bytes.length, 0);
});

test('any JSON at all is transcoded or refused with MalformedRequestError', () => {
  const names = fc.constantFrom(
    'resourceSpans',
    'resource',
    'scopeSpans',
    'scope',
    'spans',
    'attributes',
    'key',
    'value',
    'arrayValue',
    'kvlistValue',
    'values',
    'stringValue',
    'intValue',
    'events',
    'links',
    'traceId',
    'status',
    '__proto__',
  );
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { depthSize: 'large' },
      fc.constantFrom(null, true, 0, -1, 1.5, 1e300, '', 'x', '5b8efff798038103d269b633813fc60c', '12'),
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(names, tie('json'), { maxKeys: 6 }),
    ),
  }));
  let transcoded = 0;
  fc.assert(
    fc.property(json, (value) => {
      try {
        const { bytes } = tracesJsonToProtobuf(
          JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [value] }] }], ...(value as object) }),
        );
        otlpTypes.ExportTraceServiceRequest.decode(bytes);
        transcoded++;
      } catch (error) {
        if (!(error instanceof MalformedRequestError)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
  assert.ok(transcoded > 100);
});

describe('content at places that OTLP does not define', () => {
  const limits = { maxRecords: 100, maxAttributesPerRecord: 128 };
  const resultOf = (signal: 'traces' | 'logs' | 'metrics', request: unknown) => {
    const body = Buffer.from(JSON.stringify(request));
    const { batch, rejected, notice } = decodeRequest(signal, 'json', body, NO_NORMALIZER, limits);
    return { count: batch.count, rejected: Object.fromEntries(rejected), notice };
  };
  const span = { ...IDS, startTimeUnixNano: '1', endTimeUnixNano: '2' };
  const scopeSpans = [{ spans: [span, { ...span, spanId: 'eee19b7ec3c1b175' }] }];
  const points = { dataPoints: [{}, {}, {}] };

  test('records of another signal are counted, whatever stands beside them', () => {
    const logs = [{ scopeLogs: [{ logRecords: [{}, {}] }, { logRecords: [{}] }] }, { scope_logs: [] }];
    assert.deepEqual(resultOf('traces', { resourceLogs: logs }), {
      ...{ count: 0, rejected: { other_signal: 3 }, notice: undefined },
    });
    assert.deepEqual(resultOf('traces', { resourceSpans: [{ scopeSpans }], resource_logs: logs }), {
      ...{ count: 2, rejected: { other_signal: 3 }, notice: undefined },
    });
    assert.deepEqual(resultOf('logs', { resourceSpans: [{ scopeSpans }] }).rejected, { other_signal: 2 });
    const metrics = [{ name: 'a', gauge: points }, { name: 'b', sum: points }, 'no metric', null];
    assert.deepEqual(resultOf('logs', { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }).rejected, {
      other_signal: 6,
    });
  });

  test('the form from before OTLP 1.0 is counted', () => {
    const old = [{ instrumentationLibrary: { name: 'a' }, spans: [span] }];
    assert.deepEqual(resultOf('traces', { resourceSpans: [{ instrumentationLibrarySpans: old }] }), {
      ...{ count: 0, rejected: { retired_form: 1 }, notice: undefined },
    });
    assert.deepEqual(
      resultOf('traces', { resourceSpans: [{ scopeSpans, instrumentation_library_spans: old }] }),
      {
        ...{ count: 2, rejected: { retired_form: 1 }, notice: undefined },
      },
    );
    const oldLogs = [{ logs: [{}, {}] }, { logRecords: [{}] }];
    assert.deepEqual(resultOf('logs', { resourceLogs: [{ instrumentationLibraryLogs: oldLogs }] }).rejected, {
      retired_form: 3,
    });
    const oldMetrics = [{ metrics: [{ histogram: points }] }];
    assert.deepEqual(
      resultOf('metrics', { resourceMetrics: [{ instrumentationLibraryMetrics: oldMetrics }] }).rejected,
      { retired_form: 3 },
    );
  });

  test('a request with other content is answered with a notice', () => {
    for (const [request, notice] of [
      [{ spans: [span] }, 'the request has no resourceSpans, but "spans", which is not read'],
      [
        { batch: 1, b: 2, c: 3, d: 4 },
        'the request has no resourceSpans, but "batch", "b", "c", which is not read',
      ],
      [
        { resourceSpans: [{ resource: {}, spans: [span] }] },
        'resourceSpans has no scopeSpans, but "spans", which is not read',
      ],
      [
        { resourceSpans: [{ scopeSpans: [{ scope: {}, logRecords: [] }] }] },
        'scopeSpans has no spans, but "logRecords", which is not read',
      ],
      [
        { [`\u2028${'x'.repeat(100)}`]: 1 },
        `the request has no resourceSpans, but " ${'x'.repeat(39)}…", which is not read`,
      ],
    ] as const) {
      assert.deepEqual(resultOf('traces', request), { count: 0, rejected: {}, notice });
    }
  });

  test('an empty request, and unknown members beside telemetry, give no notice', () => {
    for (const request of [
      {},
      { resourceSpans: [] },
      { resourceSpans: null },
      { resourceSpans: [], future: 1 },
      { resourceSpans: [{ resource: {}, schemaUrl: '' }] },
      { resourceSpans: [{ scopeSpans: [{ scope: {}, spans: [] }] }], future: 1 },
      { resourceSpans: [{ scopeSpans, future: 1 }] },
      { resourceLogs: null },
    ]) {
      const { rejected, notice } = resultOf('traces', request);
      assert.deepEqual([rejected, notice], [{}, undefined], JSON.stringify(request));
    }
  });
});
