import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ApiError, ConnectionError, type Session, SojournClient } from '../../client/src/index.js';
import {
  makeTemporaryDirectory,
  runCommand,
  runCommandWith,
  startServer,
  type TestServer,
} from '../support/server.js';
import { chatSpan, tracesJson } from '../support/telemetry.js';

/** The TypeScript client, and the commands that read by it, against a running server. */

const PROGRAM = fileURLToPath(new URL('../../app/sojourn.js', import.meta.url));
/** More than a page of the client. */
const SESSIONS = 105;
/** The session in which a span failed. */
const FAILED = 3;

let server: TestServer;
let directory: string;

/** A session `visitor/N` of one model call, by `user-N`, whose id would clear a terminal. */
function telemetryOf(number: number, user = `user-${number}\u001b[2J`): string {
  const ids = { 'session.id': `visitor/${number}`, 'user.id': user };
  const resource = { 'service.name': number % 2 === 0 ? 'even' : 'odd' };
  return tracesJson([chatSpan(number, ids, { resource, error: number === FAILED })]);
}

async function send(telemetry: string): Promise<void> {
  assert.equal((await server.post('/v1/traces', telemetry)).status, 200);
}

before(async () => {
  directory = makeTemporaryDirectory();
  server = await startServer();
  for (let number = 1; number <= SESSIONS; number++) await send(telemetryOf(number));
  await server.settled();
});

after(async () => {
  await server.dispose();
  rmSync(directory, { recursive: true, force: true });
});

function newClient(baseUrl = server.httpUrl): SojournClient {
  return new SojournClient({ baseUrl, retry: { attempts: 1 } });
}

async function all<Item>(list: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of list) items.push(item);
  return items;
}

describe('the client', () => {
  it('reads lists of any length, page by page, under filters', async () => {
    const sessions = await all(newClient().sessions());
    assert.deepEqual(
      sessions.map((session) => session['session.id']),
      Array.from({ length: SESSIONS }, (_, at) => `visitor/${SESSIONS - at}`),
    );
    const even = await all(newClient().sessions({ service: ['even'], limit: 20 }));
    assert.equal(even.length, Math.floor(SESSIONS / 2));
    const [page] = await all(newClient().sessions({ hasErrors: true }).pages());
    assert.equal(page?.has_more, false);
    assert.deepEqual(
      page?.items.map((session) => session['session.id']),
      [`visitor/${FAILED}`],
    );
  });

  it('reads one session, by any id, and what belongs to it', async () => {
    const client = newClient();
    const session = await client.session('visitor/7');
    assert.equal(session.genai_usage?.request_count, 1);
    const [record] = await all(client.usage('visitor/7'));
    assert.deepEqual([record?.counted, record?.input_tokens], [true, 1000]);
    assert.deepEqual(await all(client.exceptions('visitor/7')), []);
    assert.equal((await client.statistics({ service: ['odd'] })).total_sessions, Math.ceil(SESSIONS / 2));
  });

  it('rejects with the code of an error, and says which parameters were wrong', async () => {
    await assert.rejects(newClient().session('nobody'), (error) => {
      assert.ok(error instanceof ApiError);
      assert.deepEqual([error.status, error.code], [404, 'session.not_found']);
      return true;
    });
    await assert.rejects(all(newClient().sessions({ limit: 5000 })), (error) => {
      assert.ok(error instanceof ApiError);
      assert.equal(error.code, 'limit.out_of_range');
      assert.deepEqual(
        error.fields.map(({ field }) => field),
        ['limit'],
      );
      return true;
    });
  });

  it('says where nothing answers', async () => {
    await assert.rejects(newClient('http://127.0.0.1:9').session('x'), (error) => {
      assert.ok(error instanceof ConnectionError);
      assert.match(error.message, /^http:\/\/127\.0\.0\.1:9 does not answer/);
      return true;
    });
  });

  it('says so where another program answers, or breaks off', async () => {
    const other = createServer((request, response) => {
      response.setHeader('content-type', 'text/html');
      if (request.url?.includes('by-id')) return void response.end('<html>');
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"items":[', () => response.destroy());
    });
    await once(other.listen(0, '127.0.0.1'), 'listening');
    try {
      const client = newClient(`http://127.0.0.1:${(other.address() as AddressInfo).port}`);
      await assert.rejects(client.session('x'), /is no Sojourn server/);
      await assert.rejects(client.changes().next(), /is no Sojourn server/);
      await assert.rejects(all(client.sessions()), ConnectionError);
    } finally {
      other.close();
    }
    await assert.rejects(newClient('http://127.0.0.1:9').changes().next(), ConnectionError);
  });

  it('follows changes, and goes on behind an event', async () => {
    const changes = newClient().changes({ userId: 'watched' });
    const next = changes.next();
    const watched = (number: number): Promise<void> => send(telemetryOf(1000 + number, 'watched'));
    // A stream reports what changes after it was opened, which only its first event shows.
    let event: Awaited<typeof next> | undefined;
    for (let number = 1; event === undefined; number++) {
      await watched(number);
      event = await Promise.race([next, delay(200, undefined)]);
    }
    assert.equal(event.value?.type, 'session');
    await changes.return();
    await watched(500);
    const behind = newClient().changes({ userId: 'watched' }, { lastEventId: event.value!.id });
    for await (const each of behind) {
      assert.notEqual(each.type, 'reset');
      if (each.type === 'session' && each.session['session.id'] === 'visitor/1500') break;
    }
  });

  it('ends its stream when its signal is aborted', async () => {
    const stop = new AbortController();
    const next = newClient().changes({ userId: 'nobody' }, { signal: stop.signal }).next();
    while (!/^sojourn_streams [1-9]/m.test(await server.text('/metrics'))) await delay(20);
    // Signals that others are made of may be collected while a stream waits.
    setFlagsFromString('--expose-gc');
    for (let again = 0; again < 3; again++) {
      runInNewContext('gc')();
      await delay(1);
    }
    stop.abort(new Error('enough'));
    await assert.rejects(next, /enough/);
  });
});

describe('sojourn sessions', () => {
  const read = (...args: readonly string[]) => runCommand(...args, '--server', server.httpUrl);

  it('lists the newest sessions of a filter as a table that controls no terminal', async () => {
    const { code, stdout, stderr } = await read(
      'sessions',
      'list',
      '--service',
      'odd',
      '--limit',
      '2',
      '--end-time',
      '2026-03-01T11:00:00Z',
    );
    assert.equal(code, 0, stderr);
    const [titles, first, second, ...rest] = stdout.trimEnd().split('\n');
    assert.match(titles!, /^STARTED +STATE +TOOK +USER +SPANS +ERRORS +CALLS +TOKENS +COST +SESSION +TITLE$/);
    assert.match(
      first!,
      /^2026-03-01 10:45:00Z +timed_out +1\.5 s +user-105\ufffd\[2J +1 +1 +1k +\$0\.0027 +visitor\/105 +chat gpt-4o$/,
    );
    assert.match(second!, /visitor\/103 +chat gpt-4o$/);
    assert.deepEqual(rest, []);
    assert.equal(stderr, 'There are more: --limit shows more than 2.\n');
    assert.equal(stdout.includes('\u001b'), false);
  });

  it('lists as lines of JSON', async () => {
    const { stdout } = await read('sessions', 'list', '--json', '--has-errors', 'true');
    const sessions = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Session);
    assert.deepEqual(sessions, [await newClient().session(`visitor/${FAILED}`)]);
  });

  it('lists those that cost the most, and says that there is no data directory', async () => {
    const { stdout } = await read('sessions', 'top', '--by', 'duration', '--limit', '2', '--service', 'odd');
    assert.equal(stdout.trimEnd().split('\n').length, 3);
    const calls = await read('sessions', 'top', '--calls', '--limit', '2');
    assert.match(calls.stdout, /^TIME +MODEL +TOOK +IN +OUT +COST +SPAN +SESSION/);
    assert.equal(calls.stdout.match(/ gpt-4o .* [0-9a-f]{16} +visitor\/\d+/g)?.length, 2);
    const { code, stderr } = await runCommand('keys', 'list', '--data', join(directory, 'none'));
    assert.equal(code, 1);
    assert.match(stderr, /there is no data directory .*none; --data names another/);
  });

  it('lists errors and tools, and says where there are none', async () => {
    const errors = await read('sessions', 'errors', '--sort', 'last_seen');
    assert.match(
      errors.stdout,
      /^SESSIONS +ERRORS +FIRST +LAST +ERROR\n +1 +1 +2026-03-01 09:03:01Z +2026-03-01 09:03:01Z +chat gpt-4o\n$/,
    );
    const { items, incomplete_sessions: cut } = await newClient().errors();
    assert.deepEqual([items.map(({ error }) => error), cut], [['chat gpt-4o'], 0]);
    const found = await read('sessions', 'list', '--error', 'chat gpt-4o', '--json');
    assert.equal((JSON.parse(found.stdout) as Session)['session.id'], `visitor/${FAILED}`);
    const tools = await read('sessions', 'tools', '--sort', 'p95');
    assert.deepEqual([tools.code, tools.stdout], [0, '']);
    assert.match(tools.stderr, /^No such session called a tool\.\n/);
  });

  it('shows a session, and says what to do where there is none', async () => {
    const { stdout } = await read('sessions', 'show', `visitor/${FAILED}`);
    assert.match(stdout, /^session +visitor\/3$/m);
    assert.match(stdout, /^failures +1 failed span$/m);
    assert.match(stdout, /^usage +1 call, 1,000 tokens in, 20 out, US\$ 0\.0027$/m);
    const unknown = await read('sessions', 'show', 'nobody');
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /^sojourn: .*sessions list shows ids\.\n$/);
    const refused = await read('sessions', 'list', '--country', 'Austria');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /^sojourn: --country: Use the two letters [^\n]+\n$/);
    for (const [args, message] of [
      [['groups', 'nonsense'], /^sojourn: BY: Use one of /],
      [['search', 'in:nowhere word'], /^sojourn: QUERY: In: takes /],
      [['list', '--attr', 'unknown=value'], /^sojourn: --attr unknown: Sessions are not found by unknown\./],
      [
        ['export', '--output', 'x.csv', '--include', 'turns'],
        /^sojourn: --include: Only format=jsonl has turns\./,
      ],
    ] as const) {
      const { code, stderr } = await read('sessions', ...args);
      assert.equal(code, 2);
      assert.match(stderr, message);
    }
  });

  it('takes the beginning of an id where it is the only one', async () => {
    const { stdout } = await read('sessions', 'show', 'visitor/11');
    assert.match(stdout, /^session +visitor\/11$/m);
    const several = await read('why', 'visitor/');
    assert.equal(several.code, 1);
    assert.match(several.stderr, /^sojourn: several ids begin with visitor\/: visitor\/\d+, /);
  });

  it('reads by a profile', async () => {
    const folder = join(directory, 'sojourn');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'profiles.json'), JSON.stringify({ here: { server: server.httpUrl } }));
    const variables = { XDG_CONFIG_HOME: directory, SOJOURN_PROFILE: 'here' };
    const { stdout } = await runCommandWith(variables, 'why', 'visitor/7');
    assert.match(stdout, /^1 call, 1,000 tokens in, 20 out, US\$ 0\.0027$/m);
    assert.match(
      stdout,
      /^2026-03-01 09:07:00Z +yes +span 0007000700070007 +call of otel-genai +gpt-4o +1,000 +20 +\$0\.0027/m,
    );
  });

  it('says that nothing answers, and how to start a server', async () => {
    const { code, stderr } = await runCommand('sessions', 'list', '--server', 'http://127.0.0.1:9');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^sojourn: http:\/\/127\.0\.0\.1:9 does not answer \([^)]+\); is it running\? .* serve starts one/,
    );
  });

  it('follows sessions as they change, until it is stopped', async () => {
    const child = spawn(process.execPath, [
      PROGRAM,
      'sessions',
      'tail',
      '--json',
      '--user-id',
      'tailed',
      '--server',
      server.httpUrl,
    ]);
    const closed = once(child, 'close');
    let line: string | undefined;
    createInterface({ input: child.stdout }).once('line', (text) => {
      line = text;
    });
    const deadline = performance.now() + 60_000;
    for (let number = 2001; line === undefined && performance.now() < deadline; number++) {
      await send(telemetryOf(number, 'tailed'));
      await delay(200);
    }
    child.kill('SIGINT');
    assert.deepEqual(await closed, [0, null]);
    assert.equal((JSON.parse(line!) as Session)['user.id'], 'tailed');
  });
});
