// HyperDX, self-hosted.
import HyperDX from '@hyperdx/browser';

HyperDX.init({
  url: window.OTLP,
  apiKey: 'none',
  service: 'shop-web',
  tracePropagationTargets: [/\/api\//i],
  consoleCapture: true,
  advancedNetworkCapture: true,
  otelResourceAttributes: { 'service.version': '3.2.1' },
});
window.identifyUser = (id) =>
  HyperDX.setGlobalAttributes({ userId: id, userEmail: 'ada@shop.example', userName: 'Ada' });
