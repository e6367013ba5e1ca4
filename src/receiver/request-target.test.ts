import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { toOriginForm } from './request-target.js';

function after(url: string): [url: string | undefined, host: string | undefined] {
  const request = { url, headers: { host: 'first.example' } } as unknown as IncomingMessage;
  toOriginForm(request);
  return [request.url, request.headers.host];
}

test('a target in absolute form becomes one in origin form, with the host that it names', () => {
  assert.deepEqual(after('http://localhost:4318/v1/traces'), ['/v1/traces', 'localhost:4318']);
  assert.deepEqual(after('HTTPS://b.example/a?c=http://d/'), ['/a?c=http://d/', 'b.example']);
  assert.deepEqual(after('http://b.example'), ['/', 'b.example']);
  assert.deepEqual(after('http://b.example?c'), ['/?c', 'b.example']);
  assert.deepEqual(after('http://user@b.example:1/a'), ['/a', 'b.example:1']);
  assert.deepEqual(after('http:///a'), ['/a', '']);
});

test('every other target stays as it is', () => {
  for (const url of ['/v1/traces', '/http://b.example/', '*', 'b.example:443', 'ftp://b.example/']) {
    assert.deepEqual(after(url), [url, 'first.example']);
  }
});
