// The backend of the shop: Node.js with OpenTelemetry's HTTP instrumentation and default propagation. It continues the trace of
// the page's requests. Usage: node backend.cjs OTLP_URL. It listens on a free port of loopback and prints it as one line.
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-proto');
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { resourceFromAttributes } = require('@opentelemetry/resources');
const { NodeTracerProvider, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-node');

const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'shop-api', 'service.version': '7.1.0' }),
  spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter({ url: `${process.argv[2]}/v1/traces` }))],
});
provider.register();
registerInstrumentations({ tracerProvider: provider, instrumentations: [new HttpInstrumentation()] });

const http = require('node:http');
const ANSWERS = { '/api/cart': 200, '/api/pay': 500 };
const server = http.createServer((request, response) => {
  request.resume().on('end', () => {
    const { pathname } = new URL(request.url, 'http://shop');
    response.writeHead(ANSWERS[pathname] ?? 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ path: pathname }));
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.once('SIGTERM', () => provider.shutdown().finally(() => process.exit(0)));
