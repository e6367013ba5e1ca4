import { mkdirSync } from 'node:fs';
import type { Bench } from '../bench.js';
import { calm } from '../calm.js';
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

/** What a peer did with one kind of span. */
export interface PeerTimes {
  /** Acknowledged within the window. */
  readonly spansPerSecond: number;
  /** The same, with the time that the peer went on working after the window: what it can keep up. */
  readonly sustainedSpansPerSecond: number;
  readonly ack: LatencySummary | undefined;
  /** CPU time of all its processes, from the start of the window until it is calm, over the spans acknowledged, µs. */
  readonly cpuMicrosPerSpan: number | undefined;
  /** From the end of the window until it was calm, ms. */
  readonly deferredMs: number;
  readonly peakMemory: number | undefined;
  readonly diskBytesPerSpan: number;
  /** The newest 100, asked for when it is calm; undefined where it has no list. */
  readonly listMs: LatencySummary | undefined;
  /** Rows of that list. */
  readonly listed: number | undefined;
  readonly retries: number;
  /** What it refused or did not do, in words. */
  readonly failures: readonly string[];
}

export interface PeerResult {
  readonly title: string;
  /** Undefined where it could not be installed. */
  readonly version: string | undefined;
  readonly isDurable: boolean;
  readonly acknowledgement: string;
  readonly lists: string | undefined;
  /** Why it was not measured, in words. */
  readonly skipped: string | undefined;
  readonly web?: PeerTimes;
  readonly genai?: PeerTimes;
}

export interface PeersResult {
  /** By name; Sojourn is the first of them. */
  readonly peers: Readonly<Record<string, PeerResult>>;
  /** Sojourn's CPU time a span at the end over that at the start: what the machine itself did meanwhile. */
  readonly drift: Readonly<Partial<Record<SpanKindName, number>>>;
}

const OTHERS: readonly Peer[] = [COLLECTOR, JAEGER, PHOENIX, MLFLOW];

const KINDS: readonly SpanKindName[] = ['web', 'genai'];
const HOUR_MS = 3_600_000;
/** Prepared for the warm-up: spans a second that no peer is expected to exceed. */
const WARM_UP_RATE = { web: 150_000, genai: 40_000 } as const;
const MARGIN = 1.5;
/** A peer with much in its queue is waited for no longer. */
const CALM_LIMIT_MS = 90_000;

/** Sojourn, then each peer, then Sojourn again, one after the other, each with the same requests. */
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
    const before = first?.[kind]?.cpuMicrosPerSpan;
    const after = again[kind]?.cpuMicrosPerSpan;
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
    await sender.prepare({ stream, spans: warmUpSeconds * WARM_UP_RATE[kind], maxBytes: memoryBytes });
    const { origin, headers = {} } = launch;
    const load = { stream: stream.stream, origin, headers, connections };
    const warmUp = await sender.send({ ...load, seconds: warmUpSeconds });
    if (warmUp.failures.length > 0) throw new Error(`refused: ${warmUp.failures[0]}`);
    await calm(() => running.cpuMs(), CALM_LIMIT_MS);
    await sender.prepare({
      stream,
      spans: Math.ceil(rate(warmUp) * seconds * MARGIN),
      maxBytes: memoryBytes,
    });

    const before = running.cpuMs();
    const result = await sender.send({ ...load, seconds });
    const ended = performance.now();
    const after = await calm(() => running.cpuMs(), CALM_LIMIT_MS);
    const deferredMs = after.stillBusy ? CALM_LIMIT_MS : Math.max(0, after.sinceMs - ended);

    const list = launch.newest && (await measureList(launch.newest(kind), quick ? 20 : 100));
    const peakMemory = running.peakMemory();
    await bench.stopPeer(running);
    return {
      spansPerSecond: rate(result),
      sustainedSpansPerSecond: (result.spansInAll / (result.windowMs + deferredMs)) * 1000,
      ack: summarize(result.latencyMs),
      cpuMicrosPerSpan:
        before === undefined || after.cpuMs === undefined
          ? undefined
          : ((after.cpuMs - before) * 1000) / result.spansInAll,
      deferredMs,
      peakMemory,
      diskBytesPerSpan: diskBytesOf(directory) / (warmUp.spansInAll + result.spansInAll),
      listMs: list?.times,
      listed: list?.rows,
      retries: warmUp.retries + result.retries,
      failures: result.failures,
    };
  } finally {
    await bench.stopPeer(running);
    await bench.stopSender(sender);
  }
}

function rate(result: SendResult): number {
  return (result.spans / result.windowMs) * 1000;
}

function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
