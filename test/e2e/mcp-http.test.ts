import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { makeTemporaryDirectory, runCommand, startServer, type TestServer } from '../support/server.js';
import { chatSpan, tracesJson } from '../support/telemetry.js';

/** `/mcp` of a server that asks for keys, with the official client. */

let server: TestServer;
let data: string;
const keys: Record<string, string> = {};

async function keyFor(name: string, ...flags: string[]): Promise<void> {
  const args = ['--name', name, '--data', data, ...flags];
  const { code, stdout, stderr } = await runCommand('keys', 'create', ...args);
  assert.equal(code, 0, stderr);
  keys[name] = /sjn_\w+/.exec(stdout)![0];
}

before(async () => {
  data = makeTemporaryDirectory();
  await keyFor('sender of shop', '--scope', 'ingest', '--project', 'shop');
  await keyFor('sender of blog', '--scope', 'ingest', '--project', 'blog');
  await keyFor('reader of shop', '--scope', 'read', '--project', 'shop');
  await keyFor('reader of all', '--scope', 'read', '--all-projects');
  server = await startServer({ data, flags: ['--require-keys'], until: 'answering' });
  for (const project of ['shop', 'blog']) {
    const span = chatSpan(1, { 'session.id': `of-${project}` }, { resource: { 'service.name': 'agent' } });
    const headers = { authorization: `Bearer ${keys[`sender of ${project}`]}` };
    assert.equal((await server.post('/v1/traces', tracesJson([span]), headers)).status, 200);
  }
});

after(async () => {
  await server?.dispose();
  rmSync(data, { recursive: true, force: true });
});

async function connected(
  key: string,
  headers: Record<string, string> = {},
  version?: string,
): Promise<Client> {
  const client = new Client(
    { name: 'test', version: '1.0.0' },
    version === undefined
      ? { versionNegotiation: { mode: { pin: '2026-07-28' } } }
      : { supportedProtocolVersions: [version] },
  );
  const requestInit = { headers: { authorization: `Bearer ${keys[key]}`, ...headers } };
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', server.httpUrl), { requestInit }));
  return client;
}

async function listed(client: Client): Promise<string> {
  const { content } = await client.callTool({ name: 'list_sessions', arguments: {} });
  return (content as { text: string }[]).map(({ text }) => text).join('\n');
}

async function post(headers: Record<string, string>, body = '{}'): Promise<number> {
  const request = httpRequest(`${server.httpUrl}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
  });
  request.end(body);
  const [response] = await once(request, 'response');
  response.resume();
  return response.statusCode as number;
}

describe('/mcp', () => {
  for (const version of [undefined, '2025-11-25', '2025-06-18']) {
    it(`serves tools to a client of ${version ?? 'today'}`, async () => {
      const client = await connected('reader of shop', {}, version);
      const { tools } = await client.listTools();
      assert.ok(tools.some(({ name }) => name === 'list_sessions'));
      const text = await listed(client);
      assert.match(text, /of-shop/);
      assert.doesNotMatch(text, /of-blog/);
      await client.close();
    });
  }

  it('sees the project that a key of all projects asks for, and no other', async () => {
    const client = await connected('reader of all', { 'x-sojourn-project': 'blog' });
    const text = await listed(client);
    assert.match(text, /of-blog/);
    assert.doesNotMatch(text, /of-shop/);
    await client.close();
  });

  it('refuses callers without a key, the scope or the project, pages of others and foreign hosts', async () => {
    const authorization = `Bearer ${keys['reader of shop']}`;
    assert.equal(await post({}), 401);
    assert.equal(await post({ authorization: `Bearer ${keys['sender of shop']}` }), 403);
    assert.equal(await post({ authorization, 'x-sojourn-project': 'blog' }), 403);
    assert.equal(await post({ authorization, origin: 'https://evil.example' }), 403);
    assert.equal(await post({ authorization, host: 'evil.example' }), 403);
    assert.equal(await post({ authorization }, 'no JSON'), 400);
    const { status, headers } = await server.fetch('/mcp', { headers: { authorization } });
    assert.deepEqual([status, headers.get('allow')], [405, 'POST']);
  });
});
