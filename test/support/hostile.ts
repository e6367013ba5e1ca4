import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { after, afterEach, before } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { status as GrpcStatus, type ServiceError } from '@grpc/grpc-js';
import {
  decodePlain,
  encodeTraceRequest,
  otlpTypes,
  type PlainKeyValue,
  type PlainSpan,
  type TraceRequest,
  toOtlpJson,
} from '../otlp-oracle.js';
import { RawGrpcSender, type Transport } from './senders.js';
import { startServer, type TestServer } from './server.js';
import { field, fixed64 } from './wire-bytes.js';

/** Never a crash, never silence: every request gets a clear answer, and valid data is stored afterwards. */

export const MIB = 1 << 20;
/**
 * The maximum memory of a server that receives requests which would become tens of gigabytes. It takes 200
 * MiB for itself, and up to 64 MiB for each of a few concurrent requests. Garbage is collected at
 * unpredictable times, so the memory at any moment means little; 24 concurrent bombs without a limit take 1.5
 * GiB.
 */
const MAX_PEAK_MIB = 1200;

export const START = 1_790_000_000_000_000_000n;
export const END = START + 500_000_000n;

/** Session ids and their expected number of spans, on the current server. */
type Kept = Map<string, number>;

let lastId = 0;

export function nextId(length: number): Buffer {
  const id = Buffer.alloc(length, 0xa5);
  id.writeUInt32BE(++lastId, length - 4);
  return id;
}

export function text(key: string, stringValue: string): PlainKeyValue {
  return { key, value: { stringValue } };
}

/** A span of a trace of its own. */
export function goodSpan(session: string, more: PlainSpan = {}): PlainSpan {
  return {
    traceId: nextId(16),
    spanId: nextId(8),
    name: 'work',
    startTimeUnixNano: String(START),
    endTimeUnixNano: String(END),
    ...more,
    attributes: [text('session.id', session), ...(more.attributes ?? [])],
  };
}

export function requestOf(spans: PlainSpan[]): TraceRequest {
  return { resourceSpans: [{ scopeSpans: [{ spans }] }] };
}

/** Encoded parts of a Span message that every span needs. */
export function rawSpan(session: string, ...more: Uint8Array[]): Buffer {
  const sessionId = field(9, field(1, 'session.id'), field(2, field(1, session)));
  const ids = [field(1, nextId(16)), field(2, nextId(8))];
  return Buffer.concat([...ids, fixed64(7, START), fixed64(8, END), sessionId, ...more]);
}

/** A request of Span messages of arbitrary bytes. */
export function rawRequest(...spans: readonly Uint8Array[]): Buffer {
  return field(1, field(2, ...spans.map((span) => field(2, span))));
}

export function jsonRequest(...spans: readonly string[]): string {
  return `{"resourceSpans":[{"scopeSpans":[{"spans":[${spans.join(',')}]}]}]}`;
}

/** OTLP/JSON of one span. */
export function jsonSpan(session: string, more = ''): string {
  const ids = `"traceId":"${nextId(16).toString('hex')}","spanId":"${nextId(8).toString('hex')}"`;
  const times = `"startTimeUnixNano":"${START}","endTimeUnixNano":"${END}"`;
  return `{${ids},${times},"attributes":[{"key":"session.id","value":{"stringValue":"${session}"}}]${more}}`;
}

export interface Answer {
  /** gRPC: 0 or a code. HTTP: a status. */
  readonly status: number;
  /** The message of google.rpc.Status or of partial_success; empty if everything was accepted. */
  readonly message: string;
  /** Number of rejected records. */
  readonly rejected: number;
}

interface PartialJson {
  readonly partialSuccess?: { readonly errorMessage?: string } & Readonly<Record<string, string | undefined>>;
}

const COUNTS = {
  '/v1/traces': ['ExportTraceServiceResponse', 'rejectedSpans'],
  '/v1/logs': ['ExportLogsServiceResponse', 'rejectedLogRecords'],
  '/v1/metrics': ['ExportMetricsServiceResponse', 'rejectedDataPoints'],
} as const;
export type Path = keyof typeof COUNTS;
export const PATHS = Object.keys(COUNTS) as Path[];

/** Reads an answer of OTLP/HTTP, and fails if its sender could not read it. */
export async function readAnswer(path: Path, response: Response): Promise<Answer> {
  const { status } = response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const type = response.headers.get('content-type');
  assert.ok(type === 'application/json' || type === 'application/x-protobuf', String(type));
  const read = (message: 'RpcStatus' | (typeof COUNTS)[Path][0]): unknown =>
    type === 'application/json'
      ? JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
      : decodePlain(otlpTypes[message], bytes);
  if (status === 200) {
    const [message, count] = COUNTS[path];
    const partial = (read(message) as PartialJson).partialSuccess ?? {};
    return { status, message: partial.errorMessage ?? '', rejected: Number(partial[count] ?? 0) };
  }
  assert.ok(status >= 400 && status < 500, `${status}: ${Buffer.from(bytes)}`);
  const { code, message } = read('RpcStatus') as { code: number; message: string };
  assert.ok(code >= 1 && code <= 16, String(code));
  assert.match(message, /^[^\p{Cc}]{5,500}$/u, 'a line that says something');
  return { status, message, rejected: 0 };
}

export async function post(
  server: TestServer,
  path: Path,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return readAnswer(path, await server.post(path, body, headers));
}

/** Sends a request of spans by one of the transports. */
export async function send(
  server: TestServer,
  grpc: RawGrpcSender,
  transport: Transport,
  request: TraceRequest,
): Promise<Answer> {
  switch (transport) {
    case 'proto':
      return post(server, '/v1/traces', encodeTraceRequest(request));
    case 'json':
      return post(server, '/v1/traces', toOtlpJson(request, lastId));
    case 'grpc':
      return sendGrpc(grpc, encodeTraceRequest(request));
  }
}

export async function sendGrpc(grpc: RawGrpcSender, body: Uint8Array): Promise<Answer> {
  try {
    const answer = decodePlain(otlpTypes.ExportTraceServiceResponse, await grpc.export('traces', body));
    const partial = (answer as PartialJson).partialSuccess ?? {};
    return {
      status: GrpcStatus.OK,
      message: partial.errorMessage ?? '',
      rejected: Number(partial.rejectedSpans ?? 0),
    };
  } catch (error) {
    const { code, details } = error as ServiceError;
    assert.ok(Number.isInteger(code), String(error));
    return { status: code, message: details, rejected: 0 };
  }
}

export function isOk({ status }: Answer): boolean {
  return status === 200 || status === GrpcStatus.OK;
}

export interface ListedSession {
  readonly 'session.id': string;
  readonly span_count: number;
}

export async function listAll(server: TestServer): Promise<ListedSession[]> {
  const items: ListedSession[] = [];
  let cursor = '';
  do {
    const page = JSON.parse(await server.text(`/api/v1/sessions?limit=1000${cursor}`)) as {
      items: ListedSession[];
      next_cursor?: string;
    };
    items.push(...page.items);
    cursor = page.next_cursor === undefined ? '' : `&cursor=${encodeURIComponent(page.next_cursor)}`;
  } while (cursor !== '');
  return items;
}

export async function assertKept(server: TestServer, kept: Kept): Promise<void> {
  await server.settled();
  const listed = (await listAll(server)).map((item) => [item['session.id'], item.span_count] as const);
  assert.deepEqual(new Map(listed), kept);
}

/** The maximum memory that a process ever had, MiB; undefined if the system does not report it. */
function peakMemoryOf(pid: number): number | undefined {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return undefined;
  }
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

export async function assertUnharmed(server: TestServer): Promise<void> {
  assert.equal((await server.fetch('/healthz')).status, 200);
  assert.doesNotMatch(
    server.stderr,
    /"level":"error"/,
    'nothing that comes from outside is a fault of the server',
  );
  const peak = peakMemoryOf(server.pid);
  if (peak === undefined) return;
  assert.ok(peak < MAX_PEAK_MIB, `${peak} MiB`);
}

interface Fixture {
  server: TestServer;
  grpc: RawGrpcSender;
  readonly kept: Kept;
}

/** A server for the tests of a suite: unharmed after each, with exactly the records that they expect. */
export function useServer(flags: readonly string[] = []): Fixture {
  const fixture = { kept: new Map() } as unknown as Fixture;
  before(() => begin(fixture, flags));
  after(() => end(fixture));
  checkAfterEach(fixture);
  return fixture;
}

const shared = { kept: new Map() } as unknown as Fixture;
after(() => end(shared));

/** The same with one server for all suites that use it, which must name their sessions differently. */
export function shareServer(): Fixture {
  before(() => shared.server ?? begin(shared));
  checkAfterEach(shared);
  return shared;
}

async function begin(fixture: Fixture, flags: readonly string[] = []): Promise<void> {
  fixture.server = await startServer({ flags });
  fixture.grpc = new RawGrpcSender(fixture.server);
}

export async function end(fixture: Fixture): Promise<void> {
  fixture.grpc?.close();
  await fixture.server?.dispose();
}

function checkAfterEach(fixture: Fixture): void {
  afterEach(async () => {
    await assertUnharmed(fixture.server);
    await assertKept(fixture.server, fixture.kept);
  });
}

export function repeated(unit: Uint8Array, count: number): Buffer {
  return Buffer.alloc(unit.length * Math.floor(count), unit);
}
export const MANY_ATTRIBUTES = Array.from({ length: 1025 }, (_, i) => text(`key.${i}`, ''));
export const TRACE_EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
export const CALL_LIMIT_MS = 60_000;
/** A gRPC message with its prefix, which may be wrong. */
export function frame(flag: number, message: Uint8Array, length = message.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}
export async function openSocket(httpUrl: string): Promise<Socket> {
  const socket = connectTcp(Number(new URL(httpUrl).port), '127.0.0.1');
  // Some tests are about broken connections.
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Resolves when a connection has ended in any way. */
export async function closed(socket: Socket): Promise<void> {
  await until(async () => socket.destroyed, 'the connection ends');
}

export async function abortedRequests(server: TestServer): Promise<number> {
  const metrics = await server.text('/metrics');
  const line = /^sojourn_requests_total\{transport="http",signal="traces",status="aborted"\} (\d+)$/m;
  return Number(line.exec(metrics)?.[1] ?? 0);
}

export async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + CALL_LIMIT_MS;
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, what);
    await delay(5);
  }
}
