import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { encodeTraceRequest, type PlainSpan } from '../otlp-oracle.js';
import { skipOnPostgres } from '../support/on-postgres.js';
import { RawGrpcSender } from '../support/senders.js';
import {
  makeTemporaryDirectory,
  runCommand,
  runCommandWith,
  type ServerOptions,
  startServer,
  type TestServer,
} from '../support/server.js';

/** The program as its users see it: its messages, the sources of its settings, and how it starts and stops. */

const FLAG_HEADING = /^### `--([a-z-]+)`$/gm;
// From dist/test/e2e up to the package.
const CONFIGURATION = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
const SERVE_FLAGS = [...CONFIGURATION.matchAll(FLAG_HEADING)].map((match) => match[1]!);

const directories: string[] = [];
const servers: TestServer[] = [];

function directory(): string {
  const made = makeTemporaryDirectory();
  directories.push(made);
  return made;
}

/** A server for one test. */
async function serve(options: ServerOptions = {}): Promise<TestServer> {
  const server = await startServer(options);
  servers.push(server);
  return server;
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.dispose();
  for (const made of directories.splice(0)) rmSync(made, { recursive: true, force: true });
});

function portOf(url: string): string {
  return new URL(url).port;
}

describe('help', () => {
  it('names the commands, and each command its flags', async () => {
    const overview = await runCommand('--help');
    assert.deepEqual([overview.code, overview.stderr], [0, '']);
    for (const command of ['serve', 'demo', 'help', 'version']) {
      assert.match(overview.stdout, new RegExp(`^ {2}${command} +[A-Z]`, 'm'));
    }
    assert.ok(SERVE_FLAGS.length > 20);
    for (const [command, flags] of [
      ['serve', [...SERVE_FLAGS, 'config', 'help']],
      [
        'demo',
        ['endpoint', 'sessions', 'days', 'seed', 'live', 'key', 'host', 'port', 'tls-cert', 'config', 'help'],
      ],
      ['help', ['markdown']],
      ['version', []],
    ] as const) {
      const { code, stdout, stderr } = await runCommand(command, '--help');
      assert.deepEqual([code, stderr], [0, ''], command);
      assert.match(stdout, new RegExp(`^Usage: node \\S+sojourn\\.js ${command}\\b`, 'm'));
      for (const flag of flags) assert.match(stdout, new RegExp(`^ {2}(-h, )?--${flag}\\b`, 'm'));
      const named = [...stdout.matchAll(/^ {2}(?:-h, )?--([a-z-]+)/gm)].map((match) => match[1]!);
      assert.deepEqual(named.sort(), [...flags].sort(), 'and no others');
    }
  });
});

describe('a mistake on the command line', () => {
  const cases: [args: string[], message: RegExp][] = [
    [['serv'], /unknown command "serv"; did you mean serve\?/],
    [['start'], /unknown command "start"; see node \S+sojourn\.js help/],
    [['serve', '--prot', '4000'], /unknown flag --prot; did you mean --port\?/],
    [['serve', '--data'], /--data needs a value/],
    [['serve', '--port', '65536'], /--port must be a whole number from 0 to 65535, not "65536"/],
    [
      ['serve', '--log-level', 'loud'],
      /--log-level must be one of debug, info, warn, error, silent, not "loud"/,
    ],
    [['serve', '--idle-after', '1h'], /--timeout-after must be longer than --idle-after/],
    [
      ['serve', '--port', '5000', '--grpc-port', '5000'],
      /--grpc-port must differ from --port; both are 5000/,
    ],
    [['demo', '--sesions', '3'], /unknown flag --sesions; did you mean --sessions\?/],
    [['demo', '--endpoint', 'localhost'], /--endpoint must be /],
    [['demo', '--seed', '-1'], /--seed must be a whole number .*, not "-1"/],
    [['demo', 'now'], /demo takes no argument "now"/],
  ];
  it('gives one line with the remedy, and exit code 2', async () => {
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await runCommand(...args);
      assert.equal(code, 2, args.join(' '));
      assert.equal(stdout, '');
      assert.match(stderr, /^sojourn: [^\n]+\n$/);
      assert.match(stderr, message);
    }
  });

  it('is found in variables and the configuration file too, each with a line of its own', async () => {
    const config = join(directory(), 'sojourn.json');
    writeFileSync(config, JSON.stringify({ prot: 1, 'max-records': 'many' }));
    const { code, stderr } = await runCommandWith(
      { SOJOURN_LOG_FORMAT: 'xml', SOJOURN_CONFIG: config },
      ...['serve', '--user-ids', 'hide'],
    );
    assert.equal(code, 2);
    const lines = stderr.trimEnd().split('\n');
    assert.equal(lines.length, 4, stderr);
    for (const said of [
      /--user-ids .*"hide"/,
      /SOJOURN_LOG_FORMAT .*"xml"/,
      /max-records.*"many"/,
      /prot.*did you mean "port"/,
    ]) {
      assert.equal(lines.filter((line) => said.test(line)).length, 1, `${said}: ${stderr}`);
    }
  });

  it('does not create a data directory', async () => {
    const data = join(directory(), 'data');
    const { code } = await runCommand('serve', '--data', data, '--port', 'x');
    assert.equal(code, 2);
    assert.throws(() => readFileSync(data), { code: 'ENOENT' });
  });
});

describe('settings', () => {
  /** The limits of a running server, as shown by its refusals. */
  async function limits(
    server: TestServer,
  ): Promise<{ request: number; records: number; attributes: number }> {
    const answer = async (body: Uint8Array): Promise<string> =>
      (await server.post('/v1/traces', body)).text();
    const number = (text: string, pattern: RegExp): number => {
      const digits = pattern.exec(text)?.[1];
      assert.ok(digits !== undefined, text);
      return Number(digits);
    };
    const many = { attributes: Array.from({ length: 20 }, () => ({ key: 'k' })) };
    return {
      request: number(await answer(Buffer.alloc(10_000)), /larger than (\d+) bytes/),
      records: number(await answer(spans(Array.from({ length: 20 }, () => ({})))), /more than (\d+) records/),
      attributes: number(await answer(spans([{ ...span('a'), ...many }])), /more than (\d+) attributes/),
    };
  }

  it('come from flags before variables before the file before the default', async () => {
    const config = join(directory(), 'sojourn.json');
    writeFileSync(
      config,
      JSON.stringify({ 'max-request-size': '2KiB', 'max-records': 12, 'max-attributes': 12 }),
    );
    const server = await serve({
      flags: ['--config', config, '--max-attributes', '14'],
      variables: {
        SOJOURN_MAX_RECORDS: '13',
        SOJOURN_MAX_ATTRIBUTES: '13',
        SOJOURN_PORT: '1',
        SOJOURN_CONFIG: '/nowhere',
      },
    });
    assert.deepEqual(await limits(server), { request: 2048, records: 13, attributes: 14 });
  });

  it('come from the file that a variable names; an empty variable is ignored', async () => {
    const config = join(directory(), 'sojourn.json');
    writeFileSync(
      config,
      JSON.stringify({ 'max-request-size': 3000, 'max-records': '12', 'max-attributes': 12 }),
    );
    const server = await serve({ variables: { SOJOURN_CONFIG: config, SOJOURN_MAX_RECORDS: '' } });
    assert.deepEqual(await limits(server), { request: 3000, records: 12, attributes: 12 });
  });

  it('of addresses and the data directory work as variables alone', {
    skip: skipOnPostgres('data by variable'),
  }, async () => {
    const taken = await serve();
    const data = directory();
    // A taken port shows that the variable was read: nothing else would fail.
    const { code, stderr } = await runCommandWith(
      {
        SOJOURN_PORT: portOf(taken.httpUrl),
        SOJOURN_GRPC_PORT: '0',
        SOJOURN_DATA: data,
        SOJOURN_LOG_LEVEL: 'silent',
      },
      'serve',
    );
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`^sojourn: port ${portOf(taken.httpUrl)} is in use [^\\n]*\\n$`));
    assert.ok(readFileSync(join(data, 'sojourn.sqlite')).length > 0);
  });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A request whose every header is set by the test: fetch does not allow Host. */
async function ask(
  server: TestServer,
  path: string,
  headers: OutgoingHttpHeaders,
  { method = 'GET', body = '' } = {},
): Promise<Answer> {
  const url = new URL(server.httpUrl);
  const host = url.hostname === '0.0.0.0' ? '127.0.0.1' : url.hostname;
  const outgoing = httpRequest({ host, port: url.port, path, method, headers });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of incoming.setEncoding('utf8')) text += chunk;
  return { status: incoming.statusCode!, headers: incoming.headers, body: text };
}

const OTLP_POST = { method: 'POST', body: '{}' };
const JSON_TYPE = { 'content-type': 'application/json' };

describe('who may talk to a server on loopback', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({ flags: ['--allowed-hosts', 'sojourn.test'] });
  });
  after(() => server?.dispose());

  it('nobody by a foreign name, for any path', async () => {
    for (const host of ['evil.example', 'evil.example:4318', 'localhost.evil.example', '10.0.0.1']) {
      for (const path of ['/api/v1/sessions', '/healthz', '/metrics', '/openapi.json', '/nothing']) {
        const { status, headers, body } = await ask(server, path, { host });
        assert.equal(status, 403, `${host} ${path}`);
        assert.match(headers['content-type'] ?? '', /^application\/problem\+json/);
        assert.match((JSON.parse(body) as { detail: string }).detail, /--allowed-hosts/);
      }
      for (const path of ['/v1/traces', '/v1/logs', '/v1/metrics']) {
        const { status } = await ask(server, path, { host, ...JSON_TYPE }, OTLP_POST);
        assert.equal(status, 403, `${host} ${path}`);
      }
    }
  });

  it('everybody by a name of this machine or an allowed name', async () => {
    const port = portOf(server.httpUrl);
    for (const host of [
      `localhost:${port}`,
      `127.0.0.1:${port}`,
      '[::1]',
      'app.localhost',
      'sojourn.test',
      'SOJOURN.test:1',
    ]) {
      assert.equal((await ask(server, '/api/v1/sessions', { host })).status, 200, host);
      assert.equal((await ask(server, '/v1/traces', { host, ...JSON_TYPE }, OTLP_POST)).status, 200, host);
    }
  });

  it('pages of this machine may send, and only send', async () => {
    for (const origin of ['http://localhost:3000', 'https://127.0.0.1', 'http://shop.localhost']) {
      const sent = await ask(server, '/v1/traces', { origin, ...JSON_TYPE }, OTLP_POST);
      assert.equal(sent.status, 200);
      assert.equal(sent.headers['access-control-allow-origin'], origin);
      const preflight = await ask(
        server,
        '/v1/logs',
        { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
        { method: 'OPTIONS' },
      );
      assert.equal(preflight.status, 204);
      assert.equal(preflight.headers['access-control-allow-origin'], origin);
      assert.match(preflight.headers['access-control-allow-headers'] ?? '', /content-type/);

      for (const path of ['/api/v1/sessions', '/api/v1/sessions/stats', '/openapi.json', '/metrics']) {
        for (const method of ['GET', 'OPTIONS']) {
          const { headers } = await ask(
            server,
            path,
            { origin, 'access-control-request-method': 'GET' },
            { method },
          );
          assert.deepEqual(
            Object.keys(headers).filter((name) => name.startsWith('access-control-')),
            [],
            `${method} ${path}`,
          );
        }
      }
    }
  });

  it('other pages may neither send nor change anything', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example']) {
      const sent = await ask(server, '/v1/traces', { origin, ...JSON_TYPE }, OTLP_POST);
      assert.equal(sent.status, 403);
      assert.match(sent.body, /--cors-origins/);
      assert.equal(sent.headers['access-control-allow-origin'], undefined);
      const changed = await ask(server, '/api/v1/sessions/any/invalidate', { origin }, { method: 'POST' });
      assert.equal(changed.status, 403);
      assert.match(changed.body, /origin\.forbidden/);
    }
    const logged = server.stderr.split('\n').filter((line) => line.includes('"setting"'));
    assert.deepEqual(
      logged.map((line) => JSON.parse(line).setting),
      ['https://evil.example', 'null', 'http://localhost.evil.example'].map(
        (origin) => `--cors-origins=loopback,${origin}`,
      ),
      'each once',
    );
  });
});

it('the server is at both loopback addresses, if the machine has them', async (t) => {
  const server = await serve();
  const { port } = new URL(server.httpUrl);
  assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
    list?.some((each) => each.address === '::1'),
  );
  if (!hasIpv6) {
    t.skip('no IPv6');
    return;
  }
  assert.equal((await fetch(`http://[::1]:${port}/healthz`)).status, 200);
  const grpc = new RawGrpcSender({ ...server, grpcUrl: `http://[::1]:${portOf(server.grpcUrl)}` });
  await grpc.export('traces', spans([span('six')]));
  grpc.close();
  const only = await serve({ flags: ['--host', '127.0.0.1'] });
  await assert.rejects(fetch(`http://[::1]:${portOf(only.httpUrl)}/healthz`));
});

it('with --insecure the server listens on other addresses, and accepts any name', async () => {
  const server = await serve({ flags: ['--host', '0.0.0.0', '--insecure'] });
  assert.equal((await ask(server, '/api/v1/sessions', { host: 'sojourn.example' })).status, 200);
  assert.equal(await server.stop(), 0);
});

describe('a start that cannot work', () => {
  let running: TestServer;
  before(async () => {
    running = await startServer();
  });
  after(() => running?.dispose());

  /** The message of a start that must fail: one line, and exit code 1. */
  async function problem(...flags: readonly string[]): Promise<string> {
    const { code, stderr, stdout } = await runCommand('serve', '--log-level', 'error', ...flags);
    assert.equal(code, 1, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /^sojourn: [^\n]+\n$/);
    return stderr;
  }

  it('because a port is in use names the port and the flag', async () => {
    const http = portOf(running.httpUrl);
    const grpc = portOf(running.grpcUrl);
    assert.match(
      await problem('--data', directory(), '--port', http, '--grpc-port', '0'),
      new RegExp(`port ${http} is in use .* choose another port with --port\n`),
    );
    assert.match(
      await problem('--data', directory(), '--port', '0', '--grpc-port', grpc),
      new RegExp(`port ${grpc} is in use .* choose another port with --grpc-port\n`),
    );
  });

  it('because a running server has the data directory says so, and does not affect that server', {
    skip: skipOnPostgres('data in use'),
  }, async () => {
    await running.post('/v1/traces', spans([span('before')]));
    const said = await problem('--data', running.data, '--port', '0', '--grpc-port', '0');
    assert.ok(said.includes(running.data), said);
    assert.match(said, new RegExp(`in use .*${running.pid}.*--data`), 'with the process that has it');
    await running.post('/v1/traces', spans([span('after')]));
    assert.deepEqual(await sessionIds(running), ['after', 'before']);
  });

  it('because the data is of a newer version says so, and does not change the data', {
    skip: skipOnPostgres('newer data'),
  }, async () => {
    const data = directory();
    const first = await serve({ data });
    await first.post('/v1/traces', spans([span('kept')]));
    assert.equal(await first.stop(), 0);
    const file = join(data, 'sojourn.sqlite');
    const version = setVersion(file, 999);

    const said = await problem('--data', data, '--port', '0', '--grpc-port', '0');
    assert.ok(said.includes(data), said);
    assert.match(
      said,
      /written by a newer version of Sojourn \(schema 999, this one knows \d+\): start that version/,
    );

    assert.equal(setVersion(file, version), 999);
    assert.deepEqual(await sessionIds(await serve({ data })), ['kept']);
  });

  it('because the data directory is not a directory, or contains something else, says so', {
    skip: skipOnPostgres('wrong data'),
  }, async () => {
    const folder = directory();
    const file = join(folder, 'file');
    writeFileSync(file, 'text');
    const ports = ['--port', '0', '--grpc-port', '0'];
    assert.match(
      await problem('--data', file, ...ports),
      /data directory .*file: \S+file is a file, not a directory; choose another with --data/,
    );
    assert.match(
      await problem('--data', join(file, 'below'), ...ports),
      /data directory .*below: \S+file is a file, not a directory; choose another with --data/,
    );
    writeFileSync(
      join(folder, 'sojourn.sqlite'),
      'this is no database, and long enough to be taken for one'.repeat(100),
    );
    assert.match(
      await problem('--data', folder, ...ports),
      /data directory .*: file is not a database; choose another with --data/,
    );
  });
});

/** Offset of `user_version` in a closed SQLite file (https://sqlite.org/fileformat2.html). */
const USER_VERSION_AT = 60;

/** Makes a closed `sojourn.sqlite` one of this version, for no older program. Returns the version before. */
function setVersion(file: string, version: number): number {
  const before = readFileSync(file).readUInt32BE(USER_VERSION_AT);
  const db = new DatabaseSync(file);
  // No prepared statement: it would keep the file locked until it is collected as garbage.
  db.exec(`PRAGMA user_version = ${version}; UPDATE meta SET value = ${version} WHERE key = 'safe_schema'`);
  db.close();
  return before;
}

async function sessionIds(server: TestServer): Promise<string[]> {
  const { items } = await server.get<{ items: { 'session.id': string }[] }>('/api/v1/sessions');
  return items.map((item) => item['session.id']).sort();
}

let lastSpan = 0;

/** A span of its own in one of the session's traces. */
function span(session: string): PlainSpan {
  const id = Buffer.alloc(16, 1);
  id.writeUInt32BE(++lastSpan, 4);
  const start = 1_790_000_000_000_000_000n + BigInt(lastSpan);
  return {
    traceId: id,
    spanId: id.subarray(0, 8),
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start),
    attributes: [{ key: 'session.id', value: { stringValue: session } }],
  };
}

function spans(list: PlainSpan[]): Uint8Array {
  return encodeTraceRequest({ resourceSpans: [{ scopeSpans: [{ spans: list }] }] });
}

interface TracesPage {
  readonly items: readonly { readonly trace_id: string }[];
  readonly next_cursor?: string;
}

async function traceIds(server: TestServer, session: string): Promise<Set<string>> {
  const ids = new Set<string>();
  let cursor = '';
  do {
    const page = await server.get<TracesPage>(`/api/v1/sessions/${session}/traces?limit=100${cursor}`);
    for (const item of page.items) ids.add(item.trace_id);
    cursor = page.next_cursor === undefined ? '' : `&cursor=${encodeURIComponent(page.next_cursor)}`;
  } while (cursor !== '');
  return ids;
}

describe('a stop while requests are running', () => {
  /** Number of spans of a request, and of acknowledgements before the stop. */
  const BATCH = 40;
  const ENOUGH = 2000;

  it('loses nothing acknowledged, over HTTP and gRPC, and exits with 0', async () => {
    const data = directory();
    const server = await serve({ data });
    const grpc = new RawGrpcSender(server);
    const acknowledged = new Set<string>();
    const sent = new Set<string>();
    let stopping: Promise<number | null> | undefined;
    /** Sends until the server has stopped or says that it is stopping. */
    const send = async (post: (body: Uint8Array) => Promise<boolean>): Promise<void> => {
      for (;;) {
        const batch = Array.from({ length: BATCH }, () => span('busy'));
        const ids = batch.map((each) => Buffer.from(each.traceId!).toString('hex'));
        for (const id of ids) sent.add(id);
        const isTaken = await post(spans(batch)).catch(() => false);
        if (!isTaken) return;
        for (const id of ids) acknowledged.add(id);
        // In the middle of sending, while other requests are running.
        if (acknowledged.size >= ENOUGH) stopping ??= server.stop();
      }
    };
    const overHttp = async (body: Uint8Array): Promise<boolean> => {
      const response = await server.post('/v1/traces', body);
      await response.arrayBuffer();
      if (response.status !== 200) assert.equal(response.status, 503);
      return response.status === 200;
    };
    const overGrpc = async (body: Uint8Array): Promise<boolean> => {
      await grpc.export('traces', body);
      return true;
    };
    await Promise.all([...Array<typeof overHttp>(12).fill(overHttp), overGrpc, overGrpc].map(send));
    grpc.close();
    assert.ok(stopping !== undefined, server.stderr);
    assert.equal(await stopping, 0);

    const stored = await traceIds(await serve({ data }), 'busy');
    assert.deepEqual(
      [...acknowledged].filter((id) => !stored.has(id)),
      [],
      'lost',
    );
    assert.deepEqual(
      [...stored].filter((id) => !sent.has(id)),
      [],
      'made up',
    );
  });

  it('finishes answers of the API that are still being read, and then stops at once', async () => {
    // Waiting for the idle connection would take longer than a test waits for a server to stop.
    const server = await serve({ flags: ['--shutdown-timeout', '10m'] });
    const big = { key: 'text', value: { stringValue: 'x'.repeat(500_000) } };
    for (let i = 0; i < 30; i++) {
      const each = span('large');
      await server.post('/v1/traces', spans([{ ...each, attributes: [...each.attributes!, big] }]));
    }
    const url = new URL('/api/v1/sessions/large/traces?limit=100', server.httpUrl);
    const agent = new Agent({ keepAlive: true });
    const outgoing = httpRequest(url, { agent }).end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    // More than the system's buffers hold, so that most of it is still in the server.
    const stopping = server.stop();
    while (!server.stderr.includes('"message":"stopping"')) await delay(5);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const { items } = JSON.parse(Buffer.concat(chunks).toString()) as TracesPage;
    assert.equal(items.length, 30);
    assert.equal(await stopping, 0);
    agent.destroy();
  });

  it('answers a request whose body was still incomplete', async () => {
    const data = directory();
    const server = await serve({ data });
    const body = spans([span('slow')]);
    const url = new URL('/v1/traces', server.httpUrl);
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
    const outgoing = httpRequest(url, { method: 'POST', headers });
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    outgoing.write(body.subarray(0, 10));
    await server.text('/healthz');
    const stopping = server.stop();
    outgoing.end(body.subarray(10));
    const status = await answered.then(
      ([response]) => {
        response.resume();
        return response.statusCode;
      },
      () => 'closed',
    );
    assert.equal(await stopping, 0);
    assert.ok(status === 200 || status === 503 || status === 'closed', String(status));
    assert.deepEqual(await sessionIds(await serve({ data })), status === 200 ? ['slow'] : []);
  });
});

describe('sojourn demo', () => {
  it('fills a running server, with new sessions each time', { timeout: 300_000 }, async () => {
    const server = await serve();
    const args = [
      'demo',
      '--endpoint',
      `${server.httpUrl}/`,
      '--sessions',
      '15',
      '--days',
      '1',
      '--seed',
      '7',
    ];
    for (const total of [15, 30]) {
      const { code, stdout, stderr } = await runCommand(...args);
      assert.equal(code, 0, stderr);
      const summary = /^Sent 15 sessions: (\d+) spans, (\d+) log records in \d+ requests/m.exec(stdout);
      assert.ok(summary !== null && Number(summary[1]) > 15, stdout);
      assert.match(stdout, /--seed 7$/m);
      assert.ok(stdout.includes(`${server.httpUrl}/api/v1/sessions`), 'where to look');
      const statistics = () =>
        server.get<{ total_sessions: number; sessions_with_genai: number }>('/api/v1/sessions/stats');
      await server.settled();
      assert.equal((await statistics()).total_sessions, total);
      assert.ok((await statistics()).sessions_with_genai > 0);
    }
  });

  it('finds the server by the server’s own settings', { timeout: 300_000 }, async () => {
    const server = await serve();
    const port = portOf(server.httpUrl);
    const config = join(directory(), 'sojourn.json');
    writeFileSync(config, JSON.stringify({ port: Number(port), 'max-records': 5000 }));
    const few = ['--sessions', '1', '--days', '1'];
    for (const [variables, args] of [
      [{}, ['--port', port]],
      [{ SOJOURN_PORT: port }, []],
      [{}, ['--config', config]],
    ] as const) {
      const { code, stdout, stderr } = await runCommandWith(variables, 'demo', ...few, ...args);
      assert.equal(code, 0, stderr);
      assert.match(stdout, new RegExp(`^Open http://127\\.0\\.0\\.1:${port}/$`, 'm'));
    }
  });

  it('reports in one line that nothing listens at its address', async () => {
    const server = await serve();
    assert.equal(await server.stop(), 0);
    const { code, stderr } = await runCommand('demo', '--endpoint', server.httpUrl, '--sessions', '1');
    assert.equal(code, 1);
    assert.match(
      stderr,
      new RegExp(`^sojourn: nothing listens at ${server.httpUrl}; [^\\n]*--endpoint$`, 'm'),
    );
  });
});

it('connections are kept for longer than exporters are silent', async () => {
  const server = await serve();
  for (const path of ['/healthz', '/api/v1/sessions']) {
    assert.equal((await server.fetch(path)).headers.get('keep-alive'), 'timeout=75', path);
  }
  const answer = await server.post('/v1/traces', spans([span('kept')]));
  assert.equal(answer.headers.get('keep-alive'), 'timeout=75');
});

it('sojourn version and the banner show the same version', async () => {
  const { code, stdout } = await runCommand('version');
  assert.equal(code, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  const server = await serve({ announcement: 'banner' });
  assert.ok(server.stdout.includes(`Sojourn ${stdout.trim()} is running.`));
});
