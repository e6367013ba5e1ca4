import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  context,
  createTraceState,
  type HrTime,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { Session, SessionPage } from '../../src/contract/session.js';
import { SessionStatistics } from '../../src/contract/statistics.js';
import { Trace, TracePage } from '../../src/contract/trace.js';
import { decodePlain, otlpTypes } from '../otlp-oracle.js';
import { assertConforms } from '../support/contract-check.js';
import { COMPRESSIONS, InstrumentedService, SCHEMA_URL, TRANSPORTS, unixNano } from '../support/senders.js';
import { startServer, type TestServer } from '../support/server.js';

/** Bits 0 to 7 sampled, bit 8: it is known whether the parent is remote (OTLP SpanFlags). */
const LOCAL_SAMPLED = 0x101;
/** Bit 9: the parent is, or the linked span was, in another process. */
const REMOTE = 0x200;
const SESSION = 'session of a visitor/1';
const USER = 'user-4711';

interface TraceJson {
  readonly trace_id: string;
  readonly spans: readonly { readonly span_id: string }[];
}

for (const transport of TRANSPORTS) {
  for (const compression of COMPRESSIONS) {
    describe(`the SDK's ${transport} exporters, compression ${compression}`, () => {
      let server: TestServer;
      let web: InstrumentedService;
      let api: InstrumentedService;
      before(async () => {
        server = await startServer();
        web = new InstrumentedService(server, WEB, transport, compression);
        api = new InstrumentedService(server, API, transport, compression);
      });
      after(async () => {
        await Promise.all([web, api].map((service) => service?.shutdown()));
        await server?.dispose();
      });

      it('are answered exactly', async () => {
        const times = timetable();
        const traceIds = play(web, api, times);
        // Children first, as happens if each service sends by itself.
        await api.flush();
        await web.flush();
        assert.deepEqual([web.spans.length, api.spans.length], [2, 2]);
        const spans = [...web.spans, ...api.spans];
        const lastEnd = latest(spans.map((span) => unixNano(span.endTime)));

        const open = {
          'session.id': SESSION,
          'user.id': USER,
          'session.previous_id': 'the one before',
          start_time: rfc3339(times.sessionStart),
          duration_ms: Number(lastEnd - unixNano(times.sessionStart)) / 1e6,
          title: 'POST /checkout',
          outcome: 'RangeError: card declined',
          trace_count: 2,
          span_count: 4,
          error_count: 1,
          exception_count: 1,
          release: '4.2.0',
          services: ['shop-api', 'shop-web'],
          state: 'active',
        };
        await assertSessions(server, open);

        web.logger.emit({
          eventName: 'session.end',
          timestamp: times.sessionEnd,
          attributes: { 'session.id': SESSION },
        });
        await web.flush();
        const durationNs = unixNano(times.sessionEnd) - unixNano(times.sessionStart);
        await assertSessions(server, {
          ...open,
          state: 'ended',
          end_time: rfc3339(times.sessionEnd),
          duration_ms: Number(durationNs) / 1e6,
        });

        const [checkout, visit] = traceIds.map((traceId) =>
          expectedTrace(spans.filter((span) => span.spanContext().traceId === traceId)),
        );
        const path = `/api/v1/sessions/${encodeURIComponent(SESSION)}/traces`;
        const page = await server.get<{ items: TraceJson[] }>(path);
        assert.deepEqual(page, { items: [checkout, visit], has_more: false });
        assertConforms(TracePage, JSON.parse(await server.text(path)));
        for (const item of page.items) {
          const one = `/api/v1/traces/${item.trace_id}`;
          assert.deepEqual(await server.get(one), item);
          assertConforms(Trace, JSON.parse(await server.text(one)));
        }
      });
    });
  }
}

const WEB = { 'service.name': 'shop-web', 'service.version': '4.2.0', 'process.pid': 4711 };
const API = { 'service.name': 'shop-api', 'telemetry.distro.name': 'übung ✓' };

interface Timetable {
  readonly sessionStart: HrTime;
  readonly checkout: readonly [start: HrTime, end: HrTime];
  readonly charge: readonly [start: HrTime, thrown: HrTime, end: HrTime];
  readonly visit: readonly [start: HrTime, end: HrTime];
  readonly remark: HrTime;
  /** After everything else. */
  readonly sessionEnd: HrTime;
}

/** Times in the last minute, with digits down to the nanosecond, and an end in the future. */
function timetable(): Timetable {
  const base = Math.floor(Date.now() / 1000) - 60;
  return {
    sessionStart: [base, 1],
    checkout: [
      [base + 1, 123_456_789],
      [base + 4, 987_654_321],
    ],
    charge: [
      [base + 2, 7],
      [base + 3, 30],
      [base + 3, 500],
    ],
    visit: [
      [base + 20, 0],
      [base + 21, 100_000_000],
    ],
    remark: [base + 30, 999_999_999],
    sessionEnd: [base + 100, 5],
  };
}

/** Two traces of one session over two services; resolves to their ids, earliest first. */
function play(web: InstrumentedService, api: InstrumentedService, times: Timetable): string[] {
  web.logger.emit({
    eventName: 'session.start',
    timestamp: times.sessionStart,
    attributes: { 'session.id': SESSION, 'session.previous_id': 'the one before' },
  });

  const checkout = web.tracer.startSpan(
    'POST /checkout',
    {
      kind: SpanKind.SERVER,
      startTime: times.checkout[0],
      attributes: {
        'session.id': SESSION,
        'user.id': USER,
        'cart.items': 3,
        'cart.total': 99.5,
        'cart.gift': false,
        'cart.largest': Number.MAX_SAFE_INTEGER,
        'cart.balance': -7,
        'cart.skus': ['a', 'b "quoted"', ''],
        'cart.weights': [1.5, 2.25],
        'cart.note': 'Grüße\n\u0000\u2028 𝄞',
        'cart.empty': '',
      },
      links: [
        {
          context: {
            traceId: '0af7651916cd43dd8448eb211c80319c',
            spanId: 'b7ad6b7169203331',
            traceFlags: TraceFlags.SAMPLED,
            isRemote: true,
            traceState: createTraceState('vendor=value,other=2'),
          },
          attributes: { 'link.reason': 'retry' },
        },
      ],
    },
    ROOT_CONTEXT,
  );
  checkout.addEvent('cart.validated', { ok: true, 'rules.count': 12 }, times.charge[0]);
  const inCheckout = trace.setSpan(ROOT_CONTEXT, checkout);

  const charge = api.tracer.startSpan(
    'charge card',
    { kind: SpanKind.CLIENT, startTime: times.charge[0] },
    inCheckout,
  );
  charge.recordException(new RangeError('card declined'), times.charge[1]);
  charge.setStatus({ code: SpanStatusCode.ERROR, message: 'card declined' });
  charge.end(times.charge[2]);
  // By the SDK's own clock, ended before the span around it.
  api.tracer.startSpan('audit', { kind: SpanKind.PRODUCER }, inCheckout).end();
  checkout.setStatus({ code: SpanStatusCode.OK });
  checkout.end(times.checkout[1]);

  const visit = web.tracer.startSpan(
    'GET /orders',
    { kind: SpanKind.SERVER, startTime: times.visit[0], attributes: { 'session.id': SESSION } },
    ROOT_CONTEXT,
  );
  visit.end(times.visit[1]);
  // No session id: it belongs to its trace's session, and does not count as a span.
  web.logger.emit({
    severityNumber: SeverityNumber.WARN,
    body: { text: 'slow', ms: 1100 },
    timestamp: times.remark,
    context: trace.setSpan(context.active(), visit),
  });
  return [checkout.spanContext().traceId, visit.spanContext().traceId];
}

/** This is the only session, by any query. */
async function assertSessions(server: TestServer, session: Readonly<Record<string, unknown>>): Promise<void> {
  const one = `/api/v1/sessions/${encodeURIComponent(SESSION)}`;
  assert.deepEqual(await server.get(one), session);
  assertConforms(Session, JSON.parse(await server.text(one)));

  const page = { items: [session], has_more: false };
  const isOpen = session.state === 'active';
  const start = encodeURIComponent(String(session.start_time));
  const all = [
    '',
    `?userId=${USER}`,
    `?isActive=${isOpen}`,
    `?startTime=${start}&endTime=${start}&userId=${USER}&limit=1`,
  ];
  for (const query of all) assert.deepEqual(await server.get(`/api/v1/sessions${query}`), page, query);
  for (const query of ['?userId=user', `?isActive=${!isOpen}`, '?endTime=2020-01-01T00:00:00Z']) {
    assert.deepEqual(await server.get(`/api/v1/sessions${query}`), { items: [], has_more: false }, query);
  }
  assertConforms(SessionPage, JSON.parse(await server.text('/api/v1/sessions')));

  const statistics = await server.get('/api/v1/sessions/stats');
  assert.deepEqual(statistics, {
    active_sessions: isOpen ? 1 : 0,
    total_sessions: 1,
    unique_users: 1,
    avg_duration_ms: Math.floor(Number(session.duration_ms) * 1000) / 1000,
    sessions_with_errors: 1,
    sessions_with_genai: 0,
    bounce_rate: 0,
    unpriced_request_count: 0,
    unreported_request_count: 0,
    by_device_type: [{ device_type: 'unknown', count: 1, percentage: 100 }],
    by_country: [],
  });
  assertConforms(SessionStatistics, statistics);
}

/** A trace as the API should show it, from the SDK's own spans. */
function expectedTrace(spans: readonly ReadableSpan[]): object {
  const sorted = spans
    .map(expectedSpan)
    .sort((a, b) => Number(BigInt(a.start_time_unix_nano) - BigInt(b.start_time_unix_nano)));
  const first = BigInt(sorted[0]!.start_time_unix_nano);
  const last = latest(sorted.map((span) => BigInt(span.end_time_unix_nano)));
  return {
    trace_id: sorted[0]!.trace_id,
    root_span: sorted.find((span) => !('parent_span_id' in span)),
    spans: sorted,
    span_count: sorted.length,
    duration_ns: Number(last - first),
    start_time: rfc3339Of(first),
    end_time: rfc3339Of(last),
    services: [...new Set(spans.map((span) => String(span.resource.attributes['service.name'])))].sort(),
    has_error: spans.some((span) => span.status.code === SpanStatusCode.ERROR),
  };
}

function expectedSpan(span: ReadableSpan) {
  const { traceId, spanId } = span.spanContext();
  const { parentSpanContext, status, instrumentationScope: scope } = span;
  return {
    span_id: spanId,
    trace_id: traceId,
    ...(parentSpanContext && { parent_span_id: parentSpanContext.spanId }),
    name: span.name,
    // OTLP's kinds are those of the SDK plus one: its 0 is "unspecified".
    kind: span.kind + 1,
    start_time_unix_nano: String(unixNano(span.startTime)),
    end_time_unix_nano: String(unixNano(span.endTime)),
    attributes: keyValues(span.attributes),
    events: span.events.map((event) => ({
      name: event.name,
      time_unix_nano: String(unixNano(event.time)),
      attributes: keyValues(event.attributes ?? {}),
    })),
    links: span.links.map((link) => ({
      trace_id: link.context.traceId,
      span_id: link.context.spanId,
      trace_state: link.context.traceState?.serialize(),
      attributes: keyValues(link.attributes ?? {}),
      flags: LOCAL_SAMPLED | (link.context.isRemote ? REMOTE : 0),
    })),
    status: { code: status.code, ...(status.message !== undefined && { message: status.message }) },
    flags: LOCAL_SAMPLED,
    resource: { attributes: keyValues(span.resource.attributes) },
    instrumentation_scope: {
      name: scope.name,
      version: scope.version,
      attributes: [],
      schema_url: SCHEMA_URL,
    },
  };
}

function keyValues(attributes: object): { key: string; value: unknown }[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value }));
}

function rfc3339(time: HrTime): string {
  return rfc3339Of(unixNano(time));
}

function rfc3339Of(ns: bigint): string {
  const seconds = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`;
}

function latest(times: readonly bigint[]): bigint {
  return times.reduce((a, b) => (a > b ? a : b));
}

describe('metrics that nobody uses, over HTTP', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.dispose());

  const MESSAGE = '3 data points not kept: 3 of metrics that Sojourn does not use';
  const REQUEST = {
    resourceMetrics: [
      {
        scopeMetrics: [
          {
            metrics: [
              { name: 'requests', sum: { dataPoints: [{ asInt: '1' }, { asInt: '2' }] } },
              { name: 'temperature', gauge: { dataPoints: [{ asDouble: 21.5 }] } },
            ],
          },
        ],
      },
    ],
  };

  it('are answered with how many data points are not kept, in JSON', async () => {
    const response = await server.post('/v1/metrics', REQUEST);
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), {
      partialSuccess: { rejectedDataPoints: '3', errorMessage: MESSAGE },
    });
  });

  it('are answered with how many data points are not kept, in protobuf', async () => {
    // ResourceMetrics > ScopeMetrics > two Metrics: a sum (7) of two points, a gauge (5) of one.
    const metrics = [
      message(2, message(7, [...message(1, []), ...message(1, [])])),
      message(2, message(5, message(1, []))),
    ];
    const response = await server.post(
      '/v1/metrics',
      Uint8Array.from(message(1, message(2, metrics.flat()))),
    );
    assert.equal(response.status, 200);
    const answer = new Uint8Array(await response.arrayBuffer());
    assert.deepEqual(decodePlain(otlpTypes.ExportMetricsServiceResponse, answer), {
      partialSuccess: { rejectedDataPoints: '3', errorMessage: MESSAGE },
    });
  });

  it('make no session', async () => {
    assert.deepEqual(await server.get('/api/v1/sessions'), { items: [], has_more: false });
  });
});

/** A length-delimited protobuf field of fewer than 128 bytes. */
function message(field: number, content: readonly number[]): number[] {
  return [(field << 3) | 2, content.length, ...content];
}
