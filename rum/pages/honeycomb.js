// Honeycomb's distribution of OpenTelemetry for the web, sent to a collector.
import { HoneycombWebSDK } from '@honeycombio/opentelemetry-web';
import { getWebAutoInstrumentations } from '@opentelemetry/auto-instrumentations-web';

new HoneycombWebSDK({
  endpoint: window.OTLP,
  skipOptionsValidation: true,
  serviceName: 'shop-web',
  serviceVersion: '3.2.1',
  instrumentations: [getWebAutoInstrumentations()],
}).start();
