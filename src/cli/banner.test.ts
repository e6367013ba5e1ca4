import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Announced, banner } from './banner.js';

const LOCAL: Announced = {
  version: '1.2.3',
  httpUrl: 'http://127.0.0.1:4318',
  grpcUrl: 'http://127.0.0.1:4317',
  basePath: '',
  data: '/data',
  isKeyNeeded: false,
  networkAddress: '192.0.2.7',
  typed: (command, args) => `sojourn ${command} ${args}`.trimEnd(),
};

test('the banner of a server on loopback names where to send, and no key', () => {
  const text = banner(LOCAL);
  assert.match(
    text,
    /OTEL_EXPORTER_OTLP_ENDPOINT=http:\/\/127\.0\.0\.1:4318 OTEL_EXPORTER_OTLP_PROTOCOL=http\/protobuf\n/,
  );
  assert.match(text, /at hand\? sojourn demo\n/);
  assert.doesNotMatch(text, /Elsewhere|KEY/);
});

test('the banner of a server on all addresses names those that one can send to, and how to make a key', () => {
  for (const host of ['0.0.0.0', '[::]']) {
    const text = banner({
      ...LOCAL,
      httpUrl: `https://${host}:443`,
      grpcUrl: `https://${host}:4317`,
      basePath: '/sojourn',
      isKeyNeeded: true,
    });
    assert.ok(!text.includes(host), text);
    assert.match(text, /Web page {3}https:\/\/127\.0\.0\.1:443\/sojourn\/\n/);
    assert.match(text, /Elsewhere {2}https:\/\/192\.0\.2\.7:443\n/);
    assert.match(text, /OTEL_EXPORTER_OTLP_HEADERS=x-api-key=KEY\n/);
    assert.match(text, /sojourn keys create --name NAME --scope ingest --project default makes one/);
    assert.match(text, /sojourn demo --endpoint https:\/\/127\.0\.0\.1:443 --key KEY\n/);
  }
  assert.doesNotMatch(
    banner({ ...LOCAL, httpUrl: 'http://0.0.0.0:1', networkAddress: undefined }),
    /Elsewhere/,
  );
});
