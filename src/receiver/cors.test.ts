import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CorsPolicy } from './cors.js';

const LOOPBACK = [
  'http://localhost',
  'http://localhost:3000',
  'https://shop.localhost:8443',
  'http://127.0.0.1:5173',
  'http://127.9.9.9',
  'http://[::1]:3000',
];

const ELSEWHERE = [
  'null',
  '',
  'https://evil.example',
  'https://localhost.evil.example',
  'http://evillocalhost:3000',
  'http://128.0.0.1',
  'http://[::2]:3000',
  'ftp://localhost',
  'chrome-extension://localhost',
  'http://localhost:3000/',
  'http://localhost:3000/page',
  'http://user@localhost:3000',
  'localhost:3000',
];

test('loopback allows pages of this machine and no others', () => {
  const policy = new CorsPolicy(['loopback']);
  for (const origin of LOOPBACK) assert.ok(policy.allows(origin), origin);
  for (const origin of ELSEWHERE) assert.ok(!policy.allows(origin), origin);
});

test('an exact origin is one scheme, host and port', () => {
  const policy = new CorsPolicy(['https://shop.example']);
  assert.ok(policy.allows('https://shop.example'));
  for (const origin of ['http://shop.example', 'https://shop.example:8443', 'https://a.shop.example']) {
    assert.ok(!policy.allows(origin), origin);
  }
  assert.ok(!policy.allows('http://localhost'), 'loopback was not named');
});

test('the star allows every page, an empty list none', () => {
  for (const origin of [...LOOPBACK, 'null', 'https://evil.example']) {
    assert.ok(new CorsPolicy(['*']).allows(origin), origin);
    assert.ok(!new CorsPolicy([]).allows(origin), origin);
  }
});

test('a pattern allows all hosts below a domain, with its scheme and port', () => {
  const policy = new CorsPolicy(['https://*.shop.example', 'https://*.test.example:8443']);
  for (const origin of [
    'https://www.shop.example',
    'https://a.b.shop.example',
    'https://x.test.example:8443',
  ])
    assert.ok(policy.allows(origin), origin);
  for (const origin of [
    'https://shop.example',
    'http://www.shop.example',
    'https://www.shop.example:8443',
    'https://x.test.example',
    'https://evilshop.example',
    'https://evil.example/.shop.example',
    'https://evil.example:1.shop.example',
    'https://.shop.example',
    'https://a..shop.example',
    'https://user@www.shop.example',
    'null',
  ]) {
    assert.ok(!policy.allows(origin), origin);
  }
});

test('web views of apps, and pages without an origin, are allowed by name', () => {
  const policy = new CorsPolicy(['capacitor://localhost', 'ionic://localhost', 'null']);
  for (const origin of ['capacitor://localhost', 'ionic://localhost', 'null'])
    assert.ok(policy.allows(origin), origin);
  for (const origin of ['capacitor://elsewhere', 'http://localhost', ''])
    assert.ok(!policy.allows(origin), origin);
});
