import { ApiClient } from './api-client.js';
import type { Bench } from './bench.js';
import { calm } from './calm.js';
import type { StreamDescription } from './generate/open-stream.js';
import { type LatencySummary, summarize } from './latency.js';
import { diskBytesOf } from './readings.js';
import type { SendResult } from './sender/protocol.js';
import type { SenderProcess } from './sender/sender-process.js';
import type { ServerProcess } from './server-process.js';
import { withSink } from './sink-process.js';
import { verify } from './verify.js';

export interface IngestResult {
  readonly kind: 'web' | 'genai';
  readonly windowSeconds: number;
  readonly connections: number;
  /** Acknowledged durable spans a second. */
  readonly spansPerSecond: number;
  readonly requestsPerSecond: number;
  readonly spansPerRequest: number;
  readonly encodedBytesPerSpan: number;
  /** Encoded bytes over gzip bytes. */
  readonly gzipRatio: number;
  readonly ack: LatencySummary | undefined;
  /** CPU of the server in the window, in cores. */
  readonly serverCores: number | undefined;
  readonly senderCores: number;
  /** Server's CPU time after the window until it was idle, ms: work that it had put off. */
  readonly deferredCpuMs: number | undefined;
  readonly peakMemory: number | undefined;
  readonly diskBytesPerSpan: number;
  readonly stopMs: number;
  readonly retries: number;
  readonly sessionsChecked: number;
  /** Spans a second against a receiver that does nothing. */
  readonly senderCeiling: number;
  /** Whether the window ended early because the sender's memory limit was reached. */
  readonly ranOut: boolean;
}

const HOUR_MS = 3_600_000;
/** Requests prepared for the warm-up: spans a second that no server is expected to exceed. */
const WARM_UP_RATE = { web: 250_000, genai: 60_000 } as const;
/** Requests prepared for the window, as a multiple of what the rate of the warm-up would need. */
const MARGIN = 1.5;
const CALM_LIMIT_MS = 15_000;

/** Full-speed ingest of one kind of span into an empty server. */
export async function measureIngest(bench: Bench, kind: 'web' | 'genai'): Promise<IngestResult> {
  const { connections, quick, seconds, memoryBytes } = bench.options;
  const stream: StreamDescription = { kind, stream: 1, seed: 20260115, timeMs: Date.now() - 2 * HOUR_MS };
  const warmUpSeconds = quick ? 2 : 4;
  const sender = bench.startSender();
  bench.progress(`ingest-${kind}: generating for the warm-up`);
  await sender.prepare({ stream, spans: warmUpSeconds * WARM_UP_RATE[kind], maxBytes: memoryBytes });

  bench.progress(`ingest-${kind}: the sender's own ceiling`);
  const ceiling = await withSink((origin) =>
    sender.send({ stream: stream.stream, origin, connections, seconds: quick ? 1 : 3, rehearse: true }),
  );

  const directory = bench.newDirectory();
  const server = await bench.startServer(directory);
  const load = { stream: stream.stream, origin: server.origin, connections };
  bench.progress(`ingest-${kind}: warm-up, ${warmUpSeconds} s`);
  const warmUp = await sender.send({ ...load, seconds: warmUpSeconds });
  note(bench, `ingest-${kind}`, warmUp);
  const spans = Math.ceil(rate(warmUp) * seconds * MARGIN);
  bench.progress(`ingest-${kind}: generating ${spans} spans`);
  const prepared = await sender.prepare({ stream, spans, maxBytes: memoryBytes });

  bench.progress(`ingest-${kind}: measuring, ${seconds} s`);
  const { result, before, after } = await measuredSend(server, sender, { ...load, seconds });
  note(bench, `ingest-${kind}`, result);
  const { cpuMs } = await calm(() => server.cpuMs(), CALM_LIMIT_MS);
  const deferredCpuMs = after === undefined || cpuMs === undefined ? undefined : cpuMs - after;

  bench.progress(`ingest-${kind}: verifying`);
  const api = new ApiClient(server.origin);
  const verification = await verify(api, [await sender.expected(stream.stream)]);
  api.close();
  for (const mismatch of verification.mismatches) bench.problem(`ingest-${kind}: ${mismatch}`);
  await bench.stopSender(sender);
  const peakMemory = server.peakMemory();
  const stopMs = await bench.stopServer(server);

  return {
    kind,
    windowSeconds: result.windowMs / 1000,
    connections,
    spansPerSecond: rate(result),
    requestsPerSecond: (result.requests / result.windowMs) * 1000,
    spansPerRequest: result.spans / result.requests,
    encodedBytesPerSpan: prepared.encodedBytes / prepared.generatedSpans,
    gzipRatio: prepared.encodedBytes / prepared.gzipBytes,
    ack: summarize(result.latencyMs),
    serverCores: before === undefined || after === undefined ? undefined : (after - before) / result.windowMs,
    senderCores: result.cpuMs / result.windowMs,
    deferredCpuMs,
    peakMemory,
    diskBytesPerSpan: diskBytesOf(directory) / (warmUp.spansInAll + result.spansInAll),
    stopMs,
    retries: warmUp.retries + result.retries,
    sessionsChecked: verification.sessionsChecked,
    senderCeiling: rate(ceiling),
    ranOut: result.ranOut,
  };
}

/** Acknowledged spans a second. */
export function rate(result: SendResult): number {
  return (result.spans / result.windowMs) * 1000;
}

/** Unacknowledged requests make the run fail. */
export function note(bench: Bench, scenario: string, result: SendResult): void {
  for (const failure of result.failures) bench.problem(`${scenario}: not acknowledged: ${failure}`);
}

/** Sends, and reads the server's CPU time when the window opens and when it closes. */
async function measuredSend(
  server: ServerProcess,
  sender: SenderProcess,
  command: Parameters<SenderProcess['send']>[0],
): Promise<{ result: SendResult; before: number | undefined; after: number | undefined }> {
  const readings: (number | undefined)[] = [];
  const result = await sender.send(command, () => readings.push(server.cpuMs()));
  const [before, after] = readings;
  return { result, before, after };
}
