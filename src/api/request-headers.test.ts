import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isForeignPage } from './request-headers.js';

test('tools and the server’s own pages are not foreign', () => {
  assert.equal(isForeignPage({ host: 'localhost:4318' }), false);
  assert.equal(isForeignPage({ host: 'localhost:4318', origin: 'http://localhost:4318' }), false);
  assert.equal(isForeignPage({ host: 'LOCALHOST:4318', origin: 'http://localhost:4318' }), false);
  assert.equal(isForeignPage({ host: 'example.com:443', origin: 'https://example.com' }), false);
  assert.equal(isForeignPage({ host: '[::1]:4318', origin: 'http://[::1]:4318' }), false);
  for (const site of ['same-origin', 'none']) {
    assert.equal(isForeignPage({ host: 'a', origin: 'http://a', 'sec-fetch-site': site }), false);
  }
});

test('the browser’s own origin is trusted behind a proxy that rewrites Host', () => {
  const headers = {
    host: '127.0.0.1:4318',
    origin: 'https://sojourn.example',
    'sec-fetch-site': 'same-origin',
  };
  assert.equal(isForeignPage(headers), false);
  assert.equal(isForeignPage({ ...headers, 'sec-fetch-site': 'none' }), true);
});

test('pages of any other origin are foreign', () => {
  const host = 'localhost:4318';
  for (const origin of [
    'http://localhost',
    'http://localhost:4319',
    'http://evil.example',
    'null',
    '',
    'file://',
  ]) {
    assert.equal(isForeignPage({ host, origin }), true, origin);
  }
  assert.equal(isForeignPage({ origin: 'http://localhost:4318' }), true);
  for (const site of ['cross-site', 'same-site']) {
    assert.equal(isForeignPage({ host, origin: `http://${host}`, 'sec-fetch-site': site }), true);
    assert.equal(isForeignPage({ host, 'sec-fetch-site': site }), true);
  }
});
