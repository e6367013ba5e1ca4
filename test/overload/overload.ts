import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import { openSocket } from '../support/hostile.js';
import { createTraceExporter, TRANSPORTS, type Transport } from '../support/senders.js';
import { startServer, type TestServer } from '../support/server.js';
import { grpcSender, httpSender } from './senders.js';
import { SPANS_PER_REQUEST, SpanRequests } from './spans.js';

/**
 * `npm run test:overload`: one server gets ten times the load that it can take, from 200 connections, and at the same
 * time slow and idle connections, streams that nobody reads, and one client that reads much. It says the figures.
 * SOJOURN_OVERLOAD_SECONDS: how long, 30 by default.
 */

const SECONDS = Number(process.env.SOJOURN_OVERLOAD_SECONDS ?? 30);
const MEASURE_SECONDS = 6;
const MEASURE_CONNECTIONS = 8;
/** Half over HTTP, half over gRPC. */
const CONNECTIONS = 200;
/** Of one connection of gRPC, so that the sender's memory has a limit. */
const GRPC_AT_ONCE = 64;
/** Requests of one connection of gRPC that are made before the load begins, so that the machine is the server's. */
const GRPC_PREPARED = 6;
const TIMES = 10;
/** docs/running.md calls 2 GB a safe limit; the largest request known takes 1.2. */
const MOST_MEMORY_MIB = 1500;
const SLOW_CONNECTIONS = 200;
const IDLE_CONNECTIONS = 300;
const STREAMS = 500;
const GREEDY_READS = 20;
const GREEDY = '127.0.0.1';
const MODEST = '127.0.0.2';
const EXPORTER_SPANS = 10;
const EXPORTER_INTERVAL_MS = 100;
/** So long may anything take that is not a hang. */
const LIMIT_MS = 180_000;

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server?.dispose());

/** Prints a figure of the report. */
function say(what: string, figure: string | number): void {
  console.log(`  ${what}: ${figure}`);
}

test('ten times the load that is taken', { timeout: SECONDS * 1000 + 3 * LIMIT_MS }, async () => {
  // The first requests of a server take longer.
  await sustainableRate('warm-up');
  const sustainable = await sustainableRate('measured');
  say('sustainable, spans a second', Math.round(sustainable * SPANS_PER_REQUEST));

  const isOver = new AbortController();
  const { signal } = isOver;
  const exporters = TRANSPORTS.map((transport) => new Exporting(transport));
  const slow = slowConnections(signal);
  const idle = Promise.all(Array.from({ length: IDLE_CONNECTIONS }, () => openSocket(server.httpUrl)));
  const streams = openStreams();
  const greedy = Promise.all(
    Array.from({ length: GREEDY_READS }, (_, i) => readOn(GREEDY, HEAVY_READS, signal, i)),
  );
  const modest = readOn(MODEST, LIGHT_READS, signal);
  const exporting = Promise.all(exporters.map((exporter) => exporter.produce(signal)));
  const memory = watchMemory(signal);
  const flood = await floodFor(SECONDS * 1000, sustainable * TIMES);
  isOver.abort();

  const { accepted, refused, lost } = flood.totals;
  const offered = (accepted + refused) / SECONDS / sustainable;
  say('offered, times the sustainable load', offered.toFixed(1));
  say('accepted spans a second meanwhile', Math.round((accepted * SPANS_PER_REQUEST) / SECONDS));
  say('requests accepted', accepted);
  say('requests refused with the time to come again', refused);
  assert.deepEqual(lost, [], 'requests that were answered in another way, or not at all');
  assert.ok(refused > 0, 'senders are held back');

  const modestReads = await modest;
  say('reads of another client, answered', modestReads.times.length);
  say(
    'their median and longest time, ms',
    `${percentile(modestReads.times, 0.5)}, ${percentile(modestReads.times, 1)}`,
  );
  assert.deepEqual(modestReads.failures, [], 'reads are served');
  assert.ok(modestReads.times.length > 0);
  const greedyReads = await greedy;
  const answered = greedyReads.reduce((sum, { times }) => sum + times.length, 0);
  say('reads of the greedy client, answered', answered);
  assert.deepEqual(
    greedyReads.flatMap(({ failures }) => failures),
    [],
  );

  const { open, refusals } = await streams;
  say('streams that nobody read, of which refused with 503', `${open.length + refusals}, ${refusals}`);
  assert.equal(open.length + refusals, STREAMS);

  say('peak memory, MiB', Math.round(await memory));
  assert.ok((await memory) < MOST_MEMORY_MIB);

  await exporting;
  for (const exporter of exporters) await exporter.finish();
  for (const socket of [...(await slow), ...(await idle), ...open]) socket.destroy();
  await settled();
  for (const exporter of exporters) {
    say(
      `spans by the ${exporter.transport} exporter, batches that it gave up and were sent again`,
      `${exporter.spans}, ${exporter.givenUp}`,
    );
    assert.equal(await spansOf(exporter.session), exporter.spans, `${exporter.transport}: each span once`);
  }
  for (const [session, requests] of flood.acceptedBySession) {
    assert.equal(
      await spansOf(session),
      requests * SPANS_PER_REQUEST,
      `${session}: what was acknowledged, once`,
    );
  }

  await until(async () => (await metric('sojourn_pending_bytes')) === 0, 'nothing waits');
  await until(async () => (await metric('sojourn_streams')) === 0, 'streams have ended');
  const sender = httpSender(server);
  const requests = new SpanRequests('afterwards', CONNECTIONS + 1);
  for (let i = 0; i < 20; i++)
    assert.equal((await sender.send(sender.encode(requests.next()))).outcome, 'accepted');
  sender.close();
  say(
    'sustainable afterwards, spans a second',
    Math.round((await sustainableRate('again')) * SPANS_PER_REQUEST),
  );
  await settled();
  say('memory afterwards, MiB', Math.round(memoryOf('VmRSS')));
  assert.doesNotMatch(server.stderr, /"level":"error"/);
});

/** Of the measurements, whose spans are all different. */
const SESSIONS = ['warm-up', 'measured', 'again'] as const;

/** Acknowledged requests a second, of senders that wait for each answer and come again when they are told to. */
async function sustainableRate(session: (typeof SESSIONS)[number]): Promise<number> {
  let accepted = 0;
  const end = performance.now() + MEASURE_SECONDS * 1000;
  const senders = Array.from({ length: MEASURE_CONNECTIONS }, () => httpSender(server));
  const startMs = performance.now();
  await Promise.all(
    senders.map(async (sender, i) => {
      const requests = new SpanRequests(session, 1000 + i + 100 * SESSIONS.indexOf(session));
      while (performance.now() < end) {
        const { outcome, problem } = await sender.send(sender.encode(requests.next()));
        assert.notEqual(outcome, 'lost', problem);
        if (outcome === 'accepted') accepted++;
        else await delay(1000);
      }
      sender.close();
    }),
  );
  // What was put off belongs to the load.
  await settled();
  return accepted / ((performance.now() - startMs) / 1000);
}

interface Flood {
  readonly totals: { accepted: number; refused: number; readonly lost: string[] };
  readonly acceptedBySession: Map<string, number>;
}

/**
 * Sends so many requests a second from all connections, and does not wait as it is told. A connection of HTTP sends one
 * request at a time, as far as answers come; one of gRPC sends on, whatever waits. What is refused is sent again.
 */
async function floodFor(ms: number, rate: number): Promise<Flood> {
  const flood: Flood = { totals: { accepted: 0, refused: 0, lost: [] }, acceptedBySession: new Map() };
  const prepared = Array.from({ length: CONNECTIONS }, (_, i) => {
    const isHttp = i % 2 === 0;
    const sender = isHttp ? httpSender(server) : grpcSender(server);
    const session = `flood-${i + 1}`;
    const requests = new SpanRequests(session, i + 1);
    const bodies = Array.from({ length: isHttp ? 1 : GRPC_PREPARED }, () => sender.encode(requests.next()));
    return { sender, session, requests, bodies, atOnce: isHttp ? 1 : GRPC_AT_ONCE };
  });
  const end = performance.now() + ms;
  const intervalMs = (CONNECTIONS / rate) * 1000;
  const sendOn = async (connection: (typeof prepared)[number]): Promise<void> => {
    const { sender, session, requests, bodies, atOnce } = connection;
    const sending = new Set<Promise<void>>();
    const send = async (body: Buffer): Promise<void> => {
      const { outcome, problem } = await sender.send(body);
      if (outcome === 'lost') {
        flood.totals.lost.push(problem!);
        return;
      }
      flood.totals[outcome]++;
      if (outcome === 'refused') bodies.push(body);
      else flood.acceptedBySession.set(session, (flood.acceptedBySession.get(session) ?? 0) + 1);
    };
    for (let due = performance.now() + Math.random() * intervalMs; due < end; due += intervalMs) {
      const waitMs = due - performance.now();
      if (waitMs > 0) await delay(waitMs);
      if (sending.size === atOnce) await Promise.race(sending);
      if (performance.now() >= end) break;
      const one = send(bodies.pop() ?? sender.encode(requests.next())).finally(() => sending.delete(one));
      sending.add(one);
    }
    await Promise.all(sending);
    sender.close();
  };
  await Promise.all(prepared.map(sendOn));
  return flood;
}

/** A service with OpenTelemetry's SDK, whose exporter retries by itself. A batch that it gives up is exported again. */
class Exporting {
  readonly transport: Transport;
  readonly session: string;
  spans = 0;
  givenUp = 0;
  readonly #provider: BasicTracerProvider;

  constructor(transport: Transport) {
    this.transport = transport;
    this.session = `exporter-${transport}`;
    const exporter = createTraceExporter(server, transport, 'gzip');
    const untilDelivered: SpanExporter = {
      export: (spans: ReadableSpan[], done) => {
        const attempt = (): void =>
          exporter.export(spans, (result) => {
            if (result.code === 0) return done(result);
            this.givenUp++;
            attempt();
          });
        attempt();
      },
      shutdown: () => exporter.shutdown(),
    };
    this.#provider = new BasicTracerProvider({
      spanProcessors: [
        new BatchSpanProcessor(untilDelivered, {
          ...{ maxQueueSize: 1_000_000, maxExportBatchSize: 100, scheduledDelayMillis: 200 },
          exportTimeoutMillis: LIMIT_MS,
        }),
      ],
    });
  }

  async produce(signal: AbortSignal): Promise<void> {
    const tracer = this.#provider.getTracer('overload');
    while (!signal.aborted) {
      for (let i = 0; i < EXPORTER_SPANS; i++) {
        tracer.startSpan('work', { attributes: { 'session.id': this.session } }).end();
        this.spans++;
      }
      await delay(EXPORTER_INTERVAL_MS);
    }
  }

  /** Resolves when everything is delivered. */
  async finish(): Promise<void> {
    await this.#provider.forceFlush();
    await this.#provider.shutdown();
  }
}

const HEAVY_READS = ['/api/v1/sessions/measured/traces?limit=', '/api/v1/sessions/measured/outline?'];
const LIGHT_READS = ['/api/v1/sessions?limit=', '/api/v1/sessions/stats?', '/api/v1/sessions/measured?'];

interface Reads {
  /** ms, of reads that were answered with 200. */
  readonly times: number[];
  readonly failures: string[];
}

/** Reads one after the other, from one address of this machine. */
async function readOn(
  localAddress: string,
  paths: readonly string[],
  signal: AbortSignal,
  offset = 0,
): Promise<Reads> {
  const reads: Reads = { times: [], failures: [] };
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = offset; !signal.aborted; i++) {
    const path = paths[i % paths.length]!;
    const startMs = performance.now();
    // Different each time, so that no answer is that of another read.
    const url = `${server.httpUrl}${path.endsWith('=') ? path + (1 + (i % 100)) : path.slice(0, -1)}`;
    const outgoing = request(url, { localAddress, agent });
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
    if (response.statusCode === 200) reads.times.push(performance.now() - startMs);
    else reads.failures.push(`${response.statusCode} ${path}`);
    if (localAddress === MODEST) await delay(50);
  }
  agent.destroy();
  return reads;
}

/** Connections that send the head of a request, or its body, a byte every second. */
async function slowConnections(signal: AbortSignal): Promise<Socket[]> {
  const sockets = await Promise.all(
    Array.from({ length: SLOW_CONNECTIONS }, () => openSocket(server.httpUrl)),
  );
  const head = 'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n';
  for (const [i, socket] of sockets.entries())
    socket.write(i % 2 === 0 ? head : `${head}Content-Length: 1000000\r\n\r\n`);
  const timer = setInterval(() => {
    for (const [i, socket] of sockets.entries()) if (socket.writable) socket.write(i % 2 === 0 ? 'X' : '\n');
  }, 1000);
  signal.addEventListener('abort', () => clearInterval(timer));
  return sockets;
}

/** Opens all streams at once, and reads the head of each answer only. */
async function openStreams(): Promise<{ open: Socket[]; refusals: number }> {
  const statuses = await Promise.all(
    Array.from({ length: STREAMS }, async () => {
      const socket = await openSocket(server.httpUrl);
      socket.write('GET /api/v1/sessions/stream HTTP/1.1\r\nHost: localhost\r\n\r\n');
      const [data] = (await once(socket, 'data')) as [Buffer];
      socket.pause();
      return { socket, status: Number(/^HTTP\/1\.1 (\d+)/.exec(data.toString('latin1'))?.[1]) };
    }),
  );
  for (const { status } of statuses) assert.ok(status === 200 || status === 503, `${status}`);
  for (const { socket, status } of statuses) if (status !== 200) socket.destroy();
  const open = statuses.filter(({ status }) => status === 200).map(({ socket }) => socket);
  return { open, refusals: STREAMS - open.length };
}

/** The most memory that the server ever had, MiB. */
async function watchMemory(signal: AbortSignal): Promise<number> {
  if (!signal.aborted) await once(signal, 'abort');
  return memoryOf('VmHWM');
}

function memoryOf(what: 'VmHWM' | 'VmRSS'): number {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  return Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(status)![1]) / 1024;
}

async function metric(name: string): Promise<number> {
  const line = (await server.text('/metrics')).split('\n').find((each) => each.startsWith(`${name} `));
  assert.ok(line !== undefined, name);
  return Number(line.slice(name.length + 1));
}

/** Resolves when everything acknowledged is in sessions. */
function settled(): Promise<void> {
  return until(async () => (await metric('sojourn_records_unfolded')) === 0, 'sessions are up to date');
}

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, what);
    await delay(100);
  }
}

async function spansOf(session: string): Promise<number> {
  return (await server.get<{ span_count: number }>(`/api/v1/sessions/${session}`)).span_count;
}

function percentile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}
