import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { isForeignPage, requestIdOf } from './request-headers.js';

const requestId = (given?: string) =>
  requestIdOf({ headers: { 'x-request-id': given } } as unknown as IncomingMessage);

test('a request keeps a valid id', () => {
  for (const id of ['a', 'A-b_c.9', 'x'.repeat(128)]) assert.equal(requestId(id), id);
});

test('a request without an id, or with an invalid one, gets a new id', () => {
  for (const id of [undefined, '', 'x'.repeat(129), 'a b', 'a\u0000', 'ä', '<script>', 'a,b']) {
    assert.match(requestId(id), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

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
