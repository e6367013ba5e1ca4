import { mkdirSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Bench } from '../bench.js';
import { calm } from '../calm.js';
import { openStream } from '../generate/open-stream.js';
import { type LatencySummary, summarize } from '../latency.js';
import { diskBytesOf } from '../readings.js';
import type { SendResult } from '../sender/protocol.js';
import { withSink } from '../sink-process.js';
import { COLLECTOR } from './collector.js';
import { installCache } from './install.js';
import { JAEGER } from './jaeger.js';
import { measureList } from './list.js';
import { MLFLOW } from './mlflow.js';
import type { InstallCache, Peer, PeerLaunch, SpanKindName } from './peer.js';
import { freePort } from './peer-process.js';
import { PHOENIX } from './phoenix.js';
import { sojourn } from './sojourn.js';

/** Results of a peer for one kind of span. */
export interface PeerTimes {
  readonly spans: number;
  /** Until the last of them was acknowledged. */
  readonly spansPerSecond: number;
  /** Until the peer was idle: the rate that it can sustain. */
  readonly sustainedSpansPerSecond: number;
  /** It was not idle when the wait ended, so its sustained rate is lower, and its CPU time higher. */
  readonly stillBusy: boolean;
  readonly ack: LatencySummary | undefined;
  /** CPU time of all its processes, from the first request until it was idle, over the spans acknowledged, µs. */
  readonly cpuMicrosPerSpan: number | undefined;
  /** Cost of gunzip of such requests right afterwards, µs a span. */
  readonly gunzipMicros: number;
  /** CPU time a span as a multiple of gunzip: the figure that a busy machine affects least. */
  readonly ratio: number | undefined;
  /** From the last answer until it was idle, ms. */
  readonly deferredMs: number;
  readonly peakMemory: number | undefined;
  readonly diskBytesPerSpan: number;
  /** The newest 100, requested when it is idle; undefined if it has no list. */
  readonly listMs: LatencySummary | undefined;
  /** Rows of that list. */
  readonly listed: number | undefined;
  readonly retries: number;
  /** Descriptions of its refusals and failures. */
  readonly failures: readonly string[];
}

export interface PeerResult {
  readonly title: string;
  /** Undefined if it could not be installed. */
  readonly version: string | undefined;
  readonly isDurable: boolean;
  readonly acknowledgement: string;
  readonly lists: string | undefined;
  /** Why it was not measured. */
  readonly skipped: string | undefined;
  readonly web?: PeerTimes;
  readonly genai?: PeerTimes;
}

export interface PeersResult {
  /** By name; Sojourn is the first. */
  readonly peers: Readonly<Record<string, PeerResult>>;
  /** Sojourn's multiple of gunzip at the end over that at the start: how far the run can be trusted. */
  readonly drift: Readonly<Partial<Record<SpanKindName, number>>>;
}

const OTHERS: readonly Peer[] = [COLLECTOR, JAEGER, PHOENIX, MLFLOW];

const KINDS: readonly SpanKindName[] = ['web', 'genai'];
const HOUR_MS = 3_600_000;
/** Requests prepared for the warm-up: spans a second that no peer is expected to exceed. */
const WARM_UP_RATE = { web: 150_000, genai: 40_000 } as const;
/** Maximum time to wait for a peer with a long queue. */
const CALM_LIMIT_MS = 120_000;
const YARDSTICK_REQUESTS = 40;
const YARDSTICK_TIMES = 12;

/** Measures Sojourn, then each peer, then Sojourn again, one after the other, each with the same requests. */
export async function measurePeers(bench: Bench): Promise<PeersResult> {
  const { options } = bench;
  const cache = installCache(options.peersDirectory, (text) => bench.progress(text));
  const self = sojourn(options.server, 'as built');
  const chosen = OTHERS.filter(({ name }) => options.peerNames.includes(name));
  const peers: Record<string, PeerResult> = {};
  for (const peer of [self, ...chosen]) peers[peer.name] = await measurePeer(bench, cache, peer);
  const again = await measurePeer(bench, cache, self);
  const first = peers[self.name];
  const drift: Partial<Record<SpanKindName, number>> = {};
  for (const kind of KINDS) {
    const before = first?.[kind]?.ratio;
    const after = again[kind]?.ratio;
    if (before !== undefined && after !== undefined) drift[kind] = after / before;
  }
  return { peers, drift };
}

async function measurePeer(bench: Bench, cache: InstallCache, peer: Peer): Promise<PeerResult> {
  const { title, isDurable, acknowledgement, lists } = peer;
  const base = { title, isDurable, acknowledgement, lists };
  let version: string;
  try {
    version = await peer.install(cache);
  } catch (error) {
    return { ...base, version: undefined, skipped: `cannot be installed: ${inWords(error)}` };
  }
  const times: { [K in SpanKindName]?: PeerTimes } = {};
  let skipped: string | undefined;
  for (const kind of KINDS) {
    bench.progress(`peers: ${title}, ${kind} spans`);
    try {
      times[kind] = await withSink((sink) => measureKind(bench, cache, peer, kind, sink));
    } catch (error) {
      skipped = `${kind} spans: ${inWords(error)}`;
      bench.progress(`peers: ${title}: ${skipped}`);
    }
  }
  return { ...base, version, skipped, ...times };
}

async function measureKind(
  bench: Bench,
  cache: InstallCache,
  peer: Peer,
  kind: SpanKindName,
  sink: string,
): Promise<PeerTimes> {
  const { connections, quick, seconds, memoryBytes } = bench.options;
  const stream = { kind, stream: 1, seed: 20260115, timeMs: Date.now() - 2 * HOUR_MS };
  const warmUpSeconds = quick ? 2 : 4;
  const directory = bench.newDirectory();
  mkdirSync(directory);
  const sender = bench.startSender();
  const launch: PeerLaunch = await peer.launch({ cache, directory, sink, freePort });
  const running = await bench.startPeer(launch);
  try {
    const { origin, headers = {} } = launch;
    const load = { stream: stream.stream, origin, headers, connections };
    const send = async (seconds?: number): Promise<Load> => {
      const cpuBefore = running.cpuMs();
      const began = performance.now();
      const result = await sender.send({ ...load, ...(seconds !== undefined && { seconds }) });
      const answeredMs = performance.now() - began;
      const { cpuMs, sinceMs, stillBusy } = await calm(() => running.cpuMs(), CALM_LIMIT_MS);
      const busyMs = Math.max(answeredMs, sinceMs - began);
      return { result, answeredMs, busyMs, stillBusy, cpuMs: difference(cpuMs, cpuBefore) };
    };
    await sender.prepare({ stream, spans: warmUpSeconds * WARM_UP_RATE[kind], maxBytes: memoryBytes });
    const warmUp = await send(warmUpSeconds);
    if (warmUp.result.failures.length > 0) throw new Error(`refused: ${warmUp.result.failures[0]}`);
    await sender.discard(stream.stream);
    // As many spans as it sustained, so that a peer with a long queue gets no more than the others.
    const spans = Math.ceil(perSecond(warmUp.result.spansInAll, warmUp.busyMs) * seconds);
    await sender.prepare({ stream, spans, maxBytes: memoryBytes });
    const { result, answeredMs, busyMs, stillBusy, cpuMs } = await send();
    const gunzipMicros = gunzipMicrosPerSpan(kind);
    const cpuMicrosPerSpan = cpuMs === undefined ? undefined : (cpuMs * 1000) / result.spansInAll;

    const list = launch.newest && (await measureList(launch.newest(kind), quick ? 20 : 100));
    const peakMemory = running.peakMemory();
    await bench.stopPeer(running);
    return {
      spans: result.spansInAll,
      spansPerSecond: perSecond(result.spansInAll, answeredMs),
      sustainedSpansPerSecond: perSecond(result.spansInAll, busyMs),
      stillBusy,
      ack: summarize(result.latencyMs),
      cpuMicrosPerSpan,
      gunzipMicros,
      ratio: cpuMicrosPerSpan === undefined ? undefined : cpuMicrosPerSpan / gunzipMicros,
      deferredMs: busyMs - answeredMs,
      peakMemory,
      diskBytesPerSpan: diskBytesOf(directory) / (warmUp.result.spansInAll + result.spansInAll),
      listMs: list?.times,
      listed: list?.rows,
      retries: warmUp.result.retries + result.retries,
      failures: result.failures,
    };
  } finally {
    await bench.stopPeer(running);
    await bench.stopSender(sender);
  }
}

/** The cost of sending some spans. */
interface Load {
  readonly result: SendResult;
  /** Until the last answer, ms. */
  readonly answeredMs: number;
  /** Until the peer was idle, ms. */
  readonly busyMs: number;
  readonly stillBusy: boolean;
  /** Of the peer, from the start until it was idle, ms. */
  readonly cpuMs: number | undefined;
}

function perSecond(spans: number, ms: number): number {
  return (spans / ms) * 1000;
}

function difference(after: number | undefined, before: number | undefined): number | undefined {
  return after === undefined || before === undefined ? undefined : after - before;
}

/** Current CPU time of gunzip for such requests, µs a span. */
function gunzipMicrosPerSpan(kind: SpanKindName): number {
  const stream = openStream({ kind, stream: 2, seed: 1, timeMs: 0 });
  const requests = Array.from({ length: YARDSTICK_REQUESTS }, () => stream.next()!);
  const compressed = requests.map(({ body }) => gzipSync(body, { level: 1 }));
  const spans = requests.reduce((sum, request) => sum + request.spans, 0);
  const before = process.cpuUsage();
  for (let time = 0; time < YARDSTICK_TIMES; time++) for (const each of compressed) gunzipSync(each);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (spans * YARDSTICK_TIMES);
}

function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
