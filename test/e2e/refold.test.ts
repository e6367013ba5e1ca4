import assert from 'node:assert/strict';
import { closeSync, openSync, readdirSync, readlinkSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { makeTemporaryDirectory, startServer, type TestServer } from '../support/server.js';
import { type SpanSpec, tracesJson } from '../support/telemetry.js';

/** All sessions are made again, for other rules or because their file is damaged, while the server takes telemetry and answers. */

const START_NS = BigInt(Date.now() - 3_600_000) * 1_000_000n;
const REQUESTS = 20;
const SESSIONS_A_REQUEST = 500;
const SESSIONS = REQUESTS * SESSIONS_A_REQUEST;
const PAGE = 100;
const PAGE_BYTES = 4096;

interface Page {
  readonly items: readonly { readonly 'session.id': string; readonly state: string }[];
  readonly next_cursor?: string;
}

function spanOf(no: number): SpanSpec {
  const start = START_NS + BigInt(no) * 1_000_000n;
  return {
    trace: (no + 1).toString(16),
    span: '1',
    start,
    end: start + 1_000_000n,
    attributes: { 'session.id': `s${String(no).padStart(6, '0')}`, 'user.id': `u${no % 100}` },
  };
}

/** Sends spans, again for as long as they cannot be stored. */
async function send(server: TestServer, first: number, count: number): Promise<void> {
  const spans = Array.from({ length: count }, (_, i) => spanOf(first + i));
  for (;;) {
    const response = await server.post('/v1/traces', tracesJson(spans));
    const text = await response.text();
    if (response.status === 200) return;
    assert.equal(response.status, 503, text);
    await delay(50);
  }
}

const page = (server: TestServer, cursor?: string): Promise<Page> =>
  server.get(
    `/api/v1/sessions?limit=${PAGE}${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
  );

const idsOf = ({ items }: Page): string[] => items.map((item) => item['session.id']);

const total = async (server: TestServer): Promise<number> =>
  (await server.get<{ total_sessions: number }>('/api/v1/sessions/stats')).total_sessions;

const readiness = (server: TestServer): Promise<{ status: string; reason?: string }> => server.get('/readyz');

const filesOf = (data: string): string[] =>
  readdirSync(data).filter((name) => /^sessions.*sqlite$/.test(name));

describe('a server whose rules are others than those of its sessions', () => {
  const data = makeTemporaryDirectory();
  let server: TestServer;
  let first: Page;
  let second: Page;

  /** Has all sessions made under older rules. */
  const age = (): void => {
    for (const file of filesOf(data)) {
      const db = new DatabaseSync(join(data, file));
      db.exec("UPDATE meta SET value = 0 WHERE key = 'rules'");
      db.close();
    }
  };

  before(async () => {
    server = await startServer({ data });
    for (let i = 0; i < REQUESTS; i++) await send(server, i * SESSIONS_A_REQUEST, SESSIONS_A_REQUEST);
    await server.settled();
    first = await page(server);
    second = await page(server, first.next_cursor);
    assert.equal(await server.stop(), 0);
    age();
  });
  after(async () => {
    await server?.dispose();
    rmSync(data, { recursive: true });
  });

  it('answers as before while all are made again, however often it is killed', async () => {
    for (let kill = 0; kill < 3; kill++) {
      server = await startServer({ data, until: 'answering' });
      for (let look = 0; look <= kill; look++) {
        assert.deepEqual(idsOf(await page(server)), idsOf(first));
        assert.deepEqual(idsOf(await page(server, first.next_cursor)), idsOf(second), 'cursors go on');
        assert.equal(await total(server), SESSIONS);
      }
      if (kill === 0) assert.match(server.stderr, /folding all telemetry again, sessions stay as they are/);
      await server.kill();
    }
  });

  it('takes telemetry and decisions meanwhile, and has all of it in the end', async () => {
    age();
    server = await startServer({ data, until: 'answering' });
    await send(server, SESSIONS, 1);
    const [invalidated] = idsOf(second) as [string];
    const answer = await server.fetch(`/api/v1/sessions/${invalidated}/invalidate`, { method: 'POST' });
    assert.equal(answer.status, 204);
    const { state } = await server.get<{ state: string }>(`/api/v1/sessions/${invalidated}`);
    assert.equal(state, 'invalidated');
    for (;;) {
      const response = await server.fetch('/api/v1/sessions/stats');
      const { total_sessions: sessions } = (await response.json()) as { total_sessions: number };
      const isBehind = response.headers.has('Sojourn-Behind');
      assert.ok(sessions === SESSIONS + 1 || (isBehind && sessions === SESSIONS), `${sessions}`);
      const listed = (await page(server, first.next_cursor)).items;
      assert.deepEqual(
        listed.map((item) => item['session.id']),
        idsOf(second),
      );
      assert.equal(listed[0]?.state, 'invalidated');
      if (!isBehind) break;
    }
    assert.equal(await total(server), SESSIONS + 1);
    assert.equal((await readiness(server)).reason, undefined);
  });

  it('keeps nothing of the old file', { skip: process.platform !== 'linux' }, async () => {
    const held = (): string[] =>
      readdirSync(`/proc/${server.pid}/fd`).flatMap((fd) => {
        try {
          const path = readlinkSync(`/proc/${server.pid}/fd/${fd}`);
          return path.includes('sessions.sqlite') ? [path] : [];
        } catch {
          return [];
        }
      });
    for (let tries = 0; tries < 300 && (held().length > 0 || filesOf(data).length > 1); tries++)
      await delay(100);
    assert.deepEqual([held(), filesOf(data).length], [[], 1]);
    assert.equal(await server.stop(), 0);
    server = await startServer({ data });
    assert.equal(await total(server), SESSIONS + 1);
    assert.doesNotMatch(server.stderr, /folding/);
  });
});

describe('a server whose file of sessions is damaged where it is not read at the start', () => {
  const data = makeTemporaryDirectory();
  let server: TestServer;
  after(async () => {
    await server?.dispose();
    rmSync(data, { recursive: true });
  });

  for (const [finds, damaged] of [
    ['a read', 'session_by_start'],
    ['a write', 'record_group'],
  ] as const) {
    it(`makes it again when ${finds} finds that, and says so`, async () => {
      server = await startServer({ data });
      await send(server, 0, 100);
      await server.settled();
      assert.equal(await server.stop(), 0);
      const [file] = filesOf(data) as [string];
      damageRoot(join(data, file), damaged);
      server = await startServer({ data });
      if (finds === 'a write') await send(server, 50, 100);
      for (let tries = 0; filesOf(data).includes(file); tries++) {
        assert.ok(tries < 600, server.stderr);
        await (await server.fetch('/api/v1/sessions')).arrayBuffer();
        await delay(100);
      }
      assert.equal(await total(server), finds === 'a read' ? 100 : 150);
      assert.equal(idsOf(await page(server)).length, 100);
      assert.match(server.stderr, /"level":"warn".*damaged: all/);
      assert.match(String((await readiness(server)).reason), /damaged: all/);
      assert.equal(await server.stop(), 0);
    });
  }
});

/** Overwrites the first page of a table or an index. */
function damageRoot(path: string, name: string): void {
  const db = new DatabaseSync(path);
  const { root } = db.prepare('SELECT rootpage AS root FROM sqlite_schema WHERE name = ?').get(name) as {
    root: number;
  };
  db.close();
  const fd = openSync(path, 'r+');
  writeSync(fd, Buffer.alloc(PAGE_BYTES, 7), 0, PAGE_BYTES, (root - 1) * PAGE_BYTES);
  closeSync(fd);
}
