// Grafana Faro with its tracing and its OTLP transport.
import { OtlpHttpTransport } from '@grafana/faro-transport-otlp-http';
import { getWebInstrumentations, initializeFaro } from '@grafana/faro-web-sdk';
import { TracingInstrumentation } from '@grafana/faro-web-tracing';

const faro = initializeFaro({
  app: { name: 'shop-web', version: '3.2.1', environment: 'production' },
  instrumentations: [...getWebInstrumentations(), new TracingInstrumentation()],
  transports: [
    new OtlpHttpTransport({ logsURL: `${window.OTLP}/v1/logs`, tracesURL: `${window.OTLP}/v1/traces` }),
  ],
});
window.identifyUser = (id) => faro.api.setUser({ id, username: 'ada' });
