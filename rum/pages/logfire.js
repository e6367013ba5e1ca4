// Pydantic Logfire for the browser, with the sessions and web vitals of real users.
import { getWebAutoInstrumentations } from '@opentelemetry/auto-instrumentations-web';
import * as logfire from '@pydantic/logfire-browser';

logfire.configure({
  traceUrl: `${window.OTLP}/v1/traces`,
  serviceName: 'shop-web',
  serviceVersion: '3.2.1',
  rum: { session: true, webVitals: true },
  instrumentations: [getWebAutoInstrumentations()],
});
