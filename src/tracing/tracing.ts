import { randomBytes, randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { systemClock } from '../clock.js';
import type { Config } from '../config.js';
import type { Logger } from '../log.js';
import type { AnsweredRequest, Telemetry } from '../telemetry.js';
import { isOwnAddress } from './own-address.js';
import { serverSpan } from './server-span.js';
import { SpanExporter } from './span-exporter.js';

/** This server's own traces: a span for each request that it answers. */
export interface Tracing {
  answered(request: AnsweredRequest): void;
  /** Whether a body of telemetry has spans of this process, sent back to it by another server. */
  hasOwnSpans(body: Uint8Array): boolean;
  /** Sends what is left. */
  close(): Promise<void>;
}

export interface TracingOptions {
  /** `traceTo` is not undefined. */
  readonly config: Pick<Config, 'host' | 'port' | 'grpcPort' | 'allowedHosts' | 'traceHeaders'> & {
    readonly traceTo: string;
  };
  readonly version: string;
  readonly log: Logger;
  readonly telemetry: Telemetry;
}

/** Rejects if the spans would be sent to this server itself. */
export async function startTracing({ config, version, log, telemetry }: TracingOptions): Promise<Tracing> {
  await refuseOwnAddress(config);
  const instanceId = randomUUID();
  const needle = Buffer.from(instanceId);
  const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');
  const exporter = new SpanExporter({
    url: config.traceTo,
    headers: config.traceHeaders,
    version,
    instanceId,
    traceparent: () => `00-${randomHex(16)}-${randomHex(8)}-00`,
    clock: systemClock,
    fetch,
    log,
    telemetry,
  });
  return {
    answered: (request) => {
      const span = serverSpan(request, { now: Date.now, randomHex });
      if (span !== undefined) exporter.add(span);
    },
    hasOwnSpans: (body) => Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes(needle),
    close: () => exporter.flush(),
  };
}

async function refuseOwnAddress({
  traceTo,
  host,
  port,
  grpcPort,
  allowedHosts,
}: TracingOptions['config']): Promise<void> {
  const { hostname } = new URL(traceTo);
  // A name that cannot be resolved now may be later; the exporter reports it.
  const found = await lookup(hostname.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
  const machine = Object.values(networkInterfaces()).flatMap((each) =>
    (each ?? []).map(({ address }) => address),
  );
  const own = { host, ports: [port, grpcPort], allowedHosts, machine };
  if (
    isOwnAddress(
      traceTo,
      found.map(({ address }) => address),
      own,
    )
  ) {
    throw new Error(
      `--trace-to ${traceTo} is this server itself: each span would cause another one. Name another receiver`,
    );
  }
}
