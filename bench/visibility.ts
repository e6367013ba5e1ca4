import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient } from './api-client.js';
import type { Bench } from './bench.js';
import type { StreamDescription } from './generate/open-stream.js';
import { probe } from './generate/probe.js';
import { note, rate } from './ingest.js';
import { type LatencySummary, summarize } from './latency.js';
import { verify } from './verify.js';

export interface VisibilityTimes {
  /** From the end of the acknowledgement to the end of the first answer that has the session, ms. */
  readonly visible: LatencySummary | undefined;
  /** Acknowledgement of the probe itself, ms. */
  readonly ack: LatencySummary | undefined;
  /** Share of the probes that the first request after the acknowledgement found. */
  readonly atOnce: number;
}

export interface VisibilityResult {
  readonly idle: VisibilityTimes;
  readonly fullLoad: VisibilityTimes;
  /** Acknowledged spans a second beside the probes under load. */
  readonly spansPerSecond: number;
}

const LOAD = 4;
const HOUR_MS = 3_600_000;
const LIMIT_MS = 10_000;
const IDLE_PAUSE_MS = 20;
/**
 * Between two reads of a session that is not there yet. Reads without a pause are a second load, which grows with the
 * cores that the load under test leaves free.
 */
const POLL_MS = 10;
const CALIBRATION_SECONDS = 2;
const CALIBRATION_RATE = 250_000;
const MARGIN = 1.5;

/** Measures how soon a session can be read after its only span was acknowledged. */
export async function measureVisibility(bench: Bench): Promise<VisibilityResult> {
  const { connections, quick, seconds, memoryBytes } = bench.options;
  const stream: StreamDescription = { kind: 'web', stream: LOAD, seed: 7, timeMs: Date.now() - 2 * HOUR_MS };
  const sender = bench.startSender();
  const server = await bench.startServer(bench.newDirectory());
  const { origin } = server;
  const writer = new ApiClient(origin);
  const reader = new ApiClient(origin);
  const prober = new Prober(bench, writer, reader);

  bench.progress('visibility: generating the load');
  const spans = CALIBRATION_SECONDS * CALIBRATION_RATE;
  await sender.prepare({ stream, spans, maxBytes: memoryBytes });
  const load = { stream: LOAD, origin, connections };
  const calibration = await sender.send({ ...load, seconds: CALIBRATION_SECONDS });
  note(bench, 'visibility', calibration);
  const needed = Math.ceil(rate(calibration) * seconds * MARGIN);
  await sender.prepare({ stream, spans: needed, maxBytes: memoryBytes });

  bench.progress('visibility: idle');
  for (let i = 0; i < (quick ? 100 : 500); i++) {
    await prober.probe();
    await delay(IDLE_PAUSE_MS);
  }
  const idle = prober.take();

  bench.progress('visibility: full load');
  const sending = sender.send({ ...load, seconds });
  const [sent] = await Promise.all([sending, prober.probeUntil(sending)]);
  note(bench, 'visibility', sent);
  const fullLoad = prober.take();

  bench.progress('visibility: verifying');
  const verification = await verify(reader, [await sender.expected(LOAD)], prober.sent);
  for (const mismatch of verification.mismatches) bench.problem(`visibility: ${mismatch}`);
  writer.close();
  reader.close();
  await bench.stopSender(sender);
  await bench.stopServer(server);
  return { idle, fullLoad, spansPerSecond: rate(sent) };
}

/** Measures when sessions of single spans can be read. */
export class Prober {
  readonly #bench: Bench;
  readonly #writer: ApiClient;
  readonly #reader: ApiClient;
  readonly #limitMs: number;
  #visible: number[] = [];
  #ack: number[] = [];
  #atOnce = 0;
  /** Number of sessions so far. */
  sent = 0;

  /** `limitMs`: a session that cannot be read after this time is a problem of the run. */
  constructor(bench: Bench, writer: ApiClient, reader: ApiClient, limitMs = LIMIT_MS) {
    this.#bench = bench;
    this.#writer = writer;
    this.#reader = reader;
    this.#limitMs = limitMs;
  }

  /** Sends one span and reads its session until it is there. */
  async probe(): Promise<void> {
    const { id, body } = probe(this.sent, Date.now());
    const ack = await this.#writer.postOtlp('/v1/traces', body);
    const acknowledged = performance.now();
    if (ack.status !== 200 || ack.body.length > 0) {
      this.#bench.problem(`visibility: probe answered with status ${ack.status}`);
      await delay(IDLE_PAUSE_MS);
      return;
    }
    this.sent++;
    this.#ack.push(ack.ms);
    for (let reads = 1; ; reads++) {
      const answer = await this.#reader.get(`/api/v1/sessions/${id}`);
      const ms = performance.now() - acknowledged;
      if (answer.status === 200) {
        this.#visible.push(ms);
        if (reads === 1) this.#atOnce++;
        return;
      }
      if (answer.status !== 404 || ms > this.#limitMs) {
        this.#bench.problem(`visibility: ${id}: status ${answer.status} ${Math.round(ms)} ms after its ack`);
        return;
      }
      await delay(POLL_MS);
    }
  }

  /** Probes one after the other until `work` settles. */
  async probeUntil(work: Promise<unknown>): Promise<void> {
    let over = false;
    const end = () => {
      over = true;
    };
    work.then(end, end);
    while (!over) await this.probe();
  }

  /** Results since the last call. */
  take(): VisibilityTimes {
    const visible = summarize(this.#visible);
    const taken = {
      visible,
      ack: summarize(this.#ack),
      atOnce: visible === undefined ? 0 : this.#atOnce / visible.count,
    };
    this.#visible = [];
    this.#ack = [];
    this.#atOnce = 0;
    return taken;
  }
}
