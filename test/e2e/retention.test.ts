import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { AuditEntry } from '../../src/access/audit.js';
import type { RetentionPlan } from '../../src/contract/retention.js';
import { isOnPostgres } from '../support/on-postgres.js';
import { makeTemporaryDirectory, runCommand, startServer, type TestServer } from '../support/server.js';
import { type SpanSpec, tracesJson } from '../support/telemetry.js';

/** Retention from the settings to the answers, with a process that is killed in between. */

const WAIT_MS = 60_000;
const POLL_MS = 5;
const HOUR_NS = 3_600_000_000_000n;
const KEEP = ['--keep-sessions', '2h'];

const now = BigInt(Date.now()) * 1_000_000n;

/** Sessions whose last activity was so many hours ago. */
function sessions(prefix: string, count: number, hoursAgo: bigint): SpanSpec[] {
  const end = now - hoursAgo * HOUR_NS;
  return Array.from({ length: count }, (_, i) => ({
    trace: `${hoursAgo + 1n}c${i + 1}`,
    span: '1',
    start: end - 1_000_000n,
    end,
    resource: { 'service.name': 'web' },
    attributes: { 'session.id': `${prefix}-${i}` },
  }));
}

async function send(server: TestServer, spans: readonly SpanSpec[]): Promise<void> {
  const response = await server.post('/v1/traces', tracesJson(spans));
  assert.equal(response.status, 200, await response.text());
  await server.settled();
}

const listed = (server: TestServer): Promise<string> => server.text('/api/v1/sessions?limit=1000');

async function until(server: TestServer, isSo: (list: string) => boolean): Promise<void> {
  const deadline = performance.now() + WAIT_MS;
  while (!isSo(await listed(server))) {
    assert.ok(performance.now() < deadline, `not within ${WAIT_MS} ms`);
    await delay(POLL_MS);
  }
}

describe('retention', () => {
  test('a plan counts what goes after the start with the settings; log, metrics and audit log tell', async () => {
    const data = makeTemporaryDirectory();
    let server = await startServer({ data });
    try {
      await send(server, [...sessions('old', 300, 10n), ...sessions('new', 20, 1n)]);
      const nothing = await server.get<RetentionPlan>('/api/v1/retention');
      assert.deepEqual([nothing.would_remove, nothing.keep_sessions], [[], undefined]);
      const plan = await server.get<RetentionPlan>('/api/v1/retention?keepSessions=2h,shop=3h');
      assert.equal(plan.keep_sessions, '2h,shop=3h');
      assert.deepEqual(
        plan.would_remove.map(({ project, sessions, records }) => ({ project, sessions, records })),
        [{ project: 'default', sessions: 300, records: 300 }],
      );
      const refused = await server.fetch('/api/v1/retention?keepSessions=soon');
      assert.equal(refused.status, 400);
      assert.match(await refused.text(), /keepSessions must be times from 1s to 36500d/);
      // As a start does.
      const tooShort = await server.fetch('/api/v1/retention?keepSessions=2h,shop=10s');
      assert.equal(tooShort.status, 400);
      assert.match(await tooShort.text(), /must be at least --timeout-after, 30m/);
      await server.stop();

      server = await startServer({ data, flags: KEEP });
      await until(server, (list) => !list.includes('old-'));
      const deadline = performance.now() + WAIT_MS;
      while (!/^sojourn_retention_sessions_total 300$/m.test(await server.text('/metrics'))) {
        assert.ok(performance.now() < deadline, 'the pass has not ended');
        await delay(POLL_MS);
      }
      const { items } = await server.get<{ items: AuditEntry[] }>('/api/v1/audit');
      const entry = items.find(({ action }) => action === 'retention.passed');
      const bytes = plan.would_remove[0]?.bytes;
      assert.deepEqual(entry?.detail, { sessions: 300, records: 300, bytes });
      const command = await runCommand('retention', '--server', server.httpUrl, '--keep-sessions', '30m');
      assert.equal(command.stderr, '');
      assert.match(command.stdout, /^--keep-sessions 30m\nThe data has [\d.]+ MB\.\n/);
      assert.match(command.stdout, /^default +\S+ \S+ +20 +20 +\d\.\d MB$/m, 'would go');
      assert.match(command.stdout, /^default +\S+ \S+ +300 +300 +\d\.\d MB +0$/m, 'went');
      const { would_remove, keep_sessions } = await server.get<RetentionPlan>('/api/v1/retention');
      assert.deepEqual([would_remove, keep_sessions], [[], '2h']);
      const inUse = await runCommand('retention', '--data', data);
      if (!isOnPostgres) assert.match(inUse.stderr, /a server has .*: ask it/);
      const place = server.database === undefined ? ['--data', data] : ['--store', server.database.url];
      await server.stop();
      const apart = await runCommand('retention', ...place, '--keep-sessions', '30m', '--json');
      assert.equal(apart.stderr, '');
      const found = JSON.parse(apart.stdout);
      assert.equal(found.would_remove[0].sessions, 20);
      assert.equal(found.went[0].sessions, 300);
    } finally {
      await server.dispose();
      rmSync(data, { recursive: true, force: true });
    }
  });

  test('a process that is killed while sessions go is continued by the next one', async () => {
    const data = makeTemporaryDirectory();
    const other = makeTemporaryDirectory();
    let server = await startServer({ data: other });
    try {
      await send(server, sessions('new', 50, 1n));
      const expected = await listed(server);
      await server.stop();
      server = await startServer({ data });
      await send(server, [...sessions('old', 900, 10n), ...sessions('new', 50, 1n)]);
      const all = await listed(server);
      await server.stop();
      server = await startServer({ data, flags: KEEP });
      await until(server, (list) => list !== all);
      await server.kill();
      server = await startServer({ data, flags: KEEP });
      await until(server, (list) => list === expected);
      await server.stop();
      // Rows are made again of the log of PostgreSQL in test/postgres-retention.test.ts.
      if (isOnPostgres) return;
      const checked = await runCommand('check', '--data', data);
      assert.equal(checked.code, 0, checked.stderr);
      // The log has lost the same: all rows are made again of it.
      for (const name of readdirSync(data)) if (name.startsWith('sessions')) rmSync(join(data, name));
      server = await startServer({ data });
      assert.equal(await listed(server), expected);
    } finally {
      await server.dispose();
      for (const each of [data, other]) rmSync(each, { recursive: true, force: true });
    }
  });
});
