// OpenTelemetry for the web: the session manager, automatic instrumentation of traces, and the events of a browser.
import { logs } from '@opentelemetry/api-logs';
import { ErrorsInstrumentation } from '@opentelemetry/browser-instrumentation/experimental/errors';
import { NavigationInstrumentation } from '@opentelemetry/browser-instrumentation/experimental/navigation';
import { NavigationTimingInstrumentation } from '@opentelemetry/browser-instrumentation/experimental/navigation-timing';
import { ResourceTimingInstrumentation } from '@opentelemetry/browser-instrumentation/experimental/resource-timing';
import { UserActionInstrumentation } from '@opentelemetry/browser-instrumentation/experimental/user-action';
import { WebVitalsInstrumentation } from '@opentelemetry/browser-instrumentation/experimental/web-vitals';
import { ZoneContextManager } from '@opentelemetry/context-zone';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { DocumentLoadInstrumentation } from '@opentelemetry/instrumentation-document-load';
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch';
import { UserInteractionInstrumentation } from '@opentelemetry/instrumentation-user-interaction';
import { XMLHttpRequestInstrumentation } from '@opentelemetry/instrumentation-xml-http-request';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { BatchSpanProcessor, WebTracerProvider } from '@opentelemetry/sdk-trace-web';
import {
  createDefaultSessionIdGenerator,
  createLocalStorageSessionStore,
  createSessionLogRecordProcessor,
  createSessionManager,
  createSessionSpanProcessor,
} from '@opentelemetry/web-common';

const resource = resourceFromAttributes({ 'service.name': 'shop-web', 'service.version': '3.2.1' });
const sessionManager = createSessionManager({
  sessionIdGenerator: createDefaultSessionIdGenerator(),
  sessionStore: createLocalStorageSessionStore(),
  maxDuration: 7200,
  inactivityTimeout: 1800,
});
void sessionManager.start();

const tracerProvider = new WebTracerProvider({
  resource,
  spanProcessors: [
    createSessionSpanProcessor(sessionManager),
    new BatchSpanProcessor(new OTLPTraceExporter({ url: `${window.OTLP}/v1/traces` })),
  ],
});
tracerProvider.register({ contextManager: new ZoneContextManager() });

const loggerProvider = new LoggerProvider({
  resource,
  processors: [
    createSessionLogRecordProcessor(sessionManager),
    new BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url: `${window.OTLP}/v1/logs` }) }),
  ],
});
logs.setGlobalLoggerProvider(loggerProvider);

registerInstrumentations({
  instrumentations: [
    new DocumentLoadInstrumentation(),
    new FetchInstrumentation(),
    new XMLHttpRequestInstrumentation(),
    new UserInteractionInstrumentation(),
    new ErrorsInstrumentation(),
    new NavigationInstrumentation(),
    new NavigationTimingInstrumentation(),
    // Without this, each export is a resource whose timing is exported.
    new ResourceTimingInstrumentation({ ignoreUrls: [/\/v1\/(logs|traces)$/] }),
    new UserActionInstrumentation(),
    new WebVitalsInstrumentation(),
  ],
});
