import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { spanBatch } from '../../test/support/telemetry.js';
import { AttributeNormalizer } from './attribute-normalizer.js';
import { DEFAULT_QUIET_ROUTES, QuietRoutes, quietPatterns, routePattern } from './quiet-routes.js';

type Attributes = Record<string, string | number>;

const SERVER = 2;

function isQuiet(patterns: readonly string[], attributes: Attributes, kind = SERVER): boolean {
  const normalizer = new AttributeNormalizer(undefined, undefined, {
    quietRoutes: new QuietRoutes(patterns),
  });
  const span = { trace: '1', span: '1', kind, start: 1n, end: 2n, attributes };
  return spanBatch(normalizer, [span]).quiet[0] === 1;
}

test('a pattern is a method, a path, or both', () => {
  for (const [text, kept] of [
    ['/healthz', '/healthz'],
    [' /internal/* ', '/internal/*'],
    ['options', 'OPTIONS'],
    ['get  /status', 'GET /status'],
    ['/', '/'],
    ['/*', '/*'],
  ] as const) {
    assert.equal(routePattern(text), kept);
    assert.equal(routePattern(kept), kept);
  }
  for (const text of [
    '',
    'healthz',
    '*',
    '/a*b',
    '/a?b',
    'GET status',
    'GET /a /b',
    'BREW /tea',
    `/${'x'.repeat(256)}`,
  ]) {
    assert.equal(routePattern(text), undefined, text);
  }
  for (const text of DEFAULT_QUIET_ROUTES) assert.equal(routePattern(text), text);
});

test('the defaults replace their word, each once, whatever the order', () => {
  assert.deepEqual(quietPatterns(['/b', 'default', '/a']), quietPatterns(['/a', '/b', '/ping', 'default']));
  assert.equal(quietPatterns(['default', '/own']).length, DEFAULT_QUIET_ROUTES.length + 1);
  assert.deepEqual(quietPatterns([]), []);
});

test('requests of the usual probes are quiet by default, and those of visitors are not', () => {
  const quiet: Attributes[] = [
    { 'http.request.method': 'OPTIONS', 'url.path': '/api/cart' },
    { 'http.method': 'OPTIONS', 'http.target': '/api/cart?x=1' },
    { 'http.request.method': 'GET', 'url.path': '/healthz' },
    { 'http.method': 'HEAD', 'http.target': '/readyz?verbose' },
    { 'http.target': '/health/' },
    { 'http.url': 'http://10.0.0.7:8080/livez#top' },
    { 'url.full': 'https://shop.example/metrics?format=text' },
    { 'http.route': '/healthz', 'url.path': '/service/healthz' },
    { 'http.route': '/*', 'url.path': '/favicon.ico' },
    { 'url.path': '/actuator/health/liveness' },
    { 'rpc.system': 'grpc', 'rpc.service': 'grpc.health.v1.Health', 'rpc.method': 'Check' },
    { 'rpc.method': 'grpc.health.v1.Health/Watch' },
    { 'url.path': '/ping', 'http.response.status_code': 404 },
  ];
  for (const attributes of quiet) {
    assert.ok(isQuiet(DEFAULT_QUIET_ROUTES, attributes), JSON.stringify(attributes));
    assert.ok(!isQuiet([], attributes));
    assert.ok(!isQuiet(DEFAULT_QUIET_ROUTES, attributes, 3), 'a caller is no server');
    assert.ok(!isQuiet(DEFAULT_QUIET_ROUTES, { ...attributes, 'session.id': 's' }));
    assert.ok(!isQuiet(DEFAULT_QUIET_ROUTES, { ...attributes, 'http.response.status_code': 503 }));
    assert.ok(!isQuiet(DEFAULT_QUIET_ROUTES, { ...attributes, 'http.status_code': '500' }));
  }
  const loud: Attributes[] = [
    {},
    { 'http.request.method': 'GET' },
    { 'http.request.method': 'GET', 'url.path': '/' },
    { 'url.path': '/healthzz' },
    { 'url.path': '/Health' },
    { 'url.path': 'health' },
    { 'http.target': '/?next=/healthz' },
    { 'url.full': 'https://healthz/' },
    { 'url.path': `/health/${'x'.repeat(5000)}` },
    { 'rpc.service': 'shop.Health', 'rpc.method': 'Check' },
    { 'url.path': '__proto__', 'http.request.method': 'constructor' },
  ];
  for (const attributes of loud)
    assert.ok(!isQuiet(DEFAULT_QUIET_ROUTES, attributes), JSON.stringify(attributes));
});

test('a pattern with a method matches only that method', () => {
  const patterns = ['GET /status', 'POST /hooks/*'];
  const request = (method: string, path: string) => ({ 'http.request.method': method, 'url.path': path });
  assert.ok(isQuiet(patterns, request('get', '/status')));
  assert.ok(!isQuiet(patterns, request('POST', '/status')));
  assert.ok(!isQuiet(patterns, { 'url.path': '/status' }));
  assert.ok(isQuiet(patterns, request('POST', '/hooks/deploy')));
  assert.ok(!isQuiet(patterns, request('POST', '/hooks')));
  assert.ok(!isQuiet(patterns, request('GET', '/hooks/deploy')));
});

test('the documentation lists the defaults', () => {
  const text = readFileSync(new URL('../../../docs/traffic.md', import.meta.url), 'utf8');
  assert.ok(text.includes(`${DEFAULT_QUIET_ROUTES.map((route) => `\`${route}\``).join(', ')}.`));
});
