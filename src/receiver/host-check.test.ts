import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { hostAllowed, refuseHost, requestAllowed } from './host-check.js';

const CASES: readonly (readonly [string | undefined, boolean])[] = [
  ['localhost', true],
  ['localhost:4318', true],
  ['LOCALHOST:4318', true],
  ['app.localhost:80', true],
  ['127.0.0.1', true],
  ['127.0.0.1:4318', true],
  ['127.255.3.4:1', true],
  ['[::1]', true],
  ['[::1]:4318', true],
  ['sojourn.internal', true],
  ['Sojourn.Internal:4318', true],
  ['192.168.1.7:4318', true],
  ['[fe80::1]:4318', true],
  [undefined, false],
  ['', false],
  [':4318', false],
  ['evil.example', false],
  ['evil.example:4318', false],
  ['localhost.evil.example', false],
  ['127.0.0.1.evil.example', false],
  ['evillocalhost', false],
  ['128.0.0.1', false],
  ['127.0.0.256', false],
  ['0.0.0.0:4318', false],
  ['[::]:4318', false],
  ['[::2]', false],
  ['::1', false],
  ['localhost@evil.example', false],
  ['localhost/evil.example', false],
  ['localhost evil.example', false],
  ['localhost,evil.example', false],
  ['localhost:4318:80', false],
  ['localhost:http', false],
  ['[localhost', false],
  ['192.168.1.8', false],
];

test('accepts only loopback and configured names', () => {
  const allowed = ['sojourn.internal', '192.168.1.7', 'FE80::1'];
  for (const [host, expected] of CASES) assert.equal(hostAllowed(host, allowed), expected, String(host));
});

test('refuses with a problem document that names the remedy', async (t) => {
  const server = createServer((_request, response) => refuseHost('/', response)).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  assert.equal(answer.status, 403);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
  const problem = (await answer.json()) as { type: string; status: number; detail: string; instance: string };
  assert.equal(problem.type, '/problems/host.forbidden');
  assert.equal(problem.instance, '/');
  assert.equal(problem.status, 403);
  assert.match(problem.detail, /--allowed-hosts/);
});

test('HTTP/1.0 may lack a Host, but not have a foreign one', () => {
  const request = (httpVersion: string, host?: string) =>
    ({ httpVersion, headers: host === undefined ? {} : { host } }) as IncomingMessage;
  assert.equal(requestAllowed(request('1.0'), []), true);
  assert.equal(requestAllowed(request('1.0', 'evil.example'), []), false);
  assert.equal(requestAllowed(request('1.1'), []), false);
  assert.equal(requestAllowed(request('1.1', 'localhost'), []), true);
});
