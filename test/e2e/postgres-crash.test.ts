import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { Random } from '../../src/demo/random.js';
import { expectedSessions, type SessionJson } from '../support/expected-sessions.js';
import { startPostgres, type TestPostgres, withoutPostgres } from '../support/postgres.js';
import { until } from '../support/postgres-exact.js';
import { startServer, type TestServer } from '../support/server.js';
import { markedRequest, SplitTraffic, type TelemetryRequest } from '../support/split-traffic.js';

/**
 * The second promise over PostgreSQL: acknowledged means durable, once. Two servers share a database that writes
 * to the disk. Servers, connections of the database, and the database itself are killed while senders are
 * sending. The senders repeat every unacknowledged request, to either server, and some acknowledged ones.
 */

/** Kills in all. */
const KILLS = Number(process.env.SOJOURN_POSTGRES_CRASH_KILLS ?? 4);
const SERVERS = 2;
const SENDERS = 4;
/** Maximum number of acknowledgements before a kill. */
const MAX_ACKNOWLEDGEMENTS = 30;
const PAGE = 1000;
const RETRY_MS = 20;
/** A sender that is answered later than this counts as hanging. */
const ANSWER_LIMIT_MS = 25_000;

/** After the end of one of its processes (`backend`), the database starts again by itself. */
type Victim = 'server' | 'connection' | 'backend' | 'database';
/** In turn, so that few kills have one of each. */
const VICTIMS: readonly Victim[] = ['server', 'database', 'connection', 'backend'];

interface PageJson {
  readonly items: SessionJson[];
  readonly next_cursor?: string;
}

describe(`servers and a database that are killed ${KILLS} times in mid-ingest`, {
  skip: withoutPostgres,
}, () => {
  const random = new Random('postgres-crash');
  const traffic = new SplitTraffic('postgres-crash');
  const acknowledged = new Set<number>();
  const servers: TestServer[] = [];
  let postgres: TestPostgres;
  let url: string;
  let unanswered = 0;

  before(async () => {
    postgres = await startPostgres({ durable: true });
    url = await postgres.createDatabase();
    servers.push(await start());
    servers.push(await start());
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.dispose()));
    await postgres?.stop();
  });

  it('have everything acknowledged, once, after each kill', async (t) => {
    for (let kill = 0; kill < KILLS; kill++) {
      await ingest(random.int(1, MAX_ACKNOWLEDGEMENTS), () => end(VICTIMS[kill % VICTIMS.length]!));
      await assertSessions();
    }
    t.diagnostic(`${acknowledged.size} requests acknowledged, ${unanswered} attempts unanswered`);
  });

  it('have everything, once, when all has been sent, and again', async () => {
    const unacknowledged = traffic.requests.filter(({ number }) => !acknowledged.has(number));
    await sendAll([...unacknowledged, ...traffic.rest()]);
    const stored = await assertSessions();
    assert.equal(stored.size, traffic.requests.length);
    await sendAll(traffic.requests.slice(-100));
    assert.equal((await assertSessions()).size, stored.size);
  });

  const start = (): Promise<TestServer> => startServer({ flags: ['--store', url] });

  /** Sends until it is acknowledged. */
  async function send(request: TelemetryRequest): Promise<void> {
    for (;;) {
      const server = servers[random.int(0, SERVERS - 1)]!;
      const beganMs = performance.now();
      const status = await server.post(`/v1/${request.signal}`, request.body).then(
        (response) => response.arrayBuffer().then(() => response.status),
        // A killed server gives no answer.
        () => undefined,
      );
      assert.ok(performance.now() - beganMs < ANSWER_LIMIT_MS, 'a sender waited too long');
      if (status === 200) {
        acknowledged.add(request.number);
        return;
      }
      // 429: sessions are too far behind after a kill.
      assert.ok(status === undefined || status === 503 || status === 429, `${status}`);
      unanswered++;
      await delay(RETRY_MS);
    }
  }

  async function sendAll(requests: readonly TelemetryRequest[]): Promise<void> {
    const left = [...requests];
    const sender = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) await send(next);
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));
  }

  /** Sends until `kill`, which is called after so many acknowledgements, has resolved. */
  async function ingest(acknowledgements: number, kill: () => Promise<void>): Promise<void> {
    const before = acknowledged.size;
    let killing: Promise<void> | undefined;
    let isOver = false;
    const sender = async (): Promise<void> => {
      while (!isOver) {
        await send(traffic.next());
        if (acknowledged.size - before >= acknowledgements)
          killing ??= kill().finally(() => {
            isOver = true;
          });
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));
    await killing;
  }

  async function end(victim: Victim): Promise<void> {
    switch (victim) {
      case 'server': {
        // The one that folds, if it can be told.
        const [lease] = await ask('SELECT owner FROM sojourn.lease');
        const holder = Number(lease!.owner!.split(' ').at(-2));
        const at = Math.max(
          0,
          servers.findIndex(({ pid }) => pid === holder),
        );
        await servers[at]!.kill();
        // As if the length of the lease had passed.
        await ask(`UPDATE sojourn.lease SET expires_at = '-infinity'`);
        servers[at] = await start();
        return;
      }
      case 'connection':
        await ask(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'sojourn %' AND random() < 0.5`,
        );
        return;
      case 'backend': {
        const [backend] = await ask(
          `SELECT pid FROM pg_stat_activity WHERE application_name = 'sojourn intake' LIMIT 1`,
        );
        process.kill(Number(backend!.pid), 'SIGKILL');
        return;
      }
      case 'database':
        await postgres.kill();
        await postgres.restart();
    }
  }

  /** The rows of a statement, as soon as the database answers. */
  function ask(text: string): Promise<Record<string, string>[]> {
    return until('the database does not answer', async () => {
      const client = new Client({ connectionString: url });
      client.on('error', () => {});
      try {
        await client.connect();
        return (await client.query(text)).rows;
      } catch {
        return undefined;
      } finally {
        await client.end().catch(() => {});
      }
    });
  }

  /**
   * Compares all sessions of each server with the stored requests: all acknowledged ones, and others whose
   * answer was lost. Resolves to their numbers.
   */
  async function assertSessions(): Promise<ReadonlySet<number>> {
    await until('sessions are behind', async () => {
      const rows = await ask(
        'SELECT 1 FROM sojourn.log_block WHERE number IS NULL OR number > (SELECT folded FROM sojourn.lease) LIMIT 1',
      );
      return rows.length === 0 || undefined;
    });
    const [first, second] = await Promise.all(servers.map(readSessions));
    assert.deepEqual(second, first);
    const numbers = first!.map((session) => markedRequest(session['session.id']));
    const stored = new Set(numbers.filter((number) => number !== undefined));
    const lost = [...acknowledged].filter((number) => !stored.has(number));
    assert.deepEqual(lost, [], 'acknowledged requests that are not stored');
    const requests = [...stored].map((number) => traffic.requests[number]!);
    const expected = expectedSessions(
      requests.flatMap(({ spans }) => spans),
      requests.flatMap(({ logs }) => logs),
    );
    assert.deepEqual(first, expected);
    return stored;
  }
});

async function readSessions(server: TestServer): Promise<SessionJson[]> {
  await until(
    'the server is not ready',
    async () => (await server.fetch('/readyz')).status === 200 || undefined,
  );
  const sessions: SessionJson[] = [];
  let cursor: string | undefined;
  do {
    const from = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await server.get<PageJson>(`/api/v1/sessions?limit=${PAGE}${from}`);
    sessions.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== undefined);
  return sessions;
}
