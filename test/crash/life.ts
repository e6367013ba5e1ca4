import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../src/demo/random.js';
import { tracesJsonToProtobuf } from '../../src/otlp/json.js';
import { Needles } from '../../src/store/engine/needles.js';
import { LogReader } from '../../src/store/records/log-reader.js';
import { databaseFiles, searchFile } from '../../src/store/sqlite/file-search.js';
import { readKeptSnapshot } from '../../src/store/sqlite/kept-snapshot.js';
import { expectedSessions, type SessionJson } from '../support/expected-sessions.js';
import type { TestServer } from '../support/server.js';
import { markedRequest, SplitTraffic, type TelemetryRequest } from '../support/split-traffic.js';
import { type SpanSpec, tracesJson } from '../support/telemetry.js';

/**
 * What is sent to one data directory, what was acknowledged of it and when, and what must therefore be there after a
 * crash. Times are positions: of the trace of a disk, or 0 where nothing is recorded.
 */

const SENDERS = 4;
const PAGE = 1000;
/** ms */
const POLL_MS = 25;
/** So long may nothing take that is not a hang, on a machine that is busy with other work. */
const WAIT_MS = 300_000;
/** How often a refused request is sent again at once. */
const TRIES = 20;
/** Acknowledged requests that are sent once more after a crash. */
const RETRIES = 6;
/** 2025-06-01, before that of SplitTraffic. */
const VISITED_NS = 1_748_700_000_000_000_000n;

/** How long before that old sessions were. */
const OLD_NS = 400n * 86_400_000_000_000n;
const OLD_SESSIONS = 250;

/** The server ended by itself. */
export class DiedError extends Error {
  override readonly name = 'DiedError';
}

/** Somebody who is to be erased, with a session and traces that nobody else has. */
interface Visitor {
  readonly number: number;
  readonly session: string;
  readonly user: string;
  readonly body: Uint8Array;
  acknowledgedAt?: number;
  /** When the erasure was asked for, and when that was acknowledged. */
  askedAt?: number;
  erasedAt?: number;
}

export class Life {
  readonly #random: Random;
  readonly #traffic: SplitTraffic;
  readonly #visitors: Visitor[] = [];
  readonly #acknowledgedAt = new Map<number, number>();
  /** Requests to send before any new one. */
  #outbox: TelemetryRequest[] = [];
  /** The present time. */
  now: () => number = () => 0;

  constructor(seed: string, random: Random) {
    this.#random = random;
    this.#traffic = new SplitTraffic(seed);
  }

  get acknowledged(): number {
    return this.#acknowledgedAt.size;
  }

  /**
   * Sends requests, several at a time; `sent` is called after each answer. What is refused is sent again a few times,
   * and later. @throws DiedError
   */
  async send(server: TestServer, requests: number, sent: () => void = () => {}): Promise<void> {
    let left = requests;
    await together(SENDERS, async () => {
      while (left-- > 0) {
        const request = this.#outbox.shift() ?? this.#traffic.next();
        if (await this.#post(server, request.signal, request.body))
          this.#acknowledgedAt.set(request.number, Math.min(this.now(), this.#acknowledged(request.number)));
        else this.#outbox.push(request);
        sent();
      }
    });
  }

  #acknowledged(number: number): number {
    return this.#acknowledgedAt.get(number) ?? Number.POSITIVE_INFINITY;
  }

  /** New visitors come. @throws DiedError */
  async visit(server: TestServer, count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const visitor = visitorOf(this.#visitors.length);
      this.#visitors.push(visitor);
      if (await this.#post(server, 'traces', visitor.body)) visitor.acknowledgedAt = this.now();
    }
  }

  /** Erases a visitor who was not erased yet, if there is one. @throws DiedError */
  async erase(server: TestServer): Promise<void> {
    const visitor = this.#visitors.find(
      ({ askedAt, acknowledgedAt }) => askedAt === undefined && acknowledgedAt !== undefined,
    );
    if (visitor !== undefined) await this.#erase(server, visitor);
  }

  async #erase(server: TestServer, visitor: Visitor): Promise<void> {
    visitor.askedAt ??= this.now();
    const path =
      visitor.number % 2 === 0 ? `/api/v1/users/${visitor.user}` : `/api/v1/sessions/${visitor.session}`;
    await until(async () => {
      const { status, text } = await ask(server, () => server.fetch(path, { method: 'DELETE' }));
      // Sessions that are not up to date yet, or a disk that refuses.
      if (status === 503 || status === 500) return false;
      // Of an earlier attempt without an answer.
      if (status === 404) return true;
      assert.equal(status, 202, text);
      visitor.erasedAt ??= this.now();
      return true;
    }, `the erasure of ${visitor.session} is asked for`);
  }

  /** Waits until a job that was asked for is done. @throws DiedError */
  async erased(server: TestServer): Promise<void> {
    await until(async () => {
      await ask(server, () => server.fetch('/healthz'));
      return this.#tracesOfErased(server.data).length === 0;
    }, 'erasures are done');
  }

  /** Sessions of long before all others. @throws DiedError */
  async sendOld(server: TestServer): Promise<void> {
    const spans = Array.from({ length: OLD_SESSIONS }, (_, i): SpanSpec => {
      const start = VISITED_NS - OLD_NS + BigInt(i) * 1_000_000n;
      const attributes = { 'session.id': `old-session-${i}` };
      return { trace: `d${i + 1}`, span: '1', start, end: start + 1_000n, attributes };
    });
    await this.#post(server, 'traces', tracesJsonToProtobuf(tracesJson(spans)).bytes);
  }

  /** Waits until old sessions are in no answer, and no part of the log is to be written again. @throws DiedError */
  async retained(server: TestServer): Promise<void> {
    await until(async () => {
      const { text } = await ask(server, () => server.fetch('/api/v1/sessions?endTime=2025-01-01T00:00:00Z'));
      return !text.includes('old-session-') && listedForRetention(server.data) === 0;
    }, 'old sessions are gone');
  }

  /** Waits until a pass of retention has ended. @throws DiedError */
  async passed(server: TestServer): Promise<void> {
    await until(async () => {
      const { text } = await ask(server, () => server.fetch('/metrics'));
      return /^sojourn_retention_passes_total [1-9]/m.test(text);
    }, 'a pass has ended');
  }

  /** Waits until telemetry is taken again. @throws DiedError */
  async ready(server: TestServer): Promise<void> {
    await until(async () => {
      const { status } = await ask(server, () => server.fetch('/readyz'));
      return status === 200;
    }, 'the server is ready');
  }

  /** Waits until a segment of the log has its smaller form. @throws DiedError */
  async compacted(server: TestServer): Promise<void> {
    const folder = join(server.data, 'log');
    await until(async () => {
      await ask(server, () => server.fetch('/healthz'));
      return readdirSync(folder).some((name) => name.endsWith('.cold'));
    }, 'a segment is compressed');
  }

  /**
   * What the crash at this time must have left: everything acknowledged before, once, and nothing erased. With
   * `isPromised` false, anything of what was sent may be missing, and anything erased may be back.
   */
  async assertKept(server: TestServer, at: number, isPromised: boolean): Promise<void> {
    await server.settled();
    const sessions = await this.#list(server);
    const ids = new Set(sessions.map((session) => session['session.id']));
    const stored = this.#storedOf(ids);
    if (isPromised) {
      const lost = [...this.#acknowledgedAt].filter(([number, since]) => since <= at && !stored.has(number));
      assert.deepEqual(lost, [], 'requests that were acknowledged and are not stored');
    }
    for (const { session, acknowledgedAt, askedAt, erasedAt } of this.#visitors) {
      if (!isPromised) break;
      if (isBefore(erasedAt, at)) assert.ok(!ids.has(session), `${session} was erased, and is listed`);
      else if (isBefore(acknowledgedAt, at) && !isBefore(askedAt, at))
        assert.ok(ids.has(session), `${session} was acknowledged, and is not listed`);
    }
    // A part of a request may be missing too.
    if (isPromised) this.#assertSessions(sessions, stored);
  }

  /**
   * Sends again what was not acknowledged by then or, if nothing was `isPromised`, everything, and some of the rest; asks
   * again for erasures.
   */
  async resend(server: TestServer, at: number, isPromised: boolean): Promise<void> {
    const { requests } = this.#traffic;
    const isKept = (number: number): boolean => isPromised && this.#acknowledged(number) <= at;
    const kept = requests.filter(({ number }) => isKept(number));
    const missing = requests.filter(({ number }) => !isKept(number));
    const again = kept.length === 0 ? [] : Array.from({ length: RETRIES }, () => this.#random.pick(kept));
    this.#outbox = [...missing, ...this.#traffic.rest(), ...again];
    await this.send(server, this.#outbox.length);
    for (const visitor of this.#visitors) {
      // Before its erasure is asked for again: the one before may have been lost.
      assert.ok(await this.#post(server, 'traces', visitor.body));
      visitor.acknowledgedAt = this.now();
    }
    await server.settled();
    for (const visitor of this.#visitors)
      if (visitor.askedAt !== undefined) await this.#erase(server, visitor);
  }

  /** Everything that was sent is there, once, and nothing that was erased. */
  async assertComplete(server: TestServer): Promise<void> {
    await server.settled();
    const sessions = await this.#list(server);
    const ids = new Set(sessions.map((session) => session['session.id']));
    const stored = this.#storedOf(ids);
    assert.deepEqual(this.#outbox.length, 0, 'requests that are refused for good');
    assert.equal(stored.size, this.#traffic.requests.length);
    for (const { session, askedAt } of this.#visitors)
      assert.equal(ids.has(session), askedAt === undefined, session);
    this.#assertSessions(sessions, stored);
  }

  /** The files have no bytes of those who were erased. */
  assertErasedIn(data: string): void {
    assert.deepEqual(this.#tracesOfErased(data), []);
  }

  #tracesOfErased(data: string): string[] {
    const erased = this.#visitors.filter(({ askedAt }) => askedAt !== undefined);
    if (erased.length === 0) return [];
    const needles = new Needles(
      erased.flatMap(({ user, session }) => [Buffer.from(user), Buffer.from(session)]),
    );
    const found = databaseFiles(data).flatMap((name) => [...searchFile(data, name, needles)]);
    const folder = join(data, 'log');
    if (!existsSync(folder)) return found.map(({ where }) => where);
    return [...found.map(({ where }) => where), ...blocksWith(folder, needles)];
  }

  /** Whether it was acknowledged. */
  async #post(server: TestServer, signal: 'traces' | 'logs', body: Uint8Array): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries++) {
      const { status, text } = await ask(server, () => server.post(`/v1/${signal}`, body));
      if (status === 503 || status === 429) {
        await delay(POLL_MS);
        continue;
      }
      assert.equal(status, 200, text);
      return true;
    }
    return false;
  }

  async #list(server: TestServer): Promise<SessionJson[]> {
    const sessions: SessionJson[] = [];
    let cursor: string | undefined;
    do {
      const from = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await server.get<{ items: SessionJson[]; next_cursor?: string }>(
        `/api/v1/sessions?limit=${PAGE}${from}`,
      );
      sessions.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    return sessions;
  }

  #storedOf(ids: ReadonlySet<string>): ReadonlySet<number> {
    return new Set([...ids].map(markedRequest).filter((number) => number !== undefined));
  }

  #assertSessions(sessions: readonly SessionJson[], stored: ReadonlySet<number>): void {
    const requests = [...stored].map((number) => this.#traffic.requests[number]!);
    const expected = expectedSessions(
      requests.flatMap(({ spans }) => spans),
      requests.flatMap(({ logs }) => logs),
    );
    const own = sessions.filter(({ 'session.id': id }) => isOfTraffic(id));
    assert.deepEqual(own, expected);
  }
}

/** Whether SplitTraffic made it. All others are visitors, or were there before. */
export function isOfTraffic(session: string): boolean {
  return /^(?:visit-\d+|request-\d+|0{8}[0-9a-f]{24})$/.test(session);
}

export function isVisitor(session: string): boolean {
  return session.startsWith('erasable-session-');
}

/** Chunks that retention has listed and not removed from the log yet. */
function listedForRetention(data: string): number {
  return readKeptSnapshot(data, (db) => {
    const exists = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'retention_chunk'").get();
    if (exists === undefined) return 0;
    return Number(db.prepare('SELECT count(*) AS chunks FROM retention_chunk').get()!.chunks);
  });
}

/** The blocks of the log that have any of these bytes. */
function blocksWith(folder: string, needles: Needles): string[] {
  const found: string[] = [];
  const reader = new LogReader(folder);
  try {
    for (let number = 1; ; number++) {
      const block = reader.read(number);
      if (block === undefined) return found;
      if (needles.in(block.bytes).size > 0) found.push(`block ${number}`);
    }
  } finally {
    reader.close();
  }
}

function visitorOf(number: number): Visitor {
  const session = `erasable-session-${number}-of-a-visitor`;
  const user = `erasable-user-${number}-of-a-visitor`;
  const start = VISITED_NS + BigInt(number) * 1_000_000_000n;
  const spans = Array.from({ length: 4 }, (_, i): SpanSpec => {
    const trace = `e${number + 1}e${Math.floor(i / 2) + 1}`;
    const at = start + BigInt(i) * 1_000_000n;
    const attributes = {
      'session.id': session,
      'user.id': user,
      'url.full': `https://shop.example/of/${user}`,
    };
    return { trace, span: `${i + 1}`, start: at, end: at + 500_000n, attributes };
  });
  return { number, session, user, body: tracesJsonToProtobuf(tracesJson(spans)).bytes };
}

function isBefore(moment: number | undefined, at: number): boolean {
  return moment !== undefined && moment <= at;
}

/** What a server answers. If a connection breaks, it is asked again, as senders do. @throws DiedError if it ended */
async function ask(
  server: TestServer,
  send: () => Promise<Response>,
): Promise<{ readonly status: number; readonly text: string }> {
  const deadline = performance.now() + WAIT_MS;
  for (;;) {
    try {
      const response = await send();
      return { status: response.status, text: await response.text() };
    } catch (error) {
      // The end of a process is known a little after that of its connections.
      await delay(POLL_MS);
      if (server.hasEnded) throw new DiedError(`the server ended: ${(error as Error).message}`);
      if (performance.now() > deadline) throw error;
    }
  }
}

/** Runs as many at a time; waits for all of them, then throws what one of them threw. */
async function together(count: number, work: () => Promise<void>): Promise<void> {
  const results = await Promise.allSettled(Array.from({ length: count }, work));
  const failed = results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => reason as Error);
  const worst = failed.find((error) => !(error instanceof DiedError)) ?? failed[0];
  if (worst !== undefined) throw worst;
}

export async function until(test: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + WAIT_MS;
  while (!(await test())) {
    assert.ok(performance.now() < deadline, `it took more than ${WAIT_MS} ms until ${what}`);
    await delay(POLL_MS);
  }
}
