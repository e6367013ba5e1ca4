/** A way to send telemetry. */
export interface Snippet {
  readonly id: string;
  readonly title: string;
  /** What to do with the code. */
  readonly how: string;
  code(address: string): string;
}

/** Snippets by kind of sender. `address` is the OTLP/HTTP address of the server that served the page. */
export const SNIPPETS: readonly Snippet[] = [
  {
    id: 'curl',
    title: 'curl',
    how: 'One span of a session, from a shell:',
    code: (address) => `now=$(date +%s)
curl ${address}/v1/traces -H 'Content-Type: application/json' -d '{
  "resourceSpans": [{
    "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
    "scopeSpans": [{"spans": [{
      "traceId": "'$(openssl rand -hex 16)'", "spanId": "'$(openssl rand -hex 8)'",
      "name": "buy a book", "kind": 2,
      "startTimeUnixNano": "'$now'000000000", "endTimeUnixNano": "'$now'250000000",
      "attributes": [
        {"key": "session.id", "value": {"stringValue": "visit-1"}},
        {"key": "user.id", "value": {"stringValue": "ann"}}
      ]
    }]}]
  }]
}'`,
  },
  {
    id: 'node',
    title: 'Node.js',
    how: 'After npm install @opentelemetry/sdk-trace-node @opentelemetry/resources @opentelemetry/exporter-trace-otlp-proto, save as hello.mjs and run node hello.mjs:',
    code: (address) => `import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';

const exporter = new OTLPTraceExporter({ url: '${address}/v1/traces' });
const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'shop' }),
  spanProcessors: [new BatchSpanProcessor(exporter)],
});
const tracer = provider.getTracer('shop');
tracer.startSpan('buy a book', { attributes: { 'session.id': 'visit-node', 'user.id': 'ann' } }).end();
await provider.shutdown();`,
  },
  {
    id: 'python',
    title: 'Python',
    how: 'After pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http, save as hello.py and run python hello.py:',
    code: (address) => `from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider(resource=Resource.create({"service.name": "shop"}))
exporter = OTLPSpanExporter(endpoint="${address}/v1/traces")
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("shop")
with tracer.start_as_current_span("buy a book") as span:
    span.set_attributes({"session.id": "visit-python", "user.id": "ann"})
provider.shutdown()`,
  },
  {
    id: 'go',
    title: 'Go',
    how: 'After go mod init hello, save as main.go, then go mod tidy and OTEL_SERVICE_NAME=shop go run .:',
    code: (address) => `package main

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/trace"
)

func main() {
	ctx := context.Background()
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL("${address}/v1/traces"))
	if err != nil {
		panic(err)
	}
	provider := trace.NewTracerProvider(trace.WithBatcher(exporter))
	defer provider.Shutdown(ctx)
	_, span := provider.Tracer("shop").Start(ctx, "buy a book")
	span.SetAttributes(attribute.String("session.id", "visit-go"), attribute.String("user.id", "ann"))
	span.End()
}`,
  },
  {
    id: 'browser',
    title: 'Browser',
    how: 'After npm install @opentelemetry/sdk-trace-web @opentelemetry/exporter-trace-otlp-http, in the code of a page that a bundler such as Vite serves on localhost (pages elsewhere are named with --cors-origins):',
    code: (address) => `import { BatchSpanProcessor, WebTracerProvider } from '@opentelemetry/sdk-trace-web';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';

const session = sessionStorage.getItem('session') ?? crypto.randomUUID();
sessionStorage.setItem('session', session);
const exporter = new OTLPTraceExporter({ url: '${address}/v1/traces' });
const provider = new WebTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
provider.getTracer('shop').startSpan('open the page', { attributes: { 'session.id': session } }).end();`,
  },
  {
    id: 'claude-code',
    title: 'Claude Code',
    how: 'Before claude is started, in the same shell:',
    code: (address) => `export CLAUDE_CODE_ENABLE_TELEMETRY=1
export OTEL_LOGS_EXPORTER=otlp
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_EXPORTER_OTLP_ENDPOINT=${address}
claude`,
  },
  {
    id: 'ai-sdk',
    title: 'Vercel AI SDK',
    how: 'After npm install ai @ai-sdk/openai @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-proto, save as ask.mjs and run it with OPENAI_API_KEY set. Telemetry is switched on for each call:',
    code: (
      address,
    ) => `import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { openai } from '@ai-sdk/openai';
import { generateText } from 'ai';

const exporter = new OTLPTraceExporter({ url: '${address}/v1/traces' });
const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
provider.register();

const { text } = await generateText({
  model: openai('gpt-5-mini'),
  prompt: 'Name a good book.',
  experimental_telemetry: { isEnabled: true, metadata: { sessionId: 'chat-1', userId: 'ann' } },
});
console.log(text);
await provider.shutdown();`,
  },
];
