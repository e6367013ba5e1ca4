import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  decodePlain,
  encodeMetricsRequest,
  type MetricsRequest,
  metricsRequest,
  otlpTypes,
  type PlainDataPoint,
  type PlainKeyValue,
  type PlainLogRecord,
  type PlainSum,
  rewriteMessage,
  toOtlpJson,
  USED_METRIC,
} from '../../test/otlp-oracle.js';
import { decodeRequest } from '../../test/support/decode-request.js';
import { AttributeNormalizer } from '../normalize/attribute-normalizer.js';
import { createUsageReader } from '../normalize/usage.js';
import { type DecodedRequest, MalformedRequestError, TooManyRecordsError } from './decode.js';
import { metricsJsonToProtobuf } from './json.js';
import { type MetricLogRecords, metricSteps } from './metric-log-records.js';
import { RejectReason } from './reject-reason.js';
import { finish } from './steps.js';

const NAMES = new Set([USED_METRIC]);
const LIMITS = { maxRecords: 1000, maxAttributesPerRecord: 100 };
const [DELTA, CUMULATIVE] = [1, 2];

const transcode = (bytes: Uint8Array, limits = LIMITS): MetricLogRecords =>
  finish(metricSteps(bytes, NAMES, limits));

interface Logs {
  resourceLogs: {
    resource: object;
    schemaUrl: string;
    scopeLogs: { scope: object; schemaUrl: string; logRecords: PlainLogRecord[] }[];
  }[];
}

const logsIn = ({ bytes }: MetricLogRecords): Logs =>
  decodePlain(otlpTypes.ExportLogsServiceRequest, bytes) as Logs;
const recordsIn = (records: MetricLogRecords): PlainLogRecord[] =>
  logsIn(records).resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords));

const text = (key: string, stringValue: string): PlainKeyValue => ({ key, value: { stringValue } });

/** A request with one monotonic sum. */
function sumOf(dataPoints: PlainDataPoint[], more: PlainSum = {}, attributes: PlainKeyValue[] = []) {
  const sum = { aggregationTemporality: DELTA, isMonotonic: true, dataPoints, ...more };
  const scopeMetrics = [{ scope: { name: 'scope' }, metrics: [{ name: USED_METRIC, sum }] }];
  return encodeMetricsRequest({ resourceMetrics: [{ resource: { attributes }, scopeMetrics }] });
}

const POINT: PlainDataPoint = { startTimeUnixNano: '1000', timeUnixNano: '2000', asInt: '7' };
const cumulative = (...points: PlainDataPoint[]): MetricLogRecords =>
  transcode(sumOf(points, { aggregationTemporality: CUMULATIVE }));
const attributeOf = ({ attributes = [] }: PlainLogRecord, key: string) =>
  attributes.find((each) => each.key === key)?.value;
const seriesOf = (record: PlainLogRecord | undefined) =>
  attributeOf(record!, 'sojourn.metric.series')?.stringValue;

/**
 * The expected result of a request, computed from its plain form: the records without their series, and the
 * other points by reason.
 */
function expectedOf(request: MetricsRequest): { records: PlainLogRecord[]; rejected: Map<string, number> } {
  const records: PlainLogRecord[] = [];
  const rejected = new Map<string, number>();
  const reject = (reason: string, count = 1) => {
    if (count > 0) rejected.set(reason, (rejected.get(reason) ?? 0) + count);
  };
  const metrics = (request.resourceMetrics ?? []).flatMap(({ scopeMetrics = [] }) =>
    scopeMetrics.flatMap(({ metrics = [] }) => metrics),
  );
  for (const { name, sum, gauge, histogram, exponentialHistogram, summary } of metrics) {
    for (const data of [gauge, histogram, exponentialHistogram, summary]) {
      reject(RejectReason.unusedMetric, data?.dataPoints?.length ?? 0);
    }
    const { dataPoints = [], aggregationTemporality = 0, isMonotonic } = sum ?? {};
    const temporality = ['', 'delta', 'cumulative'][aggregationTemporality];
    if (name !== USED_METRIC || isMonotonic !== true || !temporality) {
      reject(RejectReason.unusedMetric, dataPoints.length);
      continue;
    }
    for (const { asInt, asDouble, flags = 0, attributes = [], ...times } of dataPoints) {
      const { startTimeUnixNano: start = '0', timeUnixNano: time = '0' } = times;
      const value = Number(asInt ?? asDouble ?? Number.NaN);
      if (!(value >= 0 && value < Number.POSITIVE_INFINITY) || flags % 2 === 1) reject(RejectReason.noValue);
      else if (temporality === 'cumulative' && start === '0') reject(RejectReason.noStart);
      else {
        records.push({
          timeUnixNano: temporality === 'cumulative' ? start : time,
          eventName: USED_METRIC,
          attributes: [
            ...attributes,
            {
              key: 'sojourn.metric.value',
              value: asInt === undefined ? { doubleValue: asDouble! } : { intValue: asInt },
            },
            text('sojourn.metric.temporality', temporality),
            ...(temporality === 'cumulative'
              ? [text('sojourn.metric.series', '')]
              : start === '0'
                ? []
                : [{ key: 'sojourn.metric.start_time_unix_nano', value: { intValue: start } }]),
          ],
        });
      }
    }
  }
  return { records, rejected };
}

/** The same records without the texts of series, as protobufjs gives them. */
function withoutSeries(records: PlainLogRecord[]): unknown {
  const type = otlpTypes.ExportLogsServiceRequest;
  const resourceLogs = [
    {
      scopeLogs: [
        {
          logRecords: records.map((record) => ({
            ...record,
            attributes: record.attributes?.map((each) =>
              each.key === 'sojourn.metric.series' ? text(each.key, '') : each,
            ),
          })),
        },
      ],
    },
  ];
  return decodePlain(type, type.encode(type.fromObject({ resourceLogs })).finish());
}

describe('any OTLP', () => {
  test('each used data point becomes a record with its content, whoever wrote it', () => {
    fc.assert(
      fc.property(metricsRequest, fc.infiniteStream(fc.nat()), (request, numbers) => {
        const bytes = encodeMetricsRequest(request);
        const expected = expectedOf(request);
        const iterator = numbers[Symbol.iterator]();
        const random = () => iterator.next().value as number;
        for (const written of [bytes, rewriteMessage(otlpTypes.ExportMetricsServiceRequest, bytes, random)]) {
          const records = transcode(written);
          assert.deepEqual(withoutSeries(recordsIn(records)), withoutSeries(expected.records));
          assert.deepEqual(
            Object.fromEntries([...records.rejected].sort()),
            Object.fromEntries([...expected.rejected].sort()),
          );
        }
      }),
    );
  });

  test('resources and scopes are those of the metrics, without empty ones', () => {
    fc.assert(
      fc.property(metricsRequest, (request) => {
        const plain = decodePlain(otlpTypes.ExportMetricsServiceRequest, encodeMetricsRequest(request)) as {
          resourceMetrics: { resource: object; schemaUrl: string; scopeMetrics: { scope: object }[] }[];
        };
        for (const { resource, schemaUrl, scopeLogs } of logsIn(transcode(encodeMetricsRequest(request)))
          .resourceLogs) {
          const sent = plain.resourceMetrics.filter(
            (each) =>
              JSON.stringify([each.resource, each.schemaUrl]) === JSON.stringify([resource, schemaUrl]),
          );
          assert.ok(sent.length > 0 && scopeLogs.length > 0);
          for (const { scope, logRecords } of scopeLogs) {
            assert.ok(logRecords.length > 0);
            const scopes = sent.flatMap(({ scopeMetrics }) => scopeMetrics.map((each) => each.scope));
            assert.ok(scopes.some((each) => JSON.stringify(each) === JSON.stringify(scope)));
          }
        }
      }),
    );
  });

  test('JSON is the same bytes as protobuf', () => {
    fc.assert(
      fc.property(metricsRequest, fc.nat(), (request, variant) => {
        const json = metricsJsonToProtobuf(toOtlpJson(request, variant));
        const fromJson = transcode(json.bytes);
        const fromProtobuf = transcode(encodeMetricsRequest(request));
        assert.deepEqual(Buffer.from(fromJson.bytes), Buffer.from(fromProtobuf.bytes));
        assert.deepEqual(fromJson.rejected, fromProtobuf.rejected);
        assert.equal(json.malformed, 0);
      }),
    );
  });

  test('truncated or changed bytes are refused or read, and never crash', () => {
    fc.assert(
      fc.property(metricsRequest, fc.nat(), fc.nat(255), fc.boolean(), (request, at, byte, isCut) => {
        const bytes = encodeMetricsRequest(request);
        if (bytes.length === 0) return;
        const damaged = isCut ? bytes.subarray(0, at % bytes.length) : Uint8Array.from(bytes);
        if (!isCut) damaged[at % bytes.length] = byte;
        try {
          transcode(damaged);
        } catch (error) {
          assert.ok(error instanceof MalformedRequestError, String(error));
        }
      }),
    );
  });
});

describe('U19: a cumulative series', () => {
  test('a value that is sent again is the same record, at any time', () => {
    const [first, again, more] = recordsIn(
      cumulative(POINT, { ...POINT, timeUnixNano: '3000' }, { ...POINT, timeUnixNano: '3000', asInt: '8' }),
    );
    assert.deepEqual(again, first);
    assert.equal(first?.timeUnixNano, '1000', 'the start of the series');
    assert.notDeepEqual(more, first);
    assert.equal(seriesOf(more), seriesOf(first));
  });

  test('is identified by its attributes in any order, its start, its resource, scope and metric', () => {
    const [a, b] = [text('a', '1'), text('b', '2')];
    const series = (point: PlainDataPoint, resource: PlainKeyValue[] = [a, b]) =>
      seriesOf(
        recordsIn(
          transcode(sumOf([{ ...POINT, ...point }], { aggregationTemporality: CUMULATIVE }, resource)),
        )[0],
      );
    const one = series({ attributes: [a, b] });
    assert.match(one!, /^[0-9a-f]{32}$/);
    assert.equal(series({ attributes: [b, a], asInt: '9', timeUnixNano: '5' }), one);
    assert.equal(series({ attributes: [a, b] }, [b, a]), one);
    const others = [
      series({ attributes: [a] }),
      series({ attributes: [a, text('b', '3')] }),
      series({ attributes: [text('ab', '12')] }),
      series({ attributes: [a, b], startTimeUnixNano: '1001' }),
      series({ attributes: [a, b] }, [a]),
    ];
    assert.equal(new Set([one, ...others]).size, others.length + 1);
  });

  test('without a start it is not kept, because a restart could not be detected', () => {
    const { bytes, rejected } = cumulative({ timeUnixNano: '2000', asInt: '7' });
    assert.equal(bytes.length, 0);
    assert.deepEqual([...rejected], [[RejectReason.noStart, 1]]);
  });
});

test('equal delta points of different intervals are different records', () => {
  const records = recordsIn(transcode(sumOf([POINT, { ...POINT, startTimeUnixNano: '1500' }])));
  assert.equal(records[0]?.timeUnixNano, '2000');
  assert.notDeepEqual(records[0], records[1]);
});

test('more data points, resources, scopes or metrics than a request may have records are refused', () => {
  const limits = { ...LIMITS, maxRecords: 3 };
  assert.equal(recordsIn(transcode(sumOf([POINT, POINT, POINT]), limits)).length, 3);
  assert.throws(() => transcode(sumOf([POINT, POINT, POINT, POINT]), limits), TooManyRecordsError);
  const more = sumOf([POINT, POINT, POINT, POINT], { isMonotonic: false });
  assert.throws(() => transcode(more, limits), TooManyRecordsError);
  for (const request of [
    { resourceMetrics: [{}, {}, {}, {}] },
    { resourceMetrics: [{ scopeMetrics: [{}, {}, {}] }] },
    { resourceMetrics: [{ scopeMetrics: [{ metrics: [{}, {}] }] }] },
  ]) {
    const bytes = encodeMetricsRequest(request);
    assert.throws(() => transcode(bytes, limits), TooManyRecordsError);
    assert.equal(transcode(bytes).bytes.length, 0);
  }
});

test('a data point with too many attributes does not affect its neighbours', () => {
  const attributes = [text('a', '1'), text('b', '2'), text('c', '3')];
  const limits = { ...LIMITS, maxAttributesPerRecord: 2 };
  const { bytes, rejected } = transcode(
    sumOf([
      { ...POINT, attributes },
      { ...POINT, attributes: attributes.slice(1) },
    ]),
    limits,
  );
  assert.deepEqual([...rejected], [[RejectReason.tooManyAttributes, 1]]);
  assert.equal(recordsIn({ bytes, rejected }).length, 1);
});

describe('JSON', () => {
  const json = (dataPoints: unknown, more: object = {}): string =>
    JSON.stringify({
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                {
                  name: USED_METRIC,
                  sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints, ...more },
                },
              ],
            },
          ],
        },
      ],
    });

  test('a data point that is not OTLP does not affect its neighbours', () => {
    const points = [POINT, 3, { ...POINT, asInt: 'x' }, { ...POINT, attributes: [{ key: 1 }] }, POINT];
    const { rejected, bytes } = transcode(metricsJsonToProtobuf(json(points)).bytes);
    assert.deepEqual([...rejected], [[RejectReason.malformed, 3]]);
    assert.equal(recordsIn({ rejected, bytes }).length, 2);
  });

  test('invalid OTLP around data points is refused, with the place', () => {
    for (const [body, place] of [
      [json(3), 'resourceMetrics[0].scopeMetrics[0].metrics[0].sum.dataPoints'],
      [json([], { isMonotonic: 'yes' }), 'resourceMetrics[0].scopeMetrics[0].metrics[0].sum.isMonotonic'],
      ['{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":[]}]}]}]}', 'metrics[0].gauge'],
      ['{"resourceMetrics":{}}', 'resourceMetrics'],
      ['[]', 'an object'],
      ['{', 'not JSON'],
    ] as const) {
      assert.throws(
        () => metricsJsonToProtobuf(body),
        (error) => error instanceof MalformedRequestError && error.message.includes(place),
        body,
      );
    }
  });
});

describe('U20: kept data points', () => {
  const normalizer = new AttributeNormalizer(undefined, createUsageReader());
  const decode = (metrics: object[], resource: object[] = []): DecodedRequest =>
    decodeRequest(
      'metrics',
      'json',
      Buffer.from(
        JSON.stringify({
          resourceMetrics: [{ resource: { attributes: resource }, scopeMetrics: [{ metrics }] }],
        }),
      ),
      normalizer,
      { maxRecords: 100, maxAttributesPerRecord: 4 },
    );
  const metric = (name: string, more: object, ...attributes: object[]) => ({
    name,
    sum: {
      aggregationTemporality: DELTA,
      isMonotonic: true,
      dataPoints: [{ timeUnixNano: '2000', asInt: '7', attributes, ...more }],
    },
  });
  const tokens = (more: object, ...attributes: object[]) =>
    metric('claude_code.token.usage', more, ...attributes);
  const session = text('session.id', 's');
  const input = text('type', 'input');

  test('a point with a session, its own or its resource’s', () => {
    const own = decode([tokens({}, session, input)]);
    assert.deepEqual([own.batch.count, own.rejected.size], [1, 0]);
    const ofResource = decode([tokens({}, input)], [session]);
    assert.equal(ofResource.batch.strings[ofResource.batch.session[0]!], 's');
    const { batch, unbound, rejected } = decode([tokens({}, input)]);
    assert.deepEqual([batch.count, unbound, [...rejected]], [0, 0, [[RejectReason.noSession, 1]]]);
  });

  test('no point that does not report usage', () => {
    for (const one of [
      tokens({}, session),
      tokens({}, session, text('type', 'total')),
      tokens({}, session, text('type', 'toString')),
      tokens({ asInt: undefined, asDouble: 1.5 }, session, input),
      tokens({ asInt: String(2 ** 40 + 1) }, session, input),
      metric('claude_code.cost.usage', { asInt: undefined, asDouble: 1e6 + 1 }, session),
      metric('claude_code.lines_of_code.count', {}, session, input),
      metric('gemini_cli.token.usage', {}, session, text('type', 'total')),
    ]) {
      const { batch, rejected } = decode([one]);
      assert.deepEqual(
        [batch.count, [...rejected]],
        [0, [[RejectReason.unusedMetric, 1]]],
        JSON.stringify(one),
      );
    }
  });

  test('a point with as many attributes as a record may have, and the same errors as other records', () => {
    const full = [session, input, text('a', ''), text('b', '')];
    assert.equal(decode([tokens({}, ...full)]).batch.count, 1);
    const { rejected } = decode([
      tokens({}, ...full, text('c', '')),
      tokens({ timeUnixNano: '0' }, session, input),
      tokens({ timeUnixNano: String(2n ** 63n) }, session, input),
    ]);
    assert.deepEqual(Object.fromEntries(rejected), {
      [RejectReason.tooManyAttributes]: 1,
      [RejectReason.noTime]: 1,
      [RejectReason.time]: 1,
    });
  });

  test('a point’s own attributes cannot pose as the added ones', () => {
    const { batch } = decode([
      tokens(
        {},
        session,
        input,
        text('sojourn.metric.series', 'x'),
        text('sojourn.metric.temporality', 'cumulative'),
      ),
    ]);
    const { series, inputTokens } = batch.usages[batch.usage[0]!]!;
    assert.deepEqual([series, inputTokens], [undefined, 7]);
  });
});
