// Dash0's SDK for the web.
import { identify, init } from '@dash0/sdk-web';

init({
  serviceName: 'shop-web',
  serviceVersion: '3.2.1',
  environment: 'production',
  endpoint: { url: window.OTLP, authToken: 'none' },
  propagators: [{ type: 'traceparent', match: [/.*/] }],
});
window.identifyUser = (id) => identify(id, { name: 'ada' });
