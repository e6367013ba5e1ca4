import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { InstrumentedService } from '../support/senders.js';
import { makeTemporaryDirectory, startServer, type TestServer } from '../support/server.js';

/** An application that sends users and no sessions, with OpenTelemetry's SDK, to a server with `--sessions-by=user`. */

interface SessionJson {
  readonly 'session.id': string;
  readonly 'user.id'?: string;
  readonly trace_count: number;
  readonly start_time: string;
  readonly scores?: readonly { readonly count: number }[];
}

const MINUTE_MS = 60_000;

describe('an application that sends users and no sessions', () => {
  const startMs = Date.now() - 120 * MINUTE_MS;
  const data = makeTemporaryDirectory();
  let server: TestServer;
  let service: InstrumentedService;
  before(async () => {
    server = await startServer({ data, flags: ['--sessions-by=user'] });
    service = new InstrumentedService(server, { 'service.name': 'shop-api' }, 'proto', 'none');
  });
  after(async () => {
    await service?.shutdown();
    await server?.dispose();
    rmSync(data, { recursive: true, force: true });
  });

  /** One request of a user, which is a trace of its own; returns its id. */
  const request = (user: string | undefined, minute: number): string => {
    const startTime = startMs + minute * MINUTE_MS;
    const attributes = user === undefined ? {} : { 'user.id': user };
    const span = service.tracer.startSpan('GET /cart', { root: true, startTime, attributes });
    span.end(startTime + 20);
    return span.spanContext().traceId;
  };
  const get = <T>(path: string): Promise<T> => server.get<T>(`/api/v1/sessions${path}`);
  const listed = async () => {
    const { items } = await get<{ items: SessionJson[] }>('');
    return items.map((item) => [item['session.id'], item['user.id'], item.trace_count]);
  };

  it('has one session for each visit of a user', async () => {
    const first = request('u-1', 0);
    const other = request('u-2', 10);
    request('u-1', 20);
    const again = request('u-1', 75);
    const anonymous = request(undefined, 80);
    await service.flush();
    assert.deepEqual(await listed(), [
      [anonymous, undefined, 1],
      [again, 'u-1', 1],
      [other, 'u-2', 1],
      [first, 'u-1', 2],
    ]);

    const late = request('u-1', 47);
    await service.flush();
    assert.deepEqual(await listed(), [
      [anonymous, undefined, 1],
      [other, 'u-2', 1],
      [first, 'u-1', 4],
    ]);
    const found = await get<SessionJson>(`/${late}`);
    assert.equal(found['session.id'], first, 'the id of each of its traces leads to it');
    const traces = await get<{ items: unknown[] }>(`/${first}/traces`);
    assert.equal(traces.items.length, 4);
  });

  it('takes scores for the visit of a user, which stays as it was', async () => {
    const before = await listed();
    const [first, , traces] = before.at(-1)!;
    assert.equal(traces, 4);
    const { start_time } = await get<SessionJson>(`/${first}`);
    const { items } = await get<{ items: { trace_id: string }[] }>(`/${first}/traces`);
    for (const about of [{}, { trace_id: items.find(({ trace_id }) => trace_id !== first)!.trace_id }]) {
      const response = await server.fetch(`/api/v1/sessions/${first}/scores`, {
        method: 'POST',
        body: JSON.stringify({ name: 'helpful', value: 1, ...about }),
      });
      assert.equal(response.status, 201, await response.text());
      await server.settled();
      assert.deepEqual(await listed(), before);
    }
    const { scores, ...session } = await get<SessionJson>(`/${first}`);
    assert.equal(session.start_time, start_time);
    assert.equal(scores?.[0]?.count, 2);
  });

  it('has the same sessions after the server was killed, and others once the setting is off', async () => {
    const before = await listed();
    await server.kill();
    server = await startServer({ data, flags: ['--sessions-by=user'] });
    assert.deepEqual(await listed(), before);
    await server.stop();
    server = await startServer({ data });
    assert.equal((await listed()).length, 6);
  });
});
