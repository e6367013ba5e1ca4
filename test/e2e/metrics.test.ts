import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  AggregationTemporalityPreference,
  OTLPMetricExporter as JsonMetricExporter,
} from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtoMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { Session } from '../../src/contract/session.js';
import { SessionUsage } from '../../src/contract/usage.js';
import { decodePlain, otlpTypes } from '../otlp-oracle.js';
import { assertConforms } from '../support/contract-check.js';
import { isOnPostgres } from '../support/on-postgres.js';
import { RawGrpcSender } from '../support/senders.js';
import { startServer, type TestServer } from '../support/server.js';

/** Metrics as exported by OpenTelemetry's SDK, from an agent that sends nothing else. */

const TEMPORALITIES = ['delta', 'cumulative'] as const;
const MODEL = 'claude-sonnet-4-5';
/** Exports happen only on request. */
const NEVER_MS = 2 ** 31 - 1;

/** A process of Claude Code, as far as its metrics show. */
class Agent {
  readonly #session: string;
  readonly #provider: MeterProvider;
  readonly #tokens;
  readonly #cost;
  readonly #commits;

  constructor(
    server: TestServer,
    session: string,
    transport: 'proto' | 'json',
    temporality: (typeof TEMPORALITIES)[number],
  ) {
    const Exporter = transport === 'proto' ? ProtoMetricExporter : JsonMetricExporter;
    const exporter = new Exporter({
      url: `${server.httpUrl}/v1/metrics`,
      temporalityPreference:
        temporality === 'delta'
          ? AggregationTemporalityPreference.DELTA
          : AggregationTemporalityPreference.CUMULATIVE,
    });
    this.#session = session;
    this.#provider = new MeterProvider({
      resource: resourceFromAttributes({ 'service.name': 'claude-code' }),
      readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: NEVER_MS })],
    });
    const meter = this.#provider.getMeter('com.anthropic.claude_code', '2.1.289');
    this.#tokens = meter.createCounter('claude_code.token.usage', { unit: 'tokens' });
    this.#cost = meter.createCounter('claude_code.cost.usage', { unit: 'USD' });
    this.#commits = meter.createCounter('claude_code.commit.count');
  }

  call(input: number, cacheRead: number, output: number, usd: number): void {
    const attributes = { 'session.id': this.#session, 'user.id': 'ann', model: MODEL };
    for (const [type, count] of Object.entries({ input, cacheRead, output })) {
      this.#tokens.add(count, { ...attributes, type });
    }
    this.#cost.add(usd, attributes);
    this.#commits.add(1, attributes);
  }

  /** Resolves when the server has answered. */
  export(): Promise<void> {
    return this.#provider.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#provider.shutdown();
  }
}

interface SessionJson {
  readonly genai_usage?: object;
  readonly span_count: number;
}

for (const temporality of TEMPORALITIES) {
  for (const transport of ['proto', 'json'] as const) {
    describe(`the SDK's ${temporality} metrics, ${transport}`, () => {
      let server: TestServer;
      before(async () => {
        server = await startServer();
      });
      after(() => server?.dispose());

      const SESSION = 'agent';
      const path = `/api/v1/sessions/${SESSION}`;
      const used = (input: number, output: number, usd: number) => ({
        request_count: 0,
        total_input_tokens: input,
        total_output_tokens: output,
        models_used: [MODEL],
        providers_used: ['anthropic'],
        estimated_cost_usd: usd,
      });
      const assertUsage = async (expected: object): Promise<void> => {
        const session = await server.get<SessionJson>(path);
        assert.deepEqual(session.genai_usage, expected);
        assertConforms(Session, JSON.parse(await server.text(path)));
        assertConforms(SessionUsage, JSON.parse(await server.text(`${path}/usage`)));
        const { genai_usage, counted } = await server.get<SessionUsage>(`${path}/usage`);
        const { request_count, total_input_tokens, total_output_tokens } = session.genai_usage as never;
        assert.deepEqual(genai_usage, expected);
        assert.deepEqual(counted, { request_count, total_input_tokens, total_output_tokens });
      };
      const stored = async (): Promise<number> => {
        const line = /^sojourn_records_stored_total\{signal="metrics"\} (\d+)$/m;
        return Number(line.exec(await server.text('/metrics'))?.[1] ?? 0);
      };

      it('are the usage of a session without other telemetry, once', async () => {
        const agent = new Agent(server, SESSION, transport, temporality);
        agent.call(12, 9_000, 300, 0.0125);
        await agent.export();
        await assertUsage(used(9_012, 300, 0.0125));
        agent.call(8, 9_500, 100, 0.0045);
        agent.call(0, 500, 0, 0.0005);
        await agent.export();
        await assertUsage(used(19_020, 400, 0.0175));

        const before = [await server.text(path), await stored()];
        await agent.export();
        await agent.export();
        const after = [await server.text(path), await stored()];
        // PostgreSQL's log keeps what is sent again, and what is made of it stays the same.
        if (isOnPostgres) assert.equal(after[0], before[0]);
        else assert.deepEqual(after, before, 'idle, it costs nothing');
        await agent.shutdown();

        const resumed = new Agent(server, SESSION, transport, temporality);
        resumed.call(5, 1_000, 20, 0.001);
        await resumed.export();
        await resumed.shutdown();
        await assertUsage(used(20_025, 420, 0.0185));
        assert.deepEqual(await server.get(`${path}/conversation`), { items: [], has_more: false });
        const statistics = await server.get<{ sessions_with_genai: number }>('/api/v1/sessions/stats');
        assert.equal(statistics.sessions_with_genai, 1);
      });

      it('are named if they are not kept', async () => {
        const text = await server.text('/metrics');
        assert.match(text, /^sojourn_metric_points_not_kept_total\{reason="unused_metric"\} [1-9]\d*$/m);
        assert.doesNotMatch(text, /^sojourn_metric_points_not_kept_total\{reason="(?!unused_metric)/m);
      });

      it('are superseded by a log record that comes late', async () => {
        const attributes = Object.entries({
          'session.id': SESSION,
          'event.name': 'api_request',
          model: MODEL,
          input_tokens: '12',
          cache_read_tokens: '9000',
          output_tokens: '300',
          cost_usd: '0.0125',
        }).map(([key, stringValue]) => ({ key, value: { stringValue } }));
        const scope = { name: 'com.anthropic.claude_code.events' };
        const logRecords = [{ timeUnixNano: `${Date.now()}000000`, attributes }];
        const answer = await server.post('/v1/logs', {
          resourceLogs: [{ scopeLogs: [{ scope, logRecords }] }],
        });
        assert.equal(answer.status, 200);
        await assertUsage({ ...used(9_012, 300, 0.0125), request_count: 1 });
        const { items } = await server.get<SessionUsage>(`${path}/usage`);
        const points = items.filter(({ signal }) => signal === 'metric');
        assert.ok(points.length >= 12);
        for (const { counted, reason, by } of points) {
          const why = reason === 'same_series' ? by !== undefined : reason === 'other_signal_counts';
          assert.ok(!counted && why, reason);
        }
      });
    });
  }
}

describe('metrics over gRPC', () => {
  it('are kept, and rejected ones are named', async () => {
    const server = await startServer();
    const grpc = new RawGrpcSender(server, 'gzip');
    try {
      const type = otlpTypes.ExportMetricsServiceRequest;
      const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
      const point = { startTimeUnixNano: '1000', timeUnixNano: '2000', asInt: '5' };
      const dataPoints = [
        { ...point, attributes: [attribute('type', 'output')] },
        { ...point, attributes: [attribute('type', 'output')], flags: 1 },
      ];
      const sum = { aggregationTemporality: 2, isMonotonic: true, dataPoints };
      const metrics = [
        { name: 'gemini_cli.token.usage', sum },
        { name: 'gemini_cli.session.count', sum },
      ];
      const resource = { attributes: [attribute('session.id', 'gemini')] };
      const body = type
        .encode(type.fromObject({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] }))
        .finish();
      assert.deepEqual(
        decodePlain(otlpTypes.ExportMetricsServiceResponse, await grpc.export('metrics', body)),
        {
          partialSuccess: {
            rejectedDataPoints: '3',
            errorMessage:
              '3 data points not kept: 2 of metrics that Sojourn does not use, 1 without a value that can be added up',
          },
        },
      );
      const session = await server.get<SessionJson>('/api/v1/sessions/gemini');
      assert.deepEqual(session.genai_usage, {
        request_count: 0,
        total_input_tokens: 0,
        total_output_tokens: 5,
        models_used: [],
        providers_used: ['gcp.gen_ai'],
      });
    } finally {
      grpc.close();
      await server.dispose();
    }
  });
});
