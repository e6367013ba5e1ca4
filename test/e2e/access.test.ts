import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { OpenApi } from '../support/every-answer.js';
import { isOnPostgres } from '../support/on-postgres.js';
import { makeTemporaryDirectory, runCommand, startServer, type TestServer } from '../support/server.js';
import { tracesJson } from '../support/telemetry.js';
import { TestDatabase } from '../support/test-database.js';

const SESSIONS = '/api/v1/sessions';
const NOW_NS = BigInt(Date.now()) * 1_000_000n;
const LIMIT_MS = 60_000;

interface Problem {
  readonly type: string;
  readonly status: number;
  readonly detail: string;
}

/** A span of a session. By default all have the same ids. */
const traces = (session: string, trace = 'a'): string =>
  tracesJson([{ trace, span: '1', start: NOW_NS, end: NOW_NS + 1n, attributes: { 'session.id': session } }]);

describe('a server that asks for keys', () => {
  const data = makeTemporaryDirectory();
  let database: TestDatabase | undefined;
  let server: TestServer;
  let place: readonly string[];
  const keys: Record<string, string> = {};

  /** Makes a key as an operator does. */
  async function create(...flags: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await runCommand('keys', 'create', '--name', 'test', ...flags, ...place);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^sjn_[0-9A-Za-z]{48}\n$/);
    assert.ok(!stderr.includes(stdout.trim()));
    return stdout.trim();
  }

  const idOf = (key: string): string => key.slice(4, 16);
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

  before(async () => {
    if (isOnPostgres) database = await TestDatabase.create();
    place = database === undefined ? ['--data', data] : ['--store', database.url];
    const start = ['serve', '--host', '0.0.0.0', '--port', '0', '--grpc-port', '0', ...place];
    const refused = await runCommand(...start);
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /no API key yet; make the first one with: .*keys create --name admin --scope admin/,
    );
    keys.admin = await create('--scope', 'admin', '--all-projects');
    server = await startServer({
      data,
      ...(database && { database }),
      flags: ['--host', '0.0.0.0'],
      until: 'answering',
    });
    keys.sender = await create('--scope', 'ingest', '--project', 'shop');
    keys.reader = await create('--scope', 'read', '--project', 'shop');
    keys.other = await create('--scope', 'read,ingest', '--project', 'blog');
    keys.all = await create('--scope', 'read,ingest', '--all-projects');
    keys.page = await create(
      '--scope',
      'ingest-browser',
      '--project',
      'shop',
      '--origin',
      'https://*.shop.example',
      '--rate',
      '3',
    );
  });
  after(async () => {
    await server?.dispose();
    await database?.close();
    rmSync(data, { recursive: true, force: true });
  });

  const send = (
    key: string,
    session: string,
    headers: Record<string, string> = {},
    trace?: string,
  ): Promise<Response> => server.post('/v1/traces', traces(session, trace), { 'x-api-key': key, ...headers });
  const read = (key: string, path = SESSIONS, headers: Record<string, string> = {}): Promise<Response> =>
    server.fetch(path, { headers: { ...bearer(key), ...headers } });
  async function idsSeen(key: string, path?: string, headers?: Record<string, string>): Promise<string[]> {
    const response = await read(key, path, headers);
    assert.equal(response.status, 200);
    const { items } = (await response.json()) as { items: { 'session.id': string }[] };
    return items.map((item) => item['session.id']).sort();
  }

  it('answers without a key on public routes only, and says on all others which scope is missing', async () => {
    const document = (await (await server.fetch('/openapi.json')).json()) as OpenApi;
    const open: string[] = [];
    const admin: string[] = [];
    const scoring: string[] = [];
    for (const [route, methods] of Object.entries(document.paths)) {
      if (route.startsWith('/v1/')) continue;
      for (const method of Object.keys(methods)) {
        const path = route.replace(/\{\w+\}/g, 'x');
        const ask = async (headers: Record<string, string>): Promise<[Response, Problem | undefined]> => {
          const response = await server.fetch(path, { method: method.toUpperCase(), headers });
          const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
          return [response, isProblem ? ((await response.json()) as Problem) : undefined];
        };
        const [bare, problem] = await ask({});
        if (bare.status !== 401) {
          open.push(route);
          continue;
        }
        assert.equal(problem?.type, '/problems/access.unauthenticated', path);
        const [, needed] = /scope="(\w+)"/.exec(bare.headers.get('www-authenticate') ?? '') ?? [];
        assert.ok(problem.detail.includes(`with the scope ${needed}`), problem.detail);
        if (needed === 'admin') admin.push(`${method} ${route}`);
        else if (needed === 'score') scoring.push(`${method} ${route}`);
        else assert.equal(needed, 'read', path);

        const [lacking, missing] = await ask(bearer(keys.sender!));
        assert.equal(lacking.status, 403, path);
        assert.equal(missing?.type, '/problems/access.scope_missing');
        assert.ok(lacking.headers.get('www-authenticate')?.includes(`scope="${needed}"`));
        const [reading] = await ask(bearer(keys.reader!));
        const isRefused = needed !== 'read' || route === '/metrics';
        assert.equal(reading.status === 403, isRefused, `${path}: ${reading.status}`);
      }
    }
    assert.deepEqual(open.sort(), [
      '/api/v1/sign-in',
      '/healthz',
      '/openapi.json',
      '/problems/{code}',
      '/readyz',
    ]);
    assert.deepEqual(scoring.sort(), [
      'delete /api/v1/sessions/by-id/scores/{scoreId}',
      'delete /api/v1/sessions/{sessionId}/scores/{scoreId}',
      'post /api/v1/sessions/by-id/scores',
      'post /api/v1/sessions/{sessionId}/scores',
    ]);
    assert.deepEqual(admin.sort(), [
      'delete /api/v1/alerts/{alertId}',
      'delete /api/v1/sessions',
      'delete /api/v1/sessions/by-id',
      'delete /api/v1/sessions/{sessionId}',
      'delete /api/v1/sign-ins/{signIn}',
      'delete /api/v1/users/{userId}',
      'delete /api/v1/views/{viewName}',
      'get /api/v1/alerts',
      'get /api/v1/alerts/{alertId}',
      'get /api/v1/audit',
      'get /api/v1/retention',
      'get /api/v1/sign-ins',
      'post /api/v1/alerts',
      'post /api/v1/alerts/{alertId}/test',
      'post /api/v1/sessions/by-id/invalidate',
      'post /api/v1/sessions/{sessionId}/invalidate',
      'put /api/v1/alerts/{alertId}',
      'put /api/v1/views/{viewName}',
    ]);
  });

  it('takes telemetry with the scope ingest, and answers others as OTLP does', async () => {
    for (const signal of ['traces', 'logs', 'metrics']) {
      const refuse = async (headers: Record<string, string>): Promise<[number, string | null, object]> => {
        const response = await server.post(`/v1/${signal}`, '{}', headers);
        const challenge = response.headers.get('www-authenticate');
        return [response.status, challenge, (await response.json()) as object];
      };
      const [without, challenge, body] = await refuse({});
      assert.equal(without, 401);
      assert.match(challenge ?? '', /^Bearer realm="sojourn", scope="ingest"$/);
      assert.match((body as { message: string }).message, /needs an API key with the scope ingest/);
      assert.equal((body as { code: number }).code, status.UNAUTHENTICATED);
      const [lacking, , because] = await refuse(bearer(keys.reader!));
      assert.equal(lacking, 403);
      assert.deepEqual(because, {
        code: status.PERMISSION_DENIED,
        message: 'this needs the scope ingest; the key has read',
      });
      assert.equal((await server.post(`/v1/${signal}`, '{}', bearer(keys.sender!))).status, 200);
    }
    const wrong = await send(`${keys.sender!.slice(0, -1)}!`, 's');
    assert.equal(wrong.status, 401);
    assert.match(((await wrong.json()) as { message: string }).message, /was not copied whole/);
  });

  it('takes telemetry over gRPC with the key in the metadata', async () => {
    const client = new Client(`127.0.0.1:${new URL(server.grpcUrl).port}`, credentials.createInsecure());
    const service = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
    const call = (headers: Record<string, string>): Promise<number> =>
      new Promise((resolve) => {
        const metadata = new Metadata();
        for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
        const same = (bytes: Buffer): Buffer => bytes;
        client.makeUnaryRequest(
          service,
          same,
          same,
          Buffer.alloc(0),
          metadata,
          { deadline: Date.now() + LIMIT_MS },
          (error: ServiceError | null) => resolve(error?.code ?? status.OK),
        );
      });
    assert.equal(await call({}), status.UNAUTHENTICATED);
    assert.equal(await call({ 'x-api-key': keys.reader! }), status.PERMISSION_DENIED);
    assert.equal(await call({ 'x-api-key': keys.sender! }), status.OK);
    assert.equal(await call(bearer(keys.sender!)), status.OK);
    client.close();
  });

  it('takes telemetry of an SDK that has the key by OTEL_EXPORTER_OTLP_HEADERS', async () => {
    process.env.OTEL_EXPORTER_OTLP_HEADERS = `x-api-key=${keys.sender}`;
    const exporter = new OTLPTraceExporter({
      url: `${server.httpUrl.replace('0.0.0.0', '127.0.0.1')}/v1/traces`,
    });
    delete process.env.OTEL_EXPORTER_OTLP_HEADERS;
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    provider
      .getTracer('test')
      .startSpan('by sdk', { attributes: { 'session.id': 'by-sdk' } })
      .end();
    await provider.forceFlush();
    await provider.shutdown();
    assert.ok((await idsSeen(keys.reader!)).includes('by-sdk'));
  });

  it('keeps projects apart: each key sees its own, and telemetry goes to that of its key', async () => {
    assert.equal((await send(keys.sender!, 'of-shop')).status, 200);
    assert.equal((await send(keys.other!, 'of-blog')).status, 200);
    assert.equal((await send(keys.all!, 'of-default')).status, 200);
    assert.equal((await send(keys.all!, 'of-third', { 'x-sojourn-project': 'third' })).status, 200);
    assert.ok((await idsSeen(keys.reader!)).includes('of-shop'));
    assert.deepEqual(await idsSeen(keys.other!), ['of-blog']);
    assert.deepEqual(await idsSeen(keys.all!), ['of-default']);
    assert.deepEqual(await idsSeen(keys.all!, `${SESSIONS}?project=blog`), ['of-blog']);
    assert.deepEqual(await idsSeen(keys.all!, SESSIONS, { 'x-sojourn-project': 'third' }), ['of-third']);
    assert.deepEqual(await idsSeen(keys.all!, `${SESSIONS}?project=none`), []);
    assert.equal((await read(keys.other!, `${SESSIONS}/of-shop`)).status, 404);
    const trace = `/api/v1/traces/${'a'.padStart(32, '0')}`;
    const seen = await Promise.all(
      [keys.reader!, keys.other!].map(async (key) => (await read(key, trace)).text()),
    );
    assert.ok(seen[0]!.includes('of-shop') && !seen[0]!.includes('of-blog'));
    assert.ok(seen[1]!.includes('of-blog') && !seen[1]!.includes('of-shop'));

    // Exports and the command line see the same.
    const exported = await read(keys.other!, '/api/v1/exports/sessions?format=otlp');
    const file = await exported.text();
    assert.ok(file.includes('of-blog') && !file.includes('of-shop'));
    const list = (...flags: string[]) => runCommand('sessions', 'list', '--server', server.httpUrl, ...flags);
    const { stdout, stderr } = await list('--key', keys.all!);
    assert.ok(stdout.includes('of-default') && !stdout.includes('of-blog'));
    assert.match(stderr, /^This is the project default; --project reads another: blog, .*shop/m);
    assert.equal((await list('--key', keys.all!, '--project', 'blog')).stderr, '');
    assert.equal((await list('--key', keys.other!)).stderr, '');

    for (const [path, headers] of [
      [`${SESSIONS}?project=shop`, {}],
      [SESSIONS, { 'x-sojourn-project': 'shop' }],
      ['/metrics', {}],
    ] as const) {
      const refused = await read(keys.other!, path, headers);
      assert.equal(refused.status, 403, path);
      assert.equal(((await refused.json()) as Problem).type, '/problems/access.project_forbidden');
    }
    assert.equal((await send(keys.other!, 'x', { 'x-sojourn-project': 'shop' })).status, 403);
    assert.equal((await read(keys.all!, `${SESSIONS}?project=No%20Name`)).status, 400);
    assert.equal((await read(keys.all!, '/metrics')).status, 200);

    const projects = async (key: string): Promise<string[]> => {
      const { items } = (await (await read(key, '/api/v1/projects')).json()) as { items: { name: string }[] };
      return items.map(({ name }) => name);
    };
    assert.deepEqual(await projects(keys.other!), ['blog']);
    assert.deepEqual(await projects(keys.all!), ['blog', 'default', 'shop', 'third']);
  });

  it('streams the changes of one project', async () => {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(LIMIT_MS)]);
    const response = await server.fetch(`${SESSIONS}/stream`, { headers: bearer(keys.other!), signal });
    assert.equal(response.status, 200);
    assert.equal((await send(keys.sender!, 'new-of-shop', {}, 'b')).status, 200);
    assert.equal((await send(keys.other!, 'new-of-blog', {}, 'b')).status, 200);
    let text = '';
    for await (const part of response.body!) {
      text += Buffer.from(part as Uint8Array).toString();
      if (text.includes('new-of-blog')) break;
    }
    stop.abort();
    assert.ok(!text.includes('new-of-shop'), text);
  });

  it('lets pages send with a key for their origin, so many times a minute, and nothing else', async () => {
    const origin = 'https://www.shop.example';
    const preflight = await server.fetch('/v1/traces', {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-api-key',
      },
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('access-control-allow-origin'), origin);
    assert.equal(preflight.headers.get('access-control-allow-headers'), 'x-api-key');
    const foreign = await send(keys.page!, 'x', { origin: 'https://evil.example' });
    assert.equal(foreign.status, 403);
    assert.equal(foreign.headers.get('access-control-allow-origin'), null);
    assert.equal((await send(keys.page!, 'x')).status, 403, 'no page');
    assert.equal((await send(keys.sender!, 'x', { origin })).status, 403, 'not a key of the page');
    assert.equal((await read(keys.page!)).status, 403);
    for (let i = 0; i < 3; i++)
      assert.equal((await send(keys.page!, 'of-page', { origin }, 'c')).status, 200);
    const tooMany = await send(keys.page!, 'of-page', { origin }, 'c');
    assert.equal(tooMany.status, 429);
    assert.ok(Number(tooMany.headers.get('retry-after')) > 0);
    assert.ok((await idsSeen(keys.reader!)).includes('of-page'));
  });

  it('refuses a revoked and an expired key at once, and says so', async () => {
    const key = await create('--scope', 'read', '--all-projects', '--expires', '30d');
    assert.equal((await read(key)).status, 200);
    const revoked = await runCommand('keys', 'revoke', idOf(key), ...place);
    assert.deepEqual([revoked.code, revoked.stdout], [0, `Revoked the key ${idOf(key)}.\n`]);
    const refused = await read(key);
    assert.equal(refused.status, 401);
    assert.match(((await refused.json()) as Problem).detail, /was revoked/);
    const unknown = await runCommand('keys', 'revoke', 'nothing', ...place);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /there is no key nothing/);
  });

  it('tells admins what was done, by whom, page by page', async () => {
    assert.equal(
      (
        await server.fetch(`${SESSIONS}/of-blog/invalidate?project=blog`, {
          method: 'POST',
          headers: bearer(keys.admin!),
        })
      ).status,
      204,
    );
    const audit = async (path: string) =>
      (await (await read(keys.admin!, path)).json()) as {
        items: { action: string; subject: string; actor: string; project?: string }[];
        next_cursor?: string;
      };
    const first = await audit('/api/v1/audit?limit=1');
    assert.deepEqual(
      first.items.map(({ action, subject, actor, project }) => [action, subject, actor, project]),
      [['session.invalidated', 'of-blog', `key:${idOf(keys.admin!)}`, 'blog']],
    );
    const next = await audit(`/api/v1/audit?limit=1&cursor=${encodeURIComponent(first.next_cursor!)}`);
    assert.equal(next.items[0]?.action, 'key.revoked');
    const ofShop = await audit('/api/v1/audit?project=shop');
    assert.deepEqual(
      ofShop.items.map(({ subject }) => subject),
      [keys.page!, keys.reader!, keys.sender!].map(idOf),
    );
    const all = await audit('/api/v1/audit');
    const settings = all.items.filter(({ action }) => action === 'settings.changed');
    assert.deepEqual(
      settings.map(({ actor }) => actor),
      ['server'],
    );
    const printed = await runCommand('audit', '--json', '--limit', '1', ...place);
    assert.deepEqual(JSON.parse(printed.stdout), first.items[0]);
  });

  it('knows when keys were last used, also after it has stopped', async () => {
    assert.equal(await server.stop(), 0);
    const { stdout } = await runCommand('keys', 'list', '--json', ...place);
    const listed = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; state: string; last_used?: string; scopes: string[] });
    const reader = listed.find(({ id }) => id === idOf(keys.reader!))!;
    assert.deepEqual([reader.state, reader.scopes], ['valid', ['read']]);
    assert.ok(Math.abs(Date.now() - Date.parse(reader.last_used!)) < 600_000);
    assert.ok(!stdout.includes(keys.reader!.slice(16)));
  });
});

it('on loopback no key is needed, and one that is given is checked all the same', async () => {
  const server = await startServer();
  try {
    assert.equal((await server.post('/v1/traces', traces('s'))).status, 200);
    assert.equal((await server.fetch(SESSIONS)).status, 200);
    assert.equal((await server.fetch(SESSIONS, { headers: { 'x-api-key': 'sjn_no' } })).status, 401);
    // SDKs of other services bring tokens of these.
    const foreign = { authorization: 'Bearer of-another-service' };
    assert.equal((await server.post('/v1/traces', traces('s'), foreign)).status, 200);
    assert.equal(
      (await server.post('/v1/traces', traces('s'), { ...foreign, 'x-api-key': 'sjn_no' })).status,
      401,
    );
  } finally {
    await server.dispose();
  }
});
