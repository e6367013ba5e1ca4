import { Client } from 'pg';
import { ApiClient } from './api-client.js';
import type { Bench } from './bench.js';
import { calm } from './calm.js';
import type { StreamDescription } from './generate/open-stream.js';
import { Random } from './generate/random.js';
import { note, rate } from './ingest.js';
import { type LatencySummary, summarize } from './latency.js';
import { askEach, fill, HISTORY, type QueryTimes, walk } from './queries.js';
import { type QueryKind, queryKinds } from './query-kinds.js';
import { cpuMsOfTree, diskBytesOf } from './readings.js';
import type { ServerProcess } from './server-process.js';
import { verify } from './verify.js';
import { Prober } from './visibility.js';

type StoreName = 'sqlite' | 'postgres';

/** What PostgreSQL itself counted, each per acknowledged span. */
export interface DatabaseCosts {
  /** Transactions that were committed; a statement outside of a transaction is one. */
  readonly commits: number;
  readonly walBytes: number;
  /** The log, and the derived rows, with their indexes. */
  readonly logBytes: number;
  readonly rowBytes: number;
}

/** Ingest at full rate into an empty store. */
export interface StoreRate {
  readonly kind: 'web' | 'genai';
  readonly store: StoreName;
  readonly processes: number;
  /** Acknowledged within the window. */
  readonly spansPerSecond: number;
  /** All spans over the time from the first request until readers see every one of them. */
  readonly readableSpansPerSecond: number;
  /** From the last acknowledgement until readers see all spans, ms. */
  readonly lagMs: number;
  /** From the acknowledgement of a probe beside the load until its session can be read, ms. */
  readonly visible: LatencySummary | undefined;
  readonly ack: LatencySummary | undefined;
  /** CPU until readers see all spans, µs a span: of all server processes, and of the database. */
  readonly serverMicros: number | undefined;
  readonly databaseMicros: number | undefined;
  readonly diskBytes: number;
  readonly database?: DatabaseCosts;
  readonly sessionsChecked: number;
}

export interface StoreLists {
  readonly sessions: number;
  readonly fillSpansPerSecond: Readonly<Record<StoreName, number>>;
  readonly lagMs: Readonly<Record<StoreName, number>>;
  readonly queries: readonly { readonly sqlite: QueryTimes; readonly postgres: QueryTimes }[];
}

export interface StoresResult {
  /** Why nothing was measured. */
  readonly skipped?: string;
  /** Major version of PostgreSQL. */
  readonly version?: number;
  readonly rates: readonly StoreRate[];
  readonly lists?: StoreLists;
}

/** A PostgreSQL server of test/support/postgres.ts. */
type Postgres = import('../test/support/postgres.js').TestPostgres;

const LOAD = 1;
const SEED = 20261130;
const HOUR_MS = 3_600_000;
const PROCESSES = [1, 2, 4];
const WARM_UP_RATE = { web: 100_000, genai: 40_000 } as const;
const MARGIN = 1.5;
/** The log takes what comes; readers see it later. */
const VISIBLE_LIMIT_MS = 900_000;
const CALM_LIMIT_MS = 1_800_000;
const DEEPEST_PAGE = 5000;
const PAGE = 100;
const ASKED = { full: 500, quick: 100 } as const;
const ASKED_LIMIT_MS = 10_000;
/** Lists, statistics and one session, of those in query-kinds.ts. */
const ASKED_KINDS = [
  /^first page$/,
  /^page \d+$/,
  /^userId, (rare|heavy)$/,
  /^state=(active|ended)$/,
  /^one day$/,
  /^service \+ hasErrors \+ minDurationMs$/,
  /^country \+ deviceType, one day$/,
  /^stats, (all time|12 days|no bots, one day)$/,
  /^one session$/,
  /^its (usage|traces)$/,
];

/** Server processes over one empty store. */
interface Running {
  readonly servers: readonly ServerProcess[];
  readonly postgres: Postgres | undefined;
  /** Of a database, or the path of a directory. */
  readonly place: string;
}

/** SQLite and PostgreSQL beside each other in one run: rates, lag, bytes, and lists. */
export async function measureStores(bench: Bench): Promise<StoresResult> {
  const { startPostgres, withoutPostgres } = await import('../test/support/postgres.js');
  if (withoutPostgres !== false) {
    bench.progress(`stores: nothing is measured: ${withoutPostgres}`);
    return { skipped: withoutPostgres, rates: [] };
  }
  const postgres = await startPostgres({ durable: true });
  try {
    const rates: StoreRate[] = [];
    for (const kind of ['web', 'genai'] as const) {
      rates.push(await measureRate(bench, kind, undefined, 1));
      for (const processes of PROCESSES) rates.push(await measureRate(bench, kind, postgres, processes));
    }
    const lists = await measureLists(bench, postgres);
    return { version: postgres.version, rates, lists };
  } finally {
    await postgres.stop();
  }
}

/** `postgres`: undefined for SQLite. */
async function run(bench: Bench, postgres: Postgres | undefined, processes: number): Promise<Running> {
  const place = postgres === undefined ? bench.newDirectory() : await postgres.createDatabase();
  if (postgres !== undefined) await query(postgres, place, `SELECT pg_stat_reset_shared('wal')`);
  const servers: ServerProcess[] = [];
  for (let i = 0; i < processes; i++)
    servers.push(await (postgres === undefined ? bench.startServer(place) : bench.startServerOver(place)));
  return { servers, postgres, place };
}

async function measureRate(
  bench: Bench,
  kind: 'web' | 'genai',
  postgres: Postgres | undefined,
  processes: number,
): Promise<StoreRate> {
  const { connections, quick, seconds, memoryBytes } = bench.options;
  const store: StoreName = postgres === undefined ? 'sqlite' : 'postgres';
  const name = `stores: ${kind}, ${store}, ${processes} ${processes === 1 ? 'process' : 'processes'}`;
  const stream: StreamDescription = { kind, stream: LOAD, seed: SEED, timeMs: Date.now() - 2 * HOUR_MS };
  // Each process compiles its code anew: as much as one is warmed up by alone.
  const warmUpSeconds = (quick ? 2 : 4) * processes;
  const sender = bench.startSender();
  bench.progress(`${name}: generating`);
  await sender.prepare({ stream, spans: warmUpSeconds * WARM_UP_RATE[kind], maxBytes: memoryBytes });
  const running = await run(bench, postgres, processes);
  const { servers } = running;
  const [origin, ...otherOrigins] = servers.map((server) => server.origin);
  const load = { stream: LOAD, origin: origin!, otherOrigins, connections };
  const writer = new ApiClient(servers.at(-1)!.origin);
  const reader = new ApiClient(origin!);
  const prober = new Prober(bench, writer, reader, VISIBLE_LIMIT_MS);

  const warmUp = await sender.send({ ...load, seconds: warmUpSeconds });
  note(bench, name, warmUp);
  await prober.probe();
  const spans = Math.ceil(rate(warmUp) * seconds * MARGIN);
  await sender.prepare({ stream, spans, maxBytes: memoryBytes });
  prober.take();

  bench.progress(`${name}: measuring, ${seconds} s`);
  const before = costs(running);
  const began = performance.now();
  const sending = sender.send({ ...load, seconds });
  const [sent, sentMs] = await Promise.all([
    sending,
    sending.then(() => performance.now()),
    prober.probeUntil(sending),
  ]);
  note(bench, name, sent);
  const { visible } = prober.take();
  // The log is folded in its order, so that a later session is seen after all earlier spans.
  await prober.probe();
  const readableMs = performance.now();
  const after = costs(running);

  bench.progress(`${name}: verifying`);
  const { sessionsChecked, mismatches } = await verify(reader, [await sender.expected(LOAD)], prober.sent);
  for (const mismatch of mismatches) bench.problem(`${name}: ${mismatch}`);
  writer.close();
  reader.close();
  await bench.stopSender(sender);
  for (const server of servers) await bench.stopServer(server);
  const spansInAll = warmUp.spansInAll + sent.spansInAll;
  const database = postgres && (await databaseCosts(postgres, running.place, spansInAll));
  const perSpan = (part: 'serverMs' | 'databaseMs') => {
    const [from, to] = [before[part], after[part]];
    return from === undefined || to === undefined ? undefined : ((to - from) * 1000) / sent.spansInAll;
  };
  return {
    kind,
    store,
    processes,
    spansPerSecond: rate(sent),
    readableSpansPerSecond: (sent.spansInAll / (readableMs - began)) * 1000,
    lagMs: readableMs - sentMs,
    visible,
    ack: summarize(sent.latencyMs),
    serverMicros: perSpan('serverMs'),
    databaseMicros: perSpan('databaseMs'),
    diskBytes: database ? database.logBytes + database.rowBytes : diskBytesOf(running.place) / spansInAll,
    ...(database && { database }),
    sessionsChecked,
  };
}

/** CPU time used so far, ms. */
function costs({ servers, postgres }: Running) {
  const each = servers.map((server) => server.cpuMs());
  return {
    serverMs: each.reduce((sum, ms) => (sum === undefined || ms === undefined ? undefined : sum + ms), 0),
    databaseMs: postgres?.pid === undefined ? undefined : cpuMsOfTree(postgres.pid),
  };
}

/** Since `run`. The write-ahead log is that of the whole server: no other database is in use meanwhile. */
async function databaseCosts(postgres: Postgres, url: string, spans: number): Promise<DatabaseCosts> {
  const [row] = await query(
    postgres,
    url,
    `
      SELECT
        (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database())::float8 AS commits,
        (SELECT wal_bytes FROM pg_stat_wal)::float8 AS wal,
        pg_total_relation_size('sojourn.log_block')::float8 AS log,
        (SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
          WHERE n.nspname LIKE 'sojourn\\_rows\\_%' AND c.relkind = 'r')::float8 AS derived`,
  );
  const { commits, wal, log, derived } = row as Record<'commits' | 'wal' | 'log' | 'derived', number>;
  return {
    commits: commits / spans,
    walBytes: wal / spans,
    logBytes: log / spans,
    rowBytes: derived / spans,
  };
}

/** Runs a statement as the superuser in the database of `url`. */
async function query(postgres: Postgres, url: string, text: string): Promise<unknown[]> {
  const database = decodeURIComponent(new URL(url).pathname.slice(1));
  const client = new Client({ connectionString: postgres.superuserUrl(database) });
  await client.connect();
  try {
    const { rows } = await client.query(text);
    return rows;
  } finally {
    await client.end();
  }
}

/** The same history in both stores, and the same questions to both in turns. */
async function measureLists(bench: Bench, postgres: Postgres): Promise<StoreLists> {
  const { quick, sessions } = bench.options;
  const endMs = Date.now();
  const history: StreamDescription = {
    kind: 'history',
    stream: HISTORY,
    seed: SEED,
    timeMs: endMs,
    sessions,
  };
  const deepPage = Math.min(DEEPEST_PAGE, Math.floor(sessions / PAGE / 2));
  const filled = async (store: StoreName) => {
    const name = `stores: lists, ${store}`;
    const running = await run(bench, store === 'sqlite' ? undefined : postgres, 1);
    const server = running.servers[0]!;
    const sender = bench.startSender();
    const spansPerSecond = await fill(bench, sender, history, server.origin, name);
    const api = new ApiClient(server.origin);
    const filledMs = performance.now();
    bench.progress(`${name}: waiting until all can be read`);
    const prober = new Prober(bench, api, api, VISIBLE_LIMIT_MS);
    await prober.probe();
    const lagMs = performance.now() - filledMs;
    const { mismatches } = await verify(api, [await sender.expected(HISTORY)], prober.sent);
    for (const mismatch of mismatches) bench.problem(`${name}: ${mismatch}`);
    await bench.stopSender(sender);
    bench.progress(`${name}: walking to page ${deepPage}`);
    const deepCursors = await walk(api, deepPage);
    const ground = { stream: HISTORY, sessions, endMs, deepCursors, deepPage };
    const kinds = queryKinds(ground, new Random(SEED)).filter(({ name }) =>
      ASKED_KINDS.some((asked) => asked.test(name)),
    );
    return { running, server, api, kinds, spansPerSecond, lagMs };
  };
  const [sqlite, over] = [await filled('sqlite'), await filled('postgres')];
  bench.progress('stores: lists: waiting until both are idle');
  await calm(() => sqlite.server.cpuMs(), CALM_LIMIT_MS);
  await calm(() => sum(costs(over.running)), CALM_LIMIT_MS);
  const queries: { sqlite: QueryTimes; postgres: QueryTimes }[] = [];
  const ask = async (api: ApiClient, kind: QueryKind): Promise<QueryTimes> => {
    const [times] = await askEach(bench, api, [kind], quick ? ASKED.quick : ASKED.full, ASKED_LIMIT_MS);
    return times!;
  };
  for (const [i, kind] of sqlite.kinds.entries()) {
    bench.progress(`stores: lists: ${kind.name}`);
    queries.push({ sqlite: await ask(sqlite.api, kind), postgres: await ask(over.api, over.kinds[i]!) });
  }
  for (const each of [sqlite, over]) {
    each.api.close();
    await bench.stopServer(each.server);
  }
  return {
    sessions,
    fillSpansPerSecond: { sqlite: sqlite.spansPerSecond, postgres: over.spansPerSecond },
    lagMs: { sqlite: sqlite.lagMs, postgres: over.lagMs },
    queries,
  };
}

function sum({ serverMs, databaseMs }: ReturnType<typeof costs>): number | undefined {
  return serverMs === undefined || databaseMs === undefined ? undefined : serverMs + databaseMs;
}
