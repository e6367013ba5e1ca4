// Splunk RUM, told to send OTLP.
import { SplunkRum } from '@splunk/otel-web';

SplunkRum.init({
  beaconEndpoint: `${window.OTLP}/v1/traces`,
  // Plain HTTP, which a test on loopback may.
  allowInsecureBeacon: true,
  exporter: { otlp: true },
  rumAccessToken: 'none',
  applicationName: 'shop-web',
  deploymentEnvironment: 'production',
  version: '3.2.1',
});
window.identifyUser = (id) => SplunkRum.setGlobalAttributes({ 'enduser.id': id });
