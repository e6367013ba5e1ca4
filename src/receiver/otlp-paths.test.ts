import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signalOfPath } from './otlp-paths.js';

test('the paths of OTLP have a signal, even with extra slashes', () => {
  for (const path of ['/v1/traces', '/v1/traces/', '//v1/traces', '/v1//traces', '///v1///traces///']) {
    assert.equal(signalOfPath(path), 'traces', path);
  }
  assert.equal(signalOfPath('/v1/logs'), 'logs');
  assert.equal(signalOfPath('/v1/metrics/'), 'metrics');
});

test('of a doubled path the last one counts', () => {
  assert.equal(signalOfPath('/v1/traces/v1/traces'), 'traces');
  assert.equal(signalOfPath('/v1/traces//v1/logs'), 'logs');
  assert.equal(signalOfPath('/v1/logs/v1/metrics/'), 'metrics');
});

test('other paths have no signal', () => {
  for (const path of [
    '',
    '/',
    '/v1',
    '/v1/trace',
    '/V1/traces',
    '/v1/tracesandmore',
    '/v1/traces/v1',
    '/v1/traces/v1/traces/v1/traces',
    '/api/v1/traces',
    'v1/traces',
    '/v1/traces/%2e',
  ]) {
    assert.equal(signalOfPath(path), undefined, path);
  }
});
