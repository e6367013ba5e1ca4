import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { generateText, jsonSchema, simulateReadableStream, stepCountIs, streamText, tool } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import type { Session, SessionPage } from '../../src/contract/session.js';
import { createTraceExporter, unixNano, WatchedExporter } from '../support/senders.js';
import { startServer, type TestServer } from '../support/server.js';

type Model = ConstructorParameters<typeof MockLanguageModelV3>[0] & object;
type Generated = Extract<Model['doGenerate'], { usage: unknown }>;
type Usage = Generated['usage'];

const SESSION = 'chat-1';
const USER = 'user-4711';
/** Spans around model calls, which repeat the total of their tokens. */
const WRAPPERS = new Set(['ai.generateText', 'ai.streamText']);

/** The Vercel AI SDK with its own mock of a model, through the real exporter. */
describe('the AI SDK', () => {
  let server: TestServer;
  let provider: NodeTracerProvider;
  let exporter: WatchedExporter<ReadableSpan>;
  before(async () => {
    server = await startServer();
    exporter = new WatchedExporter(createTraceExporter(server, 'proto', 'gzip'));
    provider = new NodeTracerProvider({
      resource: resourceFromAttributes({ 'service.name': 'assistant' }),
      spanProcessors: [new BatchSpanProcessor(exporter)],
    });
    // Spans find their parents through the provider's process-wide context.
    provider.register();
  });
  after(async () => {
    await provider?.shutdown();
    await server?.dispose();
  });

  const telemetry = () => ({
    isEnabled: true,
    functionId: 'answer',
    metadata: { sessionId: SESSION, userId: USER },
    tracer: provider.getTracer('ai'),
  });

  it('is a session with each model call counted once, however often its tokens are repeated', async () => {
    const spans = await record(async () => {
      await answerWithTool();
      await streamAnswer();
    });
    assert.deepEqual(spans.map(({ name }) => name).sort(), [
      'ai.generateText',
      'ai.generateText.doGenerate',
      'ai.generateText.doGenerate',
      'ai.streamText',
      'ai.streamText.doStream',
      'ai.toolCall',
    ]);
    // Without these on the spans around the calls, the numbers below would prove less.
    const repeated = spans.filter(({ name }) => WRAPPERS.has(name));
    assert.deepEqual(repeated.map(({ attributes }) => attributes['ai.usage.inputTokens']).sort(), [250, 30]);

    const start = earliest(spans.map(({ startTime }) => unixNano(startTime)));
    const end = latest(spans.map(({ endTime }) => unixNano(endTime)));
    const { start_time, ...session } = await server.get<Session>(`/api/v1/sessions/${SESSION}`);
    assert.equal(Date.parse(start_time), Number(start / 1_000_000n));
    assert.deepEqual(session, {
      'session.id': SESSION,
      'user.id': USER,
      duration_ms: Number(end - start) / 1e6,
      title: 'How is the weather in Vienna?',
      trace_count: 2,
      span_count: 6,
      error_count: 0,
      services: ['assistant'],
      state: 'active',
      genai_usage: {
        request_count: 3,
        total_input_tokens: 100 + 150 + 30,
        total_output_tokens: 20 + 10 + 4,
        models_used: ['gpt-4o', 'gpt-4o-2024-08-06'],
        providers_used: ['openai'],
        // gpt-4o costs $2.50 for a million tokens of input and $10 for a million of output: 280 × 2.5 + 34 × 10 = 1040.
        estimated_cost_usd: 0.00104,
      },
    });
    // No session is left under the ids of the traces.
    const page = await server.get<SessionPage>('/api/v1/sessions');
    assert.deepEqual(
      page.items.map((item) => item['session.id']),
      [SESSION],
    );
  });

  /** The spans that end in `work`, once the server has acknowledged them. */
  async function record(work: () => Promise<void>): Promise<ReadableSpan[]> {
    await work();
    await provider.forceFlush();
    exporter.check();
    return exporter.exported.splice(0);
  }

  /** A model call that asks for a tool, the tool, and a second call with its result. */
  async function answerWithTool(): Promise<void> {
    const { text } = await generateText({
      model: new MockLanguageModelV3({
        provider: 'openai.chat',
        modelId: 'gpt-4o',
        doGenerate: [
          {
            content: [
              { type: 'tool-call', toolCallId: 'call-1', toolName: 'weather', input: '{"city":"Wien"}' },
            ],
            finishReason: { unified: 'tool-calls', raw: 'tool_calls' },
            usage: usage(100, 20),
            warnings: [],
          },
          {
            content: [{ type: 'text', text: 'Sunny.' }],
            finishReason: { unified: 'stop', raw: 'stop' },
            usage: usage(150, 10),
            warnings: [],
          },
        ],
      }),
      tools: { weather },
      stopWhen: stepCountIs(5),
      prompt: 'How is the weather in Vienna?',
      experimental_telemetry: telemetry(),
    });
    assert.equal(text, 'Sunny.');
  }

  /** A streamed model call, whose model reports its exact version. */
  async function streamAnswer(): Promise<void> {
    const stream = streamText({
      model: new MockLanguageModelV3({
        provider: 'openai.chat',
        modelId: 'gpt-4o',
        doStream: {
          stream: simulateReadableStream({
            chunks: [
              { type: 'stream-start', warnings: [] },
              {
                type: 'response-metadata',
                id: 'resp-9',
                modelId: 'gpt-4o-2024-08-06',
                timestamp: new Date(0),
              },
              { type: 'text-start', id: '1' },
              { type: 'text-delta', id: '1', delta: 'Hello' },
              { type: 'text-end', id: '1' },
              { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage: usage(30, 4) },
            ],
          }),
        },
      }),
      prompt: 'Hello?',
      experimental_telemetry: telemetry(),
    });
    // The outer span ends with the stream, after the text is known.
    await stream.consumeStream();
    assert.equal(await stream.text, 'Hello');
  }
});

const weather = tool({
  description: 'The weather of a city',
  inputSchema: jsonSchema<{ city: string }>({
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
  }),
  execute: async ({ city }) => `sunny in ${city}`,
});

function usage(input: number, output: number): Usage {
  return {
    inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: output, text: output, reasoning: 0 },
  };
}

function earliest(times: readonly bigint[]): bigint {
  return times.reduce((a, b) => (a < b ? a : b));
}

function latest(times: readonly bigint[]): bigint {
  return times.reduce((a, b) => (a > b ? a : b));
}
