import assert from 'node:assert/strict';
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { SessionStatistics } from '../../src/contract/statistics.js';
import { Random } from '../../src/demo/random.js';
import { expectedSessions, keptVersions, type SessionJson } from '../support/expected-sessions.js';
import { RawGrpcSender } from '../support/senders.js';
import { makeTemporaryDirectory, startServer, type TestServer } from '../support/server.js';
import { markedRequest, SplitTraffic, type TelemetryRequest } from '../support/split-traffic.js';
import { spanId, traceId } from '../support/telemetry.js';

/**
 * The second promise: acknowledged means durable, once. Servers are killed repeatedly while senders are
 * sending. The senders repeat every unacknowledged request, and some acknowledged ones.
 */

interface PageJson {
  readonly items: SessionJson[];
  readonly next_cursor?: string;
}

interface TraceJson {
  readonly trace_id: string;
  readonly spans: readonly { readonly span_id: string; readonly name: string }[];
}

/** When to kill: after this many acknowledgements since the start, and this many requests sent after those. */
interface Moment {
  readonly acknowledgements: number;
  readonly sends: number;
}

/** Kills in all, at least. */
const KILLS = Number(process.env.SOJOURN_CRASH_KILLS ?? 10);
/** Number of concurrent servers, because most of the time is spent on restarting them. */
const TRIALS = 2;
const HTTP_SENDERS = 6;
const GRPC_SENDERS = 2;
/** Maximum number of acknowledgements before a kill. */
const MAX_ACKNOWLEDGEMENTS = 60;
/** Number of acknowledged requests that are sent once more after a kill. */
const RETRIES = 6;
const PAGE = 1000;
const READS_AT_A_TIME = 8;

describe(`servers that are killed ${KILLS} times in mid-ingest`, () => {
  const trials: Trial[] = [];
  before(() => {
    for (let number = 1; number <= TRIALS; number++) trials.push(new Trial(`crash-${number}`));
  });
  after(() => forEach((trial) => trial.dispose()));

  it('have everything acknowledged, once, after each restart', async (t) => {
    await forEach((trial) => trial.killAndRestart(Math.ceil(KILLS / TRIALS)));
    for (const { summary } of trials) t.diagnostic(summary);
  });

  it('have everything, once, when all has been sent again', () => forEach((trial) => trial.complete()));

  it('give the same bytes after a clean stop', () => forEach((trial) => trial.stopAndRestart()));

  /** Waits for all of them, so that none continues in the background of the next test. */
  async function forEach(action: (trial: Trial) => Promise<void>): Promise<void> {
    const results = await Promise.allSettled(trials.map(action));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
});

/** One server on one data directory, and its senders. */
class Trial {
  readonly #random: Random;
  readonly #traffic: SplitTraffic;
  readonly #folder = makeTemporaryDirectory();
  readonly #ledger = new Ledger(join(this.#folder, 'acknowledged'));
  /** Requests to send before any new one. */
  #outbox: TelemetryRequest[] = [];
  #server: TestServer | undefined;
  #unanswered = 0;
  #unansweredButStored = 0;

  constructor(seed: string) {
    this.#random = new Random(seed);
    this.#traffic = new SplitTraffic(seed);
  }

  get summary(): string {
    return [
      `${this.#ledger.size} requests acknowledged`,
      `${this.#unanswered} unanswered when the server died`,
      `${this.#unansweredButStored} of them stored`,
    ].join(', ');
  }

  async dispose(): Promise<void> {
    await this.#server?.dispose();
    this.#ledger.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async killAndRestart(kills: number): Promise<void> {
    let server = await this.#start();
    for (let kill = 1; kill <= kills; kill++) {
      await this.#ingest(server, {
        acknowledgements: this.#random.int(1, MAX_ACKNOWLEDGEMENTS),
        sends: this.#random.int(0, HTTP_SENDERS + GRPC_SENDERS),
      });
      server = await this.#start();
      const unanswered = this.#traffic.requests.filter(({ number }) => !this.#ledger.has(number));
      const stored = await this.#assertSessions(server);
      this.#unanswered += unanswered.length;
      this.#unansweredButStored += unanswered.filter(({ number }) => stored.has(number)).length;
      this.#outbox = this.#shuffled([...unanswered, ...this.#retries()]);
    }
    assert.ok(this.#unanswered > 0, 'no kill hit a request under way');
  }

  /** Sends the rest, and compares all sessions and traces with everything that was ever sent. */
  async complete(): Promise<void> {
    const server = this.#server!;
    this.#outbox.push(...this.#traffic.rest());
    await this.#ingest(server);
    assert.equal(this.#ledger.size, this.#traffic.requests.length);
    await server.settled();
    const stored = await this.#assertSessions(server);
    assert.equal(stored.size, this.#traffic.requests.length);
    this.#assertTraces(await this.#readTraces(server));
  }

  async stopAndRestart(): Promise<void> {
    const present = await this.#readEverything(this.#server!);
    assert.equal(await this.#server!.stop(), 0);
    assert.deepEqual(await this.#readEverything(await this.#start()), present);
  }

  async #start(): Promise<TestServer> {
    this.#server = await startServer({ data: join(this.#folder, 'data') });
    return this.#server;
  }

  /** Sends until the server has been killed at that moment or, without one, until the outbox is empty. */
  async #ingest(server: TestServer, moment?: Moment): Promise<void> {
    const grpc = new RawGrpcSender(server, 'gzip');
    let acknowledgements = 0;
    let sendsSince = 0;
    let killed: Promise<void> | undefined;

    const sendAll = async (send: (request: TelemetryRequest) => Promise<void>): Promise<void> => {
      while (killed === undefined) {
        const request = this.#outbox.shift() ?? (moment && this.#traffic.next());
        if (request === undefined) return;
        const sent = send(request);
        if (moment && acknowledgements >= moment.acknowledgements && sendsSince++ === moment.sends)
          killed = server.kill();
        try {
          await sent;
        } catch (error) {
          // A killed server gives no answer; any answer has to be correct.
          if (killed === undefined || error instanceof assert.AssertionError) throw error;
          return;
        }
        this.#ledger.add(request.number);
        acknowledgements += 1;
      }
    };
    try {
      await Promise.all([
        ...Array.from({ length: HTTP_SENDERS }, () => sendAll((request) => sendHttp(server, request))),
        ...Array.from({ length: GRPC_SENDERS }, () => sendAll((request) => sendGrpc(grpc, request))),
      ]);
      await killed;
    } finally {
      grpc.close();
    }
  }

  #retries(): TelemetryRequest[] {
    const acknowledged = this.#ledger.read();
    return Array.from({ length: RETRIES }, () => this.#traffic.requests[this.#random.pick(acknowledged)]!);
  }

  #shuffled<T>(items: readonly T[]): T[] {
    const left = [...items];
    return items.map(() => left.splice(this.#random.int(0, left.length - 1), 1)[0]!);
  }

  /**
   * Compares all sessions with the stored requests: all acknowledged ones, and any others that the server had
   * written before it could acknowledge them. Resolves to their numbers.
   */
  async #assertSessions(server: TestServer): Promise<ReadonlySet<number>> {
    const pages = await readPages(server);
    const sessions = pages.flatMap((page) => (JSON.parse(page) as PageJson).items);
    const numbers = sessions.map((session) => markedRequest(session['session.id']));
    const stored = new Set(numbers.filter((number) => number !== undefined));
    const lost = this.#ledger.read().filter((number) => !stored.has(number));
    assert.deepEqual(lost, [], 'acknowledged requests that are not stored');

    const requests = [...stored].map((number) => this.#traffic.requests[number]!);
    const expected = expectedSessions(
      requests.flatMap(({ spans }) => spans),
      requests.flatMap(({ logs }) => logs),
    );
    assert.deepEqual(sessions, expected);
    assertStatistics(await server.get('/api/v1/sessions/stats'), expected);
    return stored;
  }

  #assertTraces(traces: readonly string[]): void {
    const found = traces.flatMap((text) => {
      const { trace_id, spans } = JSON.parse(text) as TraceJson;
      return spans.map((span) => `${trace_id} ${span.span_id} ${span.name}`);
    });
    const sent = this.#traffic.requests.flatMap(({ spans }) => spans);
    const expected = keptVersions(sent).map(
      ({ trace, span, name }) => `${traceId(trace)} ${spanId(span)} ${name ?? 'work'}`,
    );
    assert.deepEqual(found.sort(), expected.sort());
  }

  /** All traces that were ever sent. */
  async #readTraces(server: TestServer): Promise<string[]> {
    const spans = this.#traffic.requests.flatMap((request) => request.spans);
    const left = [...new Set(spans.map(({ trace }) => traceId(trace)))];
    const traces: string[] = [];
    while (left.length > 0) {
      const some = left.splice(0, READS_AT_A_TIME);
      traces.push(...(await Promise.all(some.map((id) => server.text(`/api/v1/traces/${id}`)))));
    }
    return traces;
  }

  /** The bytes of all answers; none of them depends on the time of the request. */
  async #readEverything(server: TestServer): Promise<string[]> {
    const statistics = await server.text('/api/v1/sessions/stats');
    return [...(await readPages(server)), statistics, ...(await this.#readTraces(server))];
  }
}

/** The whole list of sessions. */
async function readPages(server: TestServer): Promise<string[]> {
  const pages: string[] = [];
  let cursor: string | undefined;
  do {
    const from = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await server.text(`/api/v1/sessions?limit=${PAGE}${from}`);
    pages.push(page);
    cursor = (JSON.parse(page) as PageJson).next_cursor;
  } while (cursor !== undefined);
  return pages;
}

/** The acknowledged requests, on disk before they are relied on, like those of the server. */
class Ledger {
  readonly #path: string;
  readonly #file: number;
  readonly #known = new Set<number>();

  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, 'a');
  }

  get size(): number {
    return this.#known.size;
  }

  add(number: number): void {
    writeSync(this.#file, `${number}\n`);
    fsyncSync(this.#file);
    this.#known.add(number);
  }

  has(number: number): boolean {
    return this.#known.has(number);
  }

  /** Each once, from the file. */
  read(): number[] {
    const lines = readFileSync(this.#path, 'utf8').split('\n').slice(0, -1);
    return [...new Set(lines.map(Number))];
  }

  close(): void {
    closeSync(this.#file);
  }
}

async function sendHttp(server: TestServer, { signal, body }: TelemetryRequest): Promise<void> {
  const response = await server.post(`/v1/${signal}`, body);
  const answer = Buffer.from(await response.arrayBuffer());
  assert.equal(response.status, 200, answer.toString());
  assertComplete(answer);
}

async function sendGrpc(sender: RawGrpcSender, { signal, body }: TelemetryRequest): Promise<void> {
  assertComplete(await sender.export(signal, body));
}

/** An answer without content: nothing was rejected. */
function assertComplete(answer: Buffer): void {
  assert.equal(answer.toString('hex'), '');
}

function assertStatistics(statistics: SessionStatistics, sessions: readonly SessionJson[]): void {
  const count = (test: (session: SessionJson) => boolean) => sessions.filter(test).length;
  const users = new Set(sessions.flatMap((session) => session['user.id'] ?? []));
  assert.deepEqual(
    { ...statistics, avg_duration_ms: undefined, by_device_type: undefined, by_country: undefined },
    {
      active_sessions: 0,
      total_sessions: sessions.length,
      unique_users: users.size,
      avg_duration_ms: undefined,
      sessions_with_errors: count((session) => session.error_count > 0),
      sessions_with_genai: count((session) => session.genai_usage !== undefined),
      // Every call of the traffic reports its tokens and its cost.
      unpriced_request_count: 0,
      unreported_request_count: 0,
      bounce_rate: count((session) => session.span_count <= 1) / sessions.length,
      by_device_type: undefined,
      by_country: undefined,
    },
  );
}
