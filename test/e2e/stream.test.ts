import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { after, describe, test } from 'node:test';
import { MAX_STREAMS } from '../../src/live/live-sessions.js';
import { EventStream } from '../support/event-stream.js';
import { makeTemporaryDirectory, startServer, type TestServer } from '../support/server.js';
import { type SpanSpec, tracesJson } from '../support/telemetry.js';

/** The live stream of the running server, as a client sees it. */

const STREAM = '/api/v1/sessions/stream';
const NOW_NS = BigInt(Date.now()) * 1_000_000n;

function span(session: string, trace: string, more: Partial<SpanSpec> = {}): SpanSpec {
  return {
    trace,
    span: '1',
    start: NOW_NS,
    end: NOW_NS + 1_000_000n,
    attributes: { 'session.id': session },
    resource: { 'service.name': 'web' },
    ...more,
  };
}

async function send(server: TestServer, ...spans: SpanSpec[]): Promise<void> {
  const response = await server.post('/v1/traces', tracesJson(spans));
  assert.equal(response.status, 200, await response.text());
}

/** Reads events until the session arrives; returns the event with it. */
async function eventOf(stream: EventStream, sessionId: string): Promise<{ data: string; id: string }> {
  for (;;) {
    const { event, data, id } = await stream.next();
    assert.equal(event, 'session');
    if ((JSON.parse(data) as { 'session.id': string })['session.id'] === sessionId) return { data, id };
  }
}

describe('the live stream', () => {
  const servers: TestServer[] = [];
  const start = async (...args: Parameters<typeof startServer>): Promise<TestServer> => {
    const server = await startServer(...args);
    servers.push(server);
    return server;
  };
  after(async () => {
    for (const server of servers) await server.dispose();
  });

  test('has a session as the list has it, when it is new and when it changes', async () => {
    const server = await start();
    const stream = await EventStream.open(server.httpUrl + STREAM);
    assert.equal(stream.headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(stream.headers['cache-control'], 'private, no-store');
    assert.match(String(stream.headers['x-request-id']), /./);
    await send(server, span('one', '1'));
    const { data } = await eventOf(stream, 'one');
    assert.deepEqual(JSON.parse(data), await server.get('/api/v1/sessions/one'));
    await send(server, span('one', '2', { error: true }));
    const changed = await eventOf(stream, 'one');
    assert.deepEqual(JSON.parse(changed.data), await server.get('/api/v1/sessions/one'));
    assert.equal((JSON.parse(changed.data) as { error_count: number }).error_count, 1);
    const invalidated = await server.post('/api/v1/sessions/one/invalidate', '');
    assert.equal(invalidated.status, 204);
    assert.match((await eventOf(stream, 'one')).data, /"state":"invalidated"/);
    stream.close();
  });

  test('has no session that is in no list', async () => {
    const server = await start();
    const stream = await EventStream.open(server.httpUrl + STREAM);
    const call = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 10,
      'gen_ai.response.id': 'msg_01XFDUDYJgAACzvnptvVoYEL',
    };
    await send(
      server,
      span('whole', 'a', { attributes: { ...call, 'session.id': 'whole' } }),
      // The same call, in a trace without a session.
      span('unused', 'b', { attributes: call }),
      span('last', 'c'),
    );
    const received = new Set<string>();
    while (received.size < 2) {
      received.add((JSON.parse((await stream.next()).data) as { 'session.id': string })['session.id']);
    }
    const list = (await server.get('/api/v1/sessions')) as { items: { 'session.id': string }[] };
    assert.deepEqual([...received].sort(), list.items.map((item) => item['session.id']).sort());
  });

  test('has the sessions that match the filters of the list', async () => {
    const server = await start();
    const stream = await EventStream.open(`${server.httpUrl}${STREAM}?hasErrors=true&service=web`);
    await send(server, span('fine', '1'), span('failed', '2', { error: true }));
    assert.match((await stream.next()).data, /"session.id":"failed"/);
    await send(server, span('fine', '3', { error: true }));
    assert.match((await stream.next()).data, /"session.id":"fine"/);
    stream.close();
    const refused = await server.fetch(`${STREAM}?limit=5&hasErrors=maybe`);
    assert.equal(refused.status, 400);
    const { errors } = (await refused.json()) as { errors: { field: string }[] };
    assert.deepEqual(
      errors.map(({ field }) => field),
      ['limit', 'hasErrors'],
    );
  });

  test('resumes after the client’s last event, by header or query', async () => {
    const server = await start();
    const stream = await EventStream.open(server.httpUrl + STREAM);
    await send(server, span('a', '1'));
    const { id } = await eventOf(stream, 'a');
    stream.close();
    await send(server, span('b', '2'));
    const byHeader = await EventStream.open(server.httpUrl + STREAM, { 'last-event-id': id });
    assert.match((await byHeader.next()).data, /"session.id":"b"/);
    const byQuery = await EventStream.open(`${server.httpUrl}${STREAM}?lastEventId=${id}`);
    assert.match((await byQuery.next()).data, /"session.id":"b"/);
    const upToDate = await EventStream.open(server.httpUrl + STREAM, {
      'last-event-id': byQuery.lastEventId,
    });
    await send(server, span('c', '3'));
    assert.match((await upToDate.next()).data, /"session.id":"c"/);
    for (const each of [byHeader, byQuery, upToDate]) each.close();
  });

  test('asks for a reload after a restart', async () => {
    const data = makeTemporaryDirectory();
    const first = await start({ data });
    const stream = await EventStream.open(first.httpUrl + STREAM);
    await send(first, span('a', '1'));
    const { id } = await eventOf(stream, 'a');
    await first.stop();
    await stream.ended();
    const second = await start({ data });
    const again = await EventStream.open(second.httpUrl + STREAM, { 'last-event-id': id });
    assert.equal((await again.next()).event, 'reset');
    await send(second, span('b', '2'));
    assert.match((await eventOf(again, 'b')).data, /"session.id":"b"/);
    again.close();
  });

  test('ends at once when the server stops, also for a client that does not read', async () => {
    // Waiting for the streams would take longer than a test waits for a server to stop.
    const server = await start({ flags: ['--shutdown-timeout', '10m'] });
    const stream = await EventStream.open(server.httpUrl + STREAM);
    const deaf = request(server.httpUrl + STREAM, { agent: false });
    deaf.end();
    const [response] = await once(deaf, 'response');
    response.pause();
    response.on('error', () => {});
    for (let i = 0; i < 5; i++) await send(server, span(`s${i}`, String(i + 1)));
    await eventOf(stream, 's4');
    assert.equal(await server.stop(), 0);
    await stream.ended();
    response.destroy();
  });

  test('is refused beyond the maximum number, and for foreign hosts', async () => {
    const server = await start();
    const streams = await Promise.all(
      Array.from({ length: MAX_STREAMS }, () => EventStream.open(server.httpUrl + STREAM)),
    );
    const refused = await server.fetch(STREAM);
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get('content-type'), 'application/problem+json; charset=utf-8');
    assert.equal(((await refused.json()) as { type: string }).type, '/problems/stream.unavailable');
    for (const stream of streams) stream.close();
    await assert.rejects(EventStream.open(server.httpUrl + STREAM, { host: 'rebound.example' }), /403/);
  });

  test('is described by HEAD, and leaves a session of its name reachable', async () => {
    const server = await start();
    const head = await server.fetch(STREAM, { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(head.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    const names = ['stream', 'timeline', 'facets', 'stats'];
    await send(server, ...names.map((name, i) => span(name, String(i + 1))));
    for (const name of names) {
      const encoded = `%${name.charCodeAt(0).toString(16)}${name.slice(1)}`;
      const session = await server.get<{ 'session.id': string }>(`/api/v1/sessions/${encoded}`);
      assert.equal(session['session.id'], name);
    }
  });
});
