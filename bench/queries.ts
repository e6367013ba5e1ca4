import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient, type SessionPage } from './api-client.js';
import type { Bench } from './bench.js';
import { calm } from './calm.js';
import type { StreamDescription } from './generate/open-stream.js';
import { Random } from './generate/random.js';
import { note, rate } from './ingest.js';
import { type LatencySummary, summarize } from './latency.js';
import { HEAVY_ROUNDS, type QueryGround, type QueryKind, queryKinds } from './query-kinds.js';
import { diskBytesOf } from './readings.js';
import type { SendResult } from './sender/protocol.js';
import type { SenderProcess } from './sender/sender-process.js';
import type { ServerProcess } from './server-process.js';
import { verify } from './verify.js';

/** Latency of one kind of request. */
export interface QueryTimes {
  readonly name: string;
  readonly client: LatencySummary | undefined;
  /** The server's own times; undefined if it does not report them. */
  readonly server: LatencySummary | undefined;
  /** Median length of the first answers' lists, if they have one. */
  readonly items: number | undefined;
}

export interface LoadedQueries {
  /** Acknowledged spans a second beside the queries. */
  readonly spansPerSecond: number;
  readonly seconds: number;
  readonly queries: readonly QueryTimes[];
}

export interface QueriesResult {
  readonly sessions: number;
  readonly fillSpansPerSecond: number;
  readonly idle: readonly QueryTimes[];
  readonly halfLoad: LoadedQueries;
  readonly fullLoad: LoadedQueries;
  readonly sessionsChecked: number;
  readonly peakMemory: number | undefined;
  readonly diskBytes: number;
  /** Start-ups on the filled data, ms each. */
  readonly startMs: readonly number[];
}

/** The stream of the history. */
export const HISTORY = 2;
const LOAD = 3;
const SEED = 20260116;
const FILL_ROUND_SPANS = 200_000;
const DEEPEST_PAGE = 5000;
const PAGE = 100;
/** Share of the walked pages, from the deepest, whose cursors are used. */
const DEEP_SHARE = 0.1;
/** Longest time for one kind of request, idle. */
export const IDLE_LIMIT_MS = 10_000;
const QUICK_IDLE_LIMIT_MS = 2_000;
/** The server finds out that a store is silent, and begins what it does then, within this time. */
const SILENCE_MS = 6_000;
/** Longest time for that work: it packs sessions by columns, some 20,000 a second. */
const CALM_LIMIT_MS = 1_800_000;
/** Answers whose lists are counted. */
const COUNTED_ANSWERS = 9;
const MARGIN = 1.5;

/** Queries over a month of sessions: idle, then beside an ingest at half and at full rate. */
export async function measureQueries(bench: Bench, name: string, sessions: number): Promise<QueriesResult> {
  const { connections, quick, seconds, memoryBytes } = bench.options;
  const endMs = Date.now();
  const history: StreamDescription = {
    kind: 'history',
    stream: HISTORY,
    seed: SEED,
    timeMs: endMs,
    sessions,
  };
  const load: StreamDescription = { kind: 'web', stream: LOAD, seed: SEED, timeMs: endMs };
  const sender = bench.startSender();
  const directory = bench.newDirectory();
  const server = await bench.startServer(directory);
  const { origin } = server;

  const fillSpansPerSecond = await fill(bench, sender, history, origin, name);
  const api = new ApiClient(origin);
  const deepPage = Math.min(DEEPEST_PAGE, Math.floor(sessions / PAGE / 2));
  bench.progress(`${name}: walking to page ${deepPage}`);
  const deepCursors = await walk(api, deepPage);
  const ground: QueryGround = { stream: HISTORY, sessions, endMs, deepCursors, deepPage };
  const kinds = queryKinds(ground, new Random(SEED));

  await untilIdle(bench, name, server);
  bench.progress(`${name}: queries, idle`);
  const idle = await askEach(
    bench,
    api,
    kinds,
    quick ? 100 : 500,
    quick ? QUICK_IDLE_LIMIT_MS : IDLE_LIMIT_MS,
  );

  const underLoad = async (
    spansPerSecond: number | undefined,
    expectedRate: number,
  ): Promise<LoadedQueries> => {
    const what = spansPerSecond === undefined ? 'full rate' : `${Math.round(spansPerSecond)} spans/s`;
    const windowSeconds = quick ? seconds : 2 * seconds;
    bench.progress(`${name}: generating the load, ${what}`);
    const spans = Math.ceil(expectedRate * windowSeconds * MARGIN);
    await sender.prepare({ stream: load, spans, maxBytes: memoryBytes });
    bench.progress(`${name}: queries under load, ${what}`);
    const command = { stream: LOAD, origin, connections, seconds: windowSeconds };
    const sending = sender.send(spansPerSecond === undefined ? command : { ...command, spansPerSecond });
    const [sent, queries] = await Promise.all([sending, askWhile(bench, api, kinds, sending)]);
    note(bench, name, sent);
    return { spansPerSecond: rate(sent), seconds: sent.windowMs / 1000, queries };
  };
  const fullLoad = await underLoad(undefined, fillSpansPerSecond);
  const half = fullLoad.spansPerSecond / 2;
  const halfLoad = await underLoad(half, half);

  bench.progress(`${name}: verifying`);
  const ledgers = [await sender.expected(HISTORY), await sender.expected(LOAD)];
  const verification = await verify(api, ledgers);
  for (const mismatch of verification.mismatches) bench.problem(`${name}: ${mismatch}`);
  api.close();
  await bench.stopSender(sender);
  const peakMemory = server.peakMemory();
  await bench.stopServer(server);
  const diskBytes = diskBytesOf(directory);

  bench.progress(`${name}: starting on the filled data`);
  const startMs: number[] = [];
  for (let i = 0; i < (quick ? 1 : 3); i++)
    startMs.push(await startAgain(bench, name, directory, verification.sessionsChecked));
  return {
    sessions,
    fillSpansPerSecond,
    idle,
    halfLoad,
    fullLoad,
    sessionsChecked: verification.sessionsChecked,
    peakMemory,
    diskBytes,
    startMs,
  };
}

/** Sends a whole history through the real endpoint; returns acknowledged spans a second while sending. */
export async function fill(
  bench: Bench,
  sender: SenderProcess,
  stream: StreamDescription,
  origin: string,
  name: string,
): Promise<number> {
  const { connections, memoryBytes } = bench.options;
  const results: SendResult[] = [];
  for (;;) {
    const prepared = await sender.prepare({ stream, spans: FILL_ROUND_SPANS, maxBytes: memoryBytes });
    const sent = await sender.send({ stream: stream.stream, origin, connections });
    note(bench, name, sent);
    results.push(sent);
    const spans = results.reduce((sum, each) => sum + each.spansInAll, 0);
    bench.progress(`${name}: filled ${spans} spans`);
    if (sent.failures.length > 0) throw new Error('the data could not be filled in');
    if (prepared.ended) break;
  }
  const spans = results.reduce((sum, each) => sum + each.spans, 0);
  const ms = results.reduce((sum, each) => sum + each.windowMs, 0);
  return (spans / ms) * 1000;
}

/** Follows the cursors from the first page to page `pages` and keeps those of the deepest pages. */
export async function walk(api: ApiClient, pages: number): Promise<string[]> {
  const cursors: string[] = [];
  let path = `/api/v1/sessions?limit=${PAGE}`;
  for (let page = 2; page <= pages; page++) {
    const answer: SessionPage = await api.json(path);
    if (answer.next_cursor === undefined) throw new Error(`the list ends before page ${page}`);
    if (page > pages * (1 - DEEP_SHARE)) cursors.push(answer.next_cursor);
    path = `/api/v1/sessions?limit=${PAGE}&cursor=${encodeURIComponent(answer.next_cursor)}`;
  }
  return cursors;
}

/** Measured durations of one kind of request. */
class Samples {
  readonly #kind: QueryKind;
  readonly #client: number[] = [];
  readonly #server: number[] = [];
  readonly #items: number[] = [];

  constructor(kind: QueryKind) {
    this.#kind = kind;
  }

  get heavy(): boolean {
    return this.#kind.heavy === true;
  }

  async ask(bench: Bench, api: ApiClient): Promise<void> {
    const path = this.#kind.path();
    const answer = await api.get(path);
    if (answer.status !== 200) {
      bench.problem(`${path}: status ${answer.status}: ${answer.body.toString('utf8').slice(0, 200)}`);
      return;
    }
    if (this.#client.length < COUNTED_ANSWERS) {
      const { items } = JSON.parse(answer.body.toString('utf8')) as { items?: unknown[] };
      if (items) this.#items.push(items.length);
    }
    this.#client.push(answer.ms);
    if (answer.serverMs !== undefined) this.#server.push(answer.serverMs);
  }

  times(): QueryTimes {
    return {
      name: this.#kind.name,
      client: summarize(this.#client),
      server: summarize(this.#server),
      items: this.#items.sort((a, b) => a - b)[this.#items.length >> 1],
    };
  }
}

/** Waits until a server has nothing left to do of its own. */
export async function untilIdle(bench: Bench, name: string, server: ServerProcess): Promise<void> {
  bench.progress(`${name}: waiting until the server is idle`);
  await delay(SILENCE_MS);
  await calm(() => server.cpuMs(), CALM_LIMIT_MS);
}

/** Asks each kind `count` times in a row, or as often as the time limit allows, after a few that do not count. */
export async function askEach(
  bench: Bench,
  api: ApiClient,
  kinds: readonly QueryKind[],
  count: number,
  limitMs: number,
): Promise<QueryTimes[]> {
  const times: QueryTimes[] = [];
  for (const kind of kinds) {
    const warmUp = new Samples(kind);
    for (let i = 0; i < 5; i++) await warmUp.ask(bench, api);
    const samples = new Samples(kind);
    const began = performance.now();
    for (let i = 0; i < count && performance.now() - began < limitMs; i++) await samples.ask(bench, api);
    times.push(samples.times());
  }
  return times;
}

/** Requests all kinds in turn until `sending` settles. */
async function askWhile(
  bench: Bench,
  api: ApiClient,
  kinds: readonly QueryKind[],
  sending: Promise<unknown>,
): Promise<QueryTimes[]> {
  const all = kinds.map((kind) => new Samples(kind));
  let over = false;
  const end = () => {
    over = true;
  };
  sending.then(end, end);
  for (let round = 0; !over; round++) {
    for (const samples of all) {
      if (!over && !(samples.heavy && round % HEAVY_ROUNDS > 0)) await samples.ask(bench, api);
    }
  }
  return all.map((samples) => samples.times());
}

/**
 * Starts the server on existing data, checks that it has all sessions, and stops it; returns its start-up
 * time, ms.
 */
async function startAgain(bench: Bench, name: string, directory: string, sessions: number): Promise<number> {
  const server = await bench.startServer(directory);
  const api = new ApiClient(server.origin);
  const stats = await api.json<{ total_sessions: number }>('/api/v1/sessions/stats');
  if (stats.total_sessions !== sessions) {
    bench.problem(`${name}: ${stats.total_sessions} sessions after a restart, ${sessions} before`);
  }
  api.close();
  await bench.stopServer(server);
  return server.startMs;
}
