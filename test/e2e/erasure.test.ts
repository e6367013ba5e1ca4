import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ErasureJob } from '../../src/contract/erasure.js';
import { isOnPostgres } from '../support/on-postgres.js';
import { makeTemporaryDirectory, startServer, type TestServer } from '../support/server.js';
import { type SpanSpec, tracesJson } from '../support/telemetry.js';

/** Erasure from a request to the files, with processes that are killed in between. */

const WAIT_MS = 60_000;
const JOB_POLL_MS = 20;
/** How often a process is killed while it erases, each time a little later. */
const KILLS = Number(process.env.SOJOURN_ERASURE_KILLS ?? 3);

const now = BigInt(Date.now()) * 1_000_000n;

function span(user: number, session: number, index: number): SpanSpec {
  return {
    trace: `${user + 1}c${session + 1}c${index + 1}`,
    span: '1',
    start: now,
    end: now + 1_000_000n,
    resource: { 'service.name': 'web' },
    attributes: {
      'session.id': `session-${session}-of-${user}`,
      'user.id': `user-number-${user}`,
      'url.full': `https://shop.example/user-number-${user}`,
    },
  };
}

const spansOf = (user: number): SpanSpec[] =>
  Array.from({ length: 12 }, (_, i) => span(user, i % 4, Math.floor(i / 4)));

async function send(server: TestServer, spans: readonly SpanSpec[]): Promise<void> {
  const response = await server.post('/v1/traces', tracesJson(spans));
  assert.equal(response.status, 200, await response.text());
  await server.settled();
}

const remove = (server: TestServer, path: string, headers: Record<string, string> = {}) =>
  server.fetch(path, { method: 'DELETE', headers });

async function accepted(response: Response): Promise<ErasureJob> {
  const text = await response.text();
  assert.equal(response.status, 202, text);
  return JSON.parse(text) as ErasureJob;
}

/** Resolves once nobody sees the sessions of a job: before its answer, but for those that take longer than a moment. */
const removed = (server: TestServer, job: ErasureJob): Promise<ErasureJob> =>
  inState(server, job, ['rewriting', 'cleaning', 'done']);

const finished = (server: TestServer, job: ErasureJob): Promise<ErasureJob> => inState(server, job, ['done']);

async function inState(
  server: TestServer,
  { id }: ErasureJob,
  states: readonly string[],
): Promise<ErasureJob> {
  const deadline = performance.now() + WAIT_MS;
  for (;;) {
    const job = await server.get<ErasureJob>(`/api/v1/jobs/${id}`);
    if (states.includes(job.state)) return job;
    assert.notEqual(job.state, 'failed', job.error);
    assert.ok(performance.now() < deadline, `it is still ${job.state} after ${WAIT_MS} ms`);
    await delay(JOB_POLL_MS);
  }
}

const listed = (server: TestServer): Promise<string> => server.text('/api/v1/sessions?limit=1000');

/** The databases of a data directory that have these bytes. */
function databasesWith(data: string, text: string): string[] {
  return readdirSync(data).filter(
    (name) => name.startsWith('s') && readFileSync(join(data, name)).includes(text),
  );
}

describe('erasure', () => {
  test('answers with a job, 404 for what is unknown, 403 to pages of other origins, and counts in a dry run', async () => {
    const server = await startServer();
    try {
      await send(server, [0, 1, 2].flatMap(spansOf));
      for (const path of ['sessions/unknown', 'sessions/by-id?id=..', 'users/unknown', 'jobs/er_unknown']) {
        const response = path.startsWith('jobs')
          ? await server.fetch(`/api/v1/${path}`)
          : await remove(server, `/api/v1/${path}`);
        assert.equal(response.status, 404, path);
      }
      const foreign = { origin: 'https://elsewhere.example' };
      assert.equal((await remove(server, '/api/v1/users/user-number-0', foreign)).status, 403);
      assert.equal((await remove(server, '/api/v1/sessions')).status, 400, 'never everything');
      const before = await listed(server);
      const dry = await remove(server, '/api/v1/sessions?userId=user-number-0&dryRun=true');
      assert.deepEqual([dry.status, await dry.json()], [200, { sessions: 4 }]);
      assert.equal(await listed(server), before);

      const job = await accepted(await remove(server, '/api/v1/sessions?userId=user-number-0'));
      assert.equal(job.target, 'sessions');
      await removed(server, job);
      assert.doesNotMatch(await listed(server), /user-number-0/);
      const one = await accepted(await remove(server, '/api/v1/sessions/session-1-of-1'));
      assert.equal((await server.fetch('/api/v1/sessions/session-1-of-1')).status, 404);
      assert.deepEqual((await finished(server, job)).erased, { sessions: 4, traces: 12, spans: 12, logs: 0 });
      assert.equal((await finished(server, one)).erased.sessions, 1);
      // A sender that repeats itself is acknowledged, and nothing comes back.
      const after = await listed(server);
      await send(server, spansOf(0));
      assert.equal(await listed(server), after);
      assert.match(await server.text('/metrics'), /^sojourn_records_erased_total 12$/m);
    } finally {
      await server.dispose();
    }
  });

  test(`is finished after each of ${KILLS} kills, and all else is as before`, {
    skip: isOnPostgres && 'it looks into files; e2e/postgres-erasure looks into tables',
  }, async () => {
    const data = makeTemporaryDirectory();
    const expected = makeTemporaryDirectory();
    let server = await startServer({ data });
    try {
      await send(server, Array.from({ length: KILLS + 2 }, (_, user) => user).flatMap(spansOf));
      for (let user = 0; user < KILLS; user++) {
        const job = await accepted(await remove(server, `/api/v1/users/user-number-${user}`));
        // The states that a kill meets differ by how long it waits.
        await delay(user * 15);
        await server.kill();
        server = await startServer({ data });
        await removed(server, job);
        assert.doesNotMatch(await listed(server), new RegExp(`user-number-${user}"`));
        const { erased, receipt } = await finished(server, job);
        assert.equal(erased.sessions, 4);
        assert.deepEqual((JSON.parse(receipt!.statement) as { found: unknown }).found, []);
        assert.deepEqual(databasesWith(data, `user-number-${user}`), []);
      }
      const rest = await listed(server);
      await server.kill();
      // The log alone gives the same, so its blocks have lost exactly the erased records.
      for (const name of readdirSync(data)) if (name.startsWith('sessions')) rmSync(join(data, name));
      server = await startServer({ data });
      assert.equal(await listed(server), rest);
      await server.stop();
      // And so does a server that never saw the others.
      server = await startServer({ data: expected });
      await send(server, [KILLS, KILLS + 1].flatMap(spansOf));
      assert.equal(await listed(server), rest);
    } finally {
      await server.dispose();
      for (const each of [data, expected]) rmSync(each, { recursive: true, force: true });
    }
  });
});
