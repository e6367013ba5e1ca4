import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  encodeMetricsRequest,
  type MetricsRequest,
  type PlainAnyValue,
  type PlainDataPoint,
  type PlainKeyValue,
  toOtlpJson,
} from '../../otlp-oracle.js';
import {
  END,
  MANY_ATTRIBUTES,
  MIB,
  post,
  repeated,
  START,
  shareServer,
  text,
} from '../../support/hostile.js';
import { field, fixed64 } from '../../support/wire-bytes.js';

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

  it('data points that are not messages do not affect their neighbours', async () => {
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
